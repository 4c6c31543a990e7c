""" "Forgotten password" for accounts that staff made and that have no password yet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..models import CustomerProfile
from ..models.profiles import profile_of
from ..queries.customers import with_email


def for_accounts_without_password(form_class: type[Any]) -> type[Any]:
    """Return a subclass of the shop's form that mails accounts made by staff, too.

    Django leaves out accounts without a usable password, because elsewhere that means that
    another system logs them in. Here it means so only where no member of staff made the account.
    """

    class CustomerPasswordResetForm(form_class):  # type: ignore[misc]
        def get_users(self, email: str) -> Iterator[Any]:
            found = {user.pk: user for user in super().get_users(email)}
            for user in with_email(email):
                if user.is_active and _was_made_here(user) and not user.has_usable_password():
                    found.setdefault(user.pk, user)
            return iter(found.values())

    return CustomerPasswordResetForm


def _was_made_here(user: Any) -> bool:
    # By the origin, not by who made it: that account may have been deleted since.
    profile = profile_of(user)
    return profile is not None and profile.origin in (CustomerProfile.Origin.DASHBOARD, CustomerProfile.Origin.API)
