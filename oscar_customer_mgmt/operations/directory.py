"""Keep the directory right: the rows of a few customers after a change, or all of them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Q, QuerySet

from .. import conf
from ..host import Order, User
from ..models import DirectoryEntry
from ..queries import directory_rows
from ..queries.key_lists import among
from . import bulk, profiles
from .deadlocks import tried_again

Progress = Callable[[int], None]

DEFAULT_BATCH_SIZE = 1000
_EXAMPLES = 20

#: How many batches of a rebuild are under way at once.
_AT_ONCE = 2


@dataclass
class Differences:
    """How much of the directory was not as it must be, with the numbers of the first few rows."""

    missing: int = 0
    changed: int = 0
    superfluous: int = 0
    examples: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.missing or self.changed or self.superfluous)

    def add(self, other: Differences) -> None:
        """Count another part's differences in."""
        self.missing += other.missing
        self.changed += other.changed
        self.superfluous += other.superfluous
        self.examples = [*self.examples, *other.examples][:_EXAMPLES]


@dataclass(frozen=True)
class _Source:
    """One of the two kinds of rows: where their keys come from and how they are made."""

    owner: str
    key: Any
    rows: Callable[[Sequence[Any]], list[DirectoryEntry]]

    def stored(self, ids: Sequence[Any]) -> QuerySet[DirectoryEntry]:
        return DirectoryEntry.objects.filter(**{f"{self.owner}__in": among(self.key, ids)})


_is_paused: ContextVar[bool] = ContextVar("oscar_customer_mgmt_directory_is_paused", default=False)

_CUSTOMERS = _Source("user_id", User._meta.pk, directory_rows.customer_rows)
_GUEST_ORDERS = _Source("order_id", Order._meta.pk, directory_rows.guest_rows)


@contextmanager
def paused() -> Iterator[None]:
    """Leave the directory alone for a while, in this thread: for imports, which rebuild it afterwards.

    Each order that is placed brings its customer's row up to date several times; a thousand
    orders are loaded faster without. Whoever pauses it must call ``rebuild``.
    """
    token = _is_paused.set(True)
    try:
        yield
    finally:
        _is_paused.reset(token)


def refresh_customers(*, customer_ids: Sequence[Any], insert: bool = True) -> None:
    """Bring the rows of these accounts up to date, in the caller's transaction.

    The rows are locked before anything is read, so that of two changes at once the later
    one sees what the earlier one wrote. While something is being deleted, pass
    ``insert=False``: the row may be gone because its account is going too.
    """
    if not _is_paused.get():
        _bring_up_to_date(_CUSTOMERS, customer_ids, insert=insert)


def refresh_guest_orders(*, order_ids: Sequence[Any], insert: bool = True) -> None:
    """Bring the rows of these orders up to date: add, change or remove them as the orders say."""
    if not _is_paused.get():
        _bring_up_to_date(_GUEST_ORDERS, order_ids, insert=insert)


def rebuild(*, batch_size: int = DEFAULT_BATCH_SIZE, on_progress: Progress | None = None) -> Differences:
    """Bring the whole directory up to date, missing profiles and numbers first; safe at any time.

    Works through accounts and guest orders in the order of their keys, a batch in a
    transaction, so that it takes flat memory, blocks nobody for long, and can be stopped and
    run again. Returns what differed; calls ``on_progress`` with the number of rows just done.
    """
    return _run(batch_size=batch_size, on_progress=on_progress, write=True)


def check(*, batch_size: int = DEFAULT_BATCH_SIZE, on_progress: Progress | None = None) -> Differences:
    """Compare the whole directory with the tables that it is made from; writes nothing."""
    return _run(batch_size=batch_size, on_progress=on_progress, write=False)


def total_rows() -> int:
    """Return how many accounts and guest orders a rebuild goes through."""
    return User._default_manager.count() + directory_rows.listed_guest_orders().count()


def _run(*, batch_size: int, on_progress: Progress | None, write: bool) -> Differences:
    total = Differences()
    sources = (
        (_CUSTOMERS, User._default_manager.all()),
        (_GUEST_ORDERS, directory_rows.listed_guest_orders()),
    )
    for source, owners in sources:
        for number, found in _worked_off(source, _key_batches(owners, batch_size), write=write):
            total.add(found)
            if on_progress is not None:
                on_progress(number)
    total.add(_remove_unlisted(batch_size) if write else _unlisted())
    return total


def _worked_off(source: _Source, batches: Iterator[list[Any]], *, write: bool) -> Iterator[tuple[int, Differences]]:
    """Yield, for each batch, its length and what differed; two are under way at once where that can be.

    A batch spends half of its time in the database. Inside a transaction of the caller's there is
    one connection and nothing to overlap; SQLite has one writer.
    """
    if connection.in_atomic_block or connection.vendor == "sqlite":
        for ids in batches:
            yield len(ids), _batch(source, ids, write=write)
        return
    with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
        under_way: deque[tuple[int, Future[Differences]]] = deque()
        try:
            for ids in batches:
                under_way.append((len(ids), pool.submit(_batch_apart, source, ids, write=write)))
                if len(under_way) > _AT_ONCE:
                    number, found = under_way.popleft()
                    yield number, found.result()
            while under_way:
                number, found = under_way.popleft()
                yield number, found.result()
        finally:
            for _number, found in under_way:
                found.cancel()


def _batch_apart(source: _Source, ids: Sequence[Any], *, write: bool) -> Differences:
    """Do one batch in a thread of its own, which leaves no connection behind."""
    try:
        return _batch(source, ids, write=write)
    finally:
        connection.close()


def _batch(source: _Source, ids: Sequence[Any], *, write: bool) -> Differences:
    found = Differences()
    if source is _CUSTOMERS:
        found.add(tried_again(lambda: _profiles(ids, write=write)))
    found.add(tried_again(lambda: _bring_up_to_date(source, ids)) if write else _compare(source, ids)[0])
    return found


def _profiles(ids: Sequence[Any], *, write: bool) -> Differences:
    if write:
        profiles.ensure_all(customer_ids=ids)
        return Differences()
    without = profiles.without_number(customer_ids=ids)
    return Differences(missing=len(without), examples=[f"account {pk}" for pk in without[:_EXAMPLES]])


def _key_batches(queryset: QuerySet[Any], size: int) -> Iterator[list[Any]]:
    last = None
    while True:
        rest = queryset.order_by("pk") if last is None else queryset.filter(pk__gt=last).order_by("pk")
        ids = list(rest.values_list("pk", flat=True)[:size])
        if not ids:
            return
        yield ids
        last = ids[-1]


def _bring_up_to_date(source: _Source, ids: Sequence[Any], *, insert: bool = True) -> Differences:
    """Write what differs. A row that somebody else inserts meanwhile is locked and read again."""
    with transaction.atomic():
        for attempt in range(3):
            list(source.stored(ids).select_for_update().order_by("pk").values_list("pk", flat=True))
            differences, missing, changed, superfluous = _compare(source, ids)
            try:
                if insert and missing:
                    with transaction.atomic():
                        bulk.insert(missing)
            except IntegrityError:
                if attempt == 2:
                    raise
                continue
            break
        _overwrite(changed)
        if superfluous:
            DirectoryEntry.objects.filter(pk__in=superfluous).delete()
    return differences


def _overwrite(entries: list[DirectoryEntry]) -> None:
    if len(entries) == 1:
        entries[0].save(force_update=True)
    elif entries:
        with_target = connection.features.supports_update_conflicts_with_target
        DirectoryEntry.objects.bulk_create(
            entries,
            update_conflicts=True,
            update_fields=directory_rows.COMPARED_FIELDS,
            unique_fields=["id"] if with_target else None,
        )


def _compare(
    source: _Source, ids: Sequence[Any]
) -> tuple[Differences, list[DirectoryEntry], list[DirectoryEntry], list[Any]]:
    """Return what differs: in numbers, rows to insert, rows to overwrite, keys to delete."""
    stored = {getattr(entry, source.owner): entry for entry in source.stored(ids)}
    missing: list[DirectoryEntry] = []
    changed: list[DirectoryEntry] = []
    for entry in source.rows(ids):
        present = stored.pop(getattr(entry, source.owner), None)
        if present is None:
            missing.append(entry)
        elif any(getattr(entry, name) != getattr(present, name) for name in directory_rows.COMPARED_FIELDS):
            entry.pk = present.pk
            changed.append(entry)
    superfluous = list(stored.values())
    examples = [entry.number for entry in (*missing, *changed, *superfluous)]
    numbers = Differences(len(missing), len(changed), len(superfluous), examples[:_EXAMPLES])
    return numbers, missing, changed, [entry.pk for entry in superfluous]


def _unlisted() -> Differences:
    stale = _unlisted_entries()
    return Differences(superfluous=stale.count(), examples=list(stale.values_list("number", flat=True)[:_EXAMPLES]))


def _unlisted_entries() -> QuerySet[DirectoryEntry]:
    guests = DirectoryEntry.objects.filter(status=DirectoryEntry.Status.GUEST)
    if not conf.get("GUESTS_IN_DIRECTORY"):
        return guests
    # Spelt out: "not in the listed ones" would be looked up row by row once there are many.
    return guests.filter(Q(order__user__isnull=False) | Q(order__guest_email=""))


def _remove_unlisted(batch_size: int) -> Differences:
    removed = Differences()
    while rows := list(_unlisted_entries().values_list("pk", "number")[:batch_size]):
        DirectoryEntry.objects.filter(pk__in=[pk for pk, number in rows]).delete()
        removed.add(Differences(superfluous=len(rows), examples=[number for pk, number in rows[:_EXAMPLES]]))
    return removed
