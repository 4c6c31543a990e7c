"""All that the shop holds on one person, as the registry of personal data knows it."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from ..models.profiles import profile_of
from . import personal_data
from .personal_data import Entry

#: So many rows of each table stand on the page; the file has all of them.
SHOWN_ROWS = 200
_AT_ONCE = 1000
_NOTHING: tuple[Any, ...] = (None, "", [], {})


class _Encoder(DjangoJSONEncoder):
    def default(self, o: Any) -> Any:
        try:
            return super().default(o)
        except TypeError:
            return str(o)


@dataclass(frozen=True)
class Section:
    """The rows of one table that are about the person."""

    entry: Entry
    customer: Any
    is_for_customer: bool

    @property
    def table(self) -> str:
        """The table as Django names it."""
        return self.entry.label

    @property
    def title(self) -> str:
        """The table in words."""
        return str(self.entry.title or self.entry.label)

    @cached_property
    def count(self) -> int:
        """How many rows there are."""
        return int(self._rows().count())

    @property
    def more(self) -> int:
        """How many rows the page leaves out."""
        return max(0, self.count - SHOWN_ROWS)

    def rows(self, limit: int | None = None) -> Iterator[dict[str, Any]]:
        """Yield each row, field by field, a few at a time."""
        names = [*self._labels]
        rows = self._rows().order_by("pk").values(*names)
        for row in rows[:limit] if limit else rows.iterator(chunk_size=_AT_ONCE):
            shown = self.entry.shown(row) if self.entry.shown is not None else row
            yield {name: shown[name] for name in names}

    def shown_rows(self) -> Iterator[list[tuple[str, str]]]:
        """Yield the first rows as people read them: the name of each field that says something, and what it says."""
        for row in self.rows(SHOWN_ROWS):
            yield [
                (self._labels[name], _words(value)) for name, value in row.items() if value not in (None, "", [], {})
            ]

    @cached_property
    def _labels(self) -> dict[str, str]:
        model = self.entry.model_class
        assert model is not None
        own = {
            each.name: str(each.verbose_name)
            for each in model._meta.concrete_fields
            if not each.is_relation and self._is_given(each)
        }
        readable = [name for name in self.entry.readable if name not in own]
        return {**own, **{name: name.replace("__", " ").replace("_", " ") for name in readable}}

    def _is_given(self, each: Any) -> bool:
        if each.name in self.entry.secret or (each.primary_key and not personal_data.counts(each)):
            return False
        return not (self.is_for_customer and self.entry.is_internal(each.name))

    def _rows(self) -> Any:
        rows = self.entry.rows(self.customer)
        if self.is_for_customer and self.entry.withheld is not None:
            rows = rows.exclude(self.entry.withheld)
        # A way over several tables may lead to one row twice.
        return rows.distinct()


@dataclass(frozen=True)
class Export:
    """Everything about one customer, for staff or (less what is internal) for the customer."""

    customer: Any
    is_for_customer: bool
    made_at: Any = field(default_factory=timezone.now)

    @property
    def number(self) -> str:
        """The customer number, empty for an account from before the package."""
        profile = profile_of(self.customer)
        return (profile.number or "") if profile is not None else ""

    @property
    def file_name(self) -> str:
        """What to call the file."""
        return f"{self.number or 'customer'}-{self.made_at:%Y-%m-%d}.json"

    def sections(self) -> Iterator[Section]:
        """Yield the tables that hold anything."""
        for entry in personal_data.about_customers():
            if not entry.is_exported or (self.is_for_customer and entry.internal is True):
                continue
            section = Section(entry, self.customer, self.is_for_customer)
            if section.count:
                yield section

    def as_json(self) -> Iterator[str]:
        """Yield the file piece by piece, so that however much there is it takes little memory."""
        head: Mapping[str, Any] = {"number": self.number, "made_at": self.made_at}
        yield f'{json.dumps(head, cls=_Encoder)[:-1]}, "sections": ['
        for place, section in enumerate(self.sections()):
            opening = json.dumps({"table": section.table, "title": section.title})[:-1]
            yield f'{", " if place else ""}{opening}, "rows": ['
            for number, row in enumerate(section.rows()):
                yield f"{', ' if number else ''}{json.dumps(row, cls=_Encoder, ensure_ascii=False)}"
            yield "]}"
        yield "]}"


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, (dict, list)):
        return json.dumps(value, cls=_Encoder, ensure_ascii=False)
    if isinstance(value, datetime.datetime):
        value = timezone.localtime(value)
    return str(formats.localize(value))
