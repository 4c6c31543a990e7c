"""What an integrator splices into settings: apps, middleware, the dashboard's menu.

Imports nothing of Django's that needs settings, since it is imported by them.
"""

from __future__ import annotations

import copy
import importlib.util
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

APP = "oscar_customer_mgmt"

#: Oscar's app configurations that ours take the place of, each by every name it may be listed under.
SWAPS = {
    "oscar.config.Shop": "oscar_customer_mgmt.storefront.apps.CustomerShopConfig",
    "oscar.apps.checkout": "oscar_customer_mgmt.storefront.apps.CustomerCheckoutConfig",
    "oscar.apps.checkout.apps.CheckoutConfig": "oscar_customer_mgmt.storefront.apps.CustomerCheckoutConfig",
    "oscar.apps.customer": "oscar_customer_mgmt.storefront.apps.CustomerAccountConfig",
    "oscar.apps.customer.apps.CustomerConfig": "oscar_customer_mgmt.storefront.apps.CustomerAccountConfig",
    "oscar.apps.dashboard.users": "oscar_customer_mgmt.dashboard.apps.CustomersDashboardConfig",
    "oscar.apps.dashboard.users.apps.UsersDashboardConfig": (
        "oscar_customer_mgmt.dashboard.apps.CustomersDashboardConfig"
    ),
    "oscar.apps.dashboard.orders": "oscar_customer_mgmt.dashboard.apps.CustomerOrdersDashboardConfig",
    "oscar.apps.dashboard.orders.apps.OrdersDashboardConfig": (
        "oscar_customer_mgmt.dashboard.apps.CustomerOrdersDashboardConfig"
    ),
    "oscar.apps.dashboard.partners": "oscar_customer_mgmt.dashboard.apps.CustomerPartnersDashboardConfig",
    "oscar.apps.dashboard.partners.apps.PartnersDashboardConfig": (
        "oscar_customer_mgmt.dashboard.apps.CustomerPartnersDashboardConfig"
    ),
}

#: Apps of others that our pages need.
COMPANIONS = ("django_filters", "django_htmx")

#: Apps that the REST API cannot do without: those of the extra ``api``.
API_COMPANIONS = ("rest_framework", "drf_spectacular")
#: And the one for log-in by token; without it the API takes sessions alone.
API_TOKENS = "rest_framework.authtoken"

AUTHENTICATION_MIDDLEWARE = "django.contrib.auth.middleware.AuthenticationMiddleware"
MIDDLEWARE = ("oscar_customer_mgmt.storefront.middleware.CustomerMiddleware",)
HTMX_MIDDLEWARE = "django_htmx.middleware.HtmxMiddleware"


def extend_installed_apps(apps: Sequence[str], *, api: bool | None = None) -> list[str]:
    """Return the project's apps with the package in front and Oscar's app configurations swapped.

    ``api`` says whether the apps of the REST API come behind the others: ``None`` where all of
    the extra is installed, ``False`` never, ``True`` whatever is installed. An app that the shop
    forked is left alone: mix our views in there instead. May be called twice.
    """
    swapped = [SWAPS.get(app, app) for app in apps]
    added = [app for app in (APP, *COMPANIONS) if not _is_listed(app, swapped)]
    wants_api = has_api_extra() if api is None else api
    last = [app for app in (*API_COMPANIONS, API_TOKENS) if wants_api and not _is_listed(app, swapped)]
    return [*added, *swapped, *last]


def has_api_extra() -> bool:
    """Say whether everything that the REST API needs can be imported."""
    return all(importlib.util.find_spec(name) is not None for name in API_COMPANIONS)


def _is_listed(app: str, apps: Sequence[str]) -> bool:
    # By its own name, or by that of its configuration: "rest_framework.apps.RestFrameworkConfig".
    return any(name == app or name.startswith(f"{app}.apps.") for name in apps)


def extend_middleware(middleware: Sequence[str]) -> list[str]:
    """Return the project's middleware with ours directly after Django's authentication."""
    extended = [name for name in middleware if name not in (*MIDDLEWARE, HTMX_MIDDLEWARE)]
    if AUTHENTICATION_MIDDLEWARE not in extended:
        return [*extended, *MIDDLEWARE, HTMX_MIDDLEWARE]
    place = extended.index(AUTHENTICATION_MIDDLEWARE) + 1
    return [*extended[:place], *MIDDLEWARE, *extended[place:], HTMX_MIDDLEWARE]


def extend_navigation(navigation: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the dashboard's menu with our pages under "Customers"; the list given is not changed."""
    extended = copy.deepcopy(list(navigation))
    entries = [
        {"label": _("New customer"), "url_name": "dashboard:customer-create"},
        {"label": _("Denied e-mail addresses"), "url_name": "dashboard:denied-email-list"},
    ]
    for heading in extended:
        children = heading.get("children", [])
        names = [child.get("url_name") for child in children]
        if "dashboard:users-index" in names:
            place = names.index("dashboard:users-index") + 1
            children[place:place] = [entry for entry in entries if entry["url_name"] not in names]
            return extended
    return [
        *extended,
        {
            "label": _("Customers"),
            "icon": "fas fa-users",
            "children": [{"label": _("Customers"), "url_name": "dashboard:users-index"}, *entries],
        },
    ]
