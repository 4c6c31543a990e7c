"""``manage.py lift_expired_denials``."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from ...operations import access
from ...queries import access as queries
from ..reporting import batch_size, plain_errors, progress


class Command(BaseCommand):
    """Clear denials that are over, and write their end on the timeline; fit for a daily job."""

    help = (
        "Clear denials whose end date has passed and write that on the customers' timelines. They hold no longer "
        "whether this runs or not. Safe while the shop is open; may be stopped and run again."
    )
    requires_migrations_checks = True

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the batch size."""
        parser.add_argument(
            "--batch-size",
            type=batch_size,
            default=access.BATCH_SIZE,
            help="How many denials are looked up at once; each is lifted in a transaction of its own "
            "(default: %(default)s).",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Lift them, and say how many there were."""
        lifted, verbosity = 0, options["verbosity"]
        with plain_errors(), progress(self, "Denials", total=queries.lapsed().count, verbosity=verbosity) as done:
            for number in access.lift_expired(batch_size=options["batch_size"]):
                lifted += number
                done(number)
        if verbosity > 0:
            self.stdout.write(f"{lifted:,} denials were over.")
