"""Erasure while others do something to the same customer, with real threads on databases that lock rows."""

import pytest
from django.db import connection

from oscar_customer_mgmt.exceptions import Conflict, CustomerManagementError
from oscar_customer_mgmt.models import DirectoryEntry, ErasureReceipt
from oscar_customer_mgmt.operations import customers, directory, erasure
from oscar_customer_mgmt.queries import customers as queries
from oscar_customer_mgmt.test.factories import CustomerFactory, OrderFactory
from tests.operations.test_concurrency import at_once, times
from tests.planting import find

pytestmark = [
    pytest.mark.row_locks,
    pytest.mark.skipif(connection.vendor == "sqlite", reason="needs a database that locks rows"),
    pytest.mark.django_db(transaction=True),
]


def test_erase__many_at_once_give_one_receipt():
    customer = CustomerFactory(addresses=2)
    OrderFactory.create_batch(3, user=customer, items=0)
    superuser = CustomerFactory(is_staff=True, is_superuser=True)
    receipts = at_once(*times(6, lambda number: erasure.erase(customer=customer, by=superuser)))
    assert len({receipt.pk for receipt in receipts}) == 1
    assert ErasureReceipt.objects.count() == 1


def test_erase__two_superusers_erase_each_other_and_one_is_left():
    first, second = (CustomerFactory(is_staff=True, is_superuser=True) for _ in range(2))

    def erase(customer, by):
        try:
            return erasure.erase(customer=customer, by=by)
        except Conflict as error:
            return error

    at_once(lambda: erase(first, second), lambda: erase(second, first))
    assert ErasureReceipt.objects.count() == 1


def test_erase__while_somebody_edits_the_customer():
    customer = CustomerFactory(first_name="Carl", last_name="Quixotic", addresses=1)
    OrderFactory(user=customer, items=0)
    superuser = CustomerFactory(is_staff=True, is_superuser=True)

    def edit(number):
        try:
            return customers.update(customer=customer, changes={"first_name": f"Quixotic{number}"}, by=superuser)
        except CustomerManagementError as error:
            return error

    at_once(*times(3, edit), lambda: erasure.erase(customer=customer, by=superuser))
    assert queries.customers().get(pk=customer.pk).first_name == ""
    assert not DirectoryEntry.objects.filter(user=customer).exists()
    assert {table for _word, table, _column in find(["quixotic"])} <= {"order_shippingaddress", "order_billingaddress"}
    assert not directory.check()
