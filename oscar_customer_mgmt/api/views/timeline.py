"""What happened to a customer or a guest order."""

from __future__ import annotations

from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from ...operations.timeline import kinds
from ...permissions import VIEW_CUSTOMER, VIEW_NOTE, has_right
from ...queries import customers as queries
from ..pagination import PARAMETERS, paginated
from ..schema import PAGE_PARAMETERS, describe, page_of, query
from ..serializers.timeline import EventSerializer
from .base import CustomerView, refuse_other_parameters, shown

KIND = "kind"


class TimelineView(CustomerView):
    """``customers/{number}/timeline/``."""

    rights = {"GET": (VIEW_CUSTOMER,)}

    @describe(
        "listEvents",
        responses=page_of(EventSerializer),
        parameters=(query(KIND, description="Any of several.", many=True), *PAGE_PARAMETERS),
    )
    def get(self, request: Request, number: str) -> Response:
        """List what happened to a customer or a guest order, newest first."""
        refuse_other_parameters(request, PARAMETERS, repeatable=[KIND])
        entry = self.entry()
        about = {"order": entry.order} if entry.is_guest else {"customer": entry.user}
        events = queries.timeline(**about, with_notes=has_right(request.user, VIEW_NOTE))
        wanted = request.query_params.getlist(KIND)
        unknown = sorted(set(wanted) - set(kinds()))
        if unknown:
            raise ValidationError({KIND: [_("There is no such kind of event: %s.") % ", ".join(unknown)]})
        if wanted:
            events = events.filter(kind__in=wanted)
        return paginated(
            request,
            events,
            ordering=queries.EVENTS_NEWEST_FIRST,
            represent=lambda rows: shown(EventSerializer, rows),
        )
