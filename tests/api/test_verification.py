"""Links to confirm an account, passwords, and changes of the e-mail address over REST."""

import smtplib

import pytest
from django.contrib.auth import get_user_model
from django.core import mail
from django.test import Client

from oscar_customer_mgmt.models import CustomerProfile, EmailChange, TimelineEvent
from oscar_customer_mgmt.test.factories import CustomerFactory
from tests.mailed import link

from .conftest import assert_problem, path_of

pytestmark = [pytest.mark.everywhere, pytest.mark.django_db]

PASSWORD = "battery-staple-9"


@pytest.fixture
def new():
    return CustomerFactory(email="new@example.com", must_verify=True)


@pytest.fixture
def mail_fails(monkeypatch):
    def fail(*args, **kwargs):
        raise smtplib.SMTPServerDisconnected

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", fail)


def recipients():
    return [address for message in mail.outbox for address in message.to]


def account(email):
    return get_user_model().objects.get(email=email)


# --- a new customer is mailed


@pytest.mark.parametrize("body", [{}, {"send_password_link": True}])
def test_post__mails_a_link_to_confirm_and_to_set_the_password(api, body):
    response = api.post("customers/", {"email": "fresh@example.com", **body})
    assert response.status_code == 201
    assert response["Mail-Sent"] == "true"
    assert response.json()["is_verified"] is False
    assert recipients() == ["fresh@example.com"]
    shop = Client()
    page = shop.get(link(), follow=True).redirect_chain[-1][0]
    shop.post(page, {"new_password1": PASSWORD, "new_password2": PASSWORD})
    assert account("fresh@example.com").check_password(PASSWORD)
    assert api.get(response.json()["url"]).json()["is_verified"] is True


def test_post__with_a_password_mails_a_link_to_confirm(api):
    response = api.post("customers/", {"email": "fresh@example.com", "password": PASSWORD})
    assert response["Mail-Sent"] == "true"
    assert "password" not in mail.outbox[0].body
    Client().post(link())
    assert api.get(response.json()["url"]).json()["is_verified"] is True
    assert account("fresh@example.com").check_password(PASSWORD)


def test_post__mails_nothing_where_told_so(api):
    response = api.post("customers/", {"email": "fresh@example.com", "send_password_link": False})
    assert response.status_code == 201
    assert "Mail-Sent" not in response
    assert not mail.outbox


@pytest.mark.parametrize("key", [{}, {"Idempotency_Key": "k1"}])
def test_post__keeps_the_customer_when_the_mail_fails(api, mail_fails, key):
    response = api.post("customers/", {"email": "fresh@example.com"}, **key)
    assert response.status_code == 201
    assert response["Mail-Sent"] == "false"
    profile = CustomerProfile.objects.get(user=account("fresh@example.com"))
    assert profile.must_verify and profile.verification_sent_at is None


def test_post__under_a_key_mails_once(api):
    for _time in range(2):
        assert api.post("customers/", {"email": "fresh@example.com"}, Idempotency_Key="k1").status_code == 201
    assert len(mail.outbox) == 1


def test_post__an_inactive_customer_is_mailed_nothing(api):
    response = api.post("customers/", {"email": "fresh@example.com", "is_active": False})
    assert response.status_code == 201
    assert response["Mail-Sent"] == "false"
    assert not mail.outbox


# --- verify, send again


def test_verify__by_hand_and_again(api, new, staff):
    for _time in range(2):
        response = api.post(path_of(new, "verify/"), {})
        assert response.status_code == 200
        assert response.json()["is_verified"] is True and response.json()["verified_at"]
    event = TimelineEvent.objects.get(kind="verified")
    assert (event.actor, event.data) == (staff, {"how": "by_hand"})
    assert [row["kind"] for row in api.every(path_of(new, "timeline/"))].count("verified") == 1


def test_send_verification__mails_and_says_so_on_the_timeline(api, new):
    assert api.post(path_of(new, "send-verification/"), {}).status_code == 200
    assert recipients() == ["new@example.com"]
    assert "verification_sent" in [row["kind"] for row in api.every(path_of(new, "timeline/"))]


def test_send_verification__of_who_needs_none_is_a_conflict(api, customer, new):
    assert_problem(api.post(path_of(customer, "send-verification/"), {}), 409, kind="conflict")
    CustomerProfile.objects.filter(user=new).update(denied_at="2026-01-01T00:00Z")
    for rest in ("send-verification/", "send-password-link/"):
        assert_problem(api.post(path_of(new, rest), {}), 409, kind="conflict")
    assert_problem(api.post(path_of(new, "set-password/"), {"password": PASSWORD}), 409, kind="conflict")
    assert not mail.outbox


def test_send_verification__that_cannot_be_mailed_is_a_conflict(api, new, mail_fails):
    for rest in ("send-verification/", "send-password-link/"):
        assert_problem(api.post(path_of(new, rest), {}), 409, kind="conflict")


@pytest.mark.parametrize("rest", ["verify/", "send-verification/", "send-password-link/", "set-password/"])
def test_endpoints__refuse_more_rights_guests_and_other_fields(api, new, guest, staff_with, superuser, rest):
    body = {"password": PASSWORD} if rest == "set-password/" else {}
    for target in (superuser, staff_with("delete_customernote")):
        assert_problem(api.post(path_of(target, rest), body), 403, kind="forbidden")
    assert_problem(api.post(path_of(guest, rest), body), 409, kind="conflict")
    assert_problem(api.post(path_of(new, rest), {**body, "nonsense": 1}), 400, fields=["nonsense"])
    assert not mail.outbox


# --- passwords


def test_set_password__ends_sessions_and_tokens(api, caller, customer):
    session, token = caller(customer), caller(customer, token=True)
    assert session.get("me/").status_code == token.get("me/").status_code == 200
    response = api.post(path_of(customer, "set-password/"), {"password": PASSWORD})
    assert response.status_code == 200
    assert "password" not in response.json()
    assert session.get("me/").status_code == token.get("me/").status_code == 401
    assert account("zoe@example.com").check_password(PASSWORD)
    assert recipients() == ["zoe@example.com"]


@pytest.mark.parametrize(
    "body", [{}, {"password": ""}, {"password": None}, {"password": 5}, {"password": "x" * 200}, {"password": "a\x00b"}]
)
def test_set_password__says_what_is_wrong(api, customer, body):
    assert_problem(api.post(path_of(customer, "set-password/"), body), 400, fields=["password"])


def test_set_password__not_ones_own(api, staff):
    assert_problem(api.post(path_of(staff, "set-password/"), {"password": PASSWORD}), 409, kind="conflict")


def test_me__not_before_the_account_is_confirmed(caller, new, settings):
    token = caller(new, token=True)
    assert token.get("me/").status_code == 401
    assert caller(new).get("me/").status_code == 401
    settings.OSCAR_CUSTOMER_MGMT = {"UNVERIFIED_MAY_LOG_IN": True}
    assert token.get("me/").status_code == 200


# --- the e-mail address


def test_patch__email_starts_a_change(api, customer):
    response = api.patch(path_of(customer), {"email": "zoe.new@example.com", "company": "Parsonage"})
    assert response.status_code == 200
    assert (response.json()["email"], response.json()["company"]) == ("zoe@example.com", "Parsonage")
    assert recipients() == ["zoe.new@example.com", "zoe@example.com"]
    Client().post(link(mail.outbox[0]))
    assert api.get(path_of(customer)).json()["email"] == "zoe.new@example.com"
    kinds = [row["kind"] for row in api.every(path_of(customer, "timeline/"))]
    assert "email_change_requested" in kinds and "email_changed" in kinds


def test_patch__the_present_email_cancels_a_change(api, customer):
    api.patch(path_of(customer), {"email": "zoe.new@example.com"})
    assert api.patch(path_of(customer), {"email": "zoe@example.com"}).status_code == 200
    assert not EmailChange.objects.exists()
    assert Client().post(link(mail.outbox[0])).status_code == 410
    assert api.patch(path_of(customer), {"email": "zoe@example.com"}).status_code == 200


@pytest.mark.parametrize("email", ["TAKEN@example.com", "no address", "", None, 5, "x" * 250 + "@example.com"])
def test_patch__email_that_cannot_be(api, customer, email):
    CustomerFactory(email="taken@example.com")
    response = api.patch(path_of(customer), {"email": email, "company": "Parsonage"})
    assert_problem(response, 400, fields=["email"])
    assert api.get(path_of(customer)).json()["company"] != "Parsonage", "both or neither"
    assert not mail.outbox


def test_patch__email_without_the_right(caller, customer, staff_with):
    without = caller(staff_with("view_customer", "change_customer"))
    body = {"email": "zoe.new@example.com", "company": "Parsonage"}
    assert_problem(without.patch(path_of(customer), body), 403)
    assert without.get(path_of(customer)).json()["company"] != "Parsonage"
    assert not mail.outbox


def test_patch__email_that_cannot_be_mailed_changes_nothing(api, customer, mail_fails):
    body = {"email": "zoe.new@example.com", "company": "Parsonage"}
    assert_problem(api.patch(path_of(customer), body), 409, kind="conflict")
    assert api.get(path_of(customer)).json()["company"] != "Parsonage"
    assert not EmailChange.objects.exists()


def test_patch__email_of_a_guest(api, guest):
    assert_problem(api.patch(path_of(guest), {"email": "other@example.com"}), 409, kind="conflict")
