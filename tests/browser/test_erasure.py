"""An account is deleted in a browser: from the customer page over the warning to the receipt."""

import pytest
from django.urls import reverse

from oscar_customer_mgmt.models import CustomerProfile
from oscar_customer_mgmt.operations import notes
from oscar_customer_mgmt.test.factories import CustomerFactory, OrderFactory

from .conftest import DESK, PHONE

expect = pytest.importorskip("playwright.sync_api").expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def staff(staff_with):
    rights = ("view_customer", "change_customer", "erase_customer", "export_customers", "view_customernote")
    return staff_with(*rights, first_name="Bea", last_name="Bell")


@pytest.fixture
def carl(transactional_db, staff):
    carl = CustomerFactory(first_name="Carl", last_name="Caller", email="carl@example.com", addresses=2)
    OrderFactory(user=carl, status="Pending", paid_with="card")
    OrderFactory(user=carl, status="Complete")
    notes.add(customer=carl, body="Deaf in one ear: speak slowly.", by=staff)
    return carl


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_delete__from_the_page_to_the_receipt(open_browser, staff, carl, width, screenshot, does_not_scroll_sideways):
    page = open_browser(staff, width=width)
    page.goto(reverse("dashboard:users-index"))
    row = page.locator("tr", has_text="Carl Caller")
    row.locator("summary", has_text="More").click()
    expect(row.get_by_role("link", name="Delete account")).to_be_visible()
    does_not_scroll_sideways(page)
    screenshot(page, "erasure-list-menu")
    page.goto(reverse("dashboard:user-detail", kwargs={"pk": carl.pk}))
    page.locator(".ocm-head-actions summary", has_text="More").click()
    screenshot(page, "erasure-page-menu")
    page.get_by_role("link", name="Delete account").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("Delete account of Carl Caller")
    expect(page.get_by_text("1 order is still under way.")).to_be_visible()
    does_not_scroll_sideways(page)
    screenshot(page, "erasure-warning")
    page.get_by_role("button", name="Delete account").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("Account deleted")
    expect(page.locator("bdi", has_text="Bea Bell")).to_be_visible()
    does_not_scroll_sideways(page)
    screenshot(page, "erasure-receipt")
    assert CustomerProfile.objects.get(user=carl).erased_at is not None
    page.get_by_role("link", name="Back to customers").click()
    expect(page.locator("tr", has_text="Carl Caller")).to_have_count(0)


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_data__for_staff_and_for_the_customer(open_browser, staff, carl, width, screenshot, does_not_scroll_sideways):
    page = open_browser(staff, width=width)
    page.goto(reverse("dashboard:user-detail", kwargs={"pk": carl.pk}))
    page.locator(".ocm-head-actions summary", has_text="More").click()
    page.get_by_role("link", name="Data export").click()
    expect(page.get_by_text("Deaf in one ear")).to_be_visible()
    does_not_scroll_sideways(page)
    screenshot(page, "data-export")

    page = open_browser(carl, width=width)
    page.goto(reverse("customer:profile-view"))
    page.get_by_role("link", name="See and download").click()
    expect(page.get_by_role("heading", name="Address book", exact=True)).to_be_visible()
    expect(page.get_by_text("Deaf in one ear")).to_have_count(0)
    does_not_scroll_sideways(page)
    screenshot(page, "own-data")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download everything").click()
    assert download.value.suggested_filename.endswith(".json")
