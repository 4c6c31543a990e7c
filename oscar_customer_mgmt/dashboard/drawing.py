"""Small things that several pages show: avatars, names, badges, money, times.

Templates have them as tags and filters: see ``templatetags.customer_mgmt``.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.utils import dateformat, formats, timezone
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from .. import conf
from ..host import format_currency
from ..models import DirectoryEntry

#: How many colours ``dashboard.css`` has for avatars.
AVATAR_COLOURS = 8

_MINUTE = 60
_HOUR = 60 * _MINUTE
_DAY = 24 * _HOUR


def avatar(person: Any, *, is_test: bool | None = None, size: str = "") -> SafeString:
    """Draw somebody's initials in a circle; of a directory entry, or of an account.

    The colour follows from the e-mail address, so that one person keeps it everywhere. Decoration:
    hidden from screen readers, which read the name beside it, save for the test dot.
    """
    entry = person if isinstance(person, DirectoryEntry) else _entry_of_account(person)
    if is_test is None:
        is_test = entry.is_test
    colour = zlib.crc32((entry.email or entry.number).lower().encode()) % AVATAR_COLOURS
    sized = f" ocm-avatar-{escape(size)}" if size else ""
    picture = _gravatar(entry.email) if conf.get("GRAVATAR") and entry.email else ""
    return SafeString(
        f'<span class="ocm-avatar ocm-avatar-{colour}{sized}"><span aria-hidden="true">'
        f"{escape(entry.initials or '?')}</span>{picture}{_test_dot() if is_test else ''}</span>"
    )


def _entry_of_account(user: Any) -> DirectoryEntry:
    names = {name: getattr(user, name, "") or "" for name in ("first_name", "last_name", "email")}
    return DirectoryEntry(**names, number=str(user.pk))


def _gravatar(email: str) -> SafeString:
    digest = hashlib.sha256(email.strip().lower().encode()).hexdigest()
    # Blank where there is none, so that the initials below show through.
    url = f"https://www.gravatar.com/avatar/{digest}?s=96&d=blank"
    return format_html('<img src="{}" alt="" loading="lazy" referrerpolicy="no-referrer">', url)


def _test_dot() -> SafeString:
    return format_html(
        '<span class="ocm-test-dot" title="{0}"></span><span class="sr-only">{0}</span>', _("Test customer")
    )


def customer_name(person: Any) -> str:
    """Return first and last name of an entry or account; words that say so where there is none."""
    full_name = getattr(person, "full_name", None) or (person.get_full_name() if _is_account(person) else "")
    return full_name.strip() or _("[no name found]")


def _is_account(person: Any) -> bool:
    return hasattr(person, "get_full_name")


def status_badges(entry: DirectoryEntry) -> SafeString:
    """Show what a row of the directory is: an account or a guest order, and what is particular about it."""
    return _drawn_badges(tuple(_badges(entry)), get_language())


def _badges(entry: DirectoryEntry) -> Iterator[str]:
    if entry.is_guest:
        yield "guest"
    else:
        yield "registered"
        yield "verified" if entry.is_verified else "unverified"
    if entry.is_denied_now:
        yield "denied"
    if not entry.is_active:
        yield "inactive"
    if entry.is_test:
        yield "test"
    if entry.is_staff:
        yield "staff"


_BADGE_WORDS = {
    "guest": gettext_lazy("Not registered"),
    "registered": gettext_lazy("Registered"),
    "verified": gettext_lazy("Verified"),
    "unverified": gettext_lazy("Unverified"),
    "denied": gettext_lazy("Denied"),
    "inactive": gettext_lazy("Inactive"),
    "test": gettext_lazy("Test"),
    "staff": gettext_lazy("Staff"),
}


# There are few sets of badges, and each row of the list has one.
@lru_cache(maxsize=256)
def _drawn_badges(kinds: tuple[str, ...], language: str) -> SafeString:
    drawn = (f'<span class="badge ocm-badge ocm-badge-{kind}">{escape(_BADGE_WORDS[kind])}</span>' for kind in kinds)
    return SafeString(" ".join(drawn))


def money(amount: Any, currency: str) -> str:
    """Return an amount in its own currency, as the reader's language writes it."""
    return format_currency(amount, currency)


def grouped(number: int) -> str:
    """Return a number with its thousands set apart."""
    return formats.number_format(number, use_l10n=True, force_grouping=True)


def time_ago(moment: datetime | None) -> str:
    """Say how long ago something was, with the exact date as title; nothing for ``None``."""
    if moment is None:
        return ""
    local = timezone.localtime(moment)
    words = in_words((timezone.now() - moment).total_seconds()) or _day_in_words(local)
    return _time(local, words, title=formats.date_format(local, "DATETIME_FORMAT"))


def short_date(moment: datetime | None) -> str:
    """Show the day of something; nothing for ``None``."""
    if moment is None:
        return ""
    local = timezone.localtime(moment)
    return _time(local, _day_in_words(local))


def _day_in_words(local: datetime) -> str:
    return _day(local.date(), formats.get_format("DATE_FORMAT"), get_language())


# A list sorted by date shows the same days over and over.
@lru_cache(maxsize=4096)
def _day(day: date, pattern: str, language: str) -> str:
    return dateformat.format(day, pattern)


def _time(local: datetime, words: str, *, title: str = "") -> SafeString:
    # Drawn by hand: twice in every row of the list.
    titled = f' title="{escape(title)}"' if title else ""
    return SafeString(f'<time datetime="{local.isoformat(timespec="seconds")}"{titled}>{escape(words)}</time>')


def in_words(seconds: float) -> str:
    """Return "3 days ago" for so many seconds, in the largest unit that fits; empty for the future."""
    if seconds < -_MINUTE:
        return ""
    if seconds < _MINUTE:
        return _("just now")
    if seconds < _HOUR:
        return _ago(ngettext("%d minute ago", "%d minutes ago", int(seconds // _MINUTE)), seconds // _MINUTE)
    if seconds < _DAY:
        return _ago(ngettext("%d hour ago", "%d hours ago", int(seconds // _HOUR)), seconds // _HOUR)
    days = int(seconds // _DAY)
    if days < 31:
        return _ago(ngettext("%d day ago", "%d days ago", days), days)
    if days < 365:
        months = max(1, days * 12 // 365)
        return _ago(ngettext("%d month ago", "%d months ago", months), months)
    years = days // 365
    return _ago(ngettext("%d year ago", "%d years ago", years), years)


def _ago(text: str, number: float) -> str:
    return text % int(number)
