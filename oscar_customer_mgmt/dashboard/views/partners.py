"""Oscar's pages that put accounts into partners, by the rules of roles: nobody hands out what they do not hold."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView, View

from ... import permissions
from ...exceptions import Conflict, NotAllowed, StaleVersion
from ...host import Partner
from ...operations import roles as operations
from ...queries import roles as queries
from .one_customer import OneCustomerMixin, SaysNoMixin

#: Where nothing is to be done, and where it was done.
_LINK_WORDS = (
    gettext_lazy("User '%(name)s' is already linked to '%(partner_name)s'"),
    gettext_lazy("User '%(name)s' was linked to '%(partner_name)s'"),
)
_UNLINK_WORDS = (
    gettext_lazy("User '%(name)s' is not linked to '%(partner_name)s'"),
    gettext_lazy("User '%(name)s' was unlinked from '%(partner_name)s'"),
)


class OnePartnerMixin(OneCustomerMixin):
    """A page about one account (``user_pk``) and one partner (``partner_pk``)."""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Call the account's key as our pages do."""
        super().setup(request, *args, **kwargs)  # type: ignore[misc]
        self.kwargs["pk"] = self.kwargs["user_pk"]

    @cached_property
    def partner(self) -> Any:
        """The partner. Raises ``Http404``."""
        return get_object_or_404(Partner, pk=min(self.kwargs["partner_pk"], 2**31 - 1))

    def change(self, *, linked: bool) -> None:
        """Put the account into the partner, or take it out, and say what came of it."""
        # Read with what follows from it: whoever is quicker than us is noticed.
        held = queries.held(self.customer)
        codes = set(held["partners"])
        names = {"name": self.customer.get_full_name() or self.customer.email, "partner_name": self.partner.name}
        words = _LINK_WORDS if linked else _UNLINK_WORDS
        if (self.partner.code in codes) == linked:
            messages.info(self.request, words[0] % names)
            return
        wanted = codes | {self.partner.code} if linked else codes - {self.partner.code}
        try:
            operations.assign(
                customer=self.customer, by=self.request.user, partners=wanted, expected_version=queries.version(held)
            )
        except (Conflict, StaleVersion) as error:
            messages.error(self.request, str(error))
        else:
            messages.success(self.request, words[1] % names)


class PartnerLinkView(OnePartnerMixin, TemplateView):
    """Puts an account into a partner; asked for by a link it shows a button first."""

    template_name = "oscar_customer_mgmt/dashboard/partners/link.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say which partner it is."""
        return super().get_context_data(partner=self.partner, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Do it."""
        self.change(linked=True)
        return redirect("dashboard:partner-manage", pk=self.partner.pk)


class PartnerUnlinkView(OnePartnerMixin, View):
    """Takes an account out of a partner."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Do it."""
        self.change(linked=False)
        return redirect("dashboard:partner-manage", pk=self.partner.pk)


class PartnerUserView(OnePartnerMixin, View):
    """In place of Oscar's form, which sets names, passwords and the staff flag of anybody: the account's roles."""

    http_method_names = ["get"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Lead there, for an account that belongs to the partner."""
        if not self.partner.users.filter(pk=self.customer.pk).exists():
            raise Http404(_("This account does not belong to the partner."))
        return redirect("dashboard:customer-roles", pk=self.customer.pk)


def handing_out(view: type[Any]) -> type[Any]:
    """Return a subclass of the shop's view that makes an account for a partner, for those who hold what it gives."""

    class HandingOutView(SaysNoMixin, view):  # type: ignore[misc]
        def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not permissions.has_right(request.user, permissions.ADD_CUSTOMER, queries.PARTNER_RIGHT):
                message = NotAllowed(_("You may not use the dashboard of partners yourself, so you may not open it."))
                template = "oscar_customer_mgmt/dashboard/customers/not_allowed.html"
                return render(request, template, {"message": message, "customer": None}, status=403)
            response: HttpResponse = super().dispatch(request, *args, **kwargs)
            return response

    return HandingOutView
