"""Denials over REST: of customers and of addresses."""

import datetime

import pytest
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from oscar_customer_mgmt.models import CustomerProfile, DeniedEmail
from oscar_customer_mgmt.operations import access
from oscar_customer_mgmt.test.factories import CustomerFactory

from .conftest import assert_problem, path_of

pytestmark = [pytest.mark.everywhere, pytest.mark.django_db]

HOUR = datetime.timedelta(hours=1)


def later():
    return (timezone.now() + HOUR).isoformat()


def test_deny__shows_the_denial_and_ends_tokens(api, caller, customer, staff):
    mine = caller(customer, token=True)
    assert mine.get("me/").status_code == 200
    until = later()
    response = api.post(path_of(customer, "deny/"), {"reason": "Fraud", "until": until, "message": "Ring us."})
    assert response.status_code == 200, response.content
    body = response.json()
    assert body["is_denied"] is True
    assert body["denial"]["reason"] == "Fraud"
    assert parse_datetime(body["denial"]["until"]) == parse_datetime(until)
    assert body["denial"]["by"] == staff.customer_profile.number
    assert body == api.get(path_of(customer)).json()
    assert_problem(mine.get("me/"), 401)
    # A token that another app made since lets nobody in either.
    assert_problem(caller(customer, token=True).get("me/"), 401)
    body = api.post(path_of(customer, "allow/"), {}).json()
    assert (body["is_denied"], body["denial"]) == (False, None)
    assert caller(customer, token=True).get("me/").status_code == 200


def test_me__knows_nothing_of_denials(caller, customer, staff):
    access.deny(customer=customer, reason="Secret", until=timezone.now() + HOUR, by=staff)
    CustomerProfile.objects.filter(user=customer).update(denied_until=timezone.now() - HOUR)
    assert "enial" not in caller(customer).get("me/").content.decode()


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, ["reason"]),
        ({"reason": ""}, ["reason"]),
        ({"reason": 5}, ["reason"]),
        ({"reason": "x" * 10_000}, ["reason"]),
        ({"reason": "Fraud", "message": None}, ["message"]),
        ({"reason": "Fraud", "until": "soon"}, ["until"]),
        ({"reason": "Fraud", "until": "2020-01-01T00:00:00Z"}, ["until"]),
        ({"reason": "Fraud", "untill": None}, ["untill"]),
    ],
)
def test_deny__refuses(api, customer, body, fields):
    assert_problem(api.post(path_of(customer, "deny/"), body), 400, fields=fields)
    assert not CustomerProfile.objects.get(user=customer).is_denied
    email = {**body, "email": "guest@example.com"}
    assert_problem(api.post("denied-emails/", email), 400, fields=fields)
    assert not DeniedEmail.objects.exists()


def test_deny__guests_have_no_account(api, guest):
    assert_problem(api.post(path_of(guest, "deny/"), {"reason": "Fraud"}), 409, kind="conflict")
    assert_problem(api.post(path_of(guest, "allow/"), {}), 409, kind="conflict")


def test_deny__an_account_with_more_rights_oneself_and_the_last_superuser(api, caller, staff, staff_with, superuser):
    for target in (superuser, staff_with("delete_customernote")):
        assert_problem(api.post(path_of(target, "deny/"), {"reason": "Fraud"}), 403)
        assert_problem(api.post(path_of(target, "allow/"), {}), 403)
    assert_problem(api.post(path_of(staff, "deny/"), {"reason": "Fraud"}), 409)
    assert_problem(caller(superuser).post(path_of(superuser, "deny/"), {"reason": "Fraud"}), 409)


def test_list__filters_the_denied(api, customer, guest, staff):
    other = CustomerFactory()
    access.deny(customer=customer, reason="Fraud", by=staff)
    rows = api.get("customers/?denied=true").json()["results"]
    assert [row["number"] for row in rows] == [customer.customer_profile.number]
    numbers = {row["number"] for row in api.every("customers/?denied=false")}
    assert other.customer_profile.number in numbers
    assert customer.customer_profile.number not in numbers
    assert not any(number.startswith("G-") for number in numbers)
    assert api.get(path_of(guest)).json()["is_denied"] is None


def test_denied_emails__from_end_to_end(api, staff, guest):
    body = {"email": "Guest+x@example.com", "reason": "Fraud", "message": "Ring us.", "until": later()}
    response = api.post("denied-emails/", body)
    assert response.status_code == 201, response.content
    made = response.json()
    assert made["email"] == "Guest+x@example.com"
    assert (made["reason"], made["message"], made["by"]) == ("Fraud", "Ring us.", staff.customer_profile.number)
    assert parse_datetime(made["until"]) == parse_datetime(body["until"])
    assert api.get(response["Location"]).json() == made
    access.deny_email(email="other@example.com", reason="Fraud", by=None)
    listed = api.get("denied-emails/").json()
    assert (listed["count"], [row["email"] for row in listed["results"]]) == (
        2,
        ["other@example.com", "Guest+x@example.com"],
    )
    found = api.get("denied-emails/?email=GUEST%2By@example.com").json()["results"]
    assert found == [made]
    assert api.get("denied-emails/?email=nobody@example.com").json()["results"] == []
    assert_problem(api.get("denied-emails/?emial=x"), 400, fields=["emial"])
    assert api.delete(response["Location"]).status_code == 204
    assert_problem(api.get(response["Location"]), 404)
    assert_problem(api.delete(response["Location"]), 404)


@pytest.mark.parametrize("email", ["", "nonsense", 5, None, "x" * 300 + "@example.com", "a\x00@example.com"])
def test_denied_emails__refuse_what_is_no_address(api, email):
    assert_problem(api.post("denied-emails/", {"email": email, "reason": "Fraud"}), 400, fields=["email"])


def test_denied_emails__lists_in_a_fixed_number_of_queries(api, staff, django_assert_max_num_queries):
    for number in range(30):
        access.deny_email(email=f"guest{number}@example.com", reason="Fraud", by=staff)
    with django_assert_max_num_queries(8):
        assert len(api.get("denied-emails/?page_size=30").json()["results"]) == 30
