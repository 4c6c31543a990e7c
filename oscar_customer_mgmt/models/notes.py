"""What staff write down about a customer or a guest order. No customer ever sees it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class CustomerNote(models.Model):
    """A note on a customer, or on the guest order that stands for one."""

    customer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="customer_notes"
    )
    order = models.ForeignKey("order.Order", on_delete=models.CASCADE, null=True, related_name="customer_notes")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    author_name = models.CharField(_("Author"), max_length=255, blank=True)
    body = models.TextField(_("Note"))
    is_pinned = models.BooleanField(_("Pinned"), default=False)
    created_at = models.DateTimeField(_("Written on"), default=timezone.now)
    edited_at = models.DateTimeField(_("Edited on"), null=True, blank=True)

    class Meta:
        verbose_name = _("Customer note")
        verbose_name_plural = _("Customer notes")
        ordering = ("-created_at", "-id")
        constraints = (
            # Not "exactly one": see DirectoryEntry.
            models.CheckConstraint(
                name="ocm_note_on_customer_or_order",
                condition=Q(order__isnull=True) | Q(customer__isnull=True),
            ),
        )

    def __str__(self) -> str:
        return self.body[:50]
