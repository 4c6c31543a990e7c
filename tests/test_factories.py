"""The factories that ship with the package make what a shop would make."""

from decimal import Decimal

import pytest
from django.contrib.auth import authenticate

from oscar_customer_mgmt.models import CustomerNote, DirectoryEntry, TimelineEvent
from oscar_customer_mgmt.operations import directory
from oscar_customer_mgmt.queries.customers import fill_order_rows
from oscar_customer_mgmt.test.factories import (
    PEOPLE,
    AddressFactory,
    CustomerFactory,
    CustomerNoteFactory,
    GuestOrderFactory,
    OrderFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.everywhere]


def test_customer__has_profile_number_and_row():
    customer = CustomerFactory(company="Acme", is_test=True)
    entry = DirectoryEntry.objects.get(user=customer)
    assert entry.number == customer.customer_profile.number
    assert (entry.company, entry.is_test) == ("Acme", True)


def test_customer__is_given_in_every_script():
    CustomerFactory.reset_sequence(0)
    made = CustomerFactory.create_batch(len(PEOPLE))
    assert [customer.first_name for customer in made] == [person.first_name for person in PEOPLE]
    assert len({customer.email for customer in made}) == len(PEOPLE)


def test_customer__logs_in_with_the_password_given():
    customer = CustomerFactory(email="carl@example.com", password="correct-horse")
    assert authenticate(username="carl@example.com", password="correct-horse") == customer
    assert not CustomerFactory().has_usable_password()


def test_customer__has_as_many_addresses_as_asked_for():
    customer = CustomerFactory(addresses=3)
    assert customer.addresses.count() == 3
    assert customer.addresses.filter(is_default_for_shipping=True, is_default_for_billing=True).count() == 1


def test_customer__can_be_built_without_a_database(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert CustomerFactory.build(first_name="Carl").first_name == "Carl"


def test_address__keeps_a_company():
    address = AddressFactory(company="Acme")
    assert DirectoryEntry.objects.get(user=address.user).company == "Acme"


def test_order__counts_for_its_customer():
    customer = CustomerFactory()
    OrderFactory(user=customer, total_incl_tax=Decimal("40.00"), refunded="15.00")
    OrderFactory(user=customer, is_test=True)
    OrderFactory(user=customer, status="Cancelled")
    entry = DirectoryEntry.objects.get(user=customer)
    assert (entry.order_count, entry.total_spent, entry.is_test) == (1, Decimal("25.00"), True)


def test_order__has_a_line_of_so_many_pieces():
    rows = fill_order_rows([OrderFactory(items=3), OrderFactory(), OrderFactory(items=0)])
    assert [row.item_count for row in rows] == [3, 1, 0]


def test_order__is_paid_with_a_source_of_that_type(settings):
    settings.OSCAR_CUSTOMER_MGMT = {"TEST_SOURCE_TYPES": ["play-money"]}
    order = OrderFactory(paid_with="play-money")
    assert DirectoryEntry.objects.get(user=order.user).is_test
    assert order.sources.get().balance == 0


def test_guest_order__is_a_row_of_its_own():
    order = GuestOrderFactory(guest_email="g@example.com")
    entry = DirectoryEntry.objects.get(order=order)
    assert (entry.number, entry.email) == (f"G-{order.number}", "g@example.com")
    assert entry.first_name == order.billing_address.first_name


def test_note__is_written_as_staff_write_it():
    note = CustomerNoteFactory(body="Likes tea", is_pinned=True)
    assert CustomerNote.objects.get(customer=note.customer).author == note.author
    assert TimelineEvent.objects.filter(customer=note.customer, kind="note_added").exists()
    on_guest = CustomerNoteFactory(order=GuestOrderFactory())
    assert on_guest.customer is None


def test_all__leave_the_directory_right():
    CustomerNoteFactory()
    GuestOrderFactory.create_batch(3, is_test=True)
    OrderFactory.create_batch(3, refunded="1.00", paid_with="card")
    CustomerFactory.create_batch(3, addresses=2)
    assert not directory.check()
