"""Puts the demo shop's articles on its shelves."""

from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from oscar.core.loading import get_model
from oscar.test import factories as oscar

from sandbox.shop.demo.pictures import draw
from sandbox.shop.demo.shelves import ARTICLES, SOLD_OUT, Article

Category = get_model("catalogue", "Category")
Partner = get_model("partner", "Partner")
ProductImage = get_model("catalogue", "ProductImage")

PARTNER = "harbour-hearth"


def is_made() -> bool:
    """Tell whether the demo shop is there already: it is made as a whole or not at all."""
    return Partner.objects.filter(code=PARTNER).exists()


def fill_shelves() -> list[Any]:
    """Make categories, products with pictures, and stock; return the stock records."""
    partner = oscar.PartnerFactory(code=PARTNER, name="Harbour & Hearth")
    product_class = oscar.ProductClassFactory(name="Household goods", slug="household-goods")
    categories: dict[str, Any] = {}
    records = []
    for article in ARTICLES:
        if article.category not in categories:
            categories[article.category] = Category.add_root(name=article.category)
        records.append(_shelve(article, categories[article.category], product_class, partner))
    return records


def _shelve(article: Article, category: Any, product_class: Any, partner: Any) -> Any:
    product = oscar.ProductFactory(
        upc=article.code,
        title=article.title,
        description=f"<p>{article.description}</p>",
        product_class=product_class,
        categories=None,
        stockrecords=None,
    )
    product.categories.add(category)
    ProductImage.objects.create(product=product, original=_picture(article), caption=article.title)
    return oscar.StockRecordFactory(
        product=product,
        partner=partner,
        partner_sku=article.code,
        price=article.price,
        num_in_stock=0 if article.code in SOLD_OUT else 400,
        low_stock_threshold=20,
    )


def _picture(article: Article) -> str:
    name = f"images/demo/{article.code}.jpg"
    if not default_storage.exists(name):
        default_storage.save(name, ContentFile(draw(article)))
    return name
