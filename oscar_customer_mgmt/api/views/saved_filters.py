"""Filters of the customer list, kept under a name and shared with colleagues."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from ...models import SavedFilter
from ...operations import saved_filters
from ...permissions import VIEW_CUSTOMER
from ...queries import directory
from .. import filters
from ..pagination import BY_ID, PARAMETERS, paginated
from ..schema import ETAG, IF_MATCH, PAGE_PARAMETERS, describe, header, page_of
from ..serializers.saved_filters import SavedFilterSerializer
from .base import BaseView, expected_version, once, refuse_other_parameters, shown, tagged, validated

_LOCATION = header("Location", "Where the new filter is.", response=[201])


class SavedFilterListView(BaseView):
    """``saved-filters/``."""

    rights = {"GET": (VIEW_CUSTOMER,), "POST": (VIEW_CUSTOMER,)}

    @describe("listSavedFilters", responses=page_of(SavedFilterSerializer), parameters=PAGE_PARAMETERS)
    def get(self, request: Request) -> Response:
        """List one's own saved filters, and those that colleagues share."""
        refuse_other_parameters(request, PARAMETERS)
        return paginated(
            request,
            visible(request),
            ordering=BY_ID,
            represent=lambda rows: represent(rows, request),
        )

    @describe(
        "createSavedFilter",
        request=SavedFilterSerializer,
        responses={201: SavedFilterSerializer},
        parameters=(_LOCATION, ETAG),
    )
    @once
    def post(self, request: Request) -> Response:
        """Save a filter under a name."""
        values = validated(SavedFilterSerializer, request)
        saved = saved_filters.save(owner=request.user, **values)
        response = answer(saved, request, status=201)
        response["Location"] = request.build_absolute_uri(f"{saved.pk}/")
        return response


class SavedFilterDetailView(BaseView):
    """``saved-filters/{id}/``."""

    rights = {"GET": (VIEW_CUSTOMER,), "PATCH": (VIEW_CUSTOMER,), "DELETE": (VIEW_CUSTOMER,)}

    @describe("getSavedFilter", responses=SavedFilterSerializer, parameters=(ETAG,))
    def get(self, request: Request, id: int) -> Response:
        """Show a saved filter.

        The ETag goes into If-Match of a PATCH or DELETE, so that nobody else's change is lost.
        """
        return answer(self.saved(), request)

    @describe(
        "changeSavedFilter",
        request=SavedFilterSerializer,
        responses=SavedFilterSerializer,
        parameters=(IF_MATCH, ETAG),
    )
    def patch(self, request: Request, id: int) -> Response:
        """Change a saved filter of one's own."""
        saved = self.saved()
        changes = validated(SavedFilterSerializer, request, partial=True)
        expected = expected_version(request, saved_filters.version_of(saved))
        saved = saved_filters.change(saved=saved, changes=changes, by=request.user, expected_version=expected)
        return answer(saved, request)

    @describe("deleteSavedFilter", responses={204: None}, parameters=(IF_MATCH,))
    def delete(self, request: Request, id: int) -> Response:
        """Delete a saved filter of one's own."""
        saved = self.saved()
        expected = expected_version(request, saved_filters.version_of(saved))
        saved_filters.delete(saved=saved, by=request.user, expected_version=expected)
        return Response(status=204)

    def saved(self) -> SavedFilter:
        """Return the filter that the address names, where the caller may see it. Raises ``NotFound``."""
        saved = visible(self.request).filter(pk=self.kwargs["id"]).first()
        if saved is None:
            raise NotFound()
        return saved


def visible(request: Request) -> QuerySet[SavedFilter]:
    """Return the filters that the caller may see."""
    return directory.saved_filters(request.user)


def answer(saved: SavedFilter, request: Request, *, status: int = 200) -> Response:
    """Return the filter, with the version in ``ETag``."""
    return tagged(represent([saved], request)[0], version=saved_filters.version_of(saved), status=status)


def represent(rows: Sequence[SavedFilter], request: Request) -> list[dict[str, Any]]:
    """Return saved filters as JSON's values."""
    parameters_of = filters.to_shown([saved.parameters for saved in rows])
    values = [
        {
            "id": saved.pk,
            "name": saved.name,
            "parameters": parameters,
            "is_shared": saved.is_shared,
            "is_own": saved.owner_id == request.user.pk,
            "created_at": saved.created_at,
        }
        for saved, parameters in zip(rows, parameters_of, strict=True)
    ]
    return shown(SavedFilterSerializer, values)
