"""The payment step with a card form and a billing address, as Oscar's documentation proposes it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from oscar.core.loading import get_class, get_model

from sandbox.checkout import pretend_card

BankcardForm = get_class("payment.forms", "BankcardForm")
BillingAddressForm = get_class("payment.forms", "BillingAddressForm")
Source = get_model("payment", "Source")
SourceType = get_model("payment", "SourceType")


class PretendCardMixin:
    """Collects a card and a billing address, shows both forms again, hidden, on the preview, and charges."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the two forms: as submitted where they were, else empty."""
        kwargs.setdefault("bankcard_form", BankcardForm())
        if "billing_address_form" not in kwargs:
            kwargs["billing_address_form"] = self._fresh_billing_address_form()
        return super().get_context_data(
            pretend_card=pretend_card,
            **kwargs,
        )

    def _fresh_billing_address_form(self):
        """Return a form filled with the billing address that the customer is most likely to want."""
        known = self.get_default_billing_address() or self.get_shipping_address(self.request.basket)
        fields = BillingAddressForm.Meta.fields
        initial = {field: getattr(known, field) for field in fields if known and getattr(known, field, None)}
        return BillingAddressForm(initial=initial)

    def handle_payment_details_submission(self, request: HttpRequest) -> HttpResponse:
        """Show the preview, or the payment step again with what is wrong in it."""
        forms = self._submitted_forms(request)
        if all(form.is_valid() for form in forms.values()):
            return self.render_preview(request, **forms)
        return self.render_payment_details(request, **forms)

    def handle_place_order_submission(self, request: HttpRequest) -> HttpResponse:
        """Place the order with what the preview re-posted; back to the payment step when that is not valid."""
        forms = self._submitted_forms(request)
        if not all(form.is_valid() for form in forms.values()):
            return self.render_payment_details(request, **forms)
        submission = self.build_submission(
            payment_kwargs={"bankcard_form": forms["bankcard_form"]},
        )
        submission["billing_address"] = forms["billing_address_form"].save(commit=False)
        # What the views show again when payment fails.
        submission["payment_kwargs"]["billing_address_form"] = forms["billing_address_form"]
        return self.submit(**submission)

    def _submitted_forms(self, request: HttpRequest) -> dict[str, Any]:
        return {
            "bankcard_form": BankcardForm(request.POST),
            "billing_address_form": BillingAddressForm(request.POST),
        }

    def handle_payment(self, order_number: str, total: Any, **kwargs: Any) -> None:
        """Charge the card and put the payment on the order; raises UnableToTakePayment when it is declined."""
        card = kwargs["bankcard_form"].bankcard
        reference = pretend_card.charge(number=card.number, amount=total.incl_tax)
        source_type, _ = SourceType.objects.get_or_create(name=pretend_card.source_type_name(card.number))
        self.add_payment_source(
            Source(
                source_type=source_type,
                currency=total.currency,
                amount_allocated=total.incl_tax,
                amount_debited=total.incl_tax,
                reference=reference,
                label=card.obfuscated_number,
            )
        )
        self.add_payment_event("Paid", total.incl_tax, reference=reference)


def taking_a_pretend_card(view: type) -> type:
    """Return `view`, a checkout payment view, with a card form in it."""
    return type("PretendCardPaymentDetailsView", (PretendCardMixin, view), {"__module__": __name__})
