"""How a member of staff likes the customer list."""

from __future__ import annotations

from typing import Any

from ..models import DirectoryPreference
from .directory import PAGE_SIZES


def of(user: Any) -> DirectoryPreference:
    """Return the preference of this member of staff, in one query; the defaults, unsaved, where there is none.

    A page size that the list no longer offers is the smallest one.
    """
    preference = DirectoryPreference.objects.filter(user=user).first() or DirectoryPreference(user=user)
    if preference.page_size not in PAGE_SIZES:
        preference.page_size = PAGE_SIZES[0]
    return preference
