"""How the shop sends things: two ways with a fixed charge each."""

from decimal import Decimal

import oscar.apps.shipping.apps
from django.utils.translation import gettext_lazy as _
from oscar.core.loading import get_class


class ShippingConfig(oscar.apps.shipping.apps.ShippingConfig):
    """Oscar's shipping app with this shop's methods: Oscar's module stays, so nothing is forked."""

    def ready(self) -> None:
        """Replace the methods of Oscar's repository, which has free shipping only."""
        super().ready()
        repository = get_class("shipping.repository", "Repository")
        repository.methods = (
            fixed_price("standard", _("Standard delivery"), _("Three to five days."), Decimal("3.95")),
            fixed_price("express", _("Express delivery"), _("Tomorrow, if ordered before noon."), Decimal("9.95")),
        )


def fixed_price(code: str, name: str, description: str, charge: Decimal):
    """Return a shipping method that costs `charge` whatever is in the basket; prices here bear no tax."""
    method = get_class("shipping.methods", "FixedPrice")(charge_excl_tax=charge, charge_incl_tax=charge)
    method.code, method.name, method.description = code, name, description
    return method
