"""Flags, roles and partners of an account."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from .fields import Flag, StrictSerializer, Text

_LONGEST_LIST = 1000


class RolesSerializer(StrictSerializer):
    """What an account is in the back office; what is left out stays as it is."""

    is_staff = Flag(required=False)
    is_superuser = Flag(required=False, help_text=_("Only superusers change it."))
    is_active = Flag(required=False)
    roles = serializers.ListField(
        child=Text(), required=False, max_length=_LONGEST_LIST, help_text=_("Names of Django groups; the whole list.")
    )
    partners = serializers.ListField(
        child=Text(), required=False, max_length=_LONGEST_LIST, help_text=_("Codes of partners; the whole list.")
    )
