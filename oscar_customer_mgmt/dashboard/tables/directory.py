"""The table of the customer list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import cached_property
from django.utils.html import conditional_escape, escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_tables2 import Column

from ...host import DashboardTable
from ...models import DirectoryEntry
from .. import links
from ..drawing import avatar, customer_name, money, short_date, status_badges, time_ago

#: Columns that are always there, and those that each member of staff chooses from.
FIXED_COLUMNS = ("avatar", "name", "actions")
CHOOSABLE_COLUMNS = ("number", "status", "company", "order_count", "total_spent", "last_order", "registered")

#: What staff see who never chose.
DEFAULT_COLUMNS = tuple(name for name in CHOOSABLE_COLUMNS if name != "company")

#: Columns whose figures leave something out, which their heads say.
NET_COLUMNS = ("order_count", "total_spent")


@dataclass(frozen=True)
class SortLink:
    """A heading that sorts: where it leads, and how the list is sorted by it now."""

    label: str
    url: str
    direction: str = ""


@dataclass(frozen=True)
class Heading:
    """The head of one column."""

    name: str
    label: str
    links: Sequence[SortLink]
    is_hidden: bool
    is_net: bool = False

    @property
    def direction(self) -> str:
        """``ascending``, ``descending`` or nothing, as ``aria-sort`` wants it."""
        return next((link.direction for link in self.links if link.direction), "")


class DirectoryTable(DashboardTable):  # type: ignore[misc]  # Oscar's classes are untyped
    """Rows of the directory, drawn cell by cell through the ``render_`` methods.

    Sorting and pages are the list's own (``queries.directory``), so that they cost the same however
    deep: this table orders nothing. ``lean_rows`` draws the same cells as django-tables2 would, in a
    fifth of the time.
    """

    avatar = Column(accessor="number", verbose_name=gettext_lazy("Edit"), orderable=False)
    name = Column(accessor="full_name", verbose_name=gettext_lazy("Name"), orderable=False, empty_values=())
    number = Column(verbose_name=gettext_lazy("Number"), orderable=False)
    status = Column(verbose_name=gettext_lazy("Status"), orderable=False)
    company = Column(verbose_name=gettext_lazy("Company"), orderable=False)
    order_count = Column(verbose_name=gettext_lazy("Orders"), orderable=False)
    total_spent = Column(verbose_name=gettext_lazy("Total spent"), orderable=False)
    last_order = Column(accessor="last_order_at", verbose_name=gettext_lazy("Last order"), orderable=False)
    registered = Column(accessor="registered_at", verbose_name=gettext_lazy("Registered"), orderable=False)
    actions = Column(accessor="number", verbose_name=gettext_lazy("Actions"), orderable=False)

    #: By column, the orderings that its heading links to: words, name of the ordering, whether it begins downwards.
    sortable = {
        "name": ((gettext_lazy("Name"), "name", False), (gettext_lazy("E-mail"), "email", False)),
        "number": ((gettext_lazy("Number"), "number", False),),
        # Registered first.
        "status": ((gettext_lazy("Status"), "status", True),),
        "company": ((gettext_lazy("Company"), "company", False),),
        "order_count": ((gettext_lazy("Orders"), "order_count", True),),
        "total_spent": ((gettext_lazy("Total spent"), "total_spent", True),),
        "last_order": ((gettext_lazy("Last order"), "last_order", True),),
        "registered": ((gettext_lazy("Registered"), "registered", True),),
    }
    hidden_labels = ("avatar", "actions")

    class Meta(DashboardTable.Meta):
        template_name = "oscar_customer_mgmt/dashboard/directory/table.html"
        sequence = ("avatar", "name", *CHOOSABLE_COLUMNS, "actions")

    def __init__(
        self,
        rows: Iterable[DirectoryEntry],
        *,
        query: links.ListQuery,
        ordering: str,
        viewer: Any,
        columns: Sequence[str] = (),
        can_change: bool = False,
        can_erase: bool = False,
        **kwargs: Any,
    ) -> None:
        chosen = [name for name in columns if name in CHOOSABLE_COLUMNS] if columns else DEFAULT_COLUMNS
        self.chosen_columns = tuple(chosen)
        self.query = query
        self.ordering = ordering
        self.viewer = viewer
        self.can_change = can_change
        self.can_erase = can_erase
        self.links = links.RowLinks(back=query.as_back())
        hidden = [name for name in CHOOSABLE_COLUMNS if name not in self.chosen_columns]
        super().__init__(rows, exclude=hidden, **kwargs)

    @cached_property
    def headings(self) -> list[Heading]:
        """The heads of the columns shown, in order."""
        return [
            Heading(
                name=column.name,
                label=str(column.header),
                links=[self._sort_link(*link) for link in self.sortable.get(column.name, ())],
                is_hidden=column.name in self.hidden_labels,
                is_net=column.name in NET_COLUMNS,
            )
            for column in self.columns
        ]

    def _sort_link(self, label: Any, name: str, begins_downwards: bool) -> SortLink:
        first, second = (f"-{name}", name) if begins_downwards else (name, f"-{name}")
        directions = {name: "ascending", f"-{name}": "descending"}
        wanted = second if self.ordering == first else first
        return SortLink(str(label), self.query.having(ordering=wanted).url(), directions.get(self.ordering, ""))

    def column_choices(self) -> list[tuple[str, str, bool]]:
        """Return each column that can be chosen: its name, its label, and whether it is shown."""
        return [
            (name, str(self.base_columns[name].verbose_name), name in self.chosen_columns) for name in CHOOSABLE_COLUMNS
        ]

    def lean_rows(self) -> Iterator[SafeString]:
        """Yield the rows, each drawn whole."""
        columns = [(self._begin_cell(head), getattr(self, f"render_{head.name}")) for head in self.headings]
        for entry in self.data:
            cells = [f"{begin}{_html(render(record=entry))}</td>" for begin, render in columns]
            yield SafeString(f'<tr role="row">{"".join(cells)}</tr>')

    def _begin_cell(self, head: Heading) -> str:
        # The label is shown where rows are drawn as cards.
        label = _("%(column)s, net") % {"column": head.label} if head.is_net else head.label
        return format_html('<td role="cell" class="ocm-col-{}" data-label="{}">', head.name, label)

    @property
    def has_net_figures(self) -> bool:
        """Whether a column is shown that needs the word about net figures."""
        return any(heading.is_net for heading in self.headings)

    def _edit_url(self, record: DirectoryEntry) -> str:
        """Return where the row's "Edit" leads; nothing for those to whom the form is closed.

        Who may manage an account of staff takes queries to know, so the list sends everybody but
        superusers to its page, which knows.
        """
        return self.links.edit_page(record) if self.can_change and self._is_open(record) else ""

    def _is_open(self, record: DirectoryEntry) -> bool:
        return not record.is_staff or self.viewer.is_superuser or record.user_id == self.viewer.pk

    def render_avatar(self, record: DirectoryEntry) -> SafeString:
        """Draw the avatar; it opens the form, or the page where the form may be closed to whoever looks."""
        picture = avatar(record)
        url, words = self._edit_url(record), self._words["edit_customer"]
        if not url and self.can_change and record.is_staff:
            url, words = self.links.page(record), self._words["view_customer"]
        if not url:
            return picture
        words = escape(words % {"customer": record.full_name or record.email or record.number})
        return SafeString(f'<a href="{escape(url)}" title="{words}" aria-label="{words}">{picture}</a>')

    def render_name(self, record: DirectoryEntry) -> SafeString:
        """Name, which opens the page, over the e-mail address."""
        url = self.links.page(record)
        name = customer_name(record)
        css_class = "ocm-name" if record.full_name else "ocm-name ocm-name-missing"
        begin, end = (
            (f'<a class="{css_class}" href="{escape(url)}">', "</a>")
            if url
            else (f'<span class="{css_class}">', "</span>")
        )
        return SafeString(f'{begin}<bdi>{escape(name)}</bdi>{end}<span class="ocm-email">{escape(record.email)}</span>')

    def render_number(self, record: DirectoryEntry) -> str:
        """Show the customer's number, or a guest's order number."""
        return record.number

    def render_status(self, record: DirectoryEntry) -> SafeString:
        """Registered or not, and what is particular."""
        return status_badges(record)

    def render_company(self, record: DirectoryEntry) -> SafeString | str:
        """Show the first company known."""
        return format_html("<bdi>{}</bdi>", record.company) if record.company else ""

    def render_order_count(self, record: DirectoryEntry) -> int:
        """Show how many orders count: neither cancelled nor test."""
        return record.order_count

    def render_total_spent(self, record: DirectoryEntry) -> SafeString | str:
        """Show what was spent, one line per currency, never summed across."""
        amounts = [money(part["amount"], part["currency"]) for part in record.spent]
        return SafeString("".join(f"<span>{escape(amount)}</span>" for amount in amounts))

    def render_last_order(self, record: DirectoryEntry) -> str:
        """Say how long ago the last order was, whatever became of it."""
        return time_ago(record.last_order_at)

    def render_registered(self, record: DirectoryEntry) -> str:
        """Show the day on which the account was made."""
        return short_date(record.registered_at)

    def render_actions(self, record: DirectoryEntry) -> SafeString:
        """Link to the page and, for those who may, to the form."""
        actions = (
            (self._words["view"], "fa-eye", self.links.page(record)),
            (self._words["edit"], "fa-pencil-alt", self._edit_url(record)),
        )
        name = escape(record.full_name or record.email or record.number)
        buttons = [
            f'<a class="btn btn-sm btn-outline-secondary" href="{escape(url)}" aria-label="{words}: {name}">'
            f'<i class="fas {icon}" aria-hidden="true"></i> {words}</a>'
            for words, icon, url in actions
            if url
        ]
        return SafeString(" ".join([*buttons, *self._row_menu(record, name)]))

    def _row_menu(self, record: DirectoryEntry, name: str) -> list[str]:
        """Return the menu with what is rare, or nothing where there is nothing to put in."""
        delete = self.links.delete_page(record) if self.can_erase and self._is_open(record) else ""
        items = [(self._words["delete"], "fa-user-slash", delete, "ocm-hurts")]
        drawn = "".join(
            f'<a class="dropdown-item {css_class}" href="{escape(url)}">'
            f'<i class="fas {icon} fa-fw" aria-hidden="true"></i> {words}<span class="sr-only">: {name}</span></a>'
            for words, icon, url, css_class in items
            if url
        )
        if not drawn:
            return []
        more = self._words["more"]
        summary = f'<summary class="btn btn-sm btn-outline-secondary" aria-label="{more}: {name}">{more}</summary>'
        body = f'<div class="ocm-menu-body ocm-actions-menu">{drawn}</div>'
        return [f'<details class="ocm-menu ocm-row-menu">{summary}{body}</details>']

    @cached_property
    def _words(self) -> dict[str, str]:
        """What every row says again: translated once. Patterns are escaped when they are filled in."""
        words = {"view": _("View"), "edit": _("Edit"), "more": _("More"), "delete": _("Delete account")}
        return {
            **{name: escape(text) for name, text in words.items()},
            "edit_customer": _("Edit %(customer)s"),
            "view_customer": _("View %(customer)s"),
        }


def _html(cell: Any) -> str:
    return cell if type(cell) is SafeString else conditional_escape(cell)
