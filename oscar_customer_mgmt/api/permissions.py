"""Which rights an endpoint asks for, method by method."""

from __future__ import annotations

from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from ..permissions import has_right


def is_known(user: Any) -> bool:
    """Say whether anybody is logged in at all."""
    return user is not None and bool(user.is_authenticated)


class HasRights(BasePermission):
    """Staff who hold the rights that the view's ``rights`` name for the method.

    A method that a view does not have is not forbidden: it is a 405, for whoever is known.
    """

    def has_permission(self, request: Request, view: Any) -> bool:
        """Say whether the caller may; nobody may do anything."""
        if not is_known(request.user):
            return False
        method = "GET" if request.method == "HEAD" else str(request.method)
        if method not in view.rights:
            return method.lower() not in view.http_method_names or not hasattr(view, method.lower())
        return has_right(request.user, *view.rights[method])


class IsKnown(BasePermission):
    """Whoever is logged in, customers too: for what is about themselves."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Say whether the caller may."""
        return is_known(request.user)
