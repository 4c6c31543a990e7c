"""Pages that a mailed link opens: nothing happens before their button is pressed, and the link does not leak."""

from __future__ import annotations

import hashlib
from typing import Any, ClassVar

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.cache import add_never_cache_headers
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.generic import FormView

from ..exceptions import DeadLink

_SESSION_KEY = "_customer_links"
#: So many links may be open in one browser at a time.
_MOST_LINKS = 5
#: The session does not know this link: no cookies, or another browser.
ELSEWHERE = "elsewhere"


def keep_to_oneself(response: HttpResponseBase) -> HttpResponseBase:
    """Let nobody store this page, and no other site learn its address."""
    add_never_cache_headers(response)
    response["Referrer-Policy"] = "same-origin"
    return response


@method_decorator([login_not_required, sensitive_post_parameters(), sensitive_variables("token")], name="dispatch")
class MailedLinkView(FormView):
    """Opens with the token of an e-mail, then goes to an address without it, as Django's password reset does.

    The session holds the token meanwhile. Programs that follow the links of an e-mail use nothing up, since
    only a POST does anything.
    """

    #: The page for a link that does not work.
    dead_template_name: ClassVar[str] = "oscar_customer_mgmt/storefront/dead_link.html"

    token: str

    def read(self, token: str) -> Any:
        """Return what the link is about, changing nothing. Raises ``DeadLink``."""
        raise NotImplementedError

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Serve the page, or the one that says why the link does not work and what to do."""
        try:
            response = self._serve(request, kwargs["token"])
        except DeadLink as error:
            response = self.dead(error.reason)
        return keep_to_oneself(response)

    def dead(self, reason: str) -> HttpResponse:
        """Return the page for a link that does not work."""
        return render(self.request, self.dead_template_name, self.dead_context(reason), status=410)

    def dead_context(self, reason: str) -> dict[str, Any]:
        """Return what the page for a dead link shows."""
        return {"reason": reason}

    def forget(self) -> None:
        """Take the link out of the session: it is used."""
        kept = self.request.session.get(_SESSION_KEY, {})
        self.request.session[_SESSION_KEY] = {handle: token for handle, token in kept.items() if token != self.token}

    def _serve(self, request: HttpRequest, given: str) -> HttpResponseBase:
        kept = request.session.get(_SESSION_KEY, {})
        # A token has colons in it, a handle has none.
        if ":" not in given and len(given) == _HANDLE_LENGTH and given not in kept:
            raise DeadLink(ELSEWHERE)
        self.token = kept.get(given, given)
        self.subject = self.read(self.token)
        if given not in kept and request.method in ("GET", "HEAD"):
            handle = _handle(given)
            newest = list(kept.items())[-(_MOST_LINKS - 1) :]
            request.session[_SESSION_KEY] = {**dict(newest), handle: given}
            return redirect(request.resolver_match.view_name, token=handle)  # type: ignore[union-attr]
        return super().dispatch(request)


_HANDLE_LENGTH = 32


def _handle(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()[:_HANDLE_LENGTH]
