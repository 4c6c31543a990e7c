"""Delete an account: say what will become of what, do it, show the receipt."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from ...exceptions import Conflict
from ...models import ErasureReceipt
from ...models.profiles import profile_of
from ...operations import erasure as operations
from ...operations import test_customers
from .one_customer import OneCustomerMixin

TEMPLATES = "oscar_customer_mgmt/dashboard/erasure"

#: What the page posts: scrub the customer, or remove a test customer without a trace.
ERASE, REMOVE = "erase", "remove"


class CustomerDeleteView(OneCustomerMixin, TemplateView):
    """Shows what is in the way, what goes and what stays, in numbers; deletes on POST."""

    template_name = f"{TEMPLATES}/delete.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the page to who may use it."""
        operations.refuse_unless_allowed(customer=self.customer, by=request.user)
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return the preview, and whether this is a test customer."""
        removable = test_customers.can_be_removed(customer=self.customer)
        profile = profile_of(self.customer)
        return super().get_context_data(
            preview=operations.preview(customer=self.customer),
            is_removable=removable,
            orders=test_customers.orders_of(customer=self.customer) if removable else None,
            is_own=self.customer.pk == self.request.user.pk,
            is_denied=profile is not None and profile.is_denied,
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Delete, and show the receipt; what forbids it is said on the page."""
        do = test_customers.remove if request.POST.get("how") == REMOVE else operations.erase
        try:
            receipt = do(customer=self.customer, by=request.user)
        except Conflict as error:
            messages.error(request, str(error))
            return redirect(request.get_full_path())
        if self.customer.pk == request.user.pk:
            # Whoever deleted themselves is nobody now.
            request.session.flush()
            return redirect("/")
        messages.success(request, _("The account was deleted."))
        return redirect("dashboard:customer-erased", receipt_id=receipt.pk)


class ErasureReceiptView(TemplateView):
    """What became of what when an account was deleted."""

    template_name = f"{TEMPLATES}/receipt.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return the receipt. Raises ``Http404`` for one that there is not."""
        receipt = ErasureReceipt.objects.filter(pk=min(self.kwargs["receipt_id"], 2**63 - 1)).first()
        if receipt is None:
            raise Http404(_("There is no such receipt."))
        by_treatment: dict[str, list[dict[str, Any]]] = {"deleted": [], "scrubbed": [], "kept": []}
        for part in receipt.summary:
            by_treatment.setdefault(part["treatment"], []).append(part)
        return super().get_context_data(receipt=receipt, parts=by_treatment, **kwargs)
