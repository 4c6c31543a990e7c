"""Give out all that the shop holds on one person, and write down that it was given."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from ..exceptions import NotAllowed
from ..permissions import can_manage
from ..queries.data_export import Export
from . import timeline


def export(*, customer: Any, by: Any, format: str) -> Export:
    """Return everything about a customer; customers themselves get it without what is internal to the shop.

    ``format`` is what the timeline says: ``json`` or ``html``. Raises ``NotAllowed`` over an account with
    rights that ``by`` lacks: its e-mails may say what lets one in.
    """
    if not can_manage(by=by, customer=customer):
        raise NotAllowed(_("This account has rights that you do not have, so you may not export its data."))
    timeline.record(kind=timeline.DATA_EXPORTED, customer=customer, by=by, data={"format": format})
    return Export(customer=customer, is_for_customer=by is not None and by.pk == customer.pk)
