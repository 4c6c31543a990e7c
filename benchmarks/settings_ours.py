"""The shop that is measured: Oscar with the package."""

from oscar_customer_mgmt import defaults as customer_mgmt
from tests.projects.base import *

INSTALLED_APPS = customer_mgmt.extend_installed_apps(SHOP_APPS)
MIDDLEWARE = customer_mgmt.extend_middleware(SHOP_MIDDLEWARE)
AUTHENTICATION_BACKENDS = ("oscar_customer_mgmt.storefront.auth.CustomerBackend",)
OSCAR_DASHBOARD_NAVIGATION = customer_mgmt.extend_navigation(OSCAR_DASHBOARD_NAVIGATION)
ROOT_URLCONF = "tests.projects.plain.urls"
