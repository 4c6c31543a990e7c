"""What nobody does to accounts that cannot be used, and how an account is locked to be changed."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from ..exceptions import Conflict
from ..host import User
from ..models.profiles import profile_of
from ..queries import customers as queries


def locked(customer: Any) -> Any:
    """Lock the account and return it as stored, profile included. Raises ``Conflict`` where it is gone."""
    list(User._default_manager.select_for_update().filter(pk=customer.pk).values_list("pk", flat=True))
    # The profile is read anew: ``of=`` is not to be had on every database.
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
