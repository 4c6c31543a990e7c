"""Addresses: Oscar's field names, a company, the country as its ISO code."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers

from ...host import Country, UserAddress
from ...operations.addresses import FIELDS, company_of
from .fields import Flag, Key, Phone, StrictSerializer, Text

_LONGEST_NOTES = 10_000
_LONGEST_PHONE = 64


def _longest(name: str) -> int:
    return int(UserAddress._meta.get_field(name).max_length)


class AddressSerializer(StrictSerializer):
    """One address of an address book."""

    refusals = {"id": gettext_lazy("This cannot be changed.")}

    id = Key(read_only=True)
    title = Text(required=False, allow_blank=True, max_length=_longest("title"))
    first_name = Text(required=False, allow_blank=True, max_length=_longest("first_name"))
    last_name = Text(required=False, allow_blank=True, max_length=_longest("last_name"))
    company = Text(required=False, allow_blank=True, max_length=255)
    line1 = Text(max_length=_longest("line1"))
    line2 = Text(required=False, allow_blank=True, max_length=_longest("line2"))
    line3 = Text(required=False, allow_blank=True, max_length=_longest("line3"))
    line4 = Text(required=False, allow_blank=True, max_length=_longest("line4"))
    state = Text(required=False, allow_blank=True, max_length=_longest("state"))
    postcode = Text(required=False, allow_blank=True, max_length=_longest("postcode"))
    country = Text(min_length=2, max_length=2, help_text=gettext_lazy("ISO 3166-1 code of two letters."))
    phone_number = Text(required=False, allow_blank=True, max_length=_LONGEST_PHONE)
    notes = Text(required=False, allow_blank=True, max_length=_LONGEST_NOTES)
    is_default_for_shipping = Flag(required=False)
    is_default_for_billing = Flag(required=False)

    def validate_country(self, value: str) -> Any:
        """Return the country of this code, one that the shop knows."""
        country = Country.objects.filter(pk=value.upper()).first()
        if country is None:
            raise serializers.ValidationError(_("The shop knows no such country."))
        return country

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """Return the address as JSON holds it."""
        values = {name: getattr(instance, name, "") or "" for name in FIELDS}
        return {
            "id": instance.pk,
            **{name: values[name] for name in ("title", "first_name", "last_name")},
            "company": company_of(instance),
            **{name: values[name] for name in ("line1", "line2", "line3", "line4", "state", "postcode")},
            "country": instance.country_id,
            "phone_number": Phone().to_representation(values["phone_number"]),
            "notes": values["notes"],
            "is_default_for_shipping": instance.is_default_for_shipping,
            "is_default_for_billing": instance.is_default_for_billing,
        }
