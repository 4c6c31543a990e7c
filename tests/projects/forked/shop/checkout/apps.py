from oscar_customer_mgmt.storefront.apps import CustomerCheckoutConfig


class CheckoutConfig(CustomerCheckoutConfig):
    name = "tests.projects.forked.shop.checkout"
