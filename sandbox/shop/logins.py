"""Who can log in to the sandbox: one account for each thing that one may want to try."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import Group
from django.core.management import call_command
from oscar.core.compat import get_user_model

from oscar_customer_mgmt.operations import customers

User = get_user_model()

# Nothing here is secret: the sandbox is for trying things out.
PASSWORD = "harbour-and-hearth"
CUSTOMER = "carl.caller@example.com"
TAX_EXEMPT_CUSTOMER = "tara.exempt@example.com"


@dataclass(frozen=True)
class Login:
    """An account with a known password. `role` is a group of the package, empty for none."""

    email: str
    first_name: str
    last_name: str
    what: str
    role: str = ""
    is_staff: bool = True
    is_superuser: bool = False
    is_tax_exempt: bool = False


LOGINS = (
    Login("admin@harbour-hearth.example", "Ada", "Admin", "Superuser", is_superuser=True),
    Login("agnes@harbour-hearth.example", "Agnes", "Berg", "Customer service", "Customer service"),
    Login("bertil@harbour-hearth.example", "Bertil", "Holm", "Customer manager", "Customer manager"),
    Login("renata@harbour-hearth.example", "Renata", "Nowak", "Rewards manager", "Rewards manager"),
    Login(CUSTOMER, "Carl", "Caller", "Customer", is_staff=False),
    Login(TAX_EXEMPT_CUSTOMER, "Tara", "Exempt", "Customer, tax exempt", is_staff=False, is_tax_exempt=True),
)


def make_logins() -> list[Any]:
    """Make the accounts that are missing, with their roles; return all of them."""
    call_command("create_customer_roles", verbosity=0)
    return [_make(login) for login in LOGINS]


def _make(login: Login) -> Any:
    user = User.objects.filter(username=login.email.partition("@")[0]).first()
    if user is None:
        user = User.objects.create_user(
            login.email.partition("@")[0],
            login.email,
            PASSWORD,
            first_name=login.first_name,
            last_name=login.last_name,
            is_staff=login.is_staff,
            is_superuser=login.is_superuser,
        )
        if login.is_tax_exempt:
            user = customers.update(customer=user, changes={"is_tax_exempt": True}, by=None)
    if login.role:
        user.groups.add(Group.objects.get(name=login.role))
    return user


def rows_of_logins() -> list[tuple[str, str]]:
    """Return who is who, for a table; the password is the same for all."""
    return [(login.what, login.email) for login in LOGINS]
