"""``customers/``: one customer, shown, made and changed."""

import datetime
from decimal import Decimal
from functools import partial

import pytest
from django.contrib.auth import get_user_model
from django.contrib.sites.models import Site

from oscar_customer_mgmt.models import CustomerNote, TimelineEvent
from oscar_customer_mgmt.operations import directory
from oscar_customer_mgmt.queries.customers import version_of
from oscar_customer_mgmt.test.factories import AddressFactory, CustomerFactory, OrderFactory

from .conftest import Caller, assert_problem, at_once, number_of, path_of

pytestmark = pytest.mark.everywhere

FIELDS = [
    "number",
    "status",
    "email",
    "username",
    "salutation",
    "first_name",
    "last_name",
    "full_name",
    "gender",
    "date_of_birth",
    "phone_number",
    "company",
    "locale",
    "is_active",
    "is_verified",
    "verified_at",
    "is_denied",
    "denial",
    "is_tax_exempt",
    "is_test",
    "origin",
    "groups",
    "newsletter",
    "order_count",
    "total_spent",
    "last_order_at",
    "registered_at",
    "last_login_at",
    "points_balance",
    "default_billing_address",
    "default_shipping_address",
    "account_manager",
    "created_by",
    "url",
]


def test_get__shows_every_field_in_order(api, customer, order):
    body = api.get(path_of(customer)).json()
    assert list(body) == FIELDS
    assert body["number"] == number_of(customer)
    assert body["status"] == "registered"
    assert body["email"] == "zoe@example.com"
    assert body["full_name"] == "Zoë Brontë"
    assert body["is_verified"] is True
    assert body["is_denied"] is False
    assert body["denial"] is None
    assert body["groups"] == body["newsletter"] == []
    assert body["points_balance"] == 0
    assert body["order_count"] == 1
    assert body["total_spent"] == [{"currency": order.currency, "amount": "120.50"}]
    assert datetime.datetime.fromisoformat(body["last_order_at"]) == order.date_placed
    assert datetime.datetime.fromisoformat(body["registered_at"]).tzinfo is not None
    assert body["url"] == f"http://testserver/api/customer-management/v1/customers/{body['number']}/"
    assert body["default_shipping_address"] == body["default_billing_address"]
    assert body["default_shipping_address"]["country"] == customer.addresses.first().country_id


def test_get__money_is_net_per_currency(api, customer, order):
    OrderFactory(user=customer, currency="EUR", total_incl_tax=Decimal("10.00"), refunded="4.00")
    OrderFactory(user=customer, total_incl_tax="99.00", status="Cancelled")
    OrderFactory(user=customer, total_incl_tax="50.00", is_test=True)
    body = api.get(path_of(customer)).json()
    assert body["order_count"] == 2
    assert sorted(body["total_spent"], key=lambda sum_: sum_["currency"]) == [
        {"currency": "EUR", "amount": "6.00"},
        {"currency": "GBP", "amount": "120.50"},
    ]
    assert body["is_test"] is True


def test_get__unknown_of_a_guest_is_null(api, guest):
    body = api.get(path_of(guest)).json()
    assert list(body) == FIELDS
    assert body["number"] == f"G-{guest.number}"
    assert body["status"] == body["origin"] == "guest"
    assert body["email"] == "guest@example.com"
    assert body["last_name"] == guest.billing_address.last_name
    assert body["phone_number"] == guest.shipping_address.phone_number.as_e164
    assert body["total_spent"] == [{"currency": "GBP", "amount": "30.00"}]
    unknown = [
        "username",
        "salutation",
        "gender",
        "date_of_birth",
        "company",
        "locale",
        "is_active",
        "is_verified",
        "verified_at",
        "is_tax_exempt",
        "registered_at",
        "last_login_at",
        "default_billing_address",
        "account_manager",
        "created_by",
    ]
    assert {name: body[name] for name in unknown} == dict.fromkeys(unknown)


@pytest.mark.parametrize("number", ["C-999999", "G-1", "nobody", "%00", "{}%00", "{}%20", "{}x", "%20{}", "x" * 3000])
def test_get__unknown_number(api, customer, number):
    assert_problem(api.get(f"customers/{number.format(number_of(customer))}/"), 404, kind="not-found")


def test_get__the_case_of_a_number_matters(api, customer):
    assert_problem(api.get(f"customers/{number_of(customer).lower()}/"), 404)


def test_post__needs_the_email_only(api, staff):
    response = api.post("customers/", {"email": "New.One@Example.com"})
    assert response.status_code == 201
    body = response.json()
    assert list(body) == FIELDS
    assert response["Location"] == body["url"]
    assert api.get(response["Location"]).json() == body
    assert body["email"] == "New.One@example.com"
    assert body["origin"] == "api"
    assert body["is_verified"] is False
    assert body["created_by"] == number_of(staff)
    user = get_user_model().objects.get(email="New.One@example.com")
    assert not user.has_usable_password()
    assert not directory.check()


def test_post__takes_everything_else(api, staff):
    site = Site.objects.create(domain="second.example.com", name="Second")
    body = {
        "email": "all@example.com",
        "password": "correct horse battery",
        "salutation": "Mrs",
        "first_name": "Ольга",
        "last_name": "𝒵👩‍🚀",
        "gender": "female",
        "date_of_birth": "1980-02-29",
        "phone_number": "+44 20 7946 0958",
        "company": "Tea & Co <b>",
        "locale": "de",
        "is_tax_exempt": True,
        "is_active": False,
        "is_test": True,
        "newsletter": [site.pk, 1, 1],
        "account_manager": number_of(staff),
        "comment": "Prefers the phone.",
    }
    response = api.post("customers/", body)
    assert response.status_code == 201, response.content
    shown = response.json()
    same = set(body) - {"password", "comment", "phone_number", "newsletter"}
    assert {name: shown[name] for name in same} == {name: body[name] for name in same}
    assert shown["phone_number"] == "+442079460958"
    assert shown["newsletter"] == [1, site.pk]
    user = get_user_model().objects.get(email="all@example.com")
    assert user.check_password("correct horse battery")
    note = CustomerNote.objects.get()
    assert (note.customer, note.body, note.is_pinned, note.author) == (user, "Prefers the phone.", True, staff)


def test_post__username_where_the_shop_has_them(api):
    response = api.post("customers/", {"email": "a@example.com", "username": "anna"})
    if get_user_model().USERNAME_FIELD == "email":
        assert_problem(response, 400, fields=["username"])
    else:
        assert response.json()["username"] == "anna"
        assert_problem(api.post("customers/", {"email": "b@example.com", "username": "ANNA"}), 400, fields=["username"])


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"email": "ZOE@EXAMPLE.COM"}, ["email"]),
        ({"email": "no address"}, ["email"]),
        ({"email": ""}, ["email"]),
        ({"email": None}, ["email"]),
        ({"email": 5}, ["email"]),
        ({"email": "x" * 250 + "@example.com"}, ["email"]),
        ({"first_name": "x" * 300}, ["first_name"]),
        ({"first_name": "a\x00b"}, ["first_name"]),
        ({"first_name": 7}, ["first_name"]),
        ({"first_name": None}, ["first_name"]),
        ({"gender": "robot"}, ["gender"]),
        ({"gender": 1}, ["gender"]),
        ({"date_of_birth": "2001-02-30"}, ["date_of_birth"]),
        ({"date_of_birth": "2999-01-01"}, ["date_of_birth"]),
        ({"date_of_birth": 5}, ["date_of_birth"]),
        ({"phone_number": "call me"}, ["phone_number"]),
        ({"locale": "xx"}, ["locale"]),
        ({"is_active": "yes"}, ["is_active"]),
        ({"is_active": None}, ["is_active"]),
        ({"newsletter": [1, 999]}, ["newsletter"]),
        ({"newsletter": [10**30]}, ["newsletter.0"]),
        ({"newsletter": "1"}, ["newsletter"]),
        ({"newsletter": ["1"]}, ["newsletter.0"]),
        ({"account_manager": "C-999999"}, ["account_manager"]),
        ({"account_manager": "a\x00"}, ["account_manager"]),
        ({"account_manager": {}}, ["account_manager"]),
        ({"comment": "x" * 20_001}, ["comment"]),
        ({"password": "x" * 200}, ["password"]),
        ({"send_password_link": "yes"}, ["send_password_link"]),
        ({"send_password_link": True, "password": "correct horse battery"}, ["send_password_link"]),
        ({"number": "C-000007"}, ["number"]),
        ({"is_superuser": True, "is_staff": True}, ["is_superuser", "is_staff"]),
        ({"is_verified": True, "gender": "robot"}, ["is_verified", "gender"]),
        ({"total_spent": []}, ["total_spent"]),
    ],
)
def test_post__says_which_field_is_wrong(api, customer, change, fields):
    before = get_user_model().objects.count()
    response = api.post("customers/", {"email": "new@example.com", **change})
    assert_problem(response, 400, fields=fields, kind="invalid")
    assert get_user_model().objects.count() == before
    assert not CustomerNote.objects.exists()


def test_post__account_manager_must_be_staff(api, customer):
    body = {"email": "new@example.com", "account_manager": number_of(customer)}
    assert_problem(api.post("customers/", body), 400, fields=["account_manager"])


def test_post__a_comment_needs_the_right_to_add_notes(caller, staff_with):
    api = caller(staff_with("view_customer", "add_customer"))
    assert_problem(api.post("customers/", {"email": "new@example.com", "comment": "x"}), 403)
    assert not get_user_model().objects.filter(email="new@example.com").exists()
    assert api.post("customers/", {"email": "new@example.com", "comment": ""}).status_code == 201


def test_post__weak_password(api, settings):
    settings.AUTH_PASSWORD_VALIDATORS = [
        {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}}
    ]
    assert_problem(api.post("customers/", {"email": "new@example.com", "password": "short"}), 400, fields=["password"])


def test_patch__changes_what_is_named_and_nothing_else(api, customer, staff):
    before = api.get(path_of(customer)).json()
    response = api.patch(path_of(customer), {"first_name": "Emily", "company": "Haworth Ltd", "newsletter": [1]})
    assert response.status_code == 200, response.content
    changed = {"first_name": "Emily", "full_name": "Emily Brontë", "company": "Haworth Ltd", "newsletter": [1]}
    assert response.json() == {**before, **changed}
    assert api.get(path_of(customer)).json() == response.json()
    event = TimelineEvent.objects.get(kind="updated")
    assert event.actor == staff
    assert set(event.data["changes"]) == {"first_name", "company", "newsletter"}
    assert [row["number"] for row in api.every("customers/?q=haworth ltd")] == [number_of(customer)]


def test_patch__nothing_is_no_change(api, customer):
    assert api.patch(path_of(customer), {}).status_code == 200
    assert not TimelineEvent.objects.filter(kind="updated").exists()


def test_patch__default_addresses(api, customer):
    first, second = customer.addresses.order_by("pk")
    body = api.patch(path_of(customer), {"default_billing_address": second.pk, "default_shipping_address": None}).json()
    assert body["default_billing_address"]["id"] == second.pk
    assert body["default_shipping_address"] is None
    other = AddressFactory()
    for key in (other.pk, 10**12):
        response = api.patch(path_of(customer), {"default_billing_address": key})
        assert_problem(response, 400, fields=["default_billing_address"])
    for key in (str(first.pk), True, 0, 10**40):
        response = api.patch(path_of(customer), {"default_billing_address": key})
        assert_problem(response, 400, fields=["default_billing_address"])
    assert api.get(path_of(customer)).json()["default_billing_address"]["id"] == second.pk


def test_patch__account_manager_by_number(api, customer, staff):
    body = api.patch(path_of(customer), {"account_manager": number_of(staff)}).json()
    assert body["account_manager"] == number_of(staff)
    assert api.patch(path_of(customer), {"account_manager": None}).json()["account_manager"] is None
    response = api.patch(path_of(customer), {"account_manager": number_of(customer)})
    assert_problem(response, 400, fields=["account_manager"])


@pytest.mark.parametrize(
    "name",
    ["username", "password", "number", "full_name", "is_verified", "groups", "order_count", "url", "nonsense"],
)
def test_patch__refuses_what_it_does_not_change(api, customer, name):
    before = api.get(path_of(customer)).json()
    assert_problem(api.patch(path_of(customer), {name: "x", "first_name": "Emily"}), 400, fields=[name])
    assert api.get(path_of(customer)).json() == before


@pytest.mark.parametrize("rank", ["superuser", "more_rights"])
def test_patch__an_account_with_more_rights(api, caller, customer, staff_with, superuser, rank):
    target = superuser if rank == "superuser" else staff_with("delete_customernote")
    assert_problem(api.patch(path_of(target), {"first_name": "Mine"}), 403, kind="forbidden")
    assert caller(superuser).patch(path_of(target), {"first_name": "Theirs"}).status_code == 200


def test_patch__own_account_cannot_be_switched_off(api, staff):
    assert_problem(api.patch(path_of(staff), {"is_active": False}), 409, kind="conflict")


def test_patch__guest_takes_the_test_mark_only(api, guest):
    before = api.get(path_of(guest))
    response = api.patch(path_of(guest), {"is_test": True})
    assert response.json() == {**before.json(), "is_test": True, "order_count": 0, "total_spent": []}
    assert response["ETag"] != before["ETag"]
    assert api.patch(path_of(guest), {"is_test": False}).json() == before.json()
    assert_problem(api.patch(path_of(guest), {"first_name": "Ann"}), 409, kind="conflict")
    assert_problem(api.patch(path_of(guest), {"is_test": True, "company": "x"}), 409, kind="conflict")
    assert_problem(api.patch(path_of(guest), {"nonsense": 1}), 400, fields=["nonsense"])
    assert api.get(path_of(guest)).json() == before.json()


def test_etag__names_what_patch_can_change(api, customer):
    first = api.get(path_of(customer))
    assert first["ETag"] == api.get(path_of(customer))["ETag"]
    changed = api.patch(path_of(customer), {"first_name": "Emily"})
    assert changed["ETag"] != first["ETag"]
    assert changed["ETag"] == api.get(path_of(customer))["ETag"]
    # An order is no edit: it makes another answer, and no editor's version stale.
    OrderFactory(user=customer)
    assert api.get(path_of(customer))["ETag"] != changed["ETag"]
    assert api.patch(path_of(customer), {"last_name": "Bell"}, If_Match=changed["ETag"]).status_code == 200


def test_if_match__stale(api, customer):
    seen = api.get(path_of(customer))["ETag"]
    api.patch(path_of(customer), {"first_name": "Emily"})
    assert_problem(api.patch(path_of(customer), {"first_name": "Anne"}, If_Match=seen), 412, kind="stale")
    assert api.get(path_of(customer)).json()["first_name"] == "Emily"


@pytest.mark.parametrize("form", ["{}", "W/{}", '"other", {}', "*"])
def test_if_match__current(api, customer, form):
    tag = api.get(path_of(customer))["ETag"]
    response = api.patch(path_of(customer), {"first_name": "Emily"}, If_Match=form.format(tag))
    assert response.status_code == 200
    assert response["ETag"] != tag


def test_if_match__takes_the_bare_version(api, customer):
    customer = get_user_model().objects.get(pk=customer.pk)
    response = api.patch(path_of(customer), {"first_name": "Emily"}, If_Match=f'"{version_of(customer)}"')
    assert response.status_code == 200


@pytest.mark.parametrize("tag", ['"other"', "", '""', 'W/"', "nonsense", '"' + "x" * 5000 + '"'])
def test_if_match__something_else(api, customer, tag):
    assert_problem(api.patch(path_of(customer), {"first_name": "Emily"}, If_Match=tag), 412)


@pytest.mark.django_db(transaction=True)
@pytest.mark.row_locks
def test_if_match__of_several_at_once_the_first_wins(api, staff):
    customer = CustomerFactory()
    tag = api.get(path_of(customer))["ETag"]
    answers = at_once(
        *(
            partial(Caller(staff, token=True).patch, path_of(customer), {"company": f"Company {index}"}, If_Match=tag)
            for index in range(6)
        )
    )
    assert sorted(answer.status_code for answer in answers) == [200, 412, 412, 412, 412, 412]
    (won,) = (answer for answer in answers if answer.status_code == 200)
    assert api.get(path_of(customer)).json()["company"] == won.json()["company"]


def test_if_match__of_a_guest(api, guest):
    tag = api.get(path_of(guest))["ETag"]
    assert api.patch(path_of(guest), {"is_test": True}, If_Match=tag).status_code == 200
    assert_problem(api.patch(path_of(guest), {"is_test": False}, If_Match=tag), 412)


def test_profile_fields__switched_off(api, settings):
    customer = CustomerFactory(
        company="Tea & Co", date_of_birth=datetime.date(1980, 1, 1), phone_number="+442079460958"
    )
    settings.OSCAR_CUSTOMER_MGMT = {"PROFILE_FIELDS": ["gender"]}
    body = api.get(path_of(customer)).json()
    assert list(body) == FIELDS
    assert body["company"] is body["date_of_birth"] is body["phone_number"] is None
    assert body["gender"] == ""
    for name in ("company", "date_of_birth", "phone_number"):
        assert_problem(api.patch(path_of(customer), {name: ""}), 400, fields=[name])
    assert api.patch(path_of(customer), {"gender": "other"}).json()["gender"] == "other"
    assert_problem(api.get("customers/?company=tea&birth_day=1&phone=5"), 400, fields=["company", "birth_day", "phone"])
    schema = api.get("schema/").json()
    patched = schema["components"]["schemas"]["PatchedCustomerChanges"]["properties"]
    assert "gender" in patched and "company" not in patched
    listed = schema["paths"]["/api/customer-management/v1/customers/"]["get"]["parameters"]
    assert not {"company", "birth_month", "phone"} & {parameter["name"] for parameter in listed}
