"""The account behind a session, which every request of a logged-in customer asks for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import connections, router
from django.db.models.query import ModelIterable

from ..host import User
from ..models import CustomerProfile
from .customers import customers


class _Plan(NamedTuple):
    """A statement that needs nothing but a key, what its columns are, and how Django reads them."""

    sql: str
    user_fields: list[str]
    profile_fields: list[str]
    readers: Mapping[int, tuple[Sequence[Callable[..., Any]], Any]]


def account_of_session(key: Any) -> Any:
    """Return the account with its profile, in one query; raises ``User.DoesNotExist``.

    The same as ``customers().get(pk=key)``, but the statement is worked out once: to work it out takes
    Django longer than to send it, and every page of the shop would wait for that.
    """
    alias = router.db_for_read(User)
    plan = _plan(alias, User)
    if plan is None:
        return customers().get(pk=key)
    connection, primary_key = connections[alias], User._meta.pk
    # Prepared first, as a lookup does it: MySQL's backend refuses 0, which is nobody's key, to be written.
    prepared = primary_key.get_prep_value(primary_key.to_python(key))
    with connection.cursor() as cursor:
        cursor.execute(plan.sql, [primary_key.get_db_prep_value(prepared, connection, prepared=True)])
        found = cursor.fetchone()
    if found is None:
        raise User.DoesNotExist(f"There is no account {key}.")
    row = list(found)
    for index, (readers, expression) in plan.readers.items():
        for reader in readers:
            row[index] = reader(row[index], expression, connection)
    number = len(plan.user_fields)
    user = User.from_db(alias, plan.user_fields, row[:number])
    profile = None
    if row[number] is not None:
        profile = CustomerProfile.from_db(alias, plan.profile_fields, row[number:])
        CustomerProfile._meta.get_field("user").set_cached_value(profile, user)
    User._meta.get_field("customer_profile").set_cached_value(user, profile)
    return user


@lru_cache(maxsize=8)
def _plan(alias: str, model: Any) -> _Plan | None:
    """Return the statement; ``None`` where the shop's own manager returns something else than plain rows."""
    accounts = customers().using(alias)
    if accounts._iterable_class is not ModelIterable or accounts._prefetch_related_lookups:  # type: ignore[attr-defined]
        return None
    compiler = accounts.filter(pk=_any_key(model)).query.get_compiler(alias)
    sql, parameters = compiler.as_sql()
    expressions = [expression for expression, _sql, _name in compiler.select]
    columns = [getattr(expression, "target", None) for expression in expressions]
    if columns != [*model._meta.concrete_fields, *CustomerProfile._meta.concrete_fields] or len(parameters) != 1:
        return None
    return _Plan(
        sql,
        [field.attname for field in model._meta.concrete_fields],
        [field.attname for field in CustomerProfile._meta.concrete_fields],
        compiler.get_converters(expressions),
    )


def _any_key(model: Any) -> Any:
    # Which key makes no difference: the statement has a place for it.
    kind = model._meta.pk.get_internal_type()
    return "00000000-0000-0000-0000-000000000000" if kind == "UUIDField" else 1
