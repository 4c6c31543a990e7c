"""E-mail addresses that may not order, whether or not they have an account."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class DeniedEmail(models.Model):
    """An address that is refused at guest checkout; accounts are denied on their profile."""

    email = models.EmailField(_("E-mail"), max_length=254)
    email_digest = models.CharField(max_length=64, unique=True, editable=False)
    untagged_digest = models.CharField(max_length=64, db_index=True, editable=False)
    reason = models.TextField(_("Reason"), help_text=_("Internal: the customer never sees it."))
    message = models.TextField(_("Words for the customer"), blank=True)
    denied_at = models.DateTimeField(_("Denied since"), default=timezone.now, editable=False)
    denied_until = models.DateTimeField(_("Denied until"), null=True, blank=True)
    denied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Denied by"),
    )

    class Meta:
        verbose_name = _("Denied e-mail address")
        verbose_name_plural = _("Denied e-mail addresses")
        default_permissions = ()
        ordering = ("-denied_at", "-id")

    def __str__(self) -> str:
        return self.email

    @property
    def is_in_force(self) -> bool:
        """Whether the denial holds now: an end date lifts it by itself."""
        return self.denied_until is None or self.denied_until > timezone.now()
