"""Lets things happen in the past, so that all that stamps itself with the time is as old as it says."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

from django.utils import timezone


@contextmanager
def clock_at(moment: dt.datetime) -> Iterator[None]:
    """Make Django's clock stand at a moment: many columns take the time by themselves and listen to nobody.

    Models hold on to the function `timezone.now` itself (as a default), so it stays, and what it asks is replaced.
    """

    class Standing(dt.datetime):
        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> dt.datetime:
            return moment

    with mock.patch.object(timezone, "datetime", Standing):
        yield
