"""Be rid of a customer's personal data for good: what stands in the way, what would become of what, and do it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .. import conf, signals
from ..exceptions import Conflict, NotAllowed
from ..host import Basket, Order, User
from ..models import CustomerProfile, ErasureReceipt
from ..permissions import can_manage
from ..queries import customers as queries
from ..queries import personal_data
from ..queries.personal_data import Entry, Keep
from . import mails, profiles, scrubbing, sessions, standing, superusers, timeline
from .deadlocks import tried_again
from .scrubbing import DELETED, KEPT, SCRUBBED, Outcome

MEMBERSHIPS, SESSIONS = "memberships", "sessions"


@dataclass(frozen=True)
class Obstacle:
    """Something that had better be settled before the account goes; it forbids nothing."""

    code: str
    count: int
    words: str


@dataclass(frozen=True)
class Part:
    """What becomes, or became, of the rows of one table, and of some of their fields."""

    table: str
    title: str
    treatment: str
    rows: int
    fields: list[str] = field(default_factory=list)
    reason: str = ""


@dataclass(frozen=True)
class Preview:
    """What an erasure would do, counted."""

    obstacles: list[Obstacle]
    deleted: list[Part]
    scrubbed: list[Part]
    kept: list[Part]
    #: Columns of the shop's own that nobody classified: they stay as they are.
    unclassified: list[str]

    @property
    def kept_by_reason(self) -> list[tuple[str, list[Part]]]:
        """What is kept, put together by the reason for it."""
        reasons = dict.fromkeys(part.reason for part in self.kept)
        return [(reason, [part for part in self.kept if part.reason == reason]) for reason in reasons]


#: Each says what of its own stands in the way; features that come later add theirs.
Finder = Callable[[Any], Iterable[Obstacle]]
_FINDERS: list[Finder] = []


def finds_obstacles(finder: Finder) -> Finder:
    """Add a function of the customer that yields what stands in the way; fit for a decorator."""
    if finder not in _FINDERS:
        _FINDERS.append(finder)
    return finder


def preview(*, customer: Any) -> Preview:
    """Say what stands in the way of an erasure, what it would delete, scrub and keep, and why; changes nothing."""
    parts = [part for entry in personal_data.about_customers() for part in _expected(entry, customer)]
    return Preview(
        obstacles=[obstacle for finder in _FINDERS for obstacle in finder(customer)],
        deleted=[part for part in parts if part.treatment == DELETED],
        scrubbed=[part for part in parts if part.treatment == SCRUBBED],
        kept=[part for part in parts if part.treatment == KEPT],
        unclassified=_unclassified(),
    )


def erase(*, customer: Any, by: Any) -> ErasureReceipt:
    """Scrub every personal field of every table that is about this customer; return the receipt.

    The account itself stays, without a name, for its orders to belong to somebody; nobody can log in to
    it, and its e-mail address is free. Customers may erase themselves. Of two who do it at once the second
    gets the receipt of the first; an error on the way leaves everything as it was. Raises ``NotAllowed``
    over an account with rights that ``by`` lacks, and ``Conflict`` for the last active superuser.
    """
    return tried_again(lambda: _erase(customer, by))


def erase_own(*, customer: Any, receipt_url: Callable[[ErasureReceipt], str]) -> ErasureReceipt:
    """Erase customers who wish it themselves, and mail the merchant: a number, what is still open, nothing personal.

    ``receipt_url`` gives the path of the page that shows a receipt to staff. An e-mail that cannot be sent
    undoes nothing. Raises what ``erase`` raises.
    """
    with transaction.atomic(), translation.override(settings.LANGUAGE_CODE):
        open_things = [obstacle.words for finder in _FINDERS for obstacle in finder(customer)]
        receipt = erase(customer=customer, by=customer)
        context = {"number": receipt.number, "receipt_url": receipt_url(receipt), "obstacles": open_things}
        for address in _merchants():
            transaction.on_commit(_mail_to(address, context), robust=True)
    return receipt


def _merchants() -> list[str]:
    # Django 6 wants addresses, earlier ones pairs of a name and an address.
    managers = [entry if isinstance(entry, str) else entry[1] for entry in settings.MANAGERS]
    return list(dict.fromkeys(conf.get("MERCHANT_EMAILS") or managers))


def _mail_to(address: str, context: dict[str, Any]) -> Callable[[], None]:
    # No partial: Django, which notes what fails after a transaction, asks for a function's name.
    def send() -> None:
        with translation.override(settings.LANGUAGE_CODE):
            mails.send(mail=mails.ACCOUNT_REMOVED, context=context, to=address)

    return send


def refuse_unless_allowed(*, customer: Any, by: Any) -> None:
    """Raise what ``erase`` would raise, for pages that say so before anybody presses the button."""
    if not can_manage(by=by, customer=customer):
        raise NotAllowed(_("This account has rights that you do not have, so you may not delete it."))


def receipt_of(number: str) -> ErasureReceipt:
    """Return the newest receipt of a customer number. Raises ``ErasureReceipt.DoesNotExist``."""
    receipt = ErasureReceipt.objects.filter(number=number).first()
    if receipt is None or receipt.number != number:
        raise ErasureReceipt.DoesNotExist(number)
    return receipt


def _erase(customer: Any, by: Any) -> ErasureReceipt:
    # Before anything is locked: every session there is has to be looked into.
    session_keys = sessions.keys_of(customer)
    with transaction.atomic():
        customer = lock(customer)
        profile = profiles.ensure(customer=customer)
        if profile.erased_at is not None:
            return receipt_of(profile.number or "")
        check_allowed(customer=customer, by=by)
        timeline.record(kind=timeline.ERASED, customer=customer, by=by)
        outcomes = scrub_all(customer)
        extra = [_ended(MEMBERSHIPS, scrubbing.end_memberships(customer)), _ended(SESSIONS, sessions.end(session_keys))]
        CustomerProfile.objects.filter(pk=profile.pk).update(erased_at=timezone.now(), updated_at=timezone.now())
        receipt = write_receipt(customer=customer, by=by, outcomes=outcomes, extra=extra)
        signals.customer_erased.send(sender=User, customer=customer, by=by, receipt=receipt)
    return receipt


def lock(customer: Any) -> Any:
    """Lock the account and return it as it stands in the database. Raises ``Conflict`` where it is gone."""
    standing.lock(customer)
    found = queries.customers().filter(pk=customer.pk).first()
    if found is None:
        raise Conflict(_("This account is gone already."))
    return found


def check_allowed(*, customer: Any, by: Any) -> None:
    """Raise ``NotAllowed`` or ``Conflict`` where ``by`` may not be rid of this account; call it under the lock."""
    refuse_unless_allowed(customer=customer, by=by)
    superusers.refuse_to_lose_last(customer=customer)


def scrub_all(customer: Any) -> list[Outcome]:
    """Treat the rows of every entry, in the caller's transaction."""
    return [scrubbing.treat(entry, customer) for entry in scrubbing.in_order(personal_data.about_customers())]


def write_receipt(*, customer: Any, by: Any, outcomes: Iterable[Outcome], extra: Iterable[Part] = ()) -> ErasureReceipt:
    """Store what became of what: in numbers, with nothing personal in it."""
    profile = customer.customer_profile
    parts = [part for outcome in outcomes for part in _parts(outcome.entry, outcome.treatment, outcome.rows)]
    is_self = by is not None and by.pk == customer.pk
    return ErasureReceipt.objects.create(
        number=profile.number or "",
        erased_by=by,
        erased_by_name="" if is_self else timeline.name_of(by),
        summary=[
            {
                "table": part.table,
                "title": part.title,
                "treatment": part.treatment,
                "rows": part.rows,
                "fields": part.fields,
                "reason": part.reason,
            }
            for part in (*parts, *extra)
            if part.rows
        ],
    )


def _expected(entry: Entry, customer: Any) -> Iterator[Part]:
    rows = entry.rows(customer).count()
    if rows:
        yield from _parts(entry, DELETED if entry.delete else SCRUBBED, rows)


def _parts(entry: Entry, treatment: str, rows: int) -> Iterator[Part]:
    """Yield what becomes of the rows of an entry: deleted, or some fields scrubbed and the others kept, by reason."""
    title = str(entry.title or entry.label)
    if treatment == DELETED:
        yield Part(entry.label, title, DELETED, rows)
        return
    scrubbed = list(entry.scrubbed())
    if scrubbed:
        yield Part(entry.label, title, SCRUBBED, rows, _names(entry, scrubbed))
    kept: dict[str, list[str]] = {}
    for name, treatment_of in _classified(entry):
        if isinstance(treatment_of, Keep):
            kept.setdefault(str(treatment_of.reason), []).append(name)
    for reason, names in kept.items():
        yield Part(entry.label, title, KEPT, rows, _names(entry, names), reason)
    if not scrubbed and not kept:
        yield Part(entry.label, title, KEPT, rows, [], str(entry.reason))


def _classified(entry: Entry) -> Iterator[tuple[str, Any]]:
    model = entry.model_class
    for each in model._meta.concrete_fields if model is not None else ():
        if personal_data.counts(each):
            yield each.name, entry.treatment_of(each.name)


def _names(entry: Entry, fields: Iterable[str]) -> list[str]:
    model = entry.model_class
    assert model is not None
    return [str(model._meta.get_field(name).verbose_name) for name in fields]  # type: ignore[union-attr]


def _ended(what: str, count: int) -> Part:
    titles = {MEMBERSHIPS: _("Roles, rights and partners"), SESSIONS: _("Sessions")}
    return Part(what, titles[what], DELETED, count)


def _unclassified() -> list[str]:
    known = personal_data.entries()
    fields = [f"{each.model}.{each.name}" for each in personal_data.unclassified_fields(known)]
    return [*fields, *(each.model for each in personal_data.unknown_models(known))]


@finds_obstacles
def _open_orders(customer: Any) -> Iterator[Obstacle]:
    count = Order.objects.filter(user=customer, status__in=open_statuses()).count()
    if count:
        words = ngettext("%d order is still under way.", "%d orders are still under way.", count) % count
        yield Obstacle("open_orders", count, words)


@finds_obstacles
def _open_baskets(customer: Any) -> Iterator[Obstacle]:
    count = Basket._default_manager.filter(owner=customer, status__in=Basket.editable_statuses, lines__isnull=False)
    baskets = count.distinct().count()
    if baskets:
        words = ngettext("%d basket has products in it.", "%d baskets have products in them.", baskets) % baskets
        yield Obstacle("open_baskets", baskets, words)


def open_statuses() -> list[str]:
    """Return the order statuses from which an order goes on to something else than a cancellation.

    A shop without a pipeline does not say which those are.
    """
    cancelled = set(conf.get("CANCELLED_STATUSES"))
    pipeline = getattr(settings, "OSCAR_ORDER_STATUS_PIPELINE", {})
    return [status for status, following in pipeline.items() if status not in cancelled and set(following) - cancelled]
