"""Roles over REST."""

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from oscar.core.loading import get_model

from .conftest import assert_problem, path_of

pytestmark = [pytest.mark.everywhere, pytest.mark.django_db]

Partner = get_model("partner", "Partner")


@pytest.fixture(autouse=True)
def shop_roles(db):
    for name, codename in (("Readers", "view_customer"), ("Pointers", "delete_customernote")):
        group = Group.objects.create(name=name)
        group.permissions.add(Permission.objects.get(codename=codename, content_type__app_label="oscar_customer_mgmt"))
    Partner.objects.create(name="Pies", code="pies")


def test_roles__shown_and_stored(api, caller, superuser, customer):
    path = path_of(customer, "roles/")
    nothing = {"is_staff": False, "is_superuser": False, "is_active": True, "roles": [], "partners": []}
    assert api.get(path).json() == nothing
    body = {"is_staff": True, "is_superuser": False, "is_active": True, "roles": ["Readers"], "partners": []}
    response = api.put(path, body)
    assert response.status_code == 200, response.content
    assert response.json() == body == api.get(path).json()
    assert api.put(path, {"roles": []}).json() == {**body, "roles": []}
    everything = {**body, "is_superuser": True, "partners": ["pies"]}
    assert caller(superuser).put(path, everything).json() == everything
    assert_problem(api.put(path, {"roles": []}), 403)


def test_roles__if_match(api, customer):
    path = path_of(customer, "roles/")
    seen = api.get(path)["ETag"]
    assert api.put(path, {"is_staff": True}, if_match=seen).status_code == 200
    assert_problem(api.put(path, {"is_staff": False}, if_match=seen), 412)
    assert get_user_model().objects.get(pk=customer.pk).is_staff


@pytest.mark.parametrize("body", [{"roles": ["Pointers"]}, {"is_superuser": True}, {"partners": ["pies"]}])
def test_roles__what_one_does_not_hold(api, staff, customer, body):
    for target in (customer, staff):
        assert_problem(api.put(path_of(target, "roles/"), body), 403)
    assert not customer.groups.exists() and not customer.partners.exists()


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"roles": ["No such role"]}, ["roles"]),
        ({"roles": "Readers"}, ["roles"]),
        ({"roles": [5]}, ["roles.0"]),
        ({"partners": ["nobody"]}, ["partners"]),
        ({"is_staff": "yes"}, ["is_staff"]),
        ({"is_admin": True}, ["is_admin"]),
        ({"roles": ["\x00"]}, ["roles.0"]),
    ],
)
def test_roles__refuses(api, customer, body, fields):
    assert_problem(api.put(path_of(customer, "roles/"), body), 400, fields=fields)


def test_roles__of_a_guest_oneself_and_the_last_superuser(api, caller, guest, staff, superuser):
    assert_problem(api.get(path_of(guest, "roles/")), 409)
    assert_problem(api.put(path_of(guest, "roles/"), {}), 409)
    assert_problem(api.put(path_of(staff, "roles/"), {"is_staff": False}), 409)
    assert_problem(caller(superuser).put(path_of(superuser, "roles/"), {"is_active": False}), 409)
