"""A company for each address, kept beside Oscar's address tables."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class AddressCompany(models.Model):
    """The company of one address: of the address book, or of an order that was placed."""

    company = models.CharField(_("Company"), max_length=255)
    user_address = models.OneToOneField(
        "address.UserAddress", on_delete=models.CASCADE, null=True, related_name="company_record"
    )
    shipping_address = models.OneToOneField(
        "order.ShippingAddress", on_delete=models.CASCADE, null=True, related_name="company_record"
    )
    billing_address = models.OneToOneField(
        "order.BillingAddress", on_delete=models.CASCADE, null=True, related_name="company_record"
    )

    class Meta:
        verbose_name = _("Company of an address")
        verbose_name_plural = _("Companies of addresses")
        default_permissions = ()
        constraints = (
            # At most one, not exactly one: where constraints cannot be deferred (MariaDB), Django
            # empties a nullable key for a moment before the row goes with its owner.
            models.CheckConstraint(
                name="ocm_company_of_one_address",
                condition=(
                    Q(shipping_address__isnull=True, billing_address__isnull=True)
                    | Q(user_address__isnull=True, billing_address__isnull=True)
                    | Q(user_address__isnull=True, shipping_address__isnull=True)
                ),
            ),
        )

    def __str__(self) -> str:
        return self.company
