"""Wrong wiring, told by ``manage.py check`` with the line to add.

Ids: 0xx for the values of settings, 1xx for apps, 2xx for middleware and log-in, 3xx for pages,
4xx for what is in the database.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.core.exceptions import FieldDoesNotExist, ImproperlyConfigured, ValidationError
from django.core.validators import validate_email
from django.urls import URLResolver, get_resolver
from django.utils.module_loading import import_string

from . import conf, defaults
from .host import User
from .queries import directory_state, personal_data
from .queries.search_extra import BrokenLookup, hops

_LABEL = "oscar_customer_mgmt"
_BACKEND = "oscar_customer_mgmt.storefront.auth.CustomerBackend"
_CHECKOUT = "oscar_customer_mgmt.storefront.checkout"
_STOREFRONT_URLS = "customer-mgmt"
_API_URLS = "customer-mgmt-api"
#: Namespaces of Oscar's storefront; the first of them shows where Oscar's addresses begin.
_OSCAR_URLS = frozenset({"catalogue", "customer", "basket", "checkout"})
_LONGEST_PREFIX = 20


@dataclass(frozen=True)
class _Kind:
    """What a setting may hold, and how that is said."""

    accepts: Callable[[Any], bool]
    words: str


def _is_whole_number(value: Any, least: int, most: int | None = None) -> bool:
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return is_number and value >= least and (most is None or value <= most)


def _is_list_of_texts(value: Any) -> bool:
    return isinstance(value, (list, tuple)) and all(isinstance(item, str) and item.strip() for item in value)


def _is_list_of_emails(value: Any) -> bool:
    if not _is_list_of_texts(value):
        return False
    try:
        for item in value:
            validate_email(item)
    except ValidationError:
        return False
    return True


def _is_prefix(value: Any) -> bool:
    # It stands in addresses as it is, so nothing that would have to be quoted there.
    return isinstance(value, str) and len(value) <= _LONGEST_PREFIX and bool(re.fullmatch(r"[A-Za-z0-9._-]*", value))


_BOOLEAN = _Kind(lambda value: isinstance(value, bool), "True or False")
_AT_LEAST_ONE = _Kind(lambda value: _is_whole_number(value, 1), "a whole number above 0")
_TEXTS = _Kind(_is_list_of_texts, "a list of texts, none of them empty")

#: What each setting may hold.
KINDS: dict[str, _Kind] = {
    "NUMBER_PREFIX": _Kind(_is_prefix, f"a text of at most {_LONGEST_PREFIX} letters (A to Z), digits, '.', '_', '-'"),
    "NUMBER_DIGITS": _Kind(lambda value: _is_whole_number(value, 1, 18), "a whole number from 1 to 18"),
    "GRAVATAR": _BOOLEAN,
    "GUESTS_IN_DIRECTORY": _BOOLEAN,
    "TEST_SOURCE_TYPES": _TEXTS,
    "CANCELLED_STATUSES": _TEXTS,
    "PROFILE_FIELDS": _Kind(
        lambda value: _is_list_of_texts(value) and set(value) <= set(conf.OPTIONAL_PROFILE_FIELDS),
        f"a list of any of {', '.join(conf.OPTIONAL_PROFILE_FIELDS)}",
    ),
    "SEARCH_EXTRA": _TEXTS,
    "RECORD_IP": _BOOLEAN,
    "VERIFICATION_MAX_AGE_DAYS": _AT_LEAST_ONE,
    "UNVERIFIED_MAY_LOG_IN": _BOOLEAN,
    "DENY_MATCHES_PLUS_TAGS": _BOOLEAN,
    "IMPERSONATION_MAX_MINUTES": _AT_LEAST_ONE,
    "IMPERSONATION_IDLE_MINUTES": _AT_LEAST_ONE,
    "IMPERSONATION_REASON_REQUIRED": _BOOLEAN,
    "IMPERSONATION_CONSENT": _Kind(
        lambda value: isinstance(value, str) and value in {"off", "opt-out", "opt-in"}, "'off', 'opt-out' or 'opt-in'"
    ),
    "IMPERSONATION_NOTIFY_CUSTOMER": _BOOLEAN,
    "POINTS_HOLD_MINUTES": _AT_LEAST_ONE,
    "POINTS_APPROVAL_ABOVE": _Kind(
        lambda value: value is None or _is_whole_number(value, 0), "None or a whole number of points"
    ),
    "EXPORT_LINK_HOURS": _AT_LEAST_ONE,
    "PERSONAL_DATA": _TEXTS,
    "MERCHANT_EMAILS": _Kind(_is_list_of_emails, "a list of e-mail addresses"),
}


@register()
def check_settings(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Find values of ``OSCAR_CUSTOMER_MGMT`` that cannot work."""
    try:
        given = conf.project_settings()
    except ImproperlyConfigured as error:
        return [_error("E001", str(error), "Write OSCAR_CUSTOMER_MGMT = {} and put settings into it.")]
    found: list[CheckMessage] = [_unknown_setting(name) for name in conf.unknown_names()]
    for name in sorted(set(given) & set(KINDS)):
        if not KINDS[name].accepts(given[name]):
            text = f"OSCAR_CUSTOMER_MGMT[{name!r}] is {given[name]!r}, which is not {KINDS[name].words}."
            found.append(_error("E003", text, f"The default is {conf.SETTINGS[name].default!r}."))
        else:
            found.extend(_FURTHER.get(name, _nothing_further)(given[name]))
    return found


def _unknown_setting(name: Any) -> CheckMessage:
    close = difflib.get_close_matches(str(name).upper(), conf.SETTINGS, n=1)
    hint = f"Did you mean {close[0]!r}?" if close else f"There are: {', '.join(sorted(conf.SETTINGS))}."
    return _error("E002", f"OSCAR_CUSTOMER_MGMT has no setting {name!r}.", hint)


def _check_prefix(value: str) -> Iterator[CheckMessage]:
    if value.casefold().startswith("g-"):
        yield _error(
            "E004",
            f"OSCAR_CUSTOMER_MGMT['NUMBER_PREFIX'] is {value!r}, but numbers that begin with G- are those of guest "
            "orders.",
            f"Choose another prefix; the default is {conf.SETTINGS['NUMBER_PREFIX'].default!r}.",
        )


def _check_search_extra(value: list[str]) -> Iterator[CheckMessage]:
    for lookup in value:
        try:
            hops(lookup)
        except BrokenLookup as error:
            yield _error(
                "E005",
                f"OSCAR_CUSTOMER_MGMT['SEARCH_EXTRA'] names {lookup!r}, but {error}.",
                f"Write it as a lookup from {User._meta.label} to a column, such as 'shopprofile__vat_id'.",
            )


def _check_cancelled(value: list[str]) -> Iterator[CheckMessage]:
    pipeline = getattr(settings, "OSCAR_ORDER_STATUS_PIPELINE", {})
    for status in value:
        if pipeline and status not in pipeline:
            yield _warning(
                "W006",
                f"OSCAR_CUSTOMER_MGMT['CANCELLED_STATUSES'] names {status!r}, a status that no order can have.",
                f"OSCAR_ORDER_STATUS_PIPELINE has: {', '.join(map(str, pipeline))}.",
            )


def _check_personal_data(value: list[str]) -> Iterator[CheckMessage]:
    try:
        personal_data.own_entries()
    except personal_data.BadEntry as error:
        yield _error(
            "E008",
            f"OSCAR_CUSTOMER_MGMT['PERSONAL_DATA'] cannot be used: {error}.",
            "Name an Entry, a list of them, or a function that returns one, such as 'myshop.personal_data.ENTRIES'.",
        )


def _nothing_further(value: Any) -> Iterable[CheckMessage]:
    return ()


_FURTHER: dict[str, Callable[[Any], Iterable[CheckMessage]]] = {
    "NUMBER_PREFIX": _check_prefix,
    "SEARCH_EXTRA": _check_search_extra,
    "CANCELLED_STATUSES": _check_cancelled,
    "PERSONAL_DATA": _check_personal_data,
}


@register()
def check_user_model(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Find a user model that cannot be a customer."""
    try:
        User._meta.get_field("email")
    except FieldDoesNotExist:
        hint = "Give the model an email field, as Oscar asks too: email = models.EmailField(unique=True)"
        return [_error("E007", f"{User._meta.label} has no field called email.", hint)]
    return []


@register()
def check_personal_data(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Find columns and tables that may hold something about a customer and that an erasure would pass by."""
    try:
        known = personal_data.entries()
    except (personal_data.BadEntry, ImproperlyConfigured, TypeError):
        # ``check_settings`` tells of it.
        return []
    where = "to a list that OSCAR_CUSTOMER_MGMT['PERSONAL_DATA'] names (docs/erasure.md)"
    fields = [
        _warning(
            "W009",
            f"Nobody said what becomes of {each.model}.{each.name} when a customer is erased: it stays as it is.",
            f"Add {each.line} or a Keep with the reason {where}.",
        )
        for each in personal_data.unclassified_fields(known)
    ]
    models = [
        _warning(
            "W010",
            f"Nobody said what becomes of {each.model} when a customer is erased: its rows stay as they are.",
            f"Add {each.line}, or one that names each field, {where}.",
        )
        for each in personal_data.unknown_models(known)
    ]
    return [*fields, *models]


@register()
def check_apps(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Find apps that are missing, out of order, or still Oscar's own."""
    labels = [config.label for config in apps.get_app_configs()]
    found: list[CheckMessage] = []
    if "oscar" in labels and labels.index(_LABEL) > labels.index("oscar"):
        found.append(
            _error(
                "E101",
                "oscar_customer_mgmt stands after Oscar in INSTALLED_APPS, so that Oscar's templates hide ours.",
                f"Put it in front, or use {_call('installed_apps')}.",
            )
        )
    for name in (*defaults.COMPANIONS, "django_tables2"):
        if not apps.is_installed(name):
            found.append(_error("E102", f"{name} is not in INSTALLED_APPS.", f"Add {name!r} to INSTALLED_APPS."))
    for label, name in _APP_CONFIGS.items():
        if label in labels:
            found.extend(_check_app_config(label, name))
    return found


#: Labels of Oscar's apps, and the configurations of ours that must take their place.
_APP_CONFIGS = {
    "oscar": "oscar_customer_mgmt.storefront.apps.CustomerShopConfig",
    "customer": "oscar_customer_mgmt.storefront.apps.CustomerAccountConfig",
    "checkout": "oscar_customer_mgmt.storefront.apps.CustomerCheckoutConfig",
    "users_dashboard": "oscar_customer_mgmt.dashboard.apps.CustomersDashboardConfig",
    "orders_dashboard": "oscar_customer_mgmt.dashboard.apps.CustomerOrdersDashboardConfig",
    "partners_dashboard": "oscar_customer_mgmt.dashboard.apps.CustomerPartnersDashboardConfig",
}
_LOST = {
    "oscar": (
        'accounts that staff made cannot set their first password by "forgotten password", and setting one does not '
        "confirm them"
    ),
    "customer": "customers who remove their own profile leave personal data all over the shop, and nobody is told",
    "checkout": "customers who are denied get as far as the payment, which is taken before their order is refused",
    "users_dashboard": "the dashboard shows Oscar's own users instead of our customers",
    "orders_dashboard": "orders in the dashboard do not link to their customers",
    "partners_dashboard": (
        "any staff can set the password of anybody who belongs to a partner and hand out rights that they do not hold "
        "(and the pages fail for users whose keys are no numbers)"
    ),
}
_CONFIG_IDS = {
    "oscar": 103,
    "users_dashboard": 104,
    "orders_dashboard": 105,
    "partners_dashboard": 106,
    "customer": 107,
    "checkout": 108,
}


def _check_app_config(label: str, name: str) -> list[CheckMessage]:
    config = apps.get_app_config(label)
    present, ours = type(config), import_string(name)
    if label == "checkout":
        unguarded = list(_check_checkout(config))
        if isinstance(config, ours) or len(unguarded) < _number_of_steps():
            # Some views of the shop's own refuse already: it is told of those that it forgot.
            return unguarded
    if isinstance(config, ours):
        return []
    number, class_name = _CONFIG_IDS[label], ours.__name__
    if present.__module__.startswith("oscar."):
        text = f"{present.__module__}.{present.__qualname__} is in INSTALLED_APPS in place of ours: {_LOST[label]}."
        return [_error(f"E{number}", text, f"List {name!r} in its place, or use {_call('installed_apps')}.")]
    text = f"The shop's own {present.__module__}.{present.__qualname__} does not build on ours: {_LOST[label]}."
    hint = (
        f"Let it inherit from ours: from {ours.__module__} import {class_name}; "
        f"class {present.__name__}({class_name}): name = {config.name!r}"
    )
    return [_warning(f"W{number}", text, hint)]


def _number_of_steps() -> int:
    return len(import_string(f"{_CHECKOUT}.GUARDS"))


def _check_checkout(config: Any) -> Iterator[CheckMessage]:
    """Find steps of the shop's own that let in those who are denied."""
    for name, mixin in import_string(f"{_CHECKOUT}.unguarded")(config).items():
        yield _warning(
            "W109",
            f"The checkout's {name} lets in customers who are denied.",
            f"Let it inherit from {_CHECKOUT}.{mixin.__name__}, in front of Oscar's view.",
        )


@register()
def check_middleware(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Find middleware that is missing or in the wrong place."""
    names = list(settings.MIDDLEWARE)
    found: list[CheckMessage] = []
    (ours,) = defaults.MIDDLEWARE
    place, after = _place_of(ours, names), _place_of(defaults.AUTHENTICATION_MIDDLEWARE, names)
    hint = f"Put {ours!r} on the line after {defaults.AUTHENTICATION_MIDDLEWARE!r}, or use {_call('middleware')}."
    if place is None:
        text = "is not in MIDDLEWARE: people who are logged in are logged out, and nobody's IP address is kept."
        found.append(_error("E201", f"{ours} {text}", hint))
    elif after is None or place != after + 1:
        text = "does not stand directly after Django's AuthenticationMiddleware."
        found.append(_error("E202", f"{ours} {text}", hint))
    if _place_of(defaults.HTMX_MIDDLEWARE, names) is None:
        text = f"{defaults.HTMX_MIDDLEWARE} is not in MIDDLEWARE: the customer list cannot be loaded part by part."
        hint = f"Add {defaults.HTMX_MIDDLEWARE!r} to the end of MIDDLEWARE, or use {_call('middleware')}."
        found.append(_error("E203", text, hint))
    return found


@register(Tags.security)
def check_backends(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Find log-in without our backend, and backends that let in whom ours keeps out."""
    ours = import_string(_BACKEND)
    classes = {name: _imported(name) for name in settings.AUTHENTICATION_BACKENDS}
    found: list[CheckMessage] = []
    if not any(isinstance(backend, type) and issubclass(backend, ours) for backend in classes.values()):
        text = f"{_BACKEND} is not in AUTHENTICATION_BACKENDS."
        found.append(_error("E204", text, f"Write AUTHENTICATION_BACKENDS = ({_BACKEND!r},)"))
    for name, backend in classes.items():
        if isinstance(backend, type) and issubclass(backend, ModelBackend) and not issubclass(backend, ours):
            found.append(
                _warning(
                    "W205",
                    f"AUTHENTICATION_BACKENDS has {name} too, which lets in whom {_BACKEND} keeps out.",
                    f"Take {name!r} out: ours takes e-mail addresses and user names. Where it logs in by other means "
                    "than a password, let it inherit from ours instead of Django's.",
                )
            )
    return found


@register()
def check_navigation(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Find a dashboard menu without our pages."""
    present = set(_url_names(getattr(settings, "OSCAR_DASHBOARD_NAVIGATION", ())))
    wanted = set(_url_names(defaults.extend_navigation(())))
    missing = sorted(wanted - present)
    if not missing:
        return []
    hint = f"Write OSCAR_DASHBOARD_NAVIGATION = {_call('navigation', 'OSCAR_DASHBOARD_NAVIGATION')}"
    return [_warning("W301", f"OSCAR_DASHBOARD_NAVIGATION has no entry for {', '.join(missing)}.", hint)]


@register(Tags.urls)
def check_urls(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Find addresses that are missing, out of order, or whose apps are."""
    if not getattr(settings, "ROOT_URLCONF", None):
        return []
    names = list(_app_names(get_resolver()))
    found: list[CheckMessage] = []
    line = 'path("", include("oscar_customer_mgmt.storefront.urls"))'
    if _STOREFRONT_URLS not in names:
        text = f"oscar_customer_mgmt.storefront.urls is not included in {settings.ROOT_URLCONF}."
        found.append(_error("E302", text, f"Add {line} before Oscar's own."))
    elif any(name in _OSCAR_URLS for name in names[: names.index(_STOREFRONT_URLS)]):
        text = f"oscar_customer_mgmt.storefront.urls stands after Oscar's in {settings.ROOT_URLCONF}."
        found.append(_error("E303", text, f"Move {line} before Oscar's own, which may answer its addresses."))
    if _API_URLS in names:
        for name in defaults.API_COMPANIONS:
            if not apps.is_installed(name):
                text = f"oscar_customer_mgmt.api.urls is included, but {name} is not in INSTALLED_APPS."
                hint = (
                    f"pip install 'django-oscar-customer-mgmt[api]'; {_call('installed_apps')} adds {name!r} then, "
                    "unless api=False tells it not to."
                )
                found.append(_error("E304", text, hint))
    return found


@register()
def check_links(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Find a shop that asks for https and mails links without it."""
    if not settings.SECURE_SSL_REDIRECT or getattr(settings, "OSCAR_URL_SCHEMA", "http") == "https":
        return []
    text = "Links in e-mails begin with http://, though the shop answers by https: they can be read on the way."
    return [_warning("W305", text, 'Write OSCAR_URL_SCHEMA = "https".')]


@register(Tags.database)
def check_directory(app_configs: Any = None, databases: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Find a directory that was not built, and a search without its index; only with ``--database``."""
    if not databases or not directory_state.is_installed():
        return []
    found: list[CheckMessage] = []
    if directory_state.has_unlisted_accounts():
        hint = "Run manage.py rebuild_customer_directory."
        found.append(_warning("W401", "There are accounts that the customer list does not show.", hint))
    if not directory_state.has_search_index():
        hint = (
            "Let an administrator run CREATE EXTENSION pg_trgm in this database, then run "
            "manage.py rebuild_customer_directory, which makes the index."
        )
        found.append(_warning("W402", "Customer search has no index and reads the whole directory.", hint))
    return found


def _app_names(resolver: URLResolver) -> Iterator[str]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            if pattern.app_name:
                yield pattern.app_name
            yield from _app_names(pattern)


def _url_names(navigation: Iterable[Any]) -> Iterator[str]:
    for entry in navigation:
        if entry.get("url_name"):
            yield entry["url_name"]
        yield from _url_names(entry.get("children", ()))


def _place_of(name: str, names: list[str]) -> int | None:
    """Return where this middleware, or a subclass of it, stands."""
    wanted = _imported(name)
    for place, other in enumerate(names):
        if other == name:
            return place
        present = _imported(other)
        if isinstance(present, type) and isinstance(wanted, type) and issubclass(present, wanted):
            return place
    return None


def _imported(name: str) -> Any:
    try:
        return import_string(name)
    except ImportError:
        # Django tells of names that cannot be imported.
        return None


def _call(what: str, argument: str = "[...]") -> str:
    return f"oscar_customer_mgmt.defaults.extend_{what}({argument})"


def _error(number: str, text: str, hint: str) -> CheckMessage:
    return Error(text, hint=hint, id=f"{_LABEL}.{number}")


def _warning(number: str, text: str, hint: str) -> CheckMessage:
    return Warning(text, hint=hint, id=f"{_LABEL}.{number}")
