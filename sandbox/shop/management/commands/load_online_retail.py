"""`manage.py load_online_retail PATH`: the real sales of a British gift-ware shop, 2009 to 2011."""

from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from rich.console import Console

from sandbox.shop.console import console_of, nothing_logged, progress_on, table_of
from sandbox.shop.countries import make_countries
from sandbox.shop.online_retail import about
from sandbox.shop.online_retail.loading import Loaded, Shelves, load
from sandbox.shop.online_retail.reading import RawRow, UnreadableFile, read_rows
from sandbox.shop.online_retail.rows import BrokenRow, Row, check_row
from sandbox.shop.online_retail.scratch import Scratch

# What the command exits with when rows were left out. Anything worse is 1, as with every command.
ROWS_LEFT_OUT = 3
BROKEN_ROWS_SHOWN = 100


class Command(BaseCommand):
    """Loads the file into the shop."""

    help = (
        "Load UCI Online Retail II (csv, csv.gz or xlsx) into the shop. It can be run again, also after it was "
        "killed: what is there stays, what is missing is added. Exits with 0 when every row was loaded, with 3 "
        "when broken rows were left out (each is named with its line), with 1 when the file cannot be read."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Define the command line."""
        parser.add_argument("path", type=Path, help="the data file")
        parser.add_argument("--batch-size", type=int, default=200, help="orders per transaction (default: 200)")
        parser.add_argument("--limit", type=int, help="load only the first so many invoices")

    def handle(self, *args: Any, path: Path, batch_size: int, limit: int | None, **options: Any) -> None:
        """Read the file, load it, rebuild the directory, say what was done."""
        if batch_size < 1 or (limit is not None and limit < 1):
            raise CommandError("--batch-size and --limit are at least 1.")
        self.console = console_of(self)
        self.broken_rows = 0
        path = Path(path)
        self.console.print(f"Loading {path.name}.")
        with Scratch() as scratch, nothing_logged():
            self._read(path, scratch)
            if not scratch.count_rows():
                raise CommandError(f"{path} has no usable row.")
            make_countries()
            if limit is not None:
                scratch.keep_first(limit)
            shelves, loaded = self._load(scratch, batch_size)
        # Nothing above sends a signal.
        with nothing_logged():
            call_command("rebuild_customer_directory", stdout=self.stdout)
        if limit is None:
            about.publish(path)
        _show(self.console, shelves, loaded)
        if self.broken_rows:
            raise CommandError(
                f"{self.broken_rows} broken rows were left out; all others were loaded.",
                returncode=ROWS_LEFT_OUT,
            )

    def _read(self, path: Path, scratch: Scratch) -> None:
        with progress_on(self.console) as progress:
            size = path.stat().st_size if path.is_file() else None
            task = progress.add_task("Reading", total=size)
            try:
                rows = read_rows(path, lambda position: progress.update(task, completed=position))
                scratch.fill(self._checked(rows))
            except UnreadableFile as error:
                raise CommandError(str(error)) from error
            progress.update(task, total=1, completed=1)

    def _checked(self, raw_rows: Iterator[RawRow]) -> Iterator[Row]:
        """Yield the usable rows, report the others."""
        for raw in raw_rows:
            if raw.cells is None:
                self._report(raw.place, raw.problem)
                continue
            try:
                yield check_row(raw.cells)
            except BrokenRow as problem:
                self._report(raw.place, str(problem))

    def _report(self, place: str, problem: str) -> None:
        self.broken_rows += 1
        if self.broken_rows <= BROKEN_ROWS_SHOWN:
            self.stderr.write(f"{place}: {problem}; left out")
        elif self.broken_rows == BROKEN_ROWS_SHOWN + 1:
            self.stderr.write("More broken rows are only counted.")

    def _load(self, scratch: Scratch, batch_size: int) -> tuple[Shelves, Loaded]:
        with progress_on(self.console) as progress:
            task = progress.add_task("Orders", total=scratch.count_invoices())
            return load(scratch, batch_size=batch_size, told=lambda count: progress.advance(task, count))


def _show(console: Console, shelves: Shelves, loaded: Loaded) -> None:
    """Print what the file holds, and what of it was new to the shop."""
    rows = [
        ("Orders", f"{loaded.orders:,}"),
        ("  of them cancellations", f"{loaded.cancellations:,}"),
        ("  of them guests'", f"{loaded.guest_orders:,}"),
        ("  of them in the shop before", f"{loaded.orders_before:,}"),
        ("  of these completed now", f"{loaded.orders_completed:,}"),
        ("Lines", f"{loaded.lines:,}"),
        ("Customers", f"{shelves.customers:,}"),
        ("Stock codes", f"{shelves.articles:,}"),
        ("Sum of all order totals", f"GBP {loaded.total:,}"),
    ]
    if loaded.rounded_prices:
        rows.append(("Lines rounded to the penny", f"{loaded.rounded_prices:,}"))
    console.print(table_of("Online Retail II", ("What", "How much"), rows))
    if loaded.not_ours:
        console.print(
            f"{len(loaded.not_ours)} invoices have the number of an order that was not loaded from this file "
            f"and were left out: {', '.join(loaded.not_ours[:10])}"
        )
