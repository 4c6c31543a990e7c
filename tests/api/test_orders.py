"""``customers/{number}/orders/``, ``orders-summary/``, and the test mark of an order."""

import datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from oscar_customer_mgmt.operations import directory
from oscar_customer_mgmt.test.factories import GuestOrderFactory, OrderFactory

from .conftest import assert_problem, number_of, path_of

pytestmark = pytest.mark.everywhere


def test_get__shows_an_order(api, customer, order):
    (row,) = api.get(path_of(customer, "orders/")).json()["results"]
    placed_at = row.pop("placed_at")
    assert datetime.datetime.fromisoformat(placed_at) == order.date_placed
    assert row == {
        "number": order.number,
        "status": "Pending",
        "currency": "GBP",
        "total": "120.50",
        "item_count": 3,
        "placed_by": number_of(customer),
        "is_test": False,
    }


def test_get__newest_first_of_this_customer_only(api, customer, guest):
    OrderFactory()
    dates = [datetime.datetime(2024, 1, day, tzinfo=datetime.UTC) for day in (3, 1, 2, 2, 5)]
    orders = [OrderFactory(user=customer, date_placed=date) for date in dates]
    expected = [order.number for order in sorted(orders, key=lambda order: (order.date_placed, order.pk), reverse=True)]
    assert [row["number"] for row in api.every(path_of(customer, "orders/?page_size=2"))] == expected


def test_get__costs_the_same_for_many(api, customer):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            api.get(path_of(customer, "orders/?page_size=200"))
        return len(captured)

    OrderFactory(user=customer)
    queries()
    few = queries()
    OrderFactory.create_batch(15, user=customer)
    assert queries() == few <= 12


def test_summary__all_orders_and_the_net_figures_beside(api, customer):
    OrderFactory(user=customer, total_incl_tax=Decimal("100.00"), refunded="10.00")
    OrderFactory(user=customer, total_incl_tax=Decimal("50.00"), status="Cancelled")
    OrderFactory(user=customer, total_incl_tax=Decimal("25.01"), is_test=True)
    newest = OrderFactory(user=customer, total_incl_tax=Decimal("8.00"), currency="EUR")
    body = api.get(path_of(customer, "orders-summary/")).json()
    assert body["currencies"] == [
        {
            "currency": "GBP",
            "total": "175.01",
            "count": 3,
            "average": "58.34",
            "net_total": "90.00",
            "net_count": 1,
        },
        {"currency": "EUR", "total": "8.00", "count": 1, "average": "8.00", "net_total": "8.00", "net_count": 1},
    ]
    assert len(body["last_orders"]) == 3
    assert body["last_orders"][0]["number"] == newest.number
    assert body["last_orders"] == api.get(path_of(customer, "orders/?page_size=3")).json()["results"]


def test_summary__of_somebody_who_never_ordered(api, customer):
    assert api.get(path_of(customer, "orders-summary/")).json() == {"currencies": [], "last_orders": []}


def test_test_mark__put_and_delete(api, customer, order, staff):
    path = f"orders/{order.number}/test-mark/"
    for _again in range(2):
        response = api.put(path)
        assert response.status_code == 200
        assert response.json()["is_test"] is True
        assert response.json()["number"] == order.number
    assert api.get(path_of(customer)).json()["order_count"] == 0
    order.refresh_from_db()
    assert order.test_mark.marked_by == staff
    for _again in range(2):
        assert api.delete(path).status_code == 204
    assert api.get(path_of(customer)).json()["order_count"] == 1
    assert not directory.check()


def test_test_mark__outweighs_how_the_order_was_paid(api, customer, settings):
    settings.OSCAR_CUSTOMER_MGMT = {"TEST_SOURCE_TYPES": ["sandbox"]}
    order = OrderFactory(user=customer, total_incl_tax=Decimal(5), paid_with="sandbox")
    assert api.get(path_of(customer, "orders/")).json()["results"][0]["is_test"] is True
    assert api.delete(f"orders/{order.number}/test-mark/").status_code == 204
    assert api.get(path_of(customer, "orders/")).json()["results"][0]["is_test"] is False


def test_test_mark__of_a_guest(api, guest):
    response = api.put(f"orders/{guest.number}/test-mark/", {})
    assert response.json()["is_test"] is True
    assert response.json()["placed_by"] is None
    assert api.get(path_of(guest)).json()["is_test"] is True


def test_test_mark__takes_no_fields(api, order):
    assert_problem(api.put(f"orders/{order.number}/test-mark/", {"is_test": False}), 400, fields=["is_test"])


@pytest.mark.parametrize("number", ["0", "%00", "{}%20", "x" * 500, "G-{}"])
def test_test_mark__of_an_unknown_order(api, order, number):
    path = f"orders/{number.format(order.number)}/test-mark/"
    assert_problem(api.put(path), 404)
    assert_problem(api.delete(path), 404)


def test_test_mark__order_number_of_a_guest_alone(api):
    guest = GuestOrderFactory()
    assert_problem(api.get(f"customers/{guest.number}/"), 404)


def test_test_mark__of_somebody_with_more_rights(api, caller, superuser):
    order = OrderFactory(user=superuser)
    path = f"orders/{order.number}/test-mark/"
    assert_problem(api.put(path, {}), 403, kind="forbidden")
    assert caller(superuser).put(path, {}).status_code == 200
    assert_problem(api.delete(path), 403, kind="forbidden")
    assert caller(superuser).delete(path).status_code == 204
