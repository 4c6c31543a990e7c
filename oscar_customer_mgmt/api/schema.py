"""How the API describes itself: OpenAPI 3.1 of our endpoints alone."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path, reverse
from django.utils.translation import gettext_lazy as _
from drf_spectacular import openapi
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.settings import SPECTACULAR_DEFAULTS, patched_settings
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, inline_serializer
from rest_framework import serializers

from .errors import MEDIA_TYPE
from .serializers.fields import StrictSerializer

Handler = TypeVar("Handler", bound=Callable[..., Any])

#: Ours, whatever the project's own SPECTACULAR_SETTINGS say: they describe the project's API.
SETTINGS: dict[str, Any] = {
    **{
        name: value
        for name, value in SPECTACULAR_DEFAULTS.items()
        if name != "DEFAULT_GENERATOR_CLASS" and not name.startswith("SERVE_")
    },
    "TITLE": "Customer management",
    "DESCRIPTION": "Customers of the shop: find, read, create and change them, their addresses, orders and baskets.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
}

_ERRORS = {
    "400": _("The request is not valid; errors says why, field by field."),
    "401": _("Nobody is logged in, or the token is unknown."),
    "403": _("The right is lacking, for the endpoint or for this customer, or the CSRF token is."),
    "404": _("There is no such thing, or the caller may not see it."),
    "409": _("The state of things forbids it, or the idempotency key was used for another request."),
    "412": _("If-Match names a version that is no longer the stored one."),
    "413": _("The body is too large."),
    "415": _("The body is not JSON."),
    "429": _("Too many requests; Retry-After says for how many seconds to wait."),
}
_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})
# What the generator is told holds for the whole process while it runs.
_one_at_a_time = threading.Lock()


@dataclass(frozen=True)
class Description:
    """What cannot be read off a handler's code."""

    operation_id: str
    responses: Any
    request: Any = None
    parameters: Callable[[], Sequence[OpenApiParameter]] = tuple


def describe(
    operation_id: str,
    *,
    responses: Any,
    request: Any = None,
    parameters: Sequence[OpenApiParameter] | Callable[[], Sequence[OpenApiParameter]] = (),
) -> Callable[[Handler], Handler]:
    """Return a decorator that tells the schema what a handler takes and gives.

    Parameters that depend on the shop's settings are given as a function.
    """
    description = Description(
        operation_id, responses, request, parameters if callable(parameters) else lambda: parameters
    )

    def decorate(handler: Handler) -> Handler:
        handler.description = description  # type: ignore[attr-defined]
        return handler

    return decorate


def query(name: str, kind: Any = OpenApiTypes.STR, description: Any = "", **kwargs: Any) -> OpenApiParameter:
    """Return a query parameter."""
    return OpenApiParameter(name, kind, OpenApiParameter.QUERY, description=description, **kwargs)


def header(name: str, description: Any, **kwargs: Any) -> OpenApiParameter:
    """Return a header, of the request or (``response=[200]``) of an answer."""
    return OpenApiParameter(name, OpenApiTypes.STR, OpenApiParameter.HEADER, description=description, **kwargs)


ETAG = header("ETag", _("The version, for If-Match."), response=[200, 201])
IF_MATCH = header("If-Match", _("Change only this version: the ETag of the answer that was read; *: any."))
_IDEMPOTENCY_KEY = header(
    "Idempotency-Key", _("Any text of up to 255 characters: the same request under it is done once, for 24 hours.")
)

PAGE_PARAMETERS = (
    query("cursor", description=_("Names a page; it stands in next and previous.")),
    query("page_size", {"type": "integer", "minimum": 1, "maximum": 200, "default": 20}),
    query(
        "exact_count", OpenApiTypes.BOOL, _("Count exactly beyond 10,000 too, however long it takes."), default=False
    ),
)


def page_of(serializer: type[serializers.BaseSerializer[Any]]) -> Any:
    """Return a serializer that describes a page of a list."""
    name = serializer.__name__.removesuffix("Serializer")
    return inline_serializer(
        f"{name}Page",
        {
            "count": serializers.IntegerField(),
            "next": serializers.URLField(allow_null=True),
            "previous": serializers.URLField(allow_null=True),
            "results": serializer(many=True),
            "count_is_estimate": serializers.BooleanField(required=False),
        },
    )


class ProblemSerializer(serializers.Serializer[Any]):
    """An error: RFC 9457."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    errors = serializers.DictField(  # type: ignore[assignment]
        child=serializers.ListField(child=serializers.CharField()),
        required=False,
        help_text=_("Words by field; with a 400 only."),
    )


class AutoSchema(openapi.AutoSchema):
    """Reads what ``describe`` says, and adds what holds for every endpoint."""

    @property
    def _description(self) -> Description | None:
        handler = getattr(self.view, self.method.lower(), None)
        return getattr(handler, "description", None)

    def is_excluded(self) -> bool:
        """Leave out what nobody described: the schema itself, its page, addresses that lead nowhere."""
        return self._description is None

    def get_operation_id(self) -> str:
        """Return the name that code generators use."""
        return self._description.operation_id if self._description else str(super().get_operation_id())

    def get_request_serializer(self) -> Any:
        """Return what the handler takes."""
        return self._description.request if self._description else None

    def get_response_serializers(self) -> Any:
        """Return what the handler gives."""
        return self._description.responses if self._description else None

    def get_summary(self) -> str:
        """Return the first line of the handler's docstring."""
        return str(super().get_description()).partition("\n")[0].rstrip(".")

    def get_description(self) -> str:  # type: ignore[override]
        """Return the rest of it."""
        return str(super().get_description()).partition("\n")[2].strip()

    def get_tags(self) -> list[str]:
        """Return the first fixed word of the path below our base."""
        base = reverse("customer-mgmt-api:schema").removesuffix("schema/")
        return [self.path.removeprefix(base).partition("/")[0]]

    def get_override_parameters(self) -> list[Any]:
        """Return the handler's parameters, with the header that every POST honours."""
        description = self._description
        parameters = list(description.parameters()) if description else []
        return [*parameters, _IDEMPOTENCY_KEY] if self.method == "POST" else parameters

    def get_operation(self, *args: Any, **kwargs: Any) -> Any:
        """Return the operation with the problems that it may answer."""
        operation = super().get_operation(*args, **kwargs)
        if operation is not None:
            responses = operation["responses"]
            responses |= {code: self._problem(words) for code, words in self._errors() if code not in responses}
        return operation

    def _errors(self) -> list[tuple[str, Any]]:
        codes = {"400", "401", "403", "404", "409", "429"}
        if self.method in _WITH_BODY:
            codes |= {"413", "415"}
        description = self._description
        if description and IF_MATCH in description.parameters():
            codes.add("412")
        return [(code, words) for code, words in _ERRORS.items() if code in codes]

    def _problem(self, words: Any) -> dict[str, Any]:
        response = OpenApiResponse(ProblemSerializer, description=str(words))
        described: dict[str, Any] = self._get_response_for_code(response, "default", [MEDIA_TYPE])
        return described

    def _map_basic_serializer(self, serializer: Any, direction: Any) -> Any:
        schema = super()._map_basic_serializer(serializer, direction)
        if isinstance(serializer, StrictSerializer):
            schema["additionalProperties"] = False
        return schema


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """A session of the shop; what changes anything needs its CSRF token too."""

    target_class = "oscar_customer_mgmt.api.authentication.SessionAuthentication"
    name = "sessionAuth"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        """Return where the session stands."""
        return {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME}


def generate(patterns: Sequence[URLPattern | URLResolver], *, base: str) -> dict[str, Any]:
    """Return the description of the endpoints ``patterns``, which stand below ``base``."""
    prefixed: list[Any] = [path(base.lstrip("/"), include(list(patterns)))]
    with _one_at_a_time, patched_settings(SETTINGS):
        generator = SchemaGenerator(patterns=prefixed)  # type: ignore[no-untyped-call]
        schema: dict[str, Any] = generator.get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return schema
