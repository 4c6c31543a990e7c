"""Which rights accounts hold through flags, roles and partners, and which of them somebody may hand out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import Group, Permission
from django.db.models import Prefetch, QuerySet

from ..host import Partner
from .directory_rows import has_user_field

#: The right that Oscar's partner pages give to whoever belongs to a partner and is no staff.
PARTNER_RIGHT = "partner.dashboard_access"

FLAGS = ("is_staff", "is_superuser", "is_active")


@dataclass(frozen=True)
class Role:
    """A Django group with its rights in words, whether the account has it and whether the viewer may hand it out."""

    group: Group
    rights: list[str]
    is_held: bool
    is_open: bool


def held(customer: Any) -> dict[str, Any]:
    """Return flags, names of roles and codes of partners of an account, as ``roles.assign`` takes them."""
    found: dict[str, Any] = {name: bool(getattr(customer, name)) for name in FLAGS if has_user_field(name)}
    found["roles"] = sorted(group.name for group in groups_of(customer))
    found["partners"] = sorted(customer.partners.values_list("code", flat=True))
    return found


def version_of(customer: Any) -> str:
    """Return a token that changes whenever flags, roles or partners of an account do."""
    return version(held(customer))


def version(values: dict[str, Any]) -> str:
    """Return the token of what ``held`` returned."""
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:32]


def groups_of(customer: Any) -> QuerySet[Group]:
    """Return the roles of an account; none for a user model that has no groups."""
    return customer.groups.all() if hasattr(customer, "groups") else Group.objects.none()


def roles_for(*, viewer: Any, customer: Any) -> list[Role]:
    """Return every role of the shop, in four queries beside those for what the viewer holds."""
    own = set(groups_of(customer).values_list("pk", flat=True))
    rights = rights_of_groups(Group.objects.all())
    groups = Group.objects.order_by("name").prefetch_related(
        Prefetch("permissions", Permission.objects.order_by("name"))
    )
    return [
        Role(
            group=group,
            rights=[str(permission.name) for permission in group.permissions.all()],
            is_held=group.pk in own,
            is_open=may_hand_out(viewer, rights.get(group.pk, set())),
        )
        for group in groups
    ]


def rights_of_groups(groups: Iterable[Group]) -> dict[Any, set[str]]:
    """Return the rights of each role by its key, as Django spells them."""
    found: dict[Any, set[str]] = {}
    rows = Permission.objects.filter(group__in=groups).order_by()
    for key, app_label, codename in rows.values_list("group", "content_type__app_label", "codename"):
        found.setdefault(key, set()).add(f"{app_label}.{codename}")
    return found


def may_hand_out(viewer: Any, rights: set[str]) -> bool:
    """Say whether somebody holds all of these rights; ``None`` stands for the system itself."""
    return viewer is None or viewer.is_superuser or rights <= viewer.get_all_permissions()


def partners() -> QuerySet[Any]:
    """Return every partner of the shop by name."""
    return Partner.objects.order_by("name", "code")
