"""Staff roles: make them, and give them to accounts. Nobody hands out a right that they do not hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.utils.translation import gettext as _

from .. import signals
from ..exceptions import Conflict, InvalidData, NotAllowed, NotHeld, StaleVersion
from ..host import User
from ..permissions import APP_LABEL, ROLES, can_manage, full_name
from ..queries import customers as customer_queries
from ..queries import roles as queries
from . import standing, superusers, timeline, tokens
from .deadlocks import tried_again


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


def assign(
    *,
    customer: Any,
    by: Any,
    is_staff: bool | None = None,
    is_superuser: bool | None = None,
    is_active: bool | None = None,
    roles: Iterable[str] | None = None,
    partners: Iterable[str] | None = None,
    expected_version: str | None = None,
) -> Any:
    """Store flags, roles (names of Django groups) and partners (codes) of an account, and return the account.

    What is left out stays. Whoever belongs to a partner and is no staff gets the right that Oscar's partner pages
    give, and loses it with the last partner. Raises ``NotAllowed`` over an account with rights that ``by`` lacks,
    its child ``NotHeld`` for a right handed out that ``by`` does not hold, ``InvalidData`` for roles and partners
    that there are not, ``StaleVersion`` where ``expected_version`` (see ``queries.roles.version_of``) is no longer
    what is stored, and ``Conflict`` where ``by`` or everybody would be locked out.
    """
    flags = {"is_staff": is_staff, "is_superuser": is_superuser, "is_active": is_active}
    wanted: dict[str, Any] = {name: value for name, value in flags.items() if value is not None}
    if roles is not None:
        wanted["roles"] = sorted(set(roles))
    if partners is not None:
        wanted["partners"] = sorted(set(partners))
    return tried_again(lambda: _assign(customer, by, wanted, expected_version))


def refuse_unless_allowed(*, customer: Any, by: Any) -> None:
    """Raise ``NotAllowed`` where ``assign`` would whatever is asked for, for a page to say so at once."""
    if not can_manage(by=by, customer=customer):
        raise NotAllowed(_("This account has rights that you do not have, so you may not change its roles."))


def _assign(customer: Any, by: Any, wanted: Mapping[str, Any], expected_version: str | None) -> Any:
    with transaction.atomic():
        customer, by = _locked(customer, by)
        refuse_unless_allowed(customer=customer, by=by)
        before = queries.held(customer)
        if expected_version is not None and expected_version != queries.version(before):
            raise StaleVersion()
        unknown = {name: [_("The shop's accounts have no such flag.")] for name in wanted if name not in before}
        if unknown:
            raise InvalidData(unknown)
        changes = {name: [before[name], value] for name, value in wanted.items() if value != before[name]}
        if not changes:
            return customer
        groups, partners = _groups(wanted), _partners(wanted)
        _refuse_what_is_not_held(customer, by, changes, groups or ())
        _refuse_lock_out(customer, by, changes)
        flags = [name for name in changes if name in queries.FLAGS]
        for name in flags:
            setattr(customer, name, changes[name][1])
        if flags:
            customer.save(update_fields=flags)
        if "roles" in changes:
            customer.groups.set(groups)
        if "partners" in changes:
            customer.partners.set(partners)
        if "partners" in changes or "is_staff" in changes:
            _keep_partner_right(customer, by, is_left="partners" in changes and not changes["partners"][1])
        if changes.get("is_active", [None, True])[1] is False:
            tokens.end(customer=customer)
        timeline.record(kind=timeline.ROLES_CHANGED, customer=customer, by=by, data={"changes": changes})
        signals.customer_updated.send(sender=User, customer=customer, by=by, changes=changes)
    return standing.stored(customer)


def _locked(customer: Any, by: Any) -> tuple[Any, Any]:
    """Lock account and actor and return both as stored: who lost a right a moment ago cannot hand it out any more."""
    if by is None:
        return standing.locked(customer), None
    standing.lock_users({customer.pk, by.pk})
    actor = customer_queries.kept().filter(pk=by.pk).first()
    if actor is None or not actor.is_active:
        raise NotAllowed()
    return standing.locked(customer), actor


def _groups(wanted: Mapping[str, Any]) -> list[Group] | None:
    return _named("roles", wanted, Group.objects.all(), "name", _("There is no role called %s."))


def _partners(wanted: Mapping[str, Any]) -> list[Any] | None:
    return _named("partners", wanted, queries.partners(), "code", _("There is no partner with the code %s."))


def _named(field: str, wanted: Mapping[str, Any], rows: Any, attribute: str, words: str) -> list[Any] | None:
    """Return the rows of these names, to the letter. Raises ``InvalidData`` for names that there are not."""
    if field not in wanted:
        return None
    names = [name for name in wanted[field] if "\x00" not in name]
    found = {getattr(row, attribute): row for row in rows.filter(**{f"{attribute}__in": names})}
    missing = [name for name in wanted[field] if name not in found]
    if missing:
        raise InvalidData({field: [words % name for name in missing]})
    return [found[name] for name in wanted[field]]


def _refuse_what_is_not_held(customer: Any, by: Any, changes: Mapping[str, list[Any]], groups: Iterable[Group]) -> None:
    """Raise ``NotHeld`` where ``by`` would hand out more than they hold; to take away is the same right."""
    if by is None or by.is_superuser:
        return
    if "is_superuser" in changes:
        raise NotHeld("is_superuser", _("Only superusers make and unmake superusers."))
    if changes.get("is_staff", [None, False])[1] and not by.is_staff:
        raise NotHeld("is_staff", _("Only staff make others staff."))
    if "roles" in changes:
        added = [group for group in groups if group.name not in changes["roles"][0]]
        rights = queries.rights_of_groups(added)
        closed = [group.name for group in added if not queries.may_hand_out(by, rights.get(group.pk, set()))]
        if closed:
            text = _("You do not hold all the rights of %s yourself, so you may not hand them out.")
            raise NotHeld("roles", text % ", ".join(closed))
    if "partners" in changes and not queries.may_hand_out(by, {queries.PARTNER_RIGHT}):
        raise NotHeld("partners", _("You may not use the dashboard of partners yourself, so you may not open it."))


def _refuse_lock_out(customer: Any, by: Any, changes: Mapping[str, list[Any]]) -> None:
    lost = [name for name in queries.FLAGS if name in changes and changes[name][1] is False]
    if not lost:
        return
    if by is not None and by.pk == customer.pk:
        raise Conflict(_("You would lock yourself out. Let a colleague do it."))
    if "is_superuser" in lost or "is_active" in lost:
        superusers.refuse_to_lose_last(customer=customer)


def _keep_partner_right(customer: Any, by: Any, *, is_left: bool) -> None:
    """Give the right of Oscar's partner pages, and take it with the last partner (``is_left``), as these do."""
    permission = _permission(queries.PARTNER_RIGHT)
    if permission is None or not hasattr(customer, "user_permissions"):
        return
    has_partner = customer.partners.exists()
    if has_partner and not customer.is_staff:
        if not queries.may_hand_out(by, {queries.PARTNER_RIGHT}):
            raise NotHeld("is_staff", _("Without the staff flag the account would need the right of partners."))
        customer.user_permissions.add(permission)
    elif is_left:
        customer.user_permissions.remove(permission)
