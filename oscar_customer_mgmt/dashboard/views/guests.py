"""The page of a guest order: what the order knows of somebody who has no account."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView

from ... import permissions
from ...exceptions import Conflict, InvalidData, StaleVersion
from ...host import Order
from ...operations import orders as operations
from ...queries import access, keyset
from ...queries import customers as queries
from .. import links
from .. import timeline as shown_timeline
from ..forms.addresses import OrderBillingAddressForm, OrderShippingAddressForm
from .one_customer import SaysNoMixin, linked, may_see_orders, order_url

TEMPLATES = "oscar_customer_mgmt/dashboard/guests"

PAGE_SIZE = 20


class OneGuestMixin(SaysNoMixin):
    """A page about the guest order whose number its address names, with or without ``G-`` in front."""

    kwargs: dict[str, Any]

    @cached_property
    def order(self) -> Any:
        """The guest order. Raises ``Http404``."""
        named = self.kwargs["number"]
        for number in dict.fromkeys((named, named.removeprefix("G-"))):
            try:
                if "\x00" not in number:
                    return queries.guest_order(number)
            except Order.DoesNotExist:
                continue
        raise Http404(_("There is no such guest order."))

    def page_url(self) -> str:
        """Return the address of the guest's page, with the way back to the list."""
        return guest_url(self.order, self.request)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return what every page about a guest shows."""
        context: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        viewer = self.request.user
        entry = getattr(self.order, "directory_entry", None)
        context.update(
            order=self.order,
            entry=entry,
            name=entry.full_name if entry is not None else "",
            number=f"G-{self.order.number}",
            tab_url=self.request.path,
            back=links.back_query(self.request).as_back(),
            page_url=self.page_url(),
            may={
                "change": permissions.has_right(viewer, permissions.VIEW_CUSTOMER, permissions.CHANGE_CUSTOMER),
                "deny": permissions.has_right(viewer, permissions.VIEW_CUSTOMER, permissions.DENY_CUSTOMER),
                "see_notes": permissions.has_right(viewer, permissions.VIEW_NOTE),
                "see_orders": may_see_orders(viewer),
            },
        )
        return context


class GuestDetailView(OneGuestMixin, TemplateView):
    """What a guest order knows, who else has the e-mail address, and what happened."""

    template_name = f"{TEMPLATES}/detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return the page."""
        context = super().get_context_data(**kwargs)
        order = self.order
        accounts, guests = queries.same_email(order.guest_email)
        page = self._page(queries.timeline(order=order, with_notes=context["may"]["see_notes"]))
        lines = list(order.lines.all())
        context.update(
            denied_email=access.denied_emails(order.guest_email).filter(access.in_force()).first(),
            is_test=operations.is_test_order(order=order),
            order_url=order_url(order.number) if context["may"]["see_orders"] else "",
            lines=lines,
            item_count=sum(line.quantity for line in lines),
            same_email=linked(entry for entry in (*accounts, *guests) if entry.order_id != order.pk),
            pinned_notes=queries.pinned_notes(order=order) if context["may"]["see_notes"] else (),
            page=page,
            entries=shown_timeline.entries(page.rows),
        )
        return context

    def _page(self, events: Any) -> keyset.Page[Any]:
        cursor = self.request.GET.get("cursor")
        try:
            return keyset.fetch_page(events, ordering=queries.EVENTS_NEWEST_FIRST, size=PAGE_SIZE, cursor=cursor)
        except keyset.InvalidCursor as error:
            raise Http404(_("There is no such page of this list.")) from error


class GuestAddressUpdateView(OneGuestMixin, FormView):
    """Corrects an address that is kept with the order."""

    template_name = f"{TEMPLATES}/address.html"

    #: By the word in the page's address: the field on the order, its form, its name.
    KINDS = {
        "shipping": ("shipping_address", OrderShippingAddressForm),
        "billing": ("billing_address", OrderBillingAddressForm),
    }

    @cached_property
    def kind(self) -> tuple[str, type[Any]]:
        """The field of the order that holds the address, and its form. Raises ``Http404`` for another word."""
        if self.kwargs["kind"] not in self.KINDS:
            raise Http404(_("An order has no such address."))
        return self.KINDS[self.kwargs["kind"]]

    @cached_property
    def address(self) -> Any:
        """The address. Raises ``Http404`` where the order has none."""
        address = getattr(self.order, self.kind[0])
        if address is None:
            raise Http404(_("This order has no such address."))
        return address

    def get_form_class(self) -> Any:
        """Return the form of this kind of address."""
        return self.kind[1]

    def get_form_kwargs(self) -> dict[str, Any]:
        """Fill the form with what is stored."""
        return {**super().get_form_kwargs(), "instance": self.address}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say which address it is."""
        return super().get_context_data(kind=self.kwargs["kind"], address=self.address, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        """Save; a refusal shows the form again with everything typed."""
        try:
            operations.correct_address(
                order=self.order,
                kind=self.kind[0],
                values=form.values(),
                company=form.cleaned_data["company"],
                by=self.request.user,
                expected_version=form.cleaned_data["version"] or None,
            )
        except StaleVersion:
            stored = type(self.address)._default_manager.get(pk=self.address.pk)
            form.show_on_top_of(self.get_form_class()(instance=stored))
        except InvalidData as error:
            form.show(error)
        except Conflict as error:
            form.add_error(None, str(error))
        else:
            messages.success(self.request, _("The address on the order was corrected."))
            return redirect(self.page_url())
        return self.form_invalid(form)


def guest_url(order: Any, request: HttpRequest | None = None) -> str:
    """Return the address of a guest order's page, with the way back to the list where the request knows it."""
    url = reverse("dashboard:guest-detail", kwargs={"number": order.number})
    back = links.back_query(request).as_back()
    return f"{url}?{back}" if back else url
