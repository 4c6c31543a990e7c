from oscar_customer_mgmt.storefront.apps import CustomerAccountConfig


class CustomerConfig(CustomerAccountConfig):
    name = "tests.projects.forked.shop.customer"
