from oscar_customer_mgmt import defaults as customer_mgmt
from tests.projects.base import *

ROOT_URLCONF = "tests.projects.forked.urls"

FORKS = {
    "oscar.apps.checkout.apps.CheckoutConfig": "tests.projects.forked.shop.checkout.apps.CheckoutConfig",
    "oscar.apps.customer.apps.CustomerConfig": "tests.projects.forked.shop.customer.apps.CustomerConfig",
    "oscar.apps.dashboard.users.apps.UsersDashboardConfig": (
        "tests.projects.forked.shop.dashboard.users.apps.UsersDashboardConfig"
    ),
}
INSTALLED_APPS = customer_mgmt.extend_installed_apps([*(FORKS.get(app, app) for app in SHOP_APPS), "oscarapi"])
# A fork has its own copies of Oscar's migrations; this one added no field, so it can use Oscar's.
MIGRATION_MODULES = {"customer": "oscar.apps.customer.migrations"}
# django-oscar-api's views are none that drf-spectacular could describe.
SPECTACULAR_SETTINGS = {"ENABLE_DJANGO_DEPLOY_CHECK": False}
MIDDLEWARE = customer_mgmt.extend_middleware(SHOP_MIDDLEWARE)
AUTHENTICATION_BACKENDS = ("oscar_customer_mgmt.storefront.auth.CustomerBackend",)
OSCAR_DASHBOARD_NAVIGATION = customer_mgmt.extend_navigation(OSCAR_DASHBOARD_NAVIGATION)
