"""Filters of the customer list under a name."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers

from .. import filters
from .fields import Flag, Key, Moment, StrictSerializer, Text

_LONGEST_NAME = 100


class SavedFilterSerializer(StrictSerializer):
    """A saved filter; parameters are query parameters of the customer list."""

    id = Key(read_only=True)
    name = Text(max_length=_LONGEST_NAME)
    parameters = serializers.DictField(
        help_text=gettext_lazy("Query parameters of the customer list, as text, number or truth value.")
    )
    is_shared = Flag(required=False, help_text=gettext_lazy("Whether colleagues see it too."))
    is_own = Flag(read_only=True)
    created_at = Moment(read_only=True)

    def validate_parameters(self, value: dict[str, Any]) -> dict[str, str]:
        """Return the filters as they are stored."""
        return filters.to_stored({name: _as_text(name, part) for name, part in value.items()})


def _as_text(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int):
        return str(value)
    raise serializers.ValidationError({name: [_("Give a text, a whole number, true or false.")]})
