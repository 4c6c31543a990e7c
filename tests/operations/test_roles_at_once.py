"""Roles given and taken at once, with real threads on databases that lock rows."""

import pytest
from django.contrib.auth import get_user_model
from django.db import connection

from oscar_customer_mgmt.exceptions import Conflict, NotAllowed
from oscar_customer_mgmt.operations import roles
from oscar_customer_mgmt.test.factories import CustomerFactory
from tests.operations.test_concurrency import at_once

pytestmark = [
    pytest.mark.row_locks,
    pytest.mark.skipif(connection.vendor == "sqlite", reason="needs a database that locks rows"),
    pytest.mark.django_db(transaction=True),
]


@pytest.mark.parametrize("values", [{"is_superuser": False}, {"is_active": False}])
def test_assign__two_superusers_demote_each_other_and_one_is_left(values):
    first, second = (CustomerFactory(is_staff=True, is_superuser=True) for _ in range(2))

    def demote(customer, by):
        try:
            return roles.assign(customer=customer, by=by, **values)
        except (Conflict, NotAllowed) as error:
            return error

    for _ in range(3):
        get_user_model().objects.update(is_superuser=True, is_active=True)
        at_once(lambda: demote(first, second), lambda: demote(second, first))
        assert get_user_model().objects.filter(is_superuser=True, is_active=True).count() == 1


def test_assign__at_once_leaves_one_of_the_two_whole():
    by = CustomerFactory(is_staff=True, is_superuser=True)
    customer = CustomerFactory()
    at_once(
        lambda: roles.assign(customer=customer, by=by, is_staff=True),
        lambda: roles.assign(customer=customer, by=by, is_staff=False),
        lambda: roles.assign(customer=customer, by=by, is_active=False),
    )
    assert not get_user_model().objects.get(pk=customer.pk).is_active
