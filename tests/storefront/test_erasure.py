"""Customers who remove their own profile in the shop are erased, and the merchant is told."""

import pytest
from django.contrib.auth import SESSION_KEY
from django.core import mail
from django.urls import reverse

from oscar_customer_mgmt import conf
from oscar_customer_mgmt.exceptions import Conflict
from oscar_customer_mgmt.models import CustomerProfile, ErasureReceipt
from oscar_customer_mgmt.operations import mails
from oscar_customer_mgmt.test.factories import AddressFactory, OrderFactory

pytestmark = [pytest.mark.everywhere, pytest.mark.django_db]

PASSWORD = "correct-horse"


@pytest.fixture
def carl(make_user):
    carl = make_user("carl", email="carl@example.com", password=PASSWORD, first_name="Carl", last_name="Caller")
    AddressFactory(user=carl)
    OrderFactory(user=carl, status="Pending")
    return carl


@pytest.fixture
def remove(client_for, django_capture_on_commit_callbacks):
    """Return a function that fills in Oscar's form as this customer, and gives the browser and the answer."""

    def remove(customer, password=PASSWORD):
        client = client_for(customer)
        with django_capture_on_commit_callbacks(execute=True):
            response = client.post(reverse("customer:profile-delete"), {"password": password})
        return client, response

    return remove


def profile(customer):
    return CustomerProfile.objects.get(user=customer)


@pytest.fixture
def merchants(settings):
    settings.OSCAR_CUSTOMER_MGMT = {
        **conf.project_settings(),
        "MERCHANT_EMAILS": ["shop@example.org", "boss@example.org"],
    }


def test_remove__erases_and_logs_out(carl, remove):
    client, response = remove(carl)
    assert response.status_code == 302
    assert SESSION_KEY not in client.session
    assert profile(carl).erased_at is not None
    assert "was deleted" in client.get(response["Location"], follow=True).content.decode()
    assert carl.orders.count() == 1
    receipt = ErasureReceipt.objects.get()
    assert (receipt.erased_by_name, receipt.number) == ("", profile(carl).number)


def test_remove__mails_the_merchants_nothing_personal(carl, remove, merchants):
    remove(carl)
    assert sorted(message.to for message in mail.outbox) == [["boss@example.org"], ["shop@example.org"]]
    for message in mail.outbox:
        whole = "\n".join([message.subject, message.body, *(body for body, _kind in message.alternatives)])
        assert profile(carl).number in message.body
        assert "1 order is still under way." in message.body
        assert reverse("dashboard:customer-erased", kwargs={"receipt_id": ErasureReceipt.objects.get().pk}) in whole
        assert len(message.alternatives) == 1
        for personal in ("carl", "Caller", "erased-"):
            assert personal.lower() not in whole.lower()


@pytest.mark.parametrize("managers", [[("Shop", "managers@example.org")], []])
def test_remove__mails_the_managers_where_nobody_else_is_named(carl, remove, settings, managers):
    settings.MANAGERS = managers
    remove(carl)
    assert [message.to for message in mail.outbox] == [[address] for _name, address in managers]
    assert profile(carl).erased_at is not None


def test_remove__a_mail_that_cannot_be_sent_undoes_nothing(carl, remove, merchants, monkeypatch, caplog):
    def refuse(**kwargs):
        raise Conflict("no mail today")

    monkeypatch.setattr(mails, "send", refuse)
    _client, response = remove(carl)
    assert response.status_code == 302
    assert profile(carl).erased_at is not None
    assert "no mail today" in caplog.text


def test_remove__with_a_wrong_password(carl, remove, merchants):
    client, response = remove(carl, "wrong-horse")
    assert response.status_code == 200
    assert "not valid" in response.content.decode()
    assert SESSION_KEY in client.session
    assert profile(carl).erased_at is None
    assert mail.outbox == []


def test_remove__the_last_superuser_is_told_why_not(make_user, remove, merchants):
    root = make_user("root", is_staff=True, is_superuser=True)
    client, response = remove(root)
    assert response.status_code == 200
    assert "The last active superuser" in response.content.decode()
    assert SESSION_KEY in client.session
    assert profile(root).erased_at is None
    assert mail.outbox == []


def test_remove__nobody_is_sent_to_log_in(client):
    response = client.post(reverse("customer:profile-delete"), {"password": PASSWORD})
    assert reverse("customer:login") in response["Location"]
