"""Oscar's checkout, closed to those who are denied: at every step, before payment, and when the order is written.

A shop that forked the checkout lets its views inherit from these mixins, in front of Oscar's:
``RefusingIndexMixin`` for the first page, ``RefusingPaymentMixin`` for the page that takes the payment,
``RefusingMixin`` for every other.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from ..host import FailedPreCondition, UnableToTakePayment
from ..operations import access
from ..queries.access import Refusal, refusal_of_customer, refusal_of_email


class RefusingMixin:
    """A step of the checkout that those who are denied do not get to."""

    request: HttpRequest
    checkout_session: Any

    def check_pre_conditions(self, request: HttpRequest) -> None:
        """Send whoever may not order back, with the reason, before any other condition is looked at."""
        refused = self.refusal()
        if refused is not None:
            raise FailedPreCondition(url=self.refused_url(), message=str(refused))
        super().check_pre_conditions(request)  # type: ignore[misc]

    def refusal(self) -> Refusal | None:
        """Return why whoever orders here may not, ``None`` where they may."""
        user = self.request.user
        if user.is_authenticated:
            return refusal_of_customer(user)
        return refusal_of_email(self.checkout_session.get_guest_email() or "")

    def refused_url(self) -> str:
        """Return where those who may not order are sent: guests to where they can give another address."""
        return reverse("basket:summary" if self.request.user.is_authenticated else "checkout:index")


class RefusingIndexMixin(RefusingMixin):
    """The first page, where guests say who they are."""

    def refusal(self) -> Refusal | None:
        """Return why the account that is logged in may not order; of guests the form asks."""
        return super().refusal() if self.request.user.is_authenticated else None

    def form_valid(self, form: Any) -> HttpResponse:
        """Refuse an address that is denied where it is typed."""
        email = form.cleaned_data.get("username") or ""
        is_log_in = form.cleaned_data.get("options") == getattr(form, "EXISTING", None)
        refused = None if is_log_in else refusal_of_email(email)
        if refused is not None:
            form.add_error("username", str(refused))
            return self.form_invalid(form)  # type: ignore[attr-defined,no-any-return]
        return super().form_valid(form)  # type: ignore[misc,no-any-return]


class RefusingPaymentMixin(RefusingMixin):
    """The page that takes the payment: nobody is charged for an order that would be refused."""

    def submit(self, *args: Any, **kwargs: Any) -> HttpResponse:
        """Refuse before an order number is drawn and the basket is frozen."""
        refused = self.refusal()
        if refused is not None:
            shown = kwargs.get("payment_kwargs") or {}
            return self.render_preview(self.request, error=str(refused), **shown)  # type: ignore[attr-defined,no-any-return]
        return super().submit(*args, **kwargs)  # type: ignore[misc,no-any-return]

    def handle_payment(self, *args: Any, **kwargs: Any) -> Any:
        """Refuse as late as that can be before money moves."""
        refused = self.refusal()
        if refused is not None:
            raise UnableToTakePayment(str(refused))
        return super().handle_payment(*args, **kwargs)  # type: ignore[misc]

    def place_order(self, *args: Any, **kwargs: Any) -> Any:
        """Write the order with all that belongs to it, in one transaction that begins with the customer's lock."""
        with transaction.atomic():
            customer = kwargs.get("user")
            if customer is not None and customer.is_authenticated:
                access.refuse_customer(customer=customer)
            return super().place_order(*args, **kwargs)  # type: ignore[misc]


#: The views of Oscar's checkout, by the names that its configuration gives them, and what refuses in each.
GUARDS = {
    "index_view": RefusingIndexMixin,
    "shipping_address_view": RefusingMixin,
    "shipping_method_view": RefusingMixin,
    "payment_method_view": RefusingMixin,
    "payment_details_view": RefusingPaymentMixin,
}


def guard(config: Any) -> None:
    """Swap the views of a checkout's configuration, as subclasses of whichever it has."""
    for name, mixin in GUARDS.items():
        setattr(config, name, _mixed_in(mixin, getattr(config, name)))


def unguarded(config: Any) -> dict[str, type[Any]]:
    """Return the views of a checkout's configuration that let in those who are denied, with the mixin each lacks."""
    return {name: mixin for name, mixin in GUARDS.items() if not issubclass(getattr(config, name, object), mixin)}


def _mixed_in(mixin: type[Any], view: type[Any]) -> type[Any]:
    if issubclass(view, mixin):
        return view
    return type(view.__name__, (mixin, view), {"__module__": view.__module__, "__doc__": view.__doc__})
