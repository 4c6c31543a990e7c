"""The read model behind the customer list: one row per registered customer and per guest order.

It holds what the list shows, sorts and filters by, and one normalised search text. Nothing
in it is the truth: ``operations.directory`` writes it from the user, profile, address and
order tables, in the transaction that changed them, and can rebuild it at any time.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class DirectoryEntry(models.Model):
    """One row of the customer list."""

    class Status(models.TextChoices):
        REGISTERED = "registered", _("Registered")
        GUEST = "guest", _("Not registered")

    status = models.CharField(_("Status"), max_length=10, choices=Status)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="directory_entry"
    )
    order = models.OneToOneField("order.Order", on_delete=models.CASCADE, null=True, related_name="directory_entry")
    number = models.CharField(_("Number"), max_length=140, unique=True)

    email = models.CharField(_("E-mail"), max_length=254, blank=True)
    email_key = models.CharField(max_length=254, blank=True)
    username = models.CharField(_("User name"), max_length=255, blank=True)
    first_name = models.CharField(_("First name"), max_length=255, blank=True)
    last_name = models.CharField(_("Last name"), max_length=255, blank=True)
    # As it is, and with two letters for an umlaut: any of the lines is found.
    first_name_keys = models.TextField(blank=True)
    last_name_keys = models.TextField(blank=True)
    sort_name = models.CharField(max_length=160, blank=True)
    company = models.CharField(_("Company"), max_length=255, blank=True)
    company_key = models.CharField(max_length=160, blank=True)
    company_keys = models.TextField(blank=True)
    phone_keys = models.TextField(blank=True)
    postcode_keys = models.TextField(blank=True)
    birth_month = models.PositiveSmallIntegerField(_("Month of birth"), null=True)
    birth_day = models.PositiveSmallIntegerField(_("Day of birth"), null=True)
    origin = models.CharField(_("Origin"), max_length=16)

    is_active = models.BooleanField(_("Active"), default=True)
    is_staff = models.BooleanField(_("Staff"), default=False)
    is_verified = models.BooleanField(_("Verified"), default=True)
    is_tax_exempt = models.BooleanField(_("Tax exempt"), default=False)
    is_test = models.BooleanField(_("Test"), default=False)
    is_denied = models.BooleanField(_("Denied"), default=False)
    denied_until = models.DateTimeField(_("Denied until"), null=True)

    order_count = models.PositiveIntegerField(_("Orders"), default=0)
    total_spent = models.DecimalField(_("Total spent"), max_digits=18, decimal_places=2, default=0)
    spent = models.JSONField(default=list, encoder=DjangoJSONEncoder)
    last_order_at = models.DateTimeField(_("Last order"), null=True)
    registered_at = models.DateTimeField(_("Registered"), null=True)
    search_text = models.TextField(blank=True)

    class Meta:
        verbose_name = _("Directory entry")
        verbose_name_plural = _("Directory entries")
        default_permissions = ()
        constraints = (
            # Not "and has an owner": where constraints cannot be deferred (MariaDB), Django empties
            # a nullable key for a moment before the row goes with its owner.
            models.CheckConstraint(
                name="ocm_entry_customer_or_guest",
                condition=Q(status="registered", order__isnull=True) | Q(status="guest", user__isnull=True),
            ),
        )
        # One index per ordering of queries.directory.ORDERINGS, and one per rare flag.
        indexes = (
            models.Index(fields=["-last_order_at", "sort_name", "id"], name="ocm_entry_last_order"),
            models.Index(fields=["sort_name", "id"], name="ocm_entry_name"),
            models.Index(fields=["email_key", "id"], name="ocm_entry_email"),
            models.Index(fields=["company_key", "id"], name="ocm_entry_company"),
            models.Index(fields=["-registered_at", "-id"], name="ocm_entry_registered"),
            models.Index(fields=["-order_count", "-id"], name="ocm_entry_order_count"),
            models.Index(fields=["-total_spent", "-id"], name="ocm_entry_total_spent"),
            models.Index(fields=["birth_month", "birth_day"], name="ocm_entry_birthday"),
            models.Index(fields=["status", "id"], name="ocm_entry_status"),
            models.Index(fields=["is_active"], name="ocm_entry_active"),
            models.Index(fields=["is_staff"], name="ocm_entry_staff"),
            models.Index(fields=["is_verified"], name="ocm_entry_verified"),
            models.Index(fields=["is_tax_exempt"], name="ocm_entry_tax_exempt"),
            models.Index(fields=["is_test"], name="ocm_entry_test"),
            models.Index(fields=["is_denied"], name="ocm_entry_denied"),
        )

    def __str__(self) -> str:
        return self.number

    @property
    def is_guest(self) -> bool:
        """Whether the row is a guest order rather than an account."""
        return self.status == self.Status.GUEST

    @property
    def is_denied_now(self) -> bool:
        """Whether the customer is denied at this moment: an end date lifts it by itself."""
        return self.is_denied and (self.denied_until is None or self.denied_until > timezone.now())

    @property
    def full_name(self) -> str:
        """First and last name with a space between, empty where neither is known."""
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def initials(self) -> str:
        """Up to two letters or digits for the avatar, from the name, else from the e-mail."""
        letters = [next(filter(str.isalnum, part), "") for part in (self.first_name, self.last_name, self.email)]
        return ("".join(letters[:2]) or letters[2]).upper()


class SavedFilter(models.Model):
    """Search and filters of the customer list under a name."""

    name = models.CharField(_("Name"), max_length=100)
    name_key = models.CharField(max_length=64, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    is_shared = models.BooleanField(_("Shared with colleagues"), default=False)
    parameters = models.JSONField(default=dict)
    created_at = models.DateTimeField(_("Made on"), auto_now_add=True)

    class Meta:
        verbose_name = _("Saved filter")
        verbose_name_plural = _("Saved filters")
        default_permissions = ()
        ordering = ("name", "id")
        constraints = (models.UniqueConstraint(fields=["owner", "name_key"], name="ocm_filter_name_per_owner"),)

    def __str__(self) -> str:
        return self.name


class DirectoryPreference(models.Model):
    """How one member of staff likes the customer list: columns and page size."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    columns = models.JSONField(default=list)
    page_size = models.PositiveSmallIntegerField(default=20)

    class Meta:
        verbose_name = _("List preference")
        verbose_name_plural = _("List preferences")
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.user_id)

    def as_dict(self) -> dict[str, Any]:
        """Return the preference as the views use it."""
        return {"columns": list(self.columns), "page_size": self.page_size}
