"""What Oscar's order and partner pages gain, and what partners' staff must not see of it."""

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from oscar.test.factories import PartnerFactory

from oscar_customer_mgmt.dashboard.views import orders as views
from oscar_customer_mgmt.host import OrderDetailView, Partner
from oscar_customer_mgmt.operations import orders as operations
from oscar_customer_mgmt.test.factories import CustomerFactory, CustomerNoteFactory, GuestOrderFactory, OrderFactory

pytestmark = [pytest.mark.django_db]


@pytest.fixture
def customer():
    return CustomerFactory(first_name="Carl", last_name="Caller")


@pytest.fixture
def order(customer):
    CustomerNoteFactory(customer=customer, body="Deaf in one ear", is_pinned=True)
    return OrderFactory(user=customer, shipping_address__company="Ship Ltd", billing_address__company="Bill Ltd")


@pytest.fixture
def agent(staff_with):
    agent = staff_with("view_customer", "change_customer", "view_customernote")
    agent.user_permissions.add(Permission.objects.get(codename="view_order"))
    return agent


@pytest.fixture
def client(agent, client_for):
    return client_for(agent)


@pytest.fixture
def partner_client(make_user, client_for):
    """A browser of a partner's staff, who may open orders with lines of theirs."""

    def make(*codenames):
        user = make_user("partner")
        user.user_permissions.add(
            *Permission.objects.filter(codename__in=[*codenames, "dashboard_access"]),
        )
        for partner in Partner.objects.all():
            partner.users.add(user)
        return client_for(user)

    return make


def page_of(order):
    return reverse("dashboard:order-detail", kwargs={"number": order.number})


def customer_page(customer):
    return reverse("dashboard:user-detail", kwargs={"pk": customer.pk})


def mark_of(order):
    return reverse("dashboard:order-test-mark", kwargs={"number": order.number})


def text(response):
    return response.content.decode()


# --- The order page ---------------------------------------------------------------------------------------------
@pytest.mark.everywhere
def test_order__leads_to_its_customer_with_pinned_notes(client, order, customer):
    page = text(client.get(page_of(order)))
    for words in (customer_page(customer), customer.customer_profile.number, "Deaf in one ear", mark_of(order)):
        assert words in page
    assert "Ship Ltd" in page
    assert "Bill Ltd" in page
    # One row says who it is, and links there once.
    assert page.count(f'href="{customer_page(customer)}"') == 1
    assert page.count(f'href="mailto:{customer.email}"') == 1
    assert "Customer Information</caption>" not in page


@pytest.mark.parametrize("address", ["page", "list"])
def test_pages__are_kept_by_no_cache(client, order, address):
    response = client.get(page_of(order) if address == "page" else LIST)
    assert "no-store" in response["Cache-Control"]
    assert "private" in response["Cache-Control"]


def test_order__of_a_guest_leads_to_the_guest(client):
    guest = GuestOrderFactory()
    CustomerNoteFactory(order=guest, body="Rang twice", is_pinned=True)
    page = text(client.get(page_of(guest)))
    assert reverse("dashboard:guest-detail", kwargs={"number": guest.number}) in page
    assert "Rang twice" in page


def test_order__of_a_deleted_account_opens(client, order, customer):
    customer.delete()
    assert client.get(page_of(order)).status_code == 200


def test_order__shows_no_more_than_the_rights_allow(order, customer, staff_with, client_for):
    sees_orders = staff_with()
    sees_orders.user_permissions.add(Permission.objects.get(codename="view_order"))
    page = text(client_for(sees_orders).get(page_of(order)))
    for words in (customer_page(customer), "Deaf in one ear", mark_of(order), customer.customer_profile.number):
        assert words not in page
    looks = staff_with("view_customer")
    looks.user_permissions.add(Permission.objects.get(codename="view_order"))
    page = text(client_for(looks).get(page_of(order)))
    assert customer_page(customer) in page
    for words in ("Deaf in one ear", mark_of(order)):
        assert words not in page


def test_order__shows_partners_staff_nothing_of_ours(partner_client, order, customer):
    rights = ("view_customer", "change_customer", "view_customernote")
    for client in (partner_client(), partner_client(*rights)):
        page = text(client.get(page_of(order)))
        assert "Customer Information" in page
        for words in (customer_page(customer), "Deaf in one ear", mark_of(order), "Ship Ltd", "Bill Ltd", "ocm-"):
            assert words not in page
        assert client.post(mark_of(order), {"is_test": "1"}).status_code == 403
    assert not operations.is_test_order(order=order)


def test_order__keeps_oscars_own_answers(client, order, superuser, client_for):
    client = client_for(superuser)
    data = {"order_action": "save_note", "message": "Packed", "note_type": "Info"}
    assert "Packed" in text(client.post(page_of(order), data, follow=True))
    assert client.post(page_of(order), {"order_action": "save_note", "message": ""}).status_code == 200


def test_order__extends_the_template_of_the_shops_own_view(order, superuser, rf):
    class ShopView(OrderDetailView):
        template_name = "oscar/dashboard/orders/line_detail.html"

    view = views.with_customer(ShopView)()
    assert isinstance(view, OrderDetailView)
    view.setup(rf.get("/"), number=order.number)
    view.request.user = superuser
    view.object = view.get_object()
    assert view.get_context_data()["shop_template"].template.name == "oscar/dashboard/orders/line_detail.html"
    assert view.get_template_names() == ["oscar_customer_mgmt/dashboard/orders/order_detail.html"]


# --- The test mark ----------------------------------------------------------------------------------------------


def test_mark__goes_back_to_the_page_of_the_button(client, order):
    response = client.post(mark_of(order), {"is_test": "1", "next": page_of(order)}, follow=True)
    assert response.redirect_chain == [(page_of(order), 302)]
    assert "Test order" in text(response)
    assert operations.is_test_order(order=order)


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "javascript:alert(1)", ""])
def test_mark__leads_nowhere_else(client, order, customer, elsewhere):
    response = client.post(mark_of(order), {"is_test": "1", "next": elsewhere})
    assert response["Location"] == customer_page(customer)


def test_mark__wants_a_post_the_right_and_an_order(client, order, staff_with, make_user, client_for):
    assert client.get(mark_of(order)).status_code == 405
    for refused in (staff_with("view_customer"), staff_with("change_customer"), make_user()):
        assert client_for(refused).post(mark_of(order), {"is_test": "1"}).status_code == 403
    assert client_for().post(mark_of(order), {"is_test": "1"}).status_code == 302
    assert client.post("/dashboard/users/orders/nothing/test-mark/", {"is_test": "1"}).status_code == 404
    assert client.post("/dashboard/users/orders/%00/test-mark/", {"is_test": "1"}).status_code == 404
    assert not operations.is_test_order(order=order)


def test_mark__of_an_order_of_somebody_with_more_rights(client, client_for, superuser):
    order = OrderFactory(user=superuser)
    assert mark_of(order) not in text(client.get(page_of(order)))
    response = client.post(mark_of(order), {"is_test": "1"})
    assert response.status_code == 403
    assert "You may not do this" in text(response)
    assert not operations.is_test_order(order=order)
    assert mark_of(order) in text(client_for(superuser).get(page_of(order)))
    assert client_for(superuser).post(mark_of(order), {"is_test": "1"}).status_code == 302
    assert operations.is_test_order(order=order)


def test_mark__of_an_order_of_nobody_leads_to_the_order(client, order, customer):
    customer.delete()
    assert client.post(mark_of(order), {"is_test": "1"})["Location"] == page_of(order)


# --- The order list ---------------------------------------------------------------------------------------------

LIST = "/dashboard/orders/"


def listed(response):
    return {order.number for order in response.context["orders"]}


@pytest.mark.everywhere
def test_list__limited_to_one_customer(client, order, customer):
    other = OrderFactory()
    number = customer.customer_profile.number
    response = client.get(LIST, {"customer": number, "sort": "number"})
    assert listed(response) == {order.number}
    assert number in text(response)
    assert 'href="?sort=number"' in text(response)
    assert "Orders of" in text(response)
    assert "All Orders" not in text(response)
    assert listed(client.get(LIST)) == {order.number, other.number}


def test_list__keeps_the_customer_while_searching(client, order, customer):
    other = OrderFactory(user=customer, status="Cancelled")
    OrderFactory(status="Cancelled")
    number = customer.customer_profile.number
    response = client.get(LIST, {"customer": number, "status": "Cancelled"})
    assert listed(response) == {other.number}
    assert f'name="customer" value="{number}"' in text(response)


def test_list__of_a_guest_shows_the_one_order(client):
    guest = GuestOrderFactory()
    OrderFactory()
    assert listed(client.get(LIST, {"customer": f"G-{guest.number}"})) == {guest.number}


@pytest.mark.parametrize("number", ["C-999999", "<script>alert(1)</script>", "\x00", "x" * 10_000, "%", "G-"])
def test_list__of_nobody_is_empty(client, order, number):
    response = client.get(LIST, {"customer": number})
    assert response.status_code == 200
    assert "<script>alert" not in text(response)
    assert listed(response) == (set() if number != "\x00" else {order.number})


def test_list__is_not_limited_for_who_may_not_see_customers(order, customer, staff_with, partner_client, client_for):
    other = OrderFactory()
    number = customer.customer_profile.number
    staff = staff_with()
    staff.user_permissions.add(Permission.objects.get(codename="view_order"))
    for client in (client_for(staff), partner_client("view_customer")):
        response = client.get(LIST, {"customer": number})
        assert listed(response) == {order.number, other.number}
        assert "Orders of" not in text(response)


def test_list__as_a_spreadsheet_is_limited_too(client, order, customer):
    other = OrderFactory()
    number = customer.customer_profile.number
    page = text(client.get(LIST, {"customer": number, "response_format": "csv"}))
    assert "<html" not in page
    assert order.number in page
    assert other.number not in page


# --- Partner pages ----------------------------------------------------------------------------------------------


@pytest.mark.everywhere
@pytest.mark.parametrize("project_key", ["nobody", "1e3", "9" * 400, "٣x"])
def test_partner_pages__of_a_malformed_key_are_not_found(superuser, client_for, project_key):
    partner = PartnerFactory()
    client = client_for(superuser)
    for word in ("link", "unlink", "update"):
        address = f"/dashboard/partners/{partner.pk}/users/{project_key}/{word}/"
        ask = client.get if word == "update" else client.post
        assert ask(address).status_code == 404


@pytest.mark.everywhere
def test_partner_pages__take_a_user_of_any_key(superuser, client_for):
    partner = PartnerFactory()
    customer = CustomerFactory(first_name="Carl", last_name="Caller")
    client = client_for(superuser)
    arguments = {"partner_pk": partner.pk, "user_pk": customer.pk}
    page = text(client.post(reverse("dashboard:partner-user-link", kwargs=arguments), follow=True))
    assert "Carl Caller" in page
    assert list(partner.users.all()) == [customer]
    assert client.get(reverse("dashboard:partner-user-update", kwargs=arguments), follow=True).status_code == 200
    client.post(reverse("dashboard:partner-user-unlink", kwargs=arguments), follow=True)
    assert not partner.users.exists()


@pytest.mark.everywhere
def test_partner_pages__stay_closed_to_others(make_user, staff_with, client_for):
    partner = PartnerFactory()
    customer = CustomerFactory()
    address = reverse("dashboard:partner-user-link", kwargs={"partner_pk": partner.pk, "user_pk": customer.pk})
    assert client_for().post(address).status_code == 302
    assert client_for(make_user()).post(address).status_code == 403
    assert client_for(staff_with("view_customer", "change_customer")).post(address).status_code == 403
    assert not partner.users.exists()
