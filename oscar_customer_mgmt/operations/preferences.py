"""How a member of staff likes the customer list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..models import DirectoryPreference


def save(*, user: Any, columns: Sequence[str] | None = None, page_size: int | None = None) -> DirectoryPreference:
    """Remember columns and page size; what is ``None`` stays as it was."""
    values: dict[str, Any] = {}
    if columns is not None:
        values["columns"] = list(columns)
    if page_size is not None:
        values["page_size"] = page_size
    preference, _created = DirectoryPreference.objects.update_or_create(user=user, defaults=values)
    return preference
