"""The address book of one customer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView

from ...exceptions import InvalidData, StaleVersion
from ...host import UserAddress
from ...operations import addresses as operations
from ...operations.addresses import company_of
from ...queries import customers as queries
from ...queries.countries import likely_country
from ..forms.addresses import AddressForm
from .one_customer import OneCustomerMixin

TEMPLATES = "oscar_customer_mgmt/dashboard/addresses"


class AddressBookMixin(OneCustomerMixin):
    """A page about one customer's address book; only who may change the customer gets there."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the page to who may use it."""
        self.must_manage()
        return super().get(request, *args, **kwargs)  # type: ignore[misc,no-any-return]

    @cached_property
    def address(self) -> Any:
        """The address that the page is about, of this customer's book. Raises ``Http404``."""
        return self.address_as_stored()

    def address_as_stored(self) -> Any:
        """Read the address. Raises ``Http404``."""
        address = queries.addresses(self.customer).filter(pk=self.kwargs["address_id"]).first()
        if address is None:
            raise Http404(_("There is no such address in this customer's book."))
        return address

    @contextmanager
    def not_found_where_it_is_gone(self) -> Iterator[None]:
        """Raise ``Http404`` where somebody deletes the address at the same moment."""
        try:
            yield
        except UserAddress.DoesNotExist as error:
            raise Http404(_("There is no such address in this customer's book.")) from error

    def done(self, message: str) -> HttpResponse:
        """Go back to the customer page and say what was done."""
        messages.success(self.request, message)
        return redirect(self.page_url())


class AddressFormView(AddressBookMixin, FormView):
    """What adding and changing have in common."""

    template_name = f"{TEMPLATES}/form.html"
    form_class = AddressForm

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Save for who may."""
        self.must_manage()
        return super().post(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        """Fill the form for this customer."""
        return {**super().get_form_kwargs(), "user": self.customer}

    def form_valid(self, form: AddressForm) -> HttpResponse:
        """Save; a refusal shows the form again with everything typed."""
        try:
            self.save(form)
        except StaleVersion:
            form.show_on_top_of(self.fresh_form())
            return self.form_invalid(form)
        except InvalidData as error:
            form.show(error)
            return self.form_invalid(form)
        return self.done(self.done_message)

    @property
    def done_message(self) -> str:
        """What to say when it is saved."""
        raise NotImplementedError

    def save(self, form: AddressForm) -> None:
        """Call the operation."""
        raise NotImplementedError

    def fresh_form(self) -> AddressForm:
        """Return the form as somebody finds it who opens the page now."""
        return self.form_class(user=self.customer, instance=self.address_as_stored())


class AddressCreateView(AddressFormView):
    """A new address; the first one becomes both defaults."""

    @property
    def done_message(self) -> str:
        """What to say when it is saved."""
        return _("The address was added.")

    def get_initial(self) -> dict[str, Any]:
        """Begin with the customer's own name, and the country where there is a likely one."""
        names = ("first_name", "last_name")
        initial = {name: getattr(self.customer, name, "") for name in names}
        return {**initial, "country": likely_country(self.customer)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say whether it will be the first."""
        return super().get_context_data(is_first=not queries.addresses(self.customer).exists(), **kwargs)

    def save(self, form: AddressForm) -> None:
        """Add the address."""
        operations.add(
            customer=self.customer,
            values=form.values(),
            company=form.cleaned_data["company"],
            by=self.request.user,
        )


class AddressUpdateView(AddressFormView):
    """An address that the book has already."""

    @property
    def done_message(self) -> str:
        """What to say when it is saved."""
        return _("The address was saved.")

    def get_form_kwargs(self) -> dict[str, Any]:
        """Fill the form with what is stored."""
        return {**super().get_form_kwargs(), "instance": self.address}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Name the address."""
        return super().get_context_data(address=self.address, **kwargs)

    def save(self, form: AddressForm) -> None:
        """Change the address, unless somebody else did since the form was opened."""
        with self.not_found_where_it_is_gone():
            operations.change(
                address=self.address,
                values=form.values(),
                company=form.cleaned_data["company"],
                by=self.request.user,
                expected_version=form.cleaned_data["version"] or None,
            )


class AddressDeleteView(AddressBookMixin, TemplateView):
    """Says what goes and what stays, and deletes on POST."""

    template_name = f"{TEMPLATES}/delete.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Name the address."""
        return super().get_context_data(address=self.address, company=company_of(self.address), **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Delete it."""
        with self.not_found_where_it_is_gone():
            operations.delete(address=self.address, by=request.user)
        return self.done(_("The address was deleted."))
