"""How the shop sends things, and what it charges for it."""

from decimal import Decimal

from django.utils.translation import gettext_lazy as _
from oscar.apps.shipping import methods, repository

from oscar_customer_mgmt.storefront.pricing import TaxExemptShippingMixin
from sandbox.partner.strategy import PENNY, TAX_RATE


class Delivery(methods.FixedPrice):
    """A way to send things at a fixed charge, whatever is in the basket; tax comes on top."""

    def __init__(self, code: str, name: str, description: str, charge: Decimal) -> None:
        super().__init__(charge_excl_tax=charge, charge_incl_tax=charge + (charge * TAX_RATE).quantize(PENNY))
        self.code, self.name, self.description = code, name, description


class Repository(TaxExemptShippingMixin, repository.Repository):
    """The shop's two ways of delivery; without tax for who is tax exempt."""

    methods = (
        Delivery("standard", _("Standard delivery"), _("Three to five days."), Decimal("3.95")),
        Delivery("express", _("Express delivery"), _("Tomorrow, if ordered before noon."), Decimal("9.95")),
    )
