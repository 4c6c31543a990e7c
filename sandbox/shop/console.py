"""How the sandbox's long commands talk: a progress bar on a terminal, plain lines elsewhere."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.conf import settings
from django.core.management.base import BaseCommand
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table


def console_of(command: BaseCommand) -> Console:
    """Return a console that writes where the command writes."""
    # Django's wrapper would end each of the small pieces that rich writes with a line break.
    command.stdout.ending = ""
    return Console(file=command.stdout, soft_wrap=not command.stdout.isatty())


def progress_on(console: Console) -> Progress:
    """Return a progress display with done, total, time gone and time left."""
    return Progress(
        SpinnerColumn(),
        TextColumn("[bold]{task.description}", justify="left"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=console,
        disable=not console.is_terminal,
    )


def table_of(title: str, headings: Iterable[str], rows: Iterable[Iterable[object]]) -> Table:
    """Return a table for the end of a command."""
    table = Table(title=title, title_justify="left", title_style="bold")
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*[str(cell) for cell in row])
    return table


@contextmanager
def nothing_logged() -> Iterator[None]:
    """Keep Django from remembering every query, which with DEBUG on eats memory and most of the time."""
    debug, settings.DEBUG = settings.DEBUG, False
    try:
        yield
    finally:
        settings.DEBUG = debug
