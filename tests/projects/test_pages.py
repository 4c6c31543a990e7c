"""The main pages open for staff who hold the right, and for nobody else, in every kind of shop."""

import pytest
from django.urls import reverse

from oscar_customer_mgmt.test.factories import CustomerFactory, GuestOrderFactory

pytestmark = [pytest.mark.everywhere, pytest.mark.django_db]

#: Each page, and the right that it asks for.
PAGES = {
    "users-index": "view_customer",
    "user-detail": "view_customer",
    "customer-create": "add_customer",
    "customer-update": "change_customer",
    "guest-detail": "view_customer",
}


@pytest.fixture
def customer():
    return CustomerFactory(first_name="Carl", last_name="Caller")


@pytest.fixture
def address_of(customer):
    """Return a function from a page's name to its address."""

    def address(name):
        if name in ("users-index", "customer-create"):
            return reverse(f"dashboard:{name}")
        if name == "guest-detail":
            return reverse("dashboard:guest-detail", kwargs={"number": f"G-{GuestOrderFactory().number}"})
        return reverse(f"dashboard:{name}", kwargs={"pk": customer.pk})

    return address


@pytest.mark.parametrize("name", PAGES)
def test_page__opens_with_the_right(name, address_of, staff_with, client_for):
    client = client_for(staff_with("view_customer", PAGES[name]))
    assert client.get(address_of(name)).status_code == 200


@pytest.mark.parametrize("name", PAGES)
def test_page__is_refused_to_staff_without_the_right(name, address_of, staff_with, client_for):
    assert client_for(staff_with()).get(address_of(name)).status_code == 403


@pytest.mark.parametrize("name", PAGES)
def test_page__is_refused_to_a_customer(name, address_of, make_user, client_for):
    assert client_for(make_user()).get(address_of(name)).status_code == 403


@pytest.mark.parametrize("name", PAGES)
def test_page__is_refused_to_a_customer_who_got_the_right_by_mistake(name, address_of, staff_with, client_for):
    user = staff_with("view_customer", PAGES[name])
    user.is_staff = False
    user.save()
    assert client_for(user).get(address_of(name)).status_code == 403


@pytest.mark.parametrize("name", PAGES)
def test_page__sends_nobody_to_log_in(name, address_of, client_for):
    response = client_for().get(address_of(name))
    assert response.status_code == 302
    assert reverse("dashboard:login") in response["Location"]


def test_list__shows_customers_and_guests(customer, superuser, client_for):
    guest = GuestOrderFactory()
    page = client_for(superuser).get(reverse("dashboard:users-index")).content.decode()
    assert "Carl Caller" in page
    assert f"G-{guest.number}" in page


def test_create__makes_a_customer_who_stands_in_the_list(superuser, client_for):
    client = client_for(superuser)
    response = client.post(
        reverse("dashboard:customer-create"),
        {"email": "new@example.com", "first_name": "Nora", "last_name": "Newman", "is_active": "on"},
        follow=True,
    )
    assert response.status_code == 200
    page = client.get(reverse("dashboard:users-index"), {"q": "newman"}).content.decode()
    assert "new@example.com" in page


@pytest.mark.parametrize("key", ["0", "999999999", "not-a-key", "1e3", "0" * 300])
@pytest.mark.parametrize("name", ["user-detail", "customer-update"])
def test_page__of_no_customer_is_not_found(name, key, superuser, client_for):
    assert client_for(superuser).get(reverse(f"dashboard:{name}", kwargs={"pk": key})).status_code == 404


@pytest.mark.parametrize("name", ["order-list", "users-index", "user-alert-list", "reviews-list", "partner-list"])
def test_oscars_own_pages__still_open(name, superuser, client_for):
    assert client_for(superuser).get(reverse(f"dashboard:{name}")).status_code == 200
