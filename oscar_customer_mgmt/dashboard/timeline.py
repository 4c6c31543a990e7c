"""Turn events into what the timeline shows: names of fields and values as people know them."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.contrib.sites.models import Site
from django.utils import formats
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext_lazy as _
from phonenumber_field.phonenumber import to_python

from ..host import User, UserAddress
from ..models import CustomerProfile, TimelineEvent
from ..operations import timeline

_FIELDS: dict[str, object] = {
    "first_name": _("First name"),
    "last_name": _("Last name"),
    "is_active": _("Active"),
    "is_staff": _("Staff"),
    "is_superuser": _("Superuser"),
    "roles": _("Roles"),
    "partners": _("Partners"),
    "salutation": _("Salutation"),
    "gender": _("Gender"),
    "date_of_birth": _("Date of birth"),
    "phone_number": _("Phone number"),
    "company": _("Company"),
    "locale": _("Language"),
    "is_tax_exempt": _("Tax exempt"),
    "is_test": _("Test customer"),
    "account_manager_id": _("Account manager"),
    "newsletter": _("Newsletter of"),
    "default_shipping_address": _("Default shipping address"),
    "default_billing_address": _("Default billing address"),
    "is_default_for_shipping": _("Default shipping address"),
    "is_default_for_billing": _("Default billing address"),
    "title": _("Salutation"),
    "line1": _("First line of address"),
    "line2": _("Second line of address"),
    "line3": _("Third line of address"),
    "line4": _("City"),
    "state": _("State/County"),
    "postcode": _("Post/Zip-code"),
    "country": _("Country"),
    "notes": _("Instructions"),
}
_ADDRESS_KEYS = ("default_shipping_address", "default_billing_address")


@dataclass(frozen=True)
class Change:
    """One field that changed."""

    label: object
    before: str
    after: str


@dataclass(frozen=True)
class Entry:
    """One event as it is shown."""

    event: TimelineEvent
    label: object
    icon: str
    is_own: bool
    is_guests: bool = False
    changes: list[Change] = field(default_factory=list)

    @property
    def kind(self) -> str:
        """The code of the event's kind."""
        return self.event.kind

    @property
    def until(self) -> datetime.datetime | None:
        """When what the event says ends, ``None`` for no end."""
        return parse_datetime(str(self.data.get("until") or ""))

    @property
    def data(self) -> dict[str, Any]:
        """What the event holds."""
        data: dict[str, Any] = self.event.data
        return data


def entries(events: Iterable[TimelineEvent]) -> list[Entry]:
    """Return the events as they are shown, with names looked up in at most three queries for all of them."""
    events = list(events)
    names = _Names(events)
    kinds = timeline.kinds()
    shown = []
    for event in events:
        kind = kinds.get(event.kind)
        shown.append(
            Entry(
                event=event,
                label=kind.label if kind else event.kind.replace("_", " ").capitalize(),
                icon=kind.icon if kind else "fas fa-circle",
                is_own=event.actor_id is not None and event.actor_id == event.customer_id,
                is_guests=event.kind == timeline.ORDER_PLACED.code and event.order_id is not None,
                changes=names.changes(event),
            )
        )
    return shown


class _Names:
    """What stands for the keys in events: people, sites, addresses."""

    def __init__(self, events: Iterable[TimelineEvent]) -> None:
        found: dict[str, set[Any]] = {"account_manager_id": set(), "newsletter": set(), "address": set()}
        for event in events:
            for name, values in _changes_of(event).items():
                key = "address" if name in _ADDRESS_KEYS else name
                if key in found:
                    for value in values:
                        found[key].update(value if isinstance(value, list) else [value])
        self._people = _by_key(User._default_manager, found["account_manager_id"], _name)
        self._sites = _by_key(Site.objects, found["newsletter"], lambda site: site.name)
        self._addresses = _by_key(
            UserAddress._default_manager.select_related("country"), found["address"], lambda address: address.summary
        )
        self._choices: dict[str, Mapping[str, object]] = {
            "gender": dict(CustomerProfile.Gender.choices),
            "locale": dict(settings.LANGUAGES),
        }

    def changes(self, event: TimelineEvent) -> list[Change]:
        return [
            Change(
                label=_FIELDS.get(name, name.replace("_", " ").capitalize()),
                before=self._words(name, values[0]),
                after=self._words(name, values[1]),
            )
            for name, values in _changes_of(event).items()
        ]

    def _words(self, name: str, value: Any) -> str:
        if isinstance(value, bool):
            return str(_("Yes") if value else _("No"))
        if isinstance(value, list):
            return ", ".join(filter(None, (self._words(name, item) for item in value)))
        if value in (None, ""):
            return ""
        if name == "phone_number":
            number = to_python(value)
            return str(number.as_international if number is not None and number.is_valid() else value)
        if name == "date_of_birth":
            date = parse_date(str(value))
            return formats.date_format(date) if date is not None else str(value)
        names: Mapping[str, object] = self._choices.get(name, {})
        if name == "account_manager_id":
            names = self._people
        elif name == "newsletter":
            names = self._sites
        elif name in _ADDRESS_KEYS:
            names = self._addresses
        return str(names.get(str(value), value))


def _changes_of(event: TimelineEvent) -> dict[str, Any]:
    changes = event.data.get("changes") if isinstance(event.data, dict) else None
    if not isinstance(changes, dict):
        return {}
    return {name: values for name, values in changes.items() if isinstance(values, list) and len(values) == 2}


def _by_key(manager: Any, keys: Iterable[Any], name: Any) -> dict[str, str]:
    wanted = [key for key in keys if key not in (None, "")]
    return {str(row.pk): name(row) for row in manager.filter(pk__in=wanted)} if wanted else {}


def _name(person: Any) -> str:
    return timeline.name_of(person)
