"""Who may give which rights to whom."""

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from oscar.core.loading import get_model

from oscar_customer_mgmt.exceptions import Conflict, InvalidData, NotAllowed, NotHeld, StaleVersion
from oscar_customer_mgmt.models import DirectoryEntry, TimelineEvent
from oscar_customer_mgmt.operations import erasure, roles
from oscar_customer_mgmt.queries import roles as queries
from oscar_customer_mgmt.test.factories import CustomerFactory

pytestmark = [pytest.mark.django_db, pytest.mark.everywhere]

Partner = get_model("partner", "Partner")
OURS = "oscar_customer_mgmt"


def right(name):
    app_label, codename = name.split(".")
    return Permission.objects.get(content_type__app_label=app_label, codename=codename)


def group(name, *rights):
    made = Group.objects.create(name=name)
    made.permissions.set([right(each) for each in rights])
    return made


def fresh(user):
    return get_user_model().objects.get(pk=user.pk)


def staff(*rights):
    user = CustomerFactory(is_staff=True)
    user.user_permissions.set([right(each) for each in rights])
    return fresh(user)


@pytest.fixture
def root():
    return CustomerFactory(is_staff=True, is_superuser=True)


@pytest.fixture
def manager():
    """Holds what the role "Readers" has, and not what "Erasers" has."""
    group("Readers", f"{OURS}.view_customer")
    group("Erasers", f"{OURS}.view_customer", f"{OURS}.erase_customer")
    return staff(f"{OURS}.view_customer", f"{OURS}.assign_roles")


@pytest.fixture
def customer():
    return CustomerFactory()


def test_assign__stores_all_of_it_and_writes_it_down(customer, root, manager):
    partner = Partner.objects.create(name="Pies", code="pies")
    roles.assign(customer=customer, by=root, is_staff=True, roles=["Readers"], partners=["pies"])
    held = queries.held(fresh(customer))
    assert held == {
        "is_staff": True,
        "is_superuser": False,
        "is_active": True,
        "roles": ["Readers"],
        "partners": ["pies"],
    }
    assert partner.users.get() == customer
    event = TimelineEvent.objects.get(customer=customer, kind="roles_changed")
    assert event.actor == root
    assert event.data["changes"] == {
        "is_staff": [False, True],
        "roles": [[], ["Readers"]],
        "partners": [[], ["pies"]],
    }
    assert DirectoryEntry.objects.get(user=customer).is_staff
    roles.assign(customer=customer, by=root, is_staff=True, roles=["Readers"], partners=["pies"])
    assert TimelineEvent.objects.filter(kind="roles_changed").count() == 1
    # What is left out stays.
    roles.assign(customer=customer, by=root, roles=[])
    assert queries.held(fresh(customer))["partners"] == ["pies"]


def test_assign__a_role_whose_rights_one_holds(customer, manager):
    roles.assign(customer=customer, by=manager, is_staff=True, roles=["Readers"])
    assert fresh(customer).has_perm(f"{OURS}.view_customer")
    roles.assign(customer=customer, by=manager, roles=[], is_staff=False)
    assert queries.held(fresh(customer))["roles"] == []


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"roles": ["Erasers"]}, "roles"),
        ({"roles": ["Readers", "Erasers"], "is_staff": True}, "roles"),
        ({"is_superuser": True}, "is_superuser"),
        ({"partners": ["pies"]}, "partners"),
    ],
)
def test_assign__hands_out_nothing_that_one_does_not_hold(customer, manager, values, field):
    Partner.objects.create(name="Pies", code="pies")
    for target in (customer, manager):
        before = queries.held(fresh(target))
        with pytest.raises(NotHeld) as caught:
            roles.assign(customer=target, by=manager, **values)
        assert caught.value.field == field
        assert queries.held(fresh(target)) == before
    assert not TimelineEvent.objects.filter(kind="roles_changed").exists()


def test_assign__touches_no_account_with_rights_that_one_lacks(manager, root):
    eraser = staff(f"{OURS}.erase_customer")
    sleeper = staff(f"{OURS}.erase_customer")
    sleeper.is_active = False
    sleeper.save()
    for target in (root, eraser, sleeper):
        for values in ({"is_active": True}, {"is_staff": False}, {"roles": []}, {"partners": []}):
            with pytest.raises(NotAllowed):
                roles.assign(customer=target, by=manager, **values)


def test_assign__not_by_somebody_who_is_no_staff(customer):
    by = CustomerFactory()
    by.user_permissions.add(right(f"{OURS}.assign_roles"))
    with pytest.raises(NotAllowed):
        roles.assign(customer=customer, by=fresh(by), is_staff=True)


def test_assign__membership_of_a_partner_gives_and_takes_the_right(customer, root):
    for code in ("pies", "cakes"):
        Partner.objects.create(name=code.title(), code=code)
    by = staff(f"{OURS}.assign_roles", queries.PARTNER_RIGHT)
    roles.assign(customer=customer, by=by, partners=["pies", "cakes"])
    assert fresh(customer).has_perm(queries.PARTNER_RIGHT)
    roles.assign(customer=customer, by=by, partners=["pies"])
    assert fresh(customer).has_perm(queries.PARTNER_RIGHT)
    roles.assign(customer=customer, by=by, partners=[])
    assert not fresh(customer).has_perm(queries.PARTNER_RIGHT)
    # Staff need no such right; without the flag they do.
    roles.assign(customer=customer, by=root, is_staff=True, partners=["pies"])
    assert not fresh(customer).has_perm(queries.PARTNER_RIGHT)
    roles.assign(customer=customer, by=root, is_staff=False)
    assert fresh(customer).has_perm(queries.PARTNER_RIGHT)


def test_assign__nobody_locks_themselves_out(root, manager):
    CustomerFactory(is_staff=True, is_superuser=True)
    for by, values in (
        (root, {"is_superuser": False}),
        (root, {"is_staff": False}),
        (manager, {"is_staff": False}),
        (manager, {"is_active": False}),
    ):
        with pytest.raises(Conflict):
            roles.assign(customer=by, by=by, **values)


@pytest.mark.parametrize("values", [{"is_superuser": False}, {"is_active": False}])
def test_assign__the_last_superuser_stays(root, values):
    with pytest.raises(Conflict):
        roles.assign(customer=root, by=None, **values)
    other = CustomerFactory(is_staff=True, is_superuser=True)
    roles.assign(customer=root, by=other, **values)
    with pytest.raises(Conflict):
        roles.assign(customer=other, by=None, **values)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"roles": ["No such role"]}, "roles"),
        ({"roles": ["readers"]}, "roles"),
        ({"roles": ["Readers "]}, "roles"),
        ({"roles": ["\x00"]}, "roles"),
        ({"partners": ["nobody"]}, "partners"),
    ],
)
def test_assign__what_there_is_not(customer, root, manager, values, field):
    with pytest.raises(InvalidData) as caught:
        roles.assign(customer=customer, by=root, is_staff=True, **values)
    assert list(caught.value.errors) == [field]
    assert not fresh(customer).is_staff


def test_assign__of_a_stale_page_and_of_an_erased_account(customer, root):
    seen = queries.version_of(customer)
    roles.assign(customer=customer, by=root, is_staff=True, expected_version=seen)
    with pytest.raises(StaleVersion):
        roles.assign(customer=customer, by=root, is_staff=False, expected_version=seen)
    erasure.erase(customer=customer, by=root)
    with pytest.raises(Conflict):
        roles.assign(customer=customer, by=root, is_staff=True)


def test_roles_for__says_which_are_open(customer, manager, django_assert_num_queries):
    customer.groups.add(Group.objects.get(name="Readers"))
    manager.get_all_permissions()
    with django_assert_num_queries(4):
        found = {role.group.name: role for role in queries.roles_for(viewer=manager, customer=customer)}
    assert (found["Readers"].is_held, found["Readers"].is_open) == (True, True)
    assert (found["Erasers"].is_held, found["Erasers"].is_open) == (False, False)
    assert found["Readers"].rights == ["Can see customers"]


def test_assign__by_somebody_who_lost_the_right_a_moment_ago(customer, root):
    other = CustomerFactory(is_staff=True, is_superuser=True)
    stale = get_user_model().objects.get(pk=other.pk)
    roles.assign(customer=other, by=root, is_superuser=False)
    with pytest.raises(NotHeld):
        roles.assign(customer=customer, by=stale, is_superuser=True)
    roles.assign(customer=other, by=root, is_active=False)
    with pytest.raises(NotAllowed):
        roles.assign(customer=customer, by=stale, is_staff=True)


def test_assign__leaves_a_right_that_came_from_elsewhere(root):
    clerk = staff(queries.PARTNER_RIGHT)
    roles.assign(customer=clerk, by=root, is_staff=False)
    assert fresh(clerk).has_perm(queries.PARTNER_RIGHT)


@pytest.mark.project("plain", "uuid_user", "forked")
def test_assign__deactivation_ends_tokens(customer, root):
    tokens = apps.get_model("authtoken", "Token").objects
    tokens.create(user=customer)
    roles.assign(customer=customer, by=root, is_active=False)
    assert not tokens.exists()
