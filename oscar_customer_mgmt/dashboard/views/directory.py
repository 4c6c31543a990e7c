"""The customer list: search, filters, tabs, pages, and what each member of staff keeps of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView

from ... import permissions
from ...exceptions import InvalidData, NotAllowed
from ...models import DirectoryEntry, SavedFilter
from ...operations import preferences as preference_operations
from ...operations import saved_filters
from ...queries import directory, preferences
from ...queries.keyset import LAST, InvalidCursor, Page
from .. import links
from ..forms.directory import ColumnsForm, DirectoryFilterForm, SavedFilterForm
from ..tables.directory import DirectoryTable

TEMPLATES = "oscar_customer_mgmt/dashboard/directory"

#: What a row does not show is not fetched: the search text alone is longer than everything else.
_NOT_SHOWN = ("search_text", "company_keys", "phone_keys", "postcode_keys", "first_name_keys", "last_name_keys")

_BY_DATE = {"last_order", "registered"}


@dataclass(frozen=True)
class Counts:
    """How many customers were found, and on each tab; ``None`` for what is not known yet."""

    found: int | None
    tabs: Mapping[str, int] | None


@dataclass(frozen=True)
class Tab:
    """One tab above the list."""

    key: str
    label: str
    url: str
    is_current: bool
    count: int | None


@dataclass(frozen=True)
class SavedLink:
    """A saved filter in the menu.

    ``is_partial`` where it asks for something that the list no longer has, ``is_applied`` where it
    is what the list shows.
    """

    saved: SavedFilter
    url: str
    is_partial: bool
    is_applied: bool


class ListMixin:
    """The list that an address asks for."""

    request: HttpRequest

    @cached_property
    def query(self) -> links.ListQuery:
        """What the address says."""
        return links.ListQuery(self.request.GET)

    @cached_property
    def filters(self) -> DirectoryFilterForm:
        """Search and filters; the panel opens by itself where something in it is wrong."""
        rows = DirectoryEntry.objects.defer(*_NOT_SHOWN)
        filters = DirectoryFilterForm(self.query, rows, is_panel_open="filters" in self.query)
        if filters.is_wrong and set(filters.form.errors) - {"q", "status"}:
            return DirectoryFilterForm(self.query, rows, is_panel_open=True)
        return filters

    def exact_counts(self) -> Counts:
        """Count every tab, which in a large directory may take longer than the page."""
        tabs = directory.counts_by_status(self.filters.on_every_tab())
        return Counts(found=tabs[self.query.get("status") or "all"], tabs=tabs)

    def tabs(self, counts: Counts) -> list[Tab]:
        """Return the tabs with what is known of their figures."""
        current = self.query.get("status")
        labels = (("", "all", _("All")), *((value, value, label) for value, label in DirectoryEntry.Status.choices))
        return [
            Tab(
                key=key,
                label=str(label),
                url=self.query.having(status=value or None).url(),
                is_current=value == current,
                count=counts.tabs[key] if counts.tabs else None,
            )
            for value, key, label in labels
        ]


class DirectoryView(ListMixin, TemplateView):
    """The customer list; a search that names one customer for certain leads straight there."""

    template_name = f"{TEMPLATES}/list.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the list, or go to the customer who was asked for."""
        entry = self.the_one_asked_for()
        # With what was typed, so that the page can lead on to the order.
        way = self.query.having(list="1").as_back() + (
            f"&{urlencode({'order': term})}" if (term := self.query.term) else ""
        )
        if entry is not None and (url := links.page_of(entry, back=way)):
            return redirect(url)
        return super().get(request, *args, **kwargs)

    def the_one_asked_for(self) -> DirectoryEntry | None:
        """Return who placed the order of the number typed, or the one caller with the number that rang."""
        if "list" in self.query or "cursor" in self.query:
            return None
        if self.query.names() == {"phone"} and not self.filters.is_wrong:
            callers = list(self.filters.rows()[:2])
            return callers[0] if len(callers) == 1 else None
        return directory.by_order_number_in(self.query.get("q"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Everything on the page."""
        preference = preferences.of(self.request.user)
        page = self.page(preference.page_size)
        counts = self.counts(page)
        can_change = permissions.has_right(self.request.user, permissions.CHANGE_CUSTOMER)
        table = DirectoryTable(
            page.rows,
            query=self.query,
            ordering=self.ordering,
            columns=preference.columns,
            viewer=self.request.user,
            can_change=can_change,
            can_erase=permissions.has_right(self.request.user, permissions.ERASE_CUSTOMER),
        )
        return super().get_context_data(
            **kwargs,
            query=self.query,
            filters=self.filters,
            chips=self.filters.chips(),
            table=table,
            page=page,
            paging=self.paging(page),
            counts=counts,
            tabs=self.tabs(counts),
            notice=self.notice,
            saved_filters=self.saved_filters if "saved" in self.query else None,
            applied_filter=self.applied_filter(),
            is_by_phone=self.query.filters().keys() == {"phone"},
            preference=preference,
            page_sizes=directory.PAGE_SIZES,
            back=self.query.as_back(),
            **self.urls(),
            can_add=permissions.has_right(self.request.user, permissions.ADD_CUSTOMER),
        )

    notice = ""

    def urls(self) -> dict[str, str]:
        """Return where the links round the list lead."""
        query = self.query
        unfiltered = query.having(**dict.fromkeys(name for name in query.filters() if name not in ("q", "status")))
        return {
            "panel_open_url": query.having(filters="1", list="1").url(),
            "panel_closed_url": query.having().url(),
            "clear_filters_url": unfiltered.having(filters="1").url(),
            "clear_url": query.having(**dict.fromkeys((*query.filters(), "list"))).url(),
            "all_tab_url": query.having(status=None).url(),
            "saved_url": query.having(cursor=query.get("cursor") or None, saved="1").url(),
            "count_url": query.having(count="1").url(),
            "count_query": query.without("ordering", "list", *links.PASSING_PARAMETERS).encoded(),
        }

    @cached_property
    def ordering(self) -> str:
        """The ordering in force; the default one where the address names none that there is."""
        asked = self.query.get("ordering")
        return asked if asked in directory.ORDERINGS else directory.DEFAULT_ORDERING

    def page(self, size: int) -> Page[DirectoryEntry]:
        """Return the page asked for; another one, and a word about it, where that is gone."""
        rows, cursor = self.filters.rows(), self.query.get("cursor")
        try:
            page = directory.page(rows, ordering=self.ordering, size=size, cursor=cursor)
        except InvalidCursor:
            self.notice = _("This page of the list is no longer there. You are on the first page.")
            return directory.page(rows, ordering=self.ordering, size=size)
        if cursor and not page.rows:
            return directory.page(rows, ordering=self.ordering, size=size, cursor=LAST)
        return page

    def counts(self, page: Page[DirectoryEntry]) -> Counts:
        """Count what can be counted without holding up the page."""
        if self.filters.is_wrong:
            return Counts(found=None, tabs=None)
        if page.is_complete and "status" not in self.query:
            guests = sum(entry.is_guest for entry in page.rows)
            tabs = {"all": len(page.rows), "registered": len(page.rows) - guests, "guest": guests}
            return Counts(found=len(page.rows), tabs=tabs)
        if "count" in self.query or directory.is_small():
            return self.exact_counts()
        return Counts(found=len(page.rows) if page.is_complete else None, tabs=None)

    def paging(self, page: Page[DirectoryEntry]) -> dict[str, Any]:
        """Return where the links below the list lead, and what they are called."""
        earlier, later = _("Previous"), _("Next")
        if self.ordering.lstrip("-") in _BY_DATE:
            newer, older = _("Newer"), _("Older")
            earlier, later = (newer, older) if self.ordering.startswith("-") else (older, newer)
        return {
            "earlier": earlier,
            "later": later,
            "first_url": self.query.having(cursor=None).url() if page.previous_cursor else "",
            "earlier_url": self.query.having(cursor=page.previous_cursor).url() if page.previous_cursor else "",
            "later_url": self.query.having(cursor=page.next_cursor).url() if page.next_cursor else "",
            "last_url": self.query.having(cursor=LAST).url() if page.next_cursor else "",
        }

    @cached_property
    def saved_filters(self) -> dict[str, list[SavedLink]]:
        """Return the filters to choose from: one's own and those of colleagues."""
        found: dict[str, list[SavedLink]] = {"own": [], "shared": []}
        for saved in directory.saved_filters(self.request.user):
            query = links.ListQuery.of_filters(saved.parameters)
            is_partial = not isinstance(saved.parameters, dict) or bool(set(saved.parameters) - query.names())
            whose = "own" if saved.owner_id == self.request.user.pk else "shared"
            is_applied = self.query.is_narrowed and query.filters() == self.query.filters()
            found[whose].append(SavedLink(saved, query.url(), is_partial, is_applied))
        return found

    def applied_filter(self) -> SavedFilter | None:
        """Return the saved filter that the list shows just now, one's own before a colleague's."""
        if not self.query.is_narrowed:
            return None
        every = [*self.saved_filters["own"], *self.saved_filters["shared"]]
        return next((link.saved for link in every if link.is_applied), None)


class DirectoryCountView(ListMixin, TemplateView):
    """The exact figures, which follow a page of a large directory."""

    template_name = f"{TEMPLATES}/counts.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Count every tab."""
        counts = self.exact_counts() if not self.filters.is_wrong else Counts(found=None, tabs=None)
        return super().get_context_data(**kwargs, query=self.query, counts=counts, tabs=self.tabs(counts))


class ColumnsView(FormView):
    """Remembers the columns and the size of a page that a member of staff likes."""

    form_class = ColumnsForm
    http_method_names = ["post", "options"]

    def form_valid(self, form: ColumnsForm) -> HttpResponse:
        """Remember, and go back to the list."""
        preference_operations.save(user=self.request.user, **form.chosen())
        return redirect(links.ListQuery.parse(form.cleaned_data["query"]).url())

    def form_invalid(self, form: ColumnsForm) -> HttpResponse:
        """Say so on the list; there is nothing to type on this form."""
        messages.error(self.request, _("The list has no such column or page size. Nothing was changed."))
        return redirect(links.list_url())


class SavedFilterCreateView(FormView):
    """Saves search and filters under a name."""

    form_class = SavedFilterForm
    template_name = f"{TEMPLATES}/saved_filter_form.html"

    def get_initial(self) -> dict[str, Any]:
        """Begin with the list that the address describes."""
        return {"query": links.ListQuery(self.request.GET).encoded()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what will be saved, in words."""
        context = super().get_context_data(**kwargs)
        query = links.ListQuery.parse(str(context["form"]["query"].value() or ""))
        context["query"] = query
        context["filters"] = DirectoryFilterForm(query, DirectoryEntry.objects.all(), is_panel_open=False)
        return context

    def form_valid(self, form: SavedFilterForm) -> HttpResponse:
        """Save, or say what is in the way."""
        query = links.ListQuery.parse(form.cleaned_data["query"])
        if not query.filters():
            form.add_error(None, _("There is nothing to save: neither search nor filter is set."))
            return self.form_invalid(form)
        try:
            saved = saved_filters.save(
                owner=self.request.user,
                name=form.cleaned_data["name"],
                is_shared=form.cleaned_data["is_shared"],
                parameters=query.filters(),
            )
        except InvalidData as error:
            for field, texts in error.errors.items():
                form.add_error(field, texts)
            return self.form_invalid(form)
        messages.success(self.request, _("Saved as “%(name)s”.") % {"name": saved.name})
        return redirect(query.url())


class SavedFilterDeleteView(TemplateView):
    """Asks, then forgets a saved filter."""

    template_name = f"{TEMPLATES}/saved_filter_delete.html"
    http_method_names = ["get", "head", "post", "options"]

    @cached_property
    def saved(self) -> SavedFilter:
        """The filter, one's own or a shared one; 404 for any other."""
        return get_object_or_404(directory.saved_filters(self.request.user), pk=self.kwargs["filter_id"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say which filter it is."""
        return super().get_context_data(**kwargs, saved=self.saved)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseRedirect:
        """Forget it."""
        name = self.saved.name
        try:
            saved_filters.delete(saved=self.saved, by=request.user)
        except NotAllowed as error:
            raise PermissionDenied(str(error)) from error
        except SavedFilter.DoesNotExist:
            pass  # somebody did so at the same moment
        messages.success(request, _("“%(name)s” was deleted.") % {"name": name})
        return redirect(links.back_to_list_url(request))
