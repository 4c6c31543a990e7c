"""Create and edit customers."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from .. import signals
from ..exceptions import Conflict, EmailTaken, InvalidData, NotAllowed, StaleVersion
from ..host import User, UserAddress, generate_username, normalise_email
from ..models import CustomerProfile, NewsletterSubscription
from ..models.profiles import email_digest
from ..permissions import can_manage
from ..queries import customers as queries
from ..queries.directory_rows import has_user_field
from . import notes, profiles, standing, superusers, timeline, tokens
from .validation import check_fields

ADDRESS_DEFAULTS = ("default_shipping_address", "default_billing_address")
EDITABLE = (*queries.USER_FIELDS, *queries.PROFILE_FIELDS, "newsletter", *ADDRESS_DEFAULTS)


@sensitive_variables("password")
def create(
    *,
    email: str,
    by: Any,
    origin: str = CustomerProfile.Origin.DASHBOARD,
    password: str | None = None,
    username: str | None = None,
    comment: str = "",
    **values: Any,
) -> Any:
    """Make a customer account and return it.

    ``values`` are any of ``EDITABLE`` but the default addresses. Without a password the
    customer can set one by "forgotten password" in the shop. ``comment`` becomes a pinned
    note. The account waits to be confirmed, since it was not the customer who made it; one that is
    imported does not, since its owner had it before.
    Raises ``EmailTaken`` and ``InvalidData``; nothing is stored then.
    """
    _refuse_unknown(values, allowed=[name for name in EDITABLE if name not in ADDRESS_DEFAULTS])
    email = normalise_email(email.strip())
    newsletter = values.pop("newsletter", ())
    user = User(email=email, **{name: values[name] for name in queries.USER_FIELDS if name in values})
    _set_username(user, username)
    _check_new(user, password)
    with transaction.atomic():
        user.set_password(password)
        _insert(user)
        profile = profiles.ensure(customer=user, origin=origin)
        if profile.email_digest != email_digest(email):
            # Two at once: the other one's profile holds the address.
            raise EmailTaken()
        profile.origin = origin
        profile.created_by = by
        profile.must_verify = origin in (CustomerProfile.Origin.DASHBOARD, CustomerProfile.Origin.API)
        _set_profile(profile, values)
        profile.save()
        _subscribe(profile, newsletter)
        timeline.record(kind=timeline.CREATED, customer=user, by=by, data={"origin": origin})
        if comment.strip():
            notes.add(customer=user, body=comment, by=by, is_pinned=True)
        signals.customer_created.send(sender=User, customer=user, by=by, origin=origin)
    return user


def update(*, customer: Any, changes: Mapping[str, Any], by: Any, expected_version: str | None = None) -> Any:
    """Store the changed values and return the customer as stored.

    ``changes`` maps any of ``EDITABLE`` to new values; what is equal already is no change.
    Raises ``NotAllowed`` over an account with rights that ``by`` lacks, ``StaleVersion`` where
    ``expected_version`` (see ``queries.customers.version_of``) is no longer what is stored,
    ``InvalidData``, and ``Conflict`` for a change that would lock everybody out.
    """
    _refuse_unknown(changes, allowed=EDITABLE)
    with transaction.atomic():
        standing.lock(customer)
        key, customer = customer.pk, queries.kept().filter(pk=customer.pk).first()
        if customer is None:
            raise Conflict(_("Account %s was deleted while you were editing it.") % key)
        if not can_manage(by=by, customer=customer):
            raise NotAllowed()
        if expected_version is not None and expected_version != queries.version_of(customer):
            raise StaleVersion()
        before = queries.editable_values(customer)
        changed = {name: value for name, value in changes.items() if value != before.get(name)}
        if changed.get("is_active") is False:
            _refuse_lock_out(customer, by)
        _store(customer, changed)
        if changed.get("is_active") is False:
            tokens.end(customer=customer)
        _record(customer, before, changed, by)
    return queries.customers().get(pk=customer.pk)


def _insert(user: Any) -> None:
    """Save a new account; where its table allows an address once, another may have come first."""
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as error:
        if queries.with_email(user.email):
            raise EmailTaken() from error
        raise InvalidData({"username": [_("Another account has this user name already.")]}) from error


def _store(customer: Any, changed: Mapping[str, Any]) -> None:
    profile = profiles.ensure(customer=customer)
    own = {name: value for name, value in changed.items() if name in queries.USER_FIELDS}
    for name, value in own.items():
        setattr(customer, name, value)
    if own:
        check_fields(customer, own)
        customer.save(update_fields=list(own))
    if any(name in queries.PROFILE_FIELDS for name in changed):
        _set_profile(profile, {name: value for name, value in changed.items() if name in queries.PROFILE_FIELDS})
        profile.save()
    if "newsletter" in changed:
        _subscribe(profile, changed["newsletter"])
    for name in ADDRESS_DEFAULTS:
        if name in changed:
            _choose_default(customer, name, changed[name])


def _record(customer: Any, before: Mapping[str, Any], changed: Mapping[str, Any], by: Any) -> None:
    changes = {name: [_plain(before.get(name)), _plain(value)] for name, value in changed.items()}
    if not changes:
        return
    timeline.record(kind=timeline.UPDATED, customer=customer, by=by, data={"changes": changes})
    signals.customer_updated.send(sender=User, customer=customer, by=by, changes=changes)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime.date):
        return value.isoformat()
    return value if value is None or isinstance(value, (bool, int, list)) else str(value)


def _refuse_unknown(values: Mapping[str, Any], *, allowed: Iterable[str]) -> None:
    unknown = set(values) - set(allowed)
    if unknown:
        raise InvalidData({name: [_("This cannot be set here.")] for name in sorted(unknown)})


def _refuse_lock_out(customer: Any, by: Any) -> None:
    if by is not None and by.pk == customer.pk:
        raise Conflict(_("You cannot deactivate your own account."))
    superusers.refuse_to_lose_last(customer=customer)


@sensitive_variables("password")
def _check_new(user: Any, password: str | None) -> None:
    errors: dict[str, list[str]] = {}
    try:
        check_fields(user, [name for name in ("email", *queries.USER_FIELDS) if has_user_field(name)])
    except InvalidData as error:
        errors.update(error.errors)
    try:
        validate_email(user.email)
    except ValidationError as error:
        errors["email"] = list(error.messages)
    if password is not None:
        try:
            validate_password(password, user)
        except ValidationError as error:
            errors["password"] = list(error.messages)
    if errors:
        raise InvalidData(errors)
    if queries.with_email(user.email):
        raise EmailTaken()


def _set_username(user: Any, username: str | None) -> None:
    name = User.USERNAME_FIELD
    if name == "email":
        if username:
            raise InvalidData({"username": [_("Customers of this shop have no user name.")]})
        return
    if username and "@" in username and email_digest(username) != email_digest(user.email):
        # Whoever has it could be taken, at log-in and on the timeline, for the owner of that address.
        raise InvalidData({"username": [_("A user name cannot be somebody else's e-mail address.")]})
    setattr(user, name, username or generate_username())
    check_fields(user, [name])
    if User._default_manager.filter(**{f"{name}__iexact": getattr(user, name)}).exists():
        raise InvalidData({"username": [_("Another account has this user name already.")]})


def _set_profile(profile: CustomerProfile, values: Mapping[str, Any]) -> None:
    names = [name for name in values if name in queries.PROFILE_FIELDS]
    for name in names:
        setattr(profile, name, values[name])
    check_fields(profile, names)
    date_of_birth = profile.date_of_birth
    if date_of_birth is not None and "date_of_birth" in names and date_of_birth > timezone.localdate():
        raise InvalidData({"date_of_birth": [_("The date of birth lies in the future.")]})
    if "locale" in names and profile.locale and profile.locale not in dict(settings.LANGUAGES):
        raise InvalidData({"locale": [_("This is not one of the shop's languages.")]})
    manager = profile.account_manager
    if "account_manager_id" in names and manager is not None and not getattr(manager, "is_staff", False):
        raise InvalidData({"account_manager": [_("Only staff can look after a customer.")]})


def _subscribe(profile: CustomerProfile, sites: Iterable[int]) -> None:
    wanted = set(sites)
    known = NewsletterSubscription._meta.get_field("site").related_model._default_manager.filter(pk__in=wanted)
    if known.count() < len(wanted):
        raise InvalidData({"newsletter": [_("There is no such site.")]})
    subscriptions = profile.newsletter_subscriptions
    subscriptions.exclude(site_id__in=wanted).delete()
    present = set(subscriptions.values_list("site_id", flat=True))
    NewsletterSubscription.objects.bulk_create(
        NewsletterSubscription(profile=profile, site_id=site) for site in sorted(wanted - present)
    )


def _choose_default(customer: Any, name: str, key: int | None) -> None:
    flag = "is_default_for_shipping" if name == "default_shipping_address" else "is_default_for_billing"
    own = UserAddress._default_manager.filter(user=customer)
    if key is not None and not own.filter(pk=key).exists():
        raise InvalidData({name: [_("This is not one of the customer's addresses.")]})
    own.filter(**{flag: True}).exclude(pk=key).update(**{flag: False})
    if key is not None:
        own.filter(pk=key).update(**{flag: True})
