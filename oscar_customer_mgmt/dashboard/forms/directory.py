"""Forms of the customer list: search and filters, columns, filters saved under a name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ...models import DirectoryEntry
from ...queries.directory import PAGE_SIZES, DirectoryFilter, filters_in_use
from .. import links
from ..tables.directory import CHOOSABLE_COLUMNS

#: The id of the page's one form: the search box and the panel are sent together, so nothing typed is lost.
SEARCH_FORM = "ocm-search"

#: The panel's fields, in the groups that they stand in.
PANEL: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (
        gettext_lazy("Person"),
        (
            "first_name",
            "last_name",
            "email",
            "phone",
            "company",
            "postcode",
            "birth_day",
            "birth_month",
            "ip",
        ),
    ),
    (gettext_lazy("Orders"), ("last_order", "order_count", "total_spent", "test")),
    (
        gettext_lazy("Account"),
        (
            "registered",
            "origin",
            "verified",
            "denied",
            "active",
            "tax_exempt",
            "account_manager",
            "created_by",
            "staff",
            "role",
            "partner",
        ),
    ),
)

_DATES = ("registered", "last_order")
_NUMBERS = ("total_spent", "order_count")


@dataclass(frozen=True)
class Chip:
    """One filter in force: what it says, and the list without it."""

    label: str
    value: str
    url: str


@dataclass(frozen=True)
class Input:
    """One input of the panel, drawn."""

    id: str
    label: str
    html: str


@dataclass(frozen=True)
class PanelField:
    """One filter of the panel: an input, or two for a range."""

    name: str
    label: str
    inputs: Sequence[Input]
    errors: Sequence[str]

    @property
    def is_range(self) -> bool:
        """Whether the filter has a from and a to."""
        return len(self.inputs) > 1


class DirectoryFilterForm(DirectoryFilter):
    """Search and filters as the dashboard uses them.

    While the panel is closed only the filters that were asked for are looked at: building two dozen
    fields and reading the staff, roles and partners to choose from costs more than the list.
    """

    def __init__(self, query: links.ListQuery, queryset: QuerySet[DirectoryEntry], *, is_panel_open: bool) -> None:
        parameters = links.filter_parameters()
        on_panel = [name for _label, names in PANEL for name in names] if is_panel_open else []
        self.base_filters = {
            name: DirectoryFilter.base_filters[name]
            for name in filters_in_use()
            if name in on_panel or any(parameter in query for parameter in parameters[name])
        }
        super().__init__(query.data(), queryset)
        self.query = query
        self.is_panel_open = is_panel_open

    @property
    def is_wrong(self) -> bool:
        """Whether something that was typed makes no sense."""
        return bool(self.form.errors)

    def on_every_tab(self) -> QuerySet[DirectoryEntry]:
        """Return the rows that match whatever their status, for the figures on the tabs."""
        return self._narrowed(leaving_out=("status",))

    def rows(self) -> QuerySet[DirectoryEntry]:
        """Return the rows that match; none where a filter makes no sense, since all would be a lie."""
        return self._narrowed()

    def _narrowed(self, leaving_out: Sequence[str] = ()) -> QuerySet[DirectoryEntry]:
        if self.is_wrong:
            return self.queryset.none()
        queryset = self.queryset
        for name, value in self.form.cleaned_data.items():
            if name not in leaving_out:
                queryset = self.filters[name].filter(queryset, value)
        return queryset

    def errors_in_words(self) -> list[tuple[str, str, str]]:
        """Return, for each mistake, the id of its input, the label of its field and what is wrong."""
        return [
            (self._input_id(name), str(self.form.fields[name].label), str(message))
            for name, messages in self.form.errors.items()
            for message in messages
        ]

    def _input_id(self, name: str) -> str:
        parameters = links.filter_parameters()[name]
        if len(parameters) == 1:
            return f"id_{name}"
        return f"id_{name}_{next((index for index, each in enumerate(parameters) if each in self.query), 0)}"

    def hidden_fields(self) -> list[tuple[str, str]]:
        """Return what the search form must carry along, beside what stands in it to be typed in."""
        parameters = links.filter_parameters()
        typed = [parameter for name in self.form.fields for parameter in parameters[name]] if self.is_panel_open else []
        carried = self.query.without("q", "list", *links.PASSING_PARAMETERS, *typed).items()
        return [*carried, ("list", "1")] if self.is_panel_open else carried

    def search_errors(self) -> list[str]:
        """Return what is wrong with the words in the search box."""
        return [str(message) for message in self.form.errors.get("q", ())]

    def chips(self) -> list[Chip]:
        """Return the filters in force, search and tab aside, in the order of the panel."""
        asked = [name for group, names in PANEL for name in names if name in self.filters and self._is_asked(name)]
        parameters = links.filter_parameters()
        return [
            Chip(
                str(self.form.fields[name].label),
                self._in_words(name),
                self.query.having(**dict.fromkeys(parameters[name])).url(),
            )
            for name in asked
        ]

    def _is_asked(self, name: str) -> bool:
        return any(parameter in self.query for parameter in links.filter_parameters()[name])

    def _in_words(self, name: str) -> str:
        value = self.form.cleaned_data.get(name)
        if value is None or value == "":
            return ", ".join(self.query.get(parameter) for parameter in links.filter_parameters()[name])
        if isinstance(value, slice):
            return _range_in_words(value.start, value.stop)
        if isinstance(value, bool):
            return _("Yes") if value else _("No")
        field = self.form.fields[name]
        if isinstance(field, forms.ModelChoiceField):
            return str(field.label_from_instance(value))
        if choices := getattr(field, "choices", None):
            return str(dict(choices).get(value, value))
        return str(value)

    def panel(self) -> Iterator[tuple[str, list[PanelField]]]:
        """Yield the groups of the panel with their fields."""
        for label, names in PANEL:
            yield str(label), [self._panel_field(name) for name in names if name in self.form.fields]

    def _panel_field(self, name: str) -> PanelField:
        bound = self.form[name]
        errors = [str(message) for message in bound.errors]
        if len(links.filter_parameters()[name]) == 1:
            _offer_any(bound.field)
            _dress(bound.field.widget, name, is_wrong=bool(errors))
            return PanelField(name, str(bound.label), [Input(bound.auto_id, str(bound.label), str(bound))], errors)
        inputs = [
            Input(f"{bound.auto_id}_{index}", label, self._draw_part(bound, index, label))
            for index, label in enumerate((_("from"), _("to")))
        ]
        return PanelField(name, str(bound.label), inputs, errors)

    def _draw_part(self, bound: Any, index: int, label: str) -> str:
        parameter = links.filter_parameters()[bound.name][index]
        typed = self.query.get(parameter)
        attributes = {"id": f"{bound.auto_id}_{index}", "aria-label": f"{bound.label}, {label}"}
        if bound.errors and typed:
            attributes |= {"aria-invalid": "true", "aria-describedby": f"{bound.auto_id}_error"}
        widget = bound.field.widget.widgets[index]
        _dress(widget, bound.name, is_wrong=bool(bound.errors and typed))
        return str(widget.render(parameter, typed, attributes))


def _offer_any(field: forms.Field) -> None:
    """Let a choice say in words that it may be left open."""
    if isinstance(field, forms.ModelChoiceField):
        field.empty_label = _("Any")
    elif isinstance(field.widget, forms.Select):
        field.widget.choices = [("", _("Any")), *(choice for choice in field.widget.choices if choice[0] != "")]


def _dress(widget: Any, name: str, *, is_wrong: bool) -> None:
    """Give an input of the panel the looks and the keyboard that suit what is typed there."""
    widget.attrs["form"] = SEARCH_FORM
    widget.attrs["class"] = "form-control form-control-sm" + (" is-invalid" if is_wrong else "")
    if name in _NUMBERS:
        widget.attrs["inputmode"] = "decimal"
    if name in _DATES and not is_wrong:
        # A browser's date field cannot show what is no date, and what was typed must stay.
        widget.input_type = "date"


def _range_in_words(start: Any, stop: Any) -> str:
    if start is not None and stop is not None:
        return _("%(start)s to %(stop)s") % {"start": _in_words(start), "stop": _in_words(stop)}
    if start is not None:
        return _("from %(start)s") % {"start": _in_words(start)}
    return _("up to %(stop)s") % {"stop": _in_words(stop)}


def _in_words(value: Any) -> str:
    if isinstance(value, datetime):
        return formats.date_format(timezone.localtime(value), "DATE_FORMAT")
    return str(formats.localize(value))


class ColumnsForm(forms.Form):
    """Which columns the list shows, and how many customers a page has; what is not sent stays."""

    columns = forms.MultipleChoiceField(
        label=gettext_lazy("Columns"), required=False, choices=[(name, name) for name in ("name", *CHOOSABLE_COLUMNS)]
    )
    page_size = forms.TypedChoiceField(
        label=gettext_lazy("Customers per page"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[(size, size) for size in PAGE_SIZES],
    )
    query = forms.CharField(required=False)

    def chosen(self) -> dict[str, Any]:
        """Return what is to be kept, ``None`` for what was not sent."""
        columns = self.cleaned_data["columns"] if "columns" in self.data else None
        return {"columns": columns, "page_size": self.cleaned_data["page_size"]}


class SavedFilterForm(forms.Form):
    """A name for search and filters as they stand."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=100, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    is_shared = forms.BooleanField(label=gettext_lazy("Share with colleagues"), required=False)
    query = forms.CharField(required=False, widget=forms.HiddenInput)

    def summary(self) -> list[tuple[forms.BoundField | None, str]]:
        """Return every error with its field (``None``: of the form as a whole), in the order of the page."""
        found: list[tuple[forms.BoundField | None, str]] = [(None, str(text)) for text in self.non_field_errors()]
        return found + [(field, str(text)) for field in self.visible_fields() for text in field.errors]
