"""Confirm an account that staff made, by the link that was mailed; ask for another link."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.sites.shortcuts import get_current_site
from django.core import signing
from django.db import transaction
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView

from ..exceptions import InvalidData
from ..host import User
from ..operations import verification
from ..queries import customers as queries
from .links import MailedLinkView, keep_to_oneself

TEMPLATES = "oscar_customer_mgmt/storefront"
_ASKING = "oscar_customer_mgmt.asks_for_link"
#: For how long the button on the page after a refused log-in works.
_ASKING_SECONDS = 60 * 60


class VerifyEmailView(MailedLinkView):
    """One button and, for an account without a password, two password fields."""

    template_name = f"{TEMPLATES}/verify_email.html"

    def read(self, token: str) -> Any:
        """Return the account that the link confirms."""
        return verification.read(token=token)

    def get_form(self, form_class: Any = None) -> Any:
        """Return Django's form to set a password, or one that holds nothing but the button."""
        if verification.needs_password(self.subject):
            return SetPasswordForm(self.subject, **self.get_form_kwargs())
        return forms.Form(**self.get_form_kwargs())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return the account."""
        return super().get_context_data(account=self.subject, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        """Confirm the account."""
        try:
            verification.confirm(token=self.token, password=form.cleaned_data.get("new_password1"))
        except InvalidData as error:
            for texts in error.errors.values():
                for text in texts:
                    form.add_error("new_password1" if "new_password1" in form.fields else None, text)
            return self.form_invalid(form)
        self.forget()
        messages.success(self.request, _("Your account is confirmed. You can log in now."))
        return redirect("customer:login")

    def dead_context(self, reason: str) -> dict[str, Any]:
        """Offer another link."""
        return {"reason": reason, "form": AskForLinkForm(), "is_for_account": True}


class AskForLinkForm(forms.Form):
    """The address that a new link is to go to."""

    email = forms.EmailField(label=gettext_lazy("E-mail address"), max_length=254)


@method_decorator(login_not_required, name="dispatch")
class AskForLinkView(FormView):
    """Mails another link to who waits for one; the answer is the same for everybody."""

    template_name = f"{TEMPLATES}/ask_for_link.html"
    form_class = AskForLinkForm

    def dispatch(self, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Serve the page."""
        return keep_to_oneself(super().dispatch(*args, **kwargs))

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        """Take the account of a log-in that was refused, or an address that was typed."""
        account = _named_account(self.request.POST.get("account", ""))
        if account is None:
            return super().post(*args, **kwargs)
        verification.try_again(customer=account, site=get_current_site(self.request))
        return self._done()

    def form_valid(self, form: AskForLinkForm) -> HttpResponse:
        """Mail the link, where one is due."""
        verification.send_again(email=form.cleaned_data["email"], site=get_current_site(self.request))
        return self._done()

    def _done(self) -> HttpResponse:
        text = _(
            "If an account with this address waits to be confirmed, a link is on its way. It may take some "
            "minutes; look among unwanted mail, too."
        )
        messages.success(self.request, text)
        return redirect(reverse("customer:login"))


def name_account(customer: Any) -> str:
    """Return what the page after a refused log-in posts to ask for a link: the account, signed."""
    return signing.dumps(customer._meta.pk.value_to_string(customer), salt=_ASKING)


def _named_account(text: str) -> Any:
    try:
        return queries.by_key(signing.loads(text, salt=_ASKING, max_age=_ASKING_SECONDS))
    except (signing.BadSignature, User.DoesNotExist):
        return None


def verifying(form_class: type[Any]) -> type[Any]:
    """Return a subclass of the form behind the shop's mailed password link: whoever uses that link has the mailbox."""

    class VerifyingSetPasswordForm(form_class):  # type: ignore[misc]
        def save(self, *args: Any, **kwargs: Any) -> Any:
            with transaction.atomic():
                user = super().save(*args, **kwargs)
                verification.verify(customer=user, by=user, how=verification.PASSWORD_LINK)
            return user

    return VerifyingSetPasswordForm
