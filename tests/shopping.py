"""What a person does in Oscar's own shop, click by click, for tests that must not go round its views."""

from django.urls import reverse
from oscar.core.loading import get_model
from oscar.test.factories import create_product

from oscar_customer_mgmt.test.factories import country

Order = get_model("order", "Order")

ADDRESS = {
    "first_name": "Carl",
    "last_name": "Caller",
    "line1": "12 Market Street",
    "line4": "Leeds",
    "postcode": "LS1 6AA",
    "phone_number": "+44 113 496 0123",
    "country": "GB",
}


def register(client, email="new@example.com"):
    """Open an account and stay logged in."""
    form = {
        "registration-email": email,
        "registration-password1": "correct-horse-battery",
        "registration-password2": "correct-horse-battery",
        "registration_submit": "Register",
    }
    response = client.post(reverse("customer:login"), form)
    assert response.status_code == 302


def fill_basket(client, price="10.00"):
    """Put one piece of something into the basket."""
    product = create_product(price=price, num_in_stock=100)
    response = client.post(reverse("basket:add", kwargs={"pk": product.pk}), {"quantity": 1})
    assert response.status_code == 302


def buy(client, *, guest_email=None, address=None, user_address=None):
    """Fill a basket and go through the checkout to the end; return the order."""
    country("GB")
    fill_basket(client)
    if guest_email:
        client.post(reverse("checkout:index"), {"username": guest_email, "options": "anonymous"})
    if user_address:
        form = {"action": "ship_to", "address_id": user_address.pk}
    else:
        form = {**ADDRESS, **(address or {})}
    step = client.post(reverse("checkout:shipping-address"), form)
    assert step.status_code == 302, step.context["form"].errors
    for name in ("checkout:shipping-method", "checkout:payment-method"):
        step = client.get(reverse(name))
        assert step.status_code == 302, f"{name} asked for something"
    done = client.post(reverse("checkout:preview"), {"action": "place_order"})
    assert done["Location"] == reverse("checkout:thank-you")
    return Order.objects.order_by("pk").last()
