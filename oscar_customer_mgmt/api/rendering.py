"""JSON out, whatever the caller says it would rather have."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request


class PlainJSONRenderer(JSONRenderer):
    """Compact JSON in UTF-8, independent of the project's settings for REST."""

    ensure_ascii = False
    compact = True
    strict = True


class OnlyJSON(BaseContentNegotiation):
    """One parser by the type of the body, one renderer always."""

    def select_parser(self, request: Request, parsers: Sequence[Any]) -> Any:  # type: ignore[override]
        """Return the parser for the body, ``None`` for a type that there is none for."""
        sent = (request.content_type or "").partition(";")[0].strip().lower()
        return next((parser for parser in parsers if parser.media_type == sent), None)

    def select_renderer(  # type: ignore[override]
        self, request: Request, renderers: Sequence[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """Return the only renderer."""
        return renderers[0], renderers[0].media_type
