"""django-oscar-api beside the package: whoever is denied orders nothing through it."""

import json

import pytest
from django.apps import apps
from django.urls import reverse
from oscar.core.loading import get_model
from oscar.test.factories import create_product

from oscar_customer_mgmt.operations import access
from oscar_customer_mgmt.test.factories import CustomerFactory, country

pytestmark = [pytest.mark.project("forked"), pytest.mark.django_db]

Order = get_model("order", "Order")
ADDRESS = {"first_name": "Carl", "last_name": "Caller", "line1": "1 Street", "line4": "Leeds", "postcode": "LS1 6AA"}


@pytest.fixture
def product():
    country("GB")
    return create_product(price="10.00", num_in_stock=100)


def call(client, name, body=None, **kwargs):
    if body is None:
        return client.get(reverse(name), **kwargs)
    return client.post(reverse(name), json.dumps(body), content_type="application/json", **kwargs)


def check_out(client, product, **body):
    basket = call(client, "api-basket").json()
    added = call(client, "api-basket-add-product", {"url": f"http://testserver{product_url(product)}", "quantity": 1})
    assert added.status_code == 200, added.content
    here = f"http://testserver{reverse('country-detail', kwargs={'pk': 'GB'})}"
    body = {"basket": basket["url"], "shipping_address": {**ADDRESS, "country": here}, **body}
    return call(client, "api-checkout", body)


def product_url(product):
    return reverse("product-detail", kwargs={"pk": product.pk})


def test_checkout__of_a_customer(client_for, product):
    customer = CustomerFactory()
    response = check_out(client_for(customer), product)
    assert response.status_code == 200, response.content
    assert Order.objects.get().user == customer


def test_checkout__of_an_account_whose_address_is_denied(client_for, product):
    customer = CustomerFactory()
    access.deny_email(email=customer.email, reason="Fraud", message="Please ring us.", by=None)
    response = check_out(client_for(customer), product)
    assert response.status_code == 406
    assert "Please ring us." in response.content.decode()
    assert not Order.objects.exists()


def test_checkout__of_a_guest_with_a_denied_address(client, product):
    access.deny(customer=CustomerFactory(email="carl@example.com"), reason="Fraud", by=None)
    response = check_out(client, product, guest_email="Carl+1@example.com")
    assert response.status_code == 406, response.content
    assert not Order.objects.exists()


def test_session_and_token__of_somebody_who_is_denied(client_for, client):
    customer = CustomerFactory()
    tokens = apps.get_model("authtoken", "Token").objects
    browser, token = client_for(customer), tokens.create(user=customer)
    access.deny(customer=customer, reason="Fraud", by=None)
    assert not call(browser, "api-basket").wsgi_request.user.is_authenticated
    # Their API asks Django REST framework's own authentication, which knows nothing of denials: the token is gone.
    response = call(client, "api-basket", headers={"Authorization": f"Token {token.key}"})
    assert not response.wsgi_request.user.is_authenticated
    assert not tokens.filter(user=customer).exists()
