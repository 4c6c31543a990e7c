"""What each row of the directory must say, worked out from the tables that hold the truth.

The operations write these rows, ``check_customer_directory`` compares with them, and nothing
else knows how a row comes about.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import (
    CharField,
    Count,
    DecimalField,
    ExpressionWrapper,
    F,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Cast, Coalesce, Greatest, Least

from .. import conf
from ..host import BillingAddress, Order, ShippingAddress, Source, User, UserAddress, default_currency
from ..models import CustomerProfile, DirectoryEntry
from . import search_extra, search_text
from .key_lists import among

_MONEY = DecimalField(max_digits=18, decimal_places=2)
# As text: parsing a million phone numbers takes longer than everything else together.
_UNPARSED_PHONE = Cast("phone_number", CharField(max_length=128))
_ADDRESS_FIELDS = ("first_name", "last_name", "line1", "line2", "line3", "line4", "state", "postcode")

#: The fields of a directory entry that rows are compared by.
COMPARED_FIELDS = tuple(field.attname for field in DirectoryEntry._meta.concrete_fields if field.attname not in ("id",))


@dataclass(frozen=True, slots=True)
class _Address:
    """What of an address is searched for, in the order of ``_ADDRESS_FIELDS``."""

    first_name: str
    last_name: str
    line1: str
    line2: str
    line3: str
    line4: str
    state: str
    postcode: str
    phone_number: str
    country: str
    country_name: str
    company: str

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def searched(self) -> tuple[str, ...]:
        lines = (self.line1, self.line2, self.line3, self.line4, self.state)
        return (self.name, *lines, self.country, self.country_name)


def has_user_field(name: str) -> bool:
    """Say whether the shop's user model has a column of this name."""
    try:
        return bool(User._meta.get_field(name).concrete)
    except FieldDoesNotExist:
        return False


def test_orders() -> Q:
    """Return the condition under which an order is a test: somebody's word, else how it was paid."""
    by_hand = Q(test_mark__is_test=True)
    codes = conf.get("TEST_SOURCE_TYPES")
    if not codes:
        return by_hand
    paid_in_test = Source.objects.filter(source_type__code__in=codes).values("order_id")
    return by_hand | Q(test_mark__isnull=True, pk__in=paid_in_test)


def net_orders() -> Q:
    """Return the condition for the orders that net figures count: neither cancelled nor test."""
    return ~Q(status__in=conf.get("CANCELLED_STATUSES")) & ~test_orders()


def with_net_total(orders: QuerySet[Any]) -> QuerySet[Any]:
    """Annotate each order with ``net_total``: its total less refunds.

    Refunds are capped at the total: a source records more than was paid when an attempt
    failed and was repeated.
    """
    refunded = (
        Source.objects.filter(order=OuterRef("pk"))
        .order_by()
        .values("order")
        .annotate(amount=Sum("amount_refunded"))
        .values("amount")
    )
    zero = Value(Decimal(0), output_field=_MONEY)
    total = F("total_incl_tax")
    refunds = Least(Coalesce(Subquery(refunded), zero, output_field=_MONEY), Greatest(total, zero))
    return orders.annotate(net_total=ExpressionWrapper(total - refunds, output_field=_MONEY))


def listed_guest_orders() -> QuerySet[Any]:
    """Return the orders that stand for a guest: no account, and an e-mail address of their own.

    The orders of an erased account have neither and are not guests.
    """
    if not conf.get("GUESTS_IN_DIRECTORY"):
        return Order.objects.none()
    return Order.objects.filter(user__isnull=True).exclude(guest_email="")


def customer_rows(user_ids: Sequence[Any]) -> list[DirectoryEntry]:
    """Return the unsaved rows of these accounts, in a fixed number of queries.

    An account that has no profile with a number yet has no row.
    """
    profiles = _profiles(user_ids)
    if not profiles:
        return []
    users = User._default_manager.filter(pk__in=among(User._meta.pk, profiles)).order_by("pk")
    addresses = _addresses(UserAddress, "user_id", list(profiles))
    figures = _order_figures(list(profiles))
    extras = _extra_values(list(profiles))
    return [
        _customer_row(user, profiles[user.pk], addresses[user.pk], figures.get(user.pk, {}), extras[user.pk])
        for user in users
    ]


def guest_rows(order_ids: Sequence[Any]) -> list[DirectoryEntry]:
    """Return the unsaved rows of those of these orders that stand for a guest."""
    orders = list(with_net_total(listed_guest_orders().filter(pk__in=among(Order._meta.pk, order_ids))).order_by("pk"))
    if not orders:
        return []
    billing = _addresses(BillingAddress, "pk", [order.billing_address_id for order in orders])
    shipping = _addresses(ShippingAddress, "pk", [order.shipping_address_id for order in orders])
    tested = Order.objects.filter(test_orders(), pk__in=among(Order._meta.pk, [order.pk for order in orders]))
    tests = set(tested.values_list("pk", flat=True))
    return [
        _guest_row(
            order, [*billing[order.billing_address_id], *shipping[order.shipping_address_id]], is_test=order.pk in tests
        )
        for order in orders
    ]


def _profiles(user_ids: Sequence[Any]) -> dict[Any, dict[str, Any]]:
    # Erased accounts are kept for the books alone: they are in no list.
    listed = CustomerProfile.objects.filter(
        user_id__in=among(User._meta.pk, user_ids), number__isnull=False, erased_at__isnull=True
    )
    rows = listed.values(
        "user_id",
        "number",
        "company",
        "date_of_birth",
        "origin",
        "is_tax_exempt",
        "is_test",
        "must_verify",
        "verified_at",
        "denied_at",
        "denied_until",
        "created_at",
        phone=_UNPARSED_PHONE,
    )
    switched_off = _switched_off()
    return {row["user_id"]: {**row, **switched_off} for row in rows}


def _switched_off() -> dict[str, Any]:
    """Return what stands for the profile fields that the shop does not use."""
    blank = {"date_of_birth": None, "company": "", "phone_number": ""}
    names = {name: value for name, value in blank.items() if not conf.uses_profile_field(name)}
    return {"phone" if name == "phone_number" else name: value for name, value in names.items()}


def _addresses(model: type[Any], owner: str, keys: Sequence[Any]) -> dict[Any, list[_Address]]:
    found: dict[Any, list[_Address]] = defaultdict(list)
    # Orders without an address bring no key.
    owners = among((User if owner == "user_id" else model)._meta.pk, [key for key in keys if key is not None])
    rows = model._default_manager.filter(**{f"{owner}__in": owners}).order_by("pk")
    has_phone = any(field.name == "phone_number" for field in model._meta.fields)
    phone = _UNPARSED_PHONE if has_phone else Value("")
    others = ("country__printable_name", "country__name", "company_record__company")
    for key, *values in rows.values_list(owner, *_ADDRESS_FIELDS, phone, *others):
        found[key].append(_Address(*(value or "" for value in values)))
    return found


def _order_figures(user_ids: Sequence[Any]) -> dict[Any, dict[str, Any]]:
    """Return, per account, the last order, whether any was a test, and net figures per currency."""
    net = net_orders()
    orders = with_net_total(Order.objects.filter(user_id__in=among(User._meta.pk, user_ids))).order_by()
    per_currency = orders.values("user_id", "currency").annotate(
        last=Max("date_placed"),
        tests=Count("pk", filter=test_orders()),
        count=Count("pk", filter=net),
        amount=Sum("net_total", filter=net),
    )
    found: dict[Any, dict[str, Any]] = {}
    for row in per_currency.order_by("user_id", "currency"):
        figures = found.setdefault(row["user_id"], {"last": row["last"], "is_test": False, "count": 0, "spent": []})
        figures["last"] = max(figures["last"], row["last"])
        figures["is_test"] = figures["is_test"] or bool(row["tests"])
        figures["count"] += row["count"]
        if row["count"]:
            figures["spent"].append((row["currency"], row["amount"] or Decimal(0)))
    return found


def _extra_values(user_ids: Sequence[Any]) -> dict[Any, list[Any]]:
    found: dict[Any, list[Any]] = defaultdict(list)
    for lookup in search_extra.working_lookups():
        users = User._default_manager.filter(pk__in=among(User._meta.pk, user_ids)).order_by()
        for user_id, value in users.values_list("pk", lookup):
            found[user_id].append(value)
    return found


def _customer_row(
    user: Any, profile: dict[str, Any], addresses: list[_Address], figures: dict[str, Any], extras: list[Any]
) -> DirectoryEntry:
    username = user.get_username() if User.USERNAME_FIELD != "email" else ""
    date_of_birth = profile["date_of_birth"]
    entry = DirectoryEntry(
        status=DirectoryEntry.Status.REGISTERED,
        user_id=user.pk,
        number=profile["number"],
        email=user.email or "",
        username=username,
        first_name=getattr(user, "first_name", "") or "",
        last_name=getattr(user, "last_name", "") or "",
        birth_month=date_of_birth.month if date_of_birth else None,
        birth_day=date_of_birth.day if date_of_birth else None,
        origin=profile["origin"],
        is_active=user.is_active,
        is_staff=bool(getattr(user, "is_staff", False)),
        is_verified=not profile["must_verify"] or profile["verified_at"] is not None,
        is_tax_exempt=profile["is_tax_exempt"],
        is_test=profile["is_test"] or figures.get("is_test", False),
        is_denied=profile["denied_at"] is not None,
        denied_until=profile["denied_until"],
        order_count=figures.get("count", 0),
        last_order_at=figures.get("last"),
        registered_at=getattr(user, "date_joined", None) or profile["created_at"],
    )
    _set_spent(entry, figures.get("spent", []))
    full_name = user.get_full_name() if hasattr(user, "get_full_name") else ""
    _set_keys(entry, addresses, profile["phone"], profile["company"], others=[full_name, username, *extras])
    return entry


def _guest_row(order: Any, addresses: list[_Address], *, is_test: bool) -> DirectoryEntry:
    named = next((address for address in addresses if address.name), None)
    counted = order.status not in conf.get("CANCELLED_STATUSES") and not is_test
    entry = DirectoryEntry(
        status=DirectoryEntry.Status.GUEST,
        order_id=order.pk,
        number=f"G-{order.number}",
        email=order.guest_email,
        first_name=named.first_name if named else "",
        last_name=named.last_name if named else "",
        origin="guest",
        is_verified=False,
        is_test=is_test,
        order_count=1 if counted else 0,
        last_order_at=order.date_placed,
    )
    _set_spent(entry, [(order.currency, order.net_total)] if counted else [])
    _set_keys(entry, addresses, others=[order.number])
    return entry


def _set_spent(entry: DirectoryEntry, spent: Sequence[tuple[str, Decimal]]) -> None:
    currency = default_currency()
    cent = Decimal("0.01")
    amounts = [(code, amount.quantize(cent)) for code, amount in spent]
    entry.spent = [{"currency": code, "amount": str(amount)} for code, amount in amounts]
    entry.total_spent = sum((amount for code, amount in amounts if code == currency), Decimal("0.00"))


def _set_keys(
    entry: DirectoryEntry, addresses: list[_Address], phone: str = "", company: str = "", *, others: list[Any]
) -> None:
    """Fill what is sorted, filtered and searched by, once the person stands in ``entry``."""
    companies = _distinct([company, *(address.company for address in addresses)])
    phones = _distinct([phone, *(address.phone_number for address in addresses)])
    spellings = _distinct(spelling for number in phones for spelling in search_text.phone_spellings(number))
    postcodes = _distinct(search_text.fold_postcode(address.postcode) for address in addresses)
    entry.email_key = search_text.fold(entry.email)[:254]
    entry.first_name_keys = search_text.join(_spellings([entry.first_name]))
    entry.last_name_keys = search_text.join(_spellings([entry.last_name]))
    entry.sort_name = search_text.fold(f"{entry.last_name} {entry.first_name}")[:160].strip()
    entry.company = companies[0] if companies else ""
    entry.company_key = search_text.fold(entry.company)[:160].strip()
    entry.company_keys = search_text.join(_spellings(companies))
    entry.phone_keys = " ".join(spellings)
    entry.postcode_keys = " ".join(postcodes)
    lines = [text for address in addresses for text in address.searched]
    together = search_text.run_together(entry.first_name, entry.last_name)
    pieces = [entry.full_name, together, entry.email, entry.number, *others, *companies, *lines]
    # C000042 for C-000042.
    pieces.append(entry.number.replace("-", ""))
    entry.search_text = search_text.join([*_spellings(pieces), *spellings, *postcodes])


def _spellings(texts: Sequence[Any]) -> list[Any]:
    """Return the texts, and those with an umlaut also as ``Mueller``."""
    return [*texts, *(search_text.spelled_out(text) for text in texts if text)]


def _distinct(texts: Iterable[str]) -> list[str]:
    return [text for text in dict.fromkeys(texts) if text]
