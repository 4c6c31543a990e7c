"""Puts the pretend card into the checkout without a fork: Oscar's app under its own name, one view swapped."""

from oscar_customer_mgmt.storefront.apps import CustomerCheckoutConfig


class CheckoutConfig(CustomerCheckoutConfig):
    """Oscar's checkout app whose payment step takes a card."""

    name = "oscar.apps.checkout"

    def ready(self) -> None:
        """Wrap whichever payment view is there, Oscar's own or one that another config put in."""
        super().ready()
        from sandbox.checkout.views import taking_a_pretend_card

        self.payment_details_view = taking_a_pretend_card(self.payment_details_view)
