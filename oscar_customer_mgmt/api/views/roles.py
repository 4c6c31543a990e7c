"""Flags, roles and partners of an account."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from ...operations import roles
from ...permissions import ASSIGN_ROLES, VIEW_CUSTOMER
from ...queries import roles as queries
from ..schema import ETAG, IF_MATCH, describe
from ..serializers.roles import RolesSerializer
from .base import CustomerView, expected_version, tagged, validated


class RolesView(CustomerView):
    """``customers/{number}/roles/``."""

    rights = {"GET": (VIEW_CUSTOMER, ASSIGN_ROLES), "PUT": (VIEW_CUSTOMER, ASSIGN_ROLES)}

    @describe("getRoles", responses=RolesSerializer, parameters=(ETAG,))
    def get(self, request: Request, number: str) -> Response:
        """Show flags, roles and partners of an account."""
        return _answer(self.customer())

    @describe("assignRoles", request=RolesSerializer, responses=RolesSerializer, parameters=(IF_MATCH, ETAG))
    def put(self, request: Request, number: str) -> Response:
        """Store flags, roles and partners of an account.

        A 403 for a right handed out that the caller does not hold, a 409 where the caller or everybody would be
        locked out.
        """
        customer = self.customer()
        values = validated(RolesSerializer, request)
        expected = expected_version(request, queries.version_of(customer))
        return _answer(roles.assign(customer=customer, by=request.user, expected_version=expected, **values))


def _answer(customer: Any) -> Response:
    body = {"is_staff": False, "is_superuser": False, "is_active": True, **queries.held(customer)}
    return tagged(body, version=queries.version_of(customer))
