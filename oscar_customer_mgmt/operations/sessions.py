"""End the sessions of an account where they are kept in the database."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessions
from django.utils import timezone

_AT_ONCE = 2000


def keys_of(customer: Any) -> list[str]:
    """Return the keys of the sessions in which this account is logged in.

    Sessions do not say in a column whose they are, so each that has not ended is looked into. Where
    they are kept elsewhere (a cache, files, cookies) none is found: they are worth nothing once the
    account is inactive, and end by themselves.
    """
    store = _store()
    if store is None:
        return []
    decode = store().decode
    rows = store.get_model_class()._default_manager.filter(expire_date__gt=timezone.now())
    owner = customer._meta.pk.value_to_string(customer)
    stored = rows.order_by().values_list("session_key", "session_data").iterator(chunk_size=_AT_ONCE)
    return [key for key, data in stored if decode(data).get(SESSION_KEY) == owner]


def end(keys: list[str]) -> int:
    """Delete these sessions, in the cache in front of the database as well; return how many there were."""
    store = _store()
    if store is not None:
        for key in keys:
            store(key).delete()
    return len(keys)


def _store() -> type[DatabaseSessions] | None:
    store: type[Any] = import_module(settings.SESSION_ENGINE).SessionStore
    return store if issubclass(store, DatabaseSessions) else None
