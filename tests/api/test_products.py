"""``basket/``, ``wishlists/`` and ``stock-alerts/`` of a customer."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from oscar.test.factories import ProductFactory, VoucherFactory, create_product, create_stockrecord

from oscar_customer_mgmt.host import Basket, BasketLine, ProductAlert, WishList

from .conftest import path_of

pytestmark = pytest.mark.everywhere


@pytest.fixture
def tea(db):
    product = create_product(title="Tea", upc="0001", price=Decimal("3.50"))
    stock = product.stockrecords.get()
    stock.partner_sku = "TEA-1"
    stock.save()
    return product


def fill(basket, product, quantity=1):
    stock = product.stockrecords.first() or create_stockrecord(product, price=Decimal("1.00"))
    return BasketLine.objects.create(
        basket=basket,
        product=product,
        stockrecord=stock,
        quantity=quantity,
        line_reference=str(stock.pk),
        price_incl_tax=Decimal("3.50"),
        price_currency="GBP",
    )


def test_basket__open_and_saved(api, customer, tea):
    basket = Basket.objects.create(owner=customer)
    fill(basket, tea, 2)
    basket.vouchers.add(VoucherFactory(code="SPRING"))
    saved = Basket.objects.create(owner=customer, status=Basket.SAVED)
    Basket.objects.create(owner=customer, status=Basket.SUBMITTED)
    body = api.get(path_of(customer, "basket/")).json()
    assert body["id"] == basket.pk
    assert body["vouchers"] == ["SPRING"]
    assert body["lines"] == [
        {
            "product": {"id": tea.pk, "title": "Tea", "upc": "0001"},
            "sku": "TEA-1",
            "quantity": 2,
            "currency": "GBP",
            "unit_price_excl_tax": None,
            "unit_price_incl_tax": "3.50",
        }
    ]
    assert [(found["id"], found["lines"]) for found in body["saved"]] == [(saved.pk, [])]


def test_basket__none(api, customer):
    expected = {"id": None, "created_at": None, "lines": [], "vouchers": [], "saved": []}
    assert api.get(path_of(customer, "basket/")).json() == expected


def test_wishlists__with_lines(api, customer, tea):
    wishes = WishList.objects.create(owner=customer, name="Birthday")
    wishes.add(tea)
    wishes.add(tea)
    WishList.objects.create(owner=customer, name="Newer")
    newer, older = api.every(path_of(customer, "wishlists/?page_size=1"))
    assert (newer["name"], newer["lines"]) == ("Newer", [])
    assert older["id"] == wishes.pk
    assert older["lines"] == [{"title": "Tea", "product": {"id": tea.pk, "title": "Tea", "upc": "0001"}, "quantity": 2}]
    assert wishes.key not in str(older)


def test_stock_alerts__newest_first(api, customer, tea):
    first = ProductAlert.objects.create(user=customer, product=tea, status=ProductAlert.ACTIVE)
    second = ProductAlert.objects.create(user=customer, product=create_product(title="Pot"))
    ProductAlert.objects.create(email="guest@example.com", product=tea)
    found = api.every(path_of(customer, "stock-alerts/?page_size=1"))
    assert [alert["id"] for alert in found] == [second.pk, first.pk]
    assert found[1]["product"] == {"id": tea.pk, "title": "Tea", "upc": "0001"}
    assert found[1]["status"] == ProductAlert.ACTIVE
    assert found[1]["closed_at"] is None


@pytest.mark.parametrize("rest", ["basket/", "wishlists/", "stock-alerts/"])
def test_queries__as_many_for_many(api, customer, rest):
    def make(count):
        for _index in range(count):
            child = ProductFactory(parent=create_product(structure="parent"), structure="child", title="")
            wishes = WishList.objects.create(owner=customer)
            wishes.lines.create(product=child, title="x")
            ProductAlert.objects.create(user=customer, product=child)
            fill(Basket.objects.create(owner=customer, status=Basket.SAVED), child)

    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert api.get(path_of(customer, rest)).status_code == 200
        return len(captured)

    make(1)
    queries()
    few = queries()
    make(5)
    assert queries() == few <= 14
