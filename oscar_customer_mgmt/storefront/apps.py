"""App configurations of the storefront that take the place of Oscar's; nothing is forked."""

from __future__ import annotations

from oscar.apps.checkout.apps import CheckoutConfig
from oscar.apps.customer.apps import CustomerConfig
from oscar.config import Shop


class CustomerShopConfig(Shop):
    """The shop itself: "forgotten password" works for accounts that staff made without one, and confirms them."""

    name = "oscar"

    def ready(self) -> None:
        """Swap the forms in, as subclasses of whichever the shop has."""
        super().ready()
        from .password_reset import for_accounts_without_password
        from .verification import verifying

        self.password_reset_form = for_accounts_without_password(self.password_reset_form)
        self.set_password_form = verifying(self.set_password_form)


class CustomerAccountConfig(CustomerConfig):
    """The customer's own pages: whoever removes their profile is erased, and can have a copy of their data before."""

    name = "oscar.apps.customer"

    def ready(self) -> None:
        """Swap views in, as subclasses of whichever the shop has."""
        super().ready()
        from . import erasure
        from .data_export import with_link_to_own_data

        self.profile_delete_view = erasure.erasing(self.profile_delete_view)
        self.profile_view = with_link_to_own_data(self.profile_view)


class CustomerCheckoutConfig(CheckoutConfig):
    """The checkout: those who are denied get to no step of it."""

    name = "oscar.apps.checkout"

    def ready(self) -> None:
        """Swap views in, as subclasses of whichever the shop has."""
        super().ready()
        from .checkout import guard

        guard(self)
