"""What integrators splice into their settings, however their lists look."""

import copy

import pytest
from oscar import INSTALLED_APPS as OSCAR_APPS
from oscar.defaults import OSCAR_DASHBOARD_NAVIGATION

from oscar_customer_mgmt import defaults

AUTHENTICATION = defaults.AUTHENTICATION_MIDDLEWARE
(OURS,) = defaults.MIDDLEWARE
HTMX = defaults.HTMX_MIDDLEWARE


# --- apps


def test_apps__come_in_front_and_take_the_place_of_oscars():
    extended = defaults.extend_installed_apps(OSCAR_APPS, api=False)
    assert extended[:3] == ["oscar_customer_mgmt", "django_filters", "django_htmx"]
    assert not set(extended) & set(defaults.SWAPS)
    # Nothing else moves.
    assert extended[3:] == [defaults.SWAPS.get(name, name) for name in OSCAR_APPS]


@pytest.mark.parametrize("name", sorted(defaults.SWAPS))
def test_apps__swap_each_name_that_oscar_goes_by(name):
    assert defaults.extend_installed_apps([name], api=False)[3:] == [defaults.SWAPS[name]]


def test_apps__may_be_extended_twice_and_are_not_changed():
    given = list(OSCAR_APPS)
    once = defaults.extend_installed_apps(given)
    assert defaults.extend_installed_apps(once) == once
    assert given == OSCAR_APPS


def test_apps__leave_forks_and_companions_where_they_are():
    given = ("shop.dashboard.users.apps.UsersDashboardConfig", "django_htmx.apps.DjangoHtmxConfig", "shop")
    extended = defaults.extend_installed_apps(given, api=False)
    assert extended == ["oscar_customer_mgmt", "django_filters", *given]


@pytest.fixture
def installed(monkeypatch):
    """Say which of the extra's packages can be found."""

    def only(*names):
        def find_spec(name):
            # A name with a dot would import the package before it.
            assert name in {"rest_framework", "drf_spectacular"}
            return object() if name in names else None

        monkeypatch.setattr(defaults.importlib.util, "find_spec", find_spec)

    return only


API_APPS = ["rest_framework", "drf_spectacular", "rest_framework.authtoken"]


def test_apps__of_the_api_come_last_where_the_extra_is_installed(installed):
    installed("rest_framework", "drf_spectacular")
    extended = defaults.extend_installed_apps(["shop"])
    assert extended == ["oscar_customer_mgmt", "django_filters", "django_htmx", "shop", *API_APPS]
    assert defaults.extend_installed_apps(extended) == extended


@pytest.mark.parametrize("names", [(), ("rest_framework",), ("drf_spectacular",)], ids=str)
def test_apps__of_the_api_are_not_added_without_the_whole_extra(installed, names):
    # A shop with an API of its own has Django REST framework, too.
    installed(*names)
    assert defaults.extend_installed_apps(["shop", "rest_framework"])[3:] == ["shop", "rest_framework"]


@pytest.mark.parametrize(
    "given",
    [
        ["rest_framework", "shop"],
        ["drf_spectacular.apps.SpectacularConfig", "rest_framework.apps.RestFrameworkConfig", "shop"],
        ["rest_framework.authtoken.apps.AuthTokenConfig"],
    ],
    ids=str,
)
def test_apps__of_the_api_are_added_where_they_are_missing_only(installed, given):
    installed("rest_framework", "drf_spectacular")
    extended = defaults.extend_installed_apps(given)[3:]
    assert extended[: len(given)] == given
    packages = [name.partition(".apps.")[0] for name in extended if name != "shop"]
    assert sorted(packages) == sorted(API_APPS)


def test_apps__of_the_api_stay_out_where_the_shop_says_no(installed):
    installed("rest_framework", "drf_spectacular")
    assert defaults.extend_installed_apps(["shop"], api=False)[3:] == ["shop"]
    assert defaults.extend_installed_apps(["rest_framework"], api=False)[3:] == ["rest_framework"]


def test_apps__of_the_api_are_there_whatever_is_installed_where_the_shop_says_yes(installed):
    installed()
    assert defaults.extend_installed_apps(["shop"], api=True)[3:] == ["shop", *API_APPS]


# --- middleware


def test_middleware__stands_directly_after_authentication():
    assert defaults.extend_middleware(["a", AUTHENTICATION, "b"]) == ["a", AUTHENTICATION, OURS, "b", HTMX]


@pytest.mark.parametrize(
    "given",
    [
        [AUTHENTICATION, "b"],
        ["a", AUTHENTICATION],
        [OURS, AUTHENTICATION, "b"],
        [AUTHENTICATION, "b", OURS],
        [HTMX, AUTHENTICATION, "b"],
        (AUTHENTICATION,),
    ],
    ids=str,
)
def test_middleware__is_put_right_once(given):
    once = defaults.extend_middleware(given)
    assert defaults.extend_middleware(once) == once
    assert once.index(OURS) == once.index(AUTHENTICATION) + 1
    assert once.count(OURS) == once.count(HTMX) == 1
    assert [name for name in once if name not in (OURS, HTMX)] == [n for n in given if n not in (OURS, HTMX)]


def test_middleware__without_djangos_authentication_is_left_to_the_checks():
    assert defaults.extend_middleware(["a"]) == ["a", OURS, HTMX]


# --- navigation


def url_names(navigation):
    return [child["url_name"] for heading in navigation for child in heading.get("children", [])]


def test_navigation__goes_under_customers():
    extended = defaults.extend_navigation(OSCAR_DASHBOARD_NAVIGATION)
    names = url_names(extended)
    assert names.index("dashboard:customer-create") == names.index("dashboard:users-index") + 1
    assert len(extended) == len(OSCAR_DASHBOARD_NAVIGATION)


def test_navigation__may_be_extended_twice_and_is_not_changed():
    before = copy.deepcopy(OSCAR_DASHBOARD_NAVIGATION)
    once = defaults.extend_navigation(OSCAR_DASHBOARD_NAVIGATION)
    assert url_names(defaults.extend_navigation(once)) == url_names(once)
    assert url_names(OSCAR_DASHBOARD_NAVIGATION) == url_names(before)


@pytest.mark.parametrize("given", [[], [{"label": "Home", "url_name": "dashboard:index"}]], ids=["empty", "own"])
def test_navigation__gets_a_heading_where_the_shop_has_none(given):
    extended = defaults.extend_navigation(given)
    assert extended[: len(given)] == given
    assert url_names(extended) == [
        "dashboard:users-index",
        "dashboard:customer-create",
        "dashboard:denied-email-list",
    ]
