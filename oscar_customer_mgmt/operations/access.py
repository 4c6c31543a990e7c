"""Deny customers and e-mail addresses, and allow them again; refuse the orders of those who are denied."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from .. import signals
from ..exceptions import Conflict, InvalidData, NotAllowed, StaleVersion
from ..host import UnableToPlaceOrder, User, normalise_email
from ..models import CustomerProfile, DeniedEmail
from ..models.profiles import email_digest, untagged_email_digest
from ..permissions import can_manage
from ..queries import access as queries
from ..queries import customers as customer_queries
from . import profiles, standing, superusers, timeline, tokens
from .deadlocks import tried_again
from .validation import check_fields

#: How an ``ALLOWED`` event came about.
BY_HAND, END_DATE = "by_hand", "end_date"

#: In characters: of the reason, and of the words for the customer.
LONGEST_REASON = 2000
LONGEST_MESSAGE = 1000

BATCH_SIZE = 500


class OrderRefused(UnableToPlaceOrder, ValueError):
    """Whoever places this order may not; ``str()`` is fit for them.

    Oscar's checkout shows it and opens the basket again; code that knows nothing of Oscar's exceptions
    takes it for a value that cannot be stored.
    """


def deny(
    *,
    customer: Any,
    reason: str,
    by: Any,
    until: datetime.datetime | None = None,
    message: str = "",
    expected_version: str | None = None,
) -> CustomerProfile:
    """Keep this customer out of the shop from now on, and return the profile.

    Nobody can log in to the account, its sessions end at their next request and its API tokens at once; no order
    of it is taken, nor one of a guest with its e-mail address. ``reason`` stays among staff, ``message`` is what
    the customer is told; at ``until`` the denial ends by itself. Denying again stores the new reason, words and
    end. Raises ``NotAllowed`` over an account with rights that ``by`` lacks, ``InvalidData``, ``StaleVersion`` where
    ``expected_version`` (see ``queries.access.version_of``) is no longer what is stored, and ``Conflict`` for
    oneself, an erased account and the last active superuser.
    """
    values = _checked(reason, until, message)
    return tried_again(lambda: _deny(customer, by, values, expected_version))


def allow(*, customer: Any, by: Any) -> CustomerProfile:
    """Let this customer in again, and return the profile; nothing happens to one who is not denied.

    Raises ``NotAllowed`` over an account with rights that ``by`` lacks, and ``Conflict`` for an erased account.
    """
    return tried_again(lambda: _allow(customer, by))


def lift_expired(*, batch_size: int = BATCH_SIZE) -> Iterator[int]:
    """Clear the denials whose end has passed, and write that on the timeline; yield how many each batch had.

    They hold no longer whether this runs or not.
    """
    while True:
        customers = list(customer_queries.customers().filter(customer_profile__in=queries.lapsed())[:batch_size])
        if not customers:
            return
        yield sum(tried_again(lambda each=each: _lift(each)) for each in customers)  # type: ignore[misc]


def deny_email(
    *, email: str, reason: str, by: Any, until: datetime.datetime | None = None, message: str = ""
) -> DeniedEmail:
    """Take no more orders of this address, of guests and of accounts alike, and return what was stored.

    Denying an address again stores the new reason, words and end. Raises ``InvalidData`` and, where an account with
    this address is one that ``by`` may not deny, what ``deny`` raises.
    """
    values = _checked(reason, until, message)
    email = normalise_email(email.strip())
    try:
        validate_email(email)
    except ValidationError as error:
        raise InvalidData({"email": error.messages}) from error
    denied = DeniedEmail(email=email)
    check_fields(denied, ["email"])
    _refuse_for_accounts_of(email, by)
    return tried_again(lambda: _deny_email(email, by, values))


def allow_email(*, denied: DeniedEmail, by: Any) -> None:
    """Take orders of this address again; nothing happens where somebody else was quicker.

    Raises what ``allow`` raises where an account with this address is one that ``by`` may not allow.
    """
    _refuse_for_accounts_of(denied.email, by)
    with transaction.atomic():
        deleted, _rows = DeniedEmail.objects.filter(pk=denied.pk).delete()
        if deleted:
            _tell_timelines(denied.email, kind=timeline.EMAIL_ALLOWED, by=by, data={})


def refuse_order(*, order: Any) -> None:
    """Raise ``OrderRefused`` where whoever places this new order is denied or erased.

    Call it in the transaction that writes the order: the profile is locked, so that an order is either written
    before a denial or refused by it.
    """
    addresses = [order.guest_email or ""]
    if order.user_id is not None:
        refuse_customer(customer=order.user)
        addresses.append(order.user.email or "")
    for address in dict.fromkeys(addresses):
        refusal = queries.refusal_of_email(address)
        if refusal is not None:
            raise OrderRefused(str(refusal))


def refuse_customer(*, customer: Any) -> None:
    """Lock the customer's profile, and raise ``OrderRefused`` where the account is denied or erased by now.

    The first thing to do in a transaction that will write an order: what is written before it, the address book
    for instance, is written by others in the same order, after the profile.
    """
    stored = standing.lock_to_order(customer)
    if stored is None:
        account = customer_queries.customers().filter(pk=customer.pk).first()
        if account is None:
            raise OrderRefused(str(queries.Refusal()))
        stored = profiles.ensure(customer=account)
    if stored.is_denied or stored.erased_at is not None:
        raise OrderRefused(str(queries.Refusal(stored.denial_message)))


def _deny(customer: Any, by: Any, values: dict[str, Any], expected_version: str | None) -> CustomerProfile:
    with transaction.atomic():
        customer, profile = _locked(customer)
        refuse_unless_allowed(customer=customer, by=by)
        superusers.refuse_to_lose_last(customer=customer)
        if expected_version is not None and expected_version != queries.version_of(profile):
            raise StaleVersion()
        if profile.is_denied and all(getattr(profile, name) == value for name, value in _written(values).items()):
            return profile
        if not profile.is_denied:
            profile.denied_at = timezone.now()
        profile.denied_by = by
        for name, value in _written(values).items():
            setattr(profile, name, value)
        profile.denied_email_digest = untagged_email_digest(customer.email) if customer.email else None
        _save(profile)
        tokens.end(customer=customer)
        timeline.record(kind=timeline.DENIED, customer=customer, by=by, data=_told(values))
        signals.customer_denied.send(sender=User, customer=customer, by=by, reason=values["reason"])
    return profile


def _deny_email(email: str, by: Any, values: dict[str, Any]) -> DeniedEmail:
    with transaction.atomic():
        denied = _store_email(email, {**_columns(values), "denied_by": by})
        _tell_timelines(email, kind=timeline.EMAIL_DENIED, by=by, data=_told(values))
    return denied


def _allow(customer: Any, by: Any) -> CustomerProfile:
    with transaction.atomic():
        customer, profile = _locked(customer)
        refuse_unless_allowed(customer=customer, by=by)
        if profile.denied_at is not None:
            _clear(profile, by=by, how=BY_HAND if profile.is_denied else END_DATE)
    return profile


def _lift(customer: Any) -> int:
    with transaction.atomic():
        standing.lock(customer)
        # Somebody may have denied the customer anew meanwhile.
        profile = queries.lapsed().filter(user_id=customer.pk).select_related("user").first()
        if profile is None:
            return 0
        _clear(profile, by=None, how=END_DATE)
    return 1


def _clear(profile: CustomerProfile, *, by: Any, how: str) -> None:
    profile.denied_at = profile.denied_until = profile.denied_by = profile.denied_email_digest = None
    profile.denial_reason = profile.denial_message = ""
    _save(profile)
    if profile.erased_at is None:
        timeline.record(kind=timeline.ALLOWED, customer=profile.user, by=by, data={"how": how})
    signals.customer_allowed.send(sender=User, customer=profile.user, by=by, how=how)


def _save(profile: CustomerProfile) -> None:
    # Nothing else: whoever edits the customer at this moment has read the rest of the row before.
    names = ["denied_at", "denied_until", "denial_reason", "denial_message", "denied_by", "denied_email_digest"]
    profile.save(update_fields=[*names, "updated_at"])


def _locked(customer: Any) -> tuple[Any, CustomerProfile]:
    """Lock the account, which an order being placed waits for, and return it and its profile as stored."""
    customer = standing.locked(customer)
    return customer, profiles.ensure(customer=customer)


def refuse_unless_allowed(*, customer: Any, by: Any) -> None:
    """Raise what ``deny`` and ``allow`` would raise, whatever the reason, for a page to say so at once."""
    if not can_manage(by=by, customer=customer):
        raise NotAllowed(_("This account has rights that you do not have, so you may not deny or allow it."))
    if by is not None and by.pk == customer.pk:
        raise Conflict(_("You cannot deny or allow yourself."))


def _refuse_for_accounts_of(email: str, by: Any) -> None:
    for account in queries.accounts_of_mailbox(email):
        refuse_unless_allowed(customer=account, by=by)


def _checked(reason: str, until: datetime.datetime | None, message: str) -> dict[str, Any]:
    """Return the values as they are stored. Raises ``InvalidData`` with every mistake."""
    reason, message = reason.strip(), message.strip()
    errors: dict[str, list[object]] = {}
    if not reason:
        errors["reason"] = [_("Say why: colleagues will ask.")]
    for name, text, longest in (("reason", reason, LONGEST_REASON), ("message", message, LONGEST_MESSAGE)):
        if len(text) > longest:
            errors[name] = [_("Use at most %d characters.") % longest]
        if "\x00" in text:
            errors[name] = [_("Null characters are not allowed.")]
    if until is not None and until <= timezone.now():
        errors["until"] = [_("The end must lie in the future.")]
    if errors:
        raise InvalidData(errors)
    return {"reason": reason, "message": message, "until": until}


def _written(values: dict[str, Any]) -> dict[str, Any]:
    return {
        "denial_reason": values["reason"],
        "denial_message": values["message"],
        "denied_until": values["until"],
    }


def _columns(values: dict[str, Any]) -> dict[str, Any]:
    return {"reason": values["reason"], "message": values["message"], "denied_until": values["until"]}


def _told(values: dict[str, Any]) -> dict[str, Any]:
    until = values["until"]
    return {"reason": values["reason"], "until": until.isoformat() if until is not None else None}


def _store_email(email: str, values: dict[str, Any]) -> DeniedEmail:
    digests = {"email_digest": email_digest(email), "untagged_digest": untagged_email_digest(email)}
    held = DeniedEmail.objects.select_for_update().filter(email_digest=digests["email_digest"])
    denied = held.first()
    if denied is None:
        try:
            with transaction.atomic():
                return DeniedEmail.objects.create(email=email, **digests, **values)
        except IntegrityError:
            # Somebody else denied it at the same moment.
            denied = held.get()
    for name, value in values.items():
        setattr(denied, name, value)
    denied.save()
    return denied


def _tell_timelines(email: str, *, kind: timeline.Kind, by: Any, data: dict[str, Any]) -> None:
    """Write it on the timelines of those who are known to have this address: accounts and recent guest orders."""
    accounts, guests = customer_queries.same_email(email)
    for entry in (*accounts, *guests):
        about = {"order": entry.order} if entry.is_guest else {"customer": entry.user}
        timeline.record(kind=kind, by=by, data=data, **about)
