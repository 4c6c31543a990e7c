"""The customer list's filters as query parameters: the same ones, read strictly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import django_filters
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError as DjangoValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from .. import conf
from ..host import Partner, User
from ..models import DirectoryEntry
from ..queries import directory
from . import pagination
from .schema import query

ORDERING = "ordering"

# Whatever the language of the caller: 02/03 is a day in February here and in March there.
_ISO = ["%Y-%m-%d"]

_NUMBER = "customer_profile__number"

#: Filters that go when the shop switches a profile field off.
_OVER_PROFILE_FIELD = {"birth_day": "date_of_birth", "birth_month": "date_of_birth", "phone": "phone_number"}

#: What the dashboard names by key and the API by a word: the model, and where the word stands.
_NAMED: dict[str, tuple[Any, str]] = {
    "role": (Group, "name"),
    "partner": (Partner, "code"),
    "account_manager": (User, _NUMBER),
    "created_by": (User, _NUMBER),
}

#: The orderings by the names of the API; each with ``-`` for descending.
ORDERINGS = tuple(directory.ORDERINGS)


def _by_name(label: Any, choices: Any, attribute: str, method: str) -> django_filters.ModelChoiceFilter:
    return django_filters.ModelChoiceFilter(
        label=label, queryset=lambda request: choices(), method=method, to_field_name=attribute
    )


def _roles() -> QuerySet[Group]:
    return Group.objects.order_by("name")


def _partners() -> QuerySet[Any]:
    return Partner.objects.order_by("name")


class CustomerFilter(directory.DirectoryFilter):
    """The directory's filters; people are named by customer number, roles by name, partners by code."""

    role = _by_name(gettext_lazy("Staff role, by name"), _roles, "name", "filter_role")
    partner = _by_name(gettext_lazy("Partner, by code"), _partners, "code", "filter_partner")
    account_manager = _by_name(
        gettext_lazy("Account manager, by customer number"), directory.staff, _NUMBER, "filter_keeper"
    )
    created_by = _by_name(gettext_lazy("Created by, by customer number"), directory.staff, _NUMBER, "filter_keeper")
    registered = directory.DayRangeFilter(
        label=gettext_lazy("Registered"), field_name="registered_at", input_formats=_ISO
    )
    last_order = directory.DayRangeFilter(
        label=gettext_lazy("Last order"), field_name="last_order_at", input_formats=_ISO
    )


def parameter_names() -> list[str]:
    """Return the name of every filter of this shop as it stands in an address."""
    return [
        name
        for base, filter_ in CustomerFilter.base_filters.items()
        if conf.uses_profile_field(_OVER_PROFILE_FIELD.get(base, base))
        for name in _names(base, filter_)
    ]


def filtered(parameters: Mapping[str, Any]) -> QuerySet[DirectoryEntry]:
    """Return the rows that these parameters leave. Raises ``ValidationError`` for values amiss."""
    return _checked(parameters).qs


def to_stored(parameters: Mapping[str, str]) -> dict[str, str]:
    """Return filters as they are kept for both faces: people, roles and partners by their keys.

    Raises ``ValidationError`` for filters that there are not, and for values amiss.
    """
    known = parameter_names()
    unknown = {name: [_("There is no such filter.")] for name in parameters if name not in known}
    if unknown:
        raise ValidationError(unknown)
    chosen = _checked(parameters).form.cleaned_data
    keys = {name: str(chosen[name].pk) for name in _NAMED if chosen.get(name) is not None}
    return {**parameters, **keys}


def to_shown(kept: Sequence[Any]) -> list[dict[str, str]]:
    """Return stored filters as the list takes them, in four queries at most; what is gone is left out."""
    found = [_texts(parameters) for parameters in kept]
    for name, (model, attribute) in _NAMED.items():
        asked = {parameters[name]: _key(model, parameters[name]) for parameters in found if name in parameters}
        if not asked:
            continue
        keys = [key for key in asked.values() if key is not None]
        words = dict(model._default_manager.filter(pk__in=keys).values_list("pk", attribute))
        for parameters in found:
            word = words.get(asked[parameters.pop(name)]) if name in parameters else None
            if word is not None:
                parameters[name] = word
    return found


def _texts(kept: Any) -> dict[str, str]:
    """Return what of a stored filter can be used: what an earlier release kept may be of another shape."""
    return {name: text for name, text in kept.items() if isinstance(text, str)} if isinstance(kept, dict) else {}


def ordering_of(request: Request) -> str | None:
    """Return the ordering that was asked for, ``None`` for none. Raises ``ValidationError``."""
    name: str | None = request.query_params.get(ORDERING)
    if name is not None and name not in ORDERINGS:
        raise ValidationError({ORDERING: [_("Choose one of %s.") % ", ".join(ORDERINGS)]})
    return name


def documented() -> list[OpenApiParameter]:
    """Return every query parameter of the list as the schema describes it."""
    known = parameter_names()
    described = [
        query(name, _kind(filter_), filter_.extra.get("help_text") or filter_.label or "", enum=_choices(filter_))
        for base, filter_ in CustomerFilter.base_filters.items()
        for name in _names(base, filter_)
        if name in known
    ]
    ordering = query(ORDERING, enum=ORDERINGS, default=directory.DEFAULT_ORDERING)
    return [*described, ordering]


def allowed_parameters() -> list[str]:
    """Return every query parameter that the list takes."""
    return [*parameter_names(), ORDERING, *pagination.PARAMETERS]


def _checked(parameters: Mapping[str, Any]) -> CustomerFilter:
    filters = CustomerFilter(data=parameters, queryset=directory.entries())
    errors = _renamed(filters.form.errors, parameters)
    errors |= {name: [_("Give true or false.")] for name in _unclear(parameters)}
    errors |= {name: [_("Give a value, or leave it out.")] for name in _empty(parameters)}
    if errors:
        raise ValidationError(errors)
    return filters


def _renamed(errors: Mapping[str, Any], parameters: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the words by parameter: what is wrong with a range is said of those ends that were given."""
    base_filters = CustomerFilter.base_filters
    return {
        parameter: [str(text) for text in texts]
        for name, texts in errors.items()
        for parameter in _names(name, base_filters[name])
        if parameter in parameters
    }


def _key(model: Any, text: Any) -> Any:
    try:
        return model._meta.pk.to_python(text)
    except (DjangoValidationError, ValueError, TypeError):
        return None


def _unclear(parameters: Any) -> list[str]:
    # The page's drop-down takes anything for "not asked"; a program should hear that it erred.
    flags = [
        name
        for name, filter_ in CustomerFilter.base_filters.items()
        if isinstance(filter_, directory.BlankBooleanFilter)
    ]
    return [name for name in flags if str(parameters.get(name, "")).lower() not in ("", "true", "false")]


def _empty(parameters: Mapping[str, Any]) -> list[str]:
    """Return what was given without a value; an empty text is one, an empty date is none."""
    return [
        name
        for base, filter_ in CustomerFilter.base_filters.items()
        for name in _names(base, filter_)
        if parameters.get(name) == "" and (_kind(filter_) != OpenApiTypes.STR or _choices(filter_) is not None)
    ]


def _names(base: str, filter_: django_filters.Filter) -> list[str]:
    if isinstance(filter_, django_filters.DateFromToRangeFilter):
        return [f"{base}_after", f"{base}_before"]
    if isinstance(filter_, django_filters.RangeFilter):
        return [f"{base}_min", f"{base}_max"]
    return [base]


def _kind(filter_: django_filters.Filter) -> Any:
    if isinstance(filter_, django_filters.DateFromToRangeFilter):
        return OpenApiTypes.DATE
    if isinstance(filter_, django_filters.RangeFilter):
        return OpenApiTypes.NUMBER
    if isinstance(filter_, directory.BlankBooleanFilter):
        return OpenApiTypes.BOOL
    if isinstance(filter_, django_filters.TypedChoiceFilter):
        return OpenApiTypes.INT
    return OpenApiTypes.STR


def _choices(filter_: django_filters.Filter) -> list[Any] | None:
    choices = filter_.extra.get("choices")
    return None if choices is None else [value for value, _label in getattr(choices, "choices", choices)]
