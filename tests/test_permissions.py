"""Rights to reach pages, and rights over a particular account."""

import itertools

import pytest
from django.contrib.auth.models import AnonymousUser, Group, Permission

from oscar_customer_mgmt import permissions
from oscar_customer_mgmt.test.factories import CustomerFactory

pytestmark = [pytest.mark.django_db, pytest.mark.everywhere]


def right(name):
    app_label, codename = permissions.full_name(name).split(".")
    return Permission.objects.get(content_type__app_label=app_label, codename=codename)


def account(*rights, **fields):
    user = CustomerFactory(**fields)
    user.user_permissions.set([right(name) for name in rights])
    return type(user).objects.get(pk=user.pk)


# --- has_right


def test_has_right__needs_staff_and_every_right():
    staff = account("view_customer", "change_customer", is_staff=True)
    assert permissions.has_right(staff, "view_customer")
    assert permissions.has_right(staff, "view_customer", "oscar_customer_mgmt.change_customer")
    assert not permissions.has_right(staff, "view_customer", "add_customer")
    assert not permissions.has_right(staff, "no_such_right")


def test_has_right__is_not_a_customers_who_got_it_through_a_group():
    customer = account("view_customer")
    group = Group.objects.create(name="Regulars")
    group.permissions.add(right("change_customer"))
    customer.groups.add(group)
    assert not permissions.has_right(customer, "view_customer")
    assert not permissions.has_right(customer, "change_customer")


def test_has_right__of_superusers_and_of_nobody():
    assert permissions.has_right(CustomerFactory(is_superuser=True, is_staff=True), "view_customer", "order.view_order")
    assert not permissions.has_right(CustomerFactory(is_superuser=True), "view_customer")
    assert not permissions.has_right(
        CustomerFactory(is_superuser=True, is_staff=True, is_active=False), "view_customer"
    )
    assert not permissions.has_right(AnonymousUser(), "view_customer")
    assert not permissions.has_right(None, "view_customer")


@pytest.mark.parametrize("name", sorted(set(itertools.chain(*permissions.ROLES.values()))))
def test_roles__name_rights_that_there_are(name):
    assert right(name)


# --- can_manage


def test_can_manage__everybody_by_superusers_the_system_and_oneself():
    root = CustomerFactory(is_superuser=True, is_staff=True)
    assert permissions.can_manage(by=root, customer=CustomerFactory(is_superuser=True))
    assert permissions.can_manage(by=None, customer=root)
    assert permissions.can_manage(by=root, customer=root)


@pytest.mark.parametrize(
    ("own", "theirs", "allowed"),
    [
        ([], [], True),
        (["view_customer"], ["view_customer"], True),
        (["view_customer", "change_customer"], ["view_customer"], True),
        (["view_customer"], ["view_customer", "change_customer"], False),
        ([], ["order.view_order"], False),
        (["order.view_order"], ["order.change_order"], False),
    ],
    ids=str,
)
@pytest.mark.parametrize("is_active", [True, False])
def test_can_manage__never_one_with_more_rights(own, theirs, allowed, is_active):
    by = account(*own, is_staff=True)
    customer = account(*theirs, is_active=is_active)
    assert permissions.can_manage(by=by, customer=customer) is allowed


def test_can_manage__counts_rights_through_groups():
    group = Group.objects.create(name="More")
    group.permissions.add(right("change_customer"))
    customer = CustomerFactory()
    customer.groups.add(group)
    assert not permissions.can_manage(by=account("view_customer", is_staff=True), customer=customer)
    assert permissions.can_manage(by=account("change_customer", is_staff=True), customer=customer)


def test_can_manage__no_superuser_and_no_staff_by_customers():
    customer = CustomerFactory()
    assert not permissions.can_manage(by=account("view_customer", is_staff=True), customer=account(is_superuser=True))
    assert not permissions.can_manage(by=customer, customer=CustomerFactory(is_staff=True))
    assert permissions.can_manage(by=customer, customer=CustomerFactory())
