"""``manage.py rebuild_customer_directory``."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from ...operations import directory, search_index
from ..reporting import batch_size, plain_errors, progress


class Command(BaseCommand):
    """Bring the customer list up to date; run it once on a shop that has customers already."""

    help = (
        "Bring the customer directory up to date: missing profiles and customer numbers first, then every row that "
        "differs from customers, addresses and orders. Safe while the shop is open; may be stopped and run again."
    )
    requires_migrations_checks = True

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the batch size."""
        parser.add_argument(
            "--batch-size",
            type=batch_size,
            default=directory.DEFAULT_BATCH_SIZE,
            help="How many rows are read and written in one transaction (default: %(default)s).",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Rebuild, and say what differed."""
        verbosity = options["verbosity"]
        total = directory.total_rows
        with plain_errors(), progress(self, "Customers", total=total, verbosity=verbosity) as on_progress:
            found = directory.rebuild(batch_size=options["batch_size"], on_progress=on_progress)
        if not search_index.ensure():
            self.stderr.write(
                "The search has no index: let an administrator run CREATE EXTENSION pg_trgm in this database, "
                "then run this command again."
            )
        search_index.tell_planner()
        if verbosity > 0:
            self.stdout.write(
                f"The directory is up to date: {found.missing:,} rows added, {found.changed:,} corrected, "
                f"{found.superfluous:,} removed."
            )
