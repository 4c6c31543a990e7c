"""A customer is denied in a browser, reads why, and is allowed again; a guest's address is denied."""

import pytest
from django.urls import reverse

from oscar_customer_mgmt.models import CustomerProfile, DeniedEmail
from oscar_customer_mgmt.test.factories import CustomerFactory, GuestOrderFactory

from .conftest import DESK, PHONE

expect = pytest.importorskip("playwright.sync_api").expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASSWORD = "correct-horse"


@pytest.fixture
def staff(staff_with):
    return staff_with("view_customer", "change_customer", "deny_customer", first_name="Bea", last_name="Bell")


@pytest.fixture
def carl(transactional_db):
    return CustomerFactory(first_name="Carl", last_name="Caller", email="carl@example.com", password=PASSWORD)


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_deny__from_the_page_to_the_log_in_and_back(
    open_browser, staff, carl, width, screenshot, does_not_scroll_sideways
):
    shop = open_browser(carl, width=width)
    shop.goto(reverse("customer:profile-view"))
    page = open_browser(staff, width=width)
    page.goto(reverse("dashboard:user-detail", kwargs={"pk": carl.pk}))
    page.locator(".ocm-head-actions summary", has_text="More").click()
    page.get_by_role("link", name="Deny").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Deny Carl Caller")
    page.get_by_role("button", name="Deny").click()
    expect(page.get_by_role("alert")).to_contain_text("required")
    does_not_scroll_sideways(page)
    screenshot(page, "deny-error")
    page.get_by_label("Reason").fill("Three chargebacks in a month.")
    page.get_by_label("Until").fill("2035-01-31T12:00")
    page.get_by_label("Words for the customer").fill("Please ring our accounts department.")
    screenshot(page, "deny-form")
    page.get_by_role("button", name="Deny").click()
    expect(page.locator(".ocm-denial")).to_contain_text("Three chargebacks in a month.")
    does_not_scroll_sideways(page)
    screenshot(page, "denied-page")
    page.goto(reverse("dashboard:users-index") + "?denied=true")
    expect(page.locator("tr", has_text="Carl Caller").locator(".ocm-badge-denied")).to_be_visible()
    does_not_scroll_sideways(page)
    screenshot(page, "denied-list")

    # The customer clicks on, and logs in again.
    shop.goto(reverse("customer:profile-view"))
    expect(shop.get_by_text("Please ring our accounts department.")).to_be_visible()
    screenshot(shop, "denied-session")
    shop.locator("#id_login-username").fill("carl@example.com")
    shop.locator("#id_login-password").fill(PASSWORD)
    shop.get_by_role("button", name="Log In").click()
    expect(shop.get_by_role("heading", name="You cannot log in")).to_be_visible()
    does_not_scroll_sideways(shop)
    screenshot(shop, "denied-login")

    page.goto(reverse("dashboard:user-detail", kwargs={"pk": carl.pk}))
    page.get_by_role("button", name="Allow again").click()
    expect(page.get_by_text("The customer is allowed again.")).to_be_visible()
    assert not CustomerProfile.objects.get(user=carl).is_denied


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_deny_email__from_the_page_of_a_guest(open_browser, staff, width, screenshot, does_not_scroll_sideways):
    order = GuestOrderFactory(guest_email="gus@example.com")
    page = open_browser(staff, width=width)
    page.goto(reverse("dashboard:guest-detail", kwargs={"number": order.number}))
    page.get_by_role("link", name="Deny e-mail address").click()
    expect(page.get_by_role("textbox", name="E-mail address")).to_have_value("gus@example.com")
    page.get_by_label("Reason").fill("Never paid.")
    does_not_scroll_sideways(page)
    screenshot(page, "deny-email-form")
    page.get_by_role("button", name="Deny").click()
    expect(page.locator("tr", has_text="gus@example.com")).to_be_visible()
    does_not_scroll_sideways(page)
    screenshot(page, "denied-emails")
    page.goto(reverse("dashboard:guest-detail", kwargs={"number": order.number}))
    expect(page.get_by_text("Orders from this e-mail address are refused")).to_be_visible()
    does_not_scroll_sideways(page)
    screenshot(page, "denied-guest")
    page.get_by_role("link", name="Allow again").click()
    screenshot(page, "allow-email")
    page.get_by_role("button", name="Allow again").click()
    expect(page.get_by_text("No address is denied.")).to_be_visible()
    assert not DeniedEmail.objects.exists()
