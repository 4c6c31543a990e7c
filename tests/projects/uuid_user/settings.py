from oscar_customer_mgmt import defaults as customer_mgmt
from tests.projects.base import *

ROOT_URLCONF = "tests.projects.uuid_user.urls"
AUTH_USER_MODEL = "accounts.User"

INSTALLED_APPS = customer_mgmt.extend_installed_apps(
    ["tests.projects.uuid_user.accounts.apps.AccountsConfig", *SHOP_APPS]
)
MIDDLEWARE = customer_mgmt.extend_middleware(SHOP_MIDDLEWARE)
AUTHENTICATION_BACKENDS = ("oscar_customer_mgmt.storefront.auth.CustomerBackend",)
OSCAR_DASHBOARD_NAVIGATION = customer_mgmt.extend_navigation(OSCAR_DASHBOARD_NAVIGATION)
OSCAR_CUSTOMER_MGMT = {"PERSONAL_DATA": ["tests.projects.uuid_user.accounts.personal_data.entries"]}
