"""What an erasure does to the tables: whole sets of rows at a time, however many a customer has.

Nothing here calls ``save()`` or ``delete()`` of a model, and no signal is sent: one statement a table, so
that an account with thousands of orders takes hardly longer than one with none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection, models, transaction
from django.db.models import FileField, Q, QuerySet
from django.utils.translation import gettext as _

from ..exceptions import Conflict
from ..host import User
from ..queries.personal_data import Entry, needs_placeholder, placeholder_for, scrubbed_value

DELETED, SCRUBBED, KEPT = "deleted", "scrubbed", "kept"


@dataclass(frozen=True)
class Outcome:
    """What became of the rows of one entry."""

    entry: Entry
    treatment: str
    rows: int


def in_order(entries: Iterable[Entry]) -> list[Entry]:
    """Return the entries so that none loses the way to the account before its turn comes.

    What is found by what rows say goes first; then what is scrubbed, then what is deleted, each from
    the far end of the way; the account is last.
    """

    def place(entry: Entry) -> tuple[bool, bool, bool, int]:
        if callable(entry.person):
            return (False, False, False, 0)
        return (True, entry.label == User._meta.label, entry.delete, -entry.person.count("__"))

    return sorted(entries, key=place)


def treat(entry: Entry, customer: Any) -> Outcome:
    """Delete, scrub or keep the rows of one entry, and say how many there were.

    ``customer`` is the account as it was before any of it was scrubbed.
    """
    rows = entry.rows(customer)
    if entry.delete:
        return Outcome(entry, DELETED, delete(rows))
    scrubbed = entry.scrubbed()
    if not scrubbed:
        return Outcome(entry, KEPT, rows.count())
    meta = rows.model._meta
    _forget_files(rows, [name for name in scrubbed if isinstance(meta.get_field(name), FileField)])
    alone = [name for name, scrub in scrubbed.items() if needs_placeholder(scrub, meta.get_field(name))]
    for key in list(rows.values_list("pk", flat=True)) if alone else ():
        # Row by row: each must be unlike all others.
        own = {name: placeholder_for(meta.get_field(name)) for name in alone}
        rows.model._base_manager.filter(pk=key).update(**own)
    together = [name for name in scrubbed if name not in alone]
    values = {name: scrubbed_value(scrubbed[name], meta.get_field(name), customer) for name in together}
    return Outcome(entry, SCRUBBED, rows.update(**values) if values else rows.count())


def end_memberships(customer: Any) -> int:
    """Take the account out of every many-to-many relation: staff roles, rights, partners, and the shop's own."""
    ended = 0
    for through, name in _memberships():
        ended += _delete_alone(through._base_manager.filter(**{name: customer.pk}))
    return ended


def delete(rows: QuerySet[Any]) -> int:
    """Delete rows, and do to the rows of other tables that name them what those tables ask for.

    Raises ``Conflict`` where a table protects them.
    """
    _release(rows)
    _forget_files(rows, [field.name for field in rows.model._meta.concrete_fields if isinstance(field, FileField)])
    return _delete_alone(rows)


def _release(rows: QuerySet[Any]) -> None:
    for relation in rows.model._meta.get_fields(include_hidden=True):
        if not (relation.auto_created and not relation.concrete and (relation.one_to_many or relation.one_to_one)):
            continue
        others = relation.related_model._base_manager.filter(**{f"{relation.field.name}__in": _keys(rows, relation)})
        action = relation.on_delete
        if action is models.CASCADE:
            if relation.related_model is not rows.model:
                delete(others)
        elif action in (models.PROTECT, models.RESTRICT):
            if others.exists():
                name = relation.related_model._meta.verbose_name_plural
                raise Conflict(_("This is needed by other records (%s) and cannot be deleted.") % name)
        elif action is models.SET_DEFAULT:
            others.update(**{relation.field.name: relation.field.get_default()})
        elif action is not models.DO_NOTHING:
            # SET_NULL; what SET() would put there is known to Django's own deletion alone.
            others.update(**{relation.field.name: None})


def _keys(rows: QuerySet[Any], relation: Any) -> Any:
    target = relation.field.target_field.attname
    keys = rows.order_by().values(target)
    # MySQL and MariaDB change no table that the same statement reads.
    is_own = relation.related_model is rows.model and not connection.features.update_can_self_select
    return list(keys.values_list(target, flat=True)) if is_own else keys


def _delete_alone(rows: QuerySet[Any]) -> int:
    """Delete rows that nothing names any longer, in one statement."""
    raw: Callable[[str], int] = rows.order_by()._raw_delete
    return raw(rows.db) or 0


def _forget_files(rows: QuerySet[Any], names: list[str]) -> None:
    """Delete the files that rows hold, once nothing can bring the rows back."""
    for name in names:
        storage = rows.model._meta.get_field(name).storage
        for path in rows.exclude(Q(**{name: ""}) | Q(**{f"{name}__isnull": True})).values_list(name, flat=True):
            transaction.on_commit(_forget(storage, path), robust=True)


def _forget(storage: Any, path: str) -> Callable[[], None]:
    def forget() -> None:
        storage.delete(path)

    return forget


def _memberships() -> Iterable[tuple[type[models.Model], str]]:
    """Return the tables that Django made for many-to-many relations with accounts, and the column of the account."""
    for relation in User._meta.get_fields(include_hidden=True):
        if relation.one_to_many and relation.related_model._meta.auto_created:
            yield relation.related_model, relation.field.name
