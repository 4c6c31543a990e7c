"""Changes of e-mail addresses that are under way."""

from __future__ import annotations

from typing import Any

from ..models import EmailChange
from ..models.profiles import email_digest


def pending(customer: Any) -> EmailChange | None:
    """Return the change of this customer's address that waits to be confirmed, ``None`` where there is none.

    One whose address was changed meanwhile in another way is none any more.
    """
    change = EmailChange.objects.select_related("requested_by").filter(customer=customer.pk).first()
    return change if change is not None and change.old_email_digest == email_digest(customer.email) else None
