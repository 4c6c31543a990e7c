"""Profiles and customer numbers: made for every account, whatever made the account."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Case, CharField, F, Value, When
from django.db.models.functions import Cast, Concat, LPad

from .. import conf
from ..host import User
from ..models import CustomerProfile
from ..models.profiles import email_digest, profile_of, untagged_email_digest
from ..queries.key_lists import among
from . import bulk


def number_for(key: int) -> str:
    """Return the customer number of the profile with this key, such as ``C-000042``."""
    return f"{conf.get('NUMBER_PREFIX')}{key:0{conf.get('NUMBER_DIGITS')}d}"


def ensure(*, customer: Any, origin: str = CustomerProfile.Origin.STOREFRONT) -> CustomerProfile:
    """Return the customer's profile, made with a number of its own where there was none.

    Safe when several do it at once: the table allows one profile an account.
    """
    profile = profile_of(customer)
    if profile is not None and profile.number:
        return profile
    with transaction.atomic():
        profile = _insert_or_get(customer, origin)
        if not profile.number:
            _number(profile, customer)
    customer.customer_profile = profile
    return profile


def ensure_all(*, customer_ids: Sequence[Any]) -> int:
    """Make the profiles and numbers that these accounts lack; return how many were made.

    Accounts that share an e-mail address get profiles too; which of them holds the address
    is left to the first.
    """
    lacking = User._default_manager.filter(pk__in=among(User._meta.pk, customer_ids), customer_profile__isnull=True)
    users = list(lacking.order_by("pk").only("pk", "email"))
    with transaction.atomic():
        if users:
            _insert_all(users)
        _number_all(customer_ids)
    return len(users)


def without_number(*, customer_ids: Sequence[Any]) -> list[Any]:
    """Return the keys of those of these accounts that have no profile with a number."""
    numbered = CustomerProfile.objects.filter(user_id__in=customer_ids, number__isnull=False)
    with_one = set(numbered.values_list("user_id", flat=True))
    return [key for key in customer_ids if key not in with_one]


def update_email_digest(*, customer: Any) -> None:
    """Keep the profile's key of the e-mail address in step with the account's address.

    Where another account holds the address already (shops that allowed it before the package
    came) this one holds none.
    """
    profile = profile_of(customer)
    if profile is None:
        return
    if profile.denied_email_digest is not None and profile.erased_at is None:
        _keep_denied(profile, customer.email)
    if profile.email_digest == (email_digest(customer.email) if customer.email else None):
        return
    digest = _free_digest(customer)
    try:
        with transaction.atomic():
            CustomerProfile.objects.filter(pk=profile.pk).update(email_digest=digest)
    except IntegrityError:
        digest = None
        CustomerProfile.objects.filter(pk=profile.pk).update(email_digest=None)
    profile.email_digest = digest


def _keep_denied(profile: CustomerProfile, email: str) -> None:
    """Let the denial of an account follow its address."""
    digest = untagged_email_digest(email) if email else None
    if profile.denied_email_digest != digest:
        CustomerProfile.objects.filter(pk=profile.pk, denied_at__isnull=False).update(denied_email_digest=digest)
        profile.denied_email_digest = digest


def record_ip(*, customer: Any, ip: str) -> None:
    """Remember the address that the customer was seen at, where the shop keeps it and it is new."""
    profile = profile_of(customer)
    if profile is None or profile.last_seen_ip == ip or not conf.get("RECORD_IP"):
        return
    ip_as_kept = _ip(ip)
    if ip_as_kept and profile.last_seen_ip != ip_as_kept:
        # Not of somebody who was erased by this very request, or by another one meanwhile.
        CustomerProfile.objects.filter(pk=profile.pk, erased_at__isnull=True).update(last_seen_ip=ip_as_kept)
        profile.last_seen_ip = ip_as_kept


def _ip(text: str) -> str:
    """Return an IP address in its one shortest form, ``""`` for what is none.

    A server behind a Unix socket puts something else there; one that listens on both versions
    writes the fourth as ``::ffff:192.0.2.1``.
    """
    try:
        address = ipaddress.ip_address("" if "%" in text else text)
    except ValueError:
        return ""
    return str(getattr(address, "ipv4_mapped", None) or address)


def _insert_or_get(customer: Any, origin: str) -> CustomerProfile:
    """Return the account's profile, inserted where there is none, with the e-mail address if it is free."""
    found = CustomerProfile.objects.filter(user_id=customer.pk).first()
    if found is not None:
        return found
    digest = _free_digest(customer)
    if connection.vendor == "mysql":
        # An insert that meets the same address locks the gap beside it, and of two that did neither
        # could insert its row without one. `_number` gives the address to the row once it is there.
        digest = None
    for candidate in (digest, None):
        try:
            with transaction.atomic():
                return CustomerProfile.objects.create(user=customer, origin=origin, email_digest=candidate)
        except IntegrityError:
            found = CustomerProfile.objects.filter(user_id=customer.pk).first()
            if found is not None:
                return found
    raise IntegrityError(f"No profile could be made for account {customer.pk}.")


def _number(profile: CustomerProfile, customer: Any) -> None:
    """Give a profile its number, and the account's e-mail address where it is free."""
    profile.number = number_for(profile.pk)
    own = CustomerProfile.objects.filter(pk=profile.pk)
    digest = profile.email_digest or _free_digest(customer)
    try:
        with transaction.atomic():
            own.update(number=profile.number, email_digest=digest)
    except IntegrityError:
        if digest == profile.email_digest:
            raise
        digest = profile.email_digest
        own.update(number=profile.number)
    profile.email_digest = digest


def _free_digest(customer: Any) -> str | None:
    """Return the key of the account's e-mail address, ``None`` where another account holds it."""
    digest = email_digest(customer.email) if customer.email else None
    held = CustomerProfile.objects.filter(email_digest=digest).exclude(user_id=customer.pk)
    return None if digest is None or held.exists() else digest


def _insert_all(users: Sequence[Any]) -> None:
    digests = {user.pk: email_digest(user.email) for user in users if user.email}
    wanted = among(CustomerProfile._meta.get_field("email_digest"), digests.values())
    taken = set(CustomerProfile.objects.filter(email_digest__in=wanted).values_list("email_digest", flat=True))
    profiles = []
    for user in users:
        digest = digests.get(user.pk)
        if digest in taken:
            digest = None
        taken.add(digest or "")
        profiles.append(CustomerProfile(user_id=user.pk, email_digest=digest))
    # Numbered at once where that can be: to number rows that are there already writes each of them twice.
    for profile, key in zip(profiles, bulk.reserved_keys(CustomerProfile, len(profiles)), strict=False):
        profile.pk, profile.number = key, number_for(key)
    try:
        with transaction.atomic():
            bulk.insert(profiles)
    except IntegrityError:
        # Somebody registered or changed their address meanwhile: one by one each finds its way.
        for user in users:
            ensure(customer=user)


def _number_all(customer_ids: Sequence[Any]) -> None:
    digits = conf.get("NUMBER_DIGITS")
    key = Cast(F("pk"), CharField(max_length=32))
    # LPAD cuts what is longer than the width.
    padded = Case(When(pk__gte=10**digits, then=key), default=LPad(key, digits, Value("0")))
    unnumbered = CustomerProfile.objects.filter(user_id__in=among(User._meta.pk, customer_ids), number__isnull=True)
    unnumbered.update(number=Concat(Value(conf.get("NUMBER_PREFIX")), padded, output_field=CharField()))
