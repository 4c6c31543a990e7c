"""What customers can ask about themselves."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.response import Response

from .. import records
from ..permissions import IsKnown
from ..schema import describe
from ..serializers.me import MeSerializer
from ..throttling import OwnThrottle
from .base import BaseView


class MeView(BaseView):
    """``me/``: the customer of the session or token."""

    permission_classes = [IsKnown]
    throttle_classes = [OwnThrottle]

    @describe("getMe", responses=MeSerializer)
    def get(self, request: Request) -> Response:
        """Show the caller's own account.

        What the shop notes about its customers is not part of it.
        """
        record = records.of_account(request.user)
        return Response(MeSerializer(record).data)
