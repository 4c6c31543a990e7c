"""What our own tables hold about customers."""

from __future__ import annotations

import re
from typing import Any

from django.db.models import Q, TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from ...models import IdempotentRequest
from ...models.profiles import email_digest, profile_of, untagged_email_digest
from .entries import Entry, Keep, Scrub, kept
from .of_shop import BOOKS, INVOICE, STAFF

NUMBER = _("The reference under which the books and the receipt of the erasure know the account.")
ACCOUNT = _("When the account was made and by which way: for figures, without the person.")
DENIAL = _("A hash, not the address: whoever was denied cannot shake it off by having the account deleted.")
HISTORY = _("That something happened, and when; what it was about is scrubbed.")
ACTED = _("Staff who acted keep their names; the customer's own is scrubbed.")
RECEIPT = _("That somebody's data was erased must be proved; it names nobody.")


def _denied_address(customer: Any) -> Q:
    if not customer.email:
        return Q(pk__in=())
    mailbox = untagged_email_digest(customer.email)
    return Q(email_digest__in={email_digest(customer.email), mailbox}) | Q(untagged_digest=mailbox)


def _answers_about(customer: Any) -> Q:
    """Return the kept answers that show this customer: whoever asked, they name the number."""
    profile = profile_of(customer)
    if profile is None or not profile.number:
        return Q(pk__in=())
    whole = re.compile(rf"(?<![\w-]){re.escape(profile.number)}(?!\d)")
    # Few rows: answers are kept for a day. A longer number that begins alike is no match.
    rows = IdempotentRequest.objects.annotate(whole_body=Cast("body", TextField()))
    found = rows.filter(whole_body__contains=profile.number).values_list("pk", "whole_body")
    return Q(pk__in=[key for key, body in found if whole.search(body)])


def _on_own_timeline(customer: Any) -> Q:
    return Q(customer=customer.pk) | Q(order__user=customer.pk)


_EVENT_FIELDS: dict[str, Keep | Scrub] = {
    "kind": Keep(HISTORY),
    "occurred_at": Keep(HISTORY),
    "data": Scrub({}),
    "actor_name": Keep(ACTED),
}
_NOTES = Q(kind__startswith="note_")

ENTRIES = (
    Entry(
        "oscar_customer_mgmt.CustomerProfile",
        person="user",
        title=_("Customer details"),
        fields={
            "number": Keep(NUMBER),
            "email_digest": Scrub(),
            "salutation": Scrub(),
            "gender": Scrub(),
            "date_of_birth": Scrub(),
            "phone_number": Scrub(),
            "company": Scrub(),
            "locale": Scrub(),
            "origin": Keep(ACCOUNT),
            "verified_at": Scrub(),
            "verification_sent_at": Scrub(),
            "denied_at": Keep(DENIAL),
            "denied_until": Keep(DENIAL),
            "denied_email_digest": Keep(DENIAL),
            "denial_reason": Scrub(),
            "denial_message": Scrub(),
            "account_manager": Scrub(None),
            "last_seen_ip": Scrub(),
            "created_at": Keep(ACCOUNT),
            "updated_at": Keep(ACCOUNT),
            "erased_at": Keep(RECEIPT),
        },
        secret=("email_digest", "denied_email_digest"),
        internal=("denial_reason", "is_test"),
    ),
    *(
        Entry("oscar_customer_mgmt.CustomerProfile", person=name, reason=STAFF, is_about_customer=False)
        for name in ("denied_by", "created_by", "account_manager")
    ),
    Entry(
        "oscar_customer_mgmt.NewsletterSubscription",
        person="profile__user",
        title=_("Newsletters"),
        delete=True,
        readable=("site__name",),
    ),
    Entry(
        "oscar_customer_mgmt.AddressCompany",
        person="user_address__user",
        title=_("Companies in the address book"),
        delete=True,
    ),
    Entry(
        "oscar_customer_mgmt.AddressCompany",
        person="shipping_address__order__user",
        title=_("Companies of shipping addresses"),
        fields=kept(INVOICE, "company"),
        readable=("shipping_address__order__number",),
    ),
    Entry(
        "oscar_customer_mgmt.AddressCompany",
        person="billing_address__order__user",
        title=_("Companies of billing addresses"),
        fields=kept(INVOICE, "company"),
        readable=("billing_address__order__number",),
    ),
    Entry(
        "oscar_customer_mgmt.DirectoryEntry",
        person="user",
        title=_("Row in the customer list"),
        delete=True,
        is_exported=False,
    ),
    Entry(
        "oscar_customer_mgmt.DirectoryEntry",
        person="order__user",
        title=_("Row of an order in the customer list"),
        delete=True,
        is_exported=False,
    ),
    Entry("oscar_customer_mgmt.CustomerNote", person="customer", title=_("Notes"), delete=True, internal=True),
    Entry(
        "oscar_customer_mgmt.CustomerNote",
        person="order__user",
        title=_("Notes on orders from before the account"),
        delete=True,
        internal=True,
    ),
    Entry("oscar_customer_mgmt.CustomerNote", person="author", reason=STAFF, is_about_customer=False),
    Entry(
        "oscar_customer_mgmt.TimelineEvent",
        person="customer",
        title=_("Timeline"),
        fields=_EVENT_FIELDS,
        internal=("data", "actor_name"),
        withheld=_NOTES,
    ),
    Entry(
        "oscar_customer_mgmt.TimelineEvent",
        person="order__user",
        title=_("Timeline of orders from before the account"),
        fields=_EVENT_FIELDS,
        internal=("data", "actor_name"),
        withheld=_NOTES,
    ),
    Entry(
        "oscar_customer_mgmt.TimelineEvent",
        person="actor",
        title=_("The customer's own name on the timeline"),
        where=_on_own_timeline,
        fields={**_EVENT_FIELDS, "actor_name": Scrub()},
        is_exported=False,
    ),
    Entry(
        "oscar_customer_mgmt.EmailChange",
        person="customer",
        title=_("Change of e-mail address"),
        delete=True,
        secret=("nonce", "old_email_digest"),
    ),
    Entry("oscar_customer_mgmt.EmailChange", person="requested_by", reason=STAFF, is_about_customer=False),
    Entry(
        "oscar_customer_mgmt.DeniedEmail",
        person=_denied_address,
        title=_("Denial of the e-mail address"),
        fields={
            "email": Scrub(),
            "reason": Scrub(),
            "message": Scrub(),
            "email_digest": Keep(DENIAL),
            "untagged_digest": Keep(DENIAL),
            "denied_at": Keep(DENIAL),
            "denied_until": Keep(DENIAL),
        },
        secret=("email_digest", "untagged_digest"),
        internal=("reason",),
    ),
    Entry("oscar_customer_mgmt.DeniedEmail", person="denied_by", reason=STAFF, is_about_customer=False),
    Entry(
        "oscar_customer_mgmt.SavedFilter",
        person="owner",
        title=_("Saved filters of the customer list"),
        delete=True,
        secret=("name_key",),
    ),
    Entry(
        "oscar_customer_mgmt.DirectoryPreference",
        person="user",
        title=_("Preferences for the customer list"),
        delete=True,
    ),
    Entry(
        "oscar_customer_mgmt.IdempotentRequest",
        person="caller",
        title=_("Answers to the customer's own programs"),
        delete=True,
        is_exported=False,
    ),
    Entry(
        "oscar_customer_mgmt.IdempotentRequest",
        person=_answers_about,
        title=_("Answers to programs that show the customer"),
        delete=True,
        is_exported=False,
    ),
    Entry(
        "oscar_customer_mgmt.OrderTestMark",
        person="order__user",
        title=_("Test marks of orders"),
        fields=kept(BOOKS, "marked_at"),
        internal=True,
        readable=("order__number",),
    ),
    Entry("oscar_customer_mgmt.OrderTestMark", person="marked_by", reason=STAFF, is_about_customer=False),
    Entry("oscar_customer_mgmt.ErasureReceipt", person="erased_by", reason=STAFF, is_about_customer=False),
)
