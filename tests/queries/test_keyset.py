"""Pages cover every row exactly once, in order, in both directions, whatever happens in between."""

import base64
import datetime
import json
from decimal import Decimal
from itertools import pairwise

import pytest
from django.db import transaction
from hypothesis import example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from oscar_customer_mgmt.models import DirectoryEntry
from oscar_customer_mgmt.queries.directory import ORDERINGS
from oscar_customer_mgmt.queries.keyset import LAST, InvalidCursor, fetch_page, iterate

pytestmark = pytest.mark.django_db

DAYS = st.sampled_from([datetime.datetime(2024, 1, day, 12, 0, 0, 5, tzinfo=datetime.UTC) for day in (1, 2, 3)])
# Letters alone: where blanks and signs sort differs from one database's collation to the next.
WORDS = st.text("abc", max_size=2)
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "last_order_at": st.none() | DAYS,
            "registered_at": st.none() | DAYS,
            "sort_name": WORDS,
            "email_key": WORDS,
            "company_key": WORDS,
            "status": st.sampled_from(["registered", "guest"]),
            "order_count": st.integers(0, 2),
            "total_spent": st.sampled_from([Decimal("-1.50"), Decimal("0.00"), Decimal("99.99")]),
        }
    ),
    max_size=14,
)
SOME = hypothesis_settings(max_examples=10)

COLUMNS = {
    "last_order": "last_order_at",
    "name": "sort_name",
    "email": "email_key",
    "registered": "registered_at",
    "order_count": "order_count",
    "total_spent": "total_spent",
    "number": "number",
    "status": "status",
    "company": "company_key",
}


def make(rows):
    entries = [DirectoryEntry(**{"status": "registered", **row}, number=f"C-{n:03}") for n, row in enumerate(rows)]
    for entry in entries:
        entry.save()
    return entries


def in_order(rows, name):
    """Sort as the list promises: rows without a value come last, whichever way the rest is sorted."""
    column, downwards = COLUMNS[name.lstrip("-")], name.startswith("-")
    has_value = [row for row in rows if getattr(row, column) not in (None, "")]
    has_none = [row for row in rows if getattr(row, column) in (None, "")]
    if column == "last_order_at":
        # Newest first; of one day by name.
        has_value.sort(key=lambda row: (row.sort_name, row.pk))
        has_value.sort(key=lambda row: row.last_order_at, reverse=True)
        if not downwards:
            has_value.reverse()
        has_none.sort(key=lambda row: (row.sort_name, row.pk))
    else:
        has_value.sort(key=lambda row: (getattr(row, column), row.pk), reverse=downwards)
        has_none.sort(key=lambda row: row.pk, reverse=column == "registered_at")
    return has_value + has_none


def walk(name, size, *, start=None, forwards=True, **how):
    """Return the pages from ``start`` to the end, as they are met."""
    pages, cursor = [], start
    while True:
        page = fetch_page(DirectoryEntry.objects.all(), ordering=ORDERINGS[name], size=size, cursor=cursor, **how)
        pages.append(page)
        cursor = page.next_cursor if forwards else page.previous_cursor
        if cursor is None:
            return pages
        assert len(pages) < 50, "pages go round in circles"


def rolled_back(test):
    """Leave no rows behind for the next example."""

    def wrapped(**kwargs):
        with transaction.atomic():
            test(**kwargs)
            transaction.set_rollback(True)

    return wrapped


@pytest.mark.parametrize("is_short", [False, True])
@pytest.mark.parametrize("name", sorted(ORDERINGS))
def test_fetch_page__covers_all_rows_once_in_order(name, is_short):
    @SOME
    @given(rows=ROWS, size=st.integers(1, 5))
    @rolled_back
    def holds(rows, size):
        expected = in_order(make(rows), name)
        pages = walk(name, size, is_short=is_short)
        assert [row.pk for page in pages for row in page.rows] == [row.pk for row in expected]
        assert all(len(page.rows) == size for page in pages[:-1])
        assert pages[0].previous_cursor is None
        assert pages[0].is_complete == (len(rows) <= size)

        back = walk(name, size, start=LAST, forwards=False, is_short=is_short)
        *others, first = (page.rows for page in back)
        # The first page is filled up rather than be a stump, so it may overlap the one behind it.
        assert first == pages[0].rows
        behind = [row.pk for rows in reversed(others) for row in rows]
        assert behind == [row.pk for row in expected][len(expected) - len(behind) :]
        assert {*behind, *(row.pk for row in first)} == {row.pk for row in expected}
        assert back[0].next_cursor is None

    holds()


@pytest.mark.parametrize("name", sorted(ORDERINGS))
def test_fetch_page__there_and_back_is_the_same_page(name):
    @SOME
    @given(rows=ROWS, size=st.integers(1, 4))
    @rolled_back
    def holds(rows, size):
        make(rows)
        pages = walk(name, size)
        for page, following in pairwise(pages):
            back = fetch_page(
                DirectoryEntry.objects.all(), ordering=ORDERINGS[name], size=size, cursor=following.previous_cursor
            )
            assert back.rows == page.rows

    holds()


@pytest.mark.parametrize("name", ["-last_order", "name", "registered"])
def test_fetch_page__rows_that_come_and_go_shift_nobody(name):
    @SOME
    @given(rows=ROWS, more=ROWS, gone=st.sets(st.integers(0, 13)), size=st.integers(1, 4))
    @rolled_back
    def holds(rows, more, gone, size):
        entries = make(rows)
        first = fetch_page(DirectoryEntry.objects.all(), ordering=ORDERINGS[name], size=size)
        if first.next_cursor is None:
            return
        last_seen = first.rows[-1]
        for entry in entries:
            if entry.pk % 14 in gone and entry != last_seen:
                entry.delete()
        for n, row in enumerate(more):
            DirectoryEntry.objects.create(**row, number=f"D-{n:03}")
        expected = in_order(DirectoryEntry.objects.all(), name)
        rest = expected[expected.index(last_seen) + 1 :]
        pages = walk(name, size, start=first.next_cursor)
        if rest:
            assert [row.pk for page in pages for row in page.rows] == [row.pk for row in rest]

    holds()


@pytest.mark.parametrize("name", sorted(ORDERINGS))
def test_fetch_page__behind_rows_that_are_gone_is_not_a_dead_end(name):
    make([{"sort_name": letter, "email_key": letter} for letter in "abcdef"])
    first = fetch_page(DirectoryEntry.objects.all(), ordering=ORDERINGS[name], size=3)
    DirectoryEntry.objects.exclude(pk__in=[row.pk for row in first.rows]).delete()
    page = fetch_page(DirectoryEntry.objects.all(), ordering=ORDERINGS[name], size=3, cursor=first.next_cursor)
    assert (page.rows, page.next_cursor) == ([], None)
    back = fetch_page(DirectoryEntry.objects.all(), ordering=ORDERINGS[name], size=3, cursor=page.previous_cursor)
    assert back.rows == first.rows


@pytest.mark.parametrize("name", ["name", "-name", "-last_order", "email"])
def test_fetch_page__names_of_every_script(name):
    names = ["", "ä", "a", "á", "ß", "ss", "Ж", "王", "حداد", "😀", "😁", "z", "zz", "'", "%", "\\", "ab", "a b", "a-b"]
    made = make([{"sort_name": text, "email_key": text} for text in names * 2])
    for size in (1, 2, 7):
        pages = walk(name, size)
        assert sorted(row.pk for page in pages for row in page.rows) == [row.pk for row in made]


def test_iterate__yields_every_row_in_order():
    made = make([{"sort_name": letter} for letter in "fcadbe"])
    assert list(iterate(DirectoryEntry.objects.all(), ordering=ORDERINGS["name"], batch_size=2)) == in_order(
        made, "name"
    )
    assert list(iterate(DirectoryEntry.objects.none(), ordering=ORDERINGS["name"])) == []


# --- cursors from outside


def cursor_of(*payload):
    return base64.urlsafe_b64encode(json.dumps(payload).encode()).decode().rstrip("=")


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
VALUES = st.sampled_from(
    [
        *["", "1", "-1", "9" * 400, "1e999", "NaN", "Infinity", "\x00", "\ud800", "C-001", "a" * 5000, "None", "²"],
        *["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "2024-01-01", "2024-01-01T00:00:00"],
    ]
)


@given(cursor=st.text(max_size=30))
@example(cursor="=")
@example(cursor="last ")
@example(cursor="\ud800")
def test_cursor__that_is_none_of_ours(cursor):
    if not cursor:
        return
    with pytest.raises(InvalidCursor):
        fetch_page(DirectoryEntry.objects.all(), ordering=ORDERINGS["name"], size=2, cursor=cursor)


@given(name=st.sampled_from(sorted(ORDERINGS)), payload=ANY_JSON)
def test_cursor__of_any_json(name, payload):
    with pytest.raises(InvalidCursor):
        cursor = base64.urlsafe_b64encode(json.dumps(payload).encode()).decode()
        fetch_page(DirectoryEntry.objects.all(), ordering=ORDERINGS[name], size=2, cursor=cursor)


@given(
    name=st.sampled_from(sorted(ORDERINGS)),
    backwards=st.sampled_from([0, 1, True, None, "x", [], 7]),
    missing=st.sampled_from([0, 1, None, "x"]),
    values=st.lists(VALUES | ANY_JSON, min_size=1, max_size=4),
)
@hypothesis_settings(max_examples=80)
def test_cursor__tampered_with_is_refused_or_gives_a_page(name, backwards, missing, values):
    cursor = cursor_of(name, backwards, missing, values)
    try:
        page = fetch_page(DirectoryEntry.objects.all(), ordering=ORDERINGS[name], size=2, cursor=cursor)
    except InvalidCursor:
        return
    assert page.rows == []


def test_cursor__of_another_ordering_is_refused():
    make([{"sort_name": letter} for letter in "abc"])
    page = fetch_page(DirectoryEntry.objects.all(), ordering=ORDERINGS["name"], size=1)
    with pytest.raises(InvalidCursor):
        fetch_page(DirectoryEntry.objects.all(), ordering=ORDERINGS["-name"], size=1, cursor=page.next_cursor)
