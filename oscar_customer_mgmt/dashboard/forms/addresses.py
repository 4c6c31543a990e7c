"""Forms of addresses: in a customer's book, and kept with a guest's order."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.utils.translation import gettext as in_oscars_words
from django.utils.translation import gettext_lazy as _

from ...exceptions import InvalidData
from ...host import BillingAddressForm, ShippingAddressForm, UserAddressForm
from ...operations.addresses import FLAGS, company_of, version_of

_LAYOUT = {**dict.fromkeys(("company", "line1", "line2", "line3", "notes"), "wide"), "title": "row"}
_FIRST = ("title", "first_name", "last_name", "company")


class AddressFormMixin(forms.Form):
    """What Oscar's address forms lack: title, company, and a word when somebody else saved meanwhile."""

    instance: Any

    company = forms.CharField(label=_("Company"), required=False, max_length=255)
    version = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(_FIRST)
        for name in ("phone_number", "notes"):
            if name in self.fields:
                # Oscar's words there speak to the customer.
                self.fields[name].help_text = ""
        if "notes" in self.fields:
            self.fields["notes"].widget.attrs["rows"] = 3
        self.fields["company"].initial = self.initial["company"] = company_of(self.instance)
        # A new address has nothing stored: what the form begins with is a suggestion.
        self.initial["version"] = "" if self.instance._state.adding else version_of(self.instance)
        #: What is stored now, beside each field in which it is not what was typed.
        self.now_stored: dict[str, dict[str, Any]] = {}

    def value_names(self) -> list[str]:
        """Return the names of the fields that hold the address."""
        return [name for name in self.fields if name != "version"]

    def values(self) -> dict[str, Any]:
        """Return what was entered, without the company, as operations take it."""
        return {name: self.cleaned_data[name] for name in self.value_names() if name != "company"}

    def add_error(self, field: str | None, error: Any) -> None:
        """Add an error; what Oscar says of an address twice in a book, to the customer, is said to staff."""
        messages = error.messages if isinstance(error, forms.ValidationError) else [str(error)]
        if in_oscars_words("This address is already in your address book") in messages:
            super().add_error(None, _("The customer’s address book has this address already."))
        else:
            super().add_error(field, error)

    def show(self, error: InvalidData) -> None:
        """Put the errors of an operation beside their fields; those without a field stand on top."""
        for name, messages in error.errors.items():
            for message in messages:
                self.add_error(name if name in self.fields else None, message)

    def show_on_top_of(self, current: AddressFormMixin) -> None:
        """Show what was typed beside what ``current`` shows, which somebody else stored; the next save is taken."""
        for name in self.value_names():
            stored = self._text(current.initial.get(name))
            if self._text(self[name].value()) != stored:
                choices = {str(value): str(label) for value, label in getattr(self.fields[name], "choices", ())}
                words = choices.get(stored, stored) or str(_("nothing"))
                self.now_stored[name] = {"value": json.dumps(stored), "text": words, "is_taken": False}
        data: Any = self.data.copy()  # type: ignore[attr-defined]
        data["version"] = current.initial["version"]
        self.data = data
        self.add_error(
            None, _("Someone else changed this address meanwhile. Nothing was saved; what you typed is still here.")
        )

    def summary(self) -> list[tuple[forms.BoundField | None, str]]:
        """Return every error with its field (``None``: of the form as a whole), in the order of the page."""
        found: list[tuple[forms.BoundField | None, str]] = [(None, str(text)) for text in self.non_field_errors()]
        return found + [(field, str(text)) for field in self.visible_fields() for text in field.errors]

    def shown_fields(self) -> list[tuple[forms.BoundField, Any, str]]:
        """Return each field with what somebody else stored in it meanwhile, and how it stands in its row."""
        fields = self.visible_fields()
        return [(field, self.now_stored.get(field.name), _LAYOUT.get(field.name, "")) for field in fields]

    @staticmethod
    def _text(value: Any) -> Any:
        if isinstance(value, bool):
            return value
        return "" if value is None else str(getattr(value, "pk", value))


class AddressForm(AddressFormMixin, UserAddressForm):
    """An address of a customer's book."""

    class Meta(UserAddressForm.Meta):
        fields = ("title", *UserAddressForm.Meta.fields, *FLAGS)


class OrderShippingAddressForm(AddressFormMixin, ShippingAddressForm):
    """Where a guest's order goes."""

    class Meta(ShippingAddressForm.Meta):
        fields = ("title", *ShippingAddressForm.Meta.fields)


class OrderBillingAddressForm(AddressFormMixin, BillingAddressForm):
    """Who pays for a guest's order; such an address has no phone number."""

    class Meta(BillingAddressForm.Meta):
        fields = ("title", *BillingAddressForm.Meta.fields)

    def value_names(self) -> list[str]:
        """Return the names of the fields that hold the address, without those of Oscar's form that do not."""
        columns = {field.name for field in self._meta.model._meta.fields} | {"company"}
        return [name for name in super().value_names() if name in columns]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in set(self.fields) - set(self.value_names()) - {"version"}:
            del self.fields[name]
