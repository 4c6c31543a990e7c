"""What the customer page shows of one customer, each part in a fixed number of queries."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db.models import Count, Max, Q, QuerySet, Sum

from ..host import (
    Basket,
    Email,
    Order,
    ProductAlert,
    ProductReview,
    User,
    UserAddress,
    VoucherApplication,
    WishList,
    default_currency,
)
from ..models import CustomerNote, CustomerProfile, DirectoryEntry, NewsletterSubscription, TimelineEvent
from ..models.profiles import email_digest, profile_of
from .directory_rows import has_user_field, listed_guest_orders, net_orders, test_orders, with_net_total
from .keyset import Ordering
from .search_text import fold

#: The fields of an account that staff edit on the customer form, on the user and on the profile.
USER_FIELDS = ("first_name", "last_name", "is_active")
PROFILE_FIELDS = (
    "salutation",
    "gender",
    "date_of_birth",
    "phone_number",
    "company",
    "locale",
    "is_tax_exempt",
    "is_test",
    "account_manager_id",
)


#: Where the cache keeps whether there are accounts without a profile.
UNLISTED_ACCOUNTS_KEY = "oscar_customer_mgmt.unlisted_accounts"
_UNLISTED_ACCOUNTS_SECONDS = 600

ORDERS_NEWEST_FIRST = Ordering("placed", ("-date_placed", "-id"))
#: The defaults stand on the first page, however long the book.
ADDRESSES_DEFAULTS_FIRST = Ordering("address", ("-is_default_for_shipping", "-is_default_for_billing", "id"))
EVENTS_NEWEST_FIRST = Ordering("event", ("-id",))


@dataclass(frozen=True)
class CurrencySummary:
    """Orders of one customer in one currency: all of them, and the net figure beside it."""

    currency: str
    total: Decimal
    count: int
    net_total: Decimal
    net_count: int

    @property
    def average(self) -> Decimal:
        """The average value of all orders, in the currency's cents."""
        return (self.total / self.count).quantize(Decimal("0.01")) if self.count else Decimal("0.00")


def customers() -> QuerySet[Any]:
    """Return every account with its profile, in one query."""
    return User._default_manager.select_related("customer_profile")


def kept() -> QuerySet[Any]:
    """Return the accounts that have not been erased, with their profiles."""
    # Not ``exclude``: an account from before the package has no profile to look at.
    return customers().filter(customer_profile__erased_at__isnull=True)


def is_erased(customer: Any) -> bool:
    """Say whether an account is only what an erasure left of it."""
    profile = profile_of(customer)
    return profile is not None and profile.erased_at is not None


def erased_among(keys: Iterable[Any]) -> set[Any]:
    """Return those of these keys of accounts whose accounts were erased."""
    gone = CustomerProfile.objects.filter(user_id__in=list(keys), erased_at__isnull=False)
    return set(gone.values_list("user_id", flat=True))


def with_email(email: str) -> list[Any]:
    """Return the accounts with this e-mail address, in whatever case it is written.

    Found by the indexes of the profiles and of the directory. While there are accounts from before
    the package that nobody has listed yet, the user table is scanned as well: for every address,
    known or not, so that the time it takes does not tell which are known.
    """
    email = email.strip()
    if "\x00" in email or not email:
        return []
    digest = email_digest(email)
    listed = DirectoryEntry.objects.filter(email_key=fold(email)[:254], user__isnull=False).values("user_id")
    keys = CustomerProfile.objects.filter(email_digest=digest).values("user_id").union(listed)
    wanted = Q(pk__in=[row["user_id"] for row in keys])
    if _has_unlisted_accounts():
        wanted |= Q(customer_profile__isnull=True, email__iexact=email)
    return [account for account in customers().filter(wanted) if email_digest(account.email or "") == digest]


def _has_unlisted_accounts() -> bool:
    # Remembered for a while: to find that there is none takes a look at every account.
    found = cache.get(UNLISTED_ACCOUNTS_KEY)
    if found is None:
        found = User._default_manager.filter(customer_profile__isnull=True).exists()
        cache.set(UNLISTED_ACCOUNTS_KEY, found, _UNLISTED_ACCOUNTS_SECONDS)
    return bool(found)


def by_key(key: str) -> Any:
    """Return the account with this key as it stands in an address. Raises ``User.DoesNotExist``.

    A key that the user model's key field cannot read (letters for a number, a broken UUID)
    belongs to nobody.
    """
    try:
        value = User._meta.pk.to_python(key.replace("\x00", "\ufffd"))
        return kept().get(pk=value)
    except (ValidationError, ValueError, OverflowError) as error:
        raise User.DoesNotExist(key) from error


def by_number(number: str) -> Any:
    """Return the account with this customer number. Raises ``User.DoesNotExist``."""
    if "\x00" in number:
        # PostgreSQL would rather fail than say that there is none.
        raise User.DoesNotExist(number)
    return kept().get(customer_profile__number=number)


def guest_order(number: str) -> Any:
    """Return the guest order of this order number. Raises ``Order.DoesNotExist``."""
    if "\x00" in number:
        raise Order.DoesNotExist(number)
    orders = listed_guest_orders().select_related(
        "shipping_address__country",
        "billing_address__country",
        "shipping_address__company_record",
        "billing_address__company_record",
        "test_mark",
        "directory_entry",
    )
    return orders.get(number=number)


def editable_values(customer: Any) -> dict[str, Any]:
    """Return what the customer form edits, by field name, as it is stored."""
    values: dict[str, Any] = {name: getattr(customer, name) for name in USER_FIELDS if has_user_field(name)}
    profile = profile_of(customer)
    for name in PROFILE_FIELDS:
        values[name] = getattr(profile, name) if profile is not None else _default_of(name)
    values["newsletter"] = newsletter_sites(customer)
    defaults = default_addresses(customer)
    values["default_shipping_address"] = defaults["shipping"].pk if defaults["shipping"] else None
    values["default_billing_address"] = defaults["billing"].pk if defaults["billing"] else None
    return values


def version_of(customer: Any) -> str:
    """Return a token that changes whenever something that the customer form edits changes."""
    values = editable_values(customer)
    text = json.dumps({**values, "email": customer.email}, default=str, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def newsletter_sites(customer: Any) -> list[int]:
    """Return the keys of the sites whose newsletter the customer wants, in order."""
    subscriptions = NewsletterSubscription.objects.filter(profile__user=customer)
    return sorted(subscriptions.values_list("site_id", flat=True))


def default_addresses(customer: Any) -> dict[str, Any]:
    """Return the default addresses: ``shipping`` and ``billing``, each may be ``None``."""
    found: dict[str, Any] = {"shipping": None, "billing": None}
    for address in addresses(customer).filter(Q(is_default_for_shipping=True) | Q(is_default_for_billing=True)):
        if address.is_default_for_shipping and found["shipping"] is None:
            found["shipping"] = address
        if address.is_default_for_billing and found["billing"] is None:
            found["billing"] = address
    return found


def addresses(customer: Any) -> QuerySet[Any]:
    """Return the customer's address book with countries and companies, oldest first."""
    return UserAddress._default_manager.filter(user=customer).select_related("country", "company_record").order_by("pk")


def orders(customer: Any) -> QuerySet[Any]:
    """Return the customer's orders; page them by ``ORDERS_NEWEST_FIRST``, then ``fill_order_rows``."""
    return Order.objects.filter(user=customer)


def fill_order_rows(rows: list[Any]) -> list[Any]:
    """Set ``item_count`` and ``is_test_order`` on a page of orders, in two queries.

    Summing lines over the page alone keeps the thousandth page as cheap as the first.
    """
    keys = [order.pk for order in rows]
    found = Order.objects.filter(pk__in=keys).order_by()
    counts = dict(found.annotate(items=Sum("lines__quantity")).values_list("pk", "items"))
    tests = set(found.filter(test_orders()).values_list("pk", flat=True))
    for order in rows:
        order.item_count = counts.get(order.pk) or 0
        order.is_test_order = order.pk in tests
    return rows


def orders_summary(customer: Any) -> list[CurrencySummary]:
    """Return total, number and net figures of all orders, per currency, the shop's own first."""
    net = net_orders()
    rows = (
        with_net_total(Order.objects.filter(user=customer))
        .order_by()
        .values("currency")
        .annotate(
            total=Sum("total_incl_tax"),
            count=Count("pk"),
            net_count=Count("pk", filter=net),
            net_sum=Sum("net_total", filter=net),
        )
    )
    cent = Decimal("0.01")
    summaries = [
        CurrencySummary(
            currency=row["currency"],
            total=Decimal(row["total"]).quantize(cent),
            count=row["count"],
            net_total=Decimal(row["net_sum"] or 0).quantize(cent),
            net_count=row["net_count"],
        )
        for row in rows
    ]
    own = default_currency()
    return sorted(summaries, key=lambda summary: (summary.currency != own, summary.currency))


def last_order_at(customer: Any) -> Any:
    """Return when the customer last ordered, ``None`` for never."""
    return Order.objects.filter(user=customer).aggregate(last=Max("date_placed"))["last"]


def open_basket(customer: Any) -> Any:
    """Return the customer's open basket with its lines, ``None`` where there is none."""
    return _baskets(customer, Basket.OPEN).first()


def saved_baskets(customer: Any) -> QuerySet[Any]:
    """Return the baskets that the customer saved for later."""
    return _baskets(customer, Basket.SAVED)


def _baskets(customer: Any, status: str) -> QuerySet[Any]:
    found = Basket.objects.filter(owner=customer, status=status)
    return found.prefetch_related("lines__product__parent", "lines__stockrecord", "vouchers").order_by("-pk")


def wish_lists(customer: Any) -> QuerySet[Any]:
    """Return the customer's wish lists with their lines."""
    return WishList.objects.filter(owner=customer).prefetch_related("lines__product__parent").order_by("-pk")


def stock_alerts(customer: Any) -> QuerySet[Any]:
    """Return the customer's requests to be told when a product is back in stock."""
    alerts = ProductAlert.objects.filter(user=customer).select_related("product__parent")
    return alerts.order_by("-date_created", "-pk")


def reviews(customer: Any) -> QuerySet[Any]:
    """Return the reviews that the customer wrote."""
    return ProductReview.objects.filter(user=customer).select_related("product").order_by("-date_created", "-pk")


def vouchers_used(customer: Any) -> QuerySet[Any]:
    """Return the vouchers that the customer used, with the orders."""
    used = VoucherApplication.objects.filter(user=customer).select_related("voucher", "order")
    return used.order_by("-date_created", "-pk")


def emails(customer: Any) -> QuerySet[Any]:
    """Return the e-mails that the shop sent to the customer and kept."""
    return Email.objects.filter(user=customer).order_by("-date_sent", "-pk")


def pinned_notes(*, customer: Any = None, order: Any = None) -> QuerySet[CustomerNote]:
    """Return the pinned notes of a customer or of a guest order, newest first."""
    return notes(customer=customer, order=order).filter(is_pinned=True)


def notes(*, customer: Any = None, order: Any = None) -> QuerySet[CustomerNote]:
    """Return the notes of a customer or of a guest order, newest first."""
    return CustomerNote.objects.filter(customer=customer, order=order).order_by("-created_at", "-id")


def timeline(*, customer: Any = None, order: Any = None, with_notes: bool) -> QuerySet[TimelineEvent]:
    """Return what happened to a customer or a guest order, newest first.

    ``with_notes`` says whether the reader may know of notes; their kinds begin with ``note_``.
    """
    about = Q(customer=customer) if customer is not None else Q(order=order)
    events = TimelineEvent.objects.filter(about).order_by("-id")
    return events if with_notes else events.exclude(kind__startswith="note_")


def same_email(email: str) -> tuple[list[DirectoryEntry], list[DirectoryEntry]]:
    """Return the accounts and the guest orders that share this e-mail address, whatever its case.

    They are only pointed to: guests are never merged with anybody.
    """
    found = DirectoryEntry.objects.filter(email_key=fold(email)[:254]).exclude(email_key="")
    # The key has lost its accents, which two addresses may differ by.
    digest = email_digest(email)
    entries = [entry for entry in found.order_by("-last_order_at", "id")[:50] if email_digest(entry.email) == digest]
    return [entry for entry in entries if not entry.is_guest], [entry for entry in entries if entry.is_guest]


def _default_of(name: str) -> Any:
    return {"is_tax_exempt": False, "is_test": False, "date_of_birth": None, "account_manager_id": None}.get(name, "")
