"""Pages by key: the thousandth page costs what the first one costs.

An ordering is a list of columns with directions, the last of them unique. Rows after a given
row are fetched as a sequence of plain index ranges (``a = x and b > y``, then ``a > x``), which
every database can answer from one index, whereas ``(a, b) > (x, y)`` with mixed directions or
an ``OR`` would scan it. Rows without a value in the first column come last, whichever way the
list is sorted.

The technique is known as keyset (or seek) pagination: https://use-the-index-luke.com/no-offset
"""

from __future__ import annotations

import base64
import binascii
import datetime
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Generic, NamedTuple, TypeVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Case, F, Model, Q, QuerySet, Value, When
from django.utils import timezone

Row = TypeVar("Row", bound=Model)


class InvalidCursor(ValueError):
    """The cursor is not one that we made, or belongs to another ordering."""


@dataclass(frozen=True)
class Ordering:
    """One way to sort a list.

    ``columns`` are field names, ``-`` for descending, the last one unique. ``missing`` and
    ``present`` part the rows that have no value to sort by from those that have one: the
    former stand last in both directions.
    """

    name: str
    columns: tuple[str, ...]
    missing: Q | None = None
    present: Q = field(default_factory=Q)
    is_reversed: bool = False

    def reversed(self) -> Ordering:
        """Return the same ordering the other way round; rows without a value still come last."""
        return replace(self, is_reversed=not self.is_reversed)

    @property
    def key(self) -> str:
        """The name that cursors carry, so that one list's cursor is not used on another."""
        return f"-{self.name}" if self.is_reversed else self.name

    def directed_columns(self, *, backwards: bool) -> tuple[str, ...]:
        """Return the columns as ``order_by`` takes them, turned round where need be."""
        if self.is_reversed == backwards:
            return self.columns
        return tuple(_turn(column) for column in self.columns)


@dataclass
class Page(Generic[Row]):
    """One page of rows, with the cursors of its neighbours."""

    rows: list[Row]
    next_cursor: str | None = None
    previous_cursor: str | None = None
    is_complete: bool = field(default=False)
    """True where the page is the whole list, so that its length is the count."""


@dataclass(frozen=True)
class _Position:
    backwards: bool
    is_missing: bool
    values: tuple[Any, ...]


class _Part(NamedTuple):
    is_missing: bool
    condition: Q
    columns: tuple[str, ...]


LAST = "last"


def fetch_page(
    queryset: QuerySet[Row], *, ordering: Ordering, size: int, cursor: str | None = None, is_short: bool = False
) -> Page[Row]:
    """Return the page of ``queryset`` that ``cursor`` names; the first one without a cursor.

    The cursor ``"last"`` names the last page. ``is_short`` says that few rows match, so that
    finding them all and sorting them costs less than looking for them along an index; it
    changes nothing about the answer. Raises ``InvalidCursor``.
    """
    position = None
    if cursor == LAST:
        position = _Position(backwards=True, is_missing=True, values=())
    elif cursor:
        position = _decode(cursor, ordering, queryset.model)
    backwards = position is not None and position.backwards
    parts = iter([_sorted(queryset, ordering, position)]) if is_short else _ranges(queryset, ordering, position)
    rows = _take(parts, size + 1)
    has_more = len(rows) > size
    rows = rows[:size]
    if backwards:
        rows.reverse()
        if len(rows) < size and cursor != LAST:
            # Rows in front have gone: the first page, filled up, is what was asked for.
            return fetch_page(queryset, ordering=ordering, size=size, is_short=is_short)
    has_previous = has_more if backwards else position is not None
    has_next = cursor != LAST if backwards else has_more
    if not rows and has_previous:
        # Rows behind have gone. Not the last page instead: who walks to the end would get it twice.
        return Page(rows=[], previous_cursor=LAST)
    return Page(
        rows=rows,
        next_cursor=_encode(rows[-1], ordering, backwards=False) if rows and has_next else None,
        previous_cursor=_encode(rows[0], ordering, backwards=True) if rows and has_previous else None,
        is_complete=not has_next and not has_previous,
    )


def iterate(queryset: QuerySet[Row], *, ordering: Ordering, batch_size: int = 2000) -> Iterator[Row]:
    """Yield every row in order, a batch at a time, in flat memory."""
    cursor: str | None = None
    while True:
        page = fetch_page(queryset, ordering=ordering, size=batch_size, cursor=cursor)
        yield from page.rows
        cursor = page.next_cursor
        if cursor is None:
            return


def _turn(column: str) -> str:
    return column[1:] if column.startswith("-") else f"-{column}"


def _take(ranges: Iterator[QuerySet[Row]], wanted: int) -> list[Row]:
    rows: list[Row] = []
    for part in ranges:
        rows.extend(part[: wanted - len(rows)])
        if len(rows) >= wanted:
            break
    return rows


def _parts(ordering: Ordering, *, backwards: bool) -> list[_Part]:
    """Return the list's two stretches in the order of going: rows with a value, rows without."""
    parts = [_Part(False, ordering.present, ordering.directed_columns(backwards=backwards))]
    if ordering.missing is not None:
        # Rows that lack a value are always listed by the ordering as it was declared.
        as_declared = replace(ordering, is_reversed=False)
        parts.append(_Part(True, ordering.missing, as_declared.directed_columns(backwards=backwards)))
    return parts[::-1] if backwards else parts


def _ranges(queryset: QuerySet[Row], ordering: Ordering, position: _Position | None) -> Iterator[QuerySet[Row]]:
    """Yield index ranges which, one after the other, hold the rows beyond ``position``."""
    started = position is None or not position.values
    for is_missing, condition, columns in _parts(ordering, backwards=position is not None and position.backwards):
        part = queryset.filter(condition).order_by(*columns)
        if started:
            yield part
        elif position is not None and is_missing == position.is_missing:
            started = True
            yield from _beyond(part, columns, position.values, skip_first=is_missing)


def _sorted(queryset: QuerySet[Row], ordering: Ordering, position: _Position | None) -> QuerySet[Row]:
    """Return the rows beyond ``position`` as one query that no database answers along the ordering's index.

    PostgreSQL takes the pages of an index walk for cheaper than they are, and would rather look
    at ten thousand rows in order than sort the two thousand that a search finds.
    """
    parts = _parts(ordering, backwards=position is not None and position.backwards)
    if position is not None and position.values:
        queryset = queryset.filter(_all_beyond(parts, position))
    rank = Case(*(When(part.condition or Q(pk__isnull=False), then=Value(n)) for n, part in enumerate(parts)))
    return queryset.order_by(rank, *_keys(parts))


def _all_beyond(parts: Sequence[_Part], position: _Position) -> Q:
    wanted, started = Q(), False
    for is_missing, condition, columns in parts:
        chosen = condition or Q(pk__isnull=False)
        if started:
            wanted |= chosen
        elif is_missing == position.is_missing:
            started = True
            wanted |= chosen & _beyond_all(columns, position.values, skip_first=is_missing)
    return wanted


def _keys(parts: Sequence[_Part]) -> Sequence[Any]:
    """Return what to sort by once the stretches are apart."""
    if len({part.columns[1:] for part in parts}) == 1:
        # Rows without a value all have the same in the first column, so its direction is nothing to them.
        return parts[0].columns
    keys = []
    for _is_missing, condition, columns in parts:
        for column in columns:
            key = Case(When(condition, then=F(column.lstrip("-"))))
            keys.append(key.desc() if column.startswith("-") else key.asc())
    return keys


def _beyond_all(columns: Sequence[str], values: Sequence[Any], *, skip_first: bool) -> Q:
    first = 1 if skip_first else 0
    found = Q()
    for index in range(first, len(columns)):
        equal = Q(**{columns[i].lstrip("-"): values[i] for i in range(first, index)})
        found |= equal & _comparison(columns[index], values[index])
    return found


def _beyond(
    queryset: QuerySet[Row], columns: Sequence[str], values: Sequence[Any], *, skip_first: bool
) -> Iterator[QuerySet[Row]]:
    """Yield the ranges behind ``values``: equal in all but the last columns first, then outwards."""
    first = 1 if skip_first else 0
    last = len(columns) - 1
    if last - first >= 2:
        # Of three columns or more the last two make one range: "b >= y" is what the index begins at,
        # and only the few rows that share y are looked at in vain.
        equal = Q(**{columns[i].lstrip("-"): values[i] for i in range(first, last - 1)})
        nearer, nearest = (_comparison(columns[i], values[i]) for i in (last - 1, last))
        yield queryset.filter(equal, _comparison(columns[last - 1], values[last - 1], "e"), nearer | nearest)
        last -= 2
    for index in range(last, first - 1, -1):
        equal = Q(**{columns[i].lstrip("-"): values[i] for i in range(first, index)})
        yield queryset.filter(equal, _comparison(columns[index], values[index]))


def _comparison(column: str, value: Any, or_equal: str = "") -> Q:
    name = column.lstrip("-")
    return Q(**{f"{name}__{'lt' if column.startswith('-') else 'gt'}{or_equal}": value})


def _encode(row: Model, ordering: Ordering, *, backwards: bool) -> str:
    names = [column.lstrip("-") for column in ordering.columns]
    values = [_field(type(row), name).value_to_string(row) for name in names]
    missing = _lacks_value(row, ordering)
    payload = json.dumps([ordering.key, int(backwards), int(missing), values], separators=(",", ":"))
    return base64.urlsafe_b64encode(payload.encode()).decode().rstrip("=")


def _field(model: type[Model], name: str) -> Any:
    return model._meta.get_field(name)


def _lacks_value(row: Model, ordering: Ordering) -> bool:
    if ordering.missing is None:
        return False
    return getattr(row, ordering.columns[0].lstrip("-")) in (None, "")


def _fits(value: Any) -> bool:
    """Say whether a database can be asked about the value, whoever made the cursor up."""
    if isinstance(value, str):
        value.encode()  # half a character, as JSON can spell it, raises UnicodeError
        return "\x00" not in value
    if isinstance(value, datetime.datetime):
        return timezone.is_aware(value) == settings.USE_TZ and 1 < value.year < 9999
    if isinstance(value, Decimal):
        return value.is_finite() and value.adjusted() < 18
    return True


def _decode(cursor: str, ordering: Ordering, model: type[Model]) -> _Position:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        key, backwards, missing, texts = json.loads(base64.urlsafe_b64decode(padded.encode("ascii")))
        names = [column.lstrip("-") for column in ordering.columns]
        if key != ordering.key or len(texts) != len(names) or not all(isinstance(text, str) for text in texts):
            raise InvalidCursor(cursor)
        values = [
            None if missing and index == 0 else _field(model, name).to_python(text)
            for index, (name, text) in enumerate(zip(names, texts, strict=True))
        ]
        fits = all(_fits(value) for value in values)
    except (binascii.Error, UnicodeError, RecursionError, TypeError, ValueError, ValidationError) as error:
        raise InvalidCursor(cursor) from error
    if not fits:
        raise InvalidCursor(cursor)
    return _Position(bool(backwards), bool(missing), tuple(values))
