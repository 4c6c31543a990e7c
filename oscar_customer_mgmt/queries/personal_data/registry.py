"""All entries of a shop: those that come with the package, and the shop's own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import FieldDoesNotExist, FieldError
from django.db import connection
from django.db.models import CharField, Q, QuerySet
from django.db.models.functions import Cast
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from ... import conf
from ...host import User
from . import of_django, of_package, of_shop
from .entries import UNSET, Entry, Keep, Scrub, has_empty_value

ADMIN = _("That something was done in Django's admin, when and by whom; to whom is scrubbed.")


class BadEntry(Exception):
    """A path in the setting ``PERSONAL_DATA``, or an entry there, that cannot work; ``str()`` says why."""


def entries() -> list[Entry]:
    """Return every entry whose table the shop has, the shop's own merged in. Raises ``BadEntry``."""
    found: dict[tuple[str, Any], Entry] = {}
    shipped = (_ADMIN_LOG, *of_django.entries(), *of_shop.ENTRIES, *of_package.ENTRIES)
    for entry in (*shipped, *own_entries()):
        if entry.model_class is None:
            continue
        if not entry.person:
            for key in [key for key in found if key[0] == entry.label]:
                found[key] = _with_fields(found[key], entry)
        else:
            found[entry.label, entry.person] = entry
    return list(found.values())


def about_customers() -> list[Entry]:
    """Return the entries of rows that are about a customer, not only of something that the customer did to others."""
    return [entry for entry in entries() if entry.is_about_customer]


def own_entries() -> list[Entry]:
    """Return what the setting ``PERSONAL_DATA`` names. Raises ``BadEntry``."""
    return [entry for path in conf.get("PERSONAL_DATA") for entry in _at(path)]


def _at(path: str) -> Iterator[Entry]:
    try:
        named = import_string(path)
    except ImportError as error:
        raise BadEntry(f"{path!r} cannot be imported: {error}") from error
    given = named() if callable(named) and not isinstance(named, Entry) else named
    for entry in [given] if isinstance(given, Entry) or not isinstance(given, Iterable) else given:
        if not isinstance(entry, Entry):
            raise BadEntry(f"{path!r} holds {entry!r}, which is no Entry")
        _examine(entry, path)
        yield entry


def _examine(entry: Entry, path: str) -> None:
    model = entry.model_class
    if model is None:
        raise BadEntry(f"{path!r} names the model {entry.model!r}, which there is not")
    for name, treatment in entry.fields.items():
        try:
            field = model._meta.get_field(name)
        except FieldDoesNotExist as error:
            raise BadEntry(f"{path!r}: {entry.model} has no field {name!r}") from error
        if isinstance(treatment, Scrub) and treatment.to is UNSET and not has_empty_value(field):
            raise BadEntry(f"{path!r}: {entry.model}.{name} has no empty value, so say Scrub(to=...)")
    if isinstance(entry.person, str) and entry.person:
        try:
            model._base_manager.filter(Q(**{entry.person: None}) | Q(**{f"{entry.person}__isnull": False}))
        except FieldError as error:
            raise BadEntry(f"{path!r}: {entry.person!r} does not lead from {entry.model} to an account") from error


def _with_fields(entry: Entry, more: Entry) -> Entry:
    return replace(
        entry,
        fields={**entry.fields, **more.fields},
        secret=(*entry.secret, *more.secret),
        internal=entry.internal
        if isinstance(entry.internal, bool) or isinstance(more.internal, bool)
        else (*entry.internal, *more.internal),
    )


def _logged_about(customer: Any) -> Q:
    """Return the condition for what the admin's log says of the account and of every row that belongs to it."""
    logged = {model: each for each in _content_types_in_log() if (model := each.model_class()) is not None}
    condition = Q(pk__in=())
    for entry in about_customers():
        model = entry.model_class
        if model not in logged or not isinstance(entry.person, str):
            continue
        if model is User:
            keys: Any = [str(customer.pk)]
        else:
            keys = _keys_as_text(entry.rows(customer).order_by())
        condition |= Q(content_type=logged[model], object_id__in=keys)
    return condition


def _keys_as_text(rows: QuerySet[Any]) -> Any:
    """Return the keys as the log writes them; by the database itself only where that compares what it casts."""
    if connection.vendor == "postgresql":
        return rows.values(as_text=Cast("pk", CharField(max_length=64)))
    return [str(key) for key in rows.values_list("pk", flat=True)]


def _content_types_in_log() -> Iterable[ContentType]:
    return ContentType.objects.filter(logentry__isnull=False).distinct()


_ADMIN_LOG = Entry(
    "admin.LogEntry",
    person=_logged_about,
    title=_("Log of Django's admin"),
    fields={
        "object_repr": Scrub(),
        "change_message": Scrub(),
        "action_time": Keep(ADMIN),
        "object_id": Keep(ADMIN),
    },
    internal=True,
)
