"""What staff say of an order: that it is, or is not, a test; that an address on it was wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ..exceptions import Conflict, NotAllowed
from ..host import Order
from ..models import OrderTestMark
from ..permissions import can_manage
from ..queries.directory_rows import test_orders
from . import timeline
from .addresses import FIELDS, company_of, keep_company, must_be
from .validation import check_address

#: The addresses that an order keeps, by the name of the field on the order.
ADDRESSES = ("shipping_address", "billing_address")


def mark_test(*, order: Any, is_test: bool, by: Any) -> bool:
    """Mark an order as a test, or as none, whatever it was paid with; return what it is now.

    Saying again what is so already changes nothing. Raises ``NotAllowed`` for the order of an
    account with rights that ``by`` lacks.
    """
    with transaction.atomic():
        order = _locked(order, by)
        if is_test_order(order=order) == is_test:
            return is_test
        OrderTestMark.objects.update_or_create(
            order=order, defaults={"is_test": is_test, "marked_by": by, "marked_at": timezone.now()}
        )
        data = {"number": order.number, "is_test": is_test}
        timeline.record(kind=timeline.ORDER_TEST_MARK, by=by, data=data, **_whose(order))
    return is_test


def is_test_order(*, order: Any) -> bool:
    """Say whether an order is a test, by hand or by how it was paid."""
    return bool(Order.objects.filter(test_orders(), pk=order.pk).exists())


def correct_address(
    *,
    order: Any,
    kind: str,
    values: Mapping[str, Any],
    by: Any,
    company: str | None = None,
    expected_version: str | None = None,
) -> Any:
    """Correct an address that is kept with an order, and return it; no address book changes.

    ``kind`` is one of ``ADDRESSES``; ``values`` maps fields of that address. ``company=None``
    leaves the company as it is. Raises ``StaleVersion`` where ``expected_version`` (see
    ``addresses.version_of``) is no longer what is stored, ``InvalidData``, ``Conflict`` for an
    order that has no such address, and ``NotAllowed`` as ``mark_test`` does.
    """
    if kind not in ADDRESSES:
        raise ValueError(f"An order has no {kind!r}.")
    with transaction.atomic():
        order = _locked(order, by)
        address = getattr(order, kind)
        if address is None:
            raise Conflict(_("This order has no such address."))
        must_be(address, expected_version)
        before = _state(address)
        for name, value in values.items():
            setattr(address, name, value)
        check_address(address)
        address.save()
        if company is not None:
            keep_company(address, kind, company)
        after = _state(address)
        changes = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
        if changes:
            data = {"number": order.number, "address": kind, "changes": changes}
            timeline.record(kind=timeline.ORDER_ADDRESS, by=by, data=data, **_whose(order))
    return address


def _locked(order: Any, by: Any) -> Any:
    order = Order.objects.select_for_update().get(pk=order.pk)
    if order.user is not None and not can_manage(by=by, customer=order.user):
        raise NotAllowed()
    return order


def _whose(order: Any) -> dict[str, Any]:
    return {"customer": order.user} if order.user_id else {"order": order}


def _state(address: Any) -> dict[str, str]:
    state = {name: str(getattr(address, name) or "") for name in FIELDS if hasattr(address, name)}
    return {**state, "company": company_of(address)}
