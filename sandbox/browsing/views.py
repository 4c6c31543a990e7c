"""Lists of products for Oscar's own templates."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Min, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import ListView
from oscar.core.loading import get_class, get_model

Category = get_model("catalogue", "Category")
Product = get_model("catalogue", "Product")
SearchForm = get_class("search.forms", "SearchForm")
user_search = get_class("search.signals", "user_search")

ORDERINGS = {
    SearchForm.TOP_RATED: ("-rating", "title"),
    SearchForm.NEWEST: ("-date_created", "pk"),
    SearchForm.PRICE_HIGH_TO_LOW: ("-lowest_price", "title"),
    SearchForm.PRICE_LOW_TO_HIGH: ("lowest_price", "title"),
    SearchForm.TITLE_A_TO_Z: ("title", "pk"),
    SearchForm.TITLE_Z_TO_A: ("-title", "pk"),
}


@dataclass(frozen=True)
class Found:
    """A product as Oscar's templates expect it from a search server."""

    object: Any


class ProductListView(ListView):
    """All products, page by page, in the order that was asked for."""

    context_object_name = "products"
    template_name = "oscar/catalogue/browse.html"
    paginate_by = settings.OSCAR_PRODUCTS_PER_PAGE

    def get_queryset(self) -> QuerySet:
        """Return what belongs into the list, in order."""
        order = ORDERINGS.get(self.request.GET.get("sort_by", ""), ("title", "pk"))
        products = Product.objects.browsable().base_queryset()
        return products.annotate(lowest_price=Min("stockrecords__price")).order_by(*order)

    def paginate_queryset(self, queryset: QuerySet, page_size: int) -> tuple:
        """Wrap the products of the page."""
        paginator, page, products, is_paginated = super().paginate_queryset(queryset, page_size)
        page.object_list = [Found(product) for product in products]
        return paginator, page, page.object_list, is_paginated

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the form that has the order, and the page under the name that the search page uses."""
        context = super().get_context_data(form=SearchForm(self.request.GET), **kwargs)
        context["page"] = context["page_obj"]
        return context


class CatalogueView(ProductListView):
    """The whole catalogue."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the heading."""
        return super().get_context_data(summary=_("All products"), **kwargs)


class CategoryView(ProductListView):
    """A category and those below it."""

    template_name = "oscar/catalogue/category.html"

    @cached_property
    def category(self) -> Any:
        """Return the category; hidden ones are for staff only."""
        category = get_object_or_404(Category, pk=self.kwargs["pk"])
        if not category.is_public and not self.request.user.is_staff:
            return get_object_or_404(Category.objects.none())
        return category

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show it, or point to its address when it was renamed."""
        address = self.category.get_absolute_url()
        if request.path != address:
            return redirect(address, permanent=True)
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> QuerySet:
        """Return what is in the category or below it, each once."""
        return (
            super()
            .get_queryset()
            .filter(pk__in=Product.objects.filter(categories__in=self.category.get_descendants_and_self()).values("pk"))
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the category."""
        return super().get_context_data(category=self.category, **kwargs)


class SearchView(ProductListView):
    """Products with all the words in title, stock code or description."""

    template_name = "oscar/search/results.html"

    @cached_property
    def query(self) -> str:
        """Return what was typed; a NUL no database takes."""
        return self.request.GET.get("q", "").replace("\0", "").strip()[:200]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Let Oscar record the search, then show what was found."""
        user_search.send(sender=self, session=request.session, user=request.user, query=self.query)
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> QuerySet:
        """Return what matches; without a word everything does."""
        products = super().get_queryset()
        for word in self.query.split()[:10]:
            products = products.filter(
                Q(title__icontains=word) | Q(upc__icontains=word) | Q(description__icontains=word)
            )
        return products

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what was typed."""
        return super().get_context_data(query=self.query, **kwargs)
