"""Confirm accounts that staff made: by a mailed link, by setting a password through one, or by hand."""

from __future__ import annotations

import datetime
import logging
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from .. import conf
from ..exceptions import Conflict, DeadLink, InvalidData, NotAllowed
from ..models import CustomerProfile
from ..models.profiles import email_digest, profile_of
from ..permissions import can_manage
from ..queries import customers as queries
from ..queries.verification import waits_for_confirmation
from . import links, mails, passwords, standing, timeline

#: How a ``VERIFIED`` event came about.
LINK, PASSWORD_LINK, EMAIL_CHANGE, BY_HAND = "link", "password_link", "email_change", "by_hand"

_PURPOSE = "verification"
#: Whoever asks in the shop for a new link gets no more than one in this time: others could ask, too.
PAUSE = datetime.timedelta(minutes=5)

logger = logging.getLogger(__name__)


def send(*, customer: Any, by: Any, site: Any = None) -> None:
    """Mail the customer a link to confirm the account and, where it has no password, to set one.

    It works once, for ``VERIFICATION_MAX_AGE_DAYS``, as long as the e-mail address stays. Raises ``NotAllowed``
    over an account with rights that ``by`` lacks, and ``Conflict`` where the account needs no link, can use none,
    or the e-mail could not be sent: nothing is on the timeline then.
    """
    customer = standing.stored(customer)
    if not can_manage(by=by, customer=customer):
        raise NotAllowed()
    standing.refuse_closed(customer=customer)
    if not waits_for_confirmation(customer):
        raise Conflict(_("This account is confirmed already."))
    token = links.sign(purpose=_PURPOSE, customer=customer, state=_state(customer))
    context = {
        "link": mails.absolute_link(name="customer-mgmt:verify-email", token=token, customer=customer, site=site),
        "asks_for_password": needs_password(customer),
        "days": conf.get("VERIFICATION_MAX_AGE_DAYS"),
    }
    # Not in a transaction: a mail server may be slow, and nobody else is to wait for it.
    mails.send(mail=mails.VERIFICATION, customer=customer, context=context, site=site)
    with transaction.atomic():
        own = CustomerProfile.objects.filter(pk=customer.customer_profile.pk)
        own.update(verification_sent_at=timezone.now())
        timeline.record(kind=timeline.VERIFICATION_SENT, customer=customer, by=by)


def send_again(*, email: str, site: Any = None) -> None:
    """Mail a new link to whoever waits for one at this address, as anybody may ask in the shop.

    Does nothing for other addresses, and nothing that the caller could tell apart.
    """
    for customer in queries.with_email(email):
        try_again(customer=customer, site=site)


def try_again(*, customer: Any, site: Any = None) -> None:
    """Mail a new link to this customer, unless the last one is only minutes old or none can be sent."""
    profile = profile_of(customer)
    if profile is None or not waits_for_confirmation(customer):
        return
    now = timezone.now()
    own = CustomerProfile.objects.filter(pk=profile.pk)
    is_due = Q(verification_sent_at__isnull=True) | Q(verification_sent_at__lte=now - PAUSE)
    # Of many who ask at once one is served: each would be an e-mail to somebody who may not have asked at all.
    if not own.filter(is_due).update(verification_sent_at=now):
        return
    try:
        send(customer=customer, by=None, site=site)
    except Conflict as error:
        own.update(verification_sent_at=profile.verification_sent_at)
        logger.info("No confirmation link for account %s: %s", customer.pk, error)


def read(*, token: str) -> Any:
    """Return the account that a link confirms, changing nothing. Raises ``DeadLink``."""
    customer = links.open_(token=token, purpose=_PURPOSE)
    _refuse_spent(customer, token)
    return customer


def needs_password(customer: Any) -> bool:
    """Say whether confirming this account asks for a password."""
    return not customer.has_usable_password()


@sensitive_variables("password")
def confirm(*, token: str, password: str | None = None) -> Any:
    """Confirm the account that a link names, set the password where it has none, and return it.

    Of two at once the second finds the link used. Raises ``DeadLink``, and ``InvalidData`` for a
    password that is missing or that the shop does not accept; the link stays good then.
    """
    opened = links.open_(token=token, purpose=_PURPOSE)
    with transaction.atomic():
        customer = standing.locked(opened)
        if links.is_closed(customer):
            raise DeadLink(DeadLink.CLOSED)
        _refuse_spent(customer, token)
        if needs_password(customer):
            _set_first_password(customer, password)
        _mark(customer, by=customer, how=LINK)
    return customer


def verify(*, customer: Any, by: Any = None, how: str = BY_HAND) -> Any:
    """Count the account as confirmed from now on, and return it; nothing happens to one that is.

    Raises ``NotAllowed`` over an account with rights that ``by`` lacks.
    """
    with transaction.atomic():
        customer = standing.locked(customer)
        if not can_manage(by=by, customer=customer):
            raise NotAllowed()
        if waits_for_confirmation(customer):
            _mark(customer, by=by, how=how)
    return customer


def _mark(customer: Any, *, by: Any, how: str) -> None:
    profile = customer.customer_profile
    profile.verified_at = timezone.now()
    # Saved, not updated: the customer list shows who is confirmed.
    profile.save(update_fields=["verified_at", "updated_at"])
    timeline.record(kind=timeline.VERIFIED, customer=customer, by=by, data={"how": how})


@sensitive_variables("password")
def _set_first_password(customer: Any, password: str | None) -> None:
    if not password:
        raise InvalidData({"password": [_("Choose a password.")]})
    passwords.check(password, customer)
    customer.set_password(password)
    customer.save(update_fields=["password"])


def _refuse_spent(customer: Any, token: str) -> None:
    if not waits_for_confirmation(customer):
        raise DeadLink(DeadLink.USED)
    if not links.is_for(token=token, purpose=_PURPOSE, state=_state(customer)):
        raise DeadLink(DeadLink.OUTDATED)


def _state(customer: Any) -> str:
    """Return what a link depends on: the address it went to, and whether it is to ask for a password.

    Whether the account waits to be confirmed is looked at beside it.
    """
    return f"{email_digest(customer.email)}:{needs_password(customer)}"
