"""A payment provider that is not one: it takes every well-formed card but one, and moves no money.

The numbers below pass the check digit and were never issued.
"""

import uuid
from decimal import Decimal

from django.conf import settings
from django.utils.translation import gettext as _
from oscar.core.loading import get_class

UnableToTakePayment = get_class("payment.exceptions", "UnableToTakePayment")

ACCEPTED_NUMBER = "4242424242424242"
DECLINED_NUMBER = "4000000000000002"
# Pays, too, but with a payment source of a type that marks the order as a test.
TEST_NUMBER = "4111111111111111"


def source_type_name(number: str) -> str:
    """Return the name of the payment source type that an order paid with this card gets."""
    return settings.SANDBOX_TEST_CARD_SOURCE_TYPE if number == TEST_NUMBER else settings.SANDBOX_CARD_SOURCE_TYPE


def charge(*, number: str, amount: Decimal) -> str:
    """Return the reference of a payment of `amount`; raise UnableToTakePayment for the declined number."""
    if number == DECLINED_NUMBER:
        raise UnableToTakePayment(_("The bank declined this card, so nothing was charged. Please try another one."))
    return f"pretend-{uuid.uuid4().hex[:12]}-{amount}"
