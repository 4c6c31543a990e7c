"""The customer page with its tabs, create and edit, print, and the mail to choose a password."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.sites.shortcuts import get_current_site
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView, TemplateView, View

from ... import conf, permissions
from ...exceptions import Conflict, InvalidData, StaleVersion
from ...models import CustomerProfile, DirectoryEntry
from ...models.profiles import profile_of
from ...operations import customers as operations
from ...operations import email_changes, passwords, timeline, verification
from ...queries import access, keyset
from ...queries import customers as queries
from ...queries.email_changes import pending
from ...queries.emails import may_be_shown
from .. import links
from .. import timeline as shown_timeline
from ..forms.customers import CustomerCreateForm, CustomerUpdateForm
from .one_customer import OneCustomerMixin, SaysNoMixin, customer_link, customer_url, linked, order_url

TEMPLATES = "oscar_customer_mgmt/dashboard/customers"

LAST_ORDERS = 3
LAST_EVENTS = 10
PAGE_SIZE = 20
#: Of what few customers have many of, the page shows so many, newest first.
LONGEST_LIST = 50

EMAILS_NEWEST_FIRST = keyset.Ordering("email", ("-id",))


@dataclass(frozen=True)
class Tab:
    """One tab of the customer page, at an address of its own."""

    name: str
    label: object

    @property
    def template(self) -> str:
        """The template of what the tab holds."""
        return f"{TEMPLATES}/tabs/{self.name}.html"

    def url(self, customer: Any, back: str = "") -> str:
        """Return the tab's address for this customer."""
        own = {"overview": "user-detail", "orders": "customer-orders", "timeline": "customer-timeline"}
        arguments = {"pk": customer.pk} if self.name in own else {"pk": customer.pk, "tab": self.name}
        url = reverse(f"dashboard:{own.get(self.name, 'customer-tab')}", kwargs=arguments)
        return f"{url}?{back}" if back else url


TABS = {
    tab.name: tab
    for tab in (
        Tab("overview", gettext_lazy("Overview")),
        Tab("orders", gettext_lazy("Orders")),
        Tab("timeline", gettext_lazy("Timeline")),
        Tab("basket", gettext_lazy("Basket and wish lists")),
        Tab("reviews", gettext_lazy("Reviews and vouchers")),
        Tab("messages", gettext_lazy("Messages")),
    )
}


class CustomerPageView(OneCustomerMixin, TemplateView):
    """The customer page with one tab open; htmx gets the tabs alone, everybody else the whole page."""

    template_name = f"{TEMPLATES}/detail.html"
    tab = "overview"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the page, or the tabs alone."""
        response = super().get(request, *args, **kwargs)
        # One address gives two answers: a browser that goes back must not take the one for the other.
        patch_vary_headers(response, ["HX-Request"])
        patch_cache_control(response, private=True, no_cache=True)
        return response

    def get_template_names(self) -> list[str]:
        """Return the template of the tabs for htmx, else that of the page."""
        return [f"{TEMPLATES}/partials/tabs.html"] if self._is_fragment() else [self.template_name]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return the open tab and, for the whole page, what stands around it."""
        context = super().get_context_data(**kwargs)
        tab = TABS[self.tab]
        back = links.back_query(self.request).as_back()
        context["tab"] = tab
        context["tabs"] = [(each, each.url(self.customer, back)) for each in TABS.values()]
        context["tab_url"] = tab.url(self.customer)
        context["back"] = back
        context.update(getattr(self, f"{tab.name}_context")())
        if not self._is_fragment():
            context.update(self.page_context())
        return context

    def page_context(self) -> dict[str, Any]:
        """Return the header, the figures and the column of facts."""
        customer, profile = self.customer, profile_of(self.customer)
        summaries = queries.orders_summary(customer)
        accounts, guests = queries.same_email(customer.email) if customer.email else ([], [])
        own = [entry for entry in accounts if entry.user_id == customer.pk]
        book = queries.addresses(customer)
        addresses = self._page(book, queries.ADDRESSES_DEFAULTS_FIRST, parameter="addresses", is_short=True)
        # An account from before the package has no row in the directory yet.
        entry = own[0] if own else DirectoryEntry.objects.filter(user=customer).first()
        return {
            "found_by": self._found_by(),
            "pinned_notes": queries.pinned_notes(customer=customer) if self.may["see_notes"] else (),
            "summaries": summaries,
            "order_count": sum(summary.count for summary in summaries),
            "last_order_at": entry.last_order_at if entry is not None else queries.last_order_at(customer),
            "member_since": getattr(customer, "date_joined", None) or (profile.created_at if profile else None),
            "is_test": entry.is_test if entry is not None else bool(profile and profile.is_test),
            "is_verified": profile is None or profile.is_verified,
            "addresses": addresses.rows,
            "address_page": addresses,
            "address_count": len(addresses.rows) if addresses.is_complete else book.count(),
            "newsletter_sites": [site.name for site in profile.sites.all()] if profile else [],
            "roles": [group.name for group in customer.groups.all()] if hasattr(customer, "groups") else [],
            "partners": list(customer.partners.all()),
            "same_email": linked(entry for entry in (*accounts, *guests) if entry.user_id != customer.pk),
            "language": dict(settings.LANGUAGES).get(profile.locale, profile.locale) if profile else "",
            "uses": {name: conf.uses_profile_field(name) for name in conf.OPTIONAL_PROFILE_FIELDS},
            "is_open": customer.is_active and customer.email and not (profile and profile.is_denied),
            "pending_change": pending(customer),
            "denied_email": access.denied_emails(customer.email or "").filter(access.in_force()).first(),
        }

    def overview_context(self) -> dict[str, Any]:
        """Return the last orders and events."""
        page = keyset.fetch_page(queries.orders(self.customer), ordering=queries.ORDERS_NEWEST_FIRST, size=LAST_ORDERS)
        events = self._events()[:LAST_EVENTS]
        return {"orders": order_rows(page.rows), "entries": shown_timeline.entries(events)}

    def orders_context(self) -> dict[str, Any]:
        """Return one page of the orders."""
        page = self._page(queries.orders(self.customer), queries.ORDERS_NEWEST_FIRST)
        return {"orders": order_rows(page.rows), "page": page}

    def timeline_context(self) -> dict[str, Any]:
        """Return one page of the timeline."""
        page = self._page(self._events(), queries.EVENTS_NEWEST_FIRST)
        return {"entries": shown_timeline.entries(page.rows), "page": page}

    def basket_context(self) -> dict[str, Any]:
        """Return baskets, wish lists and requests to be told when something is back."""
        return {
            "open_basket": queries.open_basket(self.customer),
            "saved_baskets": queries.saved_baskets(self.customer)[:LONGEST_LIST],
            "wish_lists": queries.wish_lists(self.customer).prefetch_related("lines__product__parent")[:LONGEST_LIST],
            "stock_alerts": queries.stock_alerts(self.customer).select_related("product__parent")[:LONGEST_LIST],
        }

    def reviews_context(self) -> dict[str, Any]:
        """Return reviews and the vouchers that were used."""
        used = list(queries.vouchers_used(self.customer)[:LONGEST_LIST])
        for application in used:
            application.order_url = order_url(application.order.number) if application.order else ""
        reviews = queries.reviews(self.customer).select_related("product__parent")[:LONGEST_LIST]
        return {"reviews": reviews, "vouchers_used": used}

    def messages_context(self) -> dict[str, Any]:
        """Return one page of the e-mails, and what the one says that was asked for.

        Who may not change the account reads none, and nobody reads one that may let its reader in.
        """
        may_read = permissions.can_manage(by=self.request.user, customer=self.customer)
        emails = queries.emails(self.customer)
        read = emails.filter(pk=asked).first() if may_read and (asked := self._email_asked_for()) else None
        return {
            "page": self._page(emails.only("pk", "subject", "email", "date_sent"), EMAILS_NEWEST_FIRST),
            "may_read": may_read,
            "read_email": read,
            "is_withheld": read is not None and not may_be_shown(f"{read.subject}\n{read.body_text}"),
        }

    def _email_asked_for(self) -> int | None:
        asked = self.request.GET.get("email", "")
        return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 10 else None

    def _found_by(self) -> Any:
        """Return the order whose number was searched for, where it is one of this customer's."""
        typed = self.request.GET.get("order", "")[:200].replace("\x00", " ").split()
        # As it was typed into the search, with whatever words and signs stood round it.
        numbers = {*typed, *(word.strip("#.:,;") for word in typed)}
        order = queries.orders(self.customer).filter(number__in=numbers).first() if typed else None
        if order is not None:
            order.page_url = order_url(order.number)
        return order

    def _events(self) -> Any:
        return queries.timeline(customer=self.customer, with_notes=self.may["see_notes"])

    def _page(
        self, queryset: Any, ordering: keyset.Ordering, *, parameter: str = "cursor", is_short: bool = False
    ) -> keyset.Page[Any]:
        cursor = self.request.GET.get(parameter)
        try:
            return keyset.fetch_page(queryset, ordering=ordering, size=PAGE_SIZE, cursor=cursor, is_short=is_short)
        except keyset.InvalidCursor as error:
            raise Http404(_("There is no such page of this list.")) from error

    def _is_fragment(self) -> bool:
        htmx = getattr(self.request, "htmx", None)
        return bool(htmx and not htmx.history_restore_request)


class CustomerDetailView(CustomerPageView):
    """The customer page as it opens: the last orders and events."""


class CustomerOrdersView(CustomerPageView):
    """The customer page with the list of orders."""

    tab = "orders"


class CustomerTimelineView(CustomerPageView):
    """The customer page with everything that happened."""

    tab = "timeline"


class CustomerTabView(CustomerPageView):
    """The customer page with any other tab, named in the address."""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Find the tab."""
        super().setup(request, *args, **kwargs)
        self.tab = kwargs["tab"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the page; a tab that there is not, or that has another address, is not found."""
        if self.tab not in TABS or self.tab in ("overview", "orders", "timeline"):
            raise Http404(_("There is no such tab."))
        return super().get(request, *args, **kwargs)


class CustomerFormMixin:
    """Turns what an operation refuses into errors of the form, and keeps what was typed."""

    request: HttpRequest

    def form_valid(self, form: Any) -> HttpResponse:
        """Save; a refusal shows the form again."""
        try:
            customer = self.save(form)
        except StaleVersion:
            return self.someone_was_first(form)
        except InvalidData as error:
            form.show(error)
        except Conflict as error:
            form.add_error(None, str(error))
        else:
            messages.success(self.request, self.success_message(customer), extra_tags="safe")
            self.go_on(form, customer)
            return redirect(self.leads_to(customer))
        return self.form_invalid(form)  # type: ignore[attr-defined,no-any-return]

    def save(self, form: Any) -> Any:
        """Call the operation and return the customer."""
        raise NotImplementedError

    def go_on(self, form: Any, customer: Any) -> None:
        """Do what may fail without undoing what was saved."""

    def success_message(self, customer: Any) -> str:
        """Return what was done, with a link to the customer where the viewer may follow it."""
        raise NotImplementedError

    def someone_was_first(self, form: Any) -> HttpResponse:
        """Answer a form that was opened before somebody else saved."""
        raise NotImplementedError

    def leads_to(self, customer: Any) -> str:
        """Return the address to go on with: the customer page, for who may see it."""
        if permissions.has_right(self.request.user, permissions.VIEW_CUSTOMER):
            return customer_url(customer, self.request)
        return reverse("dashboard:customer-create")

    def name_or_link(self, customer: Any) -> str:
        """Return a link for who may follow it, else the name alone."""
        if permissions.has_right(self.request.user, permissions.VIEW_CUSTOMER):
            return customer_link(customer, self.request)
        return str(customer.get_full_name() or customer.email)


@method_decorator(sensitive_post_parameters("password1", "password2"), name="dispatch")
class CustomerCreateView(CustomerFormMixin, SaysNoMixin, FormView):
    """A new customer."""

    template_name = f"{TEMPLATES}/create.html"
    form_class = CustomerCreateForm

    def get_form_kwargs(self) -> dict[str, Any]:
        """Offer the comment to who may write notes."""
        may_comment = permissions.has_right(self.request.user, permissions.ADD_NOTE)
        return {**super().get_form_kwargs(), "may_comment": may_comment}

    def save(self, form: CustomerCreateForm) -> Any:
        """Make the account."""
        return operations.create(
            email=form.cleaned_data["email"],
            password=form.cleaned_data["password1"] or None,
            comment=form.cleaned_data.get("comment", ""),
            by=self.request.user,
            origin=CustomerProfile.Origin.DASHBOARD,
            **form.values(),
        )

    def go_on(self, form: CustomerCreateForm, customer: Any) -> None:
        """Mail the link; where that fails the customer stays, and the link can be sent again."""
        if not form.cleaned_data["send_link"]:
            return
        try:
            verification.send(customer=customer, by=self.request.user, site=get_current_site(self.request))
        except Conflict as error:
            text = _("The customer was created, but no link could be sent: %s Send it later from the customer’s page.")
            messages.warning(self.request, text % error)
        else:
            messages.success(self.request, _("A link to confirm the account was sent to %s.") % customer.email)

    def success_message(self, customer: Any) -> str:
        """Say who was made."""
        return format_html(_("Customer {} ({}) was created."), self.name_or_link(customer), number_of(customer))

    def form_invalid(self, form: CustomerCreateForm) -> HttpResponse:
        """Point to the customer who has the address already, for who may see customers."""
        if form.taken_by is not None and permissions.has_right(self.request.user, permissions.VIEW_CUSTOMER):
            link = customer_link(form.taken_by, self.request)
            form.errors["email"] = form.error_class(
                [format_html(_("This customer has the e-mail address already: {}."), link)]
            )
        form.ask_for_password_again()
        return super().form_invalid(form)


class CustomerUpdateView(CustomerFormMixin, OneCustomerMixin, FormView):
    """An account that there is."""

    template_name = f"{TEMPLATES}/update.html"
    form_class = CustomerUpdateForm

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the form to who may use it."""
        self.must_manage()
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Save for who may."""
        self.must_manage()
        return super().post(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        """Fill the form with what is stored."""
        kwargs = super().get_form_kwargs()
        return {
            "data": kwargs.get("data"),
            "customer": self.customer,
            "may_change_email": self.may["change_email"],
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return the change of the address that is under way."""
        return super().get_context_data(pending_change=pending(self.customer), **kwargs)

    def save(self, form: CustomerUpdateForm) -> Any:
        """Store what was entered, unless somebody else saved since the form was opened."""
        return email_changes.edit(
            customer=self.customer,
            changes=form.values(),
            new_email=form.new_email(),
            by=self.request.user,
            expected_version=form.cleaned_data["version"] or None,
            site=get_current_site(self.request),
        )

    def go_on(self, form: CustomerUpdateForm, customer: Any) -> None:
        """Say that the address waits for its owner."""
        new_email = form.new_email()
        if new_email is not None:
            text = _("The e-mail address changes when %s is confirmed by the link that was sent there.")
            messages.info(self.request, text % new_email)

    def success_message(self, customer: Any) -> str:
        """Say who was saved."""
        return format_html(_("Customer {} ({}) was saved."), self.name_or_link(customer), number_of(customer))

    def someone_was_first(self, form: CustomerUpdateForm) -> HttpResponse:
        """Show what was typed on top of what is stored now, who saved it, and take the next save."""
        current = queries.by_key(str(self.customer.pk))
        again = form.on_top_of(current)
        again.add_error(None, StaleVersion.default_message)
        since = form.loaded_at()
        saved_by = queries.timeline(customer=current, with_notes=False).filter(
            kind__in=[timeline.UPDATED.code, timeline.ADDRESS_CHANGED.code]
        )
        if since is not None:
            saved_by = saved_by.filter(occurred_at__gte=since)
        context = self.get_context_data(form=again, saved_by=saved_by.first() if since is not None else None)
        return self.render_to_response(context)


class CustomerPrintView(OneCustomerMixin, TemplateView):
    """A page for paper: the details, every order, and the total of all of them per currency."""

    template_name = f"{TEMPLATES}/print.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return details, orders and totals."""
        context = super().get_context_data(**kwargs)
        context.update(
            orders=self._orders(),
            summaries=queries.orders_summary(self.customer),
            addresses=queries.addresses(self.customer),
            uses={name: conf.uses_profile_field(name) for name in conf.OPTIONAL_PROFILE_FIELDS},
            is_verified=context["profile"] is None or context["profile"].is_verified,
        )
        return context

    def _orders(self) -> Iterator[Any]:
        rows = keyset.iterate(queries.orders(self.customer), ordering=queries.ORDERS_NEWEST_FIRST, batch_size=500)
        while batch := list(islice(rows, 500)):
            yield from queries.fill_order_rows(batch)


class CustomerPasswordResetView(OneCustomerMixin, View):
    """Mails the customer the shop's link to choose a new password."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Send it, and say so on the customer page."""
        try:
            passwords.send_reset(customer=self.customer, by=request.user, site=get_current_site(request))
        except Conflict as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("A password reset e-mail was sent to %s.") % self.customer.email)
        return redirect(self.page_url())


def order_rows(orders: list[Any]) -> list[Any]:
    """Return orders with what their rows show: items, test mark, and the address of Oscar's page."""
    for order in queries.fill_order_rows(orders):
        order.page_url = order_url(order.number)
    return orders


def number_of(customer: Any) -> str:
    """Return the customer number, ``""`` for an account from before the package."""
    profile = profile_of(customer)
    return (profile.number or "") if profile is not None else ""
