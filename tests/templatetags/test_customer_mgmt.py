"""The small things that several pages show."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import timezone, translation

from oscar_customer_mgmt.dashboard import drawing as tags
from oscar_customer_mgmt.models import DirectoryEntry

MINUTE, HOUR, DAY = 60, 3600, 86400


def rendered(source, **context):
    return Template("{% load customer_mgmt %}" + source).render(Context(context))


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "just now"),
        (-30, "just now"),
        (MINUTE, "1 minute ago"),
        (HOUR - 1, "59 minutes ago"),
        (HOUR, "1 hour ago"),
        (DAY - 1, "23 hours ago"),
        (DAY, "1 day ago"),
        (30 * DAY, "30 days ago"),
        (31 * DAY, "1 month ago"),
        (364 * DAY, "11 months ago"),
        (365 * DAY, "1 year ago"),
        (800 * DAY, "2 years ago"),
    ],
)
def test_time_ago__in_the_largest_unit_that_fits(seconds, words):
    assert tags.in_words(seconds) == words


def test_time_ago__has_the_date_as_title():
    moment = timezone.now() - timedelta(days=3)
    html = rendered("{{ moment|time_ago }}", moment=moment)
    assert f'title="{moment:%b}' in html
    assert str(moment.year) in html
    assert ">3 days ago</time>" in html


def test_time_ago__shows_the_date_of_what_is_to_come():
    moment = timezone.now() + timedelta(days=400)
    assert f"{moment.year}</time>" in rendered("{{ moment|time_ago }}", moment=moment)


def test_time_ago__is_empty_for_never():
    assert rendered("{{ moment|time_ago }}{{ moment|short_date }}", moment=None) == ""


def test_money__keeps_its_currency_and_the_readers_language():
    assert rendered("{% money amount 'EUR' %}", amount="1234.5") == "€1,234.50"
    with translation.override("de"):
        assert rendered("{% money amount 'GBP' %}", amount="1234.5") == "1.234,50\xa0£"


def test_grouped__sets_thousands_apart():
    assert rendered("{{ number|grouped }}", number=1284) == "1,284"


def test_customer_name__of_entries_and_accounts():
    assert tags.customer_name(DirectoryEntry(first_name="Carl", last_name="Caller")) == "Carl Caller"
    assert tags.customer_name(SimpleNamespace(get_full_name=lambda: "Carl Caller")) == "Carl Caller"
    assert tags.customer_name(DirectoryEntry()) == "[no name found]"
    assert tags.customer_name(SimpleNamespace(get_full_name=lambda: " ")) == "[no name found]"


def test_avatar__keeps_one_colour_for_one_person():
    entry = DirectoryEntry(first_name="carl", last_name="Caller", email="Carl@example.com")
    account = SimpleNamespace(pk=7, first_name="Carl", last_name="Caller", email="carl@example.com")
    assert tags.avatar(entry) == tags.avatar(account)
    assert ">CC<" in tags.avatar(entry)


@pytest.mark.parametrize(
    ("names", "letters"),
    [({"email": "x@example.com"}, "X"), ({}, "?"), ({"first_name": "<q>"}, "Q"), ({"first_name": "小明"}, "小")],
)
def test_avatar__draws_what_there_is(names, letters):
    assert f'<span aria-hidden="true">{letters}</span>' in tags.avatar(DirectoryEntry(**names))


def test_avatar__test_dot_for_eyes_and_ears():
    html = tags.avatar(DirectoryEntry(is_test=True))
    assert "ocm-test-dot" in html and '<span class="sr-only">Test customer</span>' in html
    assert "ocm-test-dot" not in tags.avatar(DirectoryEntry(is_test=True), is_test=False)


def test_back__is_carried_on_and_leads_to_the_list():
    request = RequestFactory().get("/", {"back": "q=carl&next=//evil.example"})
    assert rendered("{% back_to_list_url %}", request=request) == "/dashboard/users/?q=carl"
    assert rendered("{% back_query %}", request=request) == "?back=q%3Dcarl"


def test_back__without_one_is_the_list_as_it_opens():
    assert rendered("{% back_to_list_url %}{% back_query %}", request=RequestFactory().get("/")) == "/dashboard/users/"
    assert rendered("{% back_to_list_url %}") == "/dashboard/users/"
