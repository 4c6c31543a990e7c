"""What nobody does to accounts that cannot be used, and how an account is locked to be changed."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from ..exceptions import Conflict
from ..host import User
from ..models import CustomerProfile
from ..models.profiles import profile_of
from ..queries import customers as queries


def lock(customer: Any, *, to_delete: bool = False) -> None:
    """Lock the account until the transaction ends: first its user, then its profile, whoever does it."""
    lock_users({customer.pk}, to_delete=to_delete)
    list(CustomerProfile.objects.select_for_update().filter(user_id=customer.pk).values_list("pk", flat=True))


def lock_users(keys: set[Any], *, to_delete: bool = False) -> None:
    """Lock the users of these keys, in the order of their keys."""
    # Rows that point to an account, orders above all, can be added meanwhile: only PostgreSQL tells that apart.
    weaker = connection.features.has_select_for_no_key_update and not to_delete
    users = User._default_manager.select_for_update(no_key=weaker).filter(pk__in=keys).order_by("pk")
    list(users.values_list("pk", flat=True))


def lock_to_order(customer: Any) -> CustomerProfile | None:
    """Lock the profile until the transaction ends, for an order of this customer, and return it as stored.

    The user is locked before, as every row that points to it will lock it: so that others may do the same, and
    nobody who changes the account waits for the profile meanwhile. Without a transaction nothing is locked.
    """
    profile = CustomerProfile.objects.filter(user_id=customer.pk)
    if not connection.in_atomic_block:
        return profile.first()
    share = {"postgresql": "FOR KEY SHARE", "mysql": "LOCK IN SHARE MODE"}.get(connection.vendor)
    if share is not None:
        key, quoted = User._meta.pk, connection.ops.quote_name
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT 1 FROM {quoted(User._meta.db_table)} WHERE {quoted(key.column)} = %s {share}",
                [key.get_db_prep_value(customer.pk, connection)],
            )
    return profile.select_for_update().first()


def locked(customer: Any) -> Any:
    """Lock the account and return it as stored, profile included. Raises ``Conflict`` where it is gone."""
    lock(customer)
    # Read anew: ``of=``, to lock both in one query, is not to be had on every database.
    return stored(customer)


def stored(customer: Any) -> Any:
    """Return the account as stored, profile included. Raises ``Conflict`` where it is gone."""
    found = queries.kept().filter(pk=customer.pk).first()
    if found is None:
        raise Conflict(_("This account was deleted."))
    return found


def refuse_closed(*, customer: Any) -> None:
    """Raise ``Conflict`` for an account that is erased, inactive or denied, with what to do first."""
    profile = profile_of(customer)
    if queries.is_erased(customer):
        raise Conflict(_("This account was deleted."))
    if not customer.is_active:
        raise Conflict(_("This account is inactive: nobody could log in to it. Activate it first."))
    if profile is not None and profile.is_denied:
        raise Conflict(_("This account is denied: nobody could log in to it. Allow it first."))
