"""The shop's own customers in the dashboard: built on the package's, as the README says."""

from oscar_customer_mgmt.dashboard.apps import CustomersDashboardConfig


class UsersDashboardConfig(CustomersDashboardConfig):
    name = "tests.projects.forked.shop.dashboard.users"
