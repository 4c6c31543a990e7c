"""Write notes on customers and guest orders."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from ..exceptions import InvalidData
from ..models import CustomerNote
from . import timeline

MAXIMUM_LENGTH = 20_000


def add(*, customer: Any = None, order: Any = None, body: str, by: Any, is_pinned: bool = False) -> CustomerNote:
    """Add a note to a customer, or to a guest order, and return it. Raises ``InvalidData``.

    Plain text; line breaks are kept.
    """
    body = body.replace("\x00", "").strip()
    if not body:
        raise InvalidData({"body": [_("Write something first.")]})
    if len(body) > MAXIMUM_LENGTH:
        raise InvalidData({"body": [_("A note can have %d characters at most.") % MAXIMUM_LENGTH]})
    with transaction.atomic():
        note = CustomerNote.objects.create(
            customer=customer,
            order=order,
            body=body,
            is_pinned=is_pinned,
            author=by,
            author_name=timeline.name_of(by),
        )
        timeline.record(
            kind=timeline.NOTE_ADDED,
            customer=customer,
            order=order,
            by=by,
            data={"note": note.pk, "is_pinned": is_pinned},
        )
    return note
