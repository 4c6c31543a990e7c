from oscar_customer_mgmt import defaults as customer_mgmt
from tests.projects.base import *

ROOT_URLCONF = "tests.projects.plain.urls"

INSTALLED_APPS = customer_mgmt.extend_installed_apps(SHOP_APPS)
MIDDLEWARE = customer_mgmt.extend_middleware(SHOP_MIDDLEWARE)
AUTHENTICATION_BACKENDS = ("oscar_customer_mgmt.storefront.auth.CustomerBackend",)
OSCAR_DASHBOARD_NAVIGATION = customer_mgmt.extend_navigation(OSCAR_DASHBOARD_NAVIGATION)
OSCAR_CUSTOMER_MGMT = {}
