"""Who may not order, and what they are told."""

from __future__ import annotations

import datetime
import hashlib
import json
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from .. import conf
from ..models import CustomerProfile, DeniedEmail, DirectoryEntry
from ..models.profiles import email_digest, profile_of, untagged_email_digest
from .customers import customers, with_email
from .keyset import Ordering
from .search_text import fold

DENIED_EMAILS_NEWEST_FIRST = Ordering("denied", ("-denied_at", "-id"))


@dataclass(frozen=True)
class Refusal:
    """That somebody may not order; ``str()`` is what they are told."""

    message: str = ""

    def __str__(self) -> str:
        return self.message or _("We cannot take orders from you. If you think that this is a mistake, write to us.")


def in_force(prefix: str = "", *, now: datetime.datetime | None = None) -> Q:
    """Return the condition that a denial holds at this moment: an end date lifts it by itself.

    ``prefix`` leads to the row that holds ``denied_at`` and ``denied_until``, such as ``customer_profile__``.
    """
    ends = Q(**{f"{prefix}denied_until__isnull": True}) | Q(**{f"{prefix}denied_until__gt": now or timezone.now()})
    return Q(**{f"{prefix}denied_at__isnull": False}) & ends


def is_denied(customer: Any) -> bool:
    """Say whether this account is denied now. Costs no query where the profile came with the account."""
    profile = profile_of(customer) if customer is not None and customer.pk is not None else None
    return profile is not None and profile.is_denied


def version_of(profile: CustomerProfile | None) -> str:
    """Return a token that changes whenever the denial of an account does."""
    if profile is None or not profile.is_denied:
        return "allowed"
    stored = [profile.denied_at, profile.denied_until, profile.denial_reason, profile.denial_message]
    return hashlib.sha256(json.dumps(stored, default=str).encode()).hexdigest()[:32]


def refusal_of_account(customer: Any) -> Refusal | None:
    """Return why nobody may use this account, ``None`` where it is not denied. Costs no query."""
    return Refusal(customer.customer_profile.denial_message) if is_denied(customer) else None


def refusal_of_email(email: str) -> Refusal | None:
    """Return why this address may not order, ``None`` where it may; in two queries.

    Denied are the addresses that staff listed, and those of denied accounts, in any case and, unless
    ``DENY_MATCHES_PLUS_TAGS`` is off, with any plus-tag. What a denied customer is to be told is told to nobody
    who merely types the address.
    """
    listed = denied_emails(email).filter(in_force()).first()
    if listed is not None:
        return Refusal(listed.message)
    return Refusal() if _is_of_denied_account(email) else None


def refusal_of_customer(customer: Any) -> Refusal | None:
    """Return why this account may not order: it is denied, or its e-mail address is; ``None`` where it may."""
    return refusal_of_account(customer) or refusal_of_email(customer.email or "")


def accounts_of_mailbox(email: str) -> list[Any]:
    """Return the accounts whose orders a denial of this address refuses.

    Those with a plus-tag are looked for among all that begin alike: without an index on some databases.
    """
    found = {account.pk: account for account in with_email(email)}
    if conf.get("DENY_MATCHES_PLUS_TAGS") and _is_sendable(email):
        local, _at, host = fold(email).rpartition("@")
        mailbox = local.partition("+")[0] or local
        listed = DirectoryEntry.objects.filter(user__isnull=False)
        alike = listed.filter(Q(email_key=f"{mailbox}@{host}"[:254]) | Q(email_key__startswith=f"{mailbox}+"[:254]))
        digest = untagged_email_digest(email)
        for account in customers().filter(pk__in=alike.values("user_id")):
            if untagged_email_digest(account.email or "") == digest:
                found[account.pk] = account
    return list(found.values())


def denied_emails(email: str) -> QuerySet[DeniedEmail]:
    """Return what staff listed that denies this address, lapsed denials as well."""
    if not _is_sendable(email):
        return DeniedEmail.objects.none()
    if conf.get("DENY_MATCHES_PLUS_TAGS"):
        return all_denied_emails().filter(untagged_digest=untagged_email_digest(email))
    return all_denied_emails().filter(email_digest=email_digest(email))


def all_denied_emails() -> QuerySet[DeniedEmail]:
    """Return every address that staff listed, with who did; page them by ``DENIED_EMAILS_NEWEST_FIRST``."""
    return DeniedEmail.objects.select_related("denied_by__customer_profile").order_by("-denied_at", "-id")


def lapsed() -> QuerySet[CustomerProfile]:
    """Return the profiles whose denial has ended by itself and is still written on them."""
    return CustomerProfile.objects.filter(denied_at__isnull=False, denied_until__lte=timezone.now())


def _is_of_denied_account(email: str) -> bool:
    if not _is_sendable(email):
        return False
    profiles = CustomerProfile.objects.filter(in_force(), denied_email_digest=untagged_email_digest(email))
    if conf.get("DENY_MATCHES_PLUS_TAGS"):
        return profiles.exists()
    # Of an account that was erased nothing is left but the hash without the tag.
    held = profiles.values_list("user__email", "erased_at")
    return any(erased_at is not None or email_digest(own or "") == email_digest(email) for own, erased_at in held)


def _is_sendable(email: str) -> bool:
    return bool(email.strip()) and "\x00" not in email
