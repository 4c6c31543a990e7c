"""What remains of an erasure: that it happened, and what became of what. Nothing personal."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class ErasureReceipt(models.Model):
    """One erased customer."""

    number = models.CharField(_("Customer number"), max_length=64, blank=True, db_index=True)
    erased_at = models.DateTimeField(_("Erased on"), default=timezone.now, editable=False)
    erased_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Erased by"),
    )
    erased_by_name = models.CharField(
        _("Erased by"), max_length=255, blank=True, help_text=_("Empty where customers removed themselves.")
    )
    summary = models.JSONField(
        _("What became of what"), default=list, help_text=_("Per table and treatment: the number of rows, the reason.")
    )

    class Meta:
        verbose_name = _("Receipt of an erasure")
        verbose_name_plural = _("Receipts of erasures")
        default_permissions = ()
        ordering = ("-erased_at", "-id")

    def __str__(self) -> str:
        return f"{self.number} {self.erased_at:%Y-%m-%d %H:%M}"
