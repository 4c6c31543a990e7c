"""What we know of an order beside Oscar's own table."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class OrderTestMark(models.Model):
    """Somebody's word that an order is, or is not, a test; it outweighs the payment source."""

    order = models.OneToOneField("order.Order", on_delete=models.CASCADE, related_name="test_mark")
    is_test = models.BooleanField(_("Test order"), default=True)
    marked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    marked_at = models.DateTimeField(_("Marked on"), default=timezone.now)

    class Meta:
        verbose_name = _("Test mark")
        verbose_name_plural = _("Test marks")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.order_id}: {self.is_test}"
