"""A customer's address book."""

from __future__ import annotations

from typing import Any

from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from ...operations import addresses
from ...permissions import CHANGE_CUSTOMER, VIEW_CUSTOMER
from ...queries import customers as queries
from ..pagination import BY_ID, PARAMETERS, paginated
from ..schema import ETAG, IF_MATCH, PAGE_PARAMETERS, describe, header, page_of
from ..serializers.addresses import AddressSerializer
from .base import CustomerView, expected_version, once, refuse_other_parameters, shown, tagged, validated

_LOCATION = header("Location", "Where the new address is.", response=[201])


class AddressListView(CustomerView):
    """``customers/{number}/addresses/``."""

    rights = {"GET": (VIEW_CUSTOMER,), "POST": (VIEW_CUSTOMER, CHANGE_CUSTOMER)}

    @describe("listAddresses", responses=page_of(AddressSerializer), parameters=PAGE_PARAMETERS)
    def get(self, request: Request, number: str) -> Response:
        """List the addresses of a customer, oldest first."""
        refuse_other_parameters(request, PARAMETERS)
        rows = queries.addresses(self.customer())
        return paginated(request, rows, ordering=BY_ID, represent=lambda found: shown(AddressSerializer, found))

    @describe(
        "createAddress",
        request=AddressSerializer,
        responses={201: AddressSerializer},
        parameters=(_LOCATION, ETAG),
    )
    @once
    def post(self, request: Request, number: str) -> Response:
        """Add an address.

        The first one becomes the default for shipping and for billing.
        """
        customer = self.customer()
        values = validated(AddressSerializer, request)
        company = values.pop("company", "")
        address = addresses.add(customer=customer, values=values, company=company, by=request.user)
        response = answer(address, status=201)
        response["Location"] = request.build_absolute_uri(f"{address.pk}/")
        return response


class AddressDetailView(CustomerView):
    """``customers/{number}/addresses/{id}/``."""

    rights = {
        "GET": (VIEW_CUSTOMER,),
        "PATCH": (VIEW_CUSTOMER, CHANGE_CUSTOMER),
        "DELETE": (VIEW_CUSTOMER, CHANGE_CUSTOMER),
    }

    @describe("getAddress", responses=AddressSerializer, parameters=(ETAG,))
    def get(self, request: Request, number: str, id: int) -> Response:
        """Show an address.

        The ETag goes into If-Match of a PATCH or DELETE, so that nobody else's change is lost.
        """
        return answer(self.address())

    @describe("changeAddress", request=AddressSerializer, responses=AddressSerializer, parameters=(IF_MATCH, ETAG))
    def patch(self, request: Request, number: str, id: int) -> Response:
        """Change an address.

        Fields that are left out stay as they are.
        """
        address = self.address()
        values = validated(AddressSerializer, request, partial=True)
        company = values.pop("company", None)
        expected = expected_version(request, addresses.version_of(address))
        address = addresses.change(
            address=address, values=values, company=company, by=request.user, expected_version=expected
        )
        return answer(address)

    @describe("deleteAddress", responses={204: None}, parameters=(IF_MATCH,))
    def delete(self, request: Request, number: str, id: int) -> Response:
        """Delete an address.

        Where it was a default, none is left.
        """
        address = self.address()
        expected = expected_version(request, addresses.version_of(address))
        addresses.delete(address=address, by=request.user, expected_version=expected)
        return Response(status=204)

    def address(self) -> Any:
        """Return the address that is asked for, of this customer only. Raises ``NotFound``."""
        address = queries.addresses(self.customer()).filter(pk=self.kwargs["id"]).first()
        if address is None:
            raise NotFound()
        return address


def answer(address: Any, *, status: int = 200) -> Response:
    """Return the address, with the version in ``ETag``."""
    return tagged(AddressSerializer(address).data, version=addresses.version_of(address), status=status)
