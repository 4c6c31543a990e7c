"""Each wrong wiring is told, with the line to add; a right one is met with silence."""

import os
import subprocess
import sys
import textwrap
from io import StringIO
from pathlib import Path

import pytest
from django.apps import AppConfig, apps
from django.contrib.auth.backends import BaseBackend, ModelBackend
from django.core.checks import Error, Warning
from django.core.management import call_command
from django.db import connection
from django.urls import include, path
from oscar.apps.checkout.apps import CheckoutConfig
from oscar.apps.customer.apps import CustomerConfig
from oscar.apps.dashboard.orders.apps import OrdersDashboardConfig
from oscar.apps.dashboard.partners.apps import PartnersDashboardConfig
from oscar.apps.dashboard.users.apps import UsersDashboardConfig
from oscar.config import Shop
from oscar.core.loading import get_class

from oscar_customer_mgmt import checks, conf, defaults
from oscar_customer_mgmt.dashboard.apps import CustomersDashboardConfig
from oscar_customer_mgmt.models import DirectoryEntry
from oscar_customer_mgmt.queries.personal_data import Entry, Keep, Scrub
from oscar_customer_mgmt.storefront.auth import CustomerBackend
from oscar_customer_mgmt.storefront.checkout import guard
from oscar_customer_mgmt.storefront.middleware import CustomerMiddleware

AUTHENTICATION = defaults.AUTHENTICATION_MIDDLEWARE
(OURS,) = defaults.MIDDLEWARE
HTMX = defaults.HTMX_MIDDLEWARE
ALL = (
    checks.check_settings,
    checks.check_user_model,
    checks.check_personal_data,
    checks.check_apps,
    checks.check_middleware,
    checks.check_backends,
    checks.check_navigation,
    checks.check_urls,
)


def ids(found):
    return [message.id.removeprefix("oscar_customer_mgmt.") for message in found]


def the_only(found):
    assert len(found) == 1, found
    (message,) = found
    assert message.hint, "each complaint says what to do"
    assert isinstance(message, Error if ids(found)[0].startswith("E") else Warning)
    return message


# --- right wiring


@pytest.mark.everywhere
@pytest.mark.parametrize("check", ALL, ids=lambda check: check.__name__)
def test_checks__say_nothing_of_a_right_project(check):
    assert check(None) == []


@pytest.mark.everywhere
def test_checks__add_nothing_to_deploy():
    out, err = StringIO(), StringIO()
    call_command("check", deploy=True, stdout=out, stderr=err)
    assert "oscar_customer_mgmt" not in out.getvalue() + err.getvalue()


def test_check__finds_everything_in_a_shop_that_wired_nothing():
    script = textwrap.dedent(
        """
        import django
        from django.conf import settings
        import tests.projects.base as base

        names = {name: getattr(base, name) for name in dir(base) if name.isupper()}
        names["OSCAR_CUSTOMER_MGMT"] = {"NUMBR_PREFIX": "K-", "SEARCH_EXTRA": ["nowhere__at_all"]}
        settings.configure(
            **{
                **names,
                "INSTALLED_APPS": [*base.SHOP_APPS, "oscar_customer_mgmt"],
                "MIDDLEWARE": base.SHOP_MIDDLEWARE,
                "AUTHENTICATION_BACKENDS": ["oscar.apps.customer.auth_backends.EmailBackend"],
                "ROOT_URLCONF": "oscar_urls",
            }
        )
        import sys, types

        django.setup()
        from django.apps import apps
        from django.core.management import call_command
        from django.urls import include, path

        sys.modules["oscar_urls"] = urls = types.ModuleType("oscar_urls")
        urls.urlpatterns = [path("", include(apps.get_app_config("oscar").urls[0]))]
        call_command("check", fail_level="WARNING")
        """
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent), "PYTHONWARNINGS": "ignore"}
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, env=environment, timeout=120, check=False
    )
    assert done.returncode != 0
    expected = "E002 E005 E101 E102 E103 E104 E105 E106 E107 E108 E201 E203 E204 W205 W301 E302"
    missing = [number for number in expected.split() if f"(oscar_customer_mgmt.{number})" not in done.stderr]
    assert not missing, done.stderr


# --- values of settings


def test_settings__must_be_a_dictionary(settings):
    settings.OSCAR_CUSTOMER_MGMT = ["NUMBER_PREFIX"]
    assert ids([the_only(checks.check_settings())]) == ["E001"]


def test_settings__unknown_name_gets_a_suggestion(settings):
    settings.OSCAR_CUSTOMER_MGMT = {"number_prefixes": "K-"}
    message = the_only(checks.check_settings())
    assert (ids([message]), message.hint) == (["E002"], "Did you mean 'NUMBER_PREFIX'?")


def test_settings__unknown_name_like_none_of_ours_lists_them(settings):
    settings.OSCAR_CUSTOMER_MGMT = {"ZZZZ": 1}
    assert "SEARCH_EXTRA" in the_only(checks.check_settings()).hint


def test_settings__every_default_is_right(settings):
    settings.OSCAR_CUSTOMER_MGMT = {name: setting.default for name, setting in conf.SETTINGS.items()}
    assert checks.check_settings() == []


def test_settings__each_has_a_check():
    assert set(checks.KINDS) == set(conf.SETTINGS)


SILLY = {
    "NUMBER_PREFIX": [None, 7, "K/", "K ", "Küche-", "K" * 21, ["K"]],
    "NUMBER_DIGITS": [0, -1, 19, "6", 6.0, True, None],
    "GRAVATAR": ["yes", 1, None],
    "GUESTS_IN_DIRECTORY": ["False", 0, []],
    "TEST_SOURCE_TYPES": ["test-card", ["test", ""], [7], {"test": True}, None],
    "CANCELLED_STATUSES": ["Cancelled", [" "], None],
    "PROFILE_FIELDS": ["company", ["company", "shoe_size"], None],
    "SEARCH_EXTRA": ["customer_profile__locale", [""], [None], None],
    "RECORD_IP": [None, "no"],
    "VERIFICATION_MAX_AGE_DAYS": [0, None, "7", 1.5],
    "UNVERIFIED_MAY_LOG_IN": [1],
    "DENY_MATCHES_PLUS_TAGS": [1],
    "IMPERSONATION_MAX_MINUTES": [0],
    "IMPERSONATION_IDLE_MINUTES": [-5],
    "IMPERSONATION_REASON_REQUIRED": ["always"],
    "IMPERSONATION_CONSENT": [None, True, "on", ["off"]],
    "IMPERSONATION_NOTIFY_CUSTOMER": ["mail"],
    "POINTS_HOLD_MINUTES": [0],
    "POINTS_APPROVAL_ABOVE": [-1, "100", False, 0.5],
    "EXPORT_LINK_HOURS": [0, None],
    "PERSONAL_DATA": ["myshop.entries", [""], [None], None],
    "MERCHANT_EMAILS": ["shop@example.com", ["shop"], [("Shop", "shop@example.com")], None],
}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in SILLY.items() for value in values])
def test_settings__silly_value_is_told_with_the_default(settings, name, value):
    settings.OSCAR_CUSTOMER_MGMT = {name: value}
    message = the_only(checks.check_settings())
    assert ids([message]) == ["E003"]
    assert name in message.msg and repr(conf.SETTINGS[name].default) in message.hint


def test_settings__silly_list_covers_every_setting():
    assert set(SILLY) == set(conf.SETTINGS)


@pytest.mark.parametrize(
    "value",
    [
        {"NUMBER_PREFIX": ""},
        {"NUMBER_PREFIX": "G"},
        {"PROFILE_FIELDS": []},
        {"TEST_SOURCE_TYPES": ("test",)},
        {"POINTS_APPROVAL_ABOVE": 0},
        {"MERCHANT_EMAILS": ["shop@example.com"]},
        {"SEARCH_EXTRA": ["customer_profile__salutation", "groups__name", "addresses__notes", "username"]},
    ],
    ids=str,
)
def test_settings__unusual_but_right_value_is_met_with_silence(settings, value):
    settings.OSCAR_CUSTOMER_MGMT = value
    assert checks.check_settings() == []


def bad_entry(*args, **kwargs):
    return lambda: Entry(*args, **kwargs)


nothing_at_all = None
a_list_of_others = ["order.Order"]
of_no_model = bad_entry("order.Nothing", person="user")
of_no_field = bad_entry("order.Order", fields={"nothing": Scrub()})
of_no_value = bad_entry("order.Order", fields={"date_placed": Scrub()})
of_no_way = bad_entry("order.Order", person="nobody")
half_wrong = [Entry("order.Order", fields={"status": Keep("Books")}), "x"]


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("tests.nowhere.ENTRIES", "cannot be imported"),
        ("tests.test_checks.nothing_at_all", "is no Entry"),
        ("tests.test_checks.a_list_of_others", "is no Entry"),
        ("tests.test_checks.half_wrong", "is no Entry"),
        ("tests.test_checks.of_no_model", "which there is not"),
        ("tests.test_checks.of_no_field", "no field 'nothing'"),
        ("tests.test_checks.of_no_value", "has no empty value"),
        ("tests.test_checks.of_no_way", "does not lead"),
    ],
)
def test_settings__personal_data_that_cannot_work(settings, path, said):
    settings.OSCAR_CUSTOMER_MGMT = {"PERSONAL_DATA": [path]}
    message = the_only(checks.check_settings())
    assert ids([message]) == ["E008"]
    assert said in message.msg and path in message.msg
    assert checks.check_personal_data() == []


@pytest.mark.project("uuid_user")
def test_personal_data__tells_of_columns_and_tables_that_nobody_classified(settings):
    settings.OSCAR_CUSTOMER_MGMT = {}
    field, card = checks.check_personal_data()
    assert ids([field, card]) == ["W009", "W010"]
    assert "accounts.User.nickname" in field.msg
    assert 'Entry("accounts.User", fields={"nickname": Scrub()})' in field.hint
    assert "accounts.LoyaltyCard" in card.msg
    assert 'Entry("accounts.LoyaltyCard", person="holder", title="...", delete=True)' in card.hint


only_the_card = Entry("accounts.LoyaltyCard", person="holder", fields={"photo": Scrub()})


@pytest.mark.project("uuid_user")
def test_personal_data__follows_the_way_from_table_to_table(settings):
    settings.OSCAR_CUSTOMER_MGMT = {"PERSONAL_DATA": ["tests.test_checks.only_the_card"]}
    found = checks.check_personal_data()
    assert ids(found) == ["W009"] * 5 + ["W010"]
    assert 'Entry("accounts.CardUse", person="card__holder", title="...", delete=True)' in found[-1].hint
    assert "Scrub(to=...)" in next(each.hint for each in found if "issued_on" in each.msg)


@pytest.mark.parametrize("prefix", ["G-", "g-", "G-X"])
def test_settings__prefix_of_guest_orders_is_refused(settings, prefix):
    settings.OSCAR_CUSTOMER_MGMT = {"NUMBER_PREFIX": prefix}
    assert ids([the_only(checks.check_settings())]) == ["E004"]


@pytest.mark.parametrize(
    "lookup",
    [
        "nothing",
        "customer_profile__nothing",
        "nothing__company",
        "customer_profile__company__deeper",
        "customer_profile",
        "addresses",
        "customer_profile__",
        "email__icontains",
    ],
)
def test_settings__search_extra_that_leads_nowhere(settings, lookup):
    settings.OSCAR_CUSTOMER_MGMT = {"SEARCH_EXTRA": ["username", lookup]}
    message = the_only(checks.check_settings())
    assert ids([message]) == ["E005"]
    assert repr(lookup) in message.msg


def test_settings__cancelled_status_that_no_order_can_have(settings):
    settings.OSCAR_CUSTOMER_MGMT = {"CANCELLED_STATUSES": ["Cancelled", "Canceled"]}
    message = the_only(checks.check_settings())
    assert ids([message]) == ["W006"]
    assert "'Canceled'" in message.msg and "Pending" in message.hint


def test_settings__cancelled_status_of_a_shop_without_a_pipeline(settings):
    settings.OSCAR_ORDER_STATUS_PIPELINE = {}
    settings.OSCAR_CUSTOMER_MGMT = {"CANCELLED_STATUSES": ["Void"]}
    assert checks.check_settings() == []


def test_user_model__needs_an_email_field(monkeypatch):
    # Any model without one will do for a user model without one.
    monkeypatch.setattr(checks, "User", apps.get_model("sites", "Site"))
    message = the_only(checks.check_user_model())
    assert ids([message]) == ["E007"]
    assert "email = models.EmailField(unique=True)" in message.hint


# --- apps


class Registry:
    """The project's apps, some of them left out, moved or replaced."""

    def __init__(self, *, without=(), last=None, instead=()):
        configs = [config for config in apps.get_app_configs() if config.name not in without]
        replaced = {config.label: config for config in instead}
        self.configs = [replaced.get(config.label, config) for config in configs]
        self.configs.sort(key=lambda config: config.label == last)

    def get_app_configs(self):
        return self.configs

    def get_app_config(self, label):
        return next(config for config in self.configs if config.label == label)

    def is_installed(self, name):
        return any(config.name == name for config in self.configs)


@pytest.fixture
def with_apps(monkeypatch):
    def replace(**kwargs):
        monkeypatch.setattr(checks, "apps", Registry(**kwargs))

    return replace


def config_of(config_class, name):
    return config_class(name, apps.get_app_config("oscar").module)


def test_apps__ours_after_oscar(with_apps):
    with_apps(last="oscar_customer_mgmt")
    assert ids([the_only(checks.check_apps())]) == ["E101"]


@pytest.mark.parametrize("name", ["django_filters", "django_htmx", "django_tables2"])
def test_apps__companion_missing(with_apps, name):
    with_apps(without=[name])
    message = the_only(checks.check_apps())
    assert (ids([message]), message.hint) == (["E102"], f"Add {name!r} to INSTALLED_APPS.")


@pytest.mark.parametrize(
    ("number", "config_class", "name", "ours"),
    [
        ("103", Shop, "oscar", "oscar_customer_mgmt.storefront.apps.CustomerShopConfig"),
        (
            "107",
            CustomerConfig,
            "oscar.apps.customer",
            "oscar_customer_mgmt.storefront.apps.CustomerAccountConfig",
        ),
        (
            "108",
            CheckoutConfig,
            "oscar.apps.checkout",
            "oscar_customer_mgmt.storefront.apps.CustomerCheckoutConfig",
        ),
        (
            "106",
            PartnersDashboardConfig,
            "oscar.apps.dashboard.partners",
            "oscar_customer_mgmt.dashboard.apps.CustomerPartnersDashboardConfig",
        ),
        (
            "104",
            UsersDashboardConfig,
            "oscar.apps.dashboard.users",
            "oscar_customer_mgmt.dashboard.apps.CustomersDashboardConfig",
        ),
        (
            "105",
            OrdersDashboardConfig,
            "oscar.apps.dashboard.orders",
            "oscar_customer_mgmt.dashboard.apps.CustomerOrdersDashboardConfig",
        ),
    ],
)
class TestAppConfigs:
    def test_oscars_own_in_place_of_ours(self, with_apps, number, config_class, name, ours):
        with_apps(instead=[config_of(config_class, name)])
        message = the_only(checks.check_apps())
        assert ids([message]) == [f"E{number}"]
        assert repr(ours) in message.hint

    def test_fork_that_mixes_nothing_in(self, with_apps, number, config_class, name, ours):
        fork = type("ForkedConfig", (config_class,), {"__module__": "shop.apps"})
        with_apps(instead=[config_of(fork, name)])
        message = the_only(checks.check_apps())
        assert ids([message]) == [f"W{number}"]
        module, _, class_name = ours.rpartition(".")
        assert f"from {module} import {class_name}; class ForkedConfig({class_name})" in message.hint


def test_apps__a_step_of_the_checkout_that_lets_in_the_denied(with_apps, monkeypatch):
    config = apps.get_app_config("checkout")
    assert checks.check_apps() == []
    monkeypatch.setattr(config, "shipping_method_view", get_class("checkout.views", "ShippingMethodView"))
    message = the_only(checks.check_apps())
    assert ids([message]) == ["W109"]
    assert "storefront.checkout.RefusingMixin" in message.hint


def test_apps__a_checkout_with_our_mixins_and_another_configuration(with_apps):
    class ShopsOwnConfig(CheckoutConfig):
        __module__ = "shop.apps"

        def ready(self):
            super().ready()
            guard(self)

    config = config_of(ShopsOwnConfig, "oscar.apps.checkout")
    config.ready()
    with_apps(instead=[config])
    assert checks.check_apps() == []
    config.payment_details_view = get_class("checkout.views", "PaymentDetailsView")
    message = the_only(checks.check_apps())
    assert ids([message]) == ["W109"]
    assert "payment_details_view" in message.msg


def test_apps__fork_that_builds_on_ours_is_met_with_silence(with_apps):
    fork = type("ForkedConfig", (CustomersDashboardConfig,), {"__module__": "shop.apps"})
    with_apps(instead=[config_of(fork, "oscar.apps.dashboard.users")])
    assert checks.check_apps() == []


def test_apps__label_that_the_shop_leaves_out_is_met_with_silence(with_apps):
    with_apps(without=["oscar.apps.dashboard.orders"])
    assert checks.check_apps() == []
    assert isinstance(apps.get_app_config("orders_dashboard"), AppConfig)


# --- middleware and log-in


class OwnMiddleware(CustomerMiddleware):
    pass


OWN = f"{__name__}.OwnMiddleware"


@pytest.mark.parametrize(
    ("middleware", "expected"),
    [
        ([AUTHENTICATION, OURS, HTMX], []),
        ([AUTHENTICATION, OWN, HTMX], []),
        ([HTMX, AUTHENTICATION, OURS], []),
        ([AUTHENTICATION, HTMX], ["E201"]),
        ([OURS, AUTHENTICATION, HTMX], ["E202"]),
        ([AUTHENTICATION, HTMX, OURS], ["E202"]),
        ([OURS, HTMX], ["E202"]),
        ([AUTHENTICATION, OURS], ["E203"]),
        ([AUTHENTICATION, OURS, "no.such.Middleware"], ["E203"]),
        ([], ["E201", "E203"]),
    ],
    ids=str,
)
def test_middleware__missing_or_misplaced(settings, middleware, expected):
    settings.MIDDLEWARE = middleware
    found = checks.check_middleware()
    assert ids(found) == expected
    assert all("extend_middleware" in message.hint for message in found)


class LdapBackend(ModelBackend):
    pass


class RightsOnlyBackend(BaseBackend):
    pass


class OwnCustomerBackend(CustomerBackend):
    pass


BACKEND = "oscar_customer_mgmt.storefront.auth.CustomerBackend"
DJANGOS = "django.contrib.auth.backends.ModelBackend"
OSCARS = "oscar.apps.customer.auth_backends.EmailBackend"


@pytest.mark.parametrize(
    ("backends", "expected"),
    [
        ([BACKEND], []),
        ([BACKEND, f"{__name__}.RightsOnlyBackend"], []),
        ([f"{__name__}.OwnCustomerBackend"], []),
        ([], ["E204"]),
        ([OSCARS], ["E204", "W205"]),
        ([BACKEND, OSCARS, DJANGOS], ["W205", "W205"]),
        ([f"{__name__}.LdapBackend", BACKEND], ["W205"]),
        ([BACKEND, "no.such.Backend"], []),
    ],
    ids=str,
)
def test_backends__missing_or_beside_ours(settings, backends, expected):
    settings.AUTHENTICATION_BACKENDS = backends
    assert ids(checks.check_backends()) == expected


# --- pages


@pytest.mark.parametrize(
    ("redirects", "scheme", "found"), [(True, "http", ["W305"]), (True, "https", []), (False, "http", [])]
)
def test_links__of_a_shop_with_https(settings, redirects, scheme, found):
    settings.SECURE_SSL_REDIRECT, settings.OSCAR_URL_SCHEMA = redirects, scheme
    assert ids(checks.check_links()) == found


def test_navigation__without_our_pages(settings):
    settings.OSCAR_DASHBOARD_NAVIGATION = [{"label": "Orders", "url_name": "dashboard:order-list"}]
    message = the_only(checks.check_navigation())
    assert ids([message]) == ["W301"]
    assert "dashboard:users-index" in message.msg and "dashboard:customer-create" in message.msg
    assert "extend_navigation(OSCAR_DASHBOARD_NAVIGATION)" in message.hint


def test_navigation__of_oscar_lacks_only_what_is_new(settings):
    settings.OSCAR_DASHBOARD_NAVIGATION = [
        {"label": "Customers", "children": [{"label": "Customers", "url_name": "dashboard:users-index"}]}
    ]
    assert "dashboard:users-index" not in the_only(checks.check_navigation()).msg


OSCAR_URLS = path("", include(([path("catalogue/", include(([], "catalogue")))], "shop")))
OUR_URLS = path("", include("oscar_customer_mgmt.storefront.urls"))
# Stands for the API's addresses, whose own need the extra.
API_URLS = path("api/", include(([], "customer-mgmt-api")))


@pytest.fixture
def with_urls(settings):
    def replace(*patterns):
        settings.ROOT_URLCONF = type("urls", (), {"urlpatterns": list(patterns)})

    return replace


def test_urls__ours_not_included(with_urls):
    with_urls(OSCAR_URLS)
    message = the_only(checks.check_urls())
    assert ids([message]) == ["E302"]
    assert 'path("", include("oscar_customer_mgmt.storefront.urls"))' in message.hint


def test_urls__ours_after_oscars(with_urls):
    with_urls(OSCAR_URLS, OUR_URLS)
    assert ids([the_only(checks.check_urls())]) == ["E303"]


def test_urls__ours_before_oscars(with_urls):
    with_urls(path("admin/", include(([], "admin"))), OUR_URLS, OSCAR_URLS)
    assert checks.check_urls() == []


@pytest.mark.parametrize("name", ["rest_framework", "drf_spectacular"])
def test_urls__api_without_its_apps(with_urls, with_apps, name):
    with_urls(OUR_URLS, OSCAR_URLS, API_URLS)
    with_apps(without=[name])
    message = the_only(checks.check_urls())
    assert ids([message]) == ["E304"]
    assert "django-oscar-customer-mgmt[api]" in message.hint and repr(name) in message.hint
    assert "extend_installed_apps" in message.hint


def test_urls__api_without_tokens_is_met_with_silence(with_urls, with_apps):
    with_urls(OUR_URLS, OSCAR_URLS, API_URLS)
    with_apps(without=["rest_framework.authtoken"])
    assert checks.check_urls() == []


def test_urls__apps_of_the_api_are_not_missed_without_it(with_urls, with_apps):
    with_urls(OUR_URLS, OSCAR_URLS)
    with_apps(without=["rest_framework", "rest_framework.authtoken", "drf_spectacular"])
    assert checks.check_urls() == []


@pytest.mark.django_db
def test_check_directory__names_accounts_that_the_list_does_not_show(make_user):
    make_user()
    assert ids(checks.check_directory(databases=["default"])) == []
    DirectoryEntry.objects.all().delete()
    assert ids(checks.check_directory(databases=["default"])) == ["W401"]
    assert ids(checks.check_directory(databases=None)) == []


@pytest.mark.postgresql
@pytest.mark.django_db
def test_rebuild__makes_the_search_index_that_is_missing():
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX ocm_entry_search_text")
    assert ids(checks.check_directory(databases=["default"])) == ["W402"]
    call_command("rebuild_customer_directory", verbosity=0)
    assert ids(checks.check_directory(databases=["default"])) == []
