"""``me/``: what customers see of themselves, and what they never see."""

from decimal import Decimal

import pytest

from oscar_customer_mgmt.models import CustomerProfile, DirectoryEntry
from oscar_customer_mgmt.operations import notes
from oscar_customer_mgmt.test.factories import CustomerFactory, OrderFactory

from .conftest import assert_problem, number_of

pytestmark = pytest.mark.everywhere

FIELDS = [
    "number",
    "email",
    "username",
    "salutation",
    "first_name",
    "last_name",
    "full_name",
    "gender",
    "date_of_birth",
    "phone_number",
    "company",
    "locale",
    "is_verified",
    "is_tax_exempt",
    "newsletter",
    "order_count",
    "total_spent",
    "last_order_at",
    "registered_at",
    "last_login_at",
    "points_balance",
    "default_billing_address",
    "default_shipping_address",
]


@pytest.mark.parametrize("by_token", [True, False])
def test_get__own_account(caller, customer, order, by_token):
    body = caller(customer, token=by_token).get("me/").json()
    assert list(body) == FIELDS
    assert body["number"] == number_of(customer)
    assert body["email"] == "zoe@example.com"
    assert body["total_spent"] == [{"currency": "GBP", "amount": "120.50"}]
    assert body["default_billing_address"]["line1"] == customer.addresses.order_by("pk").first().line1


def test_get__nobody(caller):
    assert_problem(caller().get("me/"), 401, kind="not-authenticated")


def test_get__nothing_that_staff_wrote(caller, make_user):
    keeper = make_user("keeper", first_name="Secretkeeper", last_name="Secretname")
    customer = CustomerFactory(created_by=keeper, account_manager=keeper, is_test=True)
    notes.add(customer=customer, body="Secretnote", by=keeper, is_pinned=True)
    text = caller(customer).get("me/").content.decode()
    assert "Secret" not in text
    assert number_of(keeper) not in text


def test_get__account_from_before_the_package(caller, customer):
    OrderFactory(user=customer, total_incl_tax=Decimal("5.00"))
    OrderFactory(user=customer, total_incl_tax=Decimal("7.00"), status="Cancelled")
    api = caller(customer)
    DirectoryEntry.objects.all().delete()
    CustomerProfile.objects.all().delete()
    body = api.get("me/").json()
    assert list(body) == FIELDS
    assert body["number"] is None
    assert body["is_verified"] is True
    assert body["order_count"] == 1
    assert body["total_spent"] == [{"currency": "GBP", "amount": "5.00"}]


def test_get__account_without_a_row_in_the_directory(caller, customer, order):
    api = caller(customer)
    with_row = api.get("me/").json()
    DirectoryEntry.objects.all().delete()
    assert api.get("me/").json() == with_row


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_me__is_read_only(caller, customer, method):
    response = caller(customer).send(method, "me/", {"first_name": "x"})
    assert_problem(response, 405, kind="method-not-allowed")
    assert response["Allow"] == "GET, HEAD"
