"""``customers/{number}/addresses/``: the address book."""

from functools import partial

import pytest

from oscar_customer_mgmt.models import AddressCompany, TimelineEvent
from oscar_customer_mgmt.operations import directory
from oscar_customer_mgmt.test.factories import CustomerFactory, country

from .conftest import Caller, assert_problem, at_once, number_of, path_of

pytestmark = pytest.mark.everywhere

FIELDS = [
    "id",
    "title",
    "first_name",
    "last_name",
    "company",
    "line1",
    "line2",
    "line3",
    "line4",
    "state",
    "postcode",
    "country",
    "phone_number",
    "notes",
    "is_default_for_shipping",
    "is_default_for_billing",
]

NEW = {
    "title": "Mrs",
    "first_name": "Zoë",
    "last_name": "Brontë",
    "company": "Parsonage Ltd",
    "line1": "3 Moor Lane",
    "line2": "",
    "line4": "Haworth",
    "state": "Yorkshire",
    "postcode": "BD22 8DR",
    "country": "GB",
    "phone_number": "+442079460958",
    "notes": "Ring twice.\nBeware of the dog.",
}


@pytest.fixture
def reader(db):
    country("GB")
    return CustomerFactory()


def test_post__first_address_becomes_both_defaults(api, reader):
    response = api.post(path_of(reader, "addresses/"), NEW)
    assert response.status_code == 201, response.content
    body = response.json()
    assert list(body) == FIELDS
    assert {name: body[name] for name in NEW} == NEW
    assert body["is_default_for_shipping"] is body["is_default_for_billing"] is True
    assert api.get(response["Location"]).json() == body
    assert api.every(path_of(reader, "addresses/")) == [body]
    shown = api.get(path_of(reader)).json()
    assert shown["default_shipping_address"] == shown["default_billing_address"] == body
    assert TimelineEvent.objects.get(kind="address_added").customer == reader
    assert [row["number"] for row in api.every("customers/?q=parsonage")] == [number_of(reader)]
    assert not directory.check()


def test_post__second_address_may_become_a_default(api, reader):
    api.post(path_of(reader, "addresses/"), NEW)
    second = api.post(path_of(reader, "addresses/"), {**NEW, "line1": "4 Moor Lane", "is_default_for_billing": True})
    shown = api.get(path_of(reader)).json()
    assert shown["default_billing_address"] == second.json()
    assert shown["default_shipping_address"]["line1"] == "3 Moor Lane"


def test_post__a_small_country_code_will_do(api, reader):
    assert api.post(path_of(reader, "addresses/"), {**NEW, "country": "gb"}).json()["country"] == "GB"


def test_post__same_address_again(api, reader):
    api.post(path_of(reader, "addresses/"), NEW)
    assert_problem(api.post(path_of(reader, "addresses/"), NEW), 400, fields=["non_field_errors"])
    assert reader.addresses.count() == 1


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"country": "XX"}, ["country"]),
        ({"country": "GBR"}, ["country"]),
        ({"country": "%%"}, ["country"]),
        ({"country": None}, ["country"]),
        ({"line1": ""}, ["line1"]),
        ({"line1": "x" * 300}, ["line1"]),
        ({"line1": "a\x00"}, ["line1"]),
        ({"postcode": "nowhere"}, ["postcode"]),
        ({"phone_number": "12"}, ["phone_number"]),
        ({"title": "Emperor"}, ["title"]),
        ({"notes": "x" * 10_001}, ["notes"]),
        ({"company": "x" * 256}, ["company"]),
        ({"is_default_for_billing": 1}, ["is_default_for_billing"]),
        ({"id": 7}, ["id"]),
        (
            {"user": 7, "hash": "x", "num_orders_as_shipping_address": 3},
            ["user", "hash", "num_orders_as_shipping_address"],
        ),
    ],
)
def test_post__says_which_field_is_wrong(api, reader, change, fields):
    assert_problem(api.post(path_of(reader, "addresses/"), {**NEW, **change}), 400, fields=fields)
    assert not reader.addresses.exists()
    assert not AddressCompany.objects.exists()


def test_post__names_all_that_is_missing(api, reader):
    assert_problem(api.post(path_of(reader, "addresses/"), {}), 400, fields=["line1", "country"])


def test_patch__changes_what_is_named(api, reader):
    before = api.post(path_of(reader, "addresses/"), NEW).json()
    path = path_of(reader, f"addresses/{before['id']}/")
    after = api.patch(path, {"line1": "5 Moor Lane", "notes": ""})
    assert after.json() == {**before, "line1": "5 Moor Lane", "notes": ""}
    assert api.get(path).json() == after.json()
    assert api.patch(path, {"company": ""}).json()["company"] == ""
    assert not AddressCompany.objects.exists()


def test_patch__of_one_among_several(api, customer):
    first, second = customer.addresses.order_by("pk")
    assert api.patch(path_of(customer, f"addresses/{second.pk}/"), {"line2": "Back door"}).status_code == 200
    response = api.patch(path_of(customer, f"addresses/{second.pk}/"), {"is_default_for_billing": True})
    assert response.json()["is_default_for_billing"] is True
    assert api.get(path_of(customer, f"addresses/{first.pk}/")).json()["is_default_for_billing"] is False


@pytest.mark.parametrize("change", [{"line1": ""}, {"country": "XX"}, {"id": 3}, {"hash": "x"}, {"line1": None}])
def test_patch__refuses(api, reader, change):
    before = api.post(path_of(reader, "addresses/"), NEW).json()
    path = path_of(reader, f"addresses/{before['id']}/")
    assert_problem(api.patch(path, change), 400, fields=list(change))
    assert api.get(path).json() == before


def test_delete__leaves_no_default(api, customer):
    default = customer.addresses.get(is_default_for_billing=True)
    path = path_of(customer, f"addresses/{default.pk}/")
    response = api.delete(path)
    assert (response.status_code, response.content) == (204, b"")
    assert_problem(api.get(path), 404)
    assert_problem(api.delete(path), 404)
    shown = api.get(path_of(customer)).json()
    assert shown["default_billing_address"] is shown["default_shipping_address"] is None
    assert not directory.check()


def test_get__pages_oldest_first(api):
    customer = CustomerFactory(addresses=5)
    keys = list(customer.addresses.order_by("pk").values_list("pk", flat=True))
    page = api.get(path_of(customer, "addresses/?page_size=2")).json()
    assert page["count"] == 5
    assert [row["id"] for row in api.every(path_of(customer, "addresses/?page_size=2"))] == keys
    assert_problem(api.get(path_of(customer, "addresses/?q=x")), 400, fields=["q"])


def test_etag__is_the_version_for_if_match(api, reader):
    made = api.post(path_of(reader, "addresses/"), {**NEW, "phone_number": "+44 20 7946 0958"})
    path = path_of(reader, f"addresses/{made.json()['id']}/")
    assert made["ETag"] == api.get(path)["ETag"]
    for change in ({"line1": "5 Moor Lane"}, {"company": "Mill Ltd"}, {"is_default_for_billing": False}):
        before = api.get(path)["ETag"]
        changed = api.patch(path, change, If_Match=before)
        assert changed.status_code == 200
        assert changed["ETag"] == api.get(path)["ETag"] != before
        assert_problem(api.patch(path, {"line2": "Back door"}, If_Match=before), 412, kind="stale")
        assert_problem(api.delete(path, If_Match=before), 412, kind="stale")
    assert api.get(path).json()["line2"] == ""
    # Another address of the book makes no version stale, unless it takes the default.
    second = api.post(path_of(reader, "addresses/"), {**NEW, "line1": "6 Moor Lane"}).json()
    assert api.get(path)["ETag"] == changed["ETag"]
    api.patch(path_of(reader, f"addresses/{second['id']}/"), {"is_default_for_shipping": True})
    assert_problem(api.delete(path, If_Match=changed["ETag"]), 412, kind="stale")
    assert api.delete(path, If_Match=api.get(path)["ETag"]).status_code == 204


@pytest.mark.django_db(transaction=True)
@pytest.mark.row_locks
@pytest.mark.parametrize("verb", ["patch", "delete"])
def test_if_match__of_several_at_once_the_first_wins(api, staff, verb):
    customer = CustomerFactory(addresses=1)
    path = path_of(customer, f"addresses/{customer.addresses.get().pk}/")
    tag = api.get(path)["ETag"]

    def call(index):
        caller = Caller(staff, token=True)
        body = [{"line2": f"Door {index}"}] if verb == "patch" else []
        return getattr(caller, verb)(path, *body, If_Match=tag).status_code

    codes = sorted(at_once(*(partial(call, index) for index in range(6))))
    assert codes[0] == {"patch": 200, "delete": 204}[verb]
    assert set(codes[1:]) <= ({412} if verb == "patch" else {404})
    kinds = TimelineEvent.objects.filter(kind__in=["address_changed", "address_deleted"])
    assert kinds.count() == 1
