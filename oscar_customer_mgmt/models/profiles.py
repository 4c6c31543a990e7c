"""What we know of a registered customer beside the shop's own user model."""

from __future__ import annotations

import hashlib
import unicodedata
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField


def email_digest(email: str) -> str:
    """Return a key that is the same for every way to write one address's case.

    Hashed, because MariaDB's collations take ``é`` for ``e``: two addresses must never
    be taken for one.
    """
    folded = unicodedata.normalize("NFKC", email.strip()).casefold()
    return hashlib.sha256(folded.encode()).hexdigest()


def untagged_email_digest(email: str) -> str:
    """Return ``email_digest`` of the mailbox behind a plus-tag: ``a+shop@b.example`` is ``a@b.example``."""
    local, at, host = email.strip().rpartition("@")
    mailbox = local.partition("+")[0]
    return email_digest(f"{mailbox or local}{at}{host}")


class CustomerProfile(models.Model):
    """One registered customer: number, personal fields, verification, keepers.

    An account from before the package may have none and counts as verified.
    """

    class Gender(models.TextChoices):
        FEMALE = "female", _("Female")
        MALE = "male", _("Male")
        OTHER = "other", _("Other")
        NOT_SAID = "", _("Not said")

    class Origin(models.TextChoices):
        STOREFRONT = "storefront", _("Shop")
        DASHBOARD = "dashboard", _("Dashboard")
        API = "api", _("API")
        IMPORT = "import", _("Import")

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="customer_profile",
        verbose_name=_("Account"),
    )
    number = models.CharField(
        _("Customer number"),
        max_length=64,
        unique=True,
        null=True,
        editable=False,
        help_text=_("Made from this row's key right after it is inserted, so that it is unique without a lock."),
    )
    email_digest = models.CharField(max_length=64, unique=True, null=True, editable=False)
    salutation = models.CharField(_("Salutation"), max_length=64, blank=True)
    gender = models.CharField(_("Gender"), max_length=8, choices=Gender, blank=True, default=Gender.NOT_SAID)
    date_of_birth = models.DateField(_("Date of birth"), null=True, blank=True)
    phone_number = PhoneNumberField(_("Phone number"), blank=True)
    company = models.CharField(_("Company"), max_length=255, blank=True)
    locale = models.CharField(_("Language"), max_length=16, blank=True)
    is_tax_exempt = models.BooleanField(_("Tax exempt"), default=False)
    is_test = models.BooleanField(_("Test customer"), default=False)
    origin = models.CharField(_("Origin"), max_length=16, choices=Origin, default=Origin.STOREFRONT)

    must_verify = models.BooleanField(_("Must be confirmed"), default=False)
    verified_at = models.DateTimeField(_("Confirmed on"), null=True, blank=True)
    verification_sent_at = models.DateTimeField(_("Confirmation link sent on"), null=True, blank=True)

    denied_at = models.DateTimeField(_("Denied since"), null=True, blank=True)
    denied_until = models.DateTimeField(_("Denied until"), null=True, blank=True)
    denial_reason = models.TextField(_("Reason"), blank=True, help_text=_("Internal: the customer never sees it."))
    denial_message = models.TextField(_("Words for the customer"), blank=True)
    denied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Denied by"),
    )
    denied_email_digest = models.CharField(
        max_length=64,
        null=True,
        editable=False,
        db_index=True,
        help_text=_("Of the address without plus-tag, filled while denied: guests with it are refused too."),
    )

    erased_at = models.DateTimeField(_("Erased on"), null=True, blank=True, editable=False)

    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Created by"),
    )
    account_manager = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Account manager"),
    )
    last_seen_ip = models.GenericIPAddressField(_("Last seen at"), null=True, blank=True, db_index=True)
    created_at = models.DateTimeField(_("Made on"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(_("Changed on"), auto_now=True)

    sites = models.ManyToManyField("sites.Site", through="NewsletterSubscription", related_name="+")

    class Meta:
        verbose_name = _("Customer")
        verbose_name_plural = _("Customers")
        # Rights are over customers, not over this table: see permissions.py.
        default_permissions = ()
        permissions = (
            ("view_customer", "Can see customers"),
            ("add_customer", "Can create customers"),
            ("change_customer", "Can edit customers"),
            ("erase_customer", "Can delete customers and scrub their data"),
            ("change_customer_email", "Can change the e-mail address of customers"),
            ("set_password", "Can set new passwords for customers"),
            ("assign_roles", "Can give staff roles to accounts"),
            ("deny_customer", "Can deny customers, and allow them again"),
            ("export_customers", "Can export what is stored of customers"),
        )
        constraints = (
            models.CheckConstraint(
                name="ocm_profile_denial_has_start",
                condition=Q(denied_at__isnull=False) | Q(denied_until__isnull=True, denied_email_digest__isnull=True),
            ),
        )

    def __str__(self) -> str:
        return self.number or str(self.user_id)

    @property
    def is_verified(self) -> bool:
        """Whether nobody waits for this customer to confirm the account."""
        return not self.must_verify or self.verified_at is not None

    @property
    def is_denied(self) -> bool:
        """Whether the customer is denied now: an end date lifts it by itself."""
        return self.denied_at is not None and (self.denied_until is None or self.denied_until > timezone.now())


class NewsletterSubscription(models.Model):
    """A customer who wants the newsletter of one site."""

    profile = models.ForeignKey(CustomerProfile, on_delete=models.CASCADE, related_name="newsletter_subscriptions")
    site = models.ForeignKey("sites.Site", on_delete=models.CASCADE, related_name="+", verbose_name=_("Site"))
    subscribed_at = models.DateTimeField(_("Subscribed on"), default=timezone.now)

    class Meta:
        verbose_name = _("Newsletter subscription")
        verbose_name_plural = _("Newsletter subscriptions")
        default_permissions = ()
        constraints = (models.UniqueConstraint(fields=["profile", "site"], name="ocm_newsletter_once_per_site"),)

    def __str__(self) -> str:
        return f"{self.profile_id} @ {self.site_id}"


def profile_of(customer: Any) -> CustomerProfile | None:
    """Return the customer's profile, ``None`` for an account from before the package."""
    return getattr(customer, "customer_profile", None)
