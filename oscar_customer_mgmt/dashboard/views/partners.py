"""What Oscar's partner pages lack for shops whose users have keys other than numbers."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from ...host import User


def with_user_of_any_key(view: type[Any]) -> type[Any]:
    """Return a subclass of the shop's view that takes a user's key of any type; a malformed one is not found."""

    class AnyUserKeyView(view):  # type: ignore[misc]
        def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            try:
                kwargs["user_pk"] = self.kwargs["user_pk"] = User._meta.pk.to_python(kwargs["user_pk"])
            except (ValidationError, ValueError) as error:
                raise Http404(_("There is no such user.")) from error
            response: HttpResponse = super().dispatch(request, *args, **kwargs)
            return response

    return AnyUserKeyView
