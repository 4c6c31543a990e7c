"""Customers who remove their own profile, in Oscar's own page for it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from ..exceptions import CustomerManagementError
from ..operations import erasure
from ..queries.customers import customers


class ErasesAccountMixin:
    """Erases where Oscar's view would delete the account and leave traces all over the shop.

    The view asks for the password, as it always did.
    """

    request: HttpRequest

    def form_valid(self, form: Any) -> HttpResponse:
        """Erase the customer, tell the merchant, log out; what forbids it is said in the form."""
        customer = customers().get(pk=self.request.user.pk)
        try:
            erasure.erase_own(customer=customer, receipt_url=_receipt_url)
        except CustomerManagementError as error:
            form.add_error(None, str(error))
            return self.form_invalid(form)  # type: ignore[attr-defined,no-any-return]
        logout(self.request)
        messages.success(self.request, _("Your account was deleted, and what the shop knew of you with it."))
        return redirect(self.get_success_url())  # type: ignore[attr-defined]


def erasing(view: type[Any]) -> type[Any]:
    """Return a subclass of the shop's view that erases; one that does so already stays as it is."""
    if issubclass(view, ErasesAccountMixin):
        return view

    class ErasingProfileDeleteView(ErasesAccountMixin, view):  # type: ignore[misc]
        pass

    return ErasingProfileDeleteView


def _receipt_url(receipt: Any) -> str:
    return reverse("dashboard:customer-erased", kwargs={"receipt_id": receipt.pk})
