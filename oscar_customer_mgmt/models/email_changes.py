"""Changes of an e-mail address that wait for the owner of the new one."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class EmailChange(models.Model):
    """A change under way: the one link mailed for it dies with this row."""

    customer = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="pending_email_change"
    )
    old_email_digest = models.CharField(
        max_length=64, editable=False, help_text=_("Of the address to change: another change of it ends this one.")
    )
    new_email = models.EmailField(_("New e-mail address"), max_length=254)
    nonce = models.CharField(
        max_length=43, editable=False, help_text=_("What makes the link mailed last the only one.")
    )
    requested_at = models.DateTimeField(_("Asked for on"), default=timezone.now, editable=False)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Asked for by"),
    )

    class Meta:
        verbose_name = _("Change of e-mail address")
        verbose_name_plural = _("Changes of e-mail addresses")
        default_permissions = ()

    def __str__(self) -> str:
        return self.new_email
