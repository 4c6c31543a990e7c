"""Addresses of the customer list and of the pages that it leads to.

The list's whole state stands in its address: what was searched, filters, order and page. Links to
customers carry that state in ``back``, so that a browser with several lists open in several tabs
comes back to the right one.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from functools import cache
from urllib.parse import urlencode

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, QueryDict
from django.urls import NoReverseMatch, reverse
from django.utils.datastructures import MultiValueDict
from django.utils.functional import cached_property

from ..models import DirectoryEntry
from ..queries.directory import DirectoryFilter

#: What an address of the list may say beside the filters. ``list`` keeps a search that leads to one
#: customer on the list; ``filters`` opens the panel, ``count`` counts with the page, ``saved`` opens the menu of
#: saved filters.
VIEW_PARAMETERS = ("ordering", "cursor", "list", "filters", "count", "saved")

#: What goes when anything else about the list changes.
PASSING_PARAMETERS = ("cursor", "filters", "count", "saved")

BACK = "back"
_MAX_BACK_LENGTH = 4000


@cache
def filter_parameters() -> dict[str, tuple[str, ...]]:
    """Return, by filter, the names it has in addresses: ``registered_after`` and ``..._before`` for a range."""
    found = {}
    # A copy: a filter keeps the field that it made, and would be slower to copy for each request.
    for name, filter_ in copy.deepcopy(DirectoryFilter.base_filters).items():
        suffixes = getattr(filter_.field.widget, "suffixes", None)
        found[name] = tuple(f"{name}_{suffix}" for suffix in suffixes) if suffixes else (name,)
    return found


@cache
def _known_parameters() -> frozenset[str]:
    return frozenset(name for names in filter_parameters().values() for name in names).union(VIEW_PARAMETERS)


class ListQuery:
    """The query string of the customer list: known parameters that say something, nothing else."""

    def __init__(self, data: QueryDict) -> None:
        known = _known_parameters()
        self._lists = {
            name: said
            for name, values in data.lists()
            if name in known and (said := [value for value in values if str(value).strip()])
        }

    @classmethod
    def parse(cls, text: str) -> ListQuery:
        """Read a query string; what cannot be read, or is longer than we make them, is an empty one."""
        try:
            return cls(QueryDict(text if len(text) <= _MAX_BACK_LENGTH else ""))
        except (ValueError, SuspiciousOperation):
            return cls(QueryDict())

    @classmethod
    def of_filters(cls, parameters: object) -> ListQuery:
        """Read filters as they are saved under a name; what the list no longer has is left out."""
        data = QueryDict(mutable=True)
        for name, value in parameters.items() if isinstance(parameters, dict) else ():
            data.setlist(name, [_as_text(part) for part in (value if isinstance(value, list) else [value])])
        return cls(data).without(*VIEW_PARAMETERS)

    def __contains__(self, name: str) -> bool:
        return name in self._lists

    def __bool__(self) -> bool:
        return bool(self._lists)

    def names(self) -> frozenset[str]:
        """Return the names of what the query says."""
        return frozenset(self._lists)

    def get(self, name: str, default: str = "") -> str:
        """Return the last value of a parameter, as browsers and Django read it."""
        return str(self._lists[name][-1]) if name in self._lists else default

    @property
    def term(self) -> str:
        """What stands in the search box."""
        return self.get("q")

    @property
    def status(self) -> str:
        """Which tab is open; empty for all."""
        return self.get("status")

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but the order of the list was asked for."""
        return bool(self.filters())

    def items(self) -> list[tuple[str, str]]:
        """Return every name and value, for hidden fields."""
        return [(name, str(value)) for name, values in self._lists.items() for value in values]

    def having(self, **changes: str | None) -> ListQuery:
        """Return the query with some parameters changed, ``None`` to take one out; it begins at the first page."""
        return self.without(*PASSING_PARAMETERS, *changes)._with(changes)

    def without(self, *names: str) -> ListQuery:
        """Return the query without some parameters."""
        _known = self._path  # a page has two dozen such addresses, all with the same path
        changed = copy.copy(self)
        changed._lists = {name: values for name, values in self._lists.items() if name not in names}
        return changed

    def filters(self) -> dict[str, str]:
        """Return search and filters alone, as they are saved under a name; what stands there twice, as it counts."""
        return {name: self.get(name) for name in self.without(*VIEW_PARAMETERS)._lists}

    def _with(self, changes: dict[str, str | None]) -> ListQuery:
        self._lists.update({name: [value] for name, value in changes.items() if value is not None})
        return self

    def data(self) -> MultiValueDict[str, str]:
        """Return the parameters as forms read them."""
        return MultiValueDict(self._lists)

    def encoded(self) -> str:
        """Return the query string without a question mark."""
        return urlencode(self._lists, doseq=True)

    def url(self) -> str:
        """Return the address of the list."""
        return _with_query(self._path, self.encoded())

    @cached_property
    def _path(self) -> str:
        return list_url()

    def as_back(self) -> str:
        """Return what links to customers carry: ``back=...``, empty for the list as it opens."""
        encoded = self.without("filters", "count", "saved").encoded()
        return urlencode({BACK: encoded}) if encoded else ""


def list_url() -> str:
    """Return the address of the customer list."""
    return reverse("dashboard:users-index")


def back_query(request: HttpRequest | None) -> ListQuery:
    """Return the list that this page was opened from; the list as it opens where nothing is known."""
    return ListQuery.parse(request.GET.get(BACK, "") if request is not None else "")


def back_to_list_url(request: HttpRequest | None) -> str:
    """Return the address of the list that this page was opened from: always of our own list.

    Only parameters that the list knows come through, so that a forged ``back`` leads nowhere else.
    """
    return back_query(request).url()


#: Stands for a row's key while an address is worked out; no word of any address.
_MARK = "ROW-KEY-OF-CUSTOMER"


class RowLinks:
    """The pages that the rows of one list lead to; an address is worked out once and filled in for each row."""

    _PLAIN = re.compile(r"[A-Za-z0-9_-]+")

    def __init__(self, *, back: str = "") -> None:
        self.back = back
        self._patterns: dict[str, tuple[str, str]] = {}

    def page(self, entry: DirectoryEntry) -> str:
        """Return what ``page_of`` returns."""
        return self._filled(entry, "dashboard:guest-detail" if entry.is_guest else "dashboard:user-detail", page_of)

    def edit_page(self, entry: DirectoryEntry) -> str:
        """Return what ``edit_page_of`` returns."""
        return "" if entry.is_guest else self._filled(entry, "dashboard:customer-update", edit_page_of)

    def delete_page(self, entry: DirectoryEntry) -> str:
        """Return what ``delete_page_of`` returns."""
        return "" if entry.is_guest else self._filled(entry, "dashboard:customer-delete", delete_page_of)

    def _filled(self, entry: DirectoryEntry, name: str, otherwise: Callable[..., str]) -> str:
        key = entry.number.removeprefix("G-") if entry.is_guest else str(entry.user_id)
        if not self._PLAIN.fullmatch(key):
            return otherwise(entry, back=self.back)
        if name not in self._patterns:
            before, _mark, after = reverse(name, args=[_MARK]).partition(_MARK)
            self._patterns[name] = (before, _with_query(after, self.back))
        before, after = self._patterns[name]
        return f"{before}{key}{after}"


def page_of(entry: DirectoryEntry, *, back: str = "") -> str:
    """Return the address of a customer's or guest's page; empty where Oscar's order number cannot stand in one."""
    try:
        if entry.is_guest:
            url = reverse("dashboard:guest-detail", args=[entry.number.removeprefix("G-")])
        else:
            url = reverse("dashboard:user-detail", args=[entry.user_id])
    except NoReverseMatch:
        return ""
    return _with_query(url, back)


def edit_page_of(entry: DirectoryEntry, *, back: str = "") -> str:
    """Return the address of the form for a customer; empty for a guest, who has none."""
    if entry.is_guest:
        return ""
    return _with_query(reverse("dashboard:customer-update", args=[entry.user_id]), back)


def delete_page_of(entry: DirectoryEntry, *, back: str = "") -> str:
    """Return the address of the page that deletes an account; empty for a guest, who has none."""
    if entry.is_guest:
        return ""
    return _with_query(reverse("dashboard:customer-delete", args=[entry.user_id]), back)


def _as_text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int | float) else ""


def _with_query(url: str, query: str) -> str:
    return f"{url}?{query}" if query else url
