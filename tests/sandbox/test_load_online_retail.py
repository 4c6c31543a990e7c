"""The real data set in the shop: the right figures, once, whatever happens on the way."""

import io
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import defaultdict
from decimal import Decimal

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.db.models import Sum
from oscar.core.loading import get_model

from oscar_customer_mgmt.models import DirectoryEntry
from sandbox.shop.online_retail import loading

from .conftest import REPOSITORY

User = get_user_model()
Line = get_model("order", "Line")
Order = get_model("order", "Order")
Product = get_model("catalogue", "Product")
ShippingAddress = get_model("order", "ShippingAddress")
StockRecord = get_model("partner", "StockRecord")
UserAddress = get_model("address", "UserAddress")

MODELS = (User, UserAddress, Product, StockRecord, Order, Line, ShippingAddress, DirectoryEntry)


def load(path, **options):
    """Run the command; return what it printed and what it complained of."""
    out, err = io.StringIO(), io.StringIO()
    call_command("load_online_retail", path, stdout=out, stderr=err, **options)
    return out.getvalue(), err.getvalue()


def figures():
    """Return what must come out of the file, as the shop has it."""
    return {
        "invoices": Order.objects.count(),
        "cancellations": Order.objects.filter(status="Cancelled").count(),
        "guest orders": Order.objects.filter(user=None).exclude(guest_email="").count(),
        "customers": User.objects.filter(username__startswith="retail-").count(),
        "stock codes": StockRecord.objects.count(),
        "lines": Line.objects.count(),
        "total": Order.objects.aggregate(total=Sum("total_incl_tax"))["total"],
    }


def sums_of_lines():
    """Return the sum of the line prices per order, added up here: SQLite would add floats."""
    sums = defaultdict(Decimal)
    for number, price in Line.objects.values_list("order__number", "line_price_incl_tax"):
        sums[number] += price
    return sums


def counts():
    return {model.__name__: model.objects.count() for model in MODELS}


# --- The subset that the project keeps ------------------------------------------------------------------------


@pytest.mark.django_db
def test_load__real_data_gives_the_figures_of_its_readme_once(retail_file):
    load(retail_file)
    expected = {
        "invoices": 1742,
        "cancellations": 303,
        "guest orders": 22,
        "customers": 262,
        "stock codes": 2927,
        "lines": 34766,
        "total": Decimal("1231699.07"),
    }
    assert figures() == expected
    assert Line.objects.filter(line_price_incl_tax=0).count() == 9
    assert sums_of_lines() == dict(Order.objects.values_list("number", "total_incl_tax"))
    # Two customers appear in two countries, and nobody in more.
    assert UserAddress.objects.count() == 264
    assert DirectoryEntry.objects.count() == User.objects.count() + 22
    call_command("check_customer_directory", stdout=io.StringIO())

    before = counts()
    out, _ = load(retail_file)
    assert counts() == before
    assert figures() == expected
    assert "1,742" in out


# --- Made-up files --------------------------------------------------------------------------------------------


@pytest.fixture
def mixed_file(data_file, row):
    """Two hundred invoices whose lines are shuffled over the whole file."""
    dice = random.Random(7)
    rows = [
        row(
            invoice=f"{'C' if number % 10 == 0 else ''}{500000 + number}",
            code=str(21000 + dice.randrange(40)),
            quantity=str(-2 if number % 10 == 0 else dice.randint(1, 9)),
            price=f"{dice.randint(1, 999) / 100:.2f}",
            customer="" if number % 20 == 1 else str(12000 + number % 30),
        )
        for number in range(200)
        for _ in range(dice.randint(1, 6))
    ]
    dice.shuffle(rows)
    return data_file(rows)


@pytest.mark.django_db
def test_load__lines_of_an_invoice_may_stand_anywhere(mixed_file):
    load(mixed_file, batch_size=7)
    assert figures()["invoices"] == 200
    lines = [line.split(",") for line in mixed_file.read_text().splitlines()[1:]]
    assert Line.objects.count() == len(lines)
    for order in Order.objects.all():
        expected = sum(int(line[3]) * Decimal(line[5]) for line in lines if line[0] == order.number)
        assert order.total_incl_tax == expected, order.number


@pytest.mark.django_db
def test_load__cancellation_has_positive_quantities_and_negative_money(data_file, row):
    load(data_file([row(invoice="C500001", quantity="-6"), row(invoice="C500001", code="M", quantity="-1", price="5")]))
    order = Order.objects.get()
    assert order.status == "Cancelled"
    assert order.total_incl_tax == order.total_excl_tax == Decimal("-22.70")
    first = order.lines.get(partner_sku="21844")
    assert (first.quantity, first.unit_price_incl_tax, first.line_price_incl_tax) == (
        6,
        Decimal("-2.95"),
        Decimal("-17.70"),
    )


@pytest.mark.django_db
def test_load__keeps_the_oddities_of_the_full_file(data_file, row):
    """Corrections without being a cancellation, a bad debt, nothing at all, repeats, prices of a tenth of a penny."""
    load(
        data_file(
            [
                row(invoice="500001", quantity="-3", price="0", customer=""),
                row(invoice="A500002", code="B", quantity="1", price="-11062.06", customer=""),
                row(invoice="500003", quantity="0"),
                row(invoice="500004"),
                row(invoice="500004"),
                row(invoice="500005", quantity="1000", price="0.001"),
            ]
        )
    )
    totals = dict(Order.objects.values_list("number", "total_incl_tax"))
    assert totals == {
        "500001": Decimal("0.00"),
        "A500002": Decimal("-11062.06"),
        "500003": Decimal("0.00"),
        "500004": Decimal("35.40"),
        "500005": Decimal("1.00"),
    }
    assert Order.objects.get(number="A500002").status == "Complete"
    assert Line.objects.get(order__number="500001").quantity == 3
    assert Order.objects.get(number="500004").lines.count() == 2


@pytest.mark.django_db
def test_load__order_takes_the_earliest_minute(data_file, row):
    load(data_file([row(date="2010-07-01 10:31:00"), row(date="2010-07-01 10:30:00")]))
    # British summer time.
    assert Order.objects.get().date_placed.isoformat() == "2010-07-01T09:30:00+00:00"


@pytest.mark.django_db
def test_load__customer_in_two_countries_has_an_address_in_each(data_file, row):
    load(
        data_file(
            [
                row(invoice="500001", country="Belgium"),
                row(invoice="500002", country="EIRE", date="2010-04-01 09:00:00"),
                row(invoice="500003", country="Belgium", date="2010-05-01 09:00:00"),
            ]
        )
    )
    user = User.objects.get(username="retail-12417")
    assert user.date_joined.isoformat() == "2010-03-01T10:30:00+00:00"
    addresses = {address.country_id: address for address in user.addresses.all()}
    assert set(addresses) == {"BE", "IE"}
    assert addresses["BE"].is_default_for_shipping
    assert not addresses["IE"].is_default_for_shipping
    assert set(user.orders.values_list("shipping_address__country", flat=True)) == {"BE", "IE"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("United Kingdom", "GB"),
        ("EIRE", "IE"),
        ("RSA", "ZA"),
        ("USA", "US"),
        ("Korea", "KR"),
        ("Czech Republic", "CZ"),
        ("Hong Kong", "HK"),
        ("Channel Islands", "XC"),
        ("West Indies", "XW"),
        ("European Community", "XE"),
        ("Unspecified", "ZZ"),
        ("Atlantis", "ZZ"),
    ],
)
def test_countries__finds_every_name(name, code):
    assert loading.Countries().find(name).pk == code


@pytest.mark.django_db
def test_load__codes_that_differ_in_case_are_one_article(data_file, row):
    load(
        data_file(
            [
                row(code="15056BL", description="BLUE PARASOL"),
                row(code="15056bl", description=""),
                row(code="15056bl", description="BLUE PARASOL"),
            ]
        )
    )
    assert Product.objects.get().title == "BLUE PARASOL"
    assert set(Line.objects.values_list("partner_sku", "title")) == {
        ("15056BL", "BLUE PARASOL"),
        ("15056bl", "BLUE PARASOL"),
    }


@pytest.mark.django_db
def test_load__the_same_people_in_every_shop(data_file, row):
    path = data_file([row(), row(invoice="500002", customer="")])
    load(path)
    first = list(User.objects.values_list("username", "email", "first_name")), Order.objects.get(user=None).guest_email
    Order.objects.all().delete()
    User.objects.all().delete()
    load(path)
    assert first == (
        list(User.objects.values_list("username", "email", "first_name")),
        Order.objects.get(user=None).guest_email,
    )


@pytest.mark.django_db
def test_load__leaves_orders_alone_that_it_did_not_write(data_file, row):
    Order.objects.create(number="500001", total_incl_tax=1, total_excl_tax=1, date_placed="2020-01-01T00:00:00Z")
    out, _ = load(data_file([row(), row(invoice="500002")]))
    assert Order.objects.get(number="500001").total_incl_tax == 1
    assert Order.objects.count() == 2
    assert "500001" in out


@pytest.mark.django_db
def test_load__limit_takes_whole_invoices(mixed_file):
    load(mixed_file, limit=5)
    assert Order.objects.count() == 5
    load(mixed_file)
    assert Order.objects.count() == 200


# --- Bad files ------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_load__broken_rows_are_named_and_left_out(data_file, row):
    path = data_file(
        [
            row(invoice="500001"),
            row(invoice="500001", code="21845", quantity="six"),
            row(invoice="500002", date="2010-02-30 10:00:00"),
            row(invoice="500003")[:5],
            row(invoice="500004"),
        ]
    )
    out, err = io.StringIO(), io.StringIO()
    with pytest.raises(CommandError, match="3 broken rows were left out") as refusal:
        call_command("load_online_retail", path, stdout=out, stderr=err)
    assert refusal.value.returncode == 3
    assert "line 3: quantity 'six' is not a number" in err.getvalue()
    assert "line 4: date '2010-02-30 10:00:00' is impossible" in err.getvalue()
    assert "line 5: 5 columns instead of 8" in err.getvalue()
    assert set(Order.objects.values_list("number", flat=True)) == {"500001", "500004"}

    # Somebody mends the file: what was left out is added, and nothing is doubled.
    fixed = data_file([row(invoice="500001"), row(invoice="500001", code="21845"), row(invoice="500004")])
    load(fixed)
    assert Order.objects.get(number="500001").lines.count() == 2
    assert Order.objects.get(number="500001").total_incl_tax == Decimal("35.40")
    assert Order.objects.get(number="500004").lines.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("content", [b"", b"Date,Amount\n1,2\n", b"PK\x03\x04 no workbook", b"\x1f\x8bno gzip"])
def test_load__other_files_are_refused_and_nothing_is_written(tmp_path, content):
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(CommandError):
        load(path)
    assert counts() == dict.fromkeys(counts(), 0)


@pytest.mark.django_db
def test_load__file_with_a_header_only_is_refused(data_file):
    with pytest.raises(CommandError, match="no usable row"):
        load(data_file([]))


# --- Interruptions --------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_load__goes_on_after_a_failure(mixed_file, monkeypatch):
    whole = loading.Orders._add_batch
    batches = []

    def fail_in_the_fifth(self, invoices, loaded):
        batches.append(invoices)
        whole(self, invoices, loaded)
        if len(batches) == 5:
            raise RuntimeError("the power went")

    monkeypatch.setattr(loading.Orders, "_add_batch", fail_in_the_fifth)
    with pytest.raises(RuntimeError):
        load(mixed_file, batch_size=10)
    # The fifth batch had been written, but not committed.
    assert Order.objects.count() == 40

    monkeypatch.undo()
    load(mixed_file, batch_size=10)
    assert Order.objects.count() == 200
    assert Line.objects.count() == len(mixed_file.read_text().splitlines()) - 1


@pytest.mark.django_db(transaction=True)
def test_load__goes_on_after_kill_9(data_file, row, tmp_path):
    if connection.vendor != "sqlite":
        pytest.skip("copies the test database as a file")
    path = data_file([row(invoice=str(500000 + number % 1500), code=str(21000 + number)) for number in range(6000)])
    database = tmp_path / "killed.sqlite3"
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(database)])
    command = [sys.executable, "sandbox/manage.py", "load_online_retail", str(path), "--batch-size", "10"]
    environment = {**os.environ, "DATABASE_URL": f"sqlite:///{database}", "SANDBOX_VAR": str(tmp_path / "var")}

    process = subprocess.Popen(
        command, cwd=REPOSITORY, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    while not count_in(database, "order_order") >= 50 and process.poll() is None:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    killed_at = count_in(database, "order_order")
    assert 0 < killed_at < 1500
    # Whole invoices only.
    assert count_in(database, "order_line") == killed_at * 4

    finished = subprocess.run(command, cwd=REPOSITORY, env=environment, capture_output=True, text=True)
    assert finished.returncode == 0, finished.stderr
    assert count_in(database, "order_order") == 1500
    assert count_in(database, "order_line") == 6000
    assert count_in(database, "catalogue_product") == 6000
    assert count_in(database, "auth_user") == 1
    assert count_in(database, "oscar_customer_mgmt_directoryentry") == 1


def count_in(database, table):
    reader = sqlite3.connect(database, timeout=30)
    try:
        return reader.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0]
    finally:
        reader.close()
