"""Denials: of a customer, and of an e-mail address."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from ...operations.access import LONGEST_MESSAGE, LONGEST_REASON
from .fields import Key, Moment, StrictSerializer, Text


class DenialSerializer(serializers.Serializer[Any]):
    """Why and for how long a customer is denied; by: the number of the staff account, if it is there yet."""

    reason = serializers.CharField()
    since = Moment()
    until = Moment(allow_null=True)
    by = serializers.CharField(allow_null=True)


class DenySerializer(StrictSerializer):
    """What to deny a customer with."""

    reason = Text(max_length=LONGEST_REASON, help_text=_("Stays among staff."))
    until = Moment(
        required=False, allow_null=True, help_text=_("When the denial ends by itself; null or left out: never.")
    )
    message = Text(
        required=False, allow_blank=True, max_length=LONGEST_MESSAGE, help_text=_("What the customer is told.")
    )


class DeniedEmailSerializer(DenySerializer):
    """An address whose orders are refused, with or without an account."""

    id = Key(read_only=True)
    email = serializers.EmailField(max_length=254)
    since = Moment(read_only=True, source="denied_at")
    until = Moment(
        required=False,
        allow_null=True,
        source="denied_until",
        help_text=_("When the denial ends by itself; null or left out: never."),
    )
    by = serializers.SerializerMethodField()

    def get_by(self, denied: Any) -> str | None:
        """Return the customer number of who denied it."""
        profile = getattr(denied.denied_by, "customer_profile", None)
        return profile.number if profile is not None else None
