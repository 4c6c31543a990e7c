"""Test marks on orders, and corrected addresses."""

from decimal import Decimal

import pytest

from oscar_customer_mgmt.exceptions import Conflict, InvalidData, NotAllowed
from oscar_customer_mgmt.models import AddressCompany, DirectoryEntry, OrderTestMark, TimelineEvent
from oscar_customer_mgmt.operations import directory, orders
from oscar_customer_mgmt.queries.customers import orders_summary
from oscar_customer_mgmt.test.factories import CustomerFactory, GuestOrderFactory, OrderFactory, country

pytestmark = pytest.mark.django_db


@pytest.fixture
def agnes():
    return CustomerFactory(is_staff=True)


# --- test marks


def test_mark_test__there_and_back_with_an_event_each(agnes):
    order = OrderFactory()
    assert orders.mark_test(order=order, is_test=True, by=agnes) is True
    assert orders.is_test_order(order=order)
    assert orders.mark_test(order=order, is_test=False, by=agnes) is False
    assert not orders.is_test_order(order=order)
    events = TimelineEvent.objects.filter(customer=order.user).order_by("pk")
    assert [(event.kind, event.data["is_test"], event.actor) for event in events] == [
        ("order_test_mark", True, agnes),
        ("order_test_mark", False, agnes),
    ]
    assert OrderTestMark.objects.get().marked_by == agnes


@pytest.mark.parametrize("is_test", [True, False])
def test_mark_test__again_changes_nothing(agnes, is_test):
    order = OrderFactory(is_test=is_test)
    before = (OrderTestMark.objects.count(), TimelineEvent.objects.count())
    assert orders.mark_test(order=order, is_test=is_test, by=agnes) is is_test
    assert (OrderTestMark.objects.count(), TimelineEvent.objects.count()) == before


def test_mark_test__says_no_of_an_order_paid_with_play_money(agnes, settings):
    settings.OSCAR_CUSTOMER_MGMT = {"TEST_SOURCE_TYPES": ["play-money"]}
    order = OrderFactory(paid_with="play-money", total_incl_tax=Decimal("9.00"))
    orders.mark_test(order=order, is_test=False, by=agnes)
    assert DirectoryEntry.objects.get(user=order.user).total_spent == Decimal("9.00")
    assert not directory.check()


def test_mark_test__of_a_guest_order_is_on_its_own_timeline(agnes):
    order = GuestOrderFactory()
    orders.mark_test(order=order, is_test=True, by=agnes)
    assert TimelineEvent.objects.get(order=order).customer is None
    assert DirectoryEntry.objects.get(order=order).is_test


def test_mark_test__of_somebody_with_more_rights_is_refused(agnes):
    owner = CustomerFactory(is_staff=True, is_superuser=True)
    order = OrderFactory(user=owner)
    with pytest.raises(NotAllowed):
        orders.mark_test(order=order, is_test=True, by=agnes)
    assert not orders.is_test_order(order=order)
    assert not TimelineEvent.objects.filter(kind="order_test_mark").exists()
    orders.mark_test(order=order, is_test=True, by=owner)
    # Nor may the mark be taken off.
    with pytest.raises(NotAllowed):
        orders.mark_test(order=order, is_test=False, by=agnes)
    assert orders.is_test_order(order=order)


# --- addresses


def test_correct_address__of_somebody_with_more_rights_is_refused(agnes):
    order = OrderFactory(user=CustomerFactory(is_staff=True, is_superuser=True))
    before = order.shipping_address.line1
    with pytest.raises(NotAllowed):
        orders.correct_address(order=order, kind="shipping_address", values={"line1": "Elsewhere 1"}, by=agnes)
    order.shipping_address.refresh_from_db()
    assert order.shipping_address.line1 == before


@pytest.mark.parametrize("kind", orders.ADDRESSES)
def test_correct_address__of_a_guest_order(agnes, kind):
    order = GuestOrderFactory()
    before = getattr(order, kind).line1
    orders.correct_address(order=order, kind=kind, values={"line1": "Right 1"}, by=agnes, company=" Acme ")
    order.refresh_from_db()
    assert getattr(order, kind).line1 == "Right 1"
    event = TimelineEvent.objects.get(order=order)
    assert event.data == {
        "number": order.number,
        "address": kind,
        "changes": {"line1": [before, "Right 1"], "company": ["", "Acme"]},
    }
    assert "right 1" in DirectoryEntry.objects.get(order=order).search_text
    assert not directory.check()
    orders.correct_address(order=order, kind=kind, values={}, by=agnes, company="")
    assert not AddressCompany.objects.exists()


def test_correct_address__leaves_the_book_alone(agnes):
    order = OrderFactory(user=CustomerFactory(addresses=1))
    book = list(order.user.addresses.values())
    orders.correct_address(order=order, kind="shipping_address", values={"line1": "Right 1"}, by=agnes)
    assert list(order.user.addresses.values()) == book


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"line1": ""}, "line1"), ({"line2": "a\x00b"}, "line2"), ({"postcode": "?"}, "postcode")],
    ids=str,
)
def test_correct_address__refuses_and_stores_nothing(agnes, wrong, field):
    order = GuestOrderFactory(shipping_address__country=country("GB"))
    before = type(order.shipping_address).objects.values().get(pk=order.shipping_address.pk)
    with pytest.raises(InvalidData) as error:
        orders.correct_address(order=order, kind="shipping_address", values={"line4": "X", **wrong}, by=agnes)
    assert field in error.value.errors
    assert type(order.shipping_address).objects.values().get(pk=order.shipping_address.pk) == before
    assert not TimelineEvent.objects.exists()


@pytest.mark.parametrize("company", ["x" * 256, "a\x00b"])
def test_correct_address__refuses_a_company_that_cannot_be_stored(agnes, company):
    order = GuestOrderFactory()
    with pytest.raises(InvalidData) as error:
        orders.correct_address(order=order, kind="billing_address", values={"line1": "X"}, by=agnes, company=company)
    assert set(error.value.errors) == {"company"}
    order.refresh_from_db()
    assert order.billing_address.line1 != "X"


def test_correct_address__that_the_order_does_not_have(agnes):
    order = GuestOrderFactory(billing_address=None)
    with pytest.raises(Conflict):
        orders.correct_address(order=order, kind="billing_address", values={}, by=agnes)
    with pytest.raises(ValueError, match="status"):
        orders.correct_address(order=order, kind="status", values={}, by=agnes)


# --- the summary on the customer page


def test_orders_summary__of_all_orders_with_the_net_figure_beside_it(settings):
    settings.OSCAR_CUSTOMER_MGMT = {"TEST_SOURCE_TYPES": ["play-money"]}
    customer = CustomerFactory()
    for amount, how in (
        ("10.00", {}),
        ("20.00", {"status": "Cancelled"}),
        ("30.00", {"is_test": True}),
        ("40.00", {"paid_with": "play-money"}),
        ("50.01", {"refunded": "20.00"}),
        ("7.00", {"currency": "EUR"}),
    ):
        OrderFactory(user=customer, total_incl_tax=Decimal(amount), **how)
    pounds, euros = orders_summary(customer)
    assert (pounds.currency, pounds.total, pounds.count) == ("GBP", Decimal("150.01"), 5)
    assert (pounds.net_total, pounds.net_count) == (Decimal("40.01"), 2)
    assert pounds.average == Decimal("30.00")
    assert (euros.currency, euros.net_total, euros.count) == ("EUR", Decimal("7.00"), 1)


def test_orders_summary__of_nothing():
    assert orders_summary(CustomerFactory()) == []
