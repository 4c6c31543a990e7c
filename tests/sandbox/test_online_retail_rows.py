"""What is taken as a row of the data set, and in what words anything else is refused."""

import datetime as dt
from decimal import Decimal

import pytest

from sandbox.shop.online_retail.rows import BrokenRow, check_row


def test_check_row__reads_text(row):
    checked = check_row(row(description="  RED   MUG "))
    assert checked.invoice == "500001"
    assert checked.description == "RED MUG"
    assert checked.quantity == 6
    assert checked.placed_at == dt.datetime(2010, 3, 1, 10, 30)
    assert checked.line_price == Decimal("17.70")
    assert checked.customer == "12417"


def test_check_row__reads_what_a_workbook_gives(row):
    checked = check_row(
        row(invoice=500001, code=21844, quantity=6.0, date=dt.datetime(2010, 3, 1, 10, 30), price=2.1, customer=12417.0)
    )
    assert (checked.invoice, checked.stock_code, checked.customer) == ("500001", "21844", "12417")
    # As a float 6 x 2.1 is 12.600000000000001.
    assert checked.line_price == Decimal("12.60")


@pytest.mark.parametrize(("text", "customer"), [("12417.0", "12417"), ("", None), (None, None), ("  ", None)])
def test_check_row__reads_customer_ids(row, text, customer):
    assert check_row(row(customer=text)).customer == customer


def test_check_row__rounds_the_line_not_the_price(row):
    assert check_row(row(quantity="200", price="0.125")).line_price == Decimal("25.00")
    assert check_row(row(quantity="1", price="0.125")).line_price == Decimal("0.13")


def test_check_row__without_a_country_it_is_unspecified(row):
    assert check_row(row(country="")).country == "Unspecified"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"invoice": ""}, "no invoice number"),
        ({"invoice": "five"}, "invoice number 'FIVE' is not one"),
        ({"code": " "}, "no stock code"),
        ({"code": "x" * 65}, "longer than 64"),
        ({"quantity": "six"}, "quantity 'six' is not a number"),
        ({"quantity": "1.5"}, "not a whole number"),
        ({"quantity": "99999999999"}, "quantity '99999999999' is too large"),
        ({"quantity": ""}, "quantity '' is not a number"),
        ({"price": "2,95"}, "price '2,95' is not a number"),
        ({"price": "NaN"}, "price 'NaN' is not a number"),
        ({"price": "1_000"}, "is not a number"),
        ({"price": "٣"}, "is not a number"),
        ({"price": "1e30"}, "too large"),
        ({"price": "9" * 200}, "too large"),
        ({"date": "2010-02-30 10:00:00"}, "date '2010-02-30 10:00:00' is impossible"),
        ({"date": "2010-13-01 10:00:00"}, "is impossible"),
        ({"date": "0001-01-01 00:00:00"}, "is impossible"),
        ({"date": "2010-03-01 10:00:00+14:00"}, "is impossible"),
        ({"date": "yesterday"}, "is impossible"),
        ({"customer": "Mr Smith"}, "customer id 'Mr Smith' is not a number"),
        ({"description": "RED\0MUG"}, "a NUL character"),
    ],
)
def test_check_row__says_what_is_wrong(row, change, words):
    with pytest.raises(BrokenRow, match=words.replace("(", r"\(")):
        check_row(row(**change))
