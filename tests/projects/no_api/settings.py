import sys

# A name that stands as None in sys.modules is not there: `import` fails and `find_spec` finds nothing,
# as on a machine where the extra was never installed. It must come before anything can import them.
ABSENT = ("rest_framework", "drf_spectacular")
for name in ABSENT:
    if sys.modules.get(name) is not None:
        raise RuntimeError(f"{name} was imported before the project without it could hide it")
    sys.modules[name] = None

from oscar_customer_mgmt import defaults as customer_mgmt  # noqa: E402
from tests.projects.base import *  # noqa: E402

ROOT_URLCONF = "tests.projects.no_api.urls"

INSTALLED_APPS = customer_mgmt.extend_installed_apps(SHOP_APPS)
MIDDLEWARE = customer_mgmt.extend_middleware(SHOP_MIDDLEWARE)
AUTHENTICATION_BACKENDS = ("oscar_customer_mgmt.storefront.auth.CustomerBackend",)
OSCAR_DASHBOARD_NAVIGATION = customer_mgmt.extend_navigation(OSCAR_DASHBOARD_NAVIGATION)
