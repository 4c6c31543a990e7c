"""The schema of the API, for programs and for people."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from rest_framework.request import Request
from rest_framework.response import Response

from ... import conf
from .. import documentation, endpoints, schema
from .base import BaseView


def describe_api() -> dict[str, Any]:
    """Return the schema of every endpoint of ours, and of no other."""
    base = reverse("customer-mgmt-api:schema").removesuffix("schema/")
    return _described(base, get_language(), tuple(conf.get("PROFILE_FIELDS")))


@lru_cache(maxsize=16)
def _described(base: str, language: str | None, profile_fields: tuple[str, ...]) -> dict[str, Any]:
    # The arguments are all that the answer depends on.
    return schema.generate(endpoints.endpoints, base=base)


class SchemaView(BaseView):
    """``schema/``: for staff."""

    rights = {"GET": ()}

    def get(self, request: Request) -> Response:
        """Return the API as OpenAPI 3.1."""
        return Response(describe_api())


class DocumentationView(BaseView):
    """``docs/``: for staff."""

    rights = {"GET": ()}

    def get(self, request: Request) -> HttpResponse:
        """Return the schema as a page."""
        described = describe_api()
        context = {
            "info": described["info"],
            "sections": documentation.sections(described),
            "shapes": documentation.shapes(described),
            "schema_url": reverse("customer-mgmt-api:schema"),
        }
        return render(request._request, "oscar_customer_mgmt/api/docs.html", context)
