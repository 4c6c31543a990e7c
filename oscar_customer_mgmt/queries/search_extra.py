"""The lookups of ``SEARCH_EXTRA``: fields beside the package's own that the search box covers."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import FieldDoesNotExist, ImproperlyConfigured
from django.db.models import Model
from django.db.models.constants import LOOKUP_SEP

from .. import conf
from ..host import User


class BrokenLookup(ValueError):
    """A lookup that leads nowhere, or to something that cannot be searched; ``str()`` says why."""


@dataclass(frozen=True)
class Hop:
    """One relation on the way from the user to the field: ``path`` is the way so far, this one included."""

    path: str
    before: str
    target: type[Model]
    through: type[Model] | None


def hops(lookup: str) -> list[Hop]:
    """Return the relations that a lookup follows, ``[]`` for a field of the user itself.

    Raises ``BrokenLookup``.
    """
    *relations, last = lookup.split(LOOKUP_SEP)
    found: list[Hop] = []
    model: type[Model] = User
    for name in relations:
        field = _field(model, name)
        target = field.related_model
        if not field.is_relation or not isinstance(target, type):
            raise BrokenLookup(f"{name!r} of {model._meta.label} leads to no other table")
        before = found[-1].path if found else ""
        path = LOOKUP_SEP.join(filter(None, (before, name)))
        found.append(Hop(path, before, target, _through(field)))
        model = target
    field = _field(model, last)
    if field.is_relation or not getattr(field, "concrete", False):
        raise BrokenLookup(f"{last!r} of {model._meta.label} is no column with text to search")
    return found


def working_lookups() -> dict[str, list[Hop]]:
    """Return every lookup that works, with the relations it follows; system checks tell of the others."""
    try:
        lookups = conf.get("SEARCH_EXTRA")
    except ImproperlyConfigured:
        return {}
    found = {}
    for lookup in lookups if isinstance(lookups, (list, tuple)) else ():
        with suppress(BrokenLookup, AttributeError):
            found[lookup] = hops(lookup)
    return found


def users_at(path: str, keys: Any) -> set[Any]:
    """Return the keys of the accounts that ``path`` leads from to rows with these keys."""
    users = User._default_manager.filter(**{f"{path or 'pk'}__in": keys})
    return set(users.order_by().values_list("pk", flat=True))


def _field(model: type[Model], name: str) -> Any:
    try:
        return model._meta.get_field(name)
    except FieldDoesNotExist as error:
        raise BrokenLookup(f"{model._meta.label} has no field {name!r}") from error


def _through(field: Any) -> type[Model] | None:
    if not field.many_to_many:
        return None
    through: type[Model] = field.through if field.auto_created else field.remote_field.through
    return through
