"""A shop that forked checkout and customer keeps its own views and forms, with the package's on top."""

import pytest
from django.apps import apps
from django.core import mail
from django.urls import resolve, reverse

pytestmark = pytest.mark.project("forked")


def test_fork__is_what_runs():
    assert apps.get_app_config("checkout").name == "tests.projects.forked.shop.checkout"
    assert apps.get_app_config("customer").name == "tests.projects.forked.shop.customer"
    assert apps.get_app_config("users_dashboard").name == "tests.projects.forked.shop.dashboard.users"


@pytest.mark.parametrize(
    ("page", "base"),
    [
        ("checkout:preview", "tests.projects.forked.shop.checkout.views.PaymentDetailsView"),
        ("customer:profile-view", "tests.projects.forked.shop.customer.views.ProfileView"),
        ("customer:profile-delete", "oscar_customer_mgmt.storefront.erasure.ErasesAccountMixin"),
    ],
)
def test_page__is_the_shops_own(page, base):
    view = resolve(reverse(page)).func.view_class
    assert base in {f"{each.__module__}.{each.__qualname__}" for each in view.__mro__}


def test_profile__greets_as_the_shop_does(client_for, make_user):
    response = client_for(make_user(first_name="Carl")).get(reverse("customer:profile-view"))
    assert response.context["salutation"] == "Dear Carl"


def test_forgotten_password__knows_the_shops_spelling_too(client, make_user):
    user = make_user(email="carl@example.com")
    client.post(reverse("password-reset"), {"email": "carl@mail.example.com"})
    assert [message.to for message in mail.outbox] == [[user.email]]
