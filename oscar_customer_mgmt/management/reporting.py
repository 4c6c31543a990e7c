"""What our commands share: how far a long one is, and errors in words instead of a traceback."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, ProgrammingError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

#: What a shell reports for a command that was stopped with Ctrl-C.
STOPPED = 130


def batch_size(text: str) -> int:
    """Return a batch size typed on the command line. Raises argparse's error for one below 1."""
    try:
        size = int(text)
    except ValueError:
        size = 0
    if size < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number above 0.")
    return size


@contextmanager
def progress(command: BaseCommand, description: str, *, total: Callable[[], int], verbosity: int) -> Iterator[Any]:
    """Give a function that takes the number of rows just done, and show a bar on a terminal only.

    ``total`` is asked only where there is somebody to see it.
    """
    if verbosity < 1 or not (command.stdout.isatty() and sys.stderr.isatty()):
        yield lambda rows: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(description, total=total())
        yield lambda rows: bar.advance(task, rows)


@contextmanager
def plain_errors() -> Iterator[None]:
    """Turn a database that is not ready, and Ctrl-C, into one line."""
    try:
        yield
    except (OperationalError, ProgrammingError) as error:
        text = " ".join(str(error).split())
        raise CommandError(f"The database refused: {text}. Has `manage.py migrate` been run?") from error
    except KeyboardInterrupt as error:
        raise CommandError("Stopped. What was done is kept; run it again to go on.", returncode=STOPPED) from error
