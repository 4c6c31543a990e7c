"""The customer list in a browser: what a rep does with a caller on the line."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from oscar_customer_mgmt.models import DirectoryPreference, SavedFilter
from oscar_customer_mgmt.queries import directory
from oscar_customer_mgmt.test.factories import CustomerFactory, GuestOrderFactory, OrderFactory

from .conftest import DESK, PHONE

expect = pytest.importorskip("playwright.sync_api").expect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LIST = "/dashboard/users/"


@pytest.fixture
def staff(staff_with):
    return staff_with("view_customer", "add_customer", "change_customer", first_name="Bea", last_name="Bell")


@pytest.fixture
def shop(transactional_db):
    """Forty-five customers called Row, one called Carl, and a guest."""
    now = timezone.now()
    for number in range(45):
        user = CustomerFactory(first_name=f"N{number:02}", last_name="Row", must_verify=number % 4 == 0)
        if number % 3:
            OrderFactory(user=user, date_placed=now - timedelta(days=number), total_incl_tax=Decimal(10 + number))
    carl = CustomerFactory(
        first_name="Carl", last_name="Caller", company="ACME Ltd", phone_number="+442079460958", addresses=1
    )
    OrderFactory(user=carl, date_placed=now - timedelta(days=3), is_test=True)
    # Somebody else's telephone: Carl is to be found by his.
    GuestOrderFactory(date_placed=now - timedelta(days=5), shipping_address__phone_number="")
    return carl


def names(page):
    return page.locator(".ocm-name").all_inner_texts()


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_list__search_page_open_and_back_with_the_term_still_there(
    open_browser, staff, shop, width, screenshot, does_not_scroll_sideways
):
    page = open_browser(staff, width=width)
    page.goto(LIST)
    expect(page.locator("#ocm-found")).to_have_text("48 customers found")
    does_not_scroll_sideways(page)
    screenshot(page, "directory")

    page.fill("#id_q", "row")
    page.press("#id_q", "Enter")
    expect(page.locator("#ocm-found")).to_have_text("45 customers found")
    page.get_by_role("link", name="Older").click()
    expect(page.locator("#id_q")).to_have_value("row")
    second_page, where = names(page), page.url
    assert len(second_page) == 20
    screenshot(page, "directory-second-page")

    page.locator(".ocm-name").nth(4).click()
    expect(page).to_have_url(re.compile(r"/dashboard/users/\w+/\?back="))
    page.get_by_role("link", name="Back to customers").click()
    expect(page).to_have_url(where)
    assert names(page) == second_page
    expect(page.locator("#id_q")).to_have_value("row")

    page.fill("#id_q", "")
    page.press("#id_q", "Enter")
    # Without our script, which may not have come yet, the empty field is sent along.
    expect(page).to_have_url(re.compile(r"/dashboard/users/(\?(q=)?)?$"))
    expect(page.locator("#ocm-found")).to_have_text("48 customers found")


def test_list__keys_reach_the_search_box(open_browser, staff, shop):
    page = open_browser(staff)
    page.goto(LIST)
    page.keyboard.press("Tab")
    expect(page.locator("#id_q")).to_be_focused()
    page.keyboard.type("a/b")
    expect(page.locator("#id_q")).to_have_value("a/b")
    page.locator("h1").click()
    page.keyboard.press("/")
    expect(page.locator("#id_q")).to_be_focused()
    page.keyboard.type("caller acme")
    page.keyboard.press("Enter")
    expect(page.locator(".ocm-name")).to_have_text(["Carl Caller"])


def test_list__slash_on_a_customers_page_leads_to_the_search_box(open_browser, staff, shop):
    page = open_browser(staff)
    page.goto(f"{LIST}?q=caller")
    page.get_by_role("link", name="Carl Caller", exact=True).click()
    expect(page).to_have_url(re.compile(rf"/dashboard/users/{shop.pk}/"))
    page.wait_for_load_state()
    page.keyboard.press("/")
    expect(page).to_have_url(re.compile(r"/dashboard/users/\?q=caller#id_q$"))
    expect(page.locator("#id_q")).to_be_focused()
    page.keyboard.type("row")
    expect(page.locator("#id_q")).to_have_value("row")


def test_list__addresses_are_not_broken_within_words(open_browser, staff, shop):
    CustomerFactory(first_name="Ada", last_name="Long", email="ada.longish-name@department.example.com")
    page = open_browser(staff)
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(LIST)
    heights = page.locator(".ocm-email").evaluate_all("all => all.map(each => each.getClientRects()[0].height)")
    assert max(heights) < 1.5 * min(height for height in heights if height)
    assert page.evaluate("document.querySelector('.table-responsive').scrollWidth <= innerWidth")


def test_list__a_caller_is_opened_by_the_telephone(open_browser, staff, shop):
    page = open_browser(staff)
    page.goto(f"{LIST}?phone=02079460958")
    expect(page).to_have_url(re.compile(rf"/dashboard/users/{shop.pk}/"))
    page.get_by_role("link", name="Back to customers").click()
    expect(page.locator(".ocm-name")).to_have_text(["Carl Caller"])


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_list__filters_are_set_shown_saved_opened_and_deleted(
    open_browser, staff, shop, width, screenshot, does_not_scroll_sideways
):
    page = open_browser(staff, width=width)
    page.goto(LIST)
    page.get_by_role("link", name="Filters", exact=True).click()
    page.fill("#id_q", "row")
    page.get_by_label("Verified").select_option(label="No")
    page.get_by_label("Number of orders, from").fill("1")
    does_not_scroll_sideways(page)
    screenshot(page, "directory-filters")
    page.get_by_role("button", name="Apply filters").click()
    expect(page.locator(".ocm-chip")).to_have_count(2)
    expect(page.locator("#id_q")).to_have_value("row")
    # Empty fields stay out of the address.
    assert "first_name" not in page.url
    unverified = names(page)
    assert unverified and all(int(name[1:3]) % 4 == 0 for name in unverified)

    page.get_by_text("Save this filter").click()
    page.fill("#ocm-filter-name", "Chase these")
    does_not_scroll_sideways(page)
    screenshot(page, "directory-save-filter")
    page.get_by_role("button", name="Save filter").click()
    expect(page.get_by_text("Saved as “Chase these”.")).to_be_visible()
    assert SavedFilter.objects.get().owner == staff

    page.goto(LIST)
    page.get_by_text("Saved filters", exact=True).click()
    does_not_scroll_sideways(page)
    page.get_by_role("link", name="Chase these", exact=True).click()
    assert names(page) == unverified
    page.get_by_role("link", name="Remove filter Verified").click()
    expect(page.locator(".ocm-chip")).to_have_count(1)

    page.get_by_text("Saved filters", exact=True).click()
    page.get_by_role("link", name="Delete Chase these").click()
    screenshot(page, "saved-filter-delete")
    page.get_by_role("button", name="Delete filter").click()
    expect(page.locator("#id_q")).to_have_value("row")
    assert not SavedFilter.objects.exists()


def test_list__mistakes_are_shown_beside_the_field(open_browser, staff, shop, screenshot):
    page = open_browser(staff)
    page.goto(f"{LIST}?registered_after=yesterday&first_name=carl")
    page.get_by_role("alert").get_by_role("link", name="Registered").click()
    expect(page.locator("#id_registered_0")).to_be_focused()
    expect(page.locator("#id_registered_0")).to_have_value("yesterday")
    screenshot(page, "directory-mistake")


def test_list__columns_and_page_size_stay(open_browser, staff, shop):
    page = open_browser(staff)
    page.goto(LIST)
    page.get_by_text("Columns", exact=True).click()
    page.get_by_label("Company").check()
    page.get_by_role("button", name="Show these columns").click()
    expect(page.get_by_role("columnheader", name="Company")).to_have_count(1)
    page.get_by_role("button", name="50").click()
    expect(page.locator(".ocm-name")).to_have_count(48)
    assert DirectoryPreference.objects.get(user=staff).page_size == 50
    expect(page.get_by_role("columnheader", name="Company")).to_have_count(1)


def test_list__menus_close_with_escape_and_give_the_focus_back(open_browser, staff, shop):
    page = open_browser(staff)
    page.goto(LIST)
    columns = page.get_by_text("Columns", exact=True)
    columns.click()
    expect(page.get_by_label("Company")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_label("Company")).to_be_hidden()
    expect(columns).to_be_focused()


def test_list__figures_of_a_large_directory_follow_the_page(open_browser, staff, shop, monkeypatch, screenshot):
    monkeypatch.setattr(directory, "is_small", lambda: False)
    page = open_browser(staff)
    page.goto(LIST)
    expect(page.locator("#ocm-found")).to_have_text("48 customers found")
    expect(page.locator("#ocm-tab-guest")).to_have_text("1")
    screenshot(page, "directory-counted-later")


def test_list__on_a_phone_each_row_is_a_card(open_browser, staff, shop, does_not_scroll_sideways):
    page = open_browser(staff, width=PHONE)
    page.goto(f"{LIST}?q=carl")
    card = page.locator(".ocm-table tbody tr").first
    box = card.bounding_box()
    assert box["width"] <= PHONE and box["height"] > 150
    labels = card.locator("td.ocm-col-number").evaluate("cell => getComputedStyle(cell, '::before').content")
    assert labels == '"Number"'
    expect(card.get_by_text("Test customer")).to_be_attached()
    does_not_scroll_sideways(page)


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_list__long_words_do_not_push_it_wider(open_browser, staff, shop, width, does_not_scroll_sideways):
    CustomerFactory(first_name="W" * 120, last_name="ليلى", email=f"{'w' * 60}@example.com", company="C" * 200)
    page = open_browser(staff, width=width)
    page.goto(f"{LIST}?q={'w' * 50}")
    expect(page.locator(".ocm-name")).to_have_count(1)
    does_not_scroll_sideways(page)


def test_list__works_without_a_script(open_browser, staff, shop, monkeypatch):
    monkeypatch.setattr(directory, "is_small", lambda: False)
    page = open_browser(staff, java_script_enabled=False)
    page.goto(LIST)
    page.get_by_role("link", name="Count them").click()
    expect(page.locator("#ocm-found")).to_have_text("48 customers found")
    page.get_by_role("link", name="Filters", exact=True).click()
    page.get_by_label("First name").fill("carl")
    page.get_by_role("button", name="Apply filters").click()
    expect(page.locator(".ocm-name")).to_have_text(["Carl Caller"])
    page.get_by_text("Saved filters", exact=True).click()
    page.get_by_role("link", name="Show saved filters").click()
    expect(page.get_by_text("No saved filters yet.")).to_be_visible()
    page.get_by_text("Columns", exact=True).click()
    page.get_by_label("Company").check()
    page.get_by_role("button", name="Show these columns").click()
    expect(page.get_by_role("columnheader", name="Company")).to_have_count(1)
