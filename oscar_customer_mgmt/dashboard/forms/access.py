"""Forms that deny a customer or an e-mail address."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ...operations.access import LONGEST_MESSAGE, LONGEST_REASON
from .versions import VersionedForm

#: As browsers send the field that has a picker of its own.
_LOCAL_TIME = "%Y-%m-%dT%H:%M"


class DenyForm(VersionedForm):
    """Why, until when, and what the customer is told."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Internal: stays among staff, on the timeline too."),
    )
    until = forms.DateTimeField(
        label=_("Until"),
        required=False,
        input_formats=[_LOCAL_TIME, f"{_LOCAL_TIME}:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d"],
        widget=forms.DateTimeInput(format=_LOCAL_TIME, attrs={"type": "datetime-local"}),
        help_text=_("The denial ends by itself then. Leave it empty for no end."),
    )
    message = forms.CharField(
        label=_("Words for the customer"),
        required=False,
        max_length=LONGEST_MESSAGE,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Shown instead of our general words where the customer is refused."),
    )

    def values(self) -> dict[str, Any]:
        """Return what the operation is called with."""
        return {name: self.cleaned_data[name] for name in ("reason", "until", "message")}

    def shown_fields(self) -> list[tuple[forms.BoundField, None, str]]:
        """Return each field as the template of fields takes them."""
        return [(field, None, "wide") for field in self.visible_fields()]


class DenyEmailForm(DenyForm):
    """An e-mail address to deny."""

    email = forms.EmailField(label=_("E-mail address"), max_length=254)

    field_order = ("email", "reason", "until", "message")

    def values(self) -> dict[str, Any]:
        """Return what the operation is called with."""
        return {**super().values(), "email": self.cleaned_data["email"]}


class FindEmailForm(forms.Form):
    """The address to look for among the denied ones."""

    email = forms.CharField(label=_("E-mail address"), required=False, max_length=254)
