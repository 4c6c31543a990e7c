"""Who still has to confirm the account, and may not log in until then."""

from __future__ import annotations

from typing import Any

from .. import conf
from ..models.profiles import profile_of


def waits_for_confirmation(customer: Any) -> bool:
    """Say whether staff made this account and its owner has not confirmed it. Costs no query.

    Never one from before the package, nor one that was registered in the shop.
    """
    profile = profile_of(customer) if customer is not None and customer.pk is not None else None
    return profile is not None and not profile.is_verified


def may_not_log_in_yet(customer: Any) -> bool:
    """Say whether this account stays out until it is confirmed, as ``UNVERIFIED_MAY_LOG_IN`` says."""
    return not conf.get("UNVERIFIED_MAY_LOG_IN") and waits_for_confirmation(customer)
