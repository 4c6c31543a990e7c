"""What happens around each request: sessions from before the package, and last-seen addresses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, SESSION_KEY, get_user
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject
from django.utils.module_loading import import_string

from .. import conf
from ..operations import profiles
from ..queries.access import is_denied
from . import refusals
from .auth import CustomerBackend

#: Backends whose sessions ours takes over: they check the same password of the same account.
FORMER_BACKENDS = frozenset(
    {"oscar.apps.customer.auth_backends.EmailBackend", "django.contrib.auth.backends.ModelBackend"}
)


class CustomerMiddleware:
    """Stands directly after Django's ``AuthenticationMiddleware``.

    People who were logged in when the package arrived stay logged in: their session names a
    backend that is gone, and Django would log them out. Costs no query, and does nothing for a
    request that never looks at its user.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Serve the request; remember the customer's address when the page is done."""
        request.user = SimpleLazyObject(lambda: _user_of(request))  # type: ignore[assignment]
        request.auser = sync_to_async(lambda: _user_of(request))  # type: ignore[method-assign]
        response = refusals.page_instead_of(self.get_response(request), request)
        user = getattr(request, "_cached_user", None)
        if user is not None and user.is_authenticated and conf.get("RECORD_IP"):
            address = request.META.get("REMOTE_ADDR")
            if address:
                profiles.record_ip(customer=user, ip=address)
        return response


def _our_backend() -> str | None:
    """Return the first backend in use that is ours or built on ours."""
    for path in settings.AUTHENTICATION_BACKENDS:
        if issubclass(import_string(path), CustomerBackend):
            return path
    return None


def _user_of(request: Any) -> Any:
    if not hasattr(request, "_cached_user"):
        session = request.session
        backend = session.get(BACKEND_SESSION_KEY)
        if backend in FORMER_BACKENDS and backend not in settings.AUTHENTICATION_BACKENDS:
            ours = _our_backend()
            if ours is not None:
                session[BACKEND_SESSION_KEY] = ours
        request._cached_user = get_user(request)
        if request._cached_user.is_authenticated and is_denied(request._cached_user):
            # A backend that is not ours let the account in.
            request._cached_user = AnonymousUser()
        if not request._cached_user.is_authenticated and SESSION_KEY in session:
            refusals.end_session_of_refused(request)
    return request._cached_user
