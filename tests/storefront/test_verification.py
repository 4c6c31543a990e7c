"""The pages behind the link that confirms an account, and who may not log in before."""

import re

import pytest
from django.contrib.auth import SESSION_KEY, authenticate
from django.core import mail
from django.test import Client
from django.urls import reverse

from oscar_customer_mgmt.models import CustomerProfile
from oscar_customer_mgmt.operations import customers, erasure, verification
from oscar_customer_mgmt.queries.verification import waits_for_confirmation
from oscar_customer_mgmt.storefront.auth import CustomerBackend
from oscar_customer_mgmt.test.factories import CustomerFactory
from tests.mailed import let_days_pass, link

pytestmark = [pytest.mark.django_db, pytest.mark.everywhere]

PASSWORD = "battery-staple-9"
PASSWORDS = {"new_password1": PASSWORD, "new_password2": PASSWORD}


@pytest.fixture
def staff():
    return CustomerFactory(is_staff=True, is_superuser=True)


@pytest.fixture
def new(staff):
    """An account without a password, whose link has been mailed."""
    customer = customers.create(email="new@example.com", by=staff)
    verification.send(customer=customer, by=staff)
    return customer


@pytest.fixture
def with_password(staff):
    """An account with a password, whose link has been mailed."""
    customer = customers.create(email="with@example.com", password=PASSWORD, by=staff)
    verification.send(customer=customer, by=staff)
    return customer


def is_verified(customer):
    return CustomerProfile.objects.get(user=customer).verified_at is not None


def text(response):
    return response.content.decode()


def log_in(client, name, password=PASSWORD):
    form = {"login-username": name, "login-password": password, "login_submit": "Log In"}
    return client.post(reverse("customer:login"), form)


def is_logged_in(client):
    return SESSION_KEY in client.session


def test_page__goes_to_an_address_without_the_token(client, new):
    response = client.get(link())
    assert response.status_code == 302
    assert link().rstrip("/").rpartition("/")[2] not in response["Location"]
    page = client.get(response["Location"])
    assert page.status_code == 200
    for each in (response, page):
        assert "no-store" in each["Cache-Control"]
        assert each["Referrer-Policy"] == "same-origin"
    assert "new@example.com" in text(page)
    assert 'name="new_password1"' in text(page) and 'name="new_password2"' in text(page)
    assert not is_verified(new), "mail scanners follow links"


def test_page__confirms_and_sets_the_password(client, new):
    page = client.get(link(), follow=True)
    response = client.post(page.redirect_chain[-1][0], PASSWORDS, follow=True)
    assert is_verified(new)
    assert "Your account is confirmed" in text(response)
    assert response.redirect_chain[-1][0] == reverse("customer:login")
    assert not is_logged_in(client)
    log_in(client, "new@example.com")
    assert client.session[SESSION_KEY] == str(new.pk)


def test_page__with_a_password_is_one_button(client, with_password):
    page = client.get(link(), follow=True)
    assert "new_password1" not in text(page)
    client.post(page.redirect_chain[-1][0])
    assert is_verified(with_password)


def test_page__takes_a_post_with_the_token_itself(client, with_password):
    assert client.post(link()).status_code == 302
    assert is_verified(with_password)


def test_page__wants_a_csrf_token(with_password):
    strict = Client(enforce_csrf_checks=True)
    page = strict.get(link(), follow=True)
    assert strict.post(page.redirect_chain[-1][0]).status_code == 403
    assert not is_verified(with_password)


@pytest.mark.parametrize(
    "typed", [{}, {"new_password1": PASSWORD, "new_password2": "another"}, {"new_password1": "", "new_password2": ""}]
)
def test_page__shows_again_what_is_wrong_with_the_passwords(client, new, typed):
    page = client.get(link(), follow=True)
    response = client.post(page.redirect_chain[-1][0], typed)
    assert response.status_code == 200
    assert response.context["form"].errors
    assert not is_verified(new)


def test_page__asks_for_passwords_that_the_shop_takes(client, new, settings):
    settings.AUTH_PASSWORD_VALIDATORS = [
        {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 30}}
    ]
    page = client.get(link(), follow=True)
    assert "at least 30 characters" in text(page)
    response = client.post(page.redirect_chain[-1][0], PASSWORDS)
    assert "at least 30 characters" in text(response)
    assert not is_verified(new)


def test_page__two_links_in_one_browser_are_two_accounts(client, new, with_password):
    first, second = (client.get(link(message), follow=True).redirect_chain[-1][0] for message in mail.outbox)
    assert "new@example.com" in text(client.get(first))
    client.post(second)
    assert is_verified(with_password) and not is_verified(new)


def test_page__opened_twice_says_that_it_is_done(client, new):
    page = client.get(link(), follow=True).redirect_chain[-1][0]
    client.post(page, PASSWORDS)
    for address in (link(), page):
        response = client.get(address)
        assert response.status_code == 410
        if address == link():
            assert "confirmed already" in text(response)
            assert reverse("customer:login") in text(response)
            assert reverse("password-reset") in text(response)
    again = client.post(link(), {"new_password1": "another-one-9", "new_password2": "another-one-9"})
    assert again.status_code == 410
    new.refresh_from_db()
    assert new.check_password(PASSWORD)


def test_page__pressed_twice_says_that_it_is_done(client, new, with_password):
    page = client.get(link(), follow=True).redirect_chain[-1][0]
    verification.verify(customer=with_password)
    assert "confirmed already" in text(client.post(page))


def test_page__too_late_offers_a_new_link(client, new, monkeypatch):
    with monkeypatch.context() as patch:
        let_days_pass(patch, 8)
        response = client.get(link())
    assert response.status_code == 410
    assert "too old" in text(response)
    assert f'action="{reverse("customer-mgmt:ask-for-link")}"' in text(response)
    assert not is_verified(new)


@pytest.mark.parametrize("bad", ["x", "a:b:c", "%00", "x" * 2000, "%F0%9F%92%A9", "0" * 32])
def test_page__tampered_offers_a_new_link(client, bad):
    response = client.get(f"/accounts/confirm/{bad}/")
    assert response.status_code == 410
    assert f'action="{reverse("customer-mgmt:ask-for-link")}"' in text(response)


def test_page__without_cookies_says_so(client, new):
    page = client.get(link())["Location"]
    response = Client().get(page)
    assert response.status_code == 410
    assert "cookies" in text(response)
    assert Client().post(page, PASSWORDS).status_code == 410
    assert not is_verified(new)


def test_page__of_an_address_that_changed_meanwhile(client, new):
    new.email = "elsewhere@example.com"
    new.save()
    response = client.get(link())
    assert response.status_code == 410
    assert "elsewhere@" not in text(response)


@pytest.mark.parametrize("state", ["inactive", "denied", "erased"])
def test_page__of_a_closed_account(client, new, staff, state):
    page = client.get(link(), follow=True).redirect_chain[-1][0]
    if state == "inactive":
        type(new).objects.filter(pk=new.pk).update(is_active=False)
    elif state == "denied":
        CustomerProfile.objects.filter(user=new).update(denied_at="2026-01-01T00:00Z", denial_reason="Never pays")
    else:
        erasure.erase(customer=new, by=staff)
    for response in (client.get(link()), client.get(page), client.post(page, PASSWORDS)):
        assert response.status_code == 410
        assert "Never pays" not in text(response)
        if state != "erased":
            assert "contact us" in text(response)
    assert not is_verified(new)


# --- a new link


def ask(client, **data):
    return client.post(reverse("customer-mgmt:ask-for-link"), data, follow=True)


def test_ask__mails_a_link_that_works(client, new):
    CustomerProfile.objects.filter(user=new).update(verification_sent_at=None)
    assert client.get(reverse("customer-mgmt:ask-for-link")).status_code == 200
    ask(client, email="NEW@example.com")
    assert [message.to for message in mail.outbox[1:]] == [["new@example.com"]]
    page = client.get(link(), follow=True)
    client.post(page.redirect_chain[-1][0], PASSWORDS)
    assert is_verified(new)


def test_ask__answers_everybody_alike_and_mails_nobody_else(client, new):
    CustomerFactory(email="known@example.com")
    answers = {
        re.sub(r'csrfmiddlewaretoken" value="[^"]*"', "", text(ask(Client(), email=email)))
        for email in ("new@example.com", "known@example.com", "nobody@example.com")
    }
    assert len(answers) == 1
    assert len(mail.outbox) == 1, "the last link is only seconds old"


@pytest.mark.parametrize("data", [{}, {"email": "no address"}, {"account": "x"}, {"account": "\x00"}])
def test_ask__for_nothing_shows_the_form(client, data):
    response = ask(client, **data)
    assert response.status_code == 200
    assert response.context["form"].errors


# --- the shop's own password link


def test_password_link__verifies(client, new):
    client.post(reverse("password-reset"), {"email": "new@example.com"})
    address = re.search(r"http://[^/]+(/password-reset/\S+)", mail.outbox[-1].body)[1]
    page = client.get(address, follow=True).redirect_chain[-1][0]
    assert not is_verified(new)
    client.post(page, PASSWORDS)
    assert is_verified(new)
    assert CustomerProfile.objects.get(user=new).user.customer_events.get(kind="verified").data == {
        "how": "password_link"
    }


def test_password_link__of_an_account_from_before_the_package(client):
    customer = CustomerFactory(email="old@example.com", password="correct-horse")
    CustomerProfile.objects.filter(user=customer).delete()
    client.post(reverse("password-reset"), {"email": "old@example.com"})
    address = re.search(r"http://[^/]+(/password-reset/\S+)", mail.outbox[-1].body)[1]
    page = client.get(address, follow=True).redirect_chain[-1][0]
    client.post(page, PASSWORDS)
    customer = type(customer).objects.get(pk=customer.pk)
    assert customer.check_password(PASSWORD)
    assert not customer.customer_events.filter(kind="verified").exists()


# --- log-in


def test_login__with_the_right_password_says_what_to_do(client, with_password):
    response = log_in(client, "with@example.com")
    assert response.status_code == 403
    assert "still has to be confirmed" in text(response)
    assert not is_logged_in(client)
    CustomerProfile.objects.filter(user=with_password).update(verification_sent_at=None)
    ask(client, account=re.search(r'name="account" value="([^"]+)"', text(response))[1])
    assert len(mail.outbox) == 2
    client.post(client.get(link(), follow=True).redirect_chain[-1][0])
    log_in(client, "with@example.com")
    assert client.session[SESSION_KEY] == str(with_password.pk)


def test_login__with_a_wrong_password_is_as_always(client, with_password, new):
    CustomerFactory(email="known@example.com", password=PASSWORD)

    def answer(name):
        response = log_in(Client(), name, "wrong")
        return response.status_code, response.context["login_form"].non_field_errors(), "confirmed" in text(response)

    assert answer("with@example.com") == answer("known@example.com") == answer("new@example.com")
    assert answer("known@example.com")[0] == 200


def test_login__of_the_unverified_where_the_shop_lets_them(client, with_password, settings):
    settings.OSCAR_CUSTOMER_MGMT = {"UNVERIFIED_MAY_LOG_IN": True}
    log_in(client, "with@example.com")
    assert client.session[SESSION_KEY] == str(with_password.pk)
    settings.OSCAR_CUSTOMER_MGMT = {}
    response = client.get(reverse("customer:summary"))
    assert response.status_code == 302, "the session ends once the shop no longer does"
    assert reverse("customer:login") in response["Location"]


def test_login__is_no_matter_of_accounts_from_before_or_of_the_shop(client):
    old = CustomerFactory(email="old@example.com", password=PASSWORD)
    CustomerProfile.objects.filter(user=old).delete()
    assert authenticate(username="old@example.com", password=PASSWORD) == old
    form = {
        "registration-email": "shop@example.com",
        "registration-password1": PASSWORD,
        "registration-password2": PASSWORD,
        "registration_submit": "Register",
    }
    client.post(reverse("customer:login"), form)
    assert is_logged_in(client)


def test_session__of_somebody_made_to_wait_costs_no_query(with_password, django_assert_num_queries):
    assert waits_for_confirmation(with_password)
    with django_assert_num_queries(1):
        assert CustomerBackend().get_user(with_password.pk) is None


def test_own_change_of_the_address__leaves_the_account_waiting(with_password, settings, client):
    settings.OSCAR_CUSTOMER_MGMT = {"UNVERIFIED_MAY_LOG_IN": True}
    log_in(client, "with@example.com")
    client.post(reverse("customer:profile-update"), {"first_name": "A", "last_name": "B", "email": "mine@example.com"})
    with_password = type(with_password).objects.get(pk=with_password.pk)
    assert with_password.email == "mine@example.com"
    assert waits_for_confirmation(with_password)
    assert client.get(link(mail.outbox[0])).status_code == 410
