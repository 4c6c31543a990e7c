"""The customer's address book, with a company beside each address."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from ..exceptions import NotAllowed, StaleVersion
from ..host import UserAddress
from ..models import AddressCompany
from ..permissions import can_manage
from . import standing, timeline
from .validation import check_address, check_fields

FIELDS = (
    "title",
    "first_name",
    "last_name",
    "line1",
    "line2",
    "line3",
    "line4",
    "state",
    "postcode",
    "country",
    "phone_number",
    "notes",
)
FLAGS = ("is_default_for_shipping", "is_default_for_billing")


def add(*, customer: Any, values: Mapping[str, Any], by: Any, company: str = "") -> Any:
    """Add an address to the customer's book and return it; the first becomes both defaults.

    ``values`` maps ``FIELDS`` and ``FLAGS``. Raises ``NotAllowed`` and ``InvalidData``, the
    latter also for an address that the book holds already.
    """
    with transaction.atomic():
        _lock(customer, by)
        address = UserAddress(user=customer, **values)
        if not UserAddress._default_manager.filter(user=customer).exists():
            address.is_default_for_shipping = address.is_default_for_billing = True
        _save(address, company)
        timeline.record(kind=timeline.ADDRESS_ADDED, customer=customer, by=by, data={"summary": address.summary})
        return _as_stored(address)


def change(
    *,
    address: Any,
    values: Mapping[str, Any],
    by: Any,
    company: str | None = None,
    expected_version: str | None = None,
) -> Any:
    """Change an address and return it; ``company=None`` leaves the company as it is.

    Raises ``NotAllowed``, ``StaleVersion`` where ``expected_version`` (see ``version_of``) is no
    longer what is stored, ``InvalidData``, and ``UserAddress.DoesNotExist`` for one that is gone.
    """
    with transaction.atomic():
        _lock(address.user, by)
        address = _as_stored(address, expected_version)
        before = _state(address)
        for name, value in values.items():
            setattr(address, name, value)
        _save(address, company)
        after = _state(address)
        changes = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
        if changes:
            timeline.record(kind=timeline.ADDRESS_CHANGED, customer=address.user, by=by, data={"changes": changes})
        return _as_stored(address)


def delete(*, address: Any, by: Any, expected_version: str | None = None) -> None:
    """Take an address out of the book; where it was a default, none is left.

    Raises ``NotAllowed``, ``StaleVersion`` as ``change`` does, and ``UserAddress.DoesNotExist``.
    """
    with transaction.atomic():
        _lock(address.user, by)
        address = _as_stored(address, expected_version)
        summary = address.summary
        customer = address.user
        address.delete()
        timeline.record(kind=timeline.ADDRESS_DELETED, customer=customer, by=by, data={"summary": summary})


def company_of(address: Any) -> str:
    """Return the company kept beside an address, ``""`` for none."""
    record: AddressCompany | None = getattr(address, "company_record", None)
    return record.company if record else ""


def version_of(address: Any) -> str:
    """Return a token that changes whenever the address does, its company and its being a default included."""
    state = {**_state(address), "country": address.country_id}
    return hashlib.sha256(json.dumps(state, sort_keys=True).encode()).hexdigest()[:32]


def must_be(address: Any, expected_version: str | None) -> None:
    """Raise ``StaleVersion`` where an address, locked by now, is not of this version; ``None`` stands for any."""
    if expected_version is not None and expected_version != version_of(address):
        raise StaleVersion(_("Someone else changed this address meanwhile. Nothing was saved."))


def copy_companies_to_order(*, order: Any) -> None:
    """Give a new order's addresses the companies of the address book that they were copied from.

    Oscar copies field by field and keeps no link, so what ties them is the hash by which the
    address book itself tells addresses apart.
    """
    if order.user_id is None:
        return
    book = AddressCompany.objects.filter(user_address__user_id=order.user_id)
    companies = dict(book.values_list("user_address__hash", "company"))
    if not companies:
        return
    for field in ("shipping_address", "billing_address"):
        address = getattr(order, field)
        company = companies.get(str(address.generate_hash())) if address is not None else None
        if company:
            AddressCompany.objects.get_or_create(**{field: address}, defaults={"company": company})


def _lock(customer: Any, by: Any) -> None:
    # One writer at a time for one book: Oscar clears other defaults without a lock.
    customer = standing.locked(customer)
    if not can_manage(by=by, customer=customer):
        raise NotAllowed()


def _as_stored(address: Any, expected_version: str | None = None) -> Any:
    stored = UserAddress._default_manager.select_related("country", "user", "company_record").get(pk=address.pk)
    must_be(stored, expected_version)
    return stored


def _save(address: Any, company: str | None) -> None:
    check_address(address)
    address.save()
    if company is None:
        return
    keep_company(address, "user_address", company)


def keep_company(address: Any, field: str, company: str) -> None:
    """Keep a company beside an address, ``""`` for none; ``field`` is the one of ``AddressCompany`` that points to it.

    Raises ``InvalidData``.
    """
    company = company.strip()
    if company:
        check_fields(AddressCompany(company=company), ["company"])
        record, _is_new = AddressCompany.objects.update_or_create(**{field: address}, defaults={"company": company})
        address.company_record = record
    else:
        AddressCompany.objects.filter(**{field: address}).delete()
        address.company_record = None


def _state(address: Any) -> dict[str, Any]:
    state: dict[str, Any] = {name: str(getattr(address, name) or "") for name in FIELDS if hasattr(address, name)}
    state |= {name: getattr(address, name) for name in FLAGS if hasattr(address, name)}
    return {**state, "company": company_of(address)}
