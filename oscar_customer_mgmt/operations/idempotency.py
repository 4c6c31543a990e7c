"""Do what a request asks for once, however often the request comes."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from ..exceptions import Conflict, KeyReused
from ..models import IdempotentRequest

#: For how long an answer is kept; after that a key is as good as new.
KEPT_FOR = datetime.timedelta(hours=24)

_FORGOTTEN_AT_ONCE = 100


@dataclass(frozen=True)
class Answer:
    """What a request was answered: the body as text, so that it is given again to the letter."""

    status_code: int
    text: str
    headers: Mapping[str, str] = field(default_factory=dict)
    is_repeated: bool = False


def answer_once(*, caller: Any, key: str, request: str, perform: Callable[[], Answer]) -> Answer:
    """Return what ``perform`` answers, or what it answered when this caller sent this key before.

    ``request`` is all that makes two requests the same: method, path and body. The answer is
    stored in the transaction of its effect, so that neither is without the other; a
    ``perform`` that raises leaves both undone, and the key free. Of two requests at once the
    second waits for the first. Raises ``KeyReused`` where the key came with another request.
    """
    key_digest = _digest(f"{caller.pk}:{key}")
    request_digest = _digest(request)
    with transaction.atomic():
        record = _claim(caller, key_digest, request_digest)
        if record.request_digest != request_digest:
            raise KeyReused()
        if record.status_code is not None:
            return _stored(record)
        answer = perform()
        record.status_code = answer.status_code
        # As text in JSON: PostgreSQL would put the keys of an object in an order of its own.
        record.body = {"text": answer.text, "headers": dict(answer.headers)}
        record.save(update_fields=["status_code", "body"])
    return answer


def forget_old(*, now: datetime.datetime | None = None) -> int:
    """Delete some of the answers that need not be kept any longer; return how many.

    Rows that somebody else is about to delete are left to them, so that nobody waits.
    """
    limit = (now or timezone.now()) - KEPT_FOR
    can_skip = connection.features.has_select_for_update_skip_locked
    with transaction.atomic():
        old = IdempotentRequest.objects.select_for_update(skip_locked=can_skip).filter(created_at__lt=limit)
        keys = list(old.order_by("pk").values_list("pk", flat=True)[:_FORGOTTEN_AT_ONCE])
        if keys:
            IdempotentRequest.objects.filter(pk__in=keys).delete()
    return len(keys)


def _claim(caller: Any, key_digest: str, request_digest: str) -> IdempotentRequest:
    """Return the row of this key: the one that is there, else one of our own without an answer."""
    forget_old()
    known = IdempotentRequest.objects.filter(key_digest=key_digest, created_at__gte=timezone.now() - KEPT_FOR)
    record = known.first()
    if record is not None:
        return record
    try:
        with transaction.atomic():
            # Where another request holds the key, the database waits here until that one is done.
            return IdempotentRequest.objects.create(caller=caller, key_digest=key_digest, request_digest=request_digest)
    except IntegrityError:
        # Not locked: on MariaDB two who waited here would then wait for each other.
        record = known.first()
    if record is None:
        raise Conflict(_("A request with this idempotency key is under way. Try again in a moment."))
    return record


def _stored(record: IdempotentRequest) -> Answer:
    body: Any = record.body
    return Answer(status_code=record.status_code or 0, text=body["text"], headers=body["headers"], is_repeated=True)


def _digest(text: str) -> str:
    # Hashed, because MariaDB's collations take ``é`` for ``e``, and because keys may be long; with
    # the shop's secret, because a body may hold a password that could be guessed from a bare hash.
    return salted_hmac("oscar_customer_mgmt.idempotency", text, algorithm="sha256").hexdigest()
