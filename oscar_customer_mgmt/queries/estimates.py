"""How many rows a query will find, by the database's own reckoning."""

from __future__ import annotations

import json
from typing import Any

from django.db import connection, connections
from django.db.models import Model, QuerySet


def estimated_count(queryset: QuerySet[Any]) -> int | None:
    """Return the number of rows that the planner expects, ``None`` where it cannot be asked.

    Costs less than a millisecond whatever the size of the table, and may be off by a factor.
    Only PostgreSQL tells it in a form to rely on.
    """
    if connections[queryset.db].vendor != "postgresql":
        return None
    plan = queryset.order_by().values("pk").explain(format="json")
    # A query that cannot find anything is not sent, and has no plan.
    return int(json.loads(plan)[0]["Plan"]["Plan Rows"]) if plan else 0


def estimated_rows(model: type[Model]) -> int | None:
    """Return how many rows the table had when the database last looked, ``None`` where it does not say.

    Only PostgreSQL tells it in a form to rely on; of a table that it never looked at it says nothing.
    """
    if connection.vendor != "postgresql":
        return None
    with connection.cursor() as cursor:
        table = connection.ops.quote_name(model._meta.db_table)
        cursor.execute("SELECT reltuples::bigint FROM pg_class WHERE oid = to_regclass(%s)", [table])
        found = cursor.fetchone()
    return int(found[0]) if found and found[0] >= 0 else None
