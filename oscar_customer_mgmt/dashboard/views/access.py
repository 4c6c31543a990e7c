"""Deny customers and e-mail addresses, and allow them again."""

from __future__ import annotations

from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView, View

from ...exceptions import Conflict, InvalidData, NotAllowed, StaleVersion
from ...models import DeniedEmail
from ...models.profiles import profile_of
from ...operations import access as operations
from ...queries import access as queries
from ...queries import customers as customer_queries
from ...queries import keyset
from ..forms.access import DenyEmailForm, DenyForm, FindEmailForm
from .one_customer import OneCustomerMixin, linked

TEMPLATES = "oscar_customer_mgmt/dashboard/access"

PAGE_SIZE = 20


class CustomerDenyView(OneCustomerMixin, FormView):
    """Keeps a customer out, or changes reason, end and words of a denial."""

    template_name = f"{TEMPLATES}/deny.html"
    form_class = DenyForm

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the form to who may use it."""
        try:
            operations.refuse_unless_allowed(customer=self.customer, by=request.user)
        except Conflict as error:
            messages.error(request, str(error))
            return redirect(self.page_url())
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Deny, for who may."""
        self.must_manage()
        return super().post(request, *args, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        """Fill the form with the denial that there is."""
        profile = profile_of(self.customer)
        initial: dict[str, Any] = {"version": queries.version_of(profile)}
        if profile is not None and profile.is_denied:
            stored = {"reason": profile.denial_reason, "message": profile.denial_message, "until": profile.denied_until}
            initial.update(stored)
        return initial

    def form_valid(self, form: DenyForm) -> HttpResponse:
        """Deny; a refusal shows the form again with everything typed."""
        try:
            operations.deny(
                customer=self.customer,
                by=self.request.user,
                expected_version=form.cleaned_data["version"] or None,
                **form.values(),
            )
        except StaleVersion:
            return self._someone_was_first(form)
        except InvalidData as error:
            form.show(error)
        except Conflict as error:
            form.add_error(None, str(error))
        else:
            text = _("The customer is denied: logged out everywhere from the next click on, and no order is taken.")
            messages.success(self.request, text)
            return redirect(self.page_url())
        return self.form_invalid(form)

    def _someone_was_first(self, form: DenyForm) -> HttpResponse:
        del self.customer
        form.see_version(queries.version_of(profile_of(self.customer)))
        text = _("Somebody changed this denial while you were typing. Nothing was saved; saving again replaces it.")
        form.add_error(None, text)
        return self.form_invalid(form)


class CustomerAllowView(OneCustomerMixin, View):
    """Lets a customer in again."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Lift the denial, and say so on the customer page."""
        try:
            operations.allow(customer=self.customer, by=request.user)
        except Conflict as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("The customer is allowed again."))
        return redirect(self.page_url())


class DeniedEmailListView(TemplateView):
    """The denied e-mail addresses, newest first, and what of them denies a given one."""

    template_name = f"{TEMPLATES}/email_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return one page of the list."""
        form = FindEmailForm(self.request.GET or None)
        email = form.cleaned_data["email"].strip() if form.is_valid() else ""
        page = self._page(queries.denied_emails(email) if email else queries.all_denied_emails())
        back = urlencode({"email": email}) if email else ""
        return super().get_context_data(
            form=form, email=email, page=page, rows=page.rows, tab_url=self.request.path, back=back, **kwargs
        )

    def _page(self, rows: Any) -> keyset.Page[DeniedEmail]:
        cursor = self.request.GET.get("cursor")
        try:
            return keyset.fetch_page(rows, ordering=queries.DENIED_EMAILS_NEWEST_FIRST, size=PAGE_SIZE, cursor=cursor)
        except keyset.InvalidCursor as error:
            raise Http404(_("There is no such page of this list.")) from error


class DeniedEmailCreateView(FormView):
    """Denies an e-mail address."""

    template_name = f"{TEMPLATES}/email_form.html"
    form_class = DenyEmailForm

    def get_initial(self) -> dict[str, Any]:
        """Begin with the address that the page was asked for, and with its denial where there is one."""
        email = self.request.GET.get("email", "")[:254].replace("\x00", "").strip()
        stored = queries.denied_emails(email).filter(email__iexact=email).first() if email else None
        if stored is None:
            return {"email": email}
        return {"email": email, "reason": stored.reason, "message": stored.message, "until": stored.denied_until}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Point to the accounts of the address: to deny the account does more."""
        context = super().get_context_data(**kwargs)
        email = str(context["form"]["email"].value() or "").strip()
        try:
            validate_email(email)
            accounts, _guests = customer_queries.same_email(email)
        except ValidationError:
            accounts = []
        return {**context, "accounts": linked(accounts)}

    def form_valid(self, form: DenyEmailForm) -> HttpResponse:
        """Deny it; a refusal shows the form again with everything typed."""
        try:
            denied = operations.deny_email(by=self.request.user, **form.values())
        except InvalidData as error:
            form.show(error)
            return self.form_invalid(form)
        except (Conflict, NotAllowed) as error:
            form.add_error("email", str(error))
            return self.form_invalid(form)
        messages.success(self.request, _("No more orders are taken from %s.") % denied.email)
        return redirect("dashboard:denied-email-list")


class DeniedEmailDeleteView(TemplateView):
    """Asks, then takes orders of an address again."""

    template_name = f"{TEMPLATES}/email_delete.html"

    @cached_property
    def denied(self) -> DeniedEmail:
        """The denied address. Raises ``Http404``."""
        denied = queries.all_denied_emails().filter(pk=min(self.kwargs["denied_id"], 2**63 - 1)).first()
        if denied is None:
            raise Http404(_("This address is not denied, or no longer."))
        return denied

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say which address it is."""
        return super().get_context_data(denied=self.denied, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Allow it."""
        try:
            operations.allow_email(denied=self.denied, by=request.user)
        except (Conflict, NotAllowed) as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("Orders from %s are taken again.") % self.denied.email)
        return redirect(reverse("dashboard:denied-email-list"))
