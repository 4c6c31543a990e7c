"""The trigram index that makes the search fast on PostgreSQL."""

from __future__ import annotations

from django.db import DatabaseError, connection, transaction

from ..models import DirectoryEntry
from ..queries.directory_state import SEARCH_INDEX, has_search_index


def tell_planner() -> None:
    """Let PostgreSQL look at the directory now, so that it need not guess until it gets round to it."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {connection.ops.quote_name(DirectoryEntry._meta.db_table)}")


def ensure() -> bool:
    """Make the index where it is missing and the database allows it; return whether it is there.

    The migration makes it too, unless its role may not create the extension ``pg_trgm``. Other
    databases need none: they scan.
    """
    if has_search_index():
        return True
    table = connection.ops.quote_name(DirectoryEntry._meta.db_table)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
            cursor.execute(f"CREATE INDEX {SEARCH_INDEX} ON {table} USING gin (search_text gin_trgm_ops)")
    except DatabaseError:
        return False
    return True
