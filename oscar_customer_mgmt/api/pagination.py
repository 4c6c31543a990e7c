"""Pages of lists: named by a cursor, counted exactly as far as counting is cheap."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from ..queries import directory
from ..queries.estimates import estimated_count
from ..queries.keyset import Ordering, Page, fetch_page

Row = TypeVar("Row", bound=Model)

PARAMETERS = ("cursor", "page_size", "exact_count")
DEFAULT_SIZE = 20
MAXIMUM_SIZE = 200

BY_ID = Ordering("id", ("id",))
NEWEST_FIRST = Ordering("newest", ("-id",))


def paginated(
    request: Request,
    rows: QuerySet[Row],
    *,
    ordering: Any,
    represent: Callable[[list[Row]], Sequence[Any]],
    fetch: Callable[..., Page[Row]] = fetch_page,
) -> Response:
    """Return the page that the request names; ``represent`` turns its rows into JSON's values.

    ``fetch`` gets rows, ordering, size and cursor, and returns the page. Raises ``ValidationError``
    and ``InvalidCursor``.
    """
    size, is_exact = _size(request), _wants_exact_count(request)
    page = fetch(rows, ordering=ordering, size=size, cursor=request.query_params.get("cursor") or None)
    count = _count(rows, page, is_exact=is_exact)
    body: dict[str, Any] = {
        "count": count.value,
        "next": _link(request, page.next_cursor),
        "previous": _link(request, page.previous_cursor),
        "results": represent(page.rows),
    }
    if not count.is_exact:
        body["count_is_estimate"] = True
    return Response(body)


def _count(rows: QuerySet[Row], page: Page[Row], *, is_exact: bool) -> directory.Count:
    if page.is_complete:
        return directory.Count(len(page.rows))
    count = directory.count(rows, limit=None if is_exact else directory.COUNT_LIMIT)
    if count.is_exact:
        return count
    return directory.Count(max(count.value, estimated_count(rows) or 0), is_exact=False)


def _size(request: Request) -> int:
    text = request.query_params.get("page_size", str(DEFAULT_SIZE))
    if text.isascii() and text.isdigit() and len(text) <= 3 and 1 <= int(text) <= MAXIMUM_SIZE:
        return int(text)
    raise ValidationError({"page_size": [_("Give a whole number from 1 to %d.") % MAXIMUM_SIZE]})


def _wants_exact_count(request: Request) -> bool:
    text = request.query_params.get("exact_count", "false")
    if text not in ("true", "false"):
        raise ValidationError({"exact_count": [_("Give true or false.")]})
    return text == "true"


def _link(request: Request, cursor: str | None) -> str | None:
    if cursor is None:
        return None
    return replace_query_param(request.build_absolute_uri(), "cursor", cursor)
