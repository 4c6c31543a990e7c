"""Forgotten password: also for accounts that staff made without one, not for those of another system."""

import re

import pytest
from django.contrib.auth import SESSION_KEY
from django.core import mail
from django.urls import reverse

from oscar_customer_mgmt.operations import customers
from oscar_customer_mgmt.test.factories import CustomerFactory

pytestmark = [pytest.mark.django_db, pytest.mark.everywhere]


def ask(client, email):
    response = client.post(reverse("password-reset"), {"email": email})
    assert response.status_code == 302, "the answer is the same, whoever asks"
    return [message.to[0] for message in mail.outbox]


@pytest.fixture
def staff():
    return CustomerFactory(is_staff=True, is_superuser=True)


@pytest.mark.parametrize("spelt", ["new@example.com", "NEW@example.com"])
@pytest.mark.parametrize("origin", ["dashboard", "api"])
def test_reset__mails_an_account_that_staff_made_without_a_password(client, staff, spelt, origin):
    customers.create(email="new@example.com", by=staff, origin=origin)
    assert ask(client, spelt) == ["new@example.com"]


def test_reset__of_such_an_account_ends_in_a_log_in(client, staff):
    customer = customers.create(email="new@example.com", by=staff)
    ask(client, "new@example.com")
    link = re.search(r"http://[^/]+(/\S+)", mail.outbox[0].body)[1]
    form_page = client.get(link, follow=True).redirect_chain[-1][0]
    done = client.post(form_page, {"new_password1": "battery-staple-9", "new_password2": "battery-staple-9"})
    assert done["Location"] == reverse("password-reset-complete")
    form = {"login-username": "new@example.com", "login-password": "battery-staple-9", "login_submit": "Log In"}
    client.post(reverse("customer:login"), form)
    assert client.session[SESSION_KEY] == str(customer.pk)
    # The link is used up.
    assert client_is_refused(type(client)(), link)


def client_is_refused(client, link):
    response = client.get(link, follow=True)
    return not response.redirect_chain or not response.context.get("validlink", False)


def test_reset__still_mails_once_who_has_a_password(client):
    customer = CustomerFactory(email="carl@example.com", password="correct-horse")
    assert ask(client, "carl@example.com") == [customer.email]


def test_reset__of_an_account_made_by_one_who_is_gone(client, staff):
    customers.create(email="new@example.com", by=staff)
    staff.delete()
    assert ask(client, "new@example.com") == ["new@example.com"]


def test_reset__mails_nobody_of_another_system(client):
    # Single sign-on makes accounts without a usable password: that system logs them in.
    CustomerFactory(email="sso@example.com")
    assert ask(client, "sso@example.com") == []


@pytest.mark.parametrize("asked", ["nobody@example.com", "inactive@example.com", "new@example.co"])
def test_reset__mails_nobody_else(client, staff, asked):
    customers.create(email="inactive@example.com", by=staff, is_active=False)
    customers.create(email="new@example.com", by=staff)
    assert ask(client, asked) == []
