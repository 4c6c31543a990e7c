"""Who may call what: every endpoint as nobody, as a customer, as staff without the right, and with it."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import get_resolver

from oscar_customer_mgmt.api.urls import version_1
from oscar_customer_mgmt.models import SavedFilter
from oscar_customer_mgmt.operations import access, saved_filters
from oscar_customer_mgmt.test.factories import AddressFactory, CustomerFactory, country

from .conftest import ALL_RIGHTS, BASE, assert_problem, path_of

VIEW = ("view_customer",)
ADD = ("add_customer",)
CHANGE = ("view_customer", "change_customer")
EXPORT = ("view_customer", "export_customers")
SET_PASSWORD = ("view_customer", "set_password")
CHANGE_EMAIL = ("view_customer", "change_customer", "change_customer_email")
DENY = ("view_customer", "deny_customer")
ROLES = ("view_customer", "assign_roles")
ERASE = ("view_customer", "erase_customer")

#: Method, path, body, the rights that suffice, and what is answered then.
REQUESTS = [
    ("GET", "customers/", None, VIEW, 200),
    ("POST", "customers/", {"email": "new@example.com"}, ADD, 201),
    ("GET", "{customer}", None, VIEW, 200),
    ("HEAD", "{customer}", None, VIEW, 200),
    ("PATCH", "{customer}", {"first_name": "Emily"}, CHANGE, 200),
    ("PATCH", "{customer}", {"email": "emily@example.com"}, CHANGE_EMAIL, 200),
    ("DELETE", "{customer}", None, ERASE, 204),
    ("POST", "{customer}verify/", {}, CHANGE, 200),
    ("POST", "{new}send-verification/", {}, CHANGE, 200),
    ("POST", "{customer}send-password-link/", {}, CHANGE, 200),
    ("POST", "{customer}set-password/", {"password": "battery-staple-9"}, SET_PASSWORD, 200),
    ("GET", "{customer}roles/", None, ROLES, 200),
    ("PUT", "{customer}roles/", {"is_active": False}, ROLES, 200),
    ("POST", "{customer}deny/", {"reason": "Fraud"}, DENY, 200),
    ("POST", "{customer}allow/", {}, DENY, 200),
    ("GET", "denied-emails/", None, DENY, 200),
    ("POST", "denied-emails/", {"email": "new@example.com", "reason": "Fraud"}, DENY, 201),
    ("GET", "{denied}", None, DENY, 200),
    ("DELETE", "{denied}", None, DENY, 204),
    ("GET", "{guest}", None, VIEW, 200),
    ("PATCH", "{guest}", {"is_test": True}, CHANGE, 200),
    ("GET", "{customer}addresses/", None, VIEW, 200),
    ("POST", "{customer}addresses/", {"line1": "1 Street", "postcode": "LS1 6AA", "country": "GB"}, CHANGE, 201),
    ("GET", "{address}", None, VIEW, 200),
    ("PATCH", "{address}", {"line1": "1 Street"}, CHANGE, 200),
    ("DELETE", "{address}", None, CHANGE, 204),
    ("GET", "{customer}orders/", None, VIEW, 200),
    ("GET", "{customer}orders-summary/", None, VIEW, 200),
    ("GET", "{customer}basket/", None, VIEW, 200),
    ("GET", "{customer}wishlists/", None, VIEW, 200),
    ("GET", "{customer}stock-alerts/", None, VIEW, 200),
    ("GET", "{customer}timeline/", None, VIEW, 200),
    ("GET", "{guest}timeline/", None, VIEW, 200),
    ("GET", "{customer}data-export/", None, EXPORT, 200),
    ("PUT", "{order}", None, CHANGE, 200),
    ("DELETE", "{order}", None, CHANGE, 204),
    ("GET", "saved-filters/", None, VIEW, 200),
    ("POST", "saved-filters/", {"name": "Guests", "parameters": {"status": "guest"}}, VIEW, 201),
    ("GET", "{filter}", None, VIEW, 200),
    ("GET", "schema/", None, (), 200),
    ("GET", "docs/", None, (), 200),
]
IDS = [f"{method} {path}" for method, path, *_rest in REQUESTS]


@pytest.fixture
def fill(customer, guest, order, superuser):
    """Return a function that fills the names in a path."""
    country("GB")
    new = CustomerFactory(must_verify=True)
    saved = saved_filters.save(owner=superuser, name="Shared", parameters={}, is_shared=True)

    denied = access.deny_email(email="debtor@example.com", reason="Fraud", by=superuser)

    def fill(path):
        address = customer.addresses.order_by("pk").first()
        return path.format(
            customer=path_of(customer),
            guest=path_of(guest),
            new=path_of(new),
            order=f"orders/{order.number}/test-mark/",
            address=path_of(customer, f"addresses/{address.pk}/"),
            denied=f"denied-emails/{denied.pk}/",
            filter=f"saved-filters/{saved.pk}/",
        )

    return fill


def test_requests__leave_no_endpoint_out(fill):
    """Each route of the API stands in ``REQUESTS``, with each of its methods."""
    tried = {(get_resolver().resolve("/" + (BASE + fill(path)).lstrip("/")).view_name, m) for m, path, *_ in REQUESTS}
    present = {
        (f"customer-mgmt-api:{route.name}", method)
        for route in version_1
        for method in route.callback.cls().allowed_methods
        if route.name not in ("not-found", "me") and method != "HEAD"
    }
    elsewhere = {("customer-mgmt-api:saved-filter-detail", method) for method in ("PATCH", "DELETE")}
    assert present - tried == elsewhere


@pytest.mark.parametrize(("method", "path", "body", "rights", "status"), REQUESTS, ids=IDS)
def test_access__nobody(caller, fill, method, path, body, rights, status):
    response = caller().send(method, fill(path), body)
    assert response.status_code == 401
    assert response["WWW-Authenticate"] == "Token"
    if method != "HEAD":
        assert_problem(response, 401, kind="not-authenticated")


@pytest.mark.parametrize("by_token", [True, False])
@pytest.mark.parametrize(("method", "path", "body", "rights", "status"), REQUESTS, ids=IDS)
def test_access__customer(caller, fill, customer, method, path, body, rights, status, by_token):
    response = caller(customer, token=by_token).send(method, fill(path), body)
    assert response.status_code == 403
    assert response["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(("method", "path", "body", "rights", "status"), REQUESTS, ids=IDS)
def test_access__customer_with_the_right_but_not_staff(caller, fill, staff_with, method, path, body, rights, status):
    user = staff_with(*rights)
    user.is_staff = False
    user.save()
    assert caller(user).send(method, fill(path), body).status_code == 403


@pytest.mark.parametrize(
    ("method", "path", "body", "rights", "status"),
    [request for request in REQUESTS if request[3]],
    ids=[id_ for id_, request in zip(IDS, REQUESTS, strict=True) if request[3]],
)
def test_access__staff_without_one_of_the_rights(caller, fill, staff_with, method, path, body, rights, status):
    every = set(ALL_RIGHTS)
    for missing in rights:
        response = caller(staff_with(*every - {missing})).send(method, fill(path), body)
        assert response.status_code == 403, missing


@pytest.mark.parametrize("by_token", [True, False])
@pytest.mark.parametrize(("method", "path", "body", "rights", "status"), REQUESTS, ids=IDS)
def test_access__staff_with_the_right(caller, fill, staff_with, method, path, body, rights, status, by_token):
    response = caller(staff_with(*rights), token=by_token).send(method, fill(path), body)
    assert response.status_code == status, response.content.decode()
    assert "no-store" in response["Cache-Control"] and "private" in response["Cache-Control"]


@pytest.mark.parametrize(("method", "path", "body", "rights", "status"), REQUESTS, ids=IDS)
def test_access__inactive_staff(caller, fill, staff_with, method, path, body, rights, status):
    user = staff_with(*rights)
    by_session, by_token = caller(user), caller(user, token=True)
    user.is_active = False
    user.save()
    assert by_session.send(method, fill(path), body).status_code == 401
    assert by_token.send(method, fill(path), body).status_code == 401


def test_access__a_right_by_group_counts(caller, staff_with, customer):
    user = staff_with()
    group = Group.objects.create(name="Support")
    group.permissions.add(Permission.objects.get(codename="view_customer"))
    user.groups.add(group)
    assert caller(user).get(path_of(customer)).status_code == 200


def test_saved_filters__of_a_colleague(caller, staff_with, superuser):
    owner, colleague = staff_with(*VIEW), staff_with(*VIEW)
    private = saved_filters.save(owner=owner, name="Mine", parameters={})
    shared = saved_filters.save(owner=owner, name="Ours", parameters={}, is_shared=True)
    api = caller(colleague)
    for method, body in [("GET", None), ("PATCH", {"name": "x"}), ("DELETE", None)]:
        assert_problem(api.send(method, f"saved-filters/{private.pk}/", body), 404)
    assert api.get(f"saved-filters/{shared.pk}/").json()["is_own"] is False
    assert_problem(api.patch(f"saved-filters/{shared.pk}/", {"name": "x"}), 403)
    assert_problem(api.delete(f"saved-filters/{shared.pk}/"), 403)
    assert SavedFilter.objects.filter(name="Ours").exists()
    assert caller(superuser).delete(f"saved-filters/{shared.pk}/").status_code == 204


def test_address__of_another_customer(api, customer):
    other = CustomerFactory(addresses=1)
    path = path_of(customer, f"addresses/{other.addresses.get().pk}/")
    for method, body in [("GET", None), ("PATCH", {"line1": "Mine now"}), ("DELETE", None)]:
        assert_problem(api.send(method, path, body), 404)
    assert other.addresses.get().line1 != "Mine now"


def test_address__of_an_account_with_more_rights(api, staff_with):
    superior = staff_with("delete_customernote")
    country("GB")
    body = {"line1": "1 Street", "postcode": "LS1 6AA", "country": "GB"}
    assert_problem(api.post(path_of(superior, "addresses/"), body), 403)
    address = AddressFactory(user=superior)
    assert_problem(api.patch(path_of(superior, f"addresses/{address.pk}/"), {"line2": "x"}), 403)
    assert_problem(api.delete(path_of(superior, f"addresses/{address.pk}/")), 403)
    assert superior.addresses.get().line2 == ""


GUEST_HAS_NONE = [
    "addresses/",
    "addresses/1/",
    "orders/",
    "orders-summary/",
    "basket/",
    "wishlists/",
    "stock-alerts/",
    "data-export/",
]


@pytest.mark.parametrize("rest", GUEST_HAS_NONE)
def test_guest__has_none_of_it(api, guest, rest):
    assert_problem(api.get(path_of(guest, rest)), 409, kind="conflict")


def test_guest__no_address_can_be_added(api, guest):
    assert_problem(api.post(path_of(guest, "addresses/"), {"line1": "x", "country": "GB"}), 409, kind="conflict")


@pytest.mark.parametrize("rest", [*GUEST_HAS_NONE, "timeline/"])
def test_unknown_customer__has_nothing(api, rest):
    assert_problem(api.get(f"customers/C-999999/{rest}"), 404)
