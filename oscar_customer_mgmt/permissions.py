"""Rights: the codenames that pages and endpoints ask for, and rights over one particular customer."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db.models import Q

APP_LABEL = "oscar_customer_mgmt"

VIEW_CUSTOMER = "view_customer"
ADD_CUSTOMER = "add_customer"
CHANGE_CUSTOMER = "change_customer"
VIEW_NOTE = "view_customernote"
ADD_NOTE = "add_customernote"
ERASE_CUSTOMER = "erase_customer"
CHANGE_EMAIL = "change_customer_email"
SET_PASSWORD = "set_password"  # a right, not a password
ASSIGN_ROLES = "assign_roles"
DENY_CUSTOMER = "deny_customer"
EXPORT_CUSTOMERS = "export_customers"

#: Django groups that ``create_customer_roles`` makes, and what each may do. A name with a dot
#: is a right of another app.
ROLES: dict[str, tuple[str, ...]] = {
    "Customer service": (VIEW_CUSTOMER, ADD_CUSTOMER, CHANGE_CUSTOMER, VIEW_NOTE, ADD_NOTE, "order.view_order"),
    "Customer manager": (
        "order.view_order",
        "order.change_order",
        VIEW_CUSTOMER,
        ADD_CUSTOMER,
        CHANGE_CUSTOMER,
        VIEW_NOTE,
        ADD_NOTE,
        "change_customernote",
        "delete_customernote",
        ERASE_CUSTOMER,
        CHANGE_EMAIL,
        SET_PASSWORD,
        DENY_CUSTOMER,
        EXPORT_CUSTOMERS,
    ),
    "Rewards manager": (VIEW_CUSTOMER,),
}


def full_name(codename: str) -> str:
    """Return the permission as Django spells it, ``app_label.codename``; ours need no label."""
    return codename if "." in codename else f"{APP_LABEL}.{codename}"


def has_right(user: Any, *codenames: str) -> bool:
    """Say whether this is active staff who holds all of these rights.

    A right alone is not enough: a customer who got it through a Django group is not staff.
    """
    return bool(
        user is not None
        and user.is_authenticated
        and user.is_active
        and getattr(user, "is_staff", False)
        and user.has_perms([full_name(codename) for codename in codenames])
    )


def can_manage(*, by: Any, customer: Any) -> bool:
    """Say whether ``by`` may change this account: never one that holds rights they lack.

    Taking over the account of somebody with more rights begins with an edit of it. ``None``
    stands for the system itself, a command for instance.
    """
    if by is None or by.pk == customer.pk or by.is_superuser:
        return True
    if getattr(customer, "is_superuser", False):
        return False
    if getattr(customer, "is_staff", False) and not getattr(by, "is_staff", False):
        return False
    return rights_of(customer) <= by.get_all_permissions()


def rights_of(account: Any) -> set[str]:
    """Return the rights that an account holds or, where it is inactive, would hold once it is active.

    Django says that the inactive hold none: whoever reactivates an account must not win by that.
    """
    if account.is_active:
        return set(account.get_all_permissions())
    held = apps.get_model("auth", "Permission").objects.filter(Q(user=account.pk) | Q(group__user=account.pk))
    return {f"{app}.{codename}" for app, codename in held.values_list("content_type__app_label", "codename")}
