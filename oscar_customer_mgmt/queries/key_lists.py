"""Long lists of keys in conditions, sent to the database in one piece."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import connection
from django.db.models import Field
from django.db.models.expressions import RawSQL

#: Fewer keys than this are as well off as a list of parameters.
_WORTH_PACKING = 100


def among(field: Field[Any, Any], keys: Collection[Any]) -> Any:
    """Return what stands behind ``__in`` for these keys, which are values of ``field``.

    On PostgreSQL many keys are one parameter, an array: Django and the driver look at every
    parameter several times, and a rebuild of the directory would spend a sixth of its time on that.
    """
    if connection.vendor != "postgresql" or len(keys) < _WORTH_PACKING:
        return keys
    values = [field.get_db_prep_value(key, connection) for key in keys]
    # The type comes from Django's own description of the column.
    return RawSQL(f"SELECT unnest(%s::{field.rel_db_type(connection)}[])", [values])
