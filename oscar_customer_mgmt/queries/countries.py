"""Which country an address is likely in."""

from __future__ import annotations

from typing import Any

from ..host import Country
from . import customers as queries


def likely_country(customer: Any) -> Any:
    """Return the country of the customer's newest address, else the only one that the shop sends to, or ``None``."""
    newest = queries.addresses(customer).last()
    if newest is not None:
        return newest.country
    sent_to = list(Country._default_manager.filter(is_shipping_country=True)[:2])
    return sent_to[0] if len(sent_to) == 1 else None
