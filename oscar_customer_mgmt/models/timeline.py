"""What happened to a customer, who did it, and when. Rows are added, never changed."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class TimelineEvent(models.Model):
    """One event; ``kind`` is a code of the registry in ``operations.timeline``."""

    customer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="customer_events"
    )
    order = models.ForeignKey(
        "order.Order",
        on_delete=models.SET_NULL,
        null=True,
        related_name="customer_events",
        help_text=_("The guest order that the event is about, where there is no account."),
    )
    kind = models.CharField(_("Kind"), max_length=64, db_index=True)
    occurred_at = models.DateTimeField(_("When"), default=timezone.now)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    actor_name = models.CharField(
        _("Who"),
        max_length=255,
        blank=True,
        help_text=_("As it was then: deleting a staff account does not unmake history."),
    )
    data = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("Timeline event")
        verbose_name_plural = _("Timeline events")
        default_permissions = ()
        indexes = (
            models.Index(fields=["customer", "-id"], name="ocm_event_customer"),
            models.Index(fields=["order", "-id"], name="ocm_event_order"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.occurred_at:%Y-%m-%d %H:%M}"
