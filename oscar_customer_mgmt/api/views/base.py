"""What every endpoint shares. Nothing here or below follows the project's own REST defaults."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any, ClassVar

from django.conf import settings
from django.core.signals import got_request_exception
from django.utils.cache import add_never_cache_headers
from django.utils.log import log_response
from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView, set_rollback

from ...exceptions import Conflict, StaleVersion
from ...models import DirectoryEntry
from ...operations import idempotency
from ...queries import directory
from .. import errors
from ..authentication import authenticators
from ..parsing import JSONParser
from ..permissions import HasRights
from ..rendering import OnlyJSON, PlainJSONRenderer
from ..schema import AutoSchema
from ..throttling import ReadThrottle, WriteThrottle

IDEMPOTENCY_KEY = "Idempotency-Key"
_LONGEST_KEY = 255

Handler = Callable[..., Response]


class BaseView(APIView):
    """JSON in, JSON out, problems for errors; staff with the rights that ``rights`` names."""

    #: The codenames that each method asks for.
    rights: ClassVar[Mapping[str, tuple[str, ...]]] = {}

    permission_classes = [HasRights]
    throttle_classes = [ReadThrottle, WriteThrottle]
    parser_classes = [JSONParser]
    renderer_classes = [PlainJSONRenderer]
    content_negotiation_class = OnlyJSON
    metadata_class = None  # type: ignore[assignment]
    versioning_class = None
    schema = AutoSchema()
    #: What to do once the answer is stored, however that turns out: e-mails must undo nothing.
    afterwards: Callable[[Response], None] | None = None
    http_method_names = ["get", "head", "post", "put", "patch", "delete"]

    def get_authenticators(self) -> list[BaseAuthentication]:
        """Return ours."""
        return authenticators()

    def get_exception_handler(self) -> Callable[[Exception, dict[str, Any]], Response | None]:
        """Return ours."""
        return lambda error, context: errors.handle(error)

    def raise_uncaught_exception(self, exc: Exception) -> Response:  # type: ignore[override]
        """Let developers see what nobody expected."""
        raise exc

    def handle_exception(self, exc: Exception) -> Response:
        """Answer every error with a problem; one of our own making is reported as Django does it."""
        try:
            return super().handle_exception(exc)
        except Exception as error:
            if settings.DEBUG:
                raise
            request = self.request._request
            got_request_exception.send(sender=type(self), request=request)
            response = errors.unexpected()
            log_response(
                "%s: %s", response.reason_phrase, request.path, response=response, request=request, exception=error
            )
            set_rollback()
            response.exception = True
            return response

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Keep personal data out of every cache on the way."""
        response = super().finalize_response(request, response, *args, **kwargs)
        add_never_cache_headers(response)
        return response


class NotFoundView(BaseView):
    """Every address under our base that leads nowhere."""

    authentication_classes = []
    permission_classes = []
    throttle_classes = []
    schema = None  # type: ignore[assignment]

    def get_authenticators(self) -> list[BaseAuthentication]:
        """Return none: it is the same answer for everybody."""
        return []

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Answer before anything else is looked at."""
        raise NotFound()


class CustomerView(BaseView):
    """Anything below ``customers/{number}/``."""

    def entry(self) -> DirectoryEntry:
        """Return the row of the directory that the address names. Raises ``NotFound``."""
        number = self.kwargs["number"]
        entry = None if "\x00" in number else directory.entries_with_accounts().filter(number=number).first()
        # To the letter: MariaDB's collations take "c-1 " for "C-1".
        if entry is None or entry.number != number or (entry.user is None and not entry.is_guest):
            raise NotFound()
        return entry

    def customer(self) -> Any:
        """Return the account that the address names. Raises ``NotFound``, and ``Conflict`` for a guest."""
        return registered(self.entry())


def registered(entry: DirectoryEntry) -> Any:
    """Return the account of a row. Raises ``Conflict`` for a guest, who has none."""
    if entry.is_guest:
        raise Conflict(_("This is a guest order, not an account: it has none of this."))
    return entry.user


def shown(serializer_class: type[BaseSerializer[Any]], rows: Sequence[Any], **context: Any) -> list[Any]:
    """Return rows of a list as JSON's values."""
    return list(serializer_class(rows, many=True, context=context).data)


def validated(serializer_class: type[BaseSerializer[Any]], request: Request, **kwargs: Any) -> dict[str, Any]:
    """Return the body as the serializer understands it. Raises ``ValidationError``."""
    serializer = serializer_class(data=request.data, **kwargs)
    serializer.is_valid(raise_exception=True)
    values: dict[str, Any] = serializer.validated_data
    return values


def refuse_other_parameters(request: Request, allowed: Sequence[str], repeatable: Sequence[str] = ()) -> None:
    """Raise ``ValidationError`` for query parameters that there are not: a filter misspelt finds everybody."""
    found: dict[str, list[str]] = {}
    for name, values in request.query_params.lists():
        if name not in allowed and name not in repeatable:
            found[name] = [_("There is no such parameter.")]
        elif len(values) > 1 and name not in repeatable:
            found[name] = [_("Give this once.")]
    if found:
        raise ValidationError(found)


def tagged(body: Any, *, version: str, status: int = 200) -> Response:
    """Return an answer with the version of what it shows in ``ETag``, for ``If-Match``."""
    # Two halves: what can be changed, and the whole answer, so that no cache takes one for the other.
    whole = hashlib.sha256(PlainJSONRenderer().render(body)).hexdigest()[:16]
    return Response(body, status=status, headers={"ETag": f'"{version}-{whole}"'})


def expected_version(request: Request, current: str) -> str | None:
    """Return the version that must still be stored when the operation has its lock, ``None`` for any.

    Raises ``StaleVersion`` where ``If-Match`` does not name ``current``. Weak and strong tags are
    the same to us: both name the version.
    """
    tags = [tag.strip() for tag in request.headers.get("If-Match", "*").split(",")]
    if "*" in tags:
        return None
    if current not in {tag.removeprefix("W/").strip('"').partition("-")[0] for tag in tags}:
        raise StaleVersion()
    return current


def _finished(view: BaseView, response: Response) -> Response:
    if view.afterwards is not None:
        view.afterwards(response)
    return response


def once(handler: Handler) -> Handler:
    """Honour ``Idempotency-Key`` on a POST handler: the same request again gets the first answer."""

    @wraps(handler)
    def post(self: BaseView, request: Request, *args: Any, **kwargs: Any) -> Response:
        if IDEMPOTENCY_KEY not in request.headers:
            return _finished(self, handler(self, request, *args, **kwargs))
        key = request.headers[IDEMPOTENCY_KEY].strip()
        if not key or len(key) > _LONGEST_KEY:
            raise ValidationError({IDEMPOTENCY_KEY: [_("A key has 1 to %d characters.") % _LONGEST_KEY]})

        def perform() -> idempotency.Answer:
            response = handler(self, request, *args, **kwargs)
            text = PlainJSONRenderer().render(response.data).decode()
            return idempotency.Answer(response.status_code, text, dict(response.items()))

        body = json.dumps(request.data, sort_keys=True)
        answer = idempotency.answer_once(
            caller=request.user, key=key, request=f"{request.method} {request.get_full_path()}\n{body}", perform=perform
        )
        headers = {**answer.headers, **({"Idempotency-Replayed": "true"} if answer.is_repeated else {})}
        response = Response(json.loads(answer.text), status=answer.status_code, headers=headers)
        return response if answer.is_repeated else _finished(self, response)

    post.is_idempotent = True  # type: ignore[attr-defined]
    return post
