"""Fields that take exactly the JSON type they promise, and serializers that take no other field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from rest_framework import ISO_8601, serializers


class Text(serializers.CharField):
    """A string; a number is not one."""

    def to_internal_value(self, data: Any) -> str:
        """Return the text. Raises ``ValidationError`` for another type."""
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class Choice(serializers.ChoiceField):
    """One of several strings."""

    def to_internal_value(self, data: Any) -> Any:
        """Return the choice. Raises ``ValidationError`` for another type or value."""
        if not isinstance(data, str):
            self.fail("invalid_choice", input=data)
        return super().to_internal_value(data)


class Flag(serializers.BooleanField):
    """``true`` or ``false``, not words that mean so."""

    def to_internal_value(self, data: Any) -> bool:
        """Return the truth value. Raises ``ValidationError`` for another type."""
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class Whole(serializers.IntegerField):
    """A whole number, not a text of digits."""

    def to_internal_value(self, data: Any) -> int:
        """Return the number. Raises ``ValidationError`` for another type."""
        if not isinstance(data, int) or isinstance(data, bool):
            self.fail("invalid")
        return data


class Key(Whole):
    """The ``id`` of something."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=1, max_value=2**63 - 1, **kwargs)


class Day(serializers.DateField):
    """A date as ISO 8601 writes it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format=ISO_8601, input_formats=[ISO_8601], **kwargs)


class Moment(serializers.DateTimeField):
    """A time as ISO 8601 writes it, with its zone."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format=ISO_8601, **kwargs)


class Amount(serializers.DecimalField):
    """An amount of money as a string; its currency stands beside it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=18, decimal_places=2, coerce_to_string=True, **kwargs)


class Phone(serializers.CharField):
    """A phone number, written internationally where it is one: ``+442079460958``."""

    def to_representation(self, value: Any) -> str:
        """Return E.164, or what was typed where it is no valid number."""
        return str(getattr(value, "as_e164", None) or value or "")


class StrictSerializer(serializers.Serializer[Any]):
    """A body of exactly these fields: any other is an error, never ignored."""

    default_error_messages = {"invalid": _("Send one JSON object.")}

    #: Words for fields that a client may well expect here, by name.
    refusals: ClassVar[Mapping[str, Any]] = {}

    def to_internal_value(self, data: Any) -> Any:
        """Return the values. Raises ``ValidationError`` that names every field at fault."""
        errors: dict[Any, Any] = {}
        if isinstance(data, Mapping):
            known = {name for name, field in self.fields.items() if not field.read_only}
            unknown = _("There is no such field.")
            errors = {name: [self.refusals.get(name, unknown)] for name in data if name not in known}
        try:
            values = super().to_internal_value(data)
        except serializers.ValidationError as error:
            detail = error.detail
            errors.update(detail if isinstance(detail, dict) else {"non_field_errors": detail})
        if errors:
            raise serializers.ValidationError(errors)
        return values


class NothingSerializer(StrictSerializer):
    """A body of no fields: the address says it all."""
