"""JSON in: read strictly, so that nothing odd gets any further."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser


class JSONParser(BaseParser):
    """JSON in UTF-8 of the size that Django allows; no NaN, no text that cannot be stored."""

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """Return the body. Raises ``ParseError``, and ``RequestDataTooBig``."""
        text = self._read(stream)
        try:
            data = json.loads(text.decode(), parse_constant=_refuse_constant)
            _check_texts(data)
        except (ValueError, RecursionError) as error:
            raise ParseError(_("The body is not valid JSON.")) from error
        return data

    def _read(self, stream: IO[Any]) -> bytes:
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        if limit is None:
            return bytes(stream.read())
        # DRF reads past Django's own check.
        text = stream.read(limit + 1)
        if len(text) > limit:
            raise RequestDataTooBig()
        return bytes(text)


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


def _check_texts(data: Any) -> None:
    """Refuse half a character (a lone surrogate), which no encoding can write. Raises ``ValueError``."""
    if isinstance(data, str):
        data.encode()
    elif isinstance(data, dict):
        for key, value in data.items():
            key.encode()
            _check_texts(value)
    elif isinstance(data, list):
        for value in data:
            _check_texts(value)
