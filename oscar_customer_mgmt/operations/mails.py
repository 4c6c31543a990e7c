"""The one door to e-mails: through Oscar's communication layer, so that the merchant can edit them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from smtplib import SMTPException
from typing import Any

from django.conf import settings
from django.contrib.sites.models import Site
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..exceptions import Conflict
from ..host import CommunicationEventType, Dispatcher, Email
from ..models.profiles import profile_of


@dataclass(frozen=True)
class Mail:
    """One e-mail that we send: Oscar's code for it, and its name in the dashboard.

    Its words are in ``oscar/communication/emails/commtype_<code>_subject.txt``, ``..._body.txt`` and
    ``..._body.html`` (code in small letters), or in what the merchant wrote in their place.
    """

    code: str
    name: object
    #: What lets its reader into an account must not be kept in the customer's history.
    holds_link: bool = False


VERIFICATION = Mail("CUSTOMER_VERIFICATION", gettext_lazy("Confirm your account"), holds_link=True)
PASSWORD_SET_BY_STAFF = Mail("CUSTOMER_PASSWORD_SET", gettext_lazy("Your password was changed by the shop"))
EMAIL_CHANGE_CONFIRM = Mail("CUSTOMER_EMAIL_CONFIRM", gettext_lazy("Confirm your new e-mail address"), holds_link=True)
EMAIL_CHANGE_NOTICE = Mail("CUSTOMER_EMAIL_NOTICE", gettext_lazy("Your e-mail address is about to change"))
ACCOUNT_REMOVED = Mail("CUSTOMER_ACCOUNT_REMOVED", gettext_lazy("For the merchant: a customer removed their account"))

MAILS = (VERIFICATION, PASSWORD_SET_BY_STAFF, EMAIL_CHANGE_CONFIRM, EMAIL_CHANGE_NOTICE, ACCOUNT_REMOVED)


def send(
    *, mail: Mail, context: Mapping[str, Any], customer: Any = None, to: str | None = None, site: Any = None
) -> None:
    """Send one e-mail to the customer, or to the address ``to``, in the customer's own language.

    What goes to the customer's own address is kept in Oscar's history, as far as the shop keeps any;
    without its words where they hold a link that opens the account. Raises ``Conflict`` where there
    is no address, the merchant left no words, or the e-mail could not be sent.
    """
    address = to or getattr(customer, "email", "")
    if not address:
        raise Conflict(_("This account has no e-mail address to send anything to."))
    site = site or Site.objects.get_current()
    with translation.override(language_of(customer)):
        # Not by the dispatcher: it puts the site of the settings in place of ours.
        messages = CommunicationEventType.objects.get_and_render(mail.code, {**context, "user": customer, "site": site})
    # From here on in the language of who reads what went wrong.
    if not messages["subject"] or not (messages["body"] or messages["html"]):
        # Oscar would pass it by without a word.
        raise Conflict(_("The e-mail “%s” has no subject or no text. Nothing was changed.") % mail.name)
    try:
        Dispatcher().dispatch_direct_messages(address, messages)
    except (SMTPException, OSError) as error:
        raise Conflict(_("The e-mail could not be sent. Nothing was changed; try again later.")) from error
    if customer is not None and address == customer.email and settings.OSCAR_SAVE_SENT_EMAILS_TO_DB:
        _keep(customer, messages, with_body=not mail.holds_link)


def absolute_link(*, name: str, token: str, customer: Any, site: Any = None) -> str:
    """Return the whole address of a page of the shop's that takes a token, for an e-mail to this customer.

    Its scheme is Oscar's ``OSCAR_URL_SCHEMA``, as in Oscar's own e-mails.
    """
    site = site or Site.objects.get_current()
    with translation.override(language_of(customer)):
        path = reverse(name, kwargs={"token": token})
    return f"{settings.OSCAR_URL_SCHEMA}://{site.domain}{path}"


def language_of(customer: Any) -> str:
    """Return the language to write to the customer in: their own, else the one in use."""
    profile = profile_of(customer) if customer is not None else None
    return (profile.locale if profile is not None else "") or translation.get_language() or settings.LANGUAGE_CODE


def ensure_types() -> None:
    """Make Oscar's row for each of our e-mails that has none, so that the dashboard lists it for editing."""
    present = set(
        CommunicationEventType.objects.filter(code__in=[mail.code for mail in MAILS]).values_list("code", flat=True)
    )
    with translation.override(settings.LANGUAGE_CODE):
        for mail in MAILS:
            if mail.code not in present:
                CommunicationEventType.objects.get_or_create(
                    code=mail.code,
                    defaults={"name": str(mail.name), "category": CommunicationEventType.USER_RELATED},
                )


def _keep(customer: Any, messages: Mapping[str, Any], *, with_body: bool) -> None:
    body = messages["body"] if with_body else _("(not kept: it held a link that opens the account)")
    html = messages["html"] if with_body else ""
    Email.objects.create(
        user=customer, email=customer.email, subject=messages["subject"], body_text=body, body_html=html
    )
