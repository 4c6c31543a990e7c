"""Links that are mailed: signed, of a limited age, and dead once the state that they were made for is gone."""

from __future__ import annotations

from typing import Any

from django.core import signing
from django.utils.crypto import constant_time_compare, salted_hmac

from .. import conf
from ..exceptions import DeadLink
from ..host import User
from ..models.profiles import profile_of
from ..queries import customers as queries

_SALT = "oscar_customer_mgmt.links"
_LONGEST_TOKEN = 500


def sign(*, purpose: str, customer: Any, state: str) -> str:
    """Return a token for one purpose that names the account and, as a digest, the state that it is good for."""
    key = customer._meta.pk.value_to_string(customer)
    return signing.dumps([key, _digest(purpose, state)], salt=f"{_SALT}.{purpose}")


def open_(*, token: str, purpose: str) -> Any:
    """Return the account that a token names. Raises ``DeadLink`` for a forged, an old one, or a closed account.

    Whether the state is still what it was is asked with ``is_for``.
    """
    account, _state = _read(token, purpose)
    if is_closed(account):
        raise DeadLink(DeadLink.CLOSED)
    return account


def is_for(*, token: str, purpose: str, state: str) -> bool:
    """Say whether a token was made for this state. Raises ``DeadLink`` as ``open_`` does."""
    _account, digest = _read(token, purpose)
    return constant_time_compare(digest, _digest(purpose, state))


def is_closed(customer: Any) -> bool:
    """Say whether this account is inactive or denied."""
    profile = profile_of(customer)
    return not customer.is_active or (profile is not None and profile.is_denied)


def _read(token: str, purpose: str) -> tuple[Any, str]:
    seconds = conf.get("VERIFICATION_MAX_AGE_DAYS") * 24 * 60 * 60
    if len(token) > _LONGEST_TOKEN:
        raise DeadLink(DeadLink.UNKNOWN)
    try:
        key, digest = signing.loads(token, salt=f"{_SALT}.{purpose}", max_age=seconds)
        return queries.by_key(key), digest
    except signing.SignatureExpired as error:
        raise DeadLink(DeadLink.EXPIRED) from error
    except (signing.BadSignature, User.DoesNotExist) as error:
        raise DeadLink(DeadLink.UNKNOWN) from error


def _digest(purpose: str, state: str) -> str:
    return salted_hmac(f"{_SALT}.{purpose}", state, algorithm="sha256").hexdigest()[:32]
