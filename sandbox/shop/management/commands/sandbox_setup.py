"""`manage.py sandbox_setup`: all that must be done before the shop can be opened, and nothing twice."""

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.sites.models import Site
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from oscar.core.loading import get_model

from sandbox.shop.console import console_of
from sandbox.shop.countries import make_countries
from sandbox.shop.demo.stock import is_made
from sandbox.shop.logins import make_logins
from sandbox.shop.management.commands.load_online_retail import ROWS_LEFT_OUT
from sandbox.shop.online_retail import about
from sandbox.shop.welcome import welcome

Order = get_model("order", "Order")


class Command(BaseCommand):
    """Prepares the shop."""

    help = (
        "Make the database, fill the shop if it is empty (with the demo shop, or with --data), make the log-ins "
        "and print them. Quick when all of that is done already."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Define the command line."""
        parser.add_argument(
            "--data", type=Path, help="a copy of UCI Online Retail II (csv, csv.gz or xlsx) instead of the demo"
        )

    def handle(self, *args: Any, data: Path | None, **options: Any) -> None:
        """Do what is missing."""
        self.console = console_of(self)
        if data is not None and not Path(data).is_file():
            # Said before minutes are spent on the database.
            raise CommandError(f"There is no file {data}.")
        if _is_behind():
            self.console.print("Making the database.")
            call_command("migrate", verbosity=0)
        make_countries()
        _name_site()
        if data is not None:
            self._load(Path(data))
        elif not Order.objects.exists() and not is_made():
            call_command("load_demo_shop", stdout=self.stdout, welcome=False)
        make_logins()
        welcome(self.console)

    def _load(self, path: Path) -> None:
        if about.tells_of(path):
            self.console.print(f"{path.name} is loaded already.")
            return
        if is_made():
            self.console.print("The demo shop is in this database, too. For the data alone remove sandbox/var first.")
        try:
            call_command("load_online_retail", path, stdout=self.stdout, stderr=self.stderr)
        except CommandError as error:
            if error.returncode != ROWS_LEFT_OUT:
                raise
            self.stderr.write(str(error))


def _is_behind() -> bool:
    """Tell whether there are migrations to run; asking is much quicker than running none."""
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _name_site() -> None:
    """Put the shop's own address into mails, unless somebody has chosen another one."""
    address = f"127.0.0.1:{os.environ.get('PORT') or 8000}"
    Site.objects.filter(pk=settings.SITE_ID, domain="example.com").update(domain=address, name=settings.OSCAR_SHOP_NAME)
