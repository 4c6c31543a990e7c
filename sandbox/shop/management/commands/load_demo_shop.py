"""`manage.py load_demo_shop`: fills an empty shop with things, people and two years of orders."""

from typing import Any

from django.core.management.base import BaseCommand

from sandbox.shop.console import console_of, nothing_logged, progress_on
from sandbox.shop.demo.shop import make_demo_shop
from sandbox.shop.demo.stock import is_made
from sandbox.shop.welcome import welcome


class Command(BaseCommand):
    """Makes the demo shop."""

    help = (
        "Make the demo shop: about forty products, three hundred customers, nine hundred orders. It is made as a "
        "whole or not at all; where it is there already, nothing is done."
    )

    # Whoever calls this command from another one may have the last word.
    stealth_options = ("welcome",)

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the shop unless it is there, then print who can log in."""
        console = console_of(self)
        if is_made():
            console.print("The demo shop is there already.")
        else:
            console.print("Making the demo shop; this takes about half a minute.")
            with nothing_logged(), progress_on(console) as progress:
                make_demo_shop(progress)
        if options.get("welcome", True):
            welcome(console)
