"""Change an e-mail address: asked for by staff, done by whoever reads what arrives at the new one."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from .. import conf
from ..exceptions import Conflict, DeadLink, EmailTaken, InvalidData, NotAllowed
from ..host import User, normalise_email
from ..models import CustomerProfile, EmailChange
from ..models.profiles import email_digest
from ..permissions import can_manage
from ..queries import customers as queries
from ..queries.email_changes import pending
from . import customers, links, mails, profiles, standing, timeline, verification
from .deadlocks import tried_again
from .validation import check_fields

_PURPOSE = "email-change"

logger = logging.getLogger(__name__)


def request(*, customer: Any, new_email: str, by: Any, site: Any = None) -> EmailChange:
    """Mail a link to the new address that changes it, and a notice to the old one; return the change under way.

    Nothing changes until the link is used; a change asked for before is replaced, and its link dies. Raises
    ``NotAllowed`` over an account with rights that ``by`` lacks, ``EmailTaken`` and ``InvalidData`` (``email``),
    and ``Conflict`` for an account that nobody may use, or where the e-mail could not be sent: nothing is
    stored then. A notice that could not be sent stops nothing: the old mailbox may be gone.
    """
    new_email = normalise_email(new_email.strip())
    customer = standing.stored(customer)
    _refuse_unless_possible(customer, new_email, by)
    change = EmailChange(
        customer=customer,
        new_email=new_email,
        old_email_digest=email_digest(customer.email),
        nonce=secrets.token_urlsafe(32),
        requested_by=by,
    )
    # Before anything is locked: a mail server may be slow. Until the change is stored the link is worth nothing.
    _send_link(change, site)
    with transaction.atomic():
        customer = standing.locked(customer)
        _refuse_unless_possible(customer, new_email, by)
        EmailChange.objects.filter(customer=customer).delete()
        change.save(force_insert=True)
        data = {"from": customer.email, "to": new_email}
        timeline.record(kind=timeline.EMAIL_CHANGE_REQUESTED, customer=customer, by=by, data=data)
    _notify(customer, site)
    return change


def edit(
    *,
    customer: Any,
    changes: Mapping[str, Any],
    by: Any,
    new_email: str | None = None,
    expected_version: str | None = None,
    site: Any = None,
) -> Any:
    """Store changes as ``customers.update`` does and, for a ``new_email``, ask for it: both or neither.

    The present address as the new one gives up a change under way. Raises what the two of them raise.
    """
    if new_email is None:
        return customers.update(customer=customer, changes=changes, by=by, expected_version=expected_version)
    with transaction.atomic():
        stored = customers.update(customer=customer, changes=changes, by=by, expected_version=expected_version)
        if new_email.strip() != stored.email:
            request(customer=stored, new_email=new_email, by=by, site=site)
        elif pending(stored) is not None:
            cancel(customer=stored, by=by)
    return stored


def read(*, token: str) -> EmailChange:
    """Return the change that a link confirms, changing nothing. Raises ``DeadLink``."""
    customer = links.open_(token=token, purpose=_PURPOSE)
    return _change_of(customer, token)


def confirm(*, token: str) -> Any:
    """Give the account the new address, for whoever has the link; return the account.

    The address is proved by that, so the account counts as confirmed. Links to set a password that went to the
    old address die; sessions go on. Of two at once the second finds the link used. Raises ``DeadLink``, and
    ``EmailTaken`` where somebody else got the address meanwhile.
    """
    opened = links.open_(token=token, purpose=_PURPOSE)
    return tried_again(lambda: _confirm(opened, token))


def cancel(*, customer: Any, by: Any) -> None:
    """Give up the change under way: its link dies. Raises ``NotAllowed``, and ``Conflict`` where there is none."""
    with transaction.atomic():
        customer = standing.locked(customer)
        if not can_manage(by=by, customer=customer):
            raise NotAllowed()
        change = pending(customer)
        if change is None:
            raise Conflict(_("No change of the e-mail address is under way."))
        data = {"to": change.new_email}
        change.delete()
        timeline.record(kind=timeline.EMAIL_CHANGE_CANCELLED, customer=customer, by=by, data=data)


def _confirm(opened: Any, token: str) -> Any:
    with transaction.atomic():
        customer = standing.locked(opened)
        if links.is_closed(customer):
            raise DeadLink(DeadLink.CLOSED)
        change = _change_of(customer, token)
        data = {"from": customer.email, "to": change.new_email}
        _refuse_taken(customer, change.new_email)
        _store(customer, change.new_email)
        change.delete()
        timeline.record(kind=timeline.EMAIL_CHANGED, customer=customer, by=customer, data=data)
        verification.verify(customer=customer, by=customer, how=verification.EMAIL_CHANGE)
    return queries.customers().get(pk=customer.pk)


def _store(customer: Any, email: str) -> None:
    profile = profiles.ensure(customer=customer)
    try:
        with transaction.atomic():
            # First: of two who want one address at once only one gets its key.
            CustomerProfile.objects.filter(pk=profile.pk).update(email_digest=email_digest(email))
            customer.email = email
            customer.save(update_fields=["email"])
    except IntegrityError as error:
        raise EmailTaken() from error
    # The receiver has kept the rest in step with what it knew of the profile: say what is stored now.
    customer.customer_profile.refresh_from_db()


def _refuse_unless_possible(customer: Any, email: str, by: Any) -> None:
    if not can_manage(by=by, customer=customer):
        raise NotAllowed()
    standing.refuse_closed(customer=customer)
    try:
        validate_email(email)
    except ValidationError as error:
        raise InvalidData({"email": error.messages}) from error
    check_fields(User(email=email), ["email"])
    if email == customer.email:
        raise InvalidData({"email": [_("This is the account's e-mail address already.")]})
    _refuse_taken(customer, email)


def _refuse_taken(customer: Any, email: str) -> None:
    if any(account.pk != customer.pk for account in queries.with_email(email)):
        raise EmailTaken()


def _change_of(customer: Any, token: str) -> EmailChange:
    change = pending(customer)
    if change is None or not links.is_for(token=token, purpose=_PURPOSE, state=_state(change)):
        raise DeadLink(DeadLink.OUTDATED)
    return change


def _state(change: EmailChange) -> str:
    return f"{change.nonce}:{change.old_email_digest}:{change.new_email}"


def _send_link(change: EmailChange, site: Any) -> None:
    customer = change.customer
    token = links.sign(purpose=_PURPOSE, customer=customer, state=_state(change))
    context = {
        "link": mails.absolute_link(
            name="customer-mgmt:confirm-email-change", token=token, customer=customer, site=site
        ),
        "days": conf.get("VERIFICATION_MAX_AGE_DAYS"),
    }
    mails.send(mail=mails.EMAIL_CHANGE_CONFIRM, context=context, customer=customer, to=change.new_email, site=site)


def _notify(customer: Any, site: Any) -> None:
    if not customer.email:
        return
    try:
        mails.send(mail=mails.EMAIL_CHANGE_NOTICE, context={}, customer=customer, site=site)
    except Conflict:
        logger.warning("Account %s was not told that its e-mail address is about to change.", customer.pk)
