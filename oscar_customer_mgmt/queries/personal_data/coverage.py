"""What nobody has said anything about: fields without a treatment, tables without an entry."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import ForeignKey, Model

from ...host import User
from .entries import Entry
from .registry import entries

#: Of these types a value says nothing about anybody by itself. All others do until somebody says they do not.
_IMPERSONAL = frozenset(
    {
        "AutoField",
        "BigAutoField",
        "SmallAutoField",
        "BooleanField",
        "IntegerField",
        "BigIntegerField",
        "SmallIntegerField",
        "PositiveIntegerField",
        "PositiveBigIntegerField",
        "PositiveSmallIntegerField",
        "DecimalField",
        "FloatField",
        "DurationField",
        "GeneratedField",
    }
)


@dataclass(frozen=True)
class UnclassifiedField:
    """A field of a table that holds data about customers, of which nobody said what becomes of it."""

    model: str
    name: str
    has_empty_value: bool

    @property
    def line(self) -> str:
        """What to write for it."""
        scrub = "Scrub()" if self.has_empty_value else "Scrub(to=...)"
        return f'Entry("{self.model}", fields={{"{self.name}": {scrub}}})'


@dataclass(frozen=True)
class UnknownModel:
    """A table whose rows lead to customers, of which nobody said anything."""

    model: str
    person: str

    @property
    def line(self) -> str:
        """What to write for it."""
        return f'Entry("{self.model}", person="{self.person}", title="...", delete=True)'


def counts(field: Any) -> bool:
    """Say whether a field must be classified: texts, dates, phones, JSON, files and whatever else is no number.

    Numbers, amounts and flags say nothing without the row that they stand in; relations are followed
    instead; a UUID that is the row's key is a number too.
    """
    if not field.concrete or field.is_relation:
        return False
    kind = field.get_internal_type()
    return kind not in _IMPERSONAL and not (field.primary_key and kind == "UUIDField")


def unclassified_fields(known: list[Entry] | None = None) -> list[UnclassifiedField]:
    """Return the fields that no entry of their table says anything about."""
    known = entries() if known is None else known
    found: dict[tuple[str, str], UnclassifiedField] = {}
    for entry in known:
        model = entry.model_class
        if model is None or entry.delete:
            continue
        for field in filter(counts, model._meta.local_concrete_fields):
            if entry.treatment_of(field.name) is None:
                is_easy = field.null or field.get_internal_type() in (
                    "CharField",
                    "TextField",
                    "JSONField",
                    "FileField",
                )
                found[entry.label, field.name] = UnclassifiedField(entry.label, field.name, bool(is_easy))
    return list(found.values())


def unknown_models(known: list[Entry] | None = None) -> list[UnknownModel]:
    """Return the tables without an entry that lead to an account, or to rows about customers."""
    known = entries() if known is None else known
    ways = _ways(known)
    with_entry = {entry.label for entry in known}
    found = []
    for model in apps.get_models():
        meta = model._meta
        if meta.label in with_entry or meta.proxy or not meta.managed:
            continue
        way = next(_ways_from(model, ways), None)
        if way is not None:
            found.append(UnknownModel(meta.label, way))
    return found


def _ways(known: list[Entry]) -> dict[str, str]:
    """Return, by the tables that others may lead through, the way from there to the account."""
    ways = {User._meta.label: ""}
    for entry in known:
        if entry.is_about_customer and isinstance(entry.person, str) and entry.label != User._meta.label:
            ways.setdefault(entry.label, entry.person)
    return ways


def _ways_from(model: type[Model], ways: dict[str, str]) -> Iterator[str]:
    for field in model._meta.local_fields:
        # One-to-one relations are foreign keys too.
        if isinstance(field, ForeignKey):
            target = field.related_model._meta.concrete_model._meta.label  # type: ignore[union-attr]
            if target in ways and target != model._meta.label:
                yield f"{field.name}__{ways[target]}" if ways[target] else field.name
