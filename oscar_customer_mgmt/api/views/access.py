"""Deny customers and e-mail addresses, and allow them again."""

from __future__ import annotations

from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from ...models import DeniedEmail
from ...operations import access
from ...permissions import DENY_CUSTOMER, VIEW_CUSTOMER
from ...queries import access as queries
from ..pagination import PARAMETERS, paginated
from ..schema import PAGE_PARAMETERS, describe, header, page_of, query
from ..serializers.access import DeniedEmailSerializer, DenySerializer
from ..serializers.customers import CustomerSerializer
from ..serializers.fields import NothingSerializer
from .base import BaseView, CustomerView, once, refuse_other_parameters, shown, validated
from .customers import answer

_EMAIL = query("email", description="What denies this address, in any case and with any plus-tag.")
_LOCATION = header("Location", "Where the denied address is.", response=[201])


class DenyView(CustomerView):
    """``customers/{number}/deny/``."""

    rights = {"POST": (VIEW_CUSTOMER, DENY_CUSTOMER)}

    @describe("denyCustomer", request=DenySerializer, responses=CustomerSerializer)
    @once
    def post(self, request: Request, number: str) -> Response:
        """Keep a customer out.

        Nobody can log in to the account, its sessions and API tokens end, and no order of it or of a guest with its
        e-mail address is taken. Denying again stores the new reason, words and end. A 409 for oneself, the last
        active superuser, and a guest, whose e-mail address can be denied.
        """
        customer = self.customer()
        values = validated(DenySerializer, request)
        access.deny(customer=customer, by=request.user, **values)
        return answer(request, self.entry())


class AllowView(CustomerView):
    """``customers/{number}/allow/``."""

    rights = {"POST": (VIEW_CUSTOMER, DENY_CUSTOMER)}

    @describe("allowCustomer", request=NothingSerializer, responses=CustomerSerializer)
    @once
    def post(self, request: Request, number: str) -> Response:
        """Let a customer in again.

        Nothing happens to one who is not denied.
        """
        customer = self.customer()
        validated(NothingSerializer, request)
        access.allow(customer=customer, by=request.user)
        return answer(request, self.entry())


class DeniedEmailListView(BaseView):
    """``denied-emails/``."""

    rights = {"GET": (VIEW_CUSTOMER, DENY_CUSTOMER), "POST": (VIEW_CUSTOMER, DENY_CUSTOMER)}

    @describe("listDeniedEmails", responses=page_of(DeniedEmailSerializer), parameters=(_EMAIL, *PAGE_PARAMETERS))
    def get(self, request: Request) -> Response:
        """List denied addresses, newest first.

        Those of denied customers are not among them: they are denied with the account.
        """
        refuse_other_parameters(request, (*PARAMETERS, _EMAIL.name))
        email = request.query_params.get(_EMAIL.name)
        rows = queries.all_denied_emails() if email is None else queries.denied_emails(email)
        return paginated(
            request,
            rows,
            ordering=queries.DENIED_EMAILS_NEWEST_FIRST,
            represent=lambda found: shown(DeniedEmailSerializer, found),
        )

    @describe(
        "denyEmail",
        request=DeniedEmailSerializer,
        responses={201: DeniedEmailSerializer},
        parameters=(_LOCATION,),
    )
    @once
    def post(self, request: Request) -> Response:
        """Deny an e-mail address.

        No order of it is taken, of a guest or of an account. Denying an address again stores the new reason, words
        and end.
        """
        values = validated(DeniedEmailSerializer, request)
        until = values.pop("denied_until", None)
        denied = access.deny_email(by=request.user, until=until, **values)
        response = Response(shown(DeniedEmailSerializer, [denied])[0], status=201)
        response["Location"] = request.build_absolute_uri(f"{denied.pk}/")
        return response


class DeniedEmailDetailView(BaseView):
    """``denied-emails/{id}/``."""

    rights = {"GET": (VIEW_CUSTOMER, DENY_CUSTOMER), "DELETE": (VIEW_CUSTOMER, DENY_CUSTOMER)}

    @describe("getDeniedEmail", responses=DeniedEmailSerializer)
    def get(self, request: Request, id: int) -> Response:
        """Show a denied address."""
        return Response(shown(DeniedEmailSerializer, [self.denied()])[0])

    @describe("allowEmail", responses={204: None})
    def delete(self, request: Request, id: int) -> Response:
        """Take orders of this address again."""
        access.allow_email(denied=self.denied(), by=request.user)
        return Response(status=204)

    def denied(self) -> DeniedEmail:
        """Return the address that the path names. Raises ``NotFound``."""
        denied = queries.all_denied_emails().filter(pk=min(self.kwargs["id"], 2**63 - 1)).first()
        if denied is None:
            raise NotFound()
        return denied
