"""Users with a UUID for a key and no user name are customers like any other."""

import uuid

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse
from oscar.test.factories import PartnerFactory, ProductReviewFactory, create_order, create_product

from oscar_customer_mgmt.test.factories import CustomerFactory

pytestmark = [pytest.mark.project("uuid_user"), pytest.mark.django_db]


@pytest.fixture
def customer():
    return CustomerFactory(first_name="Carl", last_name="Caller")


def test_user__has_neither_number_nor_name(customer):
    fields = {field.name for field in get_user_model()._meta.get_fields()}
    assert "username" not in fields
    assert isinstance(customer.pk, uuid.UUID)


def test_page__takes_the_key_with_and_without_hyphens(customer, superuser, client_for):
    client = client_for(superuser)
    for key in (str(customer.pk), customer.pk.hex):
        response = client.get(reverse("dashboard:user-detail", kwargs={"pk": key}))
        assert response.status_code == 200
        assert "Carl Caller" in response.content.decode()


def test_page__of_an_unknown_key_is_not_found(superuser, client_for):
    address = reverse("dashboard:user-detail", kwargs={"pk": uuid.uuid4()})
    assert client_for(superuser).get(address).status_code == 404


def test_order_pages__link_to_the_customer(customer, superuser, client_for):
    order = create_order(user=customer)
    client = client_for(superuser)
    page = reverse("dashboard:user-detail", kwargs={"pk": customer.pk})
    for address in (
        reverse("dashboard:order-list"),
        reverse("dashboard:order-detail", kwargs={"number": order.number}),
    ):
        assert page in client.get(address).content.decode()


def test_reviews__link_to_the_customer(customer, superuser, client_for):
    ProductReviewFactory(product=create_product(), user=customer)
    response = client_for(superuser).get(reverse("dashboard:reviews-list"))
    assert reverse("dashboard:user-detail", kwargs={"pk": customer.pk}) in response.content.decode()


def test_partner__can_be_managed_with_its_users(customer, superuser, client_for):
    partner = PartnerFactory()
    partner.users.add(customer)
    response = client_for(superuser).get(reverse("dashboard:partner-manage", kwargs={"pk": partner.pk}))
    assert response.status_code == 200
    assert customer.email in response.content.decode()
