"""What the shop's tables hold about its customers, and what becomes of it.

One entry for each way in which a table's rows belong to a customer. Erasure, the copy of one's own
data and ``manage.py check`` all read them here, so that no two of them can differ.
"""

from .coverage import UnclassifiedField, UnknownModel, counts, unclassified_fields, unknown_models
from .entries import Entry, Keep, Scrub, needs_placeholder, placeholder_for, scrubbed_value
from .registry import BadEntry, about_customers, entries, own_entries

__all__ = [
    "BadEntry",
    "Entry",
    "Keep",
    "Scrub",
    "UnclassifiedField",
    "UnknownModel",
    "about_customers",
    "counts",
    "entries",
    "needs_placeholder",
    "own_entries",
    "placeholder_for",
    "scrubbed_value",
    "unclassified_fields",
    "unknown_models",
]
