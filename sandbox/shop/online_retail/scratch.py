"""Keeps the checked rows in a private database on disk while they are loaded.

An invoice's lines can stand anywhere in the file, a description or a customer's second country hundreds of
thousands of rows further down: so the file is read once into here, and loaded from here invoice by invoice,
in the same little memory whatever its size. SQLite deletes the file by itself, also after a crash.
"""

import datetime as dt
import itertools
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from sandbox.shop.online_retail.rows import Row


@dataclass
class Invoice:
    """An invoice with all its lines, in the order of the file."""

    number: str
    rows: list[Row] = field(default_factory=list)

    @property
    def is_cancellation(self) -> bool:
        """Tell whether the invoice takes another one back."""
        return self.number.startswith("C")

    @property
    def placed_at(self) -> dt.datetime:
        """The earliest of the lines' times: some invoices bear two minutes."""
        return min(row.placed_at for row in self.rows)

    @property
    def customer(self) -> str | None:
        """The customer's id, None for a guest."""
        return next((row.customer for row in self.rows if row.customer), None)

    @property
    def country(self) -> str:
        """The country as the file calls it."""
        return self.rows[0].country

    @property
    def total(self) -> Decimal:
        """The sum of the line prices, negative for a cancellation."""
        return sum((row.line_price for row in self.rows), Decimal("0.00"))


@dataclass(frozen=True)
class Article:
    """What is sold under a stock code: its usual description and its latest price above nothing."""

    stock_code: str
    description: str
    price: Decimal | None


@dataclass(frozen=True)
class Residence:
    """A customer in a country, with the time of the first invoice there."""

    customer: str
    country: str
    since: dt.datetime


class Scratch:
    """The rows of one file. Use as a context manager."""

    def __init__(self) -> None:
        # An empty name makes a private database on disk, not one in memory.
        self._db = sqlite3.connect("")
        self._db.execute(
            "CREATE TABLE row (line INTEGER PRIMARY KEY, invoice TEXT, code TEXT, article TEXT, description TEXT,"
            " quantity INTEGER, placed_at TEXT, price TEXT, customer TEXT, country TEXT)"
        )

    def __enter__(self) -> "Scratch":
        return self

    def __exit__(self, *exception: object) -> None:
        self._db.close()

    def fill(self, rows: Iterable[Row]) -> None:
        """Take in all rows of the file."""
        columns = (
            (
                row.invoice,
                row.stock_code,
                article_key(row.stock_code),
                row.description,
                row.quantity,
                row.placed_at.isoformat(" "),
                str(row.price),
                row.customer,
                row.country,
            )
            for row in rows
        )
        self._db.executemany(f"INSERT INTO row VALUES (NULL{', ?' * 9})", columns)
        self._db.execute("CREATE INDEX row_invoice ON row (invoice, line)")
        self._db.execute("CREATE TABLE invoice AS SELECT invoice, MIN(line) AS first FROM row GROUP BY invoice")
        self._db.execute("CREATE INDEX invoice_first ON invoice (first)")
        self._db.commit()

    def count_rows(self) -> int:
        """Return the number of rows."""
        return self._db.execute("SELECT COUNT(*) FROM row").fetchone()[0]

    def count_invoices(self) -> int:
        """Return the number of invoices."""
        return self._db.execute("SELECT COUNT(*) FROM invoice").fetchone()[0]

    def keep_first(self, invoices: int) -> None:
        """Forget all but the first so many invoices."""
        first = "SELECT invoice FROM invoice ORDER BY first LIMIT ?"
        self._db.execute(f"DELETE FROM row WHERE invoice NOT IN ({first})", [invoices])
        self._db.execute(f"DELETE FROM invoice WHERE invoice NOT IN ({first})", [invoices])
        self._db.commit()

    def invoices(self) -> Iterator[Invoice]:
        """Yield whole invoices in the order in which the file begins them."""
        rows = self._db.execute(
            "SELECT r.invoice, r.code, r.description, r.quantity, r.placed_at, r.price, r.customer, r.country"
            " FROM invoice i CROSS JOIN row r ON r.invoice = i.invoice ORDER BY i.first, r.line"
        )
        for number, lines in itertools.groupby(rows, key=lambda columns: columns[0]):
            yield Invoice(number, [_row(columns) for columns in lines])

    def articles(self) -> Iterator[Article]:
        """Yield one article per stock code, in the order of the codes."""
        latest_price = dict(
            self._db.execute(
                "SELECT article, price FROM (SELECT article, price, MAX(placed_at) FROM row"
                " WHERE CAST(price AS REAL) > 0 GROUP BY article)"
            )
        )
        descriptions = self._db.execute(
            "SELECT article, MIN(code), description FROM row GROUP BY article, description"
            " ORDER BY article, description = '', COUNT(*) DESC, MIN(line)"
        )
        for key, (first, *_) in itertools.groupby(descriptions, key=lambda columns: columns[0]):
            price = latest_price.get(key)
            yield Article(first[1], first[2], Decimal(price) if price else None)

    def residences(self) -> Iterator[Residence]:
        """Yield every customer's countries, those of a customer in a row, the earliest country first."""
        rows = self._db.execute(
            "SELECT customer, country, MIN(placed_at) FROM row WHERE customer IS NOT NULL"
            " GROUP BY customer, country ORDER BY customer, MIN(placed_at)"
        )
        for customer, country, since in rows:
            yield Residence(customer, country, dt.datetime.fromisoformat(since))


def article_key(stock_code: str) -> str:
    """Return what is equal for one article: the full file writes 15056BL and 15056bl, and means the same."""
    return stock_code.upper()


def _row(columns: tuple) -> Row:
    number, code, description, quantity, placed_at, price, customer, country = columns
    return Row(
        invoice=number,
        stock_code=code,
        description=description,
        quantity=quantity,
        placed_at=dt.datetime.fromisoformat(placed_at),
        price=Decimal(price),
        customer=customer,
        country=country,
    )
