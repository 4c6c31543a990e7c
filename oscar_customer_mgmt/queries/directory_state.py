"""Whether the directory is there at all: its rows, and its search index."""

from __future__ import annotations

from django.db import connection

from ..host import User
from ..models import DirectoryEntry

SEARCH_INDEX = "ocm_entry_search_text"


def is_installed() -> bool:
    """Say whether the directory's table has been made."""
    return DirectoryEntry._meta.db_table in connection.introspection.table_names()


def has_search_index() -> bool:
    """Say whether the search has the index that it wants; only PostgreSQL has one to want."""
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [SEARCH_INDEX])
        return bool(cursor.fetchone()[0])


def has_unlisted_accounts() -> bool:
    """Say whether there is an account that the directory does not list."""
    return bool(User._default_manager.filter(directory_entry__isnull=True).exists())
