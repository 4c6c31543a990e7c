"""Make the staff roles: Django groups with sensible sets of rights."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.models import Group, Permission
from django.db import transaction

from ..permissions import APP_LABEL, ROLES, full_name


@dataclass(frozen=True)
class RoleOutcome:
    """What was done about one role: made or found, rights added, rights that the shop does not have."""

    name: str
    is_new: bool
    added: tuple[str, ...]
    unknown: tuple[str, ...]

    @property
    def is_incomplete(self) -> bool:
        """Whether a right of the package itself is missing, so that the database is not up to date."""
        return any(name.startswith(f"{APP_LABEL}.") for name in self.unknown)


def create_roles() -> list[RoleOutcome]:
    """Make the groups of ``permissions.ROLES`` and give them the rights that they lack.

    Takes nothing away: rights and members that the shop added stay. May be run again.
    """
    with transaction.atomic():
        return [_create_role(name, codenames) for name, codenames in ROLES.items()]


def _create_role(name: str, codenames: Iterable[str]) -> RoleOutcome:
    group, is_new = Group.objects.get_or_create(name=name)
    wanted = [full_name(codename) for codename in codenames]
    found = {right: permission for right in wanted if (permission := _permission(right)) is not None}
    present = set(group.permissions.values_list("pk", flat=True))
    lacking = {right: permission for right, permission in found.items() if permission.pk not in present}
    group.permissions.add(*lacking.values())
    return RoleOutcome(name, is_new, tuple(lacking), tuple(right for right in wanted if right not in found))


def _permission(right: str) -> Permission | None:
    app_label, codename = right.split(".", 1)
    # Of several models of one app that share a codename any grants the right: Django asks by label and codename.
    found = Permission.objects.filter(content_type__app_label=app_label, codename=codename)
    return found.order_by("pk").first()
