"""All that is held on one person."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from .fields import Moment


class DataSectionSerializer(serializers.Serializer[Any]):
    """The rows of one table."""

    table = serializers.CharField(help_text=_("As Django names it."))
    title = serializers.CharField()
    rows = serializers.ListField(child=serializers.DictField(), help_text=_("Field by field."))


class DataExportSerializer(serializers.Serializer[Any]):
    """Table by table, those that hold anything."""

    number = serializers.CharField()
    made_at = Moment()
    sections = DataSectionSerializer(many=True)
