"""What holds when several do it at once, with real threads on databases that lock rows."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from decimal import Decimal

import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError, connection, connections, transaction
from oscar.core.loading import get_model

from oscar_customer_mgmt.exceptions import EmailTaken, InvalidData, StaleVersion
from oscar_customer_mgmt.models import CustomerProfile, DirectoryEntry
from oscar_customer_mgmt.operations import access, addresses, customers, directory, orders, profiles, saved_filters
from oscar_customer_mgmt.queries.customers import version_of
from oscar_customer_mgmt.test.factories import CustomerFactory, GuestOrderFactory, OrderFactory, country
from tests.queries.plainly import assert_directory_is_right

Order = get_model("order", "Order")
UserAddress = get_model("address", "UserAddress")

pytestmark = [
    pytest.mark.row_locks,
    # Said here too, so that nothing is set up and emptied for tests that are skipped.
    pytest.mark.skipif(connection.vendor == "sqlite", reason="needs a database that locks rows"),
    pytest.mark.django_db(transaction=True),
]

THREADS = 8


def at_once(*works):
    """Run these functions each in a thread with a connection of its own, all starting together.

    Returns what each gave back, an exception of ours included; any other exception fails the test.
    """
    barrier = threading.Barrier(len(works))

    def run(work):
        try:
            connection.ensure_connection()
            barrier.wait(timeout=30)
            return work()
        except (InvalidData, StaleVersion) as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(works)) as pool:
        return [future.result(timeout=120) for future in [pool.submit(run, work) for work in works]]


def times(count, work):
    return [lambda number=number: work(number) for number in range(count)]


@pytest.fixture
def superuser():
    return CustomerFactory(is_staff=True, is_superuser=True)


def assert_right():
    assert_directory_is_right()
    assert not directory.check()


def test_create__gives_each_a_number_of_its_own(superuser):
    def make(number):
        return [customers.create(email=f"c{number}-{n}@example.com", by=superuser) for n in range(4)]

    made = [customer for batch in at_once(*times(THREADS, make)) for customer in batch]
    numbers = {customer.customer_profile.number for customer in made}
    assert len(numbers) == len(made) == THREADS * 4
    assert all(
        customer.customer_profile.number == profiles.number_for(customer.customer_profile.pk) for customer in made
    )
    assert_right()


def test_create__one_address_in_many_spellings_succeeds_once(superuser):
    spellings = ["carl@example.com", "CARL@example.com", "Carl@Example.com", "cArl@example.com"] * 2
    works = [lambda email=email: customers.create(email=email, by=superuser, comment="Hello") for email in spellings]
    outcomes = at_once(*works)
    made = [outcome for outcome in outcomes if not isinstance(outcome, Exception)]
    assert len(made) == 1
    assert all(isinstance(outcome, EmailTaken) for outcome in outcomes if outcome not in made)
    # Of the refused nothing is left, not even the account.
    assert get_user_model().objects.filter(email__iexact="carl@example.com").count() == 1
    assert_right()


def test_registration__and_creation_of_one_address_hold_it_once(superuser):
    User = get_user_model()

    def register(number):
        # As the shop's own form does, which looks for the address before and has no lock.
        user = User(email="carl@example.com", username=f"shop{number}")
        user.save()
        return user

    works = [*times(3, register), lambda: customers.create(email="carl@example.com", by=superuser)]
    at_once(*works)
    assert CustomerProfile.objects.exclude(email_digest=None).filter(user__email="carl@example.com").count() == 1
    assert_right()


def test_orders__placed_at_once_for_one_customer_are_all_counted():
    customer = CustomerFactory()

    def order(number):
        with transaction.atomic():
            return OrderFactory(user=customer, total_incl_tax=Decimal("10.00"), items=0, paid_with="card")

    # The types of payment are made beforehand: factories are no model of how to do that at once.
    order(0)
    at_once(*times(THREADS, order))
    entry = DirectoryEntry.objects.get(user=customer)
    assert (entry.order_count, entry.total_spent) == (THREADS + 1, Decimal("10.00") * (THREADS + 1))
    assert_right()


def test_orders__placed_at_once_for_an_account_without_a_row():
    customer = CustomerFactory()
    DirectoryEntry.objects.all().delete()
    at_once(*times(THREADS, lambda number: OrderFactory(user=customer, items=0)))
    assert DirectoryEntry.objects.get(user=customer).order_count == THREADS
    assert_right()


def test_refunds_marks_and_states__at_once_on_orders_of_one_customer(superuser):
    customer = CustomerFactory()
    made = [OrderFactory(user=customer, items=0, paid_with="card") for _ in range(6)]

    def change(number):
        order = Order.objects.get(pk=made[number].pk)
        if number % 3 == 0:
            order.sources.get().refund(Decimal("5.00"))
        elif number % 3 == 1:
            orders.mark_test(order=order, is_test=True, by=superuser)
        else:
            order.set_status("Cancelled")

    at_once(*times(6, change))
    entry = DirectoryEntry.objects.get(user=customer)
    assert (entry.order_count, entry.total_spent, entry.is_test) == (2, Decimal("40.00"), True)
    assert_right()


def test_orders__handed_to_and_fro_between_two_accounts_do_not_lock_each_other_out():
    one, other = CustomerFactory(), CustomerFactory()
    made = [OrderFactory(user=user, items=0) for user in (one, other) * 3]

    def swap(number):
        for _ in range(3):
            order = Order.objects.get(pk=made[number].pk)
            order.user = other if order.user_id == one.pk else one
            order.save()

    at_once(*times(6, swap))
    assert_right()


def test_ensure__at_once_makes_one_profile():
    customer = CustomerFactory()
    CustomerProfile.objects.all().delete()

    def ensure(number):
        return profiles.ensure(customer=get_user_model().objects.get(pk=customer.pk)).number

    assert len(set(at_once(*times(THREADS, ensure)))) == 1
    assert CustomerProfile.objects.count() == 1


def test_update__of_one_version_succeeds_once(superuser):
    customer = CustomerFactory(first_name="Carl")
    version = version_of(customer)

    def update(number):
        changes = {"first_name": f"Carl {number}", "company": f"Acme {number}"}
        return customers.update(customer=customer, changes=changes, by=superuser, expected_version=version)

    outcomes = at_once(*times(THREADS, update))
    stored = [outcome for outcome in outcomes if not isinstance(outcome, Exception)]
    assert len(stored) == 1
    assert all(isinstance(outcome, StaleVersion) for outcome in outcomes if outcome not in stored)
    present = get_user_model().objects.get(pk=customer.pk)
    # Both halves are those of the one who won.
    assert present.first_name.removeprefix("Carl ") == present.customer_profile.company.removeprefix("Acme ")
    assert_right()


def test_addresses__added_at_once_have_one_default(superuser):
    customer, uk = CustomerFactory(), country("GB")

    def add(number):
        values = {"first_name": "C", "last_name": "C", "line1": f"{number} Street", "line4": "Leeds", "country": uk}
        return addresses.add(customer=customer, values={**values, "postcode": "LS1 6AA"}, by=superuser)

    at_once(*times(THREADS, add))
    assert UserAddress.objects.filter(user=customer).count() == THREADS
    assert UserAddress.objects.filter(user=customer, is_default_for_shipping=True).count() == 1
    assert_right()


def test_test_mark__at_once_is_one_mark(superuser):
    order = OrderFactory(items=0)
    at_once(*times(THREADS, lambda number: orders.mark_test(order=order, is_test=True, by=superuser)))
    assert order.customer_events.count() == 0
    assert order.user.customer_events.filter(kind="order_test_mark").count() == 1


def test_saved_filter__at_once_is_one(superuser):
    outcomes = at_once(
        *times(THREADS, lambda number: saved_filters.save(owner=superuser, name="Mine", parameters={"n": number}))
    )
    assert sum(not isinstance(outcome, Exception) for outcome in outcomes) == 1


def test_rebuild__while_writes_go_on_ends_right(superuser):
    regulars = [OrderFactory(items=0).user for _ in range(4)]
    GuestOrderFactory(items=0)
    # As it is on the day that the package arrives.
    DirectoryEntry.objects.all().delete()
    CustomerProfile.objects.exclude(user=superuser).delete()

    def trade(number):
        customer = get_user_model().objects.get(pk=regulars[number].pk)
        for turn in range(4):
            OrderFactory(user=customer, items=0)
            GuestOrderFactory(items=0)
            customers.create(email=f"new{number}-{turn}@example.com", by=superuser)
            customers.update(customer=customer, changes={"last_name": f"Turn {turn}"}, by=superuser)
            Order.objects.filter(user=customer).first().delete()

    at_once(*times(4, trade), *times(2, lambda number: directory.rebuild(batch_size=2)))
    assert_right()


def test_rebuild__several_at_once():
    for _ in range(6):
        OrderFactory(items=0)
    GuestOrderFactory(items=0)
    DirectoryEntry.objects.all().delete()
    at_once(*times(3, lambda number: directory.rebuild(batch_size=2)))
    assert_right()


def test_account__deleted_while_it_orders():
    customer = CustomerFactory()
    OrderFactory(user=customer, items=0)

    def order(number):
        for _ in range(3):
            # The database refuses an order of an account that has just gone; what was begun goes with it.
            with suppress(IntegrityError, access.OrderRefused), transaction.atomic():
                OrderFactory(user=customer, items=0)

    def delete():
        with suppress(IntegrityError):
            get_user_model().objects.get(pk=customer.pk).delete()

    at_once(*times(4, order), delete)
    assert_right()
