"""Confirm a new e-mail address, by the link that was mailed to it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from ..exceptions import EmailTaken
from ..operations import email_changes
from .links import MailedLinkView

#: Somebody else has the address by now.
TAKEN = "taken"


class ConfirmEmailChangeView(MailedLinkView):
    """One button: the new address is the account's."""

    template_name = "oscar_customer_mgmt/storefront/confirm_email_change.html"
    form_class = forms.Form

    def read(self, token: str) -> Any:
        """Return the change that the link confirms."""
        return email_changes.read(token=token)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return the change."""
        return super().get_context_data(change=self.subject, **kwargs)

    def form_valid(self, form: forms.Form) -> HttpResponse:
        """Change the address."""
        try:
            customer = email_changes.confirm(token=self.token)
        except EmailTaken:
            return self.dead(TAKEN)
        self.forget()
        text = _("Your e-mail address is now %s. Log in with it from now on.") % customer.email
        if not customer.has_usable_password():
            text += " " + _("If you have no password yet, choose one by “I've forgotten my password”.")
        messages.success(self.request, text)
        return redirect("customer:login")
