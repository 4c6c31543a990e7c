"""What Oscar's own tables hold about customers.

The tables are named, not imported: a shop may have forked any of them, or left one out.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ..emails import may_be_shown
from .entries import NOWHERE, Entry, Keep, Scrub, kept

BOOKS = _("The books need it: what was sold, for how much, how it was paid, when.")
INVOICE = _("Invoices must name whom they are for, and show where goods went: tax law asks for both for years.")
PAYMENT = _("Payments must be found again in the statements of the bank or the payment provider.")
OPINION = _("An opinion about a product that was published; it stays, without its author.")
STAFF = _("Says which member of staff did it; it is not about the customer.")


def _former_customer(customer: Any) -> str:
    with translation.override(settings.LANGUAGE_CODE):
        return gettext("Former customer")


def _without_what_opens_the_account(body: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    def shown(row: dict[str, Any]) -> dict[str, Any]:
        if may_be_shown(f"{row['subject']}\n{row[body]}"):
            return row
        return {**row, body: gettext("(not shown: it may hold a link that opens the account)")}

    return shown


_INVOICE_FIELDS = (
    "title",
    "first_name",
    "last_name",
    "line1",
    "line2",
    "line3",
    "line4",
    "state",
    "postcode",
    # A copy of the fields above for searching; Oscar puts no others in.
    "search_text",
)
_ORDER_ADDRESS: dict[str, Keep | Scrub] = {**kept(INVOICE, *_INVOICE_FIELDS), "code": Scrub()}

ENTRIES = (
    # --- the account ---------------------------------------------------------------------------------------------
    Entry(
        "address.UserAddress",
        person="user",
        title=_("Address book"),
        delete=True,
        readable=("country__printable_name",),
        secret=("hash",),
    ),
    Entry("payment.Bankcard", person="user", title=_("Saved cards"), delete=True, secret=("partner_reference",)),
    Entry("analytics.UserRecord", person="user", title=_("Figures about the customer"), delete=True),
    Entry(
        "analytics.UserProductView",
        person="user",
        title=_("Products looked at"),
        delete=True,
        readable=("product__title",),
    ),
    Entry("analytics.UserSearch", person="user", title=_("Searches in the shop"), delete=True),
    Entry(
        "communication.Email",
        person="user",
        title=_("E-mails sent"),
        delete=True,
        # The text says the same, and can be looked through for links.
        secret=("body_html",),
        shown=_without_what_opens_the_account("body_text"),
    ),
    Entry(
        "communication.Notification",
        person="recipient",
        title=_("Messages in the inbox"),
        delete=True,
        shown=_without_what_opens_the_account("body"),
    ),
    Entry("communication.Notification", person="sender", reason=STAFF, is_about_customer=False),
    Entry(
        "customer.ProductAlert",
        person="user",
        title=_("Back-in-stock requests"),
        delete=True,
        secret=("key",),
        readable=("product__title",),
    ),
    Entry("wishlists.WishList", person="owner", title=_("Wish lists"), delete=True, secret=("key",)),
    Entry(
        "wishlists.Line",
        person="wishlist__owner",
        title=_("Products on wish lists"),
        delete=True,
        readable=("wishlist__name",),
    ),
    Entry(
        "wishlists.WishListSharedEmail",
        person="wishlist__owner",
        title=_("Whom wish lists are shared with"),
        delete=True,
    ),
    Entry(
        "reviews.ProductReview",
        person="user",
        title=_("Reviews"),
        fields={
            # Oscar lets nobody save a review without an author, unless it has a name and an e-mail address.
            "user": Scrub(None),
            "name": Scrub(_former_customer),
            "email": Scrub(f"erased@{NOWHERE}"),
            "homepage": Scrub(),
            "code": Scrub(),
            "title": Keep(OPINION),
            "body": Keep(OPINION),
            "date_created": Keep(OPINION),
        },
        readable=("product__title",),
    ),
    Entry("reviews.Vote", person="user", title=_("Votes on reviews"), delete=True, readable=("review__title",)),
    # --- baskets -------------------------------------------------------------------------------------------------
    Entry("basket.Basket", person="owner", title=_("Baskets"), delete=True),
    Entry(
        "basket.Line",
        person="basket__owner",
        title=_("Products in baskets"),
        delete=True,
        readable=("product__title",),
    ),
    Entry("basket.LineAttribute", person="line__basket__owner", title=_("Wishes for products in baskets"), delete=True),
    # --- orders --------------------------------------------------------------------------------------------------
    Entry(
        "order.Order",
        person="user",
        title=_("Orders"),
        fields={
            "guest_email": Scrub(),
            **kept(
                BOOKS,
                "number",
                "currency",
                "shipping_tax_code",
                "shipping_method",
                "shipping_code",
                "status",
                "date_placed",
            ),
        },
    ),
    Entry(
        "order.ShippingAddress",
        person="order__user",
        title=_("Shipping addresses of orders"),
        fields={**_ORDER_ADDRESS, "phone_number": Scrub(), "notes": Scrub()},
        readable=("order__number", "country__printable_name"),
    ),
    Entry(
        "order.BillingAddress",
        person="order__user",
        title=_("Billing addresses of orders"),
        fields=_ORDER_ADDRESS,
        readable=("order__number", "country__printable_name"),
    ),
    Entry(
        "order.Line",
        person="order__user",
        title=_("Lines of orders"),
        fields={
            "partner_line_notes": Scrub(),
            **kept(
                BOOKS, "partner_name", "partner_sku", "partner_line_reference", "title", "upc", "tax_code", "status"
            ),
        },
        readable=("order__number",),
        internal=("partner_name", "partner_sku", "partner_line_reference", "partner_line_notes"),
    ),
    Entry(
        "order.LineAttribute",
        person="line__order__user",
        title=_("Wishes for lines of orders"),
        # Free words of the customer's, such as an engraving.
        fields={"value": Scrub(""), **kept(BOOKS, "type")},
        readable=("line__order__number",),
    ),
    Entry(
        "order.LinePrice",
        person="order__user",
        title=_("Prices of lines of orders"),
        fields=kept(BOOKS, "tax_code"),
        is_exported=False,
    ),
    Entry(
        "order.OrderNote",
        person="order__user",
        title=_("Notes on orders"),
        delete=True,
        internal=True,
        readable=("order__number",),
    ),
    Entry("order.OrderNote", person="user", reason=STAFF, is_about_customer=False),
    Entry(
        "order.OrderStatusChange",
        person="order__user",
        title=_("Changes of order states"),
        fields=kept(BOOKS, "old_status", "new_status", "date_created"),
        readable=("order__number",),
    ),
    Entry(
        "order.CommunicationEvent",
        person="order__user",
        title=_("E-mails about orders, by kind"),
        fields=kept(BOOKS, "date_created"),
        readable=("order__number", "event_type__name"),
    ),
    Entry(
        "order.ShippingEvent",
        person="order__user",
        title=_("Deliveries"),
        fields={"notes": Scrub(), **kept(BOOKS, "date_created")},
        readable=("order__number", "event_type__name"),
    ),
    Entry(
        "order.ShippingEventQuantity",
        person="event__order__user",
        title=_("Lines of deliveries"),
        reason=BOOKS,
        is_exported=False,
    ),
    Entry(
        "order.PaymentEvent",
        person="order__user",
        title=_("Payments of orders"),
        fields=kept(PAYMENT, "reference", "date_created"),
        readable=("order__number", "event_type__name"),
    ),
    Entry(
        "order.PaymentEventQuantity",
        person="event__order__user",
        title=_("Lines of payments"),
        reason=BOOKS,
        is_exported=False,
    ),
    Entry(
        "order.OrderDiscount",
        person="order__user",
        title=_("Discounts on orders"),
        fields=kept(BOOKS, "category", "offer_name", "voucher_code", "message"),
        readable=("order__number",),
    ),
    Entry(
        "order.OrderLineDiscount",
        person="line__order__user",
        title=_("Discounts on lines of orders"),
        reason=BOOKS,
        is_exported=False,
    ),
    Entry(
        "order.Surcharge",
        person="order__user",
        title=_("Surcharges on orders"),
        fields=kept(BOOKS, "name", "code", "tax_code"),
        readable=("order__number",),
    ),
    Entry(
        "voucher.VoucherApplication",
        person="user",
        title=_("Vouchers used"),
        fields=kept(BOOKS, "date_created"),
        readable=("voucher__code", "order__number"),
    ),
    Entry(
        "voucher.VoucherApplication",
        person="order__user",
        title=_("Vouchers used on orders"),
        fields=kept(BOOKS, "date_created"),
        is_exported=False,
    ),
    # --- payment -------------------------------------------------------------------------------------------------
    Entry(
        "payment.Source",
        person="order__user",
        title=_("How orders were paid"),
        # A label is for people to know their card or account by.
        fields={"label": Scrub(), **kept(PAYMENT, "currency", "reference")},
        readable=("order__number", "source_type__name"),
    ),
    Entry(
        "payment.Transaction",
        person="source__order__user",
        title=_("Transactions of payments"),
        fields=kept(PAYMENT, "txn_type", "reference", "status", "date_created"),
        readable=("source__order__number",),
    ),
    # --- staff ---------------------------------------------------------------------------------------------------
    Entry("offer.RangeProductFileUpload", person="uploaded_by", reason=STAFF, is_about_customer=False),
)
