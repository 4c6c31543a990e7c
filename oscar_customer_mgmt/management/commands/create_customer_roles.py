"""``manage.py create_customer_roles``."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ...operations import roles
from ..reporting import plain_errors


class Command(BaseCommand):
    """Make Django groups for the staff who work with customers."""

    help = (
        "Make the groups Customer service, Customer manager and Rewards manager with the rights they need. Rights "
        "that you added stay; may be run again after an upgrade to add the new ones."
    )
    requires_migrations_checks = True

    def handle(self, *args: Any, **options: Any) -> None:
        """Make them, and say what was added."""
        with plain_errors():
            outcomes = roles.create_roles()
        for outcome in outcomes:
            if options["verbosity"] > 0:
                done = "made" if outcome.is_new else "there already"
                self.stdout.write(f"{outcome.name}: {done}, {len(outcome.added)} rights added.")
            for name in outcome.unknown:
                self.stderr.write(f"{outcome.name}: this shop has no right called {name}; left out.")
        if any(outcome.is_incomplete for outcome in outcomes):
            raise CommandError("Rights of the package are missing: run `manage.py migrate`, then this again.")
