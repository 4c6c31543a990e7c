"""What Django's own tables, and the REST framework's, hold about customers."""

from __future__ import annotations

from django.contrib.auth.hashers import make_password
from django.utils.translation import gettext_lazy as _

from ...host import User
from . import of_package, of_shop
from .entries import Entry, Keep, Scrub


def entries() -> tuple[Entry, ...]:
    """Return the entries; made anew, since the account is whatever model the shop has."""
    return (
        Entry(
            User._meta.label,
            person="pk",
            title=_("Account"),
            fields={
                "password": Scrub(lambda customer: make_password(None)),
                "last_login": Scrub(None),
                "username": Scrub(),
                "email": Scrub(),
                "first_name": Scrub(),
                "last_name": Scrub(),
                "date_joined": Keep(of_package.ACCOUNT),
                "is_active": Scrub(False),
                "is_staff": Scrub(False),
                "is_superuser": Scrub(False),
            },
            secret=("password",),
        ),
        Entry("authtoken.Token", person="user", title=_("API tokens"), delete=True, secret=("key",)),
        Entry("admin.LogEntry", person="user", reason=of_shop.STAFF, is_about_customer=False),
    )
