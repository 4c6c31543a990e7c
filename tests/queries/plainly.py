"""What the directory must say, worked out one row at a time in the plainest way; slow on purpose.

Shares nothing with ``queries.directory_rows``: no aggregate, no annotation, no batch.
"""

import unicodedata
from decimal import Decimal
from functools import reduce

from django.conf import settings
from oscar.core.compat import get_user_model
from oscar.core.loading import get_model

from oscar_customer_mgmt.models import AddressCompany, CustomerProfile, DirectoryEntry, OrderTestMark

Order = get_model("order", "Order")
Source = get_model("payment", "Source")
UserAddress = get_model("address", "UserAddress")

SHOWN = (
    "status",
    "number",
    "email",
    "username",
    "first_name",
    "last_name",
    "company",
    "birth_month",
    "birth_day",
    "origin",
    "is_active",
    "is_staff",
    "is_verified",
    "is_tax_exempt",
    "is_denied",
    "denied_until",
    "is_test",
    "order_count",
    "total_spent",
    "last_order_at",
    "registered_at",
)


def setting(name, default):
    return getattr(settings, "OSCAR_CUSTOMER_MGMT", {}).get(name, default)


def plain(text):
    """Lower case, no accents, single spaces, written out anew."""
    text = str(text).replace("’", "'")
    text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    for letter, instead in zip("øłđðæœıþħ", ["o", "l", "d", "d", "ae", "oe", "i", "th", "h"], strict=True):
        text = text.replace(letter, instead)
    text = "".join(letter for letter in text if not unicodedata.combining(letter) and letter != "\x00")
    return " ".join(unicodedata.normalize("NFKC", text).split())


def digits(text):
    return "".join(letter for letter in str(text) if letter.isdigit())


def is_test(order):
    mark = OrderTestMark.objects.filter(order=order).first()
    if mark is not None:
        return mark.is_test
    codes = setting("TEST_SOURCE_TYPES", [])
    return any(source.source_type.code in codes for source in Source.objects.filter(order=order))


def counts(order):
    return order.status not in setting("CANCELLED_STATUSES", ["Cancelled"]) and not is_test(order)


def net_total(order):
    refunded = sum((source.amount_refunded for source in Source.objects.filter(order=order)), Decimal(0))
    return order.total_incl_tax - min(refunded, max(order.total_incl_tax, Decimal(0)))


def company_beside(address):
    field = {"UserAddress": "user_address", "ShippingAddress": "shipping_address", "BillingAddress": "billing_address"}
    record = AddressCompany.objects.filter(**{field[type(address).__name__]: address}).first()
    return record.company if record else ""


def row_of_customer(user):
    profile = CustomerProfile.objects.get(user=user)
    orders = list(Order.objects.filter(user=user))
    addresses = list(UserAddress.objects.filter(user=user).order_by("pk"))
    username = user.get_username() if user.USERNAME_FIELD != "email" else ""
    companies = [profile.company, *(company_beside(address) for address in addresses)]
    extras = [
        str(value)
        for lookup in setting("SEARCH_EXTRA", [])
        for value in get_user_model().objects.filter(pk=user.pk).values_list(lookup, flat=True)
        if value is not None
    ]
    birth = profile.date_of_birth
    return {
        "status": "registered",
        "number": profile.number,
        "email": user.email,
        "username": username,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "company": next(filter(None, companies), ""),
        "birth_month": birth.month if birth else None,
        "birth_day": birth.day if birth else None,
        "origin": profile.origin,
        "is_active": user.is_active,
        "is_staff": user.is_staff,
        "is_verified": profile.verified_at is not None or not profile.must_verify,
        "is_tax_exempt": profile.is_tax_exempt,
        "is_denied": profile.denied_at is not None,
        "denied_until": profile.denied_until,
        "is_test": profile.is_test or any(is_test(order) for order in orders),
        "last_order_at": max((order.date_placed for order in orders), default=None),
        "registered_at": user.date_joined,
        **figures([order for order in orders if counts(order)]),
        "words": words(
            [user.first_name + " " + user.last_name, user.email, profile.number, username, *companies, *extras],
            addresses,
            [profile.phone_number],
        ),
    }


def row_of_guest(order):
    addresses = [address for address in (order.billing_address, order.shipping_address) if address]
    named = [address for address in addresses if address.first_name.strip() or address.last_name.strip()]
    companies = [company_beside(address) for address in addresses]
    return {
        "status": "guest",
        "number": f"G-{order.number}",
        "email": order.guest_email,
        "username": "",
        "first_name": named[0].first_name if named else "",
        "last_name": named[0].last_name if named else "",
        "company": next(filter(None, companies), ""),
        "birth_month": None,
        "birth_day": None,
        "origin": "guest",
        "is_active": True,
        "is_staff": False,
        "is_verified": False,
        "is_tax_exempt": False,
        "is_denied": False,
        "denied_until": None,
        "is_test": is_test(order),
        "last_order_at": order.date_placed,
        "registered_at": None,
        **figures([order] if counts(order) else []),
        "words": words([order.guest_email, f"G-{order.number}", order.number, *companies], addresses, []),
    }


def figures(orders):
    per_currency = {}
    for order in orders:
        per_currency[order.currency] = per_currency.get(order.currency, Decimal(0)) + net_total(order)
    return {
        "order_count": len(orders),
        "total_spent": per_currency.get(settings.OSCAR_DEFAULT_CURRENCY, Decimal(0)),
        "spent": {(currency, f"{amount:.2f}") for currency, amount in per_currency.items()},
    }


def words(pieces, addresses, phones):
    """Return what must be found, as it is stored, and the digits that a phone number may be found by."""
    found = set(pieces)
    for address in addresses:
        found |= {f"{address.first_name} {address.last_name}", address.state, address.postcode}
        found |= {address.line1, address.line2, address.line3, address.line4}
        found |= {address.country.name, address.country.printable_name}
    numbers = [*phones, *(getattr(address, "phone_number", None) for address in addresses)]
    return found, {digits(number) for number in numbers if number}


def whole_directory():
    """Return every row that there must be, by its number."""
    customers = get_user_model().objects.filter(customer_profile__number__isnull=False)
    # An erased account stays, for the books, as a row that nobody looks for.
    rows = [row_of_customer(user) for user in customers.filter(customer_profile__erased_at=None)]
    if setting("GUESTS_IN_DIRECTORY", True):
        rows += [row_of_guest(order) for order in Order.objects.filter(user=None) if order.guest_email]
    return {row["number"]: row for row in rows}


def assert_directory_is_right():
    """Fail where any row of the directory says something else."""
    expected = whole_directory()
    stored = {entry.number: entry for entry in DirectoryEntry.objects.all()}
    assert set(stored) == set(expected)
    for number, row in expected.items():
        entry = stored[number]
        assert {name: getattr(entry, name) for name in SHOWN} == {name: row[name] for name in SHOWN}
        assert {(item["currency"], item["amount"]) for item in entry.spent} == row["spent"], number
        assert_search_text_is_right(entry, *row["words"])


def assert_search_text_is_right(entry, stored, numbers):
    lines = entry.search_text.split("\n") if entry.search_text else []
    pieces = {plain(piece) for piece in stored} - {""}
    bare = {piece.replace(" ", "").replace("-", "") for piece in pieces}
    # A name in Han may be looked for as it is written: last name first, no space between.
    bare.add(plain(f"{entry.last_name}{entry.first_name}"))
    # Any line may stand there a second time, with two letters for an umlaut.
    umlauts = {"ae": "a", "oe": "o", "ue": "u", "aa": "a"}
    known = pieces | bare
    bare |= {line for line in lines if reduce(lambda text, pair: text.replace(*pair), umlauts.items(), line) in known}
    spelled_out = {plain(two_letters_for_one(piece)) for piece in stored}
    for piece in pieces:
        assert piece in lines or piece.replace(" ", "").replace("-", "") in lines, (entry.number, piece, lines)
    for line in lines:
        # What is there beside the words is a spelling of a phone number, and nothing of anybody else.
        is_number = line.isdigit() and any(line[-6:] in number for number in numbers)
        assert line in pieces or line in bare or line in spelled_out or is_number, (entry.number, line, pieces)
    for number in numbers:
        assert number.lstrip("0") in entry.search_text, (entry.number, number)


def two_letters_for_one(text):
    """Write ``Müller`` as those do whose keyboard has no ``ü``."""
    for letter, instead in zip("äöüøå", ["ae", "oe", "ue", "oe", "aa"], strict=True):
        text = str(text).replace(letter, instead).replace(letter.upper(), instead)
    return text
