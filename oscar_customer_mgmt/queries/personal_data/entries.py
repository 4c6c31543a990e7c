"""How it is said what becomes of personal data: entries, and the treatments of their fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db.models import EmailField, Field, FileField, JSONField, Model, Q, QuerySet, UniqueConstraint
from django.utils.crypto import get_random_string

#: Reserved by RFC 2606: no e-mail to such an address can ever arrive anywhere.
NOWHERE = "erased.invalid"

_RANDOM = 20
_HEX = "0123456789abcdef"


class _Unset:
    def __repr__(self) -> str:
        return "(what an empty field holds)"


UNSET: Any = _Unset()


@dataclass(frozen=True)
class Keep:
    """A field that survives an erasure, with the reason, in words for people."""

    reason: object


@dataclass(frozen=True)
class Scrub:
    """A field that an erasure overwrites: with ``to``, else with what an empty one holds.

    ``to`` may be a function of the customer, as they were before the erasure; it and what it gives
    may be a database expression.
    """

    to: Any = UNSET


def kept(reason: object, *names: str) -> dict[str, Keep | Scrub]:
    """Return the treatment of several fields that survive for one reason."""
    return {name: Keep(reason) for name in names}


#: Which rows belong to a customer: a lookup from the model to the account, or a function of the
#: customer that gives the condition.
Person = str | Callable[[Any], Q]


@dataclass(frozen=True)
class Entry:
    """How the rows of one table belong to a customer, and what becomes of them.

    ``delete``: the rows go, with all their fields. Otherwise each field that ``coverage.counts`` must
    stand in ``fields``: also one that a shop adds later.

    ``person=""`` adds fields to the entries that the table has already: for columns that a shop
    added to a forked model.
    """

    model: str
    person: Person = ""
    title: object = ""
    delete: bool = False
    fields: Mapping[str, Keep | Scrub] = field(default_factory=dict)
    #: Why rows stay that hold nothing but numbers, or are not about the customer.
    reason: object = ""
    #: Further condition on the rows, as a function of the customer.
    where: Callable[[Any], Q] | None = None
    #: In no copy of anybody's data: passwords, tokens, what is only a hash.
    secret: Sequence[str] = ()
    #: Fields that staff get in a copy and the customer does not; ``True`` for the whole table.
    internal: Sequence[str] | bool = ()
    #: Rows that the customer's own copy leaves out beside.
    withheld: Q | None = None
    #: What a copy shows beside the fields: lookups such as ``product__title``.
    readable: Sequence[str] = ()
    #: Changes a row (field by field) before a copy shows it.
    shown: Callable[[dict[str, Any]], dict[str, Any]] | None = None
    #: Whether a copy shows it at all: not for what is only derived from the rest.
    is_exported: bool = True
    #: ``False``: the account is that of whoever did something, not of whom the row is about.
    is_about_customer: bool = True

    @property
    def model_class(self) -> type[Model] | None:
        """The model, ``None`` where the shop does not have it."""
        app_label, _dot, name = self.model.partition(".")
        try:
            return apps.get_model(app_label, name)
        except LookupError:
            return None

    @property
    def label(self) -> str:
        """The table's name as Django writes it."""
        model = self.model_class
        return model._meta.label if model is not None else self.model

    def rows(self, customer: Any) -> QuerySet[Any]:
        """Return the rows that belong to a customer."""
        model = self.model_class
        assert model is not None, f"{self.model} is not installed"
        rows = model._base_manager.all()
        rows = (
            rows.filter(self.person(customer)) if callable(self.person) else rows.filter(**{self.person: customer.pk})
        )
        return rows.filter(self.where(customer)) if self.where is not None else rows

    def treatment_of(self, name: str) -> Keep | Scrub | None:
        """Return what becomes of a field whose row stays, ``None`` where nobody said."""
        if name in self.fields:
            return self.fields[name]
        return None if self.is_about_customer else Keep(self.reason)

    def scrubbed(self) -> dict[str, Scrub]:
        """Return the fields that are overwritten, those of them that the model has."""
        names = _field_names(self.model_class)
        return {
            name: treatment
            for name, treatment in self.fields.items()
            if isinstance(treatment, Scrub) and name in names and not self.delete
        }

    def is_internal(self, name: str) -> bool:
        """Say whether the customer's own copy leaves a field out."""
        return self.internal if isinstance(self.internal, bool) else name in self.internal


def scrubbed_value(scrub: Scrub, model_field: Any, customer: Any) -> Any:
    """Return what to overwrite a field with. Raises ``ValueError`` where a field has no empty value."""
    if scrub.to is not UNSET:
        return scrub.to(customer) if callable(scrub.to) else scrub.to
    if model_field.null:
        return None
    if isinstance(model_field, JSONField):
        return model_field.get_default() if model_field.has_default() else {}
    if isinstance(model_field, FileField) or _is_text(model_field):
        return ""
    raise ValueError(f"{model_field} has no empty value: say what it is scrubbed to.")


def needs_placeholder(scrub: Scrub, model_field: Any) -> bool:
    """Say whether an emptied field must hold a text of its own in each row, since no two rows may share one."""
    return scrub.to is UNSET and not model_field.null and _is_unique(model_field)


def has_empty_value(model_field: Any) -> bool:
    """Say whether a field can be scrubbed without being told what to."""
    return bool(model_field.null or isinstance(model_field, (JSONField, FileField)) or _is_text(model_field))


def placeholder_for(model_field: Any) -> str:
    """Return a text that stands for nobody and that no other row has."""
    word = f"erased-{get_random_string(_RANDOM, _HEX)}"
    if isinstance(model_field, EmailField):
        word = f"{word}@{NOWHERE}"
    return word[-model_field.max_length :] if model_field.max_length else word


def _is_text(model_field: Field[Any, Any]) -> bool:
    return model_field.get_internal_type() in ("CharField", "TextField", "SlugField")


def _is_unique(model_field: Any) -> bool:
    if not _is_text(model_field):
        return False
    meta = model_field.model._meta
    if model_field.unique or any(model_field.name in names for names in meta.unique_together):
        return True
    constraints = [each for each in meta.total_unique_constraints if model_field.name in each.fields]
    # What an expression such as Lower("email") reaches is not told by its fields.
    expressions = [each for each in meta.constraints if isinstance(each, UniqueConstraint) and each.expressions]
    return bool(constraints or expressions)


def _field_names(model: type[Model] | None) -> set[str]:
    return {each.name for each in model._meta.concrete_fields} if model is not None else set()
