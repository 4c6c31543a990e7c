"""The form that staff give roles to an account with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ...queries import roles as queries
from ...queries.directory_rows import has_user_field
from .versions import VersionedForm


class RolesForm(VersionedForm):
    """Flags, roles and partners; what the viewer may not hand out is shown and cannot be chosen."""

    is_staff = forms.BooleanField(
        label=_("Staff"),
        required=False,
        help_text=_("May use the dashboard: most of the shop's pages as a whole, customers as far as the roles go."),
    )
    is_active = forms.BooleanField(
        label=_("Active"), required=False, help_text=_("The inactive cannot log in. Their orders stay.")
    )
    is_superuser = forms.BooleanField(
        label=_("Superuser"), required=False, help_text=_("Holds every right there is, in Django's admin too.")
    )
    roles = forms.MultipleChoiceField(label=_("Roles"), required=False)
    partners = forms.MultipleChoiceField(
        label=_("Partners"),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 8}),
        help_text=_("Sees and edits what this partner (vendor) sells. Hold Ctrl or ⌘ to choose several, or none."),
    )

    def __init__(self, *args: Any, viewer: Any, customer: Any, **kwargs: Any) -> None:
        held = queries.held(customer)
        kwargs["initial"] = {**held, "version": queries.version(held)}
        super().__init__(*args, **kwargs)
        self.viewer = viewer
        self.held = held
        self.choices = queries.roles_for(viewer=viewer, customer=customer)
        self._choose("roles", [(role.group.name, role.group.name) for role in self.choices])
        self._choose("partners", [(each.code, each.name or each.code) for each in queries.partners()])
        if not viewer.is_superuser:
            del self.fields["is_superuser"]
        if not queries.may_hand_out(viewer, {queries.PARTNER_RIGHT}):
            self.fields["partners"].disabled = True
        for name in queries.FLAGS:
            if name in self.fields and not has_user_field(name):
                del self.fields[name]

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        field: Any = self.fields[name]
        field.choices = choices

    def role_rows(self) -> list[tuple[queries.Role, bool]]:
        """Return every role and whether it is ticked: as posted, else as stored."""
        ticked = self["roles"].value() or []
        return [(role, role.is_held if not role.is_open else role.group.name in ticked) for role in self.choices]

    def values(self) -> dict[str, Any]:
        """Return what the operation is called with; a role that cannot be chosen stays as it is."""
        chosen = set(self.cleaned_data["roles"])
        closed = {role.group.name for role in self.choices if not role.is_open and role.is_held}
        values = {name: self.cleaned_data[name] for name in queries.FLAGS if name in self.fields}
        return {**values, "roles": chosen | closed, "partners": self.cleaned_data["partners"]}

    def held_in_words(self) -> list[str]:
        """Return what is stored, field by field."""
        found = []
        for name, value in self.held.items():
            words = ", ".join(value) if isinstance(value, list) else (_("Yes") if value else _("No"))
            found.append(f"{self.base_fields[name].label}: {words or _('None')}")
        return found

    def flags(self) -> Sequence[forms.BoundField]:
        """Return the flags that the viewer may set."""
        return [self[name] for name in ("is_active", "is_staff", "is_superuser") if name in self.fields]
