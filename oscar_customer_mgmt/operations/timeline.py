"""Write down what happened. Rows are added, never changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from ..models import TimelineEvent


@dataclass(frozen=True)
class Kind:
    """One kind of event: its code, its words, its icon (Font Awesome), and what its data holds."""

    code: str
    label: object
    icon: str
    data: tuple[str, ...] = ()


_KINDS: dict[str, Kind] = {}


def register(kind: Kind) -> Kind:
    """Add a kind of event; integrators may add their own. Raises ``ValueError`` for a code in use."""
    if kind.code in _KINDS and _KINDS[kind.code] != kind:
        raise ValueError(f"There is another kind of timeline event called {kind.code!r}.")
    _KINDS[kind.code] = kind
    return kind


def kinds() -> Mapping[str, Kind]:
    """Return every kind by its code."""
    return dict(_KINDS)


REGISTERED = register(Kind("registered", _("Registered in the shop"), "fas fa-user-plus"))
CREATED = register(Kind("created", _("Account created by staff"), "fas fa-user-plus", ("origin",)))
UPDATED = register(Kind("updated", _("Details changed"), "fas fa-edit", ("changes",)))
ADDRESS_ADDED = register(Kind("address_added", _("Address added"), "fas fa-map-marker-alt", ("summary",)))
ADDRESS_CHANGED = register(Kind("address_changed", _("Address changed"), "fas fa-map-marker-alt", ("changes",)))
ADDRESS_DELETED = register(Kind("address_deleted", _("Address deleted"), "fas fa-map-marker-alt", ("summary",)))
ORDER_PLACED = register(
    Kind("order_placed", _("Order placed"), "fas fa-shopping-cart", ("number", "total", "currency"))
)
ORDER_STATUS = register(
    Kind("order_status", _("Order status changed"), "fas fa-shopping-cart", ("number", "from", "to"))
)
ORDER_TEST_MARK = register(Kind("order_test_mark", _("Test mark changed"), "fas fa-vial", ("number", "is_test")))
ORDER_ADDRESS = register(
    Kind("order_address", _("Address on an order corrected"), "fas fa-map-marker-alt", ("number", "address", "changes"))
)
NOTE_ADDED = register(Kind("note_added", _("Note added"), "fas fa-sticky-note", ("note", "is_pinned")))
PASSWORD_RESET_SENT = register(Kind("password_reset_sent", _("Password reset e-mail sent"), "fas fa-envelope"))
PASSWORD_SET = register(Kind("password_set", _("Password set by staff"), "fas fa-key"))
VERIFICATION_SENT = register(Kind("verification_sent", _("Confirmation link sent"), "fas fa-envelope"))
VERIFIED = register(Kind("verified", _("Account confirmed"), "fas fa-user-check", ("how",)))
EMAIL_CHANGE_REQUESTED = register(
    Kind("email_change_requested", _("Change of e-mail address asked for"), "fas fa-at", ("from", "to"))
)
EMAIL_CHANGED = register(Kind("email_changed", _("E-mail address changed"), "fas fa-at", ("from", "to")))
EMAIL_CHANGE_CANCELLED = register(
    Kind("email_change_cancelled", _("Change of e-mail address cancelled"), "fas fa-at", ("to",))
)
ROLES_CHANGED = register(Kind("roles_changed", _("Roles changed"), "fas fa-user-shield", ("changes",)))
DENIED = register(Kind("denied", _("Denied"), "fas fa-ban", ("reason", "until")))
ALLOWED = register(Kind("allowed", _("Allowed again"), "fas fa-check-circle", ("how",)))
EMAIL_DENIED = register(Kind("email_denied", _("E-mail address denied"), "fas fa-ban", ("reason", "until")))
EMAIL_ALLOWED = register(Kind("email_allowed", _("E-mail address allowed again"), "fas fa-check-circle"))
ERASED = register(Kind("erased", _("Account erased"), "fas fa-user-slash"))
DATA_EXPORTED = register(Kind("data_exported", _("Data exported"), "fas fa-file-export", ("format",)))


def name_of(person: Any) -> str:
    """Return the name that the timeline keeps of somebody, ``""`` for the system itself."""
    if person is None:
        return ""
    full_name = person.get_full_name() if hasattr(person, "get_full_name") else ""
    return (full_name or person.get_username())[:255]


def record(
    *, kind: Kind, customer: Any = None, order: Any = None, by: Any = None, data: Mapping[str, Any] | None = None
) -> TimelineEvent:
    """Add one event about a customer, or about the guest order ``order``.

    ``data`` holds only the keys that the kind names. Raises ``ValueError`` for others.
    """
    payload = dict(data or {})
    unknown = set(payload) - set(kind.data)
    if unknown:
        raise ValueError(f"{kind.code} events hold no {', '.join(sorted(unknown))}.")
    return TimelineEvent.objects.create(
        customer=customer, order=order, kind=kind.code, actor=by, actor_name=name_of(by), data=payload
    )
