"""A whole purchase, as a browser sends it, with a card that nobody ever issued."""

import datetime as dt

import pytest
from django.contrib.auth import get_user_model
from django.core import mail
from django.urls import resolve
from oscar.core.loading import get_model
from oscar.test import factories as oscar

from oscar_customer_mgmt.models import DirectoryEntry
from oscar_customer_mgmt.operations import access
from oscar_customer_mgmt.test.factories import CustomerFactory, country
from sandbox.checkout import pretend_card

pytestmark = pytest.mark.django_db

User = get_user_model()
Basket = get_model("basket", "Basket")
Order = get_model("order", "Order")

ADDRESS = {
    "first_name": "Gus",
    "last_name": "Guest",
    "line1": "1 Mill Road",
    "line4": "Leeds",
    "postcode": "LS2 7EF",
    "country": "GB",
}


@pytest.fixture
def product():
    country("GB")
    product = oscar.ProductFactory(title="Enamel pie dish", categories=None, stockrecords=None)
    oscar.StockRecordFactory(product=product, price="16.00", num_in_stock=5)
    return product


def card(number=pretend_card.ACCEPTED_NUMBER, **changes):
    year = dt.date.today().year + 2
    return {"number": number, "ccv": "123", "expiry_month_0": "07", "expiry_month_1": str(year), **changes}


def fill_basket(client, product):
    response = client.post(f"/basket/add/{product.pk}/", {"quantity": 2}, follow=True)
    assert response.context["basket"].num_items == 2


def go_to_payment(client):
    """Give the address, take the first way of delivery; return the payment page."""
    response = client.post("/checkout/shipping-address/", ADDRESS, follow=True)
    assert "Standard delivery" in response.content.decode()
    response = client.post("/checkout/shipping-method/", {"method_code": "standard"}, follow=True)
    assert response.redirect_chain[-1][0] == "/checkout/payment-details/"
    return response


def pay(client, number=pretend_card.ACCEPTED_NUMBER):
    """Fill in the card, look at the preview, place the order; return the page that follows."""
    preview = client.post("/checkout/preview/", {**card(number), **ADDRESS})
    assert preview.templates[0].name == "oscar/checkout/preview.html"
    assert f"XXXX-XXXX-XXXX-{number[-4:]}" in preview.content.decode()
    again = {**card(number), **ADDRESS}
    # Every field of the two forms is in the page once more.
    for name in again:
        assert f'name="{name}"' in preview.content.decode(), name
    return client.post("/checkout/preview/", {**again, "action": "place_order"}, follow=True)


def test_checkout__as_guest(client, product):
    fill_basket(client, product)
    client.post("/checkout/", {"username": "gus@example.org", "options": "anonymous"})
    page = go_to_payment(client)
    # The billing address proposes where the parcel goes.
    assert 'value="1 Mill Road"' in page.content.decode()
    response = pay(client)
    assert response.redirect_chain[-1][0] == "/checkout/thank-you/"
    order = Order.objects.get()
    assert order.user is None
    assert order.guest_email == "gus@example.org"
    assert (str(order.total_incl_tax), order.currency, order.status) == ("43.14", "GBP", "Pending")
    assert order.billing_address.last_name == "Guest"
    assert order.shipping_method == "Standard delivery"
    source = order.sources.get()
    assert (source.source_type.name, source.label) == ("Pretend card", "XXXX-XXXX-XXXX-4242")
    assert source.amount_debited == order.total_incl_tax
    assert order.payment_events.get().event_type.name == "Paid"
    assert [message.to for message in mail.outbox] == [["gus@example.org"]]
    assert DirectoryEntry.objects.get().order == order


def test_checkout__as_customer(client, product):
    customer = CustomerFactory(first_name="Carl", addresses=1)
    client.force_login(customer)
    fill_basket(client, product)
    go_to_payment(client)
    pay(client)
    order = Order.objects.get()
    assert order.user == customer
    assert order.guest_email == ""
    assert DirectoryEntry.objects.get(user=customer).order_count == 1


def test_checkout__declined_card_takes_nothing_and_another_one_pays(client, product):
    client.force_login(CustomerFactory())
    fill_basket(client, product)
    go_to_payment(client)
    response = pay(client, pretend_card.DECLINED_NUMBER)
    assert "The bank declined this card" in response.content.decode()
    assert response.templates[0].name == "oscar/checkout/payment_details.html"
    # What was typed about the address is still there, and the basket is open.
    assert 'value="1 Mill Road"' in response.content.decode()
    assert not Order.objects.exists()
    assert Basket.objects.get(status="Open").num_items == 2
    pay(client)
    assert Order.objects.get().sources.count() == 1


def test_checkout__charges_nobody_who_was_denied_meanwhile(client, product, monkeypatch):
    customer, charged = CustomerFactory(), []
    client.force_login(customer)
    monkeypatch.setattr(pretend_card, "charge", lambda **kwargs: charged.append(kwargs))
    fill_basket(client, product)
    go_to_payment(client)
    preview = client.post("/checkout/preview/", {**card(), **ADDRESS})
    assert preview.status_code == 200
    # An address is denied, so that the session goes on.
    access.deny_email(email=customer.email, reason="Fraud", message="Please ring us.", by=None)
    response = client.post("/checkout/preview/", {**card(), **ADDRESS, "action": "place_order"}, follow=True)
    assert "Please ring us." in response.content.decode()
    assert not charged
    assert not Order.objects.exists()
    assert Basket.objects.get(status="Open").num_items == 2


def test_checkout__does_not_reach_the_card_past_its_conditions(client, product, monkeypatch):
    """The card is charged by a ``handle_payment`` that does not call ours: ``submit`` refuses before."""
    customer, charged = CustomerFactory(), []
    client.force_login(customer)
    view = resolve("/checkout/preview/").func.view_class
    monkeypatch.setattr(pretend_card, "charge", lambda **kwargs: charged.append(kwargs))
    fill_basket(client, product)
    go_to_payment(client)
    access.deny_email(email=customer.email, reason="Fraud", message="Please ring us.", by=None)
    monkeypatch.setattr(view, "check_pre_conditions", lambda self, request: None)
    response = client.post("/checkout/preview/", {**card(), **ADDRESS, "action": "place_order"}, follow=True)
    assert "Please ring us." in response.content.decode()
    assert not charged and not Order.objects.exists()


def test_checkout__test_card_makes_a_test_order(client, product):
    customer = CustomerFactory()
    client.force_login(customer)
    fill_basket(client, product)
    go_to_payment(client)
    pay(client, pretend_card.TEST_NUMBER)
    assert Order.objects.get().sources.get().source_type.code == "test-card"
    assert DirectoryEntry.objects.get(user=customer).is_test


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"number": "1234"}, "Please enter a valid credit card number"),
        ({"number": ""}, "This field is required"),
        ({"ccv": "x"}, "Please enter a 3 or 4 digit number"),
        ({"postcode": "nonsense"}, "is not valid for"),
    ],
)
def test_checkout__wrong_details_come_back_with_a_word(client, product, changes, words):
    client.force_login(CustomerFactory())
    fill_basket(client, product)
    go_to_payment(client)
    # Both on the way to the preview, and when somebody tampers with what the preview posts again.
    for action in ({}, {"action": "place_order"}):
        response = client.post("/checkout/preview/", {**card(), **ADDRESS, **changes, **action})
        assert response.templates[0].name == "oscar/checkout/payment_details.html"
        assert words in response.content.decode()
    assert not Order.objects.exists()


def test_checkout__the_card_is_stored_nowhere(client, product):
    client.force_login(CustomerFactory())
    fill_basket(client, product)
    go_to_payment(client)
    pay(client)
    assert pretend_card.ACCEPTED_NUMBER not in repr(dict(client.session))
    source = Order.objects.get().sources.get()
    assert pretend_card.ACCEPTED_NUMBER not in f"{source.label}{source.reference}"
