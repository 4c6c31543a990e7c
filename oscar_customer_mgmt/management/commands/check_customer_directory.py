"""``manage.py check_customer_directory``."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ...operations import directory
from ..reporting import batch_size, plain_errors, progress


class Command(BaseCommand):
    """Say whether the customer list is right; exits with 1 where it is not. Writes nothing."""

    help = (
        "Compare the customer directory with customers, addresses and orders. Writes nothing; exits with 1 and "
        "names a few rows where they differ, so that cron tells."
    )
    requires_migrations_checks = True

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the batch size."""
        parser.add_argument(
            "--batch-size",
            type=batch_size,
            default=directory.DEFAULT_BATCH_SIZE,
            help="How many rows are compared at a time (default: %(default)s).",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Compare, and fail with examples."""
        verbosity = options["verbosity"]
        total = directory.total_rows
        with plain_errors(), progress(self, "Customers", total=total, verbosity=verbosity) as on_progress:
            found = directory.check(batch_size=options["batch_size"], on_progress=on_progress)
        if found:
            raise CommandError(
                f"The directory differs: {found.missing:,} rows missing, {found.changed:,} out of date, "
                f"{found.superfluous:,} too many. For example: {', '.join(found.examples)}. "
                "`manage.py rebuild_customer_directory` puts it right."
            )
        if verbosity > 0:
            self.stdout.write("The directory is right.")
