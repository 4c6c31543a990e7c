"""How often one account may call.

A project sets other rates in ``REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"]`` under our scopes;
``None`` lifts the limit.
"""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request
from rest_framework.settings import api_settings
from rest_framework.throttling import SimpleRateThrottle

READ = "customer_management_read"
WRITE = "customer_management_write"
OWN = "customer_management_own"

DEFAULT_RATES = {READ: "600/min", WRITE: "120/min", OWN: "60/min"}

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class AccountThrottle(SimpleRateThrottle):
    """So many requests a minute for one account, however it logged in."""

    def get_rate(self) -> str | None:  # type: ignore[override]
        """Return the project's rate for the scope, else ours. Read per request, so that settings take effect."""
        rates: dict[str, Any] = {**DEFAULT_RATES, **(api_settings.DEFAULT_THROTTLE_RATES or {})}
        rate: str | None = rates[str(self.scope)]
        return rate

    def get_cache_key(self, request: Request, view: Any) -> str:
        """Return the key under which the account's requests are remembered."""
        return self.cache_format % {"scope": self.scope, "ident": request.user.pk}


class ReadThrottle(AccountThrottle):
    """Requests that change nothing."""

    scope = READ

    def allow_request(self, request: Request, view: Any) -> bool:
        """Let every other request pass: it is counted elsewhere."""
        return request.method not in _SAFE or super().allow_request(request, view)


class WriteThrottle(AccountThrottle):
    """Requests that change something."""

    scope = WRITE

    def allow_request(self, request: Request, view: Any) -> bool:
        """Let every other request pass: it is counted elsewhere."""
        return request.method in _SAFE or super().allow_request(request, view)


class OwnThrottle(AccountThrottle):
    """What customers ask about themselves."""

    scope = OWN
