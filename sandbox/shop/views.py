"""The shop's front page."""

from typing import Any

from django.contrib.flatpages.models import FlatPage
from django.views.generic import TemplateView
from oscar.core.loading import get_model

from sandbox.shop.online_retail import about

Category = get_model("catalogue", "Category")
Product = get_model("catalogue", "Product")


class FrontPageView(TemplateView):
    """A short welcome, the ways into the catalogue, and a few things to begin with."""

    template_name = "sandbox/front_page.html"
    products_shown = 8

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add top categories, best sellers, and the number of products in the shop."""
        browsable = Product.objects.browsable().base_queryset()
        return super().get_context_data(
            categories=Category.objects.filter(depth=1, is_public=True).order_by("name"),
            products=browsable.order_by("-stats__score", "-stats__num_purchases", "title")[: self.products_shown],
            data_page=FlatPage.objects.filter(url=about.URL).first(),
            product_count=Product.objects.browsable().count(),
            **kwargs,
        )
