"""Give up a change of an e-mail address; it is asked for on the edit form."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.generic import View

from ...exceptions import Conflict
from ...operations import email_changes as operations
from .one_customer import OneCustomerMixin


class CustomerEmailCancelView(OneCustomerMixin, View):
    """Lets the link that was mailed to the new address die."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Cancel, and say so on the customer page."""
        try:
            operations.cancel(customer=self.customer, by=request.user)
        except Conflict as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("The change was cancelled: the e-mail address stays %s.") % self.customer.email)
        return redirect(self.page_url())
