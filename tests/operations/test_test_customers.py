"""Test customers go at once, with their test orders; what is no test stays, and is nobody's."""

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext
from oscar.core.loading import get_model
from oscar.test.factories import create_product

from oscar_customer_mgmt import conf
from oscar_customer_mgmt.exceptions import Conflict, NotAllowed
from oscar_customer_mgmt.models import CustomerProfile, DirectoryEntry, ErasureReceipt, TimelineEvent
from oscar_customer_mgmt.operations import directory, erasure, scrubbing, test_customers
from oscar_customer_mgmt.queries import customers as queries
from oscar_customer_mgmt.test.factories import CustomerFactory, OrderFactory
from tests.planting import Planter, find

BillingAddress = get_model("order", "BillingAddress")
Order = get_model("order", "Order")
OrderLine = get_model("order", "Line")
ShippingAddress = get_model("order", "ShippingAddress")
StockRecord = get_model("partner", "StockRecord")

pytestmark = [pytest.mark.everywhere, pytest.mark.django_db]


def fresh(customer):
    return queries.customers().get(pk=customer.pk)


@pytest.mark.parametrize(
    ("marked", "tests", "others", "removable"),
    [
        (True, 0, 0, True),
        (True, 1, 1, True),
        (False, 2, 0, True),
        (False, 1, 1, False),
        (False, 0, 0, False),
        (False, 0, 1, False),
    ],
)
def test_can_be_removed(marked, tests, others, removable, superuser):
    customer = CustomerFactory(is_test=marked)
    OrderFactory.create_batch(tests, user=customer, is_test=True)
    OrderFactory.create_batch(others, user=customer)
    assert test_customers.can_be_removed(customer=fresh(customer)) is removable
    orders = test_customers.orders_of(customer=customer)
    assert (orders.test, orders.others) == (tests, others)
    if removable:
        test_customers.remove(customer=customer, by=superuser)
        assert not get_user_model().objects.filter(pk=customer.pk).exists()
    else:
        with pytest.raises(Conflict):
            test_customers.remove(customer=customer, by=superuser)
        assert Order.objects.filter(user=customer).count() == tests + others


def test_remove__by_how_the_orders_were_paid(settings, superuser):
    settings.OSCAR_CUSTOMER_MGMT = {**conf.project_settings(), "TEST_SOURCE_TYPES": ["play-money"]}
    customer = CustomerFactory()
    OrderFactory(user=customer, paid_with="play-money")
    test_customers.remove(customer=customer, by=superuser)
    assert not Order.objects.exists()


def test_remove__test_orders_go_with_everything_and_others_stay_as_nobodys(superuser):
    customer = CustomerFactory(is_test=True, addresses=1)
    test = OrderFactory(user=customer, is_test=True, paid_with="card")
    real = OrderFactory(user=customer, paid_with="card", guest_email="carl@example.com")
    receipt = test_customers.remove(customer=customer, by=superuser)
    assert not Order.objects.filter(pk=test.pk).exists()
    assert not OrderLine.objects.filter(order_id=test.pk).exists()
    assert not ShippingAddress.objects.filter(pk=test.shipping_address_id).exists()
    assert not BillingAddress.objects.filter(pk=test.billing_address_id).exists()
    real.refresh_from_db()
    assert (real.user, real.guest_email) == (None, "")
    assert real.shipping_address.name and not real.shipping_address.phone_number
    assert real.lines.count() == real.sources.count() == 1
    assert not DirectoryEntry.objects.exclude(user=superuser).exists()
    assert not directory.check()
    assert not TimelineEvent.objects.exclude(customer=superuser).exists()
    rows = {(part["title"], part["treatment"]): part["rows"] for part in receipt.summary}
    assert rows["Test orders", "deleted"] == rows["Orders that are no test", "kept"] == 1


def test_remove__keeps_an_address_that_another_order_has_too(superuser):
    customer = CustomerFactory(is_test=True)
    real = OrderFactory(user=customer)
    OrderFactory(user=customer, is_test=True, shipping_address=real.shipping_address)
    test_customers.remove(customer=customer, by=superuser)
    real.refresh_from_db()
    assert real.shipping_address is not None


def test_remove__frees_the_stock_that_test_orders_held(superuser):
    product = create_product(price="10.00", num_in_stock=10)
    record = product.stockrecords.get()
    customer = CustomerFactory()
    order = OrderFactory(user=customer, items=3, is_test=True)
    product.product_class.track_stock = True
    product.product_class.save()
    order.lines.update(product=product, stockrecord=record, num_allocated=3)
    StockRecord.objects.filter(pk=record.pk).update(num_allocated=4)
    test_customers.remove(customer=customer, by=superuser)
    record.refresh_from_db()
    assert (record.num_in_stock, record.num_allocated) == (10, 1)


def test_remove__leaves_nothing_in_the_whole_database(superuser):
    customer = CustomerFactory(addresses=1)
    planter = Planter(customer, "w")
    planter.plant()
    CustomerProfile.objects.filter(user=customer).update(is_test=True)
    orders = Order.objects.filter(user=customer)
    for order in orders:
        order.test_mark.is_test = True
        order.test_mark.save()
    number = CustomerProfile.objects.get(user=customer).number
    test_customers.remove(customer=customer, by=superuser)
    # Reviews stay as opinions, payments and lines go with their orders.
    remains = {(table, column) for word, table, column in find(planter.words) if word != number}
    expected = {("reviews_productreview", name) for name in ("title", "body", "date_created")}
    assert {each for each in remains if not each[0].startswith("accounts_")} == expected


def test_remove__who_may(staff_with, superuser):
    staff = staff_with("erase_customer")
    superior = staff_with("set_password")
    CustomerProfile.objects.filter(user=superior).update(is_test=True)
    with pytest.raises(NotAllowed):
        test_customers.remove(customer=superior, by=staff)
    CustomerProfile.objects.filter(user=superuser).update(is_test=True)
    with pytest.raises(Conflict):
        test_customers.remove(customer=superuser, by=superuser)
    assert get_user_model().objects.filter(pk=superior.pk).exists()


@pytest.mark.parametrize("step", ["scrub_all", "write_receipt"])
def test_remove__that_dies_half_way_has_done_nothing(superuser, monkeypatch, step):
    customer = CustomerFactory(addresses=1)
    OrderFactory(user=customer, is_test=True)
    monkeypatch.setattr(erasure, step, lambda *args, **kwargs: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        test_customers.remove(customer=customer, by=superuser)
    assert Order.objects.filter(user=customer).count() == customer.addresses.count() == 1
    assert not ErasureReceipt.objects.exists()


def test_remove__twice_is_too_late(superuser):
    customer = CustomerFactory(is_test=True)
    stale = fresh(customer)
    test_customers.remove(customer=customer, by=superuser)
    with pytest.raises(Conflict):
        test_customers.remove(customer=stale, by=superuser)


def test_remove__costs_the_same_for_many_orders(superuser):
    def queries_for(orders):
        customer = CustomerFactory(is_test=True)
        OrderFactory.create_batch(orders, user=customer, is_test=True)
        with CaptureQueriesContext(connection) as captured:
            test_customers.remove(customer=customer, by=superuser)
        return len(captured)

    queries_for(1)
    few = queries_for(2)
    assert queries_for(12) == few


def test_delete__what_protects_rows_is_told(superuser, monkeypatch):
    customer = CustomerFactory(is_test=True)
    order = OrderFactory(user=customer, is_test=True)
    monkeypatch.setattr(OrderLine._meta.get_field("order").remote_field, "on_delete", scrubbing.models.PROTECT)
    with pytest.raises(Conflict):
        test_customers.remove(customer=customer, by=superuser)
    assert Order.objects.filter(pk=order.pk).exists()
