"""Turns a raw row into a checked one: money as Decimal, the date as a date, codes as text."""

import datetime as dt
import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

PENNY = Decimal("0.01")
INVOICE = re.compile(r"[A-Z]?[0-9]{1,18}")
NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)(e[+-]?[0-9]{1,3})?", re.IGNORECASE)
LARGEST_QUANTITY = 2_147_483_647
# Oscar's money columns have ten digits before the point, and an order has many lines.
TOO_MUCH = Decimal(10) ** 8


class BrokenRow(Exception):
    """A row that cannot be used, with the reason in words."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of an invoice. `quantity` is negative when goods came back; `customer` is None for a guest."""

    invoice: str
    stock_code: str
    description: str
    quantity: int
    placed_at: dt.datetime
    price: Decimal
    customer: str | None
    country: str

    @property
    def line_price(self) -> Decimal:
        """Quantity times price, rounded half up to the penny: a few prices have three decimals."""
        return (self.quantity * self.price).quantize(PENNY, ROUND_HALF_UP)


def check_row(cells: list[Any]) -> Row:
    """Return the row that the cells (in the order of COLUMNS) describe; raise BrokenRow when they do not."""
    invoice, code, description, quantity, placed_at, price, customer, country = cells
    if any(isinstance(cell, str) and "\0" in cell for cell in cells):
        raise BrokenRow("a NUL character")
    row = Row(
        invoice=_invoice(invoice),
        stock_code=_stock_code(code),
        description=" ".join(_text(description).split())[:255],
        quantity=_quantity(quantity),
        placed_at=_date(placed_at),
        price=_price(price),
        customer=_customer(customer),
        country=_text(country)[:100] or "Unspecified",
    )
    if abs(row.price) >= TOO_MUCH or abs(row.quantity * row.price) >= TOO_MUCH:
        raise BrokenRow(f"price {price!r} times quantity {quantity!r} is too large")
    return row


def _text(cell: Any) -> str:
    """Return a cell as text: a workbook's 21844 and 21844.0 are the text 21844."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def _invoice(cell: Any) -> str:
    number = _text(cell).upper()
    if not INVOICE.fullmatch(number):
        raise BrokenRow(f"invoice number {number[:40]!r} is not one" if number else "no invoice number")
    return number


def _stock_code(cell: Any) -> str:
    code = _text(cell)
    if not code:
        raise BrokenRow("no stock code")
    if len(code) > 64:
        raise BrokenRow(f"stock code {code[:40]!r}... is longer than 64 characters")
    return code


def _number(cell: Any, what: str) -> Decimal:
    text = _text(cell)
    # Decimal itself would take NaN, 1_000 and digits of other scripts.
    if not NUMBER.fullmatch(text):
        raise BrokenRow(f"{what} {text[:40]!r} is not a number")
    return Decimal(text)


def _quantity(cell: Any) -> int:
    number = _number(cell, "quantity")
    if abs(number) > LARGEST_QUANTITY:
        raise BrokenRow(f"quantity {_text(cell)[:40]!r} is too large")
    if number != number.to_integral_value():
        raise BrokenRow(f"quantity {_text(cell)[:40]!r} is not a whole number")
    return int(number)


def _price(cell: Any) -> Decimal:
    return _number(cell, "price")


def _date(cell: Any) -> dt.datetime:
    if isinstance(cell, dt.datetime):
        moment = cell
    else:
        try:
            moment = dt.datetime.fromisoformat(_text(cell))
        except ValueError:
            raise BrokenRow(f"date {_text(cell)[:40]!r} is impossible") from None
    if moment.tzinfo is not None or not 1900 <= moment.year <= 2100:
        raise BrokenRow(f"date {_text(cell)[:40]!r} is impossible")
    return moment


def _customer(cell: Any) -> str | None:
    text = _text(cell)
    if not text:
        return None
    number = re.fullmatch(r"([0-9]{1,18})(\.0+)?", text)
    if not number:
        raise BrokenRow(f"customer id {text[:40]!r} is not a number")
    return number[1]
