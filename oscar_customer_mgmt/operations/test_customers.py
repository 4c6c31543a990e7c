"""Remove customers who were never real: those marked as a test by hand, or who only ever placed test orders."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError, Q, RestrictedError
from django.utils.translation import gettext as _

from .. import signals
from ..exceptions import Conflict
from ..host import BillingAddress, EventHandler, Order, OrderLine, ShippingAddress, User
from ..models import ErasureReceipt, TimelineEvent
from ..models.profiles import profile_of
from ..queries.directory_rows import test_orders
from . import erasure, profiles, scrubbing, sessions
from .deadlocks import tried_again
from .erasure import Part
from .scrubbing import DELETED, KEPT


@dataclass(frozen=True)
class Orders:
    """How many orders would go with a customer, and how many would stay without one."""

    test: int
    others: int


def can_be_removed(*, customer: Any) -> bool:
    """Say whether this is a test customer: marked by hand, or with test orders and no others."""
    profile = profile_of(customer)
    if profile is not None and profile.is_test:
        return True
    orders = orders_of(customer=customer)
    return orders.test > 0 and orders.others == 0


def orders_of(*, customer: Any) -> Orders:
    """Count a customer's test orders, and the others."""
    orders = Order.objects.filter(user=customer)
    tests = orders.filter(test_orders()).distinct().count()
    return Orders(test=tests, others=orders.count() - tests)


def remove(*, customer: Any, by: Any) -> ErasureReceipt:
    """Remove a test customer with the test orders and everything else, at once; return the receipt.

    An order that is no test stays as the books have it, without an owner and without an e-mail address, so
    that it is no guest's either. Stock that test orders held is free again. Raises ``Conflict`` for anybody
    who is no test customer, and what ``erasure.erase`` raises.
    """
    return tried_again(lambda: _remove(customer, by))


def _remove(customer: Any, by: Any) -> ErasureReceipt:
    session_keys = sessions.keys_of(customer)
    with transaction.atomic():
        customer = erasure.lock(customer)
        profiles.ensure(customer=customer)
        erasure.check_allowed(customer=customer, by=by)
        if not can_be_removed(customer=customer):
            raise Conflict(
                _("This is not a test customer: neither marked as one, nor somebody with test orders and no others.")
            )
        # Scrubbed first: what hangs on an order leads to the customer no longer once the order is gone.
        outcomes = erasure.scrub_all(customer)
        scrubbing.delete(TimelineEvent.objects.filter(Q(customer=customer.pk) | Q(order__user=customer.pk)))
        removed = _remove_test_orders(customer)
        stay = Order.objects.filter(user=customer.pk).update(user=None)
        sessions.end(session_keys)
        parts = [
            Part(Order._meta.label, _("Test orders"), DELETED, removed),
            Part(Order._meta.label, _("Orders that are no test"), KEPT, stay, reason=_("They stay without an owner.")),
        ]
        by_whom = None if by is not None and by.pk == customer.pk else by
        receipt = erasure.write_receipt(customer=customer, by=by_whom, outcomes=outcomes, extra=parts)
        signals.customer_erased.send(sender=User, customer=customer, by=by, receipt=receipt)
        _delete_account(customer)
    return receipt


def _remove_test_orders(customer: Any) -> int:
    orders = Order.objects.filter(user=customer.pk).filter(test_orders())
    keys = list(orders.order_by("pk").values_list("pk", flat=True).distinct())
    addresses = {
        model: list(Order.objects.filter(pk__in=keys).exclude(**{name: None}).values_list(name, flat=True))
        for name, model in (("shipping_address", ShippingAddress), ("billing_address", BillingAddress))
    }
    _free_stock(keys)
    removed = scrubbing.delete(Order.objects.filter(pk__in=keys))
    for model, address_keys in addresses.items():
        # Unless another order was sent there too.
        scrubbing.delete(model.objects.filter(pk__in=address_keys, order__isnull=True))
    return removed


def _free_stock(keys: list[Any]) -> None:
    """Give back what the orders still hold, as Oscar does when an order is cancelled."""
    held = OrderLine.objects.filter(order__in=keys, num_allocated__gt=0, stockrecord__isnull=False)
    lines = list(held.select_related("order", "stockrecord", "product").order_by("stockrecord_id", "pk"))
    for line in lines:
        EventHandler().cancel_stock_allocations(line.order, [line], [line.num_allocated])


def _delete_account(customer: Any) -> None:
    try:
        User._default_manager.get(pk=customer.pk).delete()
    except (ProtectedError, RestrictedError) as error:
        raise Conflict(_("Other records need this account, so it cannot be removed. It can be erased.")) from error
