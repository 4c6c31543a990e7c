"""Every kind of shop is wired without a complaint, and its people can log in."""

from io import StringIO

import pytest
from django.contrib.auth import SESSION_KEY, get_user_model
from django.core.management import call_command
from django.urls import reverse

pytestmark = pytest.mark.everywhere


def test_check__finds_nothing_to_complain_about():
    call_command("check", fail_level="WARNING", stdout=StringIO())


@pytest.mark.django_db
def test_makemigrations__has_nothing_to_add():
    call_command("makemigrations", check=True, dry_run=True, stdout=StringIO())


def log_in(client, login, password):
    return client.post(
        reverse("customer:login"),
        {"login-username": login, "login-password": password, "login_submit": "Log In"},
    )


@pytest.mark.parametrize("spelt", ["Carl.Caller@example.com", "carl.caller@EXAMPLE.com"])
def test_log_in__by_email_in_any_case(client, make_user, spelt):
    user = make_user(email="carl.caller@example.com", password="correct-horse")
    response = log_in(client, spelt, "correct-horse")
    assert response.status_code == 302
    assert client.session[SESSION_KEY] == str(user.pk)


def test_log_in__refuses_a_wrong_password(client, make_user):
    make_user(email="carl.caller@example.com", password="correct-horse")
    response = log_in(client, "carl.caller@example.com", "wrong-horse")
    assert response.status_code == 200
    assert SESSION_KEY not in client.session


@pytest.mark.django_db
def test_register__in_the_shop_logs_the_customer_in(client):
    response = client.post(
        reverse("customer:register"),
        {
            "email": "new@example.com",
            "password1": "correct-horse-battery",
            "password2": "correct-horse-battery",
        },
    )
    assert response.status_code == 302
    user = get_user_model().objects.get(email="new@example.com")
    assert client.session[SESSION_KEY] == str(user.pk)


@pytest.mark.parametrize("name", ["customer:summary", "customer:order-list", "customer:address-list"])
def test_account_pages__open_for_a_customer(client_for, make_user, name):
    assert client_for(make_user(first_name="Carl")).get(reverse(name), follow=True).status_code == 200


def test_account_pages__open_for_an_account_without_a_profile(client_for, make_user):
    user = make_user(first_name="Carl")
    # As it is for everyone on the day that the package arrives.
    type(user).objects.get(pk=user.pk).customer_profile.delete()
    assert client_for(user).get(reverse("customer:summary"), follow=True).status_code == 200
