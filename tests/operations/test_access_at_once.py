"""Denials while others order, edit or deny, with real threads on databases that lock rows."""

import datetime
import time

import pytest
from django.db import connection, transaction
from django.utils import timezone
from oscar.core.loading import get_model

from oscar_customer_mgmt.exceptions import Conflict
from oscar_customer_mgmt.models import CustomerProfile, DeniedEmail, TimelineEvent
from oscar_customer_mgmt.operations import access, customers
from oscar_customer_mgmt.test.factories import AddressFactory, CustomerFactory, country
from tests.operations.test_concurrency import assert_right, at_once, times

pytestmark = [
    pytest.mark.row_locks,
    pytest.mark.skipif(connection.vendor == "sqlite", reason="needs a database that locks rows"),
    pytest.mark.django_db(transaction=True),
]

Order = get_model("order", "Order")


@pytest.fixture
def agent():
    return CustomerFactory(is_staff=True, is_superuser=True)


def place(customer, number, *, slowly=False, with_address=False):
    """Write an order as the checkout does: what belongs to it in one transaction. Returns the order or the refusal."""
    try:
        with transaction.atomic():
            access.refuse_customer(customer=customer)
            if with_address:
                AddressFactory(user=customer, country=country("GB"))
            order = Order.objects.create(
                number=str(number), user=customer, currency="GBP", total_incl_tax=1, total_excl_tax=1
            )
            if slowly:
                time.sleep(0.3)
            return order
    except access.OrderRefused as error:
        return error


@pytest.mark.parametrize("attempt", range(3))
def test_deny__races_orders_and_none_comes_after_it(agent, attempt):
    customer = CustomerFactory()
    country("GB")
    outcomes = at_once(
        *times(4, lambda number: place(customer, number, slowly=True, with_address=number % 2)),
        lambda: access.deny(customer=customer, reason="Fraud", by=agent),
    )
    placed = [outcome for outcome in outcomes if isinstance(outcome, Order)]
    denied_at = TimelineEvent.objects.get(customer=customer, kind="denied").occurred_at
    assert CustomerProfile.objects.get(user=customer).is_denied
    # Whoever was first holds the lock until the order is written whole: none is written after the denial.
    assert Order.objects.filter(user=customer).count() == len(placed)
    assert all(order.date_placed <= denied_at for order in placed)
    assert isinstance(place(customer, 99), access.OrderRefused)
    assert_right()


def test_deny__waits_for_an_order_being_written(agent):
    customer = CustomerFactory()
    started = []

    def order(number):
        with transaction.atomic():
            access.refuse_customer(customer=customer)
            started.append(time.monotonic())
            time.sleep(0.5)
            return Order.objects.create(number="1", user=customer, currency="GBP", total_incl_tax=1, total_excl_tax=1)

    def deny():
        while not started:
            time.sleep(0.01)
        access.deny(customer=customer, reason="Fraud", by=agent)
        return time.monotonic()

    _placed, denied = at_once(lambda: order(1), deny)
    assert denied - started[0] >= 0.5
    assert Order.objects.filter(user=customer).count() == 1


def test_deny__at_once_with_edits_loses_neither(agent):
    customer = CustomerFactory()
    for number in range(4):
        at_once(
            lambda number=number: customers.update(
                customer=customer, changes={"company": f"Company {number}", "first_name": f"Carl {number}"}, by=agent
            ),
            lambda number=number: access.deny(customer=customer, reason=f"Reason {number}", by=agent),
        )
        profile = CustomerProfile.objects.get(user=customer)
        assert (profile.company, profile.denial_reason) == (f"Company {number}", f"Reason {number}")
        assert profile.is_denied


def test_deny__two_superusers_deny_each_other_and_one_is_left():
    first, second = (CustomerFactory(is_staff=True, is_superuser=True) for _ in range(2))

    def deny(customer, by):
        try:
            return access.deny(customer=customer, reason="Coup", by=by)
        except Conflict as error:
            return error

    at_once(lambda: deny(first, second), lambda: deny(second, first))
    assert CustomerProfile.objects.filter(denied_at__isnull=False).count() == 1


def test_deny_and_allow__at_once_end_in_one_of_the_two(agent):
    customer = CustomerFactory()
    at_once(
        *times(3, lambda number: access.deny(customer=customer, reason="Fraud", by=agent)),
        *times(3, lambda number: access.allow(customer=customer, by=agent)),
    )
    profile = CustomerProfile.objects.get(user=customer)
    assert (profile.denied_at is None) == (profile.denied_email_digest is None) == (profile.denial_reason == "")
    assert_right()


def test_deny_email__one_address_at_once_is_stored_once(agent):
    at_once(*times(6, lambda number: access.deny_email(email="Guest@example.com", reason=f"{number}", by=agent)))
    assert DeniedEmail.objects.count() == 1


def test_lift_expired__at_once_with_edits(agent):
    customers_ = CustomerFactory.create_batch(4)
    past = timezone.now() - datetime.timedelta(hours=1)
    for each in customers_:
        access.deny(customer=each, reason="Fraud", until=timezone.now() + datetime.timedelta(hours=1), by=agent)
    CustomerProfile.objects.filter(denied_at__isnull=False).update(denied_until=past)
    at_once(
        lambda: sum(access.lift_expired(batch_size=2)),
        lambda: sum(access.lift_expired(batch_size=3)),
        *[
            lambda each=each: customers.update(customer=each, changes={"company": "Acme", "first_name": "A"}, by=agent)
            for each in customers_
        ],
    )
    for each in customers_:
        profile = CustomerProfile.objects.get(user=each)
        assert (profile.denied_at, profile.company) == (None, "Acme")
        assert TimelineEvent.objects.filter(customer=each, kind="allowed").count() == 1
