"""Filters, counts and look-ups of the customer list, against a plain list of rows."""

import datetime
from decimal import Decimal

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from oscar.core.loading import get_model

from oscar_customer_mgmt.models import DirectoryEntry
from oscar_customer_mgmt.operations import saved_filters
from oscar_customer_mgmt.queries import directory
from oscar_customer_mgmt.queries.directory import DirectoryFilter
from oscar_customer_mgmt.test.factories import PEOPLE, AddressFactory, CustomerFactory, GuestOrderFactory, OrderFactory

Partner = get_model("partner", "Partner")

pytestmark = pytest.mark.django_db


def day(number):
    return datetime.datetime(2024, 3, number, 12, tzinfo=datetime.UTC)


@pytest.fixture
def staff():
    return CustomerFactory(email="agnes@example.com", first_name="Agnes", last_name="Agent", is_staff=True)


@pytest.fixture
def shop(staff):
    """A shop of five rows, by a short name each."""
    carl = CustomerFactory(
        email="carl@example.com",
        first_name="Carl",
        last_name="Çaller",
        company="Acme",
        phone_number="+442079460958",
        date_of_birth=datetime.date(1980, 2, 29),
        is_tax_exempt=True,
        last_seen_ip="192.0.2.1",
        origin="dashboard",
        must_verify=True,
        account_manager=staff,
        created_by=staff,
        date_joined=day(1),
    )
    AddressFactory(user=carl, postcode="SW1A 1AA", line4="London", company="Branch & Co", phone_number="")
    OrderFactory(user=carl, total_incl_tax=Decimal("30.00"), date_placed=day(10))
    OrderFactory(user=carl, total_incl_tax=Decimal("12.50"), date_placed=day(12))
    dora = CustomerFactory(
        email="dora@example.org", first_name="Dora", last_name="Dee", is_active=False, date_joined=day(5)
    )
    OrderFactory(user=dora, total_incl_tax=Decimal("5.00"), date_placed=day(11), is_test=True)
    emil = CustomerFactory(
        email="emil@example.org",
        first_name="Emil",
        last_name="Carlson",
        date_of_birth=datetime.date(1990, 12, 1),
        date_joined=day(31),
        last_seen_ip="2001:db8::1",
    )
    guest = GuestOrderFactory(
        guest_email="Guest@Example.com",
        total_incl_tax=Decimal("99.00"),
        date_placed=day(31),
        billing_address=None,
        # Not the one whose telephone number is the customer's.
        person=PEOPLE[4],
    )
    return {"agnes": staff, "carl": carl, "dora": dora, "emil": emil, "guest": guest}


def names(shop, queryset):
    by_owner = {value: key for key, value in shop.items()}
    return {by_owner[entry.user or entry.order] for entry in queryset}


def filtered(shop, **asked):
    filterset = DirectoryFilter(asked, queryset=directory.entries())
    assert filterset.is_valid(), filterset.errors
    return names(shop, filterset.qs)


EVERYBODY = {"agnes", "carl", "dora", "emil", "guest"}
REGISTERED = EVERYBODY - {"guest"}


#: What is asked for, and who is found.
FILTERS = [
    ({}, EVERYBODY),
    ({"q": ""}, EVERYBODY),
    ({"q": "carl"}, {"carl", "emil"}),
    ({"q": "carl london"}, {"carl"}),
    ({"status": "registered"}, REGISTERED),
    ({"status": "guest"}, {"guest"}),
    ({"email": "EXAMPLE.COM"}, {"agnes", "carl", "guest"}),
    ({"email": "guest@example.com"}, {"guest"}),
    ({"first_name": "carl"}, {"carl"}),
    ({"last_name": "carl"}, {"emil"}),
    ({"last_name": "caller"}, {"carl"}),
    ({"company": "acme"}, {"carl"}),
    ({"company": "branch & co"}, {"carl"}),
    ({"phone": "020 7946-0958"}, {"carl"}),
    ({"phone": "no digits"}, set()),
    ({"postcode": "sw1a1aa"}, {"carl"}),
    ({"postcode": "SW1A 1"}, {"carl"}),
    ({"ip": "192.0.2.1"}, {"carl"}),
    ({"ip": "2001:DB8:0::1"}, {"emil"}),
    ({"birth_month": "2"}, {"carl"}),
    ({"birth_day": "29"}, {"carl"}),
    ({"birth_day": "1", "birth_month": "12"}, {"emil"}),
    ({"birth_day": "1", "birth_month": "2"}, set()),
    ({"verified": "true"}, REGISTERED - {"carl"}),
    ({"verified": "false"}, {"carl"}),
    ({"active": "true"}, REGISTERED - {"dora"}),
    ({"active": "false"}, {"dora"}),
    ({"tax_exempt": "true"}, {"carl"}),
    ({"test": "true"}, {"dora"}),
    ({"test": "false"}, EVERYBODY - {"dora"}),
    ({"staff": "true"}, {"agnes"}),
    ({"staff": "false"}, EVERYBODY - {"agnes"}),
    ({"origin": "dashboard"}, {"carl"}),
    ({"origin": "guest"}, {"guest"}),
    ({"total_spent_min": "42.50"}, {"carl", "guest"}),
    ({"total_spent_max": "42.50", "status": "registered"}, REGISTERED),
    ({"total_spent_max": "42.49", "status": "registered"}, REGISTERED - {"carl"}),
    ({"order_count_min": "1"}, {"carl", "guest"}),
    ({"order_count_min": "1", "order_count_max": "1"}, {"guest"}),
    ({"total_spent_min": "£42.50"}, {"carl", "guest"}),
    ({"total_spent_min": "0,042.50", "total_spent_max": "1,000"}, {"carl", "guest"}),
    ({"total_spent_min": "42,50 €"}, {"carl", "guest"}),
    ({"total_spent_max": "1.000,50", "total_spent_min": "1'000.50"}, set()),
    ({"q": "\u00ad"}, set()),
    ({"first_name": "\u0301"}, set()),
    ({"q": "example", "status": "registered", "order_count_max": "0", "active": "true"}, {"agnes", "emil"}),
]
DAYS = [
    ({"registered_after": "2024-03-01", "registered_before": "2024-03-01"}, {"carl"}),
    ({"registered_after": "2024-03-02", "registered_before": "2024-03-31"}, {"dora", "emil"}),
    ({"last_order_after": "2024-03-11"}, {"carl", "dora", "guest"}),
    ({"last_order_before": "2024-03-11"}, {"dora"}),
    ({"last_order_after": "2024-03-31", "last_order_before": "2024-03-31"}, {"guest"}),
]


# One test for all of them: making the shop takes longer than asking.
@pytest.mark.parametrize("cases", [FILTERS, DAYS], ids=["fields", "days"])
def test_filter__finds(shop, cases):
    assert {str(asked): filtered(shop, **asked) for asked, _ in cases} == {str(asked): who for asked, who in cases}


@pytest.mark.parametrize("typed", ["mueller", "MÜLLER", "muller", "Mu\u0308ller", "uell"])
def test_filter__takes_an_umlaut_for_two_letters_as_the_search_box_does(typed):
    umlaut = CustomerFactory(first_name="Müllerin", last_name="Müller", company="Bäckerei Müller")
    CustomerFactory(first_name="Max", last_name="Miller", company="Müsli", email="mueller@example.com")
    found = [
        filtered({"umlaut": umlaut, None: None}, **{name: typed}) for name in ("first_name", "last_name", "company")
    ]
    assert found == [{"umlaut"}] * 3


def test_filter__finds_who_writes_two_letters_by_the_umlaut():
    two_letters = CustomerFactory(first_name="Joerg", last_name="Mueller", company="Baeckerei")
    shop = {"two letters": two_letters}
    for asked in ({"first_name": "Jörg"}, {"last_name": "müller"}, {"company": "Bäckerei"}):
        assert filtered(shop, **asked) == {"two letters"}
    # The bare letter is another spelling than that of the name: nobody types it for "ue".
    assert filtered(shop, last_name="muller") == set()


@pytest.mark.postgresql
@pytest.mark.parametrize("asked", [{"last_name": "Müller"}, {"last_name": "mueller"}, {"company": "Bäckerei Köhl"}])
def test_filter__of_a_name_is_answered_from_the_index_of_the_search_text(asked):
    CustomerFactory(last_name="Müller")
    with connection.cursor() as cursor:
        # Few rows are read whole whatever there is.
        cursor.execute("SET LOCAL enable_seqscan = off")
    plan = DirectoryFilter(asked, queryset=directory.entries().order_by()).qs.explain()
    assert "Bitmap Index Scan on ocm_entry_search_text" in plan, plan
    assert "Seq Scan" not in plan


def test_filter__keepers_roles_and_partners(shop):
    staff = shop["agnes"]
    assert filtered(shop, account_manager=staff.pk) == {"carl"}
    assert filtered(shop, created_by=staff.pk) == {"carl"}
    group, partner = Group.objects.create(name="Support"), Partner.objects.create(name="Supplier")
    shop["agnes"].groups.add(group)
    partner.users.add(shop["dora"])
    assert filtered(shop, role=group.pk) == {"agnes"}
    assert filtered(shop, partner=partner.pk) == {"dora"}


@pytest.mark.parametrize(
    "asked",
    [
        {"status": "nobody"},
        {"ip": "not an address"},
        {"birth_month": "13"},
        {"birth_day": "32"},
        {"birth_day": "x"},
        {"total_spent_min": "much"},
        {"total_spent_min": "£"},
        {"total_spent_min": "1,0,0"},
        {"total_spent_min": "2", "total_spent_max": "1"},
        {"order_count_min": "2", "order_count_max": "1"},
        {"registered_after": "2024-02-02", "registered_before": "2024-02-01"},
        {"last_order_after": "2024-02-02", "last_order_before": "2024-02-01"},
        {"order_count_min": "9" * 400},
        {"registered_after": "2024-02-30"},
        {"q": "x" * 201},
        {"q": "a\x00b"},
        {"email": "a\x00b"},
        {"role": "0"},
        {"account_manager": "nobody"},
    ],
    ids=lambda asked: str(asked)[:40],
)
def test_filter__refuses_in_words(asked):
    filterset = DirectoryFilter(asked, queryset=directory.entries())
    assert not filterset.is_valid()
    assert len(filterset.errors) == 1


# --- counts


def test_count__is_exact_up_to_the_limit_and_beyond_on_request(shop):
    everybody = directory.entries()
    assert directory.count(everybody) == directory.Count(5)
    assert directory.count(everybody, limit=5) == directory.Count(5)
    assert directory.count(everybody, limit=3) == directory.Count(3, is_exact=False)
    assert directory.count(everybody, limit=None) == directory.Count(5)


def test_counts_by_status__of_what_is_searched_for(shop):
    assert dict(directory.counts_by_status(directory.entries())) == {"all": 5, "registered": 4, "guest": 1}
    found = directory.matching(directory.entries(), "guest@example")
    assert dict(directory.counts_by_status(found)) == {"all": 1, "registered": 0, "guest": 1}
    assert dict(directory.counts_by_status(directory.entries().none())) == {"all": 0, "registered": 0, "guest": 0}


# --- the page


def test_page__default_order_is_last_order_then_name_then_those_without(shop):
    same_day = OrderFactory(user=CustomerFactory(last_name="Aaa", date_joined=day(2)), date_placed=day(31))
    page = directory.page(directory.entries(), size=20)
    numbers = [entry.number for entry in page.rows]
    number = {name: DirectoryEntry.objects.get(user=owner).number for name, owner in shop.items() if name != "guest"}
    guest = f"G-{shop['guest'].number}"
    first_two = [same_day.user.customer_profile.number, guest]
    if DirectoryEntry.objects.get(number=guest).sort_name < "aaa":
        first_two.reverse()
    # Those who never ordered come last, by name: Agent before Carlson.
    assert numbers == [*first_two, number["carl"], number["dora"], number["agnes"], number["emil"]]


def test_page__unknown_ordering_is_the_default(shop):
    assert directory.page(directory.entries(), ordering="shoe_size").rows == directory.page(directory.entries()).rows


def test_page__costs_the_same_queries_for_any_length(django_assert_num_queries):
    def shown():
        rows = directory.page(directory.entries_with_accounts(), size=50).rows
        return [entry.user.customer_profile.number for entry in rows if entry.user_id]

    CustomerFactory()
    with CaptureQueriesContext(connection) as for_one:
        assert len(shown()) == 1
    CustomerFactory.create_batch(5)
    with django_assert_num_queries(len(for_one)):
        assert len(shown()) == 6


# --- an exact order number


def test_by_order_number__leads_to_whoever_placed_it(shop):
    order = shop["carl"].orders.first()
    assert directory.by_order_number(f" {order.number} ").user == shop["carl"]
    assert directory.by_order_number(shop["guest"].number).order == shop["guest"]


@pytest.mark.parametrize("typed", ["", " ", "1", "a\x00b", "9" * 500, "G-100001", "%"])
def test_by_order_number__of_none(typed):
    assert directory.by_order_number(typed) is None


@pytest.mark.parametrize("typed", ["{}", "#{}", "order {}", "Order no. {}", "Order number: #{},", " № {} "])
def test_by_order_number_in__whatever_stands_round_it(shop, typed):
    number = shop["guest"].number
    assert directory.by_order_number_in(typed.format(number)).order == shop["guest"]


@pytest.mark.parametrize("typed", ["", "order", "#", "carl {}", "{} {}", "{}@example.com", "invoice {}"])
def test_by_order_number_in__nothing_or_something_else_as_well(shop, typed):
    number = shop["guest"].number
    assert directory.by_order_number_in(typed.replace("{}", number)) is None


# --- what the shop uses


def test_filters_in_use__leave_out_profile_fields_that_are_switched_off(settings):
    assert set(directory.filters_in_use()) == set(DirectoryFilter.base_filters)
    settings.OSCAR_CUSTOMER_MGMT = {"PROFILE_FIELDS": ["company", "phone_number"]}
    gone = set(DirectoryFilter.base_filters) - set(directory.filters_in_use())
    assert gone == {"birth_day", "birth_month"}


# --- saved filters


def test_saved_filters__are_ones_own_and_the_shared_ones(staff):
    colleague = CustomerFactory(is_staff=True)
    own = saved_filters.save(owner=staff, name="Mine", parameters={"q": "x"})
    shared = saved_filters.save(owner=colleague, name="Ours", parameters={}, is_shared=True)
    saved_filters.save(owner=colleague, name="Theirs", parameters={})
    assert set(directory.saved_filters(staff)) == {own, shared}


def test_registered_at__of_a_customer_is_the_account_s(shop):
    assert DirectoryEntry.objects.get(user=shop["carl"]).registered_at == day(1)
    assert DirectoryEntry.objects.get(order=shop["guest"]).registered_at is None
    assert timezone.now() > DirectoryEntry.objects.get(user=shop["agnes"]).registered_at


@pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL keeps an estimate to rely on")
def test_is_small__does_not_count_where_the_database_knows_better(monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(directory, "COUNT_LIMIT", 3)
    for _n in range(8):
        CustomerFactory()
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {connection.ops.quote_name(DirectoryEntry._meta.db_table)}")
    with django_assert_num_queries(1) as asked:
        assert not directory.is_small()
    assert "pg_class" in asked.captured_queries[0]["sql"]
    monkeypatch.setattr(directory, "COUNT_LIMIT", 1000)
    assert directory.is_small()
