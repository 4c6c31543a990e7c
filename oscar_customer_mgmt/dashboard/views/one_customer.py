"""What the pages about one customer share: whom they are about, and what the viewer may do there."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from ... import permissions
from ...exceptions import NotAllowed
from ...host import User
from ...models import DirectoryEntry
from ...models.profiles import profile_of
from ...queries import customers as queries
from .. import links


class SaysNoMixin:
    """Answers ``NotAllowed`` with a page that says so in words, and a 403."""

    request: HttpRequest

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Serve the page."""
        try:
            response: HttpResponse = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        except NotAllowed as error:
            context = {"message": error, "customer": getattr(self, "customer", None)}
            return render(request, "oscar_customer_mgmt/dashboard/customers/not_allowed.html", context, status=403)
        return response


class OneCustomerMixin(SaysNoMixin):
    """A page about the customer whom its address names; a key that is nobody's is not found."""

    kwargs: dict[str, Any]

    @cached_property
    def customer(self) -> Any:
        """The account, profile included. Raises ``Http404``."""
        key = self.kwargs["pk"]
        try:
            if "\x00" in key:
                raise User.DoesNotExist
            return queries.by_key(key)
        except User.DoesNotExist as error:
            raise Http404(_("There is no such customer.")) from error

    @cached_property
    def may(self) -> dict[str, bool]:
        """What the viewer may do to this customer, for templates to show nothing else."""
        viewer = self.request.user
        change = permissions.has_right(viewer, permissions.VIEW_CUSTOMER, permissions.CHANGE_CUSTOMER)
        erase = permissions.has_right(viewer, permissions.VIEW_CUSTOMER, permissions.ERASE_CUSTOMER)
        export = permissions.has_right(viewer, permissions.VIEW_CUSTOMER, permissions.EXPORT_CUSTOMERS)
        set_password = permissions.has_right(viewer, permissions.VIEW_CUSTOMER, permissions.SET_PASSWORD)
        deny = permissions.has_right(viewer, permissions.VIEW_CUSTOMER, permissions.DENY_CUSTOMER)
        roles = permissions.has_right(viewer, permissions.VIEW_CUSTOMER, permissions.ASSIGN_ROLES)
        asked = change or erase or export or set_password or deny or roles
        may_manage = asked and permissions.can_manage(by=viewer, customer=self.customer)
        return {
            "change": change and may_manage,
            "erase": erase and may_manage,
            "export": export and may_manage,
            "change_email": change and may_manage and permissions.has_right(viewer, permissions.CHANGE_EMAIL),
            "set_password": set_password and may_manage and viewer.pk != self.customer.pk,
            "deny": deny and may_manage and viewer.pk != self.customer.pk,
            "assign_roles": roles and may_manage,
            "see_notes": permissions.has_right(viewer, permissions.VIEW_NOTE),
            "see_orders": may_see_orders(viewer),
        }

    def must_manage(self) -> None:
        """Raise ``NotAllowed`` for an account with rights that the viewer lacks, before any form is shown."""
        if not permissions.can_manage(by=self.request.user, customer=self.customer):
            raise NotAllowed(_("This account has rights that you do not have, so you may not change it."))

    def page_url(self) -> str:
        """Return the address of the customer page, with the way back to the list."""
        return customer_url(self.customer, self.request)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return what every page about a customer shows."""
        context: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        profile = profile_of(self.customer)
        context.update(
            customer=self.customer,
            profile=profile,
            number=profile.number if profile is not None else None,
            may=self.may,
            page_url=self.page_url(),
        )
        return context


def may_see_orders(viewer: Any) -> bool:
    """Say whether Oscar's order pages open for this member of staff."""
    return permissions.has_right(viewer, "order.view_order")


def order_url(number: str) -> str:
    """Return the address of Oscar's page of an order, ``""`` for a number that cannot stand in one."""
    try:
        return reverse("dashboard:order-detail", kwargs={"number": number})
    except NoReverseMatch:
        return ""


def linked(entries: Iterable[DirectoryEntry]) -> list[DirectoryEntry]:
    """Return rows of the directory with the address of each one's page."""
    found = list(entries)
    for entry in found:
        entry.page_url = links.page_of(entry)  # type: ignore[attr-defined]
    return found


def customer_url(customer: Any, request: HttpRequest | None = None) -> str:
    """Return the address of a customer's page, with the way back to the list where the request knows it."""
    url = reverse("dashboard:user-detail", kwargs={"pk": customer.pk})
    back = links.back_query(request).as_back()
    return f"{url}?{back}" if back else url


def customer_link(customer: Any, request: HttpRequest | None = None) -> SafeString:
    """Return a link to a customer's page, for messages."""
    name = customer.get_full_name() if hasattr(customer, "get_full_name") else ""
    return format_html(
        '<a href="{}" class="alert-link">{}</a>', customer_url(customer, request), name or customer.email
    )
