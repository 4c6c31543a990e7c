"""Keep searches and filters of the customer list under a name."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from ..exceptions import InvalidData, NotAllowed, StaleVersion
from ..models import SavedFilter
from ..queries.search_text import fold


def save(*, owner: Any, name: str, parameters: Mapping[str, Any], is_shared: bool = False) -> SavedFilter:
    """Store a filter under a name and return it.

    Names are unique for one owner, without regard to case. Raises ``InvalidData``.
    """
    saved = SavedFilter(owner=owner)
    _store(saved, {"name": name, "parameters": parameters, "is_shared": is_shared})
    return saved


def change(
    *, saved: SavedFilter, changes: Mapping[str, Any], by: Any, expected_version: str | None = None
) -> SavedFilter:
    """Change any of name, parameters and whether it is shared; return the filter as stored.

    Raises ``NotAllowed`` for a filter of somebody else, ``StaleVersion`` where
    ``expected_version`` (see ``version_of``) is no longer what is stored, ``InvalidData``, and
    ``SavedFilter.DoesNotExist`` for one that is gone.
    """
    with transaction.atomic():
        stored = _locked(saved, expected_version)
        if stored.owner_id != by.pk:
            raise NotAllowed(_("Only its owner can change a saved filter."))
        _store(stored, changes)
    return stored


def delete(*, saved: SavedFilter, by: Any, expected_version: str | None = None) -> None:
    """Forget a saved filter.

    Raises ``NotAllowed`` for one of somebody else, unless ``by`` is a superuser, and otherwise
    what ``change`` does.
    """
    with transaction.atomic():
        stored = _locked(saved, expected_version)
        if stored.owner_id != by.pk and not by.is_superuser:
            raise NotAllowed(_("Only its owner can delete a saved filter."))
        stored.delete()


def version_of(saved: SavedFilter) -> str:
    """Return a token that changes whenever the filter does."""
    text = json.dumps([saved.name, saved.parameters, saved.is_shared], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _locked(saved: SavedFilter, expected_version: str | None) -> SavedFilter:
    stored = SavedFilter.objects.select_for_update().get(pk=saved.pk)
    if expected_version is not None and expected_version != version_of(stored):
        raise StaleVersion(_("Someone else changed this filter meanwhile. Nothing was saved."))
    return stored


def _store(saved: SavedFilter, values: Mapping[str, Any]) -> None:
    if "name" in values:
        saved.name = " ".join(values["name"].replace("\x00", "").split())
        if not saved.name or len(saved.name) > 100:
            raise InvalidData({"name": [_("Give the filter a name of at most 100 characters.")]})
        # Hashed: MariaDB's collations take accented letters for bare ones.
        saved.name_key = hashlib.sha256(fold(saved.name).encode()).hexdigest()
    if "parameters" in values:
        saved.parameters = dict(values["parameters"])
        # A backslash that was typed is written as two.
        if "\\u0000" in json.dumps(saved.parameters).replace("\\\\", ""):
            raise InvalidData({"parameters": [_("Null characters are not allowed.")]})
    saved.is_shared = values.get("is_shared", saved.is_shared)
    try:
        with transaction.atomic():
            saved.save()
    except IntegrityError as error:
        raise InvalidData({"name": [_("You have a filter of this name already.")]}) from error
