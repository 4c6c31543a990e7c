"""The only door to Oscar: every model and class of Oscar's that we use is named here.

``from oscar_customer_mgmt.host import Order`` gives the shop's own class, forked or not.
Names are resolved when they are first asked for, so this module can be imported before
the app registry is full; the names themselves can be imported only after it.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from oscar.apps.customer.signals import user_registered
from oscar.apps.order.signals import order_placed, order_status_changed
from oscar.core.loading import get_class, get_model
from oscar.templatetags.currency_filters import currency as format_currency

__all__ = ["default_currency", "format_currency", "order_placed", "order_status_changed", "user_registered"]

_MODELS = {
    "Basket": ("basket", "Basket"),
    "BasketLine": ("basket", "Line"),
    "BillingAddress": ("order", "BillingAddress"),
    "Country": ("address", "Country"),
    "CommunicationEventType": ("communication", "CommunicationEventType"),
    "Email": ("communication", "Email"),
    "Notification": ("communication", "Notification"),
    "Order": ("order", "Order"),
    "OrderLine": ("order", "Line"),
    "Partner": ("partner", "Partner"),
    "PaymentTransaction": ("payment", "Transaction"),
    "Product": ("catalogue", "Product"),
    "ProductAlert": ("customer", "ProductAlert"),
    "ProductReview": ("reviews", "ProductReview"),
    "ShippingAddress": ("order", "ShippingAddress"),
    "Source": ("payment", "Source"),
    "SourceType": ("payment", "SourceType"),
    "UserAddress": ("address", "UserAddress"),
    "VoucherApplication": ("voucher", "VoucherApplication"),
    "WishList": ("wishlists", "WishList"),
}

_CLASSES = {
    "BillingAddressForm": ("payment.forms", "BillingAddressForm"),
    "DashboardPermission": ("dashboard.permissions", "DashboardPermission"),
    "DashboardTable": ("dashboard.tables", "DashboardTable"),
    "OrderDetailView": ("dashboard.orders.views", "OrderDetailView"),
    "OrderListView": ("dashboard.orders.views", "OrderListView"),
    "FailedPreCondition": ("checkout.exceptions", "FailedPreCondition"),
    "EventHandler": ("order.processing", "EventHandler"),
    "Dispatcher": ("communication.utils", "Dispatcher"),
    "CustomerDispatcher": ("customer.utils", "CustomerDispatcher"),
    "PasswordResetForm": ("customer.forms", "PasswordResetForm"),
    "PasswordResetView": ("dashboard.users.views", "PasswordResetView"),
    "ShippingAddressForm": ("dashboard.orders.forms", "ShippingAddressForm"),
    "UnableToTakePayment": ("payment.exceptions", "UnableToTakePayment"),
    "UnableToPlaceOrder": ("order.exceptions", "UnableToPlaceOrder"),
    "UserAddressForm": ("address.forms", "UserAddressForm"),
    "generate_username": ("customer.forms", "generate_username"),
    "normalise_email": ("customer.utils", "normalise_email"),
}


def __getattr__(name: str) -> Any:
    if name == "User":
        return get_user_model()
    if name in _MODELS:
        return get_model(*_MODELS[name])
    if name in _CLASSES:
        return get_class(*_CLASSES[name])
    raise AttributeError(f"{__name__} has no {name!r}: name it in its tables first")


def default_currency() -> str:
    """Return the shop's default currency as an ISO 4217 code."""
    return str(settings.OSCAR_DEFAULT_CURRENCY)
