"""The page of a guest order, and correcting an address that is kept with it."""

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from oscar_customer_mgmt.host import ShippingAddress
from oscar_customer_mgmt.models import AddressCompany, DirectoryEntry, TimelineEvent
from oscar_customer_mgmt.operations import orders, timeline
from oscar_customer_mgmt.test.factories import (
    CustomerFactory,
    CustomerNoteFactory,
    GuestOrderFactory,
    OrderFactory,
    nth_person,
)

pytestmark = pytest.mark.django_db

HOSTILE = "<script>alert(1)</script> \u202eשלום 😀"


@pytest.fixture
def guest():
    return GuestOrderFactory(guest_email="gina@example.com", items=3, person=nth_person(0))


@pytest.fixture
def agent(staff_with):
    return staff_with("view_customer", "change_customer", first_name="Agnes", last_name="Agent")


@pytest.fixture
def client(agent, client_for):
    return client_for(agent)


def page_of(order):
    return reverse("dashboard:guest-detail", kwargs={"number": order.number})


def address_of(order, kind="shipping"):
    return reverse("dashboard:guest-address-update", kwargs={"number": order.number, "kind": kind})


def text(response):
    return response.content.decode()


def sent_by(response):
    form = response.context["form"]
    return {field.html_name: field.value() for field in form if field.value() not in (None, False)}


def test_pages__open_to_staff_with_the_right_alone(guest, agent, staff_with, make_user, client_for):
    for page in (page_of(guest), address_of(guest), address_of(guest, "billing")):
        assert client_for(agent).get(page).status_code == 200
        assert client_for(staff_with()).get(page).status_code == 403
        assert client_for(make_user()).get(page).status_code == 403
        assert client_for().get(page).status_code == 302
    looks = client_for(staff_with("view_customer"))
    assert looks.get(address_of(guest)).status_code == 403
    page = text(looks.get(page_of(guest)))
    assert address_of(guest) not in page
    assert reverse("dashboard:order-test-mark", kwargs={"number": guest.number}) not in page


def test_page__shows_what_the_order_knows(client, guest):
    page = text(client.get(page_of(guest)))
    for words in (
        f"G-{guest.number}",
        "gina@example.com",
        "Not registered",
        "£25.00",
        "Tea",
        guest.shipping_address.line1,
    ):
        assert words in page


def test_page__is_found_by_the_number_of_its_row_too(client, guest):
    number = DirectoryEntry.objects.get(order=guest).number
    assert client.get(reverse("dashboard:guest-detail", kwargs={"number": number})).status_code == 200


@pytest.mark.parametrize("number", ["0", "G-", "nothing", "%00", "x" * 500])
def test_page__of_no_guest_order_is_not_found(client, number):
    assert client.get(f"/dashboard/users/guests/{number}/").status_code == 404


def test_page__of_a_customers_order_is_not_found(client):
    assert client.get(page_of(OrderFactory())).status_code == 404


def test_page__of_an_order_without_addresses_or_lines(client):
    bare = GuestOrderFactory(shipping_address=None, billing_address=None, items=0)
    assert "[no name found]" in text(client.get(page_of(bare)))
    assert client.get(address_of(bare)).status_code == 404


@pytest.mark.everywhere
def test_page__points_to_who_has_the_same_address(client, guest):
    account = CustomerFactory(email="Gina@Example.com")
    other = GuestOrderFactory(guest_email="GINA@example.com")
    page = text(client.get(page_of(guest)))
    assert reverse("dashboard:user-detail", kwargs={"pk": account.pk}) in page
    assert page_of(other) in page
    assert DirectoryEntry.objects.filter(status="guest").count() == 2


def test_page__links_to_the_order_for_who_may_see_orders(client, agent, guest):
    link = f'href="{reverse("dashboard:order-detail", kwargs={"number": guest.number})}"'
    assert link not in text(client.get(page_of(guest)))
    agent.user_permissions.add(Permission.objects.get(codename="view_order"))
    assert link in text(client.get(page_of(guest)))


def test_notes__are_for_who_may_see_notes(client, agent, guest):
    CustomerNoteFactory(order=guest, body="Rang about the parcel", is_pinned=True)
    assert "Rang about" not in text(client.get(page_of(guest)))
    assert "Note added" not in text(client.get(page_of(guest)))
    agent.user_permissions.add(Permission.objects.get(codename="view_customernote"))
    assert "Rang about" in text(client.get(page_of(guest)))


def test_mark__by_hand_shows_the_dot_and_takes_it_away(client, guest):
    mark = reverse("dashboard:order-test-mark", kwargs={"number": guest.number})
    response = client.post(mark, {"is_test": "1", "next": page_of(guest)}, follow=True)
    assert response.redirect_chain == [(page_of(guest), 302)]
    assert "ocm-test-dot" in text(response)
    assert "marked as a test" in text(response)
    assert orders.is_test_order(order=guest)
    response = client.post(mark, {"is_test": "0", "next": page_of(guest)}, follow=True)
    assert "ocm-test-dot" not in text(response)
    assert not orders.is_test_order(order=guest)


@pytest.mark.everywhere
@pytest.mark.parametrize("kind", ["shipping", "billing"])
def test_correct__changes_the_address_and_the_directory(client, guest, agent, kind):
    data = {**sent_by(client.get(address_of(guest, kind))), "line1": "99 Right Road", "company": "Gina Ltd"}
    response = client.post(address_of(guest, kind), data, follow=True)
    assert "99 Right Road" in text(response)
    assert "Gina Ltd" in text(response)
    assert "99 right road" in DirectoryEntry.objects.get(order=guest).search_text
    assert AddressCompany.objects.get().company == "Gina Ltd"
    event = TimelineEvent.objects.get(order=guest, kind="order_address")
    assert event.actor == agent
    assert event.data["address"] == f"{kind}_address"
    assert event.data["changes"]["company"] == ["", "Gina Ltd"]
    client.post(address_of(guest, kind), {**sent_by(client.get(address_of(guest, kind))), "company": ""})
    assert not AddressCompany.objects.exists()


def test_correct__without_a_change_writes_nothing_down(client, guest):
    assert client.post(address_of(guest), sent_by(client.get(address_of(guest)))).status_code == 302
    assert not TimelineEvent.objects.filter(kind="order_address").exists()


def test_correct__refuses_in_words_and_keeps_what_was_typed(client, guest):
    data = {**sent_by(client.get(address_of(guest))), "postcode": "nonsense", "line2": "Back door"}
    page = text(client.post(address_of(guest), data))
    assert 'id="id_postcode_error"' in page
    assert 'value="Back door"' in page
    assert 'value="NONSENSE"' in page or 'value="nonsense"' in page


def test_correct__on_top_of_what_somebody_else_saved(client, guest):
    data = sent_by(client.get(address_of(guest)))
    ShippingAddress.objects.filter(pk=guest.shipping_address_id).update(line1="2 Their Street")
    response = client.post(address_of(guest), {**data, "line1": "3 My Street"})
    assert "2 Their Street" in text(response)
    assert 'value="3 My Street"' in text(response)
    assert client.post(address_of(guest), sent_by(response)).status_code == 302
    guest.shipping_address.refresh_from_db()
    assert guest.shipping_address.line1 == "3 My Street"


@pytest.mark.parametrize("kind", ["nothing", "user"])
def test_correct__of_another_kind_is_not_found(client, guest, kind):
    assert client.get(address_of(guest, kind)).status_code == 404
    assert client.post(address_of(guest, kind), {}).status_code == 404


def test_correct__of_a_customers_order_is_not_found(client):
    assert client.get(address_of(OrderFactory())).status_code == 404


def test_page__shows_hostile_text_as_text(client, agent):
    evil = GuestOrderFactory(
        shipping_address__first_name=HOSTILE, billing_address__line1=HOSTILE, shipping_address__company=HOSTILE
    )
    agent.user_permissions.add(Permission.objects.get(codename="view_customernote"))
    CustomerNoteFactory(order=evil, body=HOSTILE * 200, is_pinned=True)
    for page in (page_of(evil), address_of(evil)):
        assert "<script>alert" not in text(client.get(page))
        assert "😀" in text(client.get(page))


def test_page__says_that_the_guest_ordered_and_lets_the_phone_be_rung(client, guest):
    guest.shipping_address.phone_number = "+442079460958"
    guest.shipping_address.save()
    timeline.record(kind=timeline.ORDER_PLACED, order=guest, data={"number": guest.number})
    page = text(client.get(page_of(guest)))
    assert "The guest," in page
    assert "The shop," not in page
    assert page.count('<a href="tel:+44-20-7946-0958"><bdi>+44 20 7946 0958</bdi></a>') == 2
