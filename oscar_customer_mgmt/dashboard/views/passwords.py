"""Set a customer's password."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.sites.shortcuts import get_current_site
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView

from ...exceptions import Conflict, InvalidData
from ...operations import passwords as operations
from ..forms.passwords import SetPasswordForm
from .one_customer import OneCustomerMixin


@method_decorator(sensitive_post_parameters("password1", "password2"), name="dispatch")
class CustomerSetPasswordView(OneCustomerMixin, FormView):
    """A form for the new password; says first what it does."""

    template_name = "oscar_customer_mgmt/dashboard/customers/set_password.html"
    form_class = SetPasswordForm

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the form to who may use it, for an account that can have a new password."""
        try:
            operations.refuse_unless_settable(customer=self.customer, by=request.user)
        except Conflict as error:
            messages.error(request, str(error))
            return redirect(self.page_url())
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Set it, for who may."""
        self.must_manage()
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: SetPasswordForm) -> HttpResponse:
        """Set it."""
        try:
            operations.set_password(
                customer=self.customer,
                password=form.cleaned_data["password1"],
                by=self.request.user,
                site=get_current_site(self.request),
            )
        except InvalidData as error:
            form.show(error)
            return self.form_invalid(form)
        except Conflict as error:
            messages.error(self.request, str(error))
        else:
            text = _("The password was set. %s was told so by e-mail and is logged out everywhere.")
            messages.success(self.request, text % self.customer.email)
        return redirect(self.page_url())
