"""Those who are denied in the shop: sessions, log-in, every step of the checkout, payment, the order itself."""

import datetime

import pytest
from django.contrib.auth import authenticate, get_user_model
from django.contrib.sessions.backends.db import SessionStore
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import resolve, reverse
from django.utils import timezone
from oscar.apps.checkout import signals as checkout_signals
from oscar.core.loading import get_class, get_model
from oscar.core.prices import Price
from oscar.test.factories import create_basket

from oscar_customer_mgmt.models import CustomerProfile
from oscar_customer_mgmt.operations import access
from oscar_customer_mgmt.storefront.middleware import CustomerMiddleware
from oscar_customer_mgmt.test.factories import CustomerFactory, country
from tests import shopping

pytestmark = [pytest.mark.django_db, pytest.mark.everywhere]

Basket = get_model("basket", "Basket")
Order = get_model("order", "Order")
OrderPlacementMixin = get_class("checkout.mixins", "OrderPlacementMixin")
PASSWORD = "correct-horse"
WORDS = "Please ring our accounts department."
GENERAL = "We cannot take orders from you."
STEPS = ("index", "shipping-address", "shipping-method", "payment-method", "payment-details", "preview")


@pytest.fixture
def agent():
    return CustomerFactory(is_staff=True, is_superuser=True)


@pytest.fixture
def carl():
    return CustomerFactory(email="carl@example.com", password=PASSWORD, addresses=1)


def deny(customer, agent, **values):
    access.deny(customer=customer, by=agent, reason="Secret reason", message=WORDS, **values)


def text(response):
    return response.content.decode()


def log_in(client, name, password):
    form = {"login-username": name, "login-password": password, "login_submit": "Log In"}
    return client.post(reverse("customer:login"), form)


# --- sessions and log-in


def test_session__ends_at_the_next_request_with_a_word_and_for_good(client_for, carl, agent):
    client = client_for(carl)
    assert client.get(reverse("customer:profile-view")).status_code == 200
    deny(carl, agent)
    response = client.get(reverse("customer:profile-view"), follow=True)
    assert response.redirect_chain[0][0].startswith(reverse("customer:login"))
    assert WORDS in text(response)
    assert "Secret reason" not in text(response)
    assert not response.wsgi_request.user.is_authenticated
    access.allow(customer=carl, by=agent)
    assert client.get(reverse("customer:profile-view")).status_code == 302


def test_session__costs_no_query_more(client_for, carl, agent, django_assert_num_queries):
    """Session and account, the latter with the profile, which knows of the denial."""
    request = client_for(carl).get(reverse("catalogue:index")).wsgi_request
    fresh = HttpRequest()
    fresh.session = SessionStore(request.session.session_key)
    with django_assert_num_queries(2):
        CustomerMiddleware(lambda request: HttpResponse(str(request.user.is_authenticated)))(fresh)
        assert fresh.user == carl


def test_session__goes_on_after_the_end_of_a_denial_that_it_slept_through(client_for, carl, agent):
    client = client_for(carl)
    deny(carl, agent, until=timezone.now() + datetime.timedelta(hours=1))
    CustomerProfile.objects.filter(user=carl).update(denied_until=timezone.now() - datetime.timedelta(hours=1))
    assert client.get(reverse("customer:profile-view")).status_code == 200


def test_session__of_another_backend_ends_too(client, carl, agent, settings):
    settings.AUTHENTICATION_BACKENDS = [*settings.AUTHENTICATION_BACKENDS, f"{__name__}.AnotherBackend"]
    client.force_login(carl, backend=f"{__name__}.AnotherBackend")
    assert client.get(reverse("customer:profile-view")).status_code == 200
    deny(carl, agent)
    response = client.get(reverse("customer:profile-view"), follow=True)
    assert response.redirect_chain and WORDS in text(response)


class AnotherBackend:
    """Knows nothing of denials."""

    def authenticate(self, request, **credentials):
        return None

    def get_user(self, user_id):
        return get_user_model().objects.get(pk=user_id)


def test_session__of_the_inactive_ends_for_good(client_for, carl):
    client = client_for(carl)
    for is_active in (False, True):
        carl.is_active = is_active
        carl.save()
        assert client.get(reverse("customer:profile-view")).status_code == 302


def test_session__of_staff_ends_too(client_for, staff_with, agent):
    clerk = staff_with("view_customer")
    client = client_for(clerk)
    assert client.get(reverse("dashboard:users-index")).status_code == 200
    deny(clerk, agent)
    assert client.get(reverse("dashboard:users-index")).status_code == 302


def test_login__says_why_only_to_who_knows_the_password(client, carl, agent):
    wrong = log_in(client, "nobody@example.com", PASSWORD)
    deny(carl, agent)
    refused = log_in(client, carl.email, "wrong")
    assert refused.status_code == wrong.status_code == 200
    assert refused.context["login_form"].non_field_errors() == wrong.context["login_form"].non_field_errors()
    assert WORDS not in text(refused)
    response = log_in(client, carl.email, PASSWORD)
    assert response.status_code == 403
    assert WORDS in text(response)
    assert "Secret reason" not in text(response)
    assert not response.wsgi_request.user.is_authenticated
    assert authenticate(username=carl.email, password=PASSWORD) is None
    access.allow(customer=carl, by=agent)
    assert log_in(client, carl.email, PASSWORD).status_code == 302


def test_login__words_are_escaped(client, carl, agent):
    access.deny(customer=carl, by=agent, reason="x", message="<script>alert(1)</script>")
    response = log_in(client, carl.email, PASSWORD)
    assert "<script>alert" not in text(response)
    assert "&lt;script&gt;alert(1)" in text(response)


def test_login__after_the_end_of_a_denial(client, carl, agent):
    deny(carl, agent, until=timezone.now() + datetime.timedelta(hours=1))
    assert log_in(client, carl.email, PASSWORD).status_code == 403
    CustomerProfile.objects.filter(user=carl).update(denied_until=timezone.now() - datetime.timedelta(seconds=1))
    assert log_in(client, carl.email, PASSWORD).status_code == 302


# --- the checkout


@pytest.mark.parametrize("step", STEPS)
def test_checkout__of_a_guest_ends_at_every_step(client, agent, step):
    shopping.fill_basket(client)
    client.post(reverse("checkout:index"), {"username": "Guest+1@example.com", "options": "anonymous"})
    access.deny_email(email="guest@example.com", reason="Secret reason", message=WORDS, by=agent)
    response = client.get(reverse(f"checkout:{step}"), follow=True)
    # The first page is where another address can be given.
    assert response.request["PATH_INFO"] == reverse("checkout:index")
    if step != "index":
        assert WORDS in text(response)
        assert client.post(reverse(f"checkout:{step}"), {"action": "place_order"}).status_code == 302
    assert not Order.objects.exists()


@pytest.mark.parametrize("options", ["anonymous", "new"])
def test_checkout__refuses_a_guest_where_the_address_is_typed(client, agent, carl, options):
    deny(CustomerFactory(email="debtor@example.com"), agent)
    shopping.fill_basket(client)
    form = {"username": "debtor+again@example.com", "options": options}
    response = client.post(reverse("checkout:index"), form)
    assert response.status_code == 200
    assert GENERAL in text(response)
    # What that customer is to be told is told to nobody who merely types the address; what was typed stays.
    assert WORDS not in text(response)
    assert 'value="debtor+again@example.com"' in text(response)
    assert client.get(reverse("checkout:shipping-address")).status_code == 302


@pytest.mark.parametrize("step", STEPS)
def test_checkout__of_an_account_whose_address_is_denied(client_for, carl, agent, step):
    client = client_for(carl)
    shopping.fill_basket(client)
    access.deny_email(email=carl.email, reason="Secret reason", message=WORDS, by=agent)
    response = client.get(reverse(f"checkout:{step}"), follow=True)
    assert response.request["PATH_INFO"] == reverse("basket:summary")
    assert WORDS in text(response)
    assert response.context["basket"].num_items == 1


def test_checkout__of_somebody_who_may_goes_through(client, client_for, carl, agent):
    deny(CustomerFactory(), agent)
    access.deny_email(email="other@example.com", reason="x", by=agent)
    assert shopping.buy(client, guest_email="guest@example.com")
    assert shopping.buy(client_for(carl)).user == carl


def go_to_preview(client):
    country("GB")
    shopping.fill_basket(client)
    assert client.post(reverse("checkout:shipping-address"), shopping.ADDRESS).status_code == 302
    client.get(reverse("checkout:shipping-method"))
    client.get(reverse("checkout:payment-method"))


def test_payment__is_not_taken_from_who_was_denied_in_the_same_moment(client_for, carl, agent, monkeypatch):
    """The denial comes after the conditions of the page were looked at, and before the payment."""
    client, paid = client_for(carl), []
    monkeypatch.setattr(OrderPlacementMixin, "handle_payment", lambda self, *args, **kwargs: paid.append(args))

    def denied_meanwhile(**kwargs):
        access.deny_email(email=carl.email, reason="Secret reason", message=WORDS, by=agent)

    go_to_preview(client)
    checkout_signals.pre_payment.connect(denied_meanwhile)
    try:
        response = client.post(reverse("checkout:preview"), {"action": "place_order"})
    finally:
        checkout_signals.pre_payment.disconnect(denied_meanwhile)
    assert WORDS in text(response)
    assert not paid
    assert not Order.objects.exists()
    assert Basket.objects.get(owner=carl).status == Basket.OPEN


def test_submit__refuses_before_the_basket_is_frozen(client_for, carl, agent, monkeypatch):
    client, drawn = client_for(carl), []
    view = _payment_view()
    go_to_preview(client)
    # As if the denial came between the conditions and the submission.
    monkeypatch.setattr(view, "check_pre_conditions", lambda self, request: None)
    monkeypatch.setattr(view, "generate_order_number", lambda self, basket: drawn.append(basket))
    access.deny_email(email=carl.email, reason="Secret reason", message=WORDS, by=agent)
    response = client.post(reverse("checkout:preview"), {"action": "place_order"})
    assert WORDS in text(response)
    assert not drawn and not Order.objects.exists()


def test_order__is_refused_when_it_is_written_at_last(client_for, carl, agent, monkeypatch):
    """The denial comes after the payment: the customer reads the words, and the basket is open again."""
    client = client_for(carl)
    go_to_preview(client)

    def denied_meanwhile(**kwargs):
        access.deny(customer=carl, reason="Secret reason", message=WORDS, by=agent)

    checkout_signals.post_payment.connect(denied_meanwhile)
    try:
        response = client.post(reverse("checkout:preview"), {"action": "place_order"})
    finally:
        checkout_signals.post_payment.disconnect(denied_meanwhile)
    assert WORDS in text(response)
    assert not Order.objects.exists()
    assert Basket.objects.get(owner=carl).status == Basket.OPEN
    # And nothing of it is left: the address of the order that was not written.
    assert not get_model("order", "ShippingAddress").objects.exists()


def _payment_view():
    return resolve(reverse("checkout:preview")).func.view_class


# --- code that does not use the checkout


@pytest.mark.parametrize("who", ["customer", "guest"])
def test_order_creator__is_refused(carl, agent, who):
    deny(carl, agent)
    basket = create_basket()
    creator = get_class("order.utils", "OrderCreator")()
    method = get_class("shipping.methods", "Free")()
    arguments = {"user": carl} if who == "customer" else {"user": None, "guest_email": "CARL+x@example.com"}
    price = Price("GBP", excl_tax=10, tax=0)
    with pytest.raises(access.OrderRefused), transaction.atomic():
        creator.place_order(
            basket,
            total=price,
            shipping_method=method,
            shipping_charge=Price("GBP", excl_tax=0, tax=0),
            order_number="1",
            **arguments,
        )
    assert not Order.objects.exists()
