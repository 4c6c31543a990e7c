"""The page behind the link that goes to a new e-mail address."""

import pytest
from django.contrib.auth import SESSION_KEY, authenticate
from django.core import mail
from django.test import Client
from django.urls import reverse

from oscar_customer_mgmt.operations import email_changes
from oscar_customer_mgmt.test.factories import CustomerFactory
from tests.mailed import let_days_pass, link

pytestmark = [pytest.mark.django_db, pytest.mark.everywhere]

NEW = "new@example.com"


@pytest.fixture
def staff():
    return CustomerFactory(is_staff=True, is_superuser=True)


@pytest.fixture
def carl():
    return CustomerFactory(email="carl@example.com", password="correct-horse")


@pytest.fixture
def address(carl, staff):
    email_changes.request(customer=carl, new_email=NEW, by=staff)
    return link(mail.outbox[0])


def text(response):
    return response.content.decode()


def address_of(customer):
    return type(customer).objects.get(pk=customer.pk).email


def test_page__changes_nothing_before_the_button(client, carl, address):
    page = client.get(address, follow=True)
    assert NEW in text(page)
    assert "no-store" in page["Cache-Control"] and page["Referrer-Policy"] == "same-origin"
    assert address.rstrip("/").rpartition("/")[2] not in page.redirect_chain[-1][0]
    assert address_of(carl) == "carl@example.com"
    response = client.post(page.redirect_chain[-1][0], follow=True)
    assert f"Your e-mail address is now {NEW}" in text(response)
    assert address_of(carl) == NEW
    assert authenticate(username=NEW, password="correct-horse") == carl
    assert authenticate(username="carl@example.com", password="correct-horse") is None


def test_page__leaves_sessions_alone(client, carl, address):
    browser = Client()
    browser.force_login(carl)
    client.post(address)
    assert browser.get(reverse("customer:profile-view")).status_code == 200
    assert browser.session[SESSION_KEY] == str(carl.pk)


def test_page__wants_a_csrf_token(carl, address):
    strict = Client(enforce_csrf_checks=True)
    page = strict.get(address, follow=True).redirect_chain[-1][0]
    assert strict.post(page).status_code == 403
    assert address_of(carl) == "carl@example.com"


def test_page__opened_twice_late_or_cancelled_says_what_to_do(client, carl, staff, address, monkeypatch):
    with monkeypatch.context() as patch:
        let_days_pass(patch, 8)
        response = client.get(address)
        assert response.status_code == 410 and "too old" in text(response)
    page = client.get(address, follow=True).redirect_chain[-1][0]
    client.post(page)
    again = client.get(address)
    assert again.status_code == 410
    assert "contact us" in text(again) and reverse("customer:login") in text(again)
    assert client.post(address).status_code == 410
    email_changes.request(customer=carl, new_email="third@example.com", by=staff)
    third = link(mail.outbox[-2])
    email_changes.cancel(customer=carl, by=staff)
    assert client.post(third).status_code == 410
    assert address_of(carl) == NEW


def test_page__of_an_address_that_somebody_got_meanwhile(client, carl, address):
    CustomerFactory(email="NEW@example.com")
    response = client.post(client.get(address, follow=True).redirect_chain[-1][0])
    assert response.status_code == 410
    assert "Another account has this e-mail address" in text(response)
    assert address_of(carl) == "carl@example.com"


@pytest.mark.parametrize("bad", ["x", "a:b:c", "%00", "x" * 2000])
def test_page__tampered(client, bad):
    response = client.get(f"/accounts/new-e-mail/{bad}/")
    assert response.status_code == 410
    assert "contact us" in text(response)


def test_page__takes_no_link_of_another_kind(client, carl, address):
    token = address.rstrip("/").rpartition("/")[2]
    assert client.post(reverse("customer-mgmt:verify-email", kwargs={"token": token})).status_code == 410
