"""Customers look at, and take with them, what the shop holds on them."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, StreamingHttpResponse
from django.template.loader import select_template
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from ..operations import data_export
from ..queries.customers import customers


class OwnDataView(LoginRequiredMixin, TemplateView):
    """All that is held on the customer, but what is internal to the shop; ``?format=json`` to take along."""

    template_name = "oscar_customer_mgmt/storefront/own_data.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Show the page, or send the file."""
        customer = customers().get(pk=request.user.pk)
        as_file = request.GET.get("format") == "json"
        export = data_export.export(customer=customer, by=customer, format="json" if as_file else "html")
        response: Any
        if as_file:
            response = StreamingHttpResponse(export.as_json(), content_type="application/json")
            response["Content-Disposition"] = f'attachment; filename="{export.file_name}"'
        else:
            response = self.render_to_response(self.get_context_data(export=export))
        add_never_cache_headers(response)
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return what Oscar's account pages need beside."""
        return super().get_context_data(page_title=_("My data"), active_tab="profile", **kwargs)


def with_link_to_own_data(view: type[Any]) -> type[Any]:
    """Return a subclass of the shop's profile page that leads to the customer's data."""

    class ProfileWithOwnDataView(view):  # type: ignore[misc]
        def get_template_names(self) -> list[str]:
            return ["oscar_customer_mgmt/storefront/profile.html"]

        def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
            context: dict[str, Any] = super().get_context_data(**kwargs)
            context["shop_template"] = select_template(super().get_template_names())
            return context

    return ProfileWithOwnDataView
