"""Lists of products without a search server, and products without a picture."""

import pytest
from oscar.core.loading import get_model
from oscar.test import factories as oscar

pytestmark = pytest.mark.django_db

Category = get_model("catalogue", "Category")


@pytest.fixture
def shelves():
    """Two categories, one below the other, with a product each, and a hidden product."""
    kitchen = Category.add_root(name="Kitchen")
    mugs = kitchen.add_child(name="Mugs")
    for title, price, category in (("Pie dish", "16.00", kitchen), ("Mug", "12.50", mugs)):
        product = oscar.ProductFactory(title=title, categories=None, stockrecords=None)
        product.categories.add(category)
        oscar.StockRecordFactory(product=product, price=price)
    oscar.ProductFactory(title="Hidden jug", categories=None, is_public=False)
    return {"Kitchen": kitchen, "Mugs": mugs}


def titles(response):
    assert response.status_code == 200
    return [found.object.title for found in response.context["page_obj"].object_list]


def test_catalogue__lists_what_is_public(client, shelves):
    assert titles(client.get("/catalogue/")) == ["Mug", "Pie dish"]


def test_catalogue__sorts(client, shelves):
    assert titles(client.get("/catalogue/?sort_by=price-desc")) == ["Pie dish", "Mug"]
    assert titles(client.get("/catalogue/?sort_by=price-asc")) == ["Mug", "Pie dish"]
    assert titles(client.get("/catalogue/?sort_by=nonsense")) == ["Mug", "Pie dish"]


def test_category__has_what_is_below_it(client, shelves):
    assert titles(client.get(shelves["Kitchen"].get_absolute_url())) == ["Mug", "Pie dish"]
    assert titles(client.get(shelves["Mugs"].get_absolute_url())) == ["Mug"]


def test_category__hidden_and_missing_ones(client, shelves):
    Category.objects.filter(pk=shelves["Mugs"].pk).update(is_public=False)
    assert client.get(shelves["Mugs"].get_absolute_url()).status_code == 404
    assert client.get("/catalogue/category/none_999/").status_code == 404


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("mug", ["Mug"]),
        ("DISH pie", ["Pie dish"]),
        ("pie mug", []),
        ("jug", []),
        ("%", []),
        ("\0", ["Mug", "Pie dish"]),
    ],
)
def test_search__finds_all_words_anywhere(client, shelves, query, found):
    assert titles(client.get("/search/", {"q": query})) == found


def test_search__survives_a_very_long_term(client, shelves):
    assert titles(client.get("/search/", {"q": "x " * 5000})) == []


def test_front_page__empty_shop_says_what_to_do(client):
    assert "load_demo_shop" in client.get("/").content.decode()


def test_product_page__without_a_picture(client, shelves):
    product = get_model("catalogue", "Product").objects.get(title="Mug")
    response = client.get(product.get_absolute_url())
    assert response.status_code == 200
    assert "/media/cache/" in response.content.decode()
