"""Look-ups of one customer, by whatever stands in an address."""

import pytest
from django.contrib.auth import get_user_model
from oscar.core.loading import get_model

from oscar_customer_mgmt.models import CustomerProfile, DirectoryEntry
from oscar_customer_mgmt.queries import customers as queries
from oscar_customer_mgmt.test.factories import AddressFactory, CustomerFactory, GuestOrderFactory, OrderFactory

Order = get_model("order", "Order")

pytestmark = pytest.mark.django_db


# --- one customer


@pytest.mark.everywhere
def test_by_key__finds_with_the_profile_in_one_query(django_assert_num_queries):
    customer = CustomerFactory()
    with django_assert_num_queries(1):
        assert queries.by_key(str(customer.pk)).customer_profile.number


@pytest.mark.everywhere
@pytest.mark.parametrize("key", ["", "0", "x", "-1", "1.5", "9" * 50, "\x00", "1\x00", "²", "new", "%00", "a" * 5000])
def test_by_key__of_nobody(key):
    CustomerFactory()
    with pytest.raises(get_user_model().DoesNotExist):
        queries.by_key(key)


def test_by_number__finds(django_assert_num_queries):
    customer = CustomerFactory()
    with django_assert_num_queries(1):
        assert queries.by_number(customer.customer_profile.number) == customer


@pytest.mark.parametrize("number", ["", "C-999999", "G-100001", "\x00", "C-000001\x00", "x" * 5000, "é"])
def test_by_number__of_nobody(number):
    CustomerFactory()
    with pytest.raises(get_user_model().DoesNotExist):
        queries.by_number(number)


def test_guest_order__finds_guests_alone():
    guest, order = GuestOrderFactory(), OrderFactory()
    erased = GuestOrderFactory(guest_email="")
    assert queries.guest_order(guest.number) == guest
    for number in (order.number, erased.number, "", "\x00", "x" * 5000):
        with pytest.raises(Order.DoesNotExist):
            queries.guest_order(number)


# --- the same address


def test_with_email__in_any_case_and_nothing_alike():
    carl = CustomerFactory(email="Carl@example.com")
    CustomerFactory(email="carl@example.co")
    CustomerFactory(email="cárl@example.com")
    for spelt in ("carl@example.com", " CARL@EXAMPLE.COM "):
        assert queries.with_email(spelt) == [carl]
    for spelt in ("", "\x00", "carl@example.com\x00", "%@example.com", "carl"):
        assert queries.with_email(spelt) == []


def test_with_email__finds_all_who_share_it():
    both = CustomerFactory.create_batch(2, email="same@example.com")
    assert set(queries.with_email("SAME@example.com")) == set(both)


def test_with_email__of_accounts_from_before_the_package():
    old = CustomerFactory(email="Old@example.com")
    CustomerProfile.objects.all().delete()
    DirectoryEntry.objects.all().delete()
    assert queries.with_email("old@EXAMPLE.com") == [old]


def test_same_email__points_to_accounts_and_guests_apart():
    carl = CustomerFactory(email="Carl@example.com")
    guests = GuestOrderFactory.create_batch(2, guest_email="carl@Example.com")
    GuestOrderFactory(guest_email="dora@example.com"), OrderFactory(user=carl)
    accounts, orders = queries.same_email("CARL@example.com")
    assert [entry.user for entry in accounts] == [carl]
    assert {entry.order for entry in orders} == set(guests)
    assert queries.same_email("") == ([], [])


# --- what the page shows, in a fixed number of queries


def test_fill_order_rows__costs_two_queries_for_any_page(django_assert_num_queries):
    customer = CustomerFactory()
    for quantity in range(1, 6):
        OrderFactory(user=customer, items=quantity, is_test=quantity == 5)
    rows = list(queries.orders(customer).order_by("pk"))
    with django_assert_num_queries(2):
        queries.fill_order_rows(rows)
    assert [row.item_count for row in rows] == [1, 2, 3, 4, 5]
    assert [row.is_test_order for row in rows] == [False] * 4 + [True]


def test_addresses__come_with_country_and_company(django_assert_num_queries):
    customer = CustomerFactory(addresses=2)
    AddressFactory(user=customer, company="Acme", line1="Third")
    with django_assert_num_queries(1):
        book = queries.addresses(customer)
        shown = [(address.country.printable_name, getattr(address, "company_record", None)) for address in book]
    assert len(shown) == 3 and shown[2][1].company == "Acme"


def test_default_addresses__are_none_where_none_is_chosen():
    customer = AddressFactory().user
    assert queries.default_addresses(customer) == {"shipping": None, "billing": None}
    customer.addresses.update(is_default_for_billing=True)
    assert queries.default_addresses(customer) == {"shipping": None, "billing": customer.addresses.get()}


def test_last_order_at__and_never():
    order = OrderFactory()
    assert queries.last_order_at(order.user) == Order.objects.get().date_placed
    assert queries.last_order_at(CustomerFactory()) is None
