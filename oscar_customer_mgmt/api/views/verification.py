"""Confirm an account by hand, mail links, set a password."""

from __future__ import annotations

from django.contrib.sites.shortcuts import get_current_site
from rest_framework.request import Request
from rest_framework.response import Response

from ...operations import passwords, verification
from ...permissions import CHANGE_CUSTOMER, SET_PASSWORD, VIEW_CUSTOMER
from ..schema import describe
from ..serializers.customers import CustomerSerializer, SetPasswordSerializer
from ..serializers.fields import NothingSerializer
from .base import CustomerView, once, validated
from .customers import answer


class VerifyView(CustomerView):
    """``customers/{number}/verify/``."""

    rights = {"POST": (VIEW_CUSTOMER, CHANGE_CUSTOMER)}

    @describe("verifyCustomer", request=NothingSerializer, responses=CustomerSerializer)
    @once
    def post(self, request: Request, number: str) -> Response:
        """Count an account as confirmed.

        Without its owner; nothing happens to one that is confirmed already.
        """
        validated(NothingSerializer, request)
        verification.verify(customer=self.customer(), by=request.user)
        return answer(request, self.entry())


class SendVerificationView(CustomerView):
    """``customers/{number}/send-verification/``."""

    rights = {"POST": (VIEW_CUSTOMER, CHANGE_CUSTOMER)}

    @describe("sendVerification", request=NothingSerializer, responses=CustomerSerializer)
    @once
    def post(self, request: Request, number: str) -> Response:
        """Mail the link that confirms an account.

        A 409 where the account is confirmed already, closed, or the e-mail could not be sent.
        """
        validated(NothingSerializer, request)
        verification.send(customer=self.customer(), by=request.user, site=get_current_site(request))
        return answer(request, self.entry())


class SendPasswordLinkView(CustomerView):
    """``customers/{number}/send-password-link/``."""

    rights = {"POST": (VIEW_CUSTOMER, CHANGE_CUSTOMER)}

    @describe("sendPasswordLink", request=NothingSerializer, responses=CustomerSerializer)
    @once
    def post(self, request: Request, number: str) -> Response:
        """Mail the link to choose a new password.

        Using it confirms the account, too. A 409 where the account is closed or the e-mail could not be sent.
        """
        validated(NothingSerializer, request)
        passwords.send_reset(customer=self.customer(), by=request.user, site=get_current_site(request))
        return answer(request, self.entry())


class SetPasswordView(CustomerView):
    """``customers/{number}/set-password/``."""

    rights = {"POST": (VIEW_CUSTOMER, SET_PASSWORD)}

    @describe("setPassword", request=SetPasswordSerializer, responses=CustomerSerializer)
    @once
    def post(self, request: Request, number: str) -> Response:
        """Set a new password.

        Sessions and API tokens of the customer end, and the customer is told by e-mail. A 409 where the account
        is closed, is the caller's own, or the customer cannot be told.
        """
        values = validated(SetPasswordSerializer, request)
        passwords.set_password(
            customer=self.customer(), password=values["password"], by=request.user, site=get_current_site(request)
        )
        return answer(request, self.entry())
