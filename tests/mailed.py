"""What tests do with the e-mails that hold links."""

import re
import time

from django.core import mail, signing

_LINK = re.compile(r"https?://[^/\s]+(/accounts/(?:confirm|new-e-mail)/[^/\s]+/)")


def link(message=None):
    """Return the path of the link in an e-mail, the last one sent by default."""
    return _LINK.search((message or mail.outbox[-1]).body)[1]


def token(message=None):
    """Return the token of that link."""
    return link(message).rstrip("/").rpartition("/")[2]


def let_days_pass(monkeypatch, days):
    """Let signatures be looked at so many days later."""
    later = time.time() + days * 24 * 60 * 60
    monkeypatch.setattr(signing.time, "time", lambda: later)
