"""Passwords of customers, as far as staff have to do with them: they never see one."""

from __future__ import annotations

from smtplib import SMTPException
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from ..exceptions import Conflict, InvalidData, NotAllowed
from ..host import PasswordResetForm
from ..permissions import can_manage
from . import mails, standing, timeline, tokens


def send_reset(*, customer: Any, by: Any, site: Any) -> None:
    """Mail the customer the shop's link to choose a new password, in the customer's own language.

    It goes to this account alone, whoever else has the same address, and works for an account
    that has no password yet. Raises ``NotAllowed`` over an account with rights that ``by``
    lacks, and ``Conflict`` where no mail can help or none could be sent; nothing is on the
    timeline then.
    """
    if not can_manage(by=by, customer=customer):
        raise NotAllowed()
    standing.refuse_closed(customer=customer)
    if not customer.email:
        raise Conflict(_("This account has no e-mail address to send anything to."))
    with transaction.atomic():
        timeline.record(kind=timeline.PASSWORD_RESET_SENT, customer=customer, by=by)
        try:
            with translation.override(mails.language_of(customer)):
                PasswordResetForm().send_password_reset_email(site, customer)
        except (SMTPException, OSError) as error:
            raise Conflict(_("The e-mail could not be sent. Nothing was changed; try again later.")) from error


@sensitive_variables("password")
def set_password(*, customer: Any, password: str, by: Any, site: Any = None) -> Any:
    """Give the account a new password, tell the customer so by e-mail, and return the account.

    Every session of the account ends, since each holds a hash of the old password, and so do its API
    tokens. An account that waits to be confirmed goes on waiting. Raises ``NotAllowed`` over an account with
    rights that ``by`` lacks, ``InvalidData``, and ``Conflict`` for oneself, for an account that nobody may
    use, and where the customer cannot be told: nothing is changed then.
    """
    with transaction.atomic():
        customer = standing.locked(customer)
        refuse_unless_settable(customer=customer, by=by)
        check(password, customer)
        customer.set_password(password)
        customer.save(update_fields=["password"])
        tokens.end(customer=customer)
        timeline.record(kind=timeline.PASSWORD_SET, customer=customer, by=by)
        # Last: without this e-mail nothing happens.
        mails.send(mail=mails.PASSWORD_SET_BY_STAFF, customer=customer, context={}, site=site)
    return customer


def refuse_unless_settable(*, customer: Any, by: Any) -> None:
    """Raise what ``set_password`` would raise, whatever the password, for a page to say so at once."""
    if not can_manage(by=by, customer=customer):
        raise NotAllowed(_("This account has rights that you do not have, so you may not set its password."))
    standing.refuse_closed(customer=customer)
    if by is not None and by.pk == customer.pk:
        raise Conflict(_("Change your own password in your account in the shop: it asks for the old one."))
    if not customer.email:
        raise Conflict(_("This account has no e-mail address to send anything to."))


@sensitive_variables("password")
def check(password: str, customer: Any) -> None:
    """Raise ``InvalidData`` (``password``) for a password that the shop does not take for this account."""
    if "\x00" in password:
        raise InvalidData({"password": [_("Null characters are not allowed.")]})
    try:
        validate_password(password, customer)
    except ValidationError as error:
        raise InvalidData({"password": error.messages}) from error
