"""What a command says when the shop is ready: where it is and who can log in."""

import os

from django.urls import reverse
from rich.console import Console

from sandbox.shop.console import table_of
from sandbox.shop.logins import PASSWORD, rows_of_logins

PAGES = (
    ("Shop", "front-page"),
    ("Dashboard", "dashboard:index"),
    ("Customers", "dashboard:users-index"),
    ("API", "customer-mgmt-api:docs"),
)


def welcome(console: Console) -> None:
    """Print addresses and log-ins."""
    console.print(table_of("Where", ("What", "Address"), _addresses()))
    console.print(table_of(f"Log-ins, all with the password {PASSWORD}", ("Who", "E-mail"), rows_of_logins()))


def _addresses() -> list[tuple[str, str]]:
    root = f"http://127.0.0.1:{os.environ.get('PORT') or 8000}"
    return [(what, root + reverse(name)) for what, name in PAGES]
