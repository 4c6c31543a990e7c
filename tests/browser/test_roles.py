"""Roles are given in a browser."""

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.urls import reverse

from oscar_customer_mgmt.operations import roles
from oscar_customer_mgmt.test.factories import CustomerFactory

from .conftest import DESK, PHONE

expect = pytest.importorskip("playwright.sync_api").expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def staff(staff_with):
    return staff_with("view_customer", "change_customer", "assign_roles", "add_customer", first_name="Bea")


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_roles__from_the_page_and_back(open_browser, staff, width, screenshot, does_not_scroll_sideways):
    roles.create_roles()
    readers = Group.objects.create(name="Readers")
    readers.permissions.add(Permission.objects.get(codename="view_customer"))
    carl = CustomerFactory(first_name="Carl", last_name="Caller")
    page = open_browser(staff, width=width)
    page.goto(reverse("dashboard:user-detail", kwargs={"pk": carl.pk}))
    page.get_by_role("link", name="Roles").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Roles of Carl Caller")
    expect(page.get_by_label("Customer manager")).to_be_disabled()
    page.locator(".ocm-role", has_text="Readers").locator("summary").click()
    expect(page.locator(".ocm-role", has_text="Readers").get_by_text("Can see customers")).to_be_visible()
    page.get_by_label("Readers").check()
    does_not_scroll_sideways(page)
    screenshot(page, "roles-form")
    page.get_by_role("button", name="Save roles").click()
    expect(page.get_by_text("no effect in the dashboard")).to_be_visible()
    page.get_by_role("link", name="Roles").click()
    page.get_by_label("Staff", exact=True).check()
    screenshot(page, "roles-idle")
    page.get_by_role("button", name="Save roles").click()
    expect(page.locator(".ocm-badge-staff")).to_be_visible()
    does_not_scroll_sideways(page)
    screenshot(page, "roles-saved")
    assert get_user_model().objects.get(pk=carl.pk).groups.get() == readers
