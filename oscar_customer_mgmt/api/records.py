"""Everything that a page of customers is shown with, in a fixed number of queries."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from .. import conf
from ..host import Order, UserAddress
from ..models import CustomerProfile, DirectoryEntry, NewsletterSubscription
from ..models.profiles import profile_of
from ..queries import customers as queries


@dataclass
class Denial:
    """A denial that holds now."""

    reason: str
    since: datetime.datetime
    until: datetime.datetime | None
    by: str | None


@dataclass
class CustomerRecord:
    """One customer with the fields that the API shows, in that order; ``None`` is unknown."""

    number: str | None
    status: str
    email: str
    username: str | None = None
    salutation: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    full_name: str | None = None
    gender: str | None = None
    date_of_birth: datetime.date | None = None
    phone_number: Any = None
    company: str | None = None
    locale: str | None = None
    is_active: bool | None = None
    is_verified: bool | None = None
    verified_at: datetime.datetime | None = None
    is_denied: bool | None = None
    denial: Denial | None = None
    is_tax_exempt: bool | None = None
    is_test: bool = False
    origin: str = ""
    groups: list[str] = field(default_factory=list)
    newsletter: list[int] = field(default_factory=list)
    order_count: int = 0
    total_spent: list[dict[str, Any]] = field(default_factory=list)
    last_order_at: datetime.datetime | None = None
    registered_at: datetime.datetime | None = None
    last_login_at: datetime.datetime | None = None
    points_balance: int = 0
    default_billing_address: Any = None
    default_shipping_address: Any = None
    account_manager: str | None = None
    created_by: str | None = None


@dataclass
class _Related:
    """What stands in other tables, by account (phones: by order)."""

    shipping: dict[Any, Any] = field(default_factory=dict)
    billing: dict[Any, Any] = field(default_factory=dict)
    newsletter: dict[Any, list[int]] = field(default_factory=lambda: defaultdict(list))
    numbers: dict[Any, str | None] = field(default_factory=dict)
    phones: dict[Any, Any] = field(default_factory=dict)


def load(entries: Sequence[DirectoryEntry]) -> list[CustomerRecord]:
    """Return the records of these rows of the directory, in their order; five queries at most."""
    _load_users(entries)
    # An account that was deleted a moment ago takes its row with it.
    entries = [entry for entry in entries if entry.is_guest or entry.user is not None]
    users = [entry.user for entry in entries if not entry.is_guest]
    related = _Related()
    if users:
        _load_addresses(related, users)
        _load_newsletters(related, users)
        _load_keepers(related, users)
    orders = [entry.order_id for entry in entries if entry.order_id is not None]
    if orders:
        _load_phones(related, orders)
    return [_guest(entry, related) if entry.is_guest else _registered(entry, related) for entry in entries]


def of_account(user: Any) -> CustomerRecord:
    """Return the record of an account, one from before the package too, which has no number."""
    profile = profile_of(user)
    entry = DirectoryEntry.objects.filter(user_id=user.pk).first() if profile is not None else None
    if entry is None:
        entry = _stand_in(user)
    entry.user = user
    return load([entry])[0]


def _stand_in(user: Any) -> DirectoryEntry:
    """Return an unsaved row, worked out anew, for an account that has none."""
    profile = profile_of(user)
    summaries = queries.orders_summary(user)
    return DirectoryEntry(
        status=DirectoryEntry.Status.REGISTERED,
        number=profile.number if profile else None,  # type: ignore[misc]  # it is never saved
        origin=profile.origin if profile else CustomerProfile.Origin.STOREFRONT,
        username=user.get_username() if user.USERNAME_FIELD != "email" else "",
        first_name=getattr(user, "first_name", ""),
        last_name=getattr(user, "last_name", ""),
        order_count=sum(summary.net_count for summary in summaries),
        spent=[{"currency": found.currency, "amount": found.net_total} for found in summaries if found.net_count],
        last_order_at=queries.last_order_at(user),
        registered_at=getattr(user, "date_joined", None),
    )


def _load_users(entries: Sequence[DirectoryEntry]) -> None:
    is_loaded = DirectoryEntry._meta.get_field("user").is_cached
    lacking = [entry for entry in entries if entry.user_id is not None and not is_loaded(entry)]
    if not lacking:
        return
    users = queries.customers().in_bulk([entry.user_id for entry in lacking])
    for entry in lacking:
        entry.user = users.get(entry.user_id)


def _load_addresses(related: _Related, users: list[Any]) -> None:
    defaults = Q(is_default_for_shipping=True) | Q(is_default_for_billing=True)
    found = UserAddress._default_manager.filter(defaults, user_id__in=[user.pk for user in users])
    for address in found.select_related("country", "company_record").order_by("pk"):
        if address.is_default_for_shipping:
            related.shipping.setdefault(address.user_id, address)
        if address.is_default_for_billing:
            related.billing.setdefault(address.user_id, address)


def _load_newsletters(related: _Related, users: list[Any]) -> None:
    found = NewsletterSubscription.objects.filter(profile__user_id__in=[user.pk for user in users])
    for user_id, site_id in found.order_by("site_id").values_list("profile__user_id", "site_id"):
        related.newsletter[user_id].append(site_id)


def _load_keepers(related: _Related, users: list[Any]) -> None:
    profiles = [profile for user in users if (profile := profile_of(user)) is not None]
    keepers = {
        key
        for profile in profiles
        for key in (profile.created_by_id, profile.account_manager_id, profile.denied_by_id)
        if key is not None
    }
    if keepers:
        numbers = CustomerProfile.objects.filter(user_id__in=keepers).values_list("user_id", "number")
        related.numbers = dict(numbers)


def _load_phones(related: _Related, orders: list[Any]) -> None:
    found = Order.objects.filter(pk__in=orders, shipping_address__isnull=False).select_related("shipping_address")
    related.phones = {order.pk: getattr(order.shipping_address, "phone_number", None) for order in found}


def _registered(entry: DirectoryEntry, related: _Related) -> CustomerRecord:
    user: Any = entry.user
    # An account from before the package has no profile: it is as a fresh one would be.
    profile = profile_of(user) or CustomerProfile()
    record = CustomerRecord(
        number=entry.number,
        status=entry.status,
        email=user.email,
        username=entry.username or None,
        salutation=profile.salutation,
        first_name=entry.first_name,
        last_name=entry.last_name,
        full_name=entry.full_name,
        gender=profile.gender,
        date_of_birth=profile.date_of_birth,
        phone_number=profile.phone_number,
        company=profile.company,
        locale=profile.locale,
        is_active=user.is_active,
        is_verified=profile.is_verified,
        verified_at=profile.verified_at,
        is_denied=profile.is_denied,
        denial=_denial(profile, related),
        is_tax_exempt=profile.is_tax_exempt,
        is_test=entry.is_test,
        newsletter=related.newsletter[user.pk],
        last_login_at=user.last_login,
        default_billing_address=related.billing.get(user.pk),
        default_shipping_address=related.shipping.get(user.pk),
        account_manager=related.numbers.get(profile.account_manager_id),
        created_by=related.numbers.get(profile.created_by_id),
        **_figures(entry),
    )
    return _without_unused(record)


def _denial(profile: CustomerProfile, related: _Related) -> Denial | None:
    if not profile.is_denied or profile.denied_at is None:
        return None
    by = related.numbers.get(profile.denied_by_id)
    return Denial(profile.denial_reason, profile.denied_at, profile.denied_until, by)


def _guest(entry: DirectoryEntry, related: _Related) -> CustomerRecord:
    record = CustomerRecord(
        number=entry.number,
        status=entry.status,
        email=entry.email,
        first_name=entry.first_name or None,
        last_name=entry.last_name or None,
        full_name=entry.full_name or None,
        phone_number=related.phones.get(entry.order_id) or None,
        company=entry.company or None,
        is_test=entry.is_test,
        **_figures(entry),
    )
    return _without_unused(record)


def _figures(entry: DirectoryEntry) -> dict[str, Any]:
    return {
        "origin": entry.origin,
        "order_count": entry.order_count,
        "total_spent": entry.spent,
        "last_order_at": entry.last_order_at,
        "registered_at": entry.registered_at,
    }


def _without_unused(record: CustomerRecord) -> CustomerRecord:
    """Empty the fields that the shop switched off: clients keep the same shape, and learn nothing."""
    for name in conf.OPTIONAL_PROFILE_FIELDS:
        if not conf.uses_profile_field(name):
            setattr(record, name, None)
    return record
