"""The customer list, and one customer."""

from __future__ import annotations

import logging
from functools import partial
from typing import Any

from django.contrib.sites.shortcuts import get_current_site
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from ...exceptions import Conflict
from ...models import CustomerProfile, DirectoryEntry
from ...operations import customers as operations
from ...operations import email_changes, erasure, orders, test_customers, verification
from ...permissions import (
    ADD_CUSTOMER,
    ADD_NOTE,
    CHANGE_CUSTOMER,
    CHANGE_EMAIL,
    ERASE_CUSTOMER,
    VIEW_CUSTOMER,
    has_right,
)
from ...queries import customers as queries
from ...queries import directory
from .. import filters, records
from ..pagination import paginated
from ..schema import ETAG, IF_MATCH, PAGE_PARAMETERS, describe, header, page_of, query
from ..serializers.customers import CustomerChangesSerializer, CustomerSerializer, NewCustomerSerializer
from .base import (
    BaseView,
    CustomerView,
    expected_version,
    once,
    refuse_other_parameters,
    shown,
    tagged,
    validated,
)

logger = logging.getLogger(__name__)

_HARD = query("hard", OpenApiTypes.BOOL, "Remove a test customer, with the test orders.", default=False)
_MAIL_SENT = header("Mail-Sent", "Whether the customer was mailed a link, where one was due.", response=[201])
_LOCATION = header("Location", "Where the new customer is.", response=[201])


class CustomerListView(BaseView):
    """``customers/``."""

    rights = {"GET": (VIEW_CUSTOMER,), "POST": (ADD_CUSTOMER,)}

    @describe(
        "listCustomers",
        responses=page_of(CustomerSerializer),
        parameters=lambda: (*filters.documented(), *PAGE_PARAMETERS),
    )
    def get(self, request: Request) -> Response:
        """Find customers.

        Registered customers and guest orders, by any of these filters together.
        """
        refuse_other_parameters(request, filters.allowed_parameters())
        ordering = filters.ordering_of(request)
        rows = filters.filtered(request.query_params)

        def represent(entries: list[DirectoryEntry]) -> Any:
            return shown(CustomerSerializer, records.load(entries), request=request)

        return paginated(request, rows, ordering=ordering, represent=represent, fetch=directory.page)

    @describe(
        "createCustomer",
        request=NewCustomerSerializer,
        responses={201: CustomerSerializer},
        parameters=(_LOCATION, _MAIL_SENT, ETAG),
    )
    @once
    def post(self, request: Request) -> Response:
        """Create a customer.

        The account waits to be confirmed by its owner, who is mailed a link for that; without a password the link
        asks for one. Send send_password_link=false to mail nothing: the customer can set a password by "forgotten
        password" in the shop. Mail-Sent says whether the e-mail went out; the customer is kept all the same.
        """
        values = validated(NewCustomerSerializer, request)
        wants_link = values.pop("send_password_link", True) or "password" in values
        if values.get("comment") and not has_right(request.user, ADD_NOTE):
            raise PermissionDenied(_("You may not add notes."))
        customer = operations.create(by=request.user, origin=CustomerProfile.Origin.API, **values)
        if wants_link:
            self.afterwards = partial(self._mail, customer)
        entry = directory.entries_with_accounts().get(user=customer)
        response = answer(request, entry, status=201)
        response["Location"] = response.data["url"]
        return response

    def _mail(self, customer: Any, response: Response) -> None:
        try:
            verification.send(customer=customer, by=self.request.user, site=get_current_site(self.request))
        except Conflict as error:
            logger.warning("No link was mailed to customer %s: %s", customer.pk, error)
            response["Mail-Sent"] = "false"
        else:
            response["Mail-Sent"] = "true"


class CustomerDetailView(CustomerView):
    """``customers/{number}/``."""

    rights = {
        "GET": (VIEW_CUSTOMER,),
        "PATCH": (VIEW_CUSTOMER, CHANGE_CUSTOMER),
        "DELETE": (VIEW_CUSTOMER, ERASE_CUSTOMER),
    }

    @describe("getCustomer", responses=CustomerSerializer, parameters=(ETAG,))
    def get(self, request: Request, number: str) -> Response:
        """Show a customer.

        The ETag goes into If-Match of a PATCH, so that nobody else's change is lost.
        """
        return answer(request, self.entry())

    @describe(
        "changeCustomer",
        request=CustomerChangesSerializer,
        responses=CustomerSerializer,
        parameters=(IF_MATCH, ETAG),
    )
    def patch(self, request: Request, number: str) -> Response:
        """Change a customer.

        Fields that are left out stay as they are. Of a guest order only is_test can be changed. An e-mail address
        changes once its owner has confirmed it: until then the answer holds the old one.
        """
        entry = self.entry()
        changes = validated(CustomerChangesSerializer, request)
        expected = expected_version(request, _version(entry))
        if entry.is_guest:
            _change_guest(entry, changes, request.user)
        else:
            _change(request, entry.user, changes, expected)
        return answer(request, self.entry())

    @describe("deleteCustomer", responses={204: None}, parameters=(_HARD,))
    def delete(self, request: Request, number: str) -> Response:
        """Erase a customer.

        Every personal field of every table is deleted or scrubbed; orders stay for the books. With hard=true
        a test customer is removed at once, with the test orders; for anybody else that is a 409.
        """
        refuse_other_parameters(request, [_HARD.name])
        customer = self.customer()
        do = test_customers.remove if _is_true(request, _HARD.name) else erasure.erase
        do(customer=customer, by=request.user)
        return Response(status=204)


def _is_true(request: Request, name: str) -> bool:
    """Read a flag of the query. Raises ``ValidationError`` for anything but true and false."""
    said = request.query_params.get(name, "false")
    if said not in ("true", "false"):
        raise ValidationError({name: [_("Say true or false.")]})
    return bool(said == "true")


def answer(request: Request, entry: DirectoryEntry, *, status: int = 200) -> Response:
    """Return the customer, with the version in ``ETag``."""
    body = CustomerSerializer(records.load([entry])[0], context={"request": request}).data
    return tagged(body, version=_version(entry), status=status)


def _version(entry: DirectoryEntry) -> str:
    return f"test{entry.is_test:d}" if entry.is_guest else queries.version_of(entry.user)


def _change(request: Request, customer: Any, changes: dict[str, Any], expected: str | None) -> None:
    email = changes.pop("email", None)
    if email is not None and not has_right(request.user, CHANGE_EMAIL):
        raise PermissionDenied(_("You may not change e-mail addresses."))
    email_changes.edit(
        customer=customer,
        changes=changes,
        new_email=email,
        by=request.user,
        expected_version=expected,
        site=get_current_site(request),
    )


def _change_guest(entry: DirectoryEntry, changes: dict[str, Any], by: Any) -> None:
    if set(changes) - {"is_test"}:
        raise Conflict(_("Of a guest order only is_test can be changed."))
    if "is_test" in changes:
        orders.mark_test(order=entry.order, is_test=changes["is_test"], by=by)
