"""All that the shop holds on one customer, for staff: a page to read, and a file."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, StreamingHttpResponse
from django.views.generic import TemplateView

from ...operations import data_export
from .one_customer import OneCustomerMixin


class CustomerDataExportView(OneCustomerMixin, TemplateView):
    """The page; ``?format=json`` sends the file. Either is on the timeline."""

    template_name = "oscar_customer_mgmt/dashboard/customers/data_export.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Show or send it to who may."""
        as_file = request.GET.get("format") == "json"
        export = data_export.export(customer=self.customer, by=request.user, format="json" if as_file else "html")
        if not as_file:
            return self.render_to_response(self.get_context_data(export=export))
        response = StreamingHttpResponse(export.as_json(), content_type="application/json")
        response["Content-Disposition"] = f'attachment; filename="{export.file_name}"'
        return response
