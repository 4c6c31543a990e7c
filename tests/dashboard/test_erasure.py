"""Delete an account in the dashboard: warned, confirmed, done, with a receipt."""

import pytest
from django.contrib.auth import SESSION_KEY, get_user_model
from django.urls import reverse
from oscar.test.factories import ProductReviewFactory, create_product

from oscar_customer_mgmt.models import CustomerProfile, ErasureReceipt
from oscar_customer_mgmt.operations import erasure, notes
from oscar_customer_mgmt.test.factories import CustomerFactory, OrderFactory

pytestmark = [pytest.mark.everywhere, pytest.mark.django_db]

HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def agent(staff_with):
    return staff_with("view_customer", "change_customer", "erase_customer", first_name="Bea", last_name="Bell")


@pytest.fixture
def client(agent, client_for):
    return client_for(agent)


@pytest.fixture
def customer():
    return CustomerFactory(first_name="Carl", last_name="Caller", email="carl@example.com", addresses=2)


def delete_page(customer):
    return reverse("dashboard:customer-delete", kwargs={"pk": customer.pk})


def is_erased(customer):
    return CustomerProfile.objects.get(user=customer).erased_at is not None


def text(response):
    return response.content.decode()


def test_page__warns_and_counts(client, customer):
    OrderFactory.create_batch(2, user=customer, status="Pending")
    page = text(client.get(delete_page(customer)))
    assert "It is permanent" in page and "would have to register anew" in page and "Laws on keeping" in page
    assert "2 orders are still under way." in page
    assert "The books need it" in page
    assert not is_erased(customer), "a GET does nothing"
    assert page.index("Cancel</a>") < page.index('<button type="submit" class="btn btn-danger')
    assert 'value="remove"' not in page


def test_delete__leads_to_the_receipt(client, customer, agent):
    OrderFactory(user=customer)
    response = client.post(delete_page(customer), follow=True)
    receipt = ErasureReceipt.objects.get()
    assert response.redirect_chain[-1][0] == reverse("dashboard:customer-erased", kwargs={"receipt_id": receipt.pk})
    page = text(response)
    assert receipt.number in page and "Bea Bell" in page and "Address book" in page
    assert "Carl" not in page and "carl@" not in page
    assert is_erased(customer)
    for name in ("user-detail", "customer-update", "customer-delete", "customer-orders", "customer-timeline"):
        assert client.get(reverse(f"dashboard:{name}", kwargs={"pk": customer.pk})).status_code == 404
    assert client.post(delete_page(customer)).status_code == 404
    assert "carl@example.com" not in text(client.get(reverse("dashboard:users-index")))


def test_delete__by_who_may(customer, staff_with, make_user, client_for, superuser):
    fallen = staff_with("view_customer", "erase_customer")
    fallen.is_staff = False
    fallen.save()
    receipt = erasure.erase(customer=CustomerFactory(), by=superuser)
    pages = [delete_page(customer), reverse("dashboard:customer-erased", kwargs={"receipt_id": receipt.pk})]
    for page in pages:
        for user in (make_user(), fallen, staff_with("view_customer", "change_customer"), staff_with("erase_customer")):
            assert client_for(user).get(page).status_code == 403
            assert client_for(user).post(page).status_code == 403
        assert reverse("dashboard:login") in client_for().post(page)["Location"]
        assert client_for(staff_with("view_customer", "erase_customer")).get(page).status_code == 200
    assert not is_erased(customer)


@pytest.mark.parametrize("key", ["0", "nobody", "9" * 400])
def test_page__of_nobody(client, key):
    assert client.get(f"{reverse('dashboard:users-index')}{key}/delete/").status_code == 404
    assert client.post(f"{reverse('dashboard:users-index')}{key}/delete/").status_code == 404


def test_receipt__that_there_is_not(client):
    for number in (0, 7, 10**30):
        assert client.get(f"{reverse('dashboard:users-index')}deleted/{number}/").status_code == 404


def test_delete__needs_the_token(agent, customer, client_for):
    assert client_for(agent, enforce_csrf_checks=True).post(delete_page(customer)).status_code == 403
    assert not is_erased(customer)


def test_delete__an_account_with_more_rights(client, staff_with, superuser):
    for superior in (superuser, staff_with("set_password")):
        for answer in (client.get(delete_page(superior)), client.post(delete_page(superior))):
            assert answer.status_code == 403
            assert "rights that you do not have" in text(answer)
        assert not is_erased(superior)
        page = text(client.get(reverse("dashboard:user-detail", kwargs={"pk": superior.pk})))
        assert delete_page(superior) not in page


def test_delete__the_last_superuser_is_told_why_not(superuser, client_for):
    response = client_for(superuser).post(delete_page(superuser), follow=True)
    assert "The last active superuser" in text(response)
    assert not is_erased(superuser)


def test_delete__oneself(agent, client):
    assert "your own account" in text(client.get(delete_page(agent)))
    assert client.post(delete_page(agent)).status_code == 302
    assert SESSION_KEY not in client.session
    assert is_erased(agent)


def test_buttons__where_the_account_is(client, customer, client_for, staff_with):
    pages = [
        reverse("dashboard:users-index"),
        reverse("dashboard:user-detail", kwargs={"pk": customer.pk}),
        reverse("dashboard:customer-update", kwargs={"pk": customer.pk}),
    ]
    without = client_for(staff_with("view_customer", "change_customer"))
    for page in pages:
        assert delete_page(customer) in text(client.get(page)), page
        assert delete_page(customer) not in text(without.get(page)), page


def test_page__hostile_names(client):
    customer = CustomerFactory(first_name=HOSTILE, last_name="{{ 7|add:7 }}", company=HOSTILE)
    page = text(client.get(delete_page(customer)))
    assert HOSTILE not in page and "14" not in page.partition("<h1")[2].partition("</h1>")[0]
    assert HOSTILE not in text(client.get(reverse("dashboard:users-index")))


def test_remove__a_test_customer(client):
    customer = CustomerFactory()
    OrderFactory.create_batch(2, user=customer, is_test=True)
    page = text(client.get(delete_page(customer)))
    assert "2 test orders go, too." in page
    response = client.post(delete_page(customer), {"how": "remove"}, follow=True)
    assert "Test orders" in text(response)
    assert not get_user_model().objects.filter(pk=customer.pk).exists()


def test_remove__who_became_real_meanwhile(client):
    customer = CustomerFactory()
    OrderFactory(user=customer, is_test=True)
    client.get(delete_page(customer))
    OrderFactory(user=customer)
    response = client.post(delete_page(customer), {"how": "remove"}, follow=True)
    assert "This is not a test customer" in text(response)
    assert not is_erased(customer)
    assert customer.orders.count() == 2


def test_orders__of_an_erased_customer_still_open(customer, superuser, client_for):
    order = OrderFactory(user=customer, paid_with="card")
    notes.add(customer=customer, body="Rings at night", by=superuser, is_pinned=True)
    ProductReviewFactory(product=create_product(), user=customer)
    erasure.erase(customer=customer, by=superuser)
    client = client_for(superuser)
    page = text(client.get(reverse("dashboard:order-detail", kwargs={"number": order.number})))
    assert order.number in page and "Rings at night" not in page
    assert reverse("dashboard:user-detail", kwargs={"pk": customer.pk}) not in page
    assert "Deleted account" in page
    page = text(client.get(reverse("dashboard:order-list")))
    assert order.number in page
    assert reverse("dashboard:user-detail", kwargs={"pk": customer.pk}) not in page
    order.refresh_from_db()
    assert order.user_id == customer.pk
    for name in ("reviews-list", "partner-list", "index", "user-alert-list", "users-index"):
        assert client.get(reverse(f"dashboard:{name}")).status_code == 200
    reports = {"report_type": "order_report", "date_from": "2020-01-01", "date_to": "2099-01-01"}
    for code in ("order_report", "customer-report", "product_analytics", "user_analytics", "open_baskets", "vouchers"):
        response = client.get(reverse("dashboard:reports-index"), {**reports, "report_type": code})
        assert response.status_code == 200, code
