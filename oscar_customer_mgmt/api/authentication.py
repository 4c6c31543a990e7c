"""Who calls: a session of the shop, or a token, whatever the project's own REST defaults are."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.utils.translation import gettext_lazy as _
from rest_framework import authentication, exceptions
from rest_framework.request import Request

from ..queries.access import is_denied
from ..queries.verification import may_not_log_in_yet


class SessionAuthentication(authentication.SessionAuthentication):
    """Django's session, with CSRF protection as usual."""

    def authenticate_header(self, request: Request) -> str:
        """Name a scheme: without one, nobody would be told 403 where 401 is meant."""
        return "Session"


class TokenAuthentication(authentication.TokenAuthentication):
    """``Authorization: Token ...``; the customer's profile comes in the same query."""

    def authenticate_credentials(self, key: str) -> tuple[Any, Any]:
        """Return account and token. Raises ``AuthenticationFailed``, for the inactive too."""
        model: Any = self.get_model()
        token = None
        if "\x00" not in key:
            token = model.objects.select_related("user__customer_profile").filter(key=key).first()
        if token is None:
            raise exceptions.AuthenticationFailed(_("There is no such token."))
        if not token.user.is_active:
            raise exceptions.AuthenticationFailed(_("This account is not active."))
        if is_denied(token.user):
            raise exceptions.AuthenticationFailed(_("This account is denied."))
        if may_not_log_in_yet(token.user):
            raise exceptions.AuthenticationFailed(_("This account is not confirmed yet."))
        return token.user, token


def authenticators() -> list[authentication.BaseAuthentication]:
    """Return the ways to say who one is, token first; without DRF's token app sessions alone."""
    found: list[authentication.BaseAuthentication] = [SessionAuthentication()]
    if apps.is_installed("rest_framework.authtoken"):
        found.insert(0, TokenAuthentication())
    return found
