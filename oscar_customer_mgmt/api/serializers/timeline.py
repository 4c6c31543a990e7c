"""What happened to a customer."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from .fields import Moment


class EventSerializer(serializers.Serializer[Any]):
    """One event; data depends on the kind."""

    kind = serializers.CharField()
    occurred_at = Moment()
    actor = serializers.SerializerMethodField()
    impersonation = serializers.SerializerMethodField()
    data = serializers.DictField()  # type: ignore[assignment]  # hides Serializer.data, which is not asked here

    def get_actor(self, event: Any) -> str | None:
        """Return the name of who did it, as it was then; null for the shop itself."""
        return event.actor_name or None

    def get_impersonation(self, event: Any) -> int | None:
        """Return the id of the session in which staff acted as the customer, else null."""
        return getattr(event, "impersonation_id", None)
