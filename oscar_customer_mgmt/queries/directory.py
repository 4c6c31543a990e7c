"""The customer list: search, filters, orderings, pages and counts, over the directory alone."""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_
from typing import Any

import django_filters
from django import forms
from django.contrib.auth.models import Group
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Count as NumberOf
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy as _
from django_filters.fields import DateRangeField, ModelChoiceField, RangeField

from .. import conf
from ..host import Order, Partner, User
from ..models import CustomerProfile, DirectoryEntry, SavedFilter
from . import search_text
from .estimates import estimated_count, estimated_rows
from .keyset import Ordering, Page, fetch_page

#: What ``count`` is exact up to where the caller does not insist.
COUNT_LIMIT = 10_000

PAGE_SIZES = (20, 50, 100)

#: Up to so many expected rows it is quicker to find them all and sort them: see ``keyset``.
_SHORT = 5_000

DEFAULT_ORDERING = "-last_order"

_ORDERINGS = {
    "last_order": Ordering(
        "last_order",
        ("-last_order_at", "sort_name", "id"),
        missing=Q(last_order_at__isnull=True),
        present=Q(last_order_at__isnull=False),
        is_reversed=True,
    ),
    "name": Ordering("name", ("sort_name", "id"), missing=Q(sort_name=""), present=Q(sort_name__gt="")),
    "email": Ordering("email", ("email_key", "id"), missing=Q(email_key=""), present=Q(email_key__gt="")),
    "registered": Ordering(
        "registered",
        ("-registered_at", "-id"),
        missing=Q(registered_at__isnull=True),
        present=Q(registered_at__isnull=False),
        is_reversed=True,
    ),
    "order_count": Ordering("order_count", ("-order_count", "-id"), is_reversed=True),
    "total_spent": Ordering("total_spent", ("-total_spent", "-id"), is_reversed=True),
    "number": Ordering("number", ("number",)),
    "status": Ordering("status", ("status", "id")),
    "company": Ordering("company", ("company_key", "id"), missing=Q(company_key=""), present=Q(company_key__gt="")),
}

#: Every ordering by the name that addresses and clients use, ``-`` for descending.
ORDERINGS: dict[str, Ordering] = {
    **_ORDERINGS,
    **{f"-{name}": ordering.reversed() for name, ordering in _ORDERINGS.items()},
}


@dataclass(frozen=True)
class Count:
    """How many rows there are; ``is_exact`` is false where counting stopped at the limit."""

    value: int
    is_exact: bool = True


def entries() -> QuerySet[DirectoryEntry]:
    """Return the whole directory; a row holds all that the list shows."""
    return DirectoryEntry.objects.all()


def entries_with_accounts() -> QuerySet[DirectoryEntry]:
    """Return the directory with each row's account and profile, loaded for a page at a time.

    Prefetched, not joined: a join would be made for every row that is sorted.
    """
    return entries().prefetch_related("user__customer_profile")


def matching(queryset: QuerySet[DirectoryEntry], typed: str) -> QuerySet[DirectoryEntry]:
    """Return the rows in which every word of ``typed`` occurs, in whatever field.

    Case, accents, and spaces in phone numbers and postcodes do not matter.
    """
    words = search_text.split_words(typed)
    if typed.strip() and not words:
        # Invisible characters alone are in no field; to find everybody would be a surprise.
        return queryset.none()
    for wanted in words:
        queryset = queryset.filter(_found_by(wanted))
    return queryset


def _found_by(wanted: search_text.Wanted) -> Q:
    found = reduce(or_, (Q(search_text__contains=text) for text in wanted.spellings))
    return found | reduce(and_, map(_found_by, wanted.words)) if wanted.words else found


def with_phone(queryset: QuerySet[DirectoryEntry], typed: str) -> QuerySet[DirectoryEntry]:
    """Return the rows with a phone number that contains these digits, however they are typed."""
    digits = search_text.phone_digits(typed)
    if not digits:
        return queryset.none()
    return _narrowed(queryset, "phone_keys", digits)


def _narrowed(queryset: QuerySet[DirectoryEntry], column: str, *spellings: str) -> QuerySet[DirectoryEntry]:
    """Return the rows with any of these spellings in a column."""
    found = [_in_column(column, text) for text in dict.fromkeys(spellings) if text]
    # Typed may be nothing that is stored, a lone hyphen for instance: it is found nowhere.
    return queryset.filter(reduce(or_, found)) if found else queryset.none()


def _in_column(column: str, text: str) -> Q:
    # The search text holds every field's words, and only it has an index for "contains":
    # asking it first makes the filters on single fields as fast as the search box.
    words = (Q(search_text__contains=word) for word in text.split())
    return reduce(and_, words, Q(**{f"{column}__contains": text}))


# Fields with bounds: without them a number of a million digits, or a day that another time zone
# moves out of the calendar, gets as far as the database.


class AmountField(forms.DecimalField):
    """An amount as people write it: ``£1,000``, ``1,000.50``, ``1 000,50``."""

    _GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?")
    _GROUPED_BY_POINTS = re.compile(r"[+-]?\d{1,3}(\.\d{3})+,\d{1,2}")
    _DECIMAL_COMMA = re.compile(r"[+-]?\d*,\d{1,2}")

    def to_python(self, value: Any) -> Any:
        """Read a number without its currency sign and the marks between its digits."""
        if isinstance(value, str):
            kept = "".join(char for char in value if char not in "'’" and not char.isspace())
            kept = "".join(char for char in kept if unicodedata.category(char) != "Sc")
            if self._GROUPED.fullmatch(kept):
                kept = kept.replace(",", "")
            elif self._GROUPED_BY_POINTS.fullmatch(kept):
                kept = kept.replace(".", "").replace(",", ".")
            elif self._DECIMAL_COMMA.fullmatch(kept):
                kept = kept.replace(",", ".")
            # A currency sign alone is a mistake to be told, not an empty field.
            value = kept or value
        return super().to_python(value)


def amount() -> forms.DecimalField:
    """Return a field for an amount of money that the directory can hold."""
    return AmountField(max_digits=18, decimal_places=2)


def whole_number() -> forms.IntegerField:
    """Return a field for a number of orders."""
    return forms.IntegerField(min_value=0, max_value=2**31 - 1)


def between(make: Callable[[], forms.Field]) -> tuple[forms.Field, forms.Field]:
    """Return the two fields of a range."""
    return make(), make()


def _check_direction(span: slice | None, message: Any) -> slice | None:
    if span is not None and span.start is not None and span.stop is not None and span.start > span.stop:
        raise forms.ValidationError(message, code="range")
    return span


class NumberRangeField(RangeField):
    """From a number to one that is not smaller."""

    def compress(self, data_list: Any) -> Any:
        """Return both ends."""
        return _check_direction(super().compress(data_list), _("The first number is greater than the second."))


class NumberRangeFilter(django_filters.RangeFilter):
    """``..._min`` and ``..._max``, both included."""

    field_class = NumberRangeField


class DayRangeField(DateRangeField):
    """From a day to a day, of this or the neighbouring centuries; ``input_formats`` as a date field takes them."""

    def __init__(self, *args: Any, input_formats: Sequence[str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields:
            field.validators += [
                MinValueValidator(datetime.date(1900, 1, 1)),
                MaxValueValidator(datetime.date(2999, 12, 31)),
            ]
            if input_formats is not None:
                field.input_formats = input_formats

    def compress(self, data_list: Any) -> Any:
        """Return the first moment of the one day and the last of the other."""
        return _check_direction(super().compress(data_list), _("The first day is later than the second."))


class DayRangeFilter(django_filters.DateFromToRangeFilter):
    """``..._after`` and ``..._before``, both days included."""

    field_class = DayRangeField


class BlankBooleanFilter(django_filters.BooleanFilter):
    """Yes, no, or not asked; ``true``/``false`` in addresses."""

    def __init__(self, *args: Any, only_registered: bool = False, **kwargs: Any) -> None:
        kwargs.setdefault("widget", django_filters.widgets.BooleanWidget())
        self.only_registered = only_registered
        super().__init__(*args, **kwargs)

    def filter(self, qs: QuerySet[Any], value: bool | None) -> QuerySet[Any]:
        """Filter; a guest order is neither active nor verified, whichever is asked for."""
        if value is not None and self.only_registered:
            qs = qs.filter(status=DirectoryEntry.Status.REGISTERED)
        return super().filter(qs, value)


class DeniedFilter(BlankBooleanFilter):
    """Whether a customer is denied now: an end date lifts that by itself."""

    def filter(self, qs: QuerySet[Any], value: bool | None) -> QuerySet[Any]:
        """Filter; a guest order is neither, whichever is asked for."""
        if value is None:
            return qs
        qs = qs.filter(status=DirectoryEntry.Status.REGISTERED)
        lapsed = Q(denied_until__lte=timezone.now())
        return qs.filter(Q(is_denied=True) & ~lapsed) if value else qs.filter(Q(is_denied=False) | lapsed)


class StaffField(ModelChoiceField):
    """Staff to choose from, by name."""

    def label_from_instance(self, obj: Any) -> str:
        """Return the full name with the e-mail address, which tells two of one name apart."""
        name = obj.get_full_name().strip() if hasattr(obj, "get_full_name") else ""
        return f"{name} ({obj.email})" if name and obj.email else name or obj.email or obj.get_username()


class StaffFilter(django_filters.ModelChoiceFilter):
    """One member of staff."""

    field_class = StaffField


class AddressFilter(django_filters.CharFilter):
    """An IP address, checked to be one."""

    field_class = forms.GenericIPAddressField


class DirectoryFilter(django_filters.FilterSet):
    """Every way to narrow the directory, by the names that addresses and REST clients use."""

    q = django_filters.CharFilter(
        label=_("Search"), method="filter_q", max_length=200, help_text=_("Every word must occur, in any field.")
    )
    status = django_filters.ChoiceFilter(label=_("Account"), choices=DirectoryEntry.Status)
    email = django_filters.CharFilter(label=_("E-mail"), method="filter_email", max_length=254)
    first_name = django_filters.CharFilter(
        label=_("First name"), field_name="first_name_keys", method="filter_folded", max_length=255
    )
    last_name = django_filters.CharFilter(
        label=_("Last name"), field_name="last_name_keys", method="filter_folded", max_length=255
    )
    company = django_filters.CharFilter(
        label=_("Company"), field_name="company_keys", method="filter_folded", max_length=255
    )
    phone = django_filters.CharFilter(label=_("Phone"), method="filter_phone", max_length=64)
    postcode = django_filters.CharFilter(label=_("Postcode"), method="filter_postcode", max_length=64)
    ip = AddressFilter(label=_("IP address"), method="filter_ip")
    birth_day = django_filters.TypedChoiceFilter(
        label=_("Day of birth"), coerce=int, choices=[(day, day) for day in range(1, 32)], empty_value=None
    )
    birth_month = django_filters.TypedChoiceFilter(
        label=_("Month of birth"), coerce=int, choices=list(MONTHS.items()), empty_value=None
    )
    verified = BlankBooleanFilter(label=_("Verified"), field_name="is_verified", only_registered=True)
    denied = DeniedFilter(label=_("Denied"), only_registered=True)
    active = BlankBooleanFilter(label=_("Active"), field_name="is_active", only_registered=True)
    tax_exempt = BlankBooleanFilter(label=_("Tax exempt"), field_name="is_tax_exempt")
    test = BlankBooleanFilter(label=_("Test"), field_name="is_test")
    staff = BlankBooleanFilter(label=_("Staff"), field_name="is_staff")
    origin = django_filters.ChoiceFilter(
        label=_("Origin"), choices=[*CustomerProfile.Origin.choices, ("guest", _("Guest order"))]
    )
    role = django_filters.ModelChoiceFilter(
        label=_("Staff role"), queryset=Group.objects.order_by("name"), method="filter_role"
    )
    partner = django_filters.ModelChoiceFilter(
        label=_("Partner"), queryset=lambda request: Partner.objects.order_by("name"), method="filter_partner"
    )
    account_manager = StaffFilter(label=_("Account manager"), queryset=lambda request: staff(), method="filter_keeper")
    created_by = StaffFilter(label=_("Created by"), queryset=lambda request: staff(), method="filter_keeper")
    registered = DayRangeFilter(label=_("Registered"), field_name="registered_at")
    last_order = DayRangeFilter(label=_("Last order"), field_name="last_order_at")
    total_spent = NumberRangeFilter(label=_("Total spent"), field_name="total_spent", fields=between(amount))
    order_count = NumberRangeFilter(label=_("Number of orders"), field_name="order_count", fields=between(whole_number))

    class Meta:
        model = DirectoryEntry
        fields: tuple[str, ...] = ()

    def filter_q(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Search every field for every word."""
        return matching(queryset, value)

    def filter_email(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Find part of an e-mail address, whatever the case."""
        return _narrowed(queryset, "email_key", search_text.fold(value))

    def filter_folded(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Find part of a name, without regard to case or accents, an umlaut also as two letters."""
        return _narrowed(queryset, name, search_text.fold(value), search_text.fold(search_text.spelled_out(value)))

    def filter_phone(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Find part of a phone number."""
        return with_phone(queryset, value)

    def filter_postcode(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Find the beginning or a part of a postcode of any saved address."""
        return _narrowed(queryset, "postcode_keys", search_text.fold_postcode(value))

    def filter_ip(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Find who was last seen at this address."""
        return queryset.filter(user__customer_profile__last_seen_ip=value)

    def filter_role(self, queryset: QuerySet[Any], name: str, value: Group) -> QuerySet[Any]:
        """Find the staff who hold a role."""
        return queryset.filter(user__in=User.objects.filter(groups=value).values("pk"))

    def filter_partner(self, queryset: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        """Find the accounts that belong to a partner."""
        return queryset.filter(user__in=value.users.order_by().values("pk"))

    def filter_keeper(self, queryset: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        """Find the customers whom a member of staff made or looks after."""
        return queryset.filter(**{f"user__customer_profile__{name}": value})


#: Filters over a profile field that the shop may have switched off.
_OVER_PROFILE_FIELD = {
    "birth_day": "date_of_birth",
    "birth_month": "date_of_birth",
    "company": "company",
    "phone": "phone_number",
}


def filters_in_use() -> list[str]:
    """Return the names of the filters that this shop has; both faces offer and heed these and no others."""
    return [
        name
        for name in DirectoryFilter.base_filters
        if name not in _OVER_PROFILE_FIELD or conf.uses_profile_field(_OVER_PROFILE_FIELD[name])
    ]


def staff() -> QuerySet[Any]:
    """Return the accounts that can look after customers.

    Found through the directory, which has an index for it; the shop's own table of users has none.
    """
    listed = DirectoryEntry.objects.filter(is_staff=True).values("user_id")
    return User._default_manager.filter(is_staff=True, pk__in=listed).order_by("email")


def ordering_named(name: str | None) -> Ordering:
    """Return the ordering of this name; the default one for a name that there is not."""
    return ORDERINGS.get(name or "", ORDERINGS[DEFAULT_ORDERING])


def page(
    queryset: QuerySet[DirectoryEntry], *, ordering: str | None = None, size: int = 20, cursor: str | None = None
) -> Page[DirectoryEntry]:
    """Return one page of the list. Raises ``keyset.InvalidCursor``."""
    expected = estimated_count(queryset) if queryset.query.where else None
    is_short = expected is not None and expected <= _SHORT
    return fetch_page(queryset, ordering=ordering_named(ordering), size=size, cursor=cursor, is_short=is_short)


def count(queryset: QuerySet[Any], *, limit: int | None = COUNT_LIMIT) -> Count:
    """Count the rows, exactly without a limit, else only so far that a large list costs no more."""
    bare = queryset.order_by().select_related(None)
    if limit is None:
        return Count(bare.count())
    found = bare.values("pk")[: limit + 1].count()
    return Count(min(found, limit), is_exact=found <= limit)


def is_small() -> bool:
    """Say whether the whole directory is short enough to be counted with every page."""
    if (estimated_rows(DirectoryEntry) or 0) > 2 * COUNT_LIMIT:
        # Beyond doubt, and told in a tenth of the time that counting up to the limit takes.
        return False
    return count(DirectoryEntry.objects.all()).is_exact


def counts_by_status(queryset: QuerySet[Any]) -> Mapping[str, int]:
    """Return the exact number of rows for each tab: ``all``, ``registered`` and ``guest``."""
    found = dict(queryset.order_by().values_list("status").annotate(rows=NumberOf("*")))
    registered, guest = (found.get(status.value, 0) for status in DirectoryEntry.Status)
    return {"all": registered + guest, "registered": registered, "guest": guest}


def by_order_number(typed: str) -> DirectoryEntry | None:
    """Return who placed the order of exactly this number, ``None`` where there is no such customer."""
    number = typed.strip()
    if not number or "\x00" in number or len(number) > Order._meta.get_field("number").max_length:
        return None
    order = Order.objects.filter(number=number).values("pk", "user_id").first()
    if order is None:
        return None
    owner = Q(user_id=order["user_id"]) if order["user_id"] else Q(order_id=order["pk"])
    return entries().filter(owner).first()


_ROUND_ORDER_NUMBERS = "#:,.;()º°"

#: Words round an order number that say what it is.
_ORDER_WORDS = {"order", "orders", "number", "num", "no", "nr", "n", "o", "id"}


def by_order_number_in(typed: str) -> DirectoryEntry | None:
    """Return who placed the order that ``typed`` asks for: ``100486``, ``#100486``, ``Order no. 100486``.

    ``None`` where anything else is asked for as well.
    """
    said = {*_ORDER_WORDS, *search_text.fold(_("order number")).split()}
    words = typed.split()
    left = [word for word in words if search_text.fold(word).strip(_ROUND_ORDER_NUMBERS) not in {*said, ""}]
    if len(left) != 1 or "@" in left[0]:
        return None
    bare = left[0].strip(_ROUND_ORDER_NUMBERS)
    # As it was typed first: a shop may have such signs in its numbers.
    return by_order_number(left[0]) or (by_order_number(bare) if bare != left[0] else None)


def saved_filters(user: Any) -> QuerySet[SavedFilter]:
    """Return the filters that this member of staff made, and those that colleagues share."""
    return SavedFilter.objects.filter(Q(owner=user) | Q(is_shared=True)).select_related("owner")
