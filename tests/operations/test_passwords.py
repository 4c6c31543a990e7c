"""Passwords that staff set."""

import smtplib

import pytest
from django.apps import apps
from django.contrib.auth import SESSION_KEY
from django.core import mail
from django.test import Client

from oscar_customer_mgmt.exceptions import Conflict, InvalidData, NotAllowed
from oscar_customer_mgmt.models import CustomerProfile, TimelineEvent
from oscar_customer_mgmt.operations import customers, erasure, passwords
from oscar_customer_mgmt.queries.verification import waits_for_confirmation
from oscar_customer_mgmt.test.factories import CustomerFactory

pytestmark = [pytest.mark.django_db, pytest.mark.everywhere]

OLD, NEW = "correct-horse-1", "battery-staple-9"


@pytest.fixture
def staff():
    return CustomerFactory(is_staff=True, is_superuser=True)


@pytest.fixture
def carl():
    return CustomerFactory(email="carl@example.com", password=OLD)


def has_password(customer, password):
    return type(customer).objects.get(pk=customer.pk).check_password(password)


def test_set_password__ends_sessions_and_tells_the_customer(carl, staff):
    browser = Client()
    browser.force_login(carl)
    assert browser.get("/accounts/profile/").status_code == 200
    passwords.set_password(customer=carl, password=NEW, by=staff)
    assert has_password(carl, NEW)
    assert browser.get("/accounts/profile/").status_code == 302
    assert SESSION_KEY not in browser.session
    message = mail.outbox[0]
    assert message.to == ["carl@example.com"]
    assert NEW not in message.body + message.alternatives[0][0]
    event = TimelineEvent.objects.get(kind="password_set")
    assert (event.customer, event.actor, event.data) == (carl, staff, {})


def test_set_password__ends_api_tokens(carl, staff):
    if not apps.is_installed("rest_framework.authtoken"):
        pytest.skip("needs DRF's tokens")
    tokens = apps.get_model("authtoken", "Token").objects
    tokens.create(user=carl)
    tokens.create(user=staff)
    passwords.set_password(customer=carl, password=NEW, by=staff)
    assert [token.user for token in tokens.all()] == [staff]


def test_set_password__confirms_nothing(staff):
    customer = customers.create(email="new@example.com", by=staff)
    passwords.set_password(customer=customer, password=NEW, by=staff)
    assert waits_for_confirmation(type(customer).objects.get(pk=customer.pk))


def test_set_password__takes_what_the_shop_takes(carl, staff, settings):
    settings.AUTH_PASSWORD_VALIDATORS = [
        {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"}
    ]
    for bad in ("carl@example.com", "battery\x00staple"):
        with pytest.raises(InvalidData) as caught:
            passwords.set_password(customer=carl, password=bad, by=staff)
        assert list(caught.value.errors) == ["password"]
    assert has_password(carl, OLD)
    assert not mail.outbox


def test_set_password__not_over_an_account_with_more_rights(staff, staff_with):
    agent = staff_with("set_password")
    for customer in (staff, staff_with("set_password", "erase_customer")):
        with pytest.raises(NotAllowed):
            passwords.set_password(customer=customer, password=NEW, by=agent)
    assert not has_password(staff, NEW)


def test_set_password__not_ones_own(staff):
    with pytest.raises(Conflict, match="old one"):
        passwords.set_password(customer=staff, password=NEW, by=staff)


@pytest.mark.parametrize("do", [passwords.set_password, passwords.send_reset])
@pytest.mark.parametrize("state", ["inactive", "denied", "erased", "unreachable"])
def test_passwords__not_of_an_account_that_nobody_may_use(carl, staff, state, do):
    if state == "inactive":
        type(carl).objects.filter(pk=carl.pk).update(is_active=False)
    elif state == "denied":
        CustomerProfile.objects.filter(user=carl).update(denied_at="2026-01-01T00:00Z")
    elif state == "erased":
        erasure.erase(customer=carl, by=staff)
    else:
        type(carl).objects.filter(pk=carl.pk).update(email="")
    arguments = {"password": NEW} if do is passwords.set_password else {"site": None}
    carl = type(carl).objects.get(pk=carl.pk)
    with pytest.raises(Conflict):
        do(customer=carl, by=staff, **arguments)
    assert not has_password(carl, NEW)
    assert not mail.outbox
    assert not TimelineEvent.objects.filter(kind__startswith="password").exists()


def test_set_password__that_the_customer_cannot_be_told_of_is_not_set(carl, staff, monkeypatch):
    def fail(*args, **kwargs):
        raise smtplib.SMTPServerDisconnected

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", fail)
    with pytest.raises(Conflict, match="could not be sent"):
        passwords.set_password(customer=carl, password=NEW, by=staff)
    assert has_password(carl, OLD)
    assert not TimelineEvent.objects.filter(kind="password_set").exists()
