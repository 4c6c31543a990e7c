"""Log-in for customers and staff, with the profile loaded in the same query as the account."""

from __future__ import annotations

from typing import Any

from asgiref.sync import sync_to_async
from django.contrib.auth.backends import ModelBackend
from django.views.decorators.debug import sensitive_variables

from ..host import User
from ..queries.access import is_denied
from ..queries.customers import with_email
from ..queries.session_accounts import account_of_session
from ..queries.verification import may_not_log_in_yet
from . import refusals


class CustomerBackend(ModelBackend):
    """Accepts an e-mail address (in any case) or a user name, with the password.

    Where several accounts share an address, the one whose password fits logs in; where it fits
    several, none does.
    """

    @sensitive_variables()
    def authenticate(
        self, request: Any, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> Any:
        """Return the account, or ``None``; a wrong name takes as long as a wrong password."""
        name = kwargs.get("email") or username or kwargs.get(User.USERNAME_FIELD)
        if not name or password is None or "\x00" in name:
            return None
        candidates = self._candidates(str(name))
        # The password first: whether an account is active must not show in the time it takes.
        known = [user for user in candidates if user.check_password(password)]
        fitting = [user for user in known if self.user_can_authenticate(user)]
        if len(known) == 1 and not fitting and known[0].is_active:
            # Whoever knows the password may know why it is of no use: the middleware shows a page of its own.
            refusals.remember(request, customer=known[0])
        if not candidates:
            # Takes the time of a check, so that it does not tell which names exist.
            User().set_password(password)
        return fitting[0] if len(fitting) == 1 else None

    def user_can_authenticate(self, user: Any) -> bool:
        """Say whether this account may log in, and stay logged in: active, not denied, confirmed where it has to be.

        Costs no query: the profile came with the account.
        """
        return bool(super().user_can_authenticate(user)) and not is_denied(user) and not may_not_log_in_yet(user)

    def get_user(self, user_id: Any) -> Any:
        """Return the account of a session, profile included, in one query."""
        try:
            user = account_of_session(user_id)
        except User.DoesNotExist:
            return None
        return user if self.user_can_authenticate(user) else None

    @sensitive_variables()
    async def aauthenticate(
        self, request: Any, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> Any:
        """Do as ``authenticate`` does: Django's own asynchronous log-in would pass it by."""
        return await sync_to_async(self.authenticate)(request, username, password, **kwargs)

    async def aget_user(self, user_id: Any) -> Any:
        """Do as ``get_user`` does."""
        return await sync_to_async(self.get_user)(user_id)

    def _candidates(self, name: str) -> list[Any]:
        found = {}
        if "@" in name:
            found = {user.pk: user for user in with_email(name)}
        if User.USERNAME_FIELD != "email":
            try:
                named = User._default_manager.get_by_natural_key(name)
            except User.DoesNotExist:
                named = None
            if named is not None:
                found.setdefault(named.pk, named)
        return list(found.values())
