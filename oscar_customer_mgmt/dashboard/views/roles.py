"""Give roles to an account, or take them away."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.generic import FormView

from ...exceptions import Conflict, InvalidData, NotHeld, StaleVersion
from ...operations import roles as operations
from ...queries import roles as queries
from ..forms.roles import RolesForm
from .one_customer import OneCustomerMixin


class CustomerRolesView(OneCustomerMixin, FormView):
    """Flags, roles and partners of an account."""

    template_name = "oscar_customer_mgmt/dashboard/customers/roles.html"
    form_class = RolesForm

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the form to who may use it."""
        operations.refuse_unless_allowed(customer=self.customer, by=request.user)
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Save for who may."""
        operations.refuse_unless_allowed(customer=self.customer, by=request.user)
        return super().post(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        """Fill the form with what is stored."""
        return {**super().get_form_kwargs(), "viewer": self.request.user, "customer": self.customer}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say which rights are worth nothing as long as the account is no staff."""
        context = super().get_context_data(**kwargs)
        held = context["form"].held
        return {**context, "is_idle": bool(held["roles"]) and not held.get("is_staff", True)}

    def form_valid(self, form: RolesForm) -> HttpResponse:
        """Save; a refusal shows the form again with everything ticked."""
        try:
            customer = operations.assign(
                customer=self.customer,
                by=self.request.user,
                expected_version=form.cleaned_data["version"] or None,
                **form.values(),
            )
        except StaleVersion:
            form.see_version(queries.version_of(self.customer))
            text = _("Somebody changed these roles meanwhile. Nothing was saved; saving again stores what you see.")
            form.add_error(None, text)
            form.add_error(None, _("Stored now: %s.") % "; ".join(form.held_in_words()))
        except (InvalidData, NotHeld) as error:
            form.show(error)
        except Conflict as error:
            form.add_error(None, str(error))
        else:
            messages.success(self.request, _("The roles were saved."))
            held = queries.held(customer)
            if held["roles"] and not held.get("is_staff", True):
                text = _("The account is not marked as staff, so its roles have no effect in the dashboard.")
                messages.warning(self.request, text)
            return redirect(self.page_url())
        return self.form_invalid(form)
