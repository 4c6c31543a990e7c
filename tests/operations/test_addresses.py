"""The address book: companies, defaults, refusals, and whose it is."""

import pytest

from oscar_customer_mgmt.exceptions import InvalidData, NotAllowed
from oscar_customer_mgmt.models import AddressCompany, DirectoryEntry, TimelineEvent
from oscar_customer_mgmt.operations import addresses, directory
from oscar_customer_mgmt.queries.customers import addresses as address_book
from oscar_customer_mgmt.test.factories import AddressFactory, CustomerFactory, country

pytestmark = [pytest.mark.django_db, pytest.mark.everywhere]


@pytest.fixture
def agnes():
    return CustomerFactory(first_name="Agnes", last_name="Agent", is_staff=True)


@pytest.fixture
def carl():
    return CustomerFactory()


def values(**changes):
    return {
        "first_name": "Carl",
        "last_name": "Caller",
        "line1": "12 Market Street",
        "line4": "Leeds",
        "postcode": "LS1 6AA",
        "country": country("GB"),
        "phone_number": "+441134960123",
        **changes,
    }


def kinds(customer):
    return [event.kind for event in TimelineEvent.objects.filter(customer=customer).order_by("pk")]


# --- add


def test_add__the_first_is_both_defaults_and_the_second_none(agnes, carl):
    first = addresses.add(customer=carl, values=values(), by=agnes, company=" Acme ")
    second = addresses.add(customer=carl, values=values(line1="Elsewhere"), by=agnes)
    assert (first.is_default_for_shipping, first.is_default_for_billing) == (True, True)
    assert (second.is_default_for_shipping, second.is_default_for_billing) == (False, False)
    assert [addresses.company_of(address) for address in address_book(carl)] == ["Acme", ""]
    assert kinds(carl) == ["address_added", "address_added"]
    assert "Leeds" in TimelineEvent.objects.filter(customer=carl).first().data["summary"]
    assert not directory.check()


def test_add__a_new_default_takes_over(agnes, carl):
    addresses.add(customer=carl, values=values(), by=agnes)
    addresses.add(customer=carl, values=values(line1="Elsewhere", is_default_for_billing=True), by=agnes)
    flags = {each.line1: (each.is_default_for_shipping, each.is_default_for_billing) for each in address_book(carl)}
    assert flags == {"12 Market Street": (True, False), "Elsewhere": (False, True)}


REFUSED = [
    ({"line1": ""}, "line1"),
    ({"postcode": "nonsense"}, "postcode"),
    ({"phone_number": "12"}, "phone_number"),
    ({"line4": "x" * 256}, "line4"),
    ({"line2": "a\x00b"}, "line2"),
    ({"notes": "a\x00b"}, "notes"),
]


@pytest.mark.parametrize(("wrong", "field"), REFUSED, ids=lambda value: str(value)[:40])
def test_add__refuses_and_stores_nothing(agnes, carl, wrong, field):
    with pytest.raises(InvalidData) as error:
        addresses.add(customer=carl, values=values(**wrong), by=agnes, company="Acme")
    assert field in error.value.errors
    assert not address_book(carl).exists() and not AddressCompany.objects.exists() and not kinds(carl)


@pytest.mark.parametrize("company", ["x" * 256, "a\x00b"])
def test_add__refuses_a_company_that_cannot_be_stored(agnes, carl, company):
    with pytest.raises(InvalidData) as error:
        addresses.add(customer=carl, values=values(), by=agnes, company=company)
    assert set(error.value.errors) == {"company"}
    assert not address_book(carl).exists()


def test_add__refuses_what_the_book_holds_already(agnes, carl):
    addresses.add(customer=carl, values=values(), by=agnes)
    with pytest.raises(InvalidData):
        addresses.add(customer=carl, values=values(), by=agnes)
    assert address_book(carl).count() == 1


# --- change


def test_change__stores_and_tells_what(agnes, carl):
    address = AddressFactory(user=carl, company="Acme", **values())
    addresses.change(address=address, values={"line1": "13 Market Street"}, by=agnes, company="Branch")
    event = TimelineEvent.objects.get(customer=carl)
    assert event.data == {"changes": {"line1": ["12 Market Street", "13 Market Street"], "company": ["Acme", "Branch"]}}
    assert "13 market street" in DirectoryEntry.objects.get(user=carl).search_text
    assert not directory.check()


def test_change__of_nothing_tells_nothing(agnes, carl):
    address = AddressFactory(user=carl, company="Acme", **values())
    addresses.change(address=address, values={"line1": address.line1}, by=agnes)
    assert kinds(carl) == []
    assert addresses.company_of(address_book(carl).get()) == "Acme"


@pytest.mark.parametrize("company", ["", "  "])
def test_change__takes_a_company_away(agnes, carl, company):
    address = AddressFactory(user=carl, company="Acme", **values())
    addresses.change(address=address, values={}, by=agnes, company=company)
    assert not AddressCompany.objects.exists()
    assert DirectoryEntry.objects.get(user=carl).company == ""


@pytest.mark.parametrize(("wrong", "field"), REFUSED, ids=lambda value: str(value)[:40])
def test_change__refuses_and_stores_nothing(agnes, carl, wrong, field):
    address = AddressFactory(user=carl, company="Acme", **values())
    with pytest.raises(InvalidData) as error:
        addresses.change(address=address, values={"first_name": "Karl", **wrong}, by=agnes, company="Branch")
    assert field in error.value.errors
    stored = address_book(carl).get()
    assert (stored.first_name, addresses.company_of(stored)) == ("Carl", "Acme")
    assert kinds(carl) == []


def test_change__beside_others_without_a_short_code(agnes, carl):
    one, _other = AddressFactory(user=carl, line1="One"), AddressFactory(user=carl, line1="Other")
    assert addresses.change(address=one, values={"line1": "First"}, by=agnes).line1 == "First"


# --- delete


def test_delete__of_a_default_leaves_none(agnes, carl):
    first = addresses.add(customer=carl, values=values(), by=agnes, company="Acme")
    second = addresses.add(customer=carl, values=values(line1="Elsewhere"), by=agnes)
    addresses.delete(address=first, by=agnes)
    assert list(address_book(carl)) == [second]
    assert not address_book(carl).filter(is_default_for_shipping=True).exists()
    assert kinds(carl)[-1] == "address_deleted"
    assert not AddressCompany.objects.exists()
    assert not directory.check()


# --- whose it is


def test_all__are_refused_over_an_account_with_more_rights(agnes):
    root = CustomerFactory(is_superuser=True, is_staff=True)
    address = AddressFactory(user=root, company="Acme")
    before = list(address_book(root).values())
    with pytest.raises(NotAllowed):
        addresses.add(customer=root, values=values(), by=agnes)
    with pytest.raises(NotAllowed):
        addresses.change(address=address, values={"line1": "Mine"}, by=agnes)
    with pytest.raises(NotAllowed):
        addresses.delete(address=address, by=agnes)
    assert list(address_book(root).values()) == before
