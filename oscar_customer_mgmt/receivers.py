"""Oscar's and Django's signals, each calling one operation in the transaction of the change."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.core.cache import cache
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Model
from django.db.models.signals import m2m_changed, post_delete, post_migrate, post_save, pre_delete, pre_save

from .host import (
    BillingAddress,
    CommunicationEventType,
    Order,
    ShippingAddress,
    Source,
    User,
    UserAddress,
    order_placed,
    order_status_changed,
    user_registered,
)
from .models import AddressCompany, CustomerProfile, OrderTestMark
from .operations import access, addresses, directory, mails, profiles, standing, timeline
from .queries import search_extra
from .queries.customers import UNLISTED_ACCOUNTS_KEY

#: What a log-in or a look writes on the user; none of it is in the directory.
_UNLISTED_USER_FIELDS = {"last_login", "password"}

_PREFIX = "oscar_customer_mgmt."


def connect() -> None:
    """Connect every receiver, once however often it is called."""
    _connect(post_save, user_saved, User)
    _connect(pre_delete, user_about_to_go, User)
    _connect(post_delete, user_deleted, User)
    _connect(post_save, profile_saved, CustomerProfile)
    _connect(post_delete, profile_deleted, CustomerProfile)
    for model in (UserAddress, AddressCompany):
        _connect(post_save, address_changed, model)
        _connect(post_delete, address_deleted, model)
    for model in (UserAddress, Order):
        _connect(pre_save, remember_owner, model)
    _connect(pre_save, order_about_to_be_written, Order)
    _connect(post_save, order_saved, Order)
    _connect(post_delete, order_deleted, Order)
    for model in (ShippingAddress, BillingAddress):
        _connect(post_save, order_address_saved, model)
        _connect(pre_delete, order_address_about_to_go, model)
        _connect(post_delete, order_address_deleted, model)
    for model in (Source, OrderTestMark):
        _connect(post_save, order_detail_changed, model)
        _connect(post_delete, order_detail_deleted, model)
    user_registered.connect(registered_in_shop, dispatch_uid=f"{_PREFIX}registered")
    order_placed.connect(placed, dispatch_uid=f"{_PREFIX}placed")
    order_status_changed.connect(status_changed, dispatch_uid=f"{_PREFIX}status")
    post_migrate.connect(migrated, sender=apps.get_app_config("oscar_customer_mgmt"), dispatch_uid=f"{_PREFIX}migrated")
    _connect_search_extra()


def migrated(using: str, **kwargs: Any) -> None:
    """Offer our e-mails for editing in the dashboard, once Oscar's table for them is there."""
    if using == DEFAULT_DB_ALIAS and CommunicationEventType._meta.db_table in connection.introspection.table_names():
        mails.ensure_types()


def _connect(signal: Any, receiver: Any, sender: type[Model]) -> None:
    signal.connect(receiver, sender=sender, dispatch_uid=f"{_PREFIX}{receiver.__name__}.{sender._meta.label}")


def _connect_search_extra() -> None:
    """Listen to every table on the way to the fields of ``SEARCH_EXTRA``."""
    for hop in (hop for hops in search_extra.working_lookups().values() for hop in hops):
        uid = f"{_PREFIX}extra.{hop.path}"
        before, after = _extra_about_to_change(hop), _extra_changed(hop)
        for signal in (pre_save, pre_delete):
            signal.connect(before, sender=hop.target, dispatch_uid=uid, weak=False)
        for signal in (post_save, post_delete):
            signal.connect(after, sender=hop.target, dispatch_uid=uid, weak=False)
        if hop.through is not None:
            m2m_changed.connect(_extra_linked(hop), sender=hop.through, dispatch_uid=uid, weak=False)


def _extra_about_to_change(hop: search_extra.Hop) -> Any:
    def remember(instance: Any, raw: bool = False, **kwargs: Any) -> None:
        if not raw and instance.pk is not None:
            _affected(instance)[hop.path] = search_extra.users_at(hop.path, [instance.pk])

    return remember


def _extra_changed(hop: search_extra.Hop) -> Any:
    def refresh(instance: Any, signal: Any, raw: bool = False, **kwargs: Any) -> None:
        if not raw:
            former = _affected(instance).pop(hop.path, set())
            present = search_extra.users_at(hop.path, [instance.pk])
            _refresh_customers(list(former | present), insert=signal is post_save)

    return refresh


def _extra_linked(hop: search_extra.Hop) -> Any:
    def link(instance: Any, action: str, model: Any, pk_set: Any, **kwargs: Any) -> None:
        # Either end may be the one that was changed; the other end's rows are of ``model``.
        mine, others = (hop.before, hop.path) if issubclass(model, hop.target) else (hop.path, hop.before)
        keys = search_extra.users_at(mine, [instance.pk]) | search_extra.users_at(others, pk_set or ())
        if action.startswith("pre_"):
            _affected(instance)[hop.path] = keys
        else:
            _refresh_customers(list(keys | _affected(instance).pop(hop.path, set())), insert=False)

    return link


def _affected(instance: Any) -> dict[str, set[Any]]:
    """Return whose rows a change under way concerns, by the way that leads to the changed row."""
    found: dict[str, set[Any]] = instance.__dict__.setdefault("_customers_affected", {})
    return found


def user_saved(instance: Any, created: bool, raw: bool = False, update_fields: Any = None, **kwargs: Any) -> None:
    """Give a new account its profile and number, and keep its row and address key in step."""
    if raw or (update_fields is not None and set(update_fields) <= _UNLISTED_USER_FIELDS):
        return
    profiles.ensure(customer=instance)
    if not created:
        profiles.update_email_digest(customer=instance)
    _refresh_customers([instance.pk])


def user_about_to_go(instance: Any, **kwargs: Any) -> None:
    """Remember orders that have a guest's e-mail too: without the account they are guest rows."""
    # An order being placed holds account and profile and then wants the row of the list: a deletion must not come
    # the other way round.
    standing.lock(instance, to_delete=True)
    orders = Order.objects.filter(user_id=instance.pk).exclude(guest_email="")
    instance._orders_of_a_guest = list(orders.values_list("pk", flat=True))


def user_deleted(instance: Any, **kwargs: Any) -> None:
    """List what the account leaves behind."""
    keys = getattr(instance, "_orders_of_a_guest", [])
    if keys:
        directory.refresh_guest_orders(order_ids=keys)


def profile_saved(instance: CustomerProfile, raw: bool = False, **kwargs: Any) -> None:
    """Keep the customer's row in step with the profile; one without a number has no row yet."""
    if not raw and instance.number:
        _refresh_customers([instance.user_id])


def remember_owner(sender: Any, instance: Any, raw: bool = False, **kwargs: Any) -> None:
    """Note whose the row was, so that the one whom it is taken from is brought up to date too."""
    instance._former_user_id = None
    if not raw and not instance._state.adding:
        former = sender._base_manager.filter(pk=instance.pk).values_list("user_id", flat=True).first()
        instance._former_user_id = former if former != instance.user_id else None


def profile_deleted(**kwargs: Any) -> None:
    """An account without a profile must be found by its address all the same."""
    cache.delete(UNLISTED_ACCOUNTS_KEY)


def address_changed(instance: Any, raw: bool = False, **kwargs: Any) -> None:
    """Keep the search text in step with the address book."""
    if not raw:
        _refresh_address(instance, insert=True)


def address_deleted(instance: Any, **kwargs: Any) -> None:
    """Take the address out of the search text."""
    _refresh_address(instance, insert=False)


def order_about_to_be_written(instance: Any, raw: bool = False, **kwargs: Any) -> None:
    """Refuse a new order of somebody who is denied, whatever code writes it. Raises ``access.OrderRefused``."""
    if not raw and instance._state.adding:
        access.refuse_order(order=instance)


def order_saved(instance: Any, created: bool, raw: bool = False, **kwargs: Any) -> None:
    """Keep the row of whoever placed the order in step, and of whom it belonged to before."""
    if raw:
        return
    if created:
        addresses.copy_companies_to_order(order=instance)
    owners = {instance._former_user_id, instance.user_id} - {None}
    # Both at once: rows are locked in the order of their keys, whoever hands over to whom.
    _refresh_customers(list(owners))
    if instance.user_id is None or not created:
        directory.refresh_guest_orders(order_ids=[instance.pk])


def order_deleted(instance: Any, **kwargs: Any) -> None:
    """Take the order out of its customer's figures; a guest's row goes with the order."""
    if instance.user_id is not None:
        _refresh_customers([instance.user_id], insert=False)


def order_address_saved(instance: Any, created: bool, raw: bool = False, **kwargs: Any) -> None:
    """Keep a guest's row in step with the addresses on the order.

    An address that was just made belongs to no order yet: it comes with the order itself.
    """
    if not raw and not created:
        _refresh_orders(_orders_of_address(instance), insert=True)


def order_address_about_to_go(instance: Any, **kwargs: Any) -> None:
    """Remember the orders with this address: they lose it before it is gone."""
    instance._orders_with_it = list(_orders_of_address(instance).values_list("pk", flat=True))


def order_address_deleted(instance: Any, **kwargs: Any) -> None:
    """Take the address out of the search text of a guest's row."""
    _refresh_orders(Order.objects.filter(pk__in=instance._orders_with_it), insert=False)


def order_detail_changed(instance: Any, raw: bool = False, **kwargs: Any) -> None:
    """Keep net figures and the test dot in step with payments, refunds and marks."""
    if not raw:
        _refresh_orders(Order.objects.filter(pk=instance.order_id), insert=True)


def order_detail_deleted(instance: Any, **kwargs: Any) -> None:
    """Keep net figures and the test dot in step when a payment or a mark goes."""
    _refresh_orders(Order.objects.filter(pk=instance.order_id), insert=False)


def registered_in_shop(user: Any, **kwargs: Any) -> None:
    """Write the registration on the timeline."""
    timeline.record(kind=timeline.REGISTERED, customer=user, by=user)


def placed(order: Any, user: Any = None, **kwargs: Any) -> None:
    """Write the order on the timeline of whom it belongs to."""
    about = {"customer": order.user} if order.user_id else {"order": order}
    actor = user if user is not None and user.is_authenticated else None
    data = {"number": order.number, "total": str(order.total_incl_tax), "currency": order.currency}
    timeline.record(kind=timeline.ORDER_PLACED, by=actor, data=data, **about)


def status_changed(order: Any, old_status: str, new_status: str, **kwargs: Any) -> None:
    """Write the order's new state on the timeline."""
    about = {"customer": order.user} if order.user_id else {"order": order}
    data = {"number": order.number, "from": old_status, "to": new_status}
    timeline.record(kind=timeline.ORDER_STATUS, data=data, **about)


def _refresh_customers(keys: list[Any], *, insert: bool = True) -> None:
    if keys:
        directory.refresh_customers(customer_ids=keys, insert=insert)


def _refresh_orders(orders: Any, *, insert: bool) -> None:
    owners = list(orders.values_list("pk", "user_id"))
    _refresh_customers(list({user_id for _order_id, user_id in owners} - {None}), insert=insert)
    guests = [order_id for order_id, user_id in owners if user_id is None]
    if guests:
        directory.refresh_guest_orders(order_ids=guests, insert=insert)


def _refresh_address(instance: Any, *, insert: bool) -> None:
    if not isinstance(instance, AddressCompany):
        keys = {instance.user_id, getattr(instance, "_former_user_id", None)} - {None}
        _refresh_customers(sorted(keys), insert=insert)
    elif instance.user_address_id is not None:
        owners = UserAddress.objects.filter(pk=instance.user_address_id).values_list("user", flat=True)
        _refresh_customers(list(owners), insert=insert)
    else:
        # By key: the address may have gone before its company.
        of_address = {"shipping_address": instance.shipping_address_id, "billing_address": instance.billing_address_id}
        for field, key in of_address.items():
            if key is not None:
                _refresh_orders(Order.objects.filter(**{field: key}), insert=insert)


def _orders_of_address(address: Any) -> Any:
    field = "shipping_address" if isinstance(address, ShippingAddress) else "billing_address"
    return Order.objects.filter(**{field: address.pk})
