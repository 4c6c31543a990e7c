"""Put a word that occurs nowhere else into every field of every table about a customer, and look for such words.

By walking the models, not by a list: a table or a column that somebody adds is planted too.
"""

import datetime
import re
import uuid
from dataclasses import dataclass

from django.contrib.auth import get_user_model
from django.db import connection, models
from phonenumber_field.modelfields import PhoneNumberField

from oscar_customer_mgmt.queries import personal_data

#: What a row needs beside, because a constraint or the entry's condition asks for it.
_BESIDE = {
    ("oscar_customer_mgmt.DirectoryEntry", "order__user"): lambda customer: {"status": "guest"},
    ("oscar_customer_mgmt.TimelineEvent", "actor"): lambda customer: {"customer_id": customer.pk},
}
#: What is empty in everybody who was not erased yet.
_EMPTY = {("oscar_customer_mgmt.CustomerProfile", "erased_at")}


@dataclass(frozen=True)
class Planted:
    """Where a word was put."""

    entry: personal_data.Entry
    field: str

    @property
    def treatment(self):
        return None if self.entry.delete else self.entry.treatment_of(self.field)


class Planter:
    """Plants for one customer; ``letter`` tells the words of several customers apart."""

    def __init__(self, customer, letter):
        self.customer = customer
        self.letter = letter
        self.words = {}
        self._count = 0
        self._rows = {}
        self._entries = {(entry.label, entry.person): entry for entry in personal_data.about_customers()}

    def plant(self):
        """Plant in every table that leads to the customer; return the words with where they were put."""
        for key in self._entries:
            if isinstance(key[1], str):
                self._row(key)
        self.customer = type(self.customer)._default_manager.get(pk=self.customer.pk)
        return self.words

    def word(self, entry=None, field=""):
        """Return a new word; with an entry, one to look for."""
        self._count += 1
        word = f"{self.letter}q{self._count:04}"
        if entry is not None:
            self.words[word] = Planted(entry, field)
        return word

    def _row(self, key):
        if key not in self._rows:
            entry = self._entries[key]
            found = entry.rows(self.customer).first()
            known = next((row for row in self._rows.values() if row == found), None)
            # A row may belong to the customer in two ways: it is planted once.
            self._rows[key] = known or (self._overwrite(entry, found) if found is not None else self._insert(entry))
        return self._rows[key]

    def _overwrite(self, entry, row):
        values = {
            field.name: self._value(field, entry)
            for field in row._meta.local_concrete_fields
            if is_planted(entry, field) or field.name == "gender"
        }
        type(row)._base_manager.filter(pk=row.pk).update(**values)
        return row

    def _insert(self, entry):
        model = entry.model_class
        first, _dots, rest = entry.person.partition("__")
        values = dict(_BESIDE.get((entry.label, entry.person), lambda customer: {})(self.customer))
        for field in model._meta.concrete_fields:
            if field.name in values or field.attname in values:
                continue
            if field.is_relation:
                values[field.attname] = self._related(field, first, rest)
            elif personal_data.counts(field):
                values[field.name] = self._value(field, entry)
            elif not field.primary_key and not field.has_default():
                values[field.name] = 1
        row = model(**values)
        # Raw: what others listen to must not put the words elsewhere.
        row.save_base(raw=True, force_insert=True)
        # Again, for fields that set themselves when a row is made.
        model._base_manager.filter(pk=row.pk).update(**values)
        self._lead_back(row, first)
        return row

    def _related(self, field, first, rest):
        target = field.related_model
        if field.name == first:
            return self.customer.pk if target is get_user_model() else self._row((target._meta.label, rest)).pk
        if field.null:
            return None
        if target is get_user_model():
            return self.customer.pk
        about = next((key for key in self._entries if key[0] == target._meta.label and isinstance(key[1], str)), None)
        return self._row(about).pk if about else self._anything(target).pk

    def _lead_back(self, row, first):
        """Let the row that stands on the way name this one: an order names its addresses."""
        relation = next(each for each in row._meta.get_fields() if each.name == first or first == "pk")
        if relation.auto_created and not relation.concrete:
            other = self._row((relation.related_model._meta.label, "user"))
            type(other)._base_manager.filter(pk=other.pk).update(**{relation.field.name: row})

    def _anything(self, model):
        """Return a row of a table that is about nobody."""
        found = model._base_manager.first()
        if found is None:
            values = {}
            for field in model._meta.concrete_fields:
                if field.is_relation:
                    values[field.attname] = None if field.null else self._anything(field.related_model).pk
                elif not field.has_default() and not field.primary_key:
                    values[field.name] = self._value(field, None) if personal_data.counts(field) else 1
            found = model(**values)
            found.save_base(raw=True, force_insert=True)
        return found

    def _value(self, field, entry):
        if field.choices and isinstance(field, models.CharField):
            return field.flatchoices[0][0]
        if isinstance(field, models.JSONField):
            return {"told": [self.word(entry, field.name)]}
        if isinstance(field, PhoneNumberField):
            return self._noted(f"20794{self._number():05}", entry, field, "+44{}")
        if isinstance(field, models.DateTimeField):
            return datetime.datetime.combine(self._day(field, entry), datetime.time(12), tzinfo=datetime.UTC)
        if isinstance(field, models.DateField):
            return self._day(field, entry)
        if isinstance(field, models.GenericIPAddressField):
            number = self._number()
            return self._noted(f"10.77.{number // 200}.{number % 200}", entry, field)
        if isinstance(field, models.UUIDField):
            found = uuid.uuid4()
            self._noted(str(found), entry, field)
            return found
        word = self.word(entry, field.name)
        if isinstance(field, models.EmailField):
            return f"{word}@example.com"
        return word[: field.max_length] if entry is None else word

    def _day(self, field, entry):
        day = datetime.date(1700, 1, 1) + datetime.timedelta(days=self._number())
        self._noted(day.isoformat(), entry, field)
        return day

    def _number(self):
        self._count += 1
        return self._count + 5000 * (ord(self.letter) - ord("w"))

    def _noted(self, text, entry, field, form="{}"):
        if entry is not None:
            self.words[text] = Planted(entry, field.name)
        return form.format(text)


def is_planted(entry, field):
    """Say whether a word is put into a field: into every one that counts, where it takes any word at all."""
    return personal_data.counts(field) and not field.choices and (entry.label, field.name) not in _EMPTY


def find(words):
    """Return every place in the whole database where one of these words stands: word, table, column."""
    wanted = re.compile("|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)), re.IGNORECASE)
    found = set()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor, include_views=True):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            columns = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                for column, value in zip(columns, row, strict=True):
                    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
                    found.update((word.lower(), table, column) for word in wanted.findall(text))
    return found


def kept_columns():
    """Return the table and column of every field that some entry keeps, or that is no entry's business."""
    found = set()
    for entry in personal_data.about_customers():
        for field in entry.model_class._meta.local_concrete_fields:
            if not entry.delete and isinstance(entry.treatment_of(field.name), personal_data.Keep):
                found.add((entry.model_class._meta.db_table, field.column))
    return found
