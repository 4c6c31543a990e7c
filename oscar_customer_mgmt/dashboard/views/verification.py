"""Mail the link that confirms an account, or confirm it by hand."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.sites.shortcuts import get_current_site
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.generic import View

from ...exceptions import Conflict
from ...operations import verification as operations
from .one_customer import OneCustomerMixin


class CustomerSendVerificationView(OneCustomerMixin, View):
    """Mails the link."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Send it, and say so on the customer page."""
        try:
            operations.send(customer=self.customer, by=request.user, site=get_current_site(request))
        except Conflict as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("A link to confirm the account was sent to %s.") % self.customer.email)
        return redirect(self.page_url())


class CustomerVerifyView(OneCustomerMixin, View):
    """Counts the account as confirmed, without its owner."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Confirm it, and say so on the customer page."""
        try:
            operations.verify(customer=self.customer, by=request.user)
        except Conflict as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("The account counts as confirmed."))
        return redirect(self.page_url())
