"""``saved-filters/``: filters of the list under a name."""

import pytest
from django.contrib.auth.models import Group

from oscar_customer_mgmt.models import SavedFilter
from oscar_customer_mgmt.operations import saved_filters
from oscar_customer_mgmt.queries import directory
from oscar_customer_mgmt.test.factories import CustomerFactory

from .conftest import assert_problem, number_of

URL = "saved-filters/"
GUESTS = {"name": "Guests", "parameters": {"status": "guest"}}


def test_post__and_read_again(api, staff):
    response = api.post(URL, {**GUESTS, "is_shared": True})
    assert response.status_code == 201
    body = response.json()
    assert list(body) == ["id", "name", "parameters", "is_shared", "is_own", "created_at"]
    assert (body["name"], body["parameters"]) == ("Guests", {"status": "guest"})
    assert body["is_shared"] is body["is_own"] is True
    assert api.get(response["Location"]).json() == body
    assert api.every(URL) == [body]
    assert SavedFilter.objects.get().owner == staff


def test_post__values_become_text(api):
    parameters = {"verified": False, "order_count_min": 2, "q": "tea"}
    body = api.post(URL, {"name": "x", "parameters": parameters}).json()
    assert body["parameters"] == {"verified": "false", "order_count_min": "2", "q": "tea"}


def test_post__people_and_roles_are_stored_as_the_dashboard_reads_them(api, staff):
    role = Group.objects.create(name="Support")
    parameters = {"account_manager": number_of(staff), "role": "Support"}
    body = api.post(URL, {"name": "Mine", "parameters": parameters}).json()
    assert body["parameters"] == parameters
    stored = SavedFilter.objects.get().parameters
    assert stored == {"account_manager": str(staff.pk), "role": str(role.pk)}
    assert directory.DirectoryFilter(data=stored, queryset=directory.entries()).is_valid()
    mine = CustomerFactory(account_manager=staff)
    query = f"account_manager={body['parameters']['account_manager']}"
    assert [row["number"] for row in api.every(f"customers/?{query}")] == [number_of(mine)]


def test_get__what_is_gone_is_left_out(api, staff):
    saved_filters.save(owner=staff, name="Old", parameters={"role": "77", "created_by": "nobody", "status": "guest"})
    assert api.every(URL)[0]["parameters"] == {"status": "guest"}


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"name": ""}, ["name"]),
        ({"name": "x" * 101}, ["name"]),
        ({"name": "a\x00"}, ["name"]),
        ({"parameters": {"stauts": "guest"}}, ["parameters.stauts"]),
        ({"parameters": {"ordering": "name"}}, ["parameters.ordering"]),
        ({"parameters": {"status": "neither"}}, ["parameters.status"]),
        ({"parameters": {"verified": "maybe"}}, ["parameters.verified"]),
        ({"parameters": {"q": ["a", "b"]}}, ["parameters.q"]),
        ({"parameters": {"q": None}}, ["parameters.q"]),
        ({"parameters": {"q": "\x00"}}, ["parameters.q"]),
        ({"parameters": {"total_spent_min": 10**400}}, ["parameters.total_spent_min"]),
        ({"parameters": "status=guest"}, ["parameters"]),
        ({"is_shared": "yes"}, ["is_shared"]),
        ({"owner": 1, "id": 5}, ["owner", "id"]),
    ],
)
def test_post__refuses(api, change, fields):
    assert_problem(api.post(URL, {**GUESTS, **change}), 400, fields=fields)
    assert not SavedFilter.objects.exists()


def test_post__a_name_once_whatever_the_case(api, caller, staff_with):
    api.post(URL, GUESTS)
    assert_problem(api.post(URL, {**GUESTS, "name": " guests "}), 400, fields=["name"])
    assert caller(staff_with("view_customer")).post(URL, GUESTS).status_code == 201


def test_patch__changes_what_is_named(api, staff):
    before = api.post(URL, GUESTS).json()
    path = f"{URL}{before['id']}/"
    assert api.patch(path, {"name": "All guests"}).json() == {**before, "name": "All guests"}
    assert api.patch(path, {"parameters": {}}).json() == {**before, "name": "All guests", "parameters": {}}
    assert api.patch(path, {"is_shared": True}).json()["is_shared"] is True
    assert_problem(api.patch(path, {"is_own": False}), 400, fields=["is_own"])


def test_delete__forgets(api):
    path = f"{URL}{api.post(URL, GUESTS).json()['id']}/"
    assert api.delete(path).status_code == 204
    assert_problem(api.get(path), 404)


def test_get__own_and_shared_ones_in_pages(api, staff_with, staff):
    colleague = staff_with("view_customer")
    for index in range(3):
        saved_filters.save(owner=staff, name=f"Mine {index}", parameters={"account_manager": str(staff.pk)})
        saved_filters.save(owner=colleague, name=f"Private {index}", parameters={})
    saved_filters.save(owner=colleague, name="Shared", parameters={}, is_shared=True)
    found = api.every(f"{URL}?page_size=2")
    assert [saved["name"] for saved in found] == ["Mine 0", "Mine 1", "Mine 2", "Shared"]


def test_etag__is_the_version_for_if_match(api):
    made = api.post(URL, GUESTS)
    path = f"{URL}{made.json()['id']}/"
    assert made["ETag"] == api.get(path)["ETag"]
    changed = api.patch(path, {"name": "All guests"}, If_Match=made["ETag"])
    assert changed.status_code == 200
    assert changed["ETag"] == api.get(path)["ETag"] != made["ETag"]
    assert_problem(api.patch(path, {"name": "Few guests"}, If_Match=made["ETag"]), 412, kind="stale")
    assert_problem(api.delete(path, If_Match=made["ETag"]), 412, kind="stale")
    assert api.get(path).json()["name"] == "All guests"
    assert api.delete(path, If_Match=f"W/{changed['ETag']}").status_code == 204
