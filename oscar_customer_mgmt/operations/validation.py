"""Turn what a model refuses into the errors that both faces show."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.translation import gettext as _

from ..exceptions import InvalidData


def check_fields(instance: Model, names: Iterable[str]) -> None:
    """Validate these fields of ``instance`` and no others. Raises ``InvalidData``."""
    wanted = set(names)
    errors = _null_characters(instance, wanted)
    others = [field.name for field in instance._meta.fields if {field.name, field.attname}.isdisjoint(wanted)]
    try:
        instance.clean_fields(exclude=others)
    except ValidationError as error:
        errors.update(_messages(error))
    if errors:
        raise InvalidData(errors)


def check_model(instance: Model, *, exclude: Iterable[str] = ()) -> None:
    """Validate the whole instance but these fields, uniqueness included. Raises ``InvalidData``."""
    errors = _null_characters(instance, [field.attname for field in instance._meta.concrete_fields])
    if errors:
        raise InvalidData(errors)
    try:
        instance.full_clean(exclude=set(exclude))
    except ValidationError as error:
        raise InvalidData(_messages(error)) from error


def check_address(address: Model) -> None:
    """Validate an address of Oscar's as a whole. Raises ``InvalidData``.

    Not its short code: an empty one reads as "", and any other empty one then seems a duplicate.
    """
    check_model(address, exclude=["code"])


def _null_characters(instance: Model, names: Iterable[str]) -> dict[str, list[str]]:
    # Django's forms refuse them, its models do not, and PostgreSQL cannot store them.
    values = {name: getattr(instance, name) for name in names}
    with_null = [name for name, value in values.items() if isinstance(value, str) and "\x00" in value]
    return {name: [_("Null characters are not allowed.")] for name in with_null}


def _messages(error: ValidationError) -> dict[str, list[str]]:
    messages: Mapping[str, Any] = error.message_dict
    return {name: [str(text) for text in texts] for name, texts in messages.items()}
