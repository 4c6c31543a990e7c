"""The customer page in a browser: found, opened, edited, saved, and back with the term still there."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone

from oscar_customer_mgmt.operations import customers as operations
from oscar_customer_mgmt.operations import orders
from oscar_customer_mgmt.queries import customers as queries
from oscar_customer_mgmt.test.factories import (
    AddressFactory,
    CustomerFactory,
    CustomerNoteFactory,
    GuestOrderFactory,
    OrderFactory,
    country,
    nth_person,
)

from .conftest import DESK, PHONE

expect = pytest.importorskip("playwright.sync_api").expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

RIGHTS = ("view_customer", "add_customer", "change_customer", "view_customernote", "add_customernote")


@pytest.fixture
def staff(staff_with):
    staff = staff_with(*RIGHTS, first_name="Bea", last_name="Bell")
    staff.user_permissions.add(Permission.objects.get(codename="view_order"))
    return staff


@pytest.fixture
def carl(transactional_db):
    carl = CustomerFactory(
        first_name="Carl",
        last_name="Caller",
        email="carl@example.com",
        company="ACME Ltd",
        phone_number="+442079460958",
    )
    AddressFactory(user=carl, is_default_for_shipping=True, is_default_for_billing=True, company="ACME Ltd")
    now = timezone.now()
    for days in range(25):
        OrderFactory(user=carl, date_placed=now - timedelta(days=days), total_incl_tax=Decimal(10 + days))
    CustomerNoteFactory(customer=carl, body="Deaf in one ear: speak slowly.", is_pinned=True)
    CustomerFactory(first_name="Somebody", last_name="Else")
    return carl


def page_of(customer):
    return reverse("dashboard:user-detail", kwargs={"pk": customer.pk})


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_customer__search_open_edit_save_and_back(
    open_browser, staff, carl, width, screenshot, does_not_scroll_sideways
):
    page = open_browser(staff, width=width)
    page.goto(reverse("dashboard:users-index"))
    page.fill("#id_q", "cáller")
    page.press("#id_q", "Enter")
    page.locator(".ocm-name", has_text="Carl Caller").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Carl Caller")
    expect(page.get_by_text("Deaf in one ear")).to_be_visible()
    does_not_scroll_sideways(page)
    screenshot(page, "customer")

    page.get_by_role("link", name="Edit", exact=True).first.click()
    does_not_scroll_sideways(page)
    screenshot(page, "customer-edit")
    expect(page.get_by_label("E-mail address")).to_be_disabled()
    page.get_by_label("First name").fill("Karl")
    page.get_by_label("Date of birth").fill("1980-02-29")
    page.get_by_role("button", name="Save customer").click()

    expect(page.get_by_role("alert")).to_contain_text("was saved")
    expect(page.get_by_role("heading", level=1)).to_have_text("Karl Caller")
    expect(page.get_by_text("Feb. 29, 1980").first).to_be_visible()
    page.get_by_role("link", name="Back to customers").click()
    expect(page.locator("#id_q")).to_have_value("cáller")
    expect(page.locator(".ocm-name")).to_have_text(["Karl Caller"])


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_tabs__open_in_place_with_an_address_each(
    open_browser, staff, carl, width, screenshot, does_not_scroll_sideways
):
    page = open_browser(staff, width=width)
    page.goto(page_of(carl))
    page.evaluate("window.isTheSamePage = true")
    tabs = page.get_by_role("navigation", name="About this customer")
    for name in ("Orders", "Timeline", "Basket and wish lists", "Reviews and vouchers", "Messages"):
        tabs.get_by_role("link", name=name).click()
        expect(tabs.get_by_role("link", name=name)).to_have_attribute("aria-current", "page")
        expect(tabs.get_by_role("link", name=name)).to_be_focused()
        does_not_scroll_sideways(page)
        screenshot(page, f"customer-{name.split()[0].lower()}")
    assert page.evaluate("window.isTheSamePage")

    tabs.get_by_role("link", name="Orders").click()
    expect(page).to_have_url(re.compile(rf"{page_of(carl)}orders/$"))
    expect(page.locator(".ocm-tab tbody tr")).to_have_count(20)
    page.get_by_role("link", name="Older").click()
    expect(page.locator(".ocm-tab tbody tr")).to_have_count(5)
    page.reload()
    expect(page.locator(".ocm-tab tbody tr")).to_have_count(5)
    page.go_back()
    expect(page.locator(".ocm-tab tbody tr")).to_have_count(20)
    expect(page.get_by_role("heading", level=1)).to_have_text("Carl Caller")
    # Nothing of what the pages say is kept by the browser.
    kept = page.evaluate("JSON.stringify([Object.values(localStorage), Object.values(sessionStorage)])")
    assert "Carl" not in kept


def test_tabs__work_without_a_script(open_browser, staff, carl):
    page = open_browser(staff, java_script_enabled=False)
    page.goto(page_of(carl))
    page.get_by_role("link", name="Orders", exact=True).click()
    expect(page.locator(".ocm-tab tbody tr")).to_have_count(20)
    page.get_by_role("link", name="Older").click()
    expect(page.locator(".ocm-tab tbody tr")).to_have_count(5)
    page.locator("summary", has_text="More").click()
    expect(page.get_by_role("button", name="Send password reset")).to_be_visible()


def test_tabs__ask_for_a_log_in_when_it_is_over(open_browser, staff, carl):
    page = open_browser(staff)
    page.goto(page_of(carl))
    page.context.clear_cookies()
    page.get_by_role("link", name="Timeline").click()
    expect(page).to_have_url(re.compile(r"/dashboard/login/"))
    expect(page.locator("#id_username")).to_be_visible()


def test_number__is_copied(open_browser, staff, carl):
    page = open_browser(staff, permissions=["clipboard-read", "clipboard-write"])
    page.goto(page_of(carl))
    page.get_by_role("button", name="Copy customer number").click()
    expect(page.get_by_text("Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == carl.customer_profile.number


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_create__keeps_what_was_typed_until_it_is_right(
    open_browser, staff, carl, width, screenshot, does_not_scroll_sideways
):
    page = open_browser(staff, width=width)
    page.goto(reverse("dashboard:customer-create"))
    page.get_by_label("E-mail address").fill("CARL@example.com")
    page.get_by_label("First name").fill("Nora")
    page.get_by_label("Last name").fill("Newman")
    page.get_by_label("Phone number").fill("12")
    page.get_by_label("Comment", exact=True).fill("Knows the owner")
    page.get_by_role("button", name="Create customer").click()

    summary = page.locator("#ocm-error-summary")
    expect(summary).to_be_focused()
    does_not_scroll_sideways(page)
    screenshot(page, "customer-create-errors")
    expect(page.get_by_label("Comment", exact=True)).to_have_value("Knows the owner")
    summary.get_by_role("link", name="Phone number").click()
    expect(page.get_by_label("Phone number")).to_be_focused()
    page.keyboard.press("Control+A")
    page.keyboard.type("+44 20 7946 0958")
    # The other customer is one click away.
    expect(summary.get_by_role("link", name="Carl Caller")).to_have_attribute("href", page_of(carl))
    page.get_by_label("E-mail address").fill("nora@example.com")
    page.get_by_role("button", name="Create customer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Nora Newman")
    expect(page.get_by_text("Knows the owner")).to_be_visible()
    screenshot(page, "customer-created")


def test_edit__warns_before_what_was_typed_is_left(open_browser, staff, carl):
    page = open_browser(staff)
    page.goto(reverse("dashboard:customer-update", kwargs={"pk": carl.pk}))
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.get_by_label("First name").fill("Karl")
    page.get_by_role("link", name="Cancel").click()
    page.wait_for_timeout(300)
    assert asked == ["beforeunload"]
    expect(page.get_by_label("First name")).to_have_value("Karl")


def test_edit__on_top_of_what_somebody_else_saved(open_browser, staff, carl, superuser, screenshot):
    page = open_browser(staff)
    page.goto(reverse("dashboard:customer-update", kwargs={"pk": carl.pk}))
    operations.update(
        customer=carl, changes={"first_name": "Charles", "last_name": "Their", "is_tax_exempt": True}, by=superuser
    )
    page.get_by_label("First name").fill("Karl")
    page.get_by_label("Last name").fill("Mine")
    page.get_by_role("button", name="Save customer").click()
    expect(page.locator("#ocm-error-summary")).to_contain_text("Su Peruser")
    expect(page.get_by_label("First name")).to_have_value("Karl")
    expect(page.get_by_label("Tax exempt")).to_be_checked()
    screenshot(page, "customer-edit-stale")
    page.get_by_role("button", name="Use this for Last name").click()
    expect(page.get_by_label("Last name")).to_have_value("Their")
    page.get_by_role("button", name="Save customer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Karl Their")
    assert queries.by_key(str(carl.pk)).customer_profile.is_tax_exempt


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_addresses__add_and_delete(open_browser, staff, carl, width, screenshot, does_not_scroll_sideways):
    country("GB")
    page = open_browser(staff, width=width)
    page.goto(page_of(carl))
    page.get_by_role("link", name="Add address").first.click()
    expect(page.get_by_label("First name")).to_have_value("Carl")
    page.get_by_label("First line of address").fill("2 Side Street")
    page.get_by_label("City").fill("Leeds")
    page.get_by_label("Post/Zip-code").fill("LS1 6AA")
    page.get_by_label("Country").select_option("GB")
    page.get_by_label("Company").fill("Side Ltd")
    does_not_scroll_sideways(page)
    screenshot(page, "address-new")
    page.get_by_role("button", name="Save address").click()
    book = page.get_by_role("region", name="Addresses")
    expect(book).to_contain_text("Side Ltd")

    book.get_by_role("link", name=re.compile("Delete .*2 Side Street")).click()
    screenshot(page, "address-delete")
    page.locator(".ocm-confirm .btn").first.focus()
    expect(page.get_by_role("link", name="Cancel")).to_be_focused()
    page.get_by_role("button", name="Delete address").click()
    expect(book).not_to_contain_text("Side Ltd")


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_guest__is_corrected_and_marked_as_a_test(
    open_browser, staff, carl, width, screenshot, does_not_scroll_sideways
):
    guest = GuestOrderFactory(guest_email="Carl@example.com", person=nth_person(0))
    page = open_browser(staff, width=width)
    page.goto(reverse("dashboard:guest-detail", kwargs={"number": guest.number}))
    expect(page.get_by_role("link", name=carl.customer_profile.number)).to_be_visible()
    does_not_scroll_sideways(page)
    screenshot(page, "guest")
    page.get_by_role("link", name="Correct shipping address").click()
    page.get_by_label("First line of address").fill("99 Right Road")
    page.get_by_role("button", name="Save address").click()
    expect(page.get_by_role("region", name="Shipping address")).to_contain_text("99 Right Road")
    page.get_by_role("button", name="Mark as test order").click()
    expect(page.locator(".ocm-test-dot")).to_be_visible()
    assert orders.is_test_order(order=guest)


def test_order_page__leads_to_the_customer_and_back_to_their_orders(open_browser, staff, carl, screenshot):
    order = carl.orders.first()
    page = open_browser(staff)
    page.goto(reverse("dashboard:order-detail", kwargs={"number": order.number}))
    expect(page.get_by_text("Deaf in one ear")).to_be_visible()
    page.get_by_role("button", name="Mark as test order").click()
    expect(page.get_by_text("Test order", exact=True)).to_be_visible()
    screenshot(page, "order")
    page.get_by_role("link", name="Carl Caller").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Carl Caller")
    page.locator("summary", has_text="More").click()
    page.get_by_role("link", name="Open in the order list").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Orders of Carl Caller")
    screenshot(page, "orders-of-customer")
    page.get_by_role("link", name="Orders of everybody").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Orders")


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_page__of_hostile_words_stays_in_its_window(
    open_browser, staff, carl, width, screenshot, does_not_scroll_sideways
):
    words = "<script>alert(1)</script>" + "W" * 100
    evil = CustomerFactory(
        first_name=words, last_name="\u202eשלום 😀", company="x" * 250, email=f"{'e' * 60}@example.com"
    )
    AddressFactory(user=evil, line1="L" * 250, company="C" * 250)
    CustomerNoteFactory(customer=evil, body="n" * 10_000, is_pinned=True)
    page = open_browser(staff, width=width)
    page.on("dialog", lambda dialog: pytest.fail("a script ran"))
    for address in (page_of(evil), f"{page_of(evil)}timeline/", f"{page_of(evil)}edit/", f"{page_of(evil)}print/"):
        page.goto(address)
        does_not_scroll_sideways(page)
    page.goto(page_of(evil))
    screenshot(page, "customer-hostile")


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_print__is_a_clean_page(open_browser, staff, carl, width, screenshot, does_not_scroll_sideways):
    page = open_browser(staff, width=width)
    page.goto(reverse("dashboard:customer-print", kwargs={"pk": carl.pk}))
    does_not_scroll_sideways(page)
    screenshot(page, "customer-print")
    page.emulate_media(media="print")
    expect(page.get_by_role("button", name="Print")).to_be_hidden()
    expect(page.get_by_role("heading", level=1)).to_have_text("Carl Caller")


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_page__a_long_address_book_without_scripts(open_browser, staff, carl, screenshot, width):
    for number in range(1, 45):
        AddressFactory(user=carl, line1=f"{number} Long Street")
    page = open_browser(staff, width=width, java_script_enabled=False)
    page.goto(page_of(carl))
    book = page.locator("section[aria-labelledby=ocm-addresses]")
    expect(book.locator("address")).to_have_count(20)
    expect(book).to_contain_text("There are 45 addresses in all")
    screenshot(page, "customer-address-book")
    for left in (20, 5):
        book.get_by_role("link", name="Next").click()
        expect(book.locator("address")).to_have_count(left)
    expect(book.get_by_role("link", name="Next")).to_have_count(0)
    book.get_by_role("link", name="Previous").click()
    expect(book.locator("address")).to_have_count(20)
