"""The last active superuser survives every path."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from ..exceptions import Conflict
from ..host import User
from ..queries.access import in_force


def refuse_to_lose_last(*, customer: Any) -> None:
    """Raise ``Conflict`` if no superuser who can log in would be left without ``customer``.

    Call it inside the transaction that demotes, deactivates, denies or deletes: superusers are
    locked, so that of two who do it to each other at once only one may.
    """
    if not getattr(customer, "is_superuser", False):
        return
    locked = User._default_manager.select_for_update().filter(is_superuser=True, is_active=True).order_by("pk")
    keys = [key for key in locked.values_list("pk", flat=True) if key != customer.pk]
    denied = User._default_manager.filter(in_force("customer_profile__"))
    if not User._default_manager.filter(pk__in=keys).exclude(pk__in=denied).exists():
        raise Conflict(_("The last active superuser cannot be demoted, deactivated, denied or deleted."))
