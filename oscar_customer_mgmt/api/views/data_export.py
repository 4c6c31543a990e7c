"""All that the shop holds on one customer."""

from __future__ import annotations

from typing import Any

from django.http import StreamingHttpResponse
from rest_framework.request import Request

from ...operations import data_export
from ...permissions import EXPORT_CUSTOMERS, VIEW_CUSTOMER
from ..schema import describe
from ..serializers.data_export import DataExportSerializer
from .base import CustomerView, refuse_other_parameters


class DataExportView(CustomerView):
    """``customers/{number}/data-export/``."""

    rights = {"GET": (VIEW_CUSTOMER, EXPORT_CUSTOMERS)}

    @describe("exportCustomerData", responses=DataExportSerializer)
    def get(self, request: Request, number: str) -> Any:
        """Give out all that is held on a customer.

        With what is internal to the shop, without passwords, keys and e-mails that open the account. The
        timeline says that it was given out.
        """
        refuse_other_parameters(request, ())
        export = data_export.export(customer=self.customer(), by=request.user, format="json")
        # Piece by piece: a customer may have thousands of orders.
        return StreamingHttpResponse(export.as_json(), content_type="application/json")
