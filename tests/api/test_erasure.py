"""``DELETE customers/{number}/``: erased, or removed where it was a test."""

import pytest
from django.contrib.auth import get_user_model
from rest_framework.authtoken.models import Token

from oscar_customer_mgmt.models import CustomerProfile, ErasureReceipt
from oscar_customer_mgmt.test.factories import CustomerFactory, OrderFactory

from .conftest import assert_problem, path_of

pytestmark = pytest.mark.everywhere


def test_delete__erases_and_the_customer_is_not_found_again(api, caller, customer, order, staff):
    path = path_of(customer)
    mine = caller(customer, token=True)
    assert mine.get("me/").status_code == 200
    assert api.delete(path).status_code == 204
    for rest in ("", "orders/", "addresses/", "timeline/"):
        assert_problem(api.get(f"{path}{rest}"), 404)
    assert_problem(api.delete(path), 404)
    assert_problem(mine.get("me/"), 401)
    assert not Token.objects.filter(user=customer).exists()
    assert [row["number"] for row in api.every("customers/") if row["status"] == "guest"] == []
    order.refresh_from_db()
    assert order.user_id == customer.pk
    assert ErasureReceipt.objects.get().erased_by == staff


def test_delete__hard_removes_a_test_customer(api):
    customer = CustomerFactory()
    OrderFactory(user=customer, is_test=True)
    assert api.delete(f"{path_of(customer)}?hard=true").status_code == 204
    assert not get_user_model().objects.filter(pk=customer.pk).exists()


def test_delete__hard_of_anybody_else_is_a_conflict(api, customer, order):
    assert_problem(api.delete(f"{path_of(customer)}?hard=true"), 409, kind="conflict")
    assert CustomerProfile.objects.get(user=customer).erased_at is None
    assert api.delete(f"{path_of(customer)}?hard=false").status_code == 204
    assert get_user_model().objects.filter(pk=customer.pk).exists()


@pytest.mark.parametrize("query", ["hard=1", "hard=", "hard=true&hard=true", "force=true"])
def test_delete__with_a_query_that_is_no_answer(api, customer, query):
    assert_problem(api.delete(f"{path_of(customer)}?{query}"), 400, fields=[query.partition("=")[0]])
    assert CustomerProfile.objects.get(user=customer).erased_at is None


def test_delete__guests_have_no_account(api, guest):
    assert_problem(api.delete(path_of(guest)), 409, kind="conflict")
    assert_problem(api.delete(f"{path_of(guest)}?hard=true"), 409, kind="conflict")


def test_delete__an_account_with_more_rights(api, staff_with, superuser):
    assert_problem(api.delete(path_of(staff_with("delete_customernote"))), 403)
    assert_problem(api.delete(path_of(superuser)), 403)


def test_delete__the_last_superuser(caller, superuser):
    assert_problem(caller(superuser).delete(path_of(superuser)), 409, kind="conflict")


def test_post__the_address_of_an_erased_customer(api, customer):
    api.delete(path_of(customer))
    response = api.post("customers/", {"email": "zoe@example.com"})
    assert response.status_code == 201, response.content
