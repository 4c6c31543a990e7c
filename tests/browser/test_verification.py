"""An account is made, its link sent, opened and used; an address changes: all in a browser."""

import pytest
from django.core import mail
from django.urls import reverse

from oscar_customer_mgmt.models import CustomerProfile
from oscar_customer_mgmt.operations import email_changes, verification
from oscar_customer_mgmt.test.factories import CustomerFactory
from tests.mailed import link

from .conftest import DESK, PHONE

expect = pytest.importorskip("playwright.sync_api").expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASSWORD = "battery-staple-9"
RIGHTS = ("view_customer", "add_customer", "change_customer", "change_customer_email", "set_password")


@pytest.fixture
def staff(transactional_db, staff_with):
    return staff_with(*RIGHTS, first_name="Bea", last_name="Bell")


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_new_customer__from_the_form_to_the_first_log_in(
    open_browser, staff, width, screenshot, does_not_scroll_sideways
):
    page = open_browser(staff, width=width)
    page.goto(reverse("dashboard:customer-create"))
    page.get_by_label("E-mail address").fill("nora@example.com")
    page.get_by_label("First name").fill("Nora")
    page.get_by_label("Last name").fill("Newcome")
    expect(page.get_by_label("Send a link")).to_be_checked()
    screenshot(page, "verification-create")
    page.get_by_role("button", name="Create customer").click()
    expect(page.get_by_text("A link to confirm the account was sent to nora@example.com.")).to_be_visible()
    page.locator(".ocm-head-actions summary", has_text="More").click()
    expect(page.get_by_role("button", name="Send confirmation link")).to_be_visible()
    screenshot(page, "verification-page-menu")
    does_not_scroll_sideways(page)

    shop = open_browser(width=width)
    shop.goto(link(mail.outbox[0]))
    assert link(mail.outbox[0]) not in shop.url
    expect(shop.get_by_role("heading", level=1)).to_contain_text("Confirm my account")
    does_not_scroll_sideways(shop)
    screenshot(shop, "verification-link")
    shop.locator("[name=new_password1]").fill(PASSWORD)
    shop.locator("[name=new_password2]").fill(PASSWORD)
    shop.get_by_role("button", name="Confirm my account").click()
    expect(shop.get_by_text("Your account is confirmed.")).to_be_visible()
    shop.locator("[name=login-username]").fill("nora@example.com")
    shop.locator("[name=login-password]").fill(PASSWORD)
    shop.get_by_role("button", name="Log In").click()
    expect(shop.get_by_text("Welcome back")).to_be_visible()

    again = open_browser(width=width)
    again.goto(link(mail.outbox[0]))
    expect(again.get_by_role("heading", level=1)).to_contain_text("confirmed already")
    screenshot(again, "verification-link-used")


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_log_in__before_confirming(open_browser, staff, width, screenshot, does_not_scroll_sideways):
    CustomerFactory(email="nora@example.com", password=PASSWORD, must_verify=True)
    shop = open_browser(width=width)
    shop.goto(reverse("customer:login"))
    shop.locator("[name=login-username]").fill("nora@example.com")
    shop.locator("[name=login-password]").fill(PASSWORD)
    shop.get_by_role("button", name="Log In").click()
    expect(shop.get_by_role("heading", level=1)).to_contain_text("Confirm your account first")
    does_not_scroll_sideways(shop)
    screenshot(shop, "verification-login")
    shop.get_by_role("button", name="Send me a new link").click()
    expect(shop.get_by_text("a link is on its way")).to_be_visible()
    assert mail.outbox[0].to == ["nora@example.com"]
    shop.goto("/accounts/confirm/broken/")
    expect(shop.get_by_role("button", name="Send me a new link")).to_be_visible()
    does_not_scroll_sideways(shop)
    screenshot(shop, "verification-link-broken")


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_address_and_password(open_browser, staff, width, screenshot, does_not_scroll_sideways):
    carl = CustomerFactory(first_name="Carl", last_name="Caller", email="carl@example.com", must_verify=True)
    verification.send(customer=carl, by=staff)
    mail.outbox.clear()
    page = open_browser(staff, width=width)
    page.goto(reverse("dashboard:customer-update", kwargs={"pk": carl.pk}))
    page.get_by_label("E-mail address").fill("carl.new@example.com")
    page.get_by_role("button", name="Save customer").click()
    expect(page.get_by_text("changes when carl.new@example.com is confirmed")).to_be_visible()
    expect(page.get_by_role("button", name="Cancel this change")).to_be_visible()
    does_not_scroll_sideways(page)
    screenshot(page, "email-change-page")
    page.goto(reverse("dashboard:customer-update", kwargs={"pk": carl.pk}))
    does_not_scroll_sideways(page)
    screenshot(page, "email-change-form")

    shop = open_browser(width=width)
    shop.goto(link(mail.outbox[0]))
    expect(shop.locator("bdi", has_text="carl.new@example.com")).to_be_visible()
    does_not_scroll_sideways(shop)
    screenshot(shop, "email-change-link")
    shop.get_by_role("button", name="Confirm this address").click()
    expect(shop.get_by_text("Your e-mail address is now carl.new@example.com")).to_be_visible()
    assert CustomerProfile.objects.get(user=carl).verified_at is not None

    page.goto(reverse("dashboard:user-detail", kwargs={"pk": carl.pk}))
    screenshot(page, "email-changed-page")
    page.locator(".ocm-head-actions summary", has_text="More").click()
    page.get_by_role("link", name="Set password").click()
    screenshot(page, "set-password")
    does_not_scroll_sideways(page)
    page.get_by_label("New password", exact=False).first.fill(PASSWORD)
    page.get_by_label("New password again").fill(PASSWORD)
    page.get_by_role("button", name="Set password").click()
    expect(page.get_by_text("The password was set.")).to_be_visible()
    carl.refresh_from_db()
    assert carl.check_password(PASSWORD)


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_address__dead_link(open_browser, staff, width, screenshot, does_not_scroll_sideways):
    carl = CustomerFactory(first_name="Carl", email="carl@example.com")
    email_changes.request(customer=carl, new_email="carl.new@example.com", by=staff)
    email_changes.cancel(customer=carl, by=staff)
    shop = open_browser(width=width)
    shop.goto(link(mail.outbox[0]))
    expect(shop.get_by_role("heading", level=1)).to_contain_text("does not work")
    does_not_scroll_sideways(shop)
    screenshot(shop, "email-change-dead")
