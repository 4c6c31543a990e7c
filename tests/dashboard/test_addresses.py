"""The address book: add, edit, delete, defaults, companies."""

import re

import pytest
from django.urls import reverse

from oscar_customer_mgmt.host import Country, UserAddress
from oscar_customer_mgmt.models import AddressCompany, TimelineEvent
from oscar_customer_mgmt.operations import addresses as operations
from oscar_customer_mgmt.queries import customers as queries
from oscar_customer_mgmt.test.factories import AddressFactory, CustomerFactory, country

pytestmark = pytest.mark.django_db

HOSTILE = "<script>alert(1)</script> \u202eשלום 😀"


@pytest.fixture
def customer():
    return CustomerFactory(first_name="Carl", last_name="Caller")


@pytest.fixture
def client(staff_with, client_for):
    return client_for(staff_with("view_customer", "change_customer"))


def at(name, customer, address=None):
    arguments = {"pk": customer.pk} | ({"address_id": address.pk} if address else {})
    return reverse(f"dashboard:customer-address-{name}", kwargs=arguments)


def values(**changed):
    gb = country("GB").pk
    return {
        "first_name": "Carl", "last_name": "Caller", "line1": "12 Market Street", "line4": "Leeds",
        "postcode": "LS1 6AA", "country": gb, "phone_number": "", "notes": "", **changed,
    }  # fmt: skip


def text(response):
    return response.content.decode()


def sent_by(response):
    form = response.context["form"]
    return {field.html_name: field.value() for field in form if field.value() not in (None, False)}


def test_pages__open_to_staff_with_the_right_alone(customer, staff_with, make_user, client_for):
    address = AddressFactory(user=customer)
    for page in (at("create", customer), at("update", customer, address), at("delete", customer, address)):
        assert client_for(staff_with("view_customer", "change_customer")).get(page).status_code == 200
        for refused in (staff_with("view_customer"), staff_with("change_customer"), staff_with(), make_user()):
            assert client_for(refused).get(page).status_code == 403
            assert client_for(refused).post(page, values()).status_code == 403
        assert client_for().get(page).status_code == 302
    assert UserAddress.objects.count() == 1


def test_create__the_first_becomes_both_defaults(client, customer):
    assert "becomes the default" in text(client.get(at("create", customer)))
    response = client.post(at("create", customer), values(company="Caller & Sons", title="Dr"), follow=True)
    assert "Caller &amp; Sons" in text(response)
    address = UserAddress.objects.get(user=customer)
    assert address.is_default_for_shipping
    assert address.is_default_for_billing
    assert AddressCompany.objects.get(user_address=address).company == "Caller & Sons"
    client.post(at("create", customer), values(line1="2 Side Street"))
    assert queries.default_addresses(customer)["shipping"] == address


def test_create__reads_a_phone_number_as_the_country_writes_it(client, customer):
    client.post(at("create", customer), values(phone_number="020 7946 0958"))
    assert str(UserAddress.objects.get(user=customer).phone_number) == "+442079460958"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("postcode", "nonsense"), ("line1", ""), ("line1", "x" * 10_000), ("country", "ZZ"), ("phone_number", "1"),
        ("company", "x" * 10_000), ("first_name", "a\x00b"), ("title", "Lord"),
    ],
)  # fmt: skip
def test_create__refuses_in_words_and_keeps_what_was_typed(client, customer, name, value):
    response = client.post(at("create", customer), values(**{"line2": "Back door", name: value}))
    assert f'id="id_{name}_error"' in text(response)
    assert f'href="#id_{name}"' in text(response)
    assert 'value="Back door"' in text(response)
    assert not UserAddress.objects.exists()


def test_create__the_same_address_twice_is_refused(client, customer):
    client.post(at("create", customer), values())
    response = client.post(at("create", customer), values())
    assert response.status_code == 200
    assert "ocm-error-summary" in text(response)
    assert "The customer’s address book has this address already." in text(response)
    assert "your address book" not in text(response)
    assert UserAddress.objects.count() == 1


def test_create__begins_with_the_likely_country(client, customer):
    def preselected():
        page = text(client.get(at("create", customer)))
        return re.findall(r'<option value="([^"]+)" selected', page.split('name="country"')[1].split("</select>")[0])

    country("GB")
    assert preselected() == ["GB"]
    Country.objects.create(iso_3166_1_a2="FR", printable_name="France", name="France", is_shipping_country=True)
    assert preselected() == []
    AddressFactory(user=customer, country=Country.objects.get(pk="FR"), postcode="75001")
    assert preselected() == ["FR"]


def test_create__keeps_the_space_of_a_postcode_and_writes_phones_as_everywhere(client, customer):
    client.post(at("create", customer), values(postcode="sw1a 1aa", phone_number="020 7946 0958"))
    page = text(client.get(reverse("dashboard:user-detail", kwargs={"pk": customer.pk})))
    assert "SW1A 1AA" in page
    assert '<a href="tel:+44-20-7946-0958"><bdi>+44 20 7946 0958</bdi></a>' in page


@pytest.mark.everywhere
def test_update__changes_and_moves_the_defaults(client, customer):
    first = AddressFactory(user=customer, is_default_for_shipping=True, is_default_for_billing=True)
    second = AddressFactory(user=customer, line1="2 Side Street", company="Old Ltd")
    data = {**sent_by(client.get(at("update", customer, second))), "is_default_for_shipping": "on", "company": ""}
    assert client.post(at("update", customer, second), data).status_code == 302
    assert queries.default_addresses(customer) == {"shipping": second, "billing": first}
    assert not AddressCompany.objects.exists()
    changes = TimelineEvent.objects.get(kind="address_changed").data["changes"]
    assert changes == {"is_default_for_shipping": [False, True], "company": ["Old Ltd", ""]}


def test_update__on_top_of_what_somebody_else_saved(client, customer):
    address = AddressFactory(user=customer, line1="1 Old Street")
    data = sent_by(client.get(at("update", customer, address)))
    UserAddress.objects.filter(pk=address.pk).update(line1="2 Their Street")
    response = client.post(at("update", customer, address), {**data, "line1": "3 My Street"})
    assert "Someone else changed this address" in text(response)
    assert 'value="3 My Street"' in text(response)
    assert "2 Their Street" in text(response)
    address.refresh_from_db()
    assert address.line1 == "2 Their Street"
    assert client.post(at("update", customer, address), sent_by(response)).status_code == 302
    address.refresh_from_db()
    assert address.line1 == "3 My Street"


def test_update__of_what_somebody_else_saves_at_the_same_moment(client, customer, monkeypatch):
    address = AddressFactory(user=customer, line1="1 Old Street")
    data = sent_by(client.get(at("update", customer, address)))
    change = operations.change

    def first_somebody_else(**kwargs):
        # After this request read and checked everything, before its operation has the lock.
        UserAddress.objects.filter(pk=address.pk).update(line1="2 Their Street")
        monkeypatch.setattr(operations, "change", change)
        return change(**kwargs)

    monkeypatch.setattr(operations, "change", first_somebody_else)
    response = client.post(at("update", customer, address), {**data, "line1": "3 My Street"})
    assert "Someone else changed this address" in text(response)
    assert 'value="3 My Street"' in text(response)
    assert "2 Their Street" in text(response)
    address.refresh_from_db()
    assert address.line1 == "2 Their Street"
    assert client.post(at("update", customer, address), sent_by(response)).status_code == 302
    address.refresh_from_db()
    assert address.line1 == "3 My Street"


@pytest.mark.parametrize("name", ["update", "delete"])
def test_pages__of_what_somebody_deletes_at_the_same_moment(client, customer, monkeypatch, name):
    address = AddressFactory(user=customer)
    data = sent_by(client.get(at("update", customer, address)))
    operation = {"update": "change", "delete": "delete"}[name]
    original = getattr(operations, operation)

    def first_somebody_else(**kwargs):
        UserAddress.objects.filter(pk=address.pk).delete()
        return original(**kwargs)

    monkeypatch.setattr(operations, operation, first_somebody_else)
    assert client.post(at(name, customer, address), data).status_code == 404
    assert not TimelineEvent.objects.filter(kind__in=["address_changed", "address_deleted"]).exists()


@pytest.mark.everywhere
def test_delete__asks_first_and_leaves_no_default(client, customer):
    address = AddressFactory(user=customer, is_default_for_shipping=True, is_default_for_billing=True)
    AddressFactory(user=customer, line1="2 Side Street")
    assert "there will be none" in text(client.get(at("delete", customer, address)))
    assert UserAddress.objects.count() == 2
    response = client.post(at("delete", customer, address), follow=True)
    assert "The address was deleted" in text(response)
    assert queries.default_addresses(customer) == {"shipping": None, "billing": None}


def test_pages__of_somebody_elses_address_are_not_found(client, customer):
    foreign = AddressFactory()
    for name in ("update", "delete"):
        page = at(name, customer, foreign)
        assert client.get(page).status_code == 404
        assert client.post(page, values()).status_code == 404
    foreign.refresh_from_db()
    assert foreign.user != customer


def test_pages__of_an_account_with_more_rights_are_refused_in_words(client, superuser):
    address = AddressFactory(user=superuser)
    for page in (at("create", superuser), at("update", superuser, address), at("delete", superuser, address)):
        for response in (client.get(page), client.post(page, values())):
            assert response.status_code == 403
            assert "You may not do this" in text(response)
    assert UserAddress.objects.get() == address


def test_pages__show_hostile_text_as_text(client, customer):
    address = AddressFactory(user=customer, first_name=HOSTILE, line1="x" * 250, company=HOSTILE)
    for page in (at("update", customer, address), at("delete", customer, address)):
        assert "<script>alert" not in text(client.get(page))
        assert "😀" in text(client.get(page))
