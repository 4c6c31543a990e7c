"""The groups for staff who work with customers."""

from io import StringIO

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import CommandError, call_command

from oscar_customer_mgmt import permissions
from oscar_customer_mgmt.permissions import ROLES, full_name

pytestmark = [pytest.mark.django_db, pytest.mark.everywhere]


def run(**options):
    out, err = StringIO(), StringIO()
    call_command("create_customer_roles", stdout=out, stderr=err, **options)
    return out.getvalue(), err.getvalue()


def rights_of(name):
    rights = Group.objects.get(name=name).permissions.values_list("content_type__app_label", "codename")
    return {f"{label}.{codename}" for label, codename in rights}


def test_create_roles__gives_each_exactly_its_rights():
    out, err = run()
    assert err == ""
    assert "Customer service: made, 6 rights added." in out
    for name, codenames in ROLES.items():
        assert rights_of(name) == {full_name(codename) for codename in codenames}


def test_create_roles__lets_a_member_do_what_the_role_says(make_user):
    run()
    user = make_user(is_staff=True)
    user.groups.add(Group.objects.get(name="Customer service"))
    assert permissions.has_right(user, "view_customer", "change_customer", "order.view_order")
    assert not permissions.has_right(user, "delete_customernote")


def test_create_roles__again_keeps_what_the_shop_added_and_gives_back_what_lacks(make_user):
    run()
    group = Group.objects.get(name="Customer service")
    own = Permission.objects.get(content_type__app_label="catalogue", codename="view_product")
    lost = group.permissions.get(codename="change_customer")
    group.permissions.add(own)
    group.permissions.remove(lost)
    member = make_user()
    member.groups.add(group)
    out, _err = run()
    assert "Customer service: there already, 1 rights added." in out
    assert "catalogue.view_product" in rights_of("Customer service")
    assert full_name("change_customer") in rights_of("Customer service")
    assert list(member.groups.all()) == [group]
    assert Group.objects.filter(name__in=ROLES).count() == len(ROLES)


def test_create_roles__can_be_quiet():
    assert run(verbosity=0) == ("", "")


def test_create_roles__leaves_out_a_right_that_the_shop_does_not_have():
    Permission.objects.filter(content_type__app_label="order", codename="view_order").delete()
    _out, err = run()
    assert "this shop has no right called order.view_order" in err
    assert full_name("view_customer") in rights_of("Customer service")


def test_create_roles__asks_for_migrate_where_our_own_rights_are_missing():
    Permission.objects.filter(content_type__app_label="oscar_customer_mgmt", codename="view_customer").delete()
    with pytest.raises(CommandError, match="migrate"):
        run()
