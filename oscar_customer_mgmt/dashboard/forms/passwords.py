"""The form that staff set a customer's password with."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables

from ...exceptions import InvalidData
from .customers import password_rules


class SetPasswordForm(forms.Form):
    """A new password, twice; shown again it is empty, since no page holds a password."""

    password1 = forms.CharField(
        label=_("New password"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )
    password2 = forms.CharField(
        label=_("New password again"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = " ".join(map(str, password_rules()))

    @sensitive_variables("cleaned")
    def clean(self) -> dict[str, Any] | None:
        """Ask for the same password twice."""
        cleaned = super().clean()
        if not self.errors and self.cleaned_data["password1"] != self.cleaned_data["password2"]:
            self.add_error("password2", _("The two passwords are not the same."))
        return cleaned

    def show(self, error: InvalidData) -> None:
        """Put the errors of the operation beside the first field."""
        for messages in error.errors.values():
            for message in messages:
                self.add_error("password1", message)

    def summary(self) -> list[tuple[forms.BoundField, str]]:
        """Return every error with its field."""
        return [(field, str(text)) for field in self.visible_fields() for text in field.errors]

    def shown_fields(self) -> list[tuple[forms.BoundField, None, str]]:
        """Return each field as the template of fields takes them."""
        return [(field, None, "") for field in self.visible_fields()]
