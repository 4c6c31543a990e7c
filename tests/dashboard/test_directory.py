"""The customer list as staff see it in the dashboard."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from html import unescape
from html.parser import HTMLParser
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from oscar_customer_mgmt.dashboard import links
from oscar_customer_mgmt.models import DirectoryEntry, DirectoryPreference, SavedFilter
from oscar_customer_mgmt.operations import saved_filters
from oscar_customer_mgmt.queries import directory
from oscar_customer_mgmt.test.factories import CustomerFactory, GuestOrderFactory, OrderFactory

pytestmark = pytest.mark.django_db

LIST = "/dashboard/users/"


@pytest.fixture
def staff(staff_with):
    return staff_with("view_customer", first_name="Bea", last_name="Bell")


@pytest.fixture
def browser(client_for, staff):
    return client_for(staff)


@pytest.fixture
def large_directory(monkeypatch):
    """A directory that is too long to be counted with each page."""
    monkeypatch.setattr(directory, "is_small", lambda: False)


class _Text(HTMLParser):
    def __init__(self):
        super().__init__()
        self.parts = []

    def handle_data(self, data):
        self.parts.append(data)


def text_of(html):
    """Return what somebody reads, runs of space made one."""
    parser = _Text()
    parser.feed(html)
    return " ".join(" ".join(parser.parts).split())


def page_of(browser, query="", **parameters):
    response = browser.get(LIST + query, parameters or None)
    assert response.status_code == 200
    return response.content.decode()


def names(html):
    """Return the names in the list, in order."""
    return re.findall(r'class="ocm-name[^"]*"[^>]*><bdi>([^<]*)</bdi>', html)


def found(html):
    """Return the words above the list."""
    return text_of(re.search(r"<h2 class=\"ocm-found\".*?</h2>", html, re.S).group())


def links_named(html, words):
    """Return where the links lead that read so."""
    pairs = re.findall(r'<a\b[^>]*href="([^"]*)"[^>]*>(.*?)</a>', html, re.S)
    return [href.replace("&amp;", "&") for href, content in pairs if text_of(content) == words]


def row_of(html, name):
    """Return the row of the customer of this name."""
    rows = re.findall(r"<tr role=\"row\">.*?</tr>", html, re.S)
    return next(row for row in rows if f"<bdi>{name}</bdi>" in row)


def customer(first_name="Carl", last_name="Caller", **fields):
    return CustomerFactory(first_name=first_name, last_name=last_name, **fields)


def ordered(user, *, days_ago=0, **fields):
    return OrderFactory(user=user, date_placed=timezone.now() - timedelta(days=days_ago), **fields)


# --- Who may see it -----------------------------------------------------------------------------------------------

URLS = {
    "list": LIST,
    "count": f"{LIST}count/",
    "columns": f"{LIST}columns/",
    "save": f"{LIST}filters/new/",
    "delete": f"{LIST}filters/1/delete/",
}


@pytest.mark.parametrize("url", URLS.values(), ids=URLS)
def test_pages__ask_nobody_to_log_in(client, url):
    response = client.get(url)
    assert response.status_code == 302
    assert "login" in response["Location"]


@pytest.mark.parametrize("url", URLS.values(), ids=URLS)
def test_pages__refuse_customers_and_staff_without_the_right(client_for, make_user, staff_with, url):
    with_right = make_user("customer")
    with_right.user_permissions.add(
        Permission.objects.get(codename="view_customer", content_type__app_label="oscar_customer_mgmt")
    )
    for user in (make_user("customer"), with_right, staff_with("add_customer")):
        assert client_for(user).get(url).status_code == 403


def test_list__opens_for_staff_with_the_right(browser):
    assert "Customers" in page_of(browser)


def test_new_customer__only_for_those_who_may(browser, client_for, staff_with):
    assert not links_named(page_of(browser), "New customer")
    may = client_for(staff_with("view_customer", "add_customer"))
    controls = page_of(may).split('class="ocm-controls"')[1]
    assert links_named(controls, "New customer") == [reverse("dashboard:customer-create")]


# --- Rows ---------------------------------------------------------------------------------------------------------


def test_row__shows_what_is_known(browser):
    user = customer(email="carl@example.com", company="ACME Ltd")
    ordered(user, days_ago=3, total_incl_tax=Decimal("1234.50"))
    row = row_of(page_of(browser), "Carl Caller")
    text = text_of(row)
    for words in ("CC", "carl@example.com", user.customer_profile.number, "Registered", "Verified"):
        assert words in text
    assert "£1,234.50" in text
    assert "3 days ago" in text
    assert re.search(r'<time datetime="[^"]+" title="[^"]+">3 days ago</time>', row)


def test_row__name_opens_the_page_and_avatar_the_form(client_for, staff_with, browser):
    user = customer()
    page, form = (reverse(f"dashboard:{name}", args=[user.pk]) for name in ("user-detail", "customer-update"))
    row = row_of(page_of(client_for(staff_with("view_customer", "change_customer"))), "Carl Caller")
    assert links_named(row, "Carl Caller") == [page]
    assert links_named(row, "CC") == [form]
    assert links_named(row, "Edit") == [form]
    without_right = row_of(page_of(browser), "Carl Caller")
    assert form not in without_right


def test_row__of_a_guest_leads_to_the_guest_page(client_for, staff_with):
    order = GuestOrderFactory(shipping_address__first_name="Gina", billing_address__first_name="Gina")
    html = page_of(client_for(staff_with("view_customer", "change_customer")))
    name = names(html)[0]
    assert name.startswith("Gina")
    row = row_of(html, name)
    assert links_named(row, name) == [reverse("dashboard:guest-detail", args=[order.number])]
    assert "Not registered" in text_of(row)
    assert not links_named(row, "Edit")


def test_row__says_where_a_name_is_missing(browser):
    customer("", "")
    assert "[no name found]" in names(page_of(browser))


def test_row__sums_no_currencies(browser):
    user = customer()
    ordered(user, total_incl_tax=Decimal("10.00"), currency="GBP")
    ordered(user, total_incl_tax=Decimal("7.00"), currency="EUR")
    text = text_of(row_of(page_of(browser), "Carl Caller"))
    assert "£10.00" in text and "€7.00" in text and "17.00" not in text


def test_row__marks_test_customers_for_eyes_and_ears(browser):
    customer(is_test=True)
    customer("Dora", "Doe")
    html = page_of(browser)
    assert "ocm-test-dot" in row_of(html, "Carl Caller")
    assert "Test customer" in text_of(row_of(html, "Carl Caller"))
    assert "ocm-test-dot" not in row_of(html, "Dora Doe")


def test_row__badges(browser, make_user):
    customer("Una", "Unver", must_verify=True)
    customer("Ina", "Inact", is_active=False)
    html = page_of(browser)
    assert "Unverified" in text_of(row_of(html, "Una Unver"))
    assert "Inactive" in text_of(row_of(html, "Ina Inact"))
    assert "Staff" in text_of(row_of(html, "Bea Bell"))


def test_row__never_ordered_leaves_the_last_order_empty(browser):
    customer()
    assert "ago" not in text_of(row_of(page_of(browser), "Carl Caller"))


def test_row__figures_say_that_they_are_net(browser):
    ordered(customer())
    html = page_of(browser)
    heads = headings(html)
    assert "Orders net" in heads and "Total spent net" in heads
    assert 'data-label="Orders, net"' in row_of(html, "Carl Caller")
    assert "without cancelled and test orders" in text_of(html.split('id="ocm-net-words"')[1])
    browser.post(f"{LIST}columns/", {"columns": ["name", "number"]})
    assert "ocm-net-words" not in page_of(browser)


def test_row__of_staff_leads_to_the_page_not_the_form(client_for, staff_with, superuser):
    rep = staff_with("view_customer", "change_customer", first_name="Ray", last_name="Rep")
    customer("Sue", "Boss", is_staff=True)
    html = page_of(client_for(rep))
    boss = row_of(html, "Sue Boss")
    assert not links_named(boss, "Edit")
    assert links_named(boss, "SB") == links_named(boss, "Sue Boss")
    assert links_named(row_of(html, "Ray Rep"), "Edit"), "one's own form is open"
    assert links_named(row_of(page_of(client_for(superuser)), "Sue Boss"), "Edit")


@pytest.mark.parametrize(
    ("fields", "initials"),
    [
        ({"first_name": "“Ace”", "last_name": "(Bo)"}, "AB"),
        ({"first_name": "-", "last_name": "42nd"}, "4"),
        ({"first_name": "…", "email": "_zoe@example.com"}, "Z"),
        ({"first_name": "!"}, ""),
    ],
)
def test_initials__are_letters_or_digits(fields, initials):
    assert DirectoryEntry(**fields).initials == initials


def test_row__escapes_what_customers_write(browser):
    browser.post(f"{LIST}columns/", {"columns": ["name", "company"]})
    customer("<script>alert(1)</script>", "&amp;", company='"><img src=x>')
    html = page_of(browser)
    assert "<script>alert(1)" not in html
    assert "<img src=x>" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp;amp;" in html


def test_avatar__asks_gravatar_only_where_the_shop_says_so(browser, settings):
    customer()
    assert "gravatar.com" not in page_of(browser)
    settings.OSCAR_CUSTOMER_MGMT = {"GRAVATAR": True}
    assert "https://www.gravatar.com/avatar/" in page_of(browser)


def test_list__has_no_inline_styles_or_scripts(browser):
    customer(is_test=True)
    body = page_of(browser, "?filters=1&first_name=carl").split('<div class="page-content">')[1]
    ours = body.split("<!-- /container -->")[0]
    assert "style=" not in ours
    assert "<script" not in ours
    assert not re.search(r"\son\w+=", ours)


def test_list__reads_in_another_language(browser):
    customer()
    with override("de"):
        response = browser.get(LIST, headers={"accept-language": "de"})
    assert response.status_code == 200
    assert 'lang="de"' in response.content.decode()


# --- Order --------------------------------------------------------------------------------------------------------


def test_order__is_by_last_order_then_name_and_those_without_at_the_end(browser):
    moment = timezone.now() - timedelta(days=2)
    for first_name in ("Zoe", "Adam"):
        OrderFactory(user=customer(first_name, "Same"), date_placed=moment)
    ordered(customer("New", "Est"), days_ago=1)
    customer("Never", "Ordered")
    html = page_of(browser)
    assert names(html) == ["New Est", "Adam Same", "Zoe Same", "Bea Bell", "Never Ordered"]
    assert 'aria-sort="descending"' in re.search(r"<th[^>]*ocm-col-last_order[^>]*>", html).group()


@pytest.mark.parametrize(
    ("ordering", "expected"),
    [("name", ["Ann Ahl", "Bob Berg"]), ("-name", ["Bob Berg", "Ann Ahl"]), ("-order_count", ["Bob Berg", "Ann Ahl"])],
)
def test_order__follows_the_address(browser, ordering, expected):
    customer("Ann", "Ahl")
    ordered(customer("Bob", "Berg"))
    shown = [name for name in names(page_of(browser, ordering=ordering)) if name != "Bea Bell"]
    assert shown == expected


def test_order__every_heading_turns_round(browser):
    customer()
    html = page_of(browser)
    assert links_named(html, "Name") == [f"{LIST}?ordering=name"]
    assert links_named(html, "Orders") == [f"{LIST}?ordering=-order_count"]
    assert links_named(html, "Last order") == [f"{LIST}?ordering=last_order"]
    assert links_named(page_of(browser, ordering="name"), "Name") == [f"{LIST}?ordering=-name"]


def test_order__every_column_has_a_heading_that_sorts(browser):
    columns = ["number", "status", "company", "order_count", "total_spent", "last_order", "registered"]
    browser.post(f"{LIST}columns/", {"columns": ["name", *columns]})
    customer()
    html = page_of(browser)
    for column in columns:
        head = re.search(rf"<th[^>]*ocm-col-{column}[^>]*>(.*?)</th>", html, flags=re.DOTALL)[1]
        (url,) = re.findall(r'href="([^"]+)"', head)
        turned = browser.get(unescape(url)).content.decode()
        assert re.search(rf'<th[^>]*ocm-col-{column}[^>]*aria-sort="|<th[^>]*aria-sort="[^>]*ocm-col-{column}', turned)


def test_order__by_company_and_by_status(browser):
    for name, company in (("Ann", "zeta Ltd"), ("Bob", ""), ("Cid", "Älpha & Co"), ("Dan", "beta")):
        customer(name, "Same", company=company)
    GuestOrderFactory()
    assert names(page_of(browser, ordering="company"))[:3] == ["Cid Same", "Dan Same", "Ann Same"]
    assert names(page_of(browser, ordering="-company"))[:3] == ["Ann Same", "Dan Same", "Cid Same"]
    guest = DirectoryEntry.objects.get(status="guest").full_name
    assert names(page_of(browser, ordering="status"))[0] == guest
    assert names(page_of(browser, ordering="-status"))[-1] == guest


@pytest.mark.parametrize("ordering", ["company", "-company", "status", "-status"])
def test_order__pages_of_every_column_cost_the_same(browser, ordering, django_assert_max_num_queries):
    for number in range(45):
        customer(f"Ann{number}", "Same", company=f"Firm {number:02}")
    page, seen, counts = f"{LIST}?ordering={ordering}&status=registered", [], []
    browser.get(page)
    while page:
        with django_assert_max_num_queries(12) as asked:
            html = browser.get(page).content.decode()
        counts.append(len(asked))
        seen += names(html)
        page = next(iter(links_named(html, "Next")), None)
    assert len(seen) == len(set(seen)) == 46
    assert max(counts) - min(counts) <= 2


def test_order__unknown_is_the_default(browser):
    ordered(customer())
    customer("Never", "Ordered")
    assert names(page_of(browser, ordering="drop table")) == names(page_of(browser))


# --- Search -------------------------------------------------------------------------------------------------------


def test_search__finds_and_keeps_the_term(browser):
    customer()
    customer("Dora", "Doe")
    html = page_of(browser, q="caller CARL")
    assert names(html) == ["Carl Caller"]
    assert 'name="q" id="id_q" value="caller CARL"' in html
    assert found(html) == "1 customer found"


def test_search__keeps_filters_and_order_but_not_the_page(browser):
    html = page_of(browser, q="x", ordering="name", verified="true", cursor="last")
    form = re.search(r'<form method="get" id="ocm-search".*?</form>', html, re.S).group()
    hidden = dict(re.findall(r'type="hidden" name="([^"]*)" value="([^"]*)"', form))
    assert hidden == {"ordering": "name", "verified": "true"}


def test_search__of_an_order_number_opens_who_placed_it(browser):
    user = customer()
    order = ordered(user)
    response = browser.get(LIST, {"q": f" {order.number} "})
    assert response.status_code == 302
    assert urlsplit(response["Location"]).path == reverse("dashboard:user-detail", args=[user.pk])


@pytest.mark.parametrize("typed", ["#{}", "order {}", "Order no. {}"])
def test_search__of_an_order_number_in_words_opens_who_placed_it(browser, typed):
    user = customer()
    response = browser.get(LIST, {"q": typed.format(ordered(user).number)})
    assert urlsplit(response["Location"]).path == reverse("dashboard:user-detail", args=[user.pk])


def test_search__of_a_guests_order_number_opens_the_guest(browser):
    order = GuestOrderFactory()
    response = browser.get(LIST, {"q": order.number})
    assert urlsplit(response["Location"]).path == reverse("dashboard:guest-detail", args=[order.number])


def test_search__coming_back_from_an_order_number_shows_the_list(browser):
    order = GuestOrderFactory()
    location = browser.get(LIST, {"q": order.number})["Location"]
    back = parse_qs(urlsplit(location).query)["back"][0]
    html = page_of(browser, f"?{back}")
    assert f'value="{order.number}"' in html


def test_search__of_a_number_that_no_order_has_lists(browser):
    customer("Carl", "100999")
    assert names(page_of(browser, q="100999")) == ["Carl 100999"]


WEIRD = {
    "percent": "%",
    "underscore": "_",
    "nul": "a\x00b",
    "long": "x" * 10_000,
    "many words": "ab " * 60,
    "right to left": "ليلى حداد",
    "emoji": "👩🏽‍🚀",
    "quote": "'; --",
    "backslash": "\\",
    "html": "<b>",
    "lone digits": "1",
    "spaces": "   ",
}


@pytest.mark.parametrize("typed", WEIRD.values(), ids=WEIRD)
def test_search__survives_whatever_is_typed(browser, typed):
    customer()
    for field in ("q", "email", "first_name", "phone", "postcode", "ip", "total_spent_min", "role"):
        html = page_of(browser, **{field: typed})
        kept = re.search(r'id="id_q" value="([^"]*)"', html).group(1)
        assert bool(kept) == (field == "q" and bool(typed.strip()))


@pytest.mark.parametrize("typed", ["%", "_"])
def test_search__wildcards_stand_for_themselves(browser, typed):
    customer("Per", "Cent")
    html = page_of(browser, q=typed)
    assert names(html) == []
    assert "No customer matches." in text_of(html)


def test_search__too_long_or_unreadable_says_so_and_keeps_what_was_typed(browser):
    customer()
    html = page_of(browser, q="y" * 300)
    assert "at most 200 characters" in text_of(html)
    assert 'aria-describedby="id_q_error"' in html
    assert "y" * 300 in html
    assert names(html) == []


# --- A telephone system -------------------------------------------------------------------------------------------


def test_phone__opens_the_one_who_calls(browser):
    user = customer(phone_number="+442079460958")
    customer("Dora", "Doe", phone_number="+442079460000")
    for typed in ("+442079460958", "020 7946 0958", "(020) 7946-0958"):
        response = browser.get(f"{LIST}?phone={quote(typed)}")
        assert urlsplit(response["Location"]).path == reverse("dashboard:user-detail", args=[user.pk])


def test_phone__of_several_or_nobody_lists(browser):
    customer(phone_number="+442079460958")
    customer("Dora", "Doe", phone_number="+442079460958")
    assert sorted(names(page_of(browser, phone="02079460958"))) == ["Carl Caller", "Dora Doe"]
    nobody = page_of(browser, phone="09999999999", ordering="name")
    assert "No customer has this phone number." in text_of(nobody)
    assert "No customer matches." in text_of(page_of(browser, phone="09999999999", q="x"))


def test_phone__of_nobody_offers_a_new_customer_to_those_who_may(client_for, staff_with):
    may = client_for(staff_with("view_customer", "add_customer"))
    empty = page_of(may, phone="09999999999").split('class="ocm-empty"')[1]
    assert reverse("dashboard:customer-create") in links_named(empty, "New customer")


def test_phone__as_one_of_the_filters_lists(browser):
    customer(phone_number="+442079460958")
    assert names(page_of(browser, phone="02079460958", first_name="carl")) == ["Carl Caller"]
    assert names(page_of(browser, phone="02079460958", list="1")) == ["Carl Caller"]


# --- Tabs and counts ----------------------------------------------------------------------------------------------


@pytest.fixture
def two_and_a_guest():
    GuestOrderFactory()
    return [customer(), customer("Dora", "Doe")]


def tab_counts(html):
    return {key: text_of(count) for key, count in re.findall(r'id="ocm-tab-(\w+)"[^>]*>(.*?)</span>', html)}


def test_tabs__count_and_narrow(browser, two_and_a_guest):
    html = page_of(browser)
    assert tab_counts(html) == {"all": "4", "registered": "3", "guest": "1"}
    assert found(html) == "4 customers found"
    html = page_of(browser, status="guest")
    assert tab_counts(html) == {"all": "4", "registered": "3", "guest": "1"}
    assert found(html) == "1 customer found"
    current = re.search(r'<a href="[^"]*" aria-current="page">(.*?)</a>', html.split("ocm-tabs")[1], re.S).group(1)
    assert text_of(current).startswith("Not registered")


def test_tabs__keep_search_and_order(browser, two_and_a_guest):
    html = page_of(browser, q="dora", ordering="name")
    [url] = links_named(html, "Registered 1")
    assert parse_qs(urlsplit(url).query) == {"q": ["dora"], "ordering": ["name"], "status": ["registered"]}


def test_count__follows_a_large_directory(browser, two_and_a_guest, large_directory, staff):
    DirectoryPreference.objects.create(user=staff, page_size=20)
    for _number in range(20):
        customer("Many", "More")
    html = page_of(browser, ordering="name", q="more")
    assert re.search(r"\d+ customers? found", found(page_of(browser, q="dora")))
    html = page_of(browser, ordering="name")
    assert "found" not in found(html)
    assert tab_counts(html) == {"all": "", "registered": "", "guest": ""}
    [url] = re.findall(r'hx-get="([^"]*count/[^"]*)"', html)
    fragment = browser.get(url).content.decode()
    assert "24 customers found" in text_of(fragment)
    assert tab_counts(fragment) == {"all": "24", "registered": "23", "guest": "1"}
    assert fragment.count('hx-swap-oob="true"') == 3
    assert "<html" not in fragment


def test_count__of_a_large_directory_without_script(browser, two_and_a_guest, large_directory):
    for _number in range(20):
        customer("Many", "More")
    [url] = links_named(page_of(browser), "Count them")
    assert found(browser.get(url).content.decode()) == "24 customers found"


def test_count__of_a_fragment_is_of_the_same_list(browser, two_and_a_guest, large_directory):
    for _number in range(20):
        customer("Many", "More")
    html = page_of(browser, q="m", status="registered", ordering="name")
    [url] = re.findall(r'hx-get="([^"]*count/[^"]*)"', html)
    fragment = text_of(browser.get(url.replace("&amp;", "&")).content.decode())
    assert f"{tab_counts(page_of(browser, q='m', count='1'))['registered']} customers found" in fragment


# --- Pages --------------------------------------------------------------------------------------------------------


def test_paging__there_and_back(browser):
    for number in range(45):
        customer(f"N{number:02}", "Row")
    first = page_of(browser, ordering="name", q="row")
    assert len(names(first)) == 20
    assert not links_named(first, "Previous")
    second = browser.get(links_named(first, "Next")[0]).content.decode()
    third = browser.get(links_named(second, "Next")[0]).content.decode()
    assert names(first) + names(second) + names(third) == [f"N{number:02} Row" for number in range(45)]
    assert not links_named(third, "Next")
    assert names(browser.get(links_named(third, "Previous")[0]).content.decode()) == names(second)
    assert names(browser.get(links_named(third, "First")[0]).content.decode()) == names(first)
    last = browser.get(links_named(first, "Last")[0]).content.decode()
    assert names(last)[-1] == "N44 Row"
    assert 'value="row"' in third


def test_paging__by_date_reads_newer_and_older(browser):
    for number in range(21):
        ordered(customer(f"N{number:02}", "Row"), days_ago=number)
    html = page_of(browser, q="row")
    assert names(html)[0] == "N00 Row"
    assert links_named(html, "Older")
    assert links_named(browser.get(links_named(html, "Older")[0]).content.decode(), "Newer")
    assert links_named(page_of(browser, q="row", ordering="last_order"), "Newer")


@pytest.mark.parametrize("cursor", ["nonsense", "%00", "WyJuYW1lIiwwLDAsWyJhIiwiMSJdXQ", "é", "x" * 5000])
def test_paging__a_broken_cursor_is_the_first_page_with_a_word(browser, cursor):
    customer()
    html = page_of(browser, f"?cursor={quote(cursor)}")
    assert "You are on the first page." in text_of(html)
    assert "Carl Caller" in names(html)


def test_paging__a_page_whose_rows_have_gone_is_the_last_one(browser):
    users = [customer(f"N{number:02}", "Row") for number in range(21)]
    url = links_named(page_of(browser, ordering="name", q="row"), "Next")[0]
    users[-1].delete()
    assert names(browser.get(url).content.decode())[-1] == "N19 Row"


def test_page_size__is_chosen_and_stays(browser, staff):
    for number in range(30):
        customer(f"N{number:02}", "Row")
    response = browser.post(f"{LIST}columns/", {"page_size": "50", "query": "q=row&ordering=name"})
    assert response["Location"] == f"{LIST}?q=row&ordering=name"
    assert len(names(page_of(browser, q="row"))) == 30
    assert DirectoryPreference.objects.get(user=staff).columns == []


# --- Columns ------------------------------------------------------------------------------------------------------


def headings(html):
    return [text_of(cell) for cell in re.findall(r"<th .*?</th>", html, re.S)]


def test_columns__are_chosen_and_stay(browser, client_for, superuser):
    customer()
    assert "Company" not in headings(page_of(browser))
    browser.post(f"{LIST}columns/", {"columns": ["name", "number", "company"]})
    assert headings(page_of(browser)) == ["Edit", "Name E-mail", "Number", "Company", "Actions"]
    assert "Company" not in headings(page_of(client_for(superuser)))


def test_columns__none_is_an_answer(browser):
    customer()
    browser.post(f"{LIST}columns/", {"columns": ["name"]})
    assert headings(page_of(browser)) == ["Edit", "Name E-mail", "Actions"]


def test_columns__refuse_what_there_is_not(browser, staff):
    response = browser.post(f"{LIST}columns/", {"columns": ["name", "password"]}, follow=True)
    assert "no such column" in text_of(response.content.decode())
    assert not DirectoryPreference.objects.filter(user=staff).exists()


def test_columns__that_were_taken_away_since_do_no_harm(browser, staff):
    DirectoryPreference.objects.create(user=staff, columns=["name", "gone", "number"], page_size=7)
    customer()
    assert headings(page_of(browser)) == ["Edit", "Name E-mail", "Number", "Actions"]


def test_columns__lead_back_only_to_our_own_list(browser):
    response = browser.post(f"{LIST}columns/", {"page_size": "20", "query": "next=https://evil.example&q=a"})
    assert response["Location"] == f"{LIST}?q=a"


def test_columns__post_needs_a_token(client_for, staff):
    strict = client_for(staff, enforce_csrf_checks=True)
    assert strict.post(f"{LIST}columns/", {"page_size": "50"}).status_code == 403


# --- Filters ------------------------------------------------------------------------------------------------------


def test_panel__is_closed_until_asked_for(browser, django_assert_num_queries, django_assert_max_num_queries):
    Group.objects.create(name="Warehouse")
    assert "Warehouse" not in page_of(browser)
    html = page_of(browser, filters="1")
    assert "Warehouse" in html
    panel = html.split('id="ocm-filters"')[1].split("</section>")[0]
    ids = set(re.findall(r'<(?:input|select)[^>]* id="([^"]*)"', panel))
    labelled = set(re.findall(r'<label[^>]* for="([^"]*)"', panel))
    assert ids and ids == labelled
    assert all('form="ocm-search"' in field for field in re.findall(r"<(?:input|select)\b[^>]*>", panel)), (
        "every field is sent with the search box"
    )


def test_panel__leaves_out_what_the_shop_does_not_use(browser, settings):
    settings.OSCAR_CUSTOMER_MGMT = {"PROFILE_FIELDS": ["phone_number"]}
    panel = page_of(browser, filters="1").split('id="ocm-filters"')[1]
    assert 'name="phone"' in panel
    assert 'name="company"' not in panel
    assert 'name="birth_day"' not in panel


def test_chips__say_what_is_in_force_and_go_one_by_one(browser, superuser):
    customer(account_manager=superuser, must_verify=True)
    html = page_of(
        browser,
        first_name="carl",
        verified="false",
        order_count_max="3",
        registered_after="2020-01-31",
        account_manager=str(superuser.pk),
        q="call",
        ordering="name",
    )
    assert names(html) == ["Carl Caller"]
    chips = [text_of(chip) for chip in re.findall(r'<li class="ocm-chip">.*?</li>', html, re.S)]
    assert chips == [
        "First name: carl",
        "Number of orders: up to 3",
        "Registered: from Jan. 31, 2020",
        "Verified: No",
        f"Account manager: {superuser.get_full_name()} ({superuser.email})",
    ]
    [url] = re.findall(r'<a href="([^"]*)" aria-label="Remove filter Verified"', html)
    left = parse_qs(urlsplit(url.replace("&amp;", "&")).query)
    assert "verified" not in left
    assert left["q"] == ["call"] and left["ordering"] == ["name"] and left["first_name"] == ["carl"]


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"email": "DORA@"}, ["Dora Doe"]),
        ({"last_name": "doe"}, ["Dora Doe"]),
        ({"company": "acme"}, ["Carl Caller"]),
        ({"staff": "true"}, ["Bea Bell"]),
        ({"test": "true"}, ["Carl Caller"]),
        ({"total_spent_min": "20"}, ["Dora Doe"]),
        ({"order_count_min": "1", "order_count_max": "1"}, ["Dora Doe"]),
        ({"last_order_after": "2021-05-01", "last_order_before": "2021-05-01"}, ["Dora Doe"]),
        ({"birth_day": "29", "birth_month": "2"}, ["Carl Caller"]),
        ({"active": "false"}, []),
    ],
)
def test_filters__narrow(browser, parameters, expected):
    customer(company="ACME Ltd", is_test=True, date_of_birth="2000-02-29")
    dora = customer("Dora", "Doe", email="dora@example.com")
    OrderFactory(user=dora, date_placed=datetime(2021, 5, 1, 12, tzinfo=UTC), total_incl_tax=Decimal("25.00"))
    assert names(page_of(browser, **parameters)) == expected


@pytest.mark.parametrize(
    ("parameter", "typed", "message"),
    [
        ("registered_after", "yesterday", "Enter a valid date."),
        ("total_spent_min", "lots", "Enter a number."),
        ("ip", "1.2.3", "Enter a valid IPv4 or IPv6 address."),
        ("account_manager", "999999", "Select a valid choice."),
        ("first_name", "a\x00", "Null characters are not allowed."),
        ("total_spent_min", "£", "Enter a number."),
        ("birth_month", "13", "Select a valid choice."),
    ],
)
def test_filters__a_mistake_is_named_and_stays_to_be_corrected(browser, parameter, typed, message):
    customer()
    html = page_of(browser, **{parameter: typed})
    summary = re.search(r'<div class="alert alert-danger".*?</div>', html, re.S).group()
    assert message in text_of(summary)
    target = re.search(r'href="#([^"]*)"', summary).group(1)
    assert f'id="{target}"' in html, "the summary leads to the field"
    assert html.count(message.split(".")[0]) >= 2, "beside the field, too"
    assert names(html) == []
    if parameter not in ("account_manager", "birth_month", "first_name"):
        assert f'value="{typed}"' in html


@pytest.mark.parametrize(
    "query",
    [
        "total_spent_min=1e400",
        "total_spent_min=" + "9" * 400,
        "order_count_min=99999999999999999999",
        "order_count_max=-1",
        "order_count_min=1.5",
        "registered_after=0001-01-01",
        "registered_before=9999-12-31",
        "birth_day=99999999999999999999",
        "account_manager=99999999999999999999999",
        "role=abc",
        "status=nobody",
        "status=guest&status=registered",
        "verified=perhaps",
        "q=%ff%fe",
        "q=a&q=b",
        "unknown=1",
        "filters=1&q=" + "x" * 500,
        "saved=1",
    ],
)
def test_filters__survive_any_address(browser, query):
    customer()
    page_of(browser, f"?{query}")
    assert browser.get(f"{LIST}count/?{query}").status_code == 200


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "Pacific/Auckland"])
def test_filters__survive_the_ends_of_the_calendar(browser, zone, settings):
    settings.TIME_ZONE = zone
    for query in ("registered_after=0001-01-01", "last_order_before=9999-12-31"):
        page_of(browser, f"?{query}")


def test_filters__from_above_to_is_said_at_the_field(browser):
    customer()
    html = page_of(browser, order_count_min="5", order_count_max="2")
    at_field = re.search(r'<div id="id_order_count_error".*?</div>', html, re.S).group()
    assert "greater than the second" in text_of(at_field)
    assert names(html) == []


def test_filters__over_a_field_that_the_shop_does_not_use_are_not_heeded(browser, settings):
    settings.OSCAR_CUSTOMER_MGMT = {"PROFILE_FIELDS": []}
    customer()
    html = page_of(browser, birth_day="3", birth_month="3")
    assert "Carl Caller" in names(html)
    assert "ocm-chip" not in html


def test_filters__offer_staff_by_name(browser, staff):
    assert f"Bea Bell ({staff.email})" in page_of(browser, filters="1")


# --- Saved filters ------------------------------------------------------------------------------------------------


def saved_menu(browser):
    html = page_of(browser, saved="1")
    return re.search(r'<div class="ocm-menu-body" id="ocm-saved">.*?</div>', html, re.S).group()


def test_saved_filter__is_made_from_the_list_and_opens_it_again(browser, staff):
    customer()
    html = page_of(browser, q="carl", verified="true", ordering="name")
    form = re.search(r"<form[^>]*ocm-save-filter.*?</form>", html, re.S).group()
    query = re.search(r'name="query" value="([^"]*)"', form).group(1).replace("&amp;", "&")
    response = browser.post(f"{LIST}filters/new/", {"name": "Carls", "query": query})
    assert response.status_code == 302
    saved = SavedFilter.objects.get()
    assert (saved.owner, saved.is_shared) == (staff, False)
    assert saved.parameters == {"q": "carl", "verified": "true"}
    [url] = links_named(saved_menu(browser), "Carls")
    assert names(browser.get(url).content.decode()) == ["Carl Caller"]


def test_saved_filter__is_shown_to_colleagues_only_when_shared(browser, client_for, superuser):
    saved_filters.save(owner=superuser, name="Mine alone", parameters={"q": "a"})
    saved_filters.save(owner=superuser, name="For all", parameters={"q": "b"}, is_shared=True)
    menu = text_of(saved_menu(browser))
    assert "For all" in menu and "Su Peruser" in menu
    assert "Mine alone" not in menu
    assert "Delete" not in saved_menu(browser)


def test_saved_filter__stores_the_last_of_a_repeated_parameter(browser):
    browser.post(f"{LIST}filters/new/", {"name": "Twice", "query": "role=1&role=2&q=a&ordering=name"})
    assert SavedFilter.objects.get().parameters == {"role": "2", "q": "a"}


def test_saved_filter__in_force_is_named_and_marked(browser, staff):
    saved_filters.save(owner=staff, name="Carls", parameters={"q": "carl", "verified": True})
    saved_filters.save(owner=staff, name="Doras", parameters={"q": "dora"})
    html = page_of(browser, q="carl", verified="true", ordering="name", saved="1")
    button = re.search(r"<summary[^>]*>(?:(?!</summary>).)*fa-bookmark.*?</summary>", html, re.S).group()
    assert text_of(button) == "Saved filters, in force: Carls"
    menu = re.search(r'<div class="ocm-menu-body" id="ocm-saved">.*?</div>', html, re.S).group()
    assert [text_of(link) for link in re.findall(r'<a[^>]* aria-current="true".*?</a>', menu, re.S)] == ["Carls"]
    assert "in force" not in page_of(browser, q="carl")
    assert "in force" not in page_of(browser)


def test_saved_filter__mistakes_keep_what_was_typed(browser, staff):
    saved_filters.save(owner=staff, name="Carls", parameters={"q": "carl"})
    response = browser.post(f"{LIST}filters/new/", {"name": "cARLS", "is_shared": "on", "query": "q=karl"})
    html = response.content.decode()
    assert response.status_code == 200
    assert "You have a filter of this name already." in text_of(html)
    assert re.search(r'href="#id_name">Name</a>', html), "the summary leads to the field"
    assert 'id="id_name_error"' in html and "Oops" not in html
    assert 'value="cARLS"' in html and 'value="q=karl"' in html and "checked" in html
    assert SavedFilter.objects.count() == 1


@pytest.mark.parametrize("data", [{"name": "", "query": "q=a"}, {"name": "x" * 101, "query": "q=a"}, {"name": "\x00"}])
def test_saved_filter__needs_a_name(browser, data):
    response = browser.post(f"{LIST}filters/new/", data)
    assert response.status_code == 200
    assert not SavedFilter.objects.exists()


def test_saved_filter__of_nothing_is_refused(browser):
    response = browser.post(f"{LIST}filters/new/", {"name": "All", "query": "ordering=name"})
    assert "There is nothing to save" in text_of(response.content.decode())


@pytest.mark.parametrize(
    "parameters",
    [{"group": ["vip"], "q": "carl"}, {"q": ["carl"], "points_min": 5}, {"q": "carl", "odd": {"a": 1}}],
)
def test_saved_filter__of_something_that_is_gone_still_opens(browser, staff, parameters):
    customer()
    saved_filters.save(owner=staff, name="Old", parameters=parameters)
    menu = saved_menu(browser)
    assert "in part" in text_of(menu)
    url = re.search(r'class="ocm-menu-link" href="([^"]*)"', menu).group(1)
    assert names(browser.get(url).content.decode()) == ["Carl Caller"]


@pytest.mark.parametrize("parameters", [[], "q=1", None, 7])
def test_saved_filter__of_the_wrong_shape_still_opens(browser, staff, parameters):
    saved = saved_filters.save(owner=staff, name="Odd", parameters={})
    SavedFilter.objects.filter(pk=saved.pk).update(parameters=parameters if parameters is not None else {})
    assert "Odd" in text_of(saved_menu(browser))


def test_saved_filter__is_deleted_after_asking(browser, staff):
    saved = saved_filters.save(owner=staff, name="Carls", parameters={"q": "carl"}, is_shared=True)
    url = f"{LIST}filters/{saved.pk}/delete/"
    html = browser.get(url).content.decode()
    assert "Carls" in html and "your colleagues lose it" in text_of(html)
    assert html.index(">Cancel<") < html.index(">Delete filter<")
    assert SavedFilter.objects.exists()
    response = browser.post(f"{url}?back=q%3Dcarl")
    assert response["Location"] == f"{LIST}?q=carl"
    assert not SavedFilter.objects.exists()


def test_saved_filter__of_a_colleague_cannot_be_deleted(browser, superuser):
    shared = saved_filters.save(owner=superuser, name="For all", parameters={"q": "b"}, is_shared=True)
    own = saved_filters.save(owner=superuser, name="Mine", parameters={"q": "b"})
    assert browser.post(f"{LIST}filters/{shared.pk}/delete/").status_code == 403
    assert browser.post(f"{LIST}filters/{own.pk}/delete/").status_code == 404
    assert SavedFilter.objects.count() == 2


def test_saved_filter__posts_need_a_token(client_for, staff):
    strict = client_for(staff, enforce_csrf_checks=True)
    assert strict.post(f"{LIST}filters/new/", {"name": "x", "query": "q=a"}).status_code == 403
    assert not SavedFilter.objects.exists()


# --- Coming back --------------------------------------------------------------------------------------------------


def test_back__links_to_customers_carry_the_list(browser, rf):
    user = customer()
    html = page_of(browser, q="carl", ordering="name", filters="1")
    [url] = links_named(row_of(html, "Carl Caller"), "Carl Caller")
    assert urlsplit(url).path == reverse("dashboard:user-detail", args=[user.pk])
    assert links.back_to_list_url(rf.get(url)) == f"{LIST}?q=carl&ordering=name"


@pytest.mark.parametrize(
    ("back", "expected"),
    [
        ("", LIST),
        ("https://evil.example/", LIST),
        ("//evil.example", LIST),
        ("q=a&next=//evil.example", f"{LIST}?q=a"),
        ("javascript:alert(1)", LIST),
        ("q=" + "x" * 5000, LIST),
        ("&".join(f"q={number}" for number in range(1200)), LIST),
        ("q=%22%3E%3Cscript%3E", f"{LIST}?q=%22%3E%3Cscript%3E"),
    ],
)
def test_back__leads_nowhere_but_to_our_list(rf, back, expected):
    assert links.back_to_list_url(rf.get("/", {"back": back})) == expected


# --- Nothing there ------------------------------------------------------------------------------------------------


def test_empty__says_how_to_begin(client_for, superuser):
    DirectoryEntry.objects.all().delete()
    html = page_of(client_for(superuser))
    assert "There are no customers yet." in text_of(html)
    assert links_named(html, "Create the first customer") == [reverse("dashboard:customer-create")]
    assert found(html) == "0 customers found"


def test_empty__nothing_matches_says_what_to_do(browser):
    html = page_of(browser, q="nobody", status="guest", ordering="name")
    assert links_named(html, "Look among all customers") == [f"{LIST}?q=nobody&ordering=name"]
    assert set(links_named(html, "Clear search and filters")) == {f"{LIST}?ordering=name"}


# --- What it costs ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_small", [True, False], ids=["small", "large"])
def test_list__takes_at_most_12_queries_whatever_its_length(
    browser, staff, monkeypatch, django_assert_max_num_queries, is_small
):
    monkeypatch.setattr(directory, "is_small", (lambda: directory.count(directory.entries()).is_exact and is_small))
    moment = timezone.now()
    for number in range(125):
        user = customer(f"N{number:03}", "Row")
        if number % 2:
            OrderFactory(user=user, date_placed=moment - timedelta(days=number // 4), items=0)
    needed = {}
    for size in (20, 100):
        DirectoryPreference.objects.update_or_create(user=staff, defaults={"page_size": size})
        following = urlsplit(links_named(page_of(browser), "Older")[0]).query
        searches = {"all": "", "search": "q=row", "tab": "q=row&status=registered&ordering=-order_count"}
        for name, query in {**searches, "last": "cursor=last", "next": following}.items():
            with django_assert_max_num_queries(12) as queries:
                html = page_of(browser, f"?{query}")
            assert names(html)
            needed.setdefault(name, []).append(len(queries))
    for name, numbers in needed.items():
        # One more where a page holds both those who ordered and those who never did.
        assert abs(numbers[0] - numbers[1]) <= 1, name
