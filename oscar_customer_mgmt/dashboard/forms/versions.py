"""What forms share that know on which version of the stored values they build."""

from __future__ import annotations

from typing import Any

from django import forms

from ...exceptions import InvalidData, NotHeld


class VersionedForm(forms.Form):
    """A form that carries the version of what it was opened with, and shows what an operation refuses."""

    version = forms.CharField(required=False, widget=forms.HiddenInput)

    def show(self, error: InvalidData | NotHeld) -> None:
        """Put the errors of the operation beside their fields."""
        errors = {error.field: [str(error)]} if isinstance(error, NotHeld) else error.errors
        for name, texts in errors.items():
            for text in texts:
                self.add_error(name if name in self.fields else None, text)

    def see_version(self, version: str) -> None:
        """Let what is posted next build on what is stored now, and keep all that was entered."""
        data: Any = self.data
        self.data = data.copy()
        self.data["version"] = version  # type: ignore[index]  # a copy may be written to

    def summary(self) -> list[tuple[forms.BoundField | None, str]]:
        """Return every error with its field (``None``: of the form as a whole)."""
        found: list[tuple[forms.BoundField | None, str]] = [(None, str(text)) for text in self.non_field_errors()]
        return found + [(field, str(text)) for field in self.visible_fields() for text in field.errors]
