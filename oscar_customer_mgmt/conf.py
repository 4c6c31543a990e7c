"""Every setting of the package, with its default and a line of explanation.

An integrator sets them in one dictionary, ``OSCAR_CUSTOMER_MGMT``; all are optional.
Read them inside functions (``conf.get("NUMBER_PREFIX")``), never at import, so that
tests and late settings take effect.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings as django_settings
from django.core.exceptions import ImproperlyConfigured

SETTINGS_NAME = "OSCAR_CUSTOMER_MGMT"


@dataclass(frozen=True)
class Setting:
    """One key of ``OSCAR_CUSTOMER_MGMT``: its default and what it does."""

    default: Any
    help: str


#: The profile fields that a shop may switch off with ``PROFILE_FIELDS``.
OPTIONAL_PROFILE_FIELDS = ("date_of_birth", "gender", "company", "phone_number")

SETTINGS: dict[str, Setting] = {
    "NUMBER_PREFIX": Setting("C-", "What customer numbers begin with. Not 'G-', which marks guest orders."),
    "NUMBER_DIGITS": Setting(6, "How many digits a customer number is padded to."),
    "GRAVATAR": Setting(False, "Show Gravatar pictures. They tell Gravatar a hash of each e-mail address."),
    "GUESTS_IN_DIRECTORY": Setting(True, "List guest orders beside registered customers."),
    "TEST_SOURCE_TYPES": Setting([], "Codes of payment source types whose orders are test orders."),
    "CANCELLED_STATUSES": Setting(["Cancelled"], "Order statuses that net figures leave out."),
    "PROFILE_FIELDS": Setting(
        list(OPTIONAL_PROFILE_FIELDS), "The optional personal fields in use; the rest is gone everywhere."
    ),
    "SEARCH_EXTRA": Setting(
        [], "Lookups from the user, such as 'shopprofile__vat_id', that the search box covers too."
    ),
    "RECORD_IP": Setting(True, "Keep the address that a customer was last seen at."),
    "VERIFICATION_MAX_AGE_DAYS": Setting(7, "For how many days a confirmation link works."),
    "UNVERIFIED_MAY_LOG_IN": Setting(False, "Let accounts that staff made log in before they are confirmed."),
    "DENY_MATCHES_PLUS_TAGS": Setting(True, "A denied a@b.example denies a+tag@b.example as well."),
    "IMPERSONATION_MAX_MINUTES": Setting(60, "How long ordering for a customer may take in all."),
    "IMPERSONATION_IDLE_MINUTES": Setting(15, "After how long without a request it ends."),
    "IMPERSONATION_REASON_REQUIRED": Setting(True, "Whether a reason must be given before ordering for someone."),
    "IMPERSONATION_CONSENT": Setting("off", "Whether customers are asked: 'off', 'opt-out' or 'opt-in'."),
    "IMPERSONATION_NOTIFY_CUSTOMER": Setting(False, "Mail the customer when someone ordered for them."),
    "POINTS_HOLD_MINUTES": Setting(30, "How long a checkout keeps points aside."),
    "POINTS_APPROVAL_ABOVE": Setting(None, "Adjustments above so many points need a second person. None: never."),
    "EXPORT_LINK_HOURS": Setting(24, "For how long the link of a finished export works."),
    "PERSONAL_DATA": Setting([], "Where the shop says what becomes of personal data in tables of its own."),
    "MERCHANT_EMAILS": Setting([], "Who hears of deleted accounts. Empty: the addresses in MANAGERS."),
}


def get(name: str) -> Any:
    """Return the value of the setting ``name``: the project's, else the default.

    Raises ``KeyError`` for a name that the package does not have, so that a typing
    mistake in the code cannot read as "unset".
    """
    default = SETTINGS[name].default
    return project_settings().get(name, default)


def project_settings() -> dict[str, Any]:
    """Return what the project set, ``{}`` where it set nothing."""
    value = getattr(django_settings, SETTINGS_NAME, {})
    if not isinstance(value, dict):
        raise ImproperlyConfigured(f"{SETTINGS_NAME} must be a dictionary, not {type(value).__name__}.")
    return value


def unknown_names() -> list[str]:
    """Return the keys that the project set and the package does not know."""
    return sorted(set(project_settings()) - set(SETTINGS))


def uses_profile_field(name: str) -> bool:
    """Say whether the optional profile field ``name`` is in use in this shop."""
    return name not in OPTIONAL_PROFILE_FIELDS or name in get("PROFILE_FIELDS")
