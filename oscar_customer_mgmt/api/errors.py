"""Every error as a problem detail: RFC 9457, https://www.rfc-editor.org/rfc/rfc9457."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import (
    BadRequest,
    ObjectDoesNotExist,
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
)
from django.db import DataError, IntegrityError
from django.http import Http404, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions as rest
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import set_rollback

from .. import exceptions
from ..queries.keyset import InvalidCursor

logger = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"

#: The name under which ``errors`` holds what concerns no single field.
WHOLE_BODY = "non_field_errors"

#: What tells programs the kinds of problem apart; the number alone does not for 409.
TYPE_PREFIX = "urn:customer-management:problem:"

_STALE = _("Somebody else changed it since you read it. Nothing was saved; read it again.")
_MEANWHILE = _("Something else was changed at the same moment. Nothing was saved; try again.")
_UNFIT = _("Some values cannot be stored.")
_INVALID = _("Some values are not valid.")
_UNREADABLE = _("The request cannot be read.")
_TOO_LARGE = _("The request is too large.")
_UNEXPECTED = _("Something went wrong on our side. It has been noted.")
_NOT_FOUND = _("There is nothing here, or you may not see it. Addresses end with a slash.")


def problem(
    status: int,
    kind: str,
    detail: object,
    *,
    errors: Mapping[str, list[str]] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return a problem; ``kind`` is the last part of its type, ``errors`` are words by field."""
    body: dict[str, Any] = {
        "type": f"{TYPE_PREFIX}{kind}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": str(detail),
    }
    if errors is not None:
        body["errors"] = dict(errors)
    return Response(body, status=status, headers=dict(headers or {}), content_type=MEDIA_TYPE)


def not_found() -> Response:
    """Return the answer for an address that leads nowhere."""
    return problem(404, "not-found", _NOT_FOUND)


def unexpected() -> Response:
    """Return the answer for an error of ours: it says nothing of what happened."""
    return problem(500, "unexpected", _UNEXPECTED)


def handle(error: Exception) -> Response | None:
    """Return the problem that an exception stands for, ``None`` for one that nobody expected.

    Whatever the request wrote in a transaction of its own is undone.
    """
    answer = _of_ours(error) or _of_rest(error) or _of_django(error)
    if answer is not None:
        set_rollback()
    return answer


def _of_ours(error: Exception) -> Response | None:
    match error:
        case exceptions.NotAllowed():
            return problem(403, "forbidden", error)
        case exceptions.InvalidData():
            return problem(400, "invalid", error, errors=_named(error.errors))
        case exceptions.StaleVersion():
            return problem(412, "stale", _STALE)
        case exceptions.KeyReused():
            return problem(409, "idempotency-key-reused", error)
        case exceptions.CustomerManagementError():
            return problem(409, "conflict", error)
        case InvalidCursor():
            words = _("This is not a cursor of this list in this order.")
            return problem(400, "invalid", _INVALID, errors={"cursor": [str(words)]})
    return None


def _of_rest(error: Exception) -> Response | None:
    match error:
        case rest.ValidationError():
            return problem(400, "invalid", _INVALID, errors=flattened(error.detail))
        case rest.NotFound():
            return not_found()
        case rest.APIException():
            kind = str(error.default_code).replace("_", "-")
            return problem(error.status_code, kind, error.detail, headers=_headers(error))
    return None


def _of_django(error: Exception) -> Response | None:
    match error:
        case Http404() | ObjectDoesNotExist():
            # The latter when somebody deletes what the request has just found.
            return not_found()
        case PermissionDenied():
            return problem(403, "forbidden", rest.PermissionDenied.default_detail)
        case RequestDataTooBig():
            return problem(413, "too-large", _TOO_LARGE)
        case SuspiciousOperation() | BadRequest() | MultiPartParserError() | UnreadablePostError():
            return problem(400, "unreadable", _UNREADABLE)
        case IntegrityError():
            logger.warning("A constraint stopped a request", exc_info=error)
            return problem(409, "conflict", _MEANWHILE)
        case DataError():
            logger.warning("The database refused a value", exc_info=error)
            return problem(400, "invalid", _UNFIT, errors={})
    return None


def _headers(error: rest.APIException) -> dict[str, str]:
    headers = {}
    if getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = error.auth_header  # type: ignore[attr-defined]
    if getattr(error, "wait", None) is not None:
        headers["Retry-After"] = str(max(1, int(error.wait)))  # type: ignore[attr-defined]
    return headers


def flattened(detail: Any) -> dict[str, list[str]]:
    """Return the words by field; what lies deeper is named with dots, such as ``lines.0.sku``."""
    errors: dict[str, list[str]] = {}
    for name, text in _words(detail, ()):
        errors.setdefault(name or WHOLE_BODY, []).append(text)
    return _named(errors)


def _words(detail: Any, path: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    if isinstance(detail, Mapping):
        for key, inner in detail.items():
            yield from _words(inner, path if key == api_settings.NON_FIELD_ERRORS_KEY else (*path, str(key)))
    elif isinstance(detail, list):
        for inner in detail:
            yield from _words(inner, path)
    else:
        yield ".".join(path), str(detail)


def _named(errors: Mapping[str, list[str]]) -> dict[str, list[str]]:
    return {WHOLE_BODY if name == "__all__" else name: list(words) for name, words in errors.items()}
