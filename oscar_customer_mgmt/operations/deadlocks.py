"""Do again what the database gave up so that somebody else could go on."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from django.db import OperationalError, connection

Result = TypeVar("Result")

_TIMES = 6
_PAUSE_SECONDS = 0.05

#: "Deadlock" and "lock wait timeout" of MySQL and MariaDB; the same two, and "serialization failure", of PostgreSQL.
_MYSQL_ERRORS = {1205, 1213}
_POSTGRESQL_STATES = {"40P01", "40001", "55P03"}


def tried_again(work: Callable[[], Result]) -> Result:
    """Return what ``work`` returns; start it anew, a few times, when the database chose to give it up.

    ``work`` is one transaction. Inside a transaction of the caller's it is done once: only the
    caller can start that anew.
    """
    for attempt in range(1, _TIMES):
        try:
            return work()
        except OperationalError as error:
            if connection.in_atomic_block or not _was_given_up(error):
                raise
            time.sleep(_PAUSE_SECONDS * attempt)
    return work()


def _was_given_up(error: OperationalError) -> bool:
    cause = error.__cause__
    state = getattr(cause, "sqlstate", None) or getattr(cause, "pgcode", None)
    number = error.args[0] if error.args else None
    return state in _POSTGRESQL_STATES or number in _MYSQL_ERRORS or "database is locked" in str(error)
