"""Which of the e-mails that a shop kept staff may read: none that could open the customer's account.

Nothing marks such e-mails, so the text itself is looked at, and everything that is not known to be
harmless counts as dangerous: better a harmless e-mail unread than an account taken over.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from django.urls import Resolver404, resolve
from django.utils import translation

#: Pages of Oscar's whose addresses name a thing and let nobody in. Others are harmless where nothing
#: in their address varies.
_HARMLESS = {"catalogue:detail", "catalogue:category", "customer:order", "customer:order-line", "offer:detail"}
#: Part of a word is enough. A shop that writes in another language is covered by the links alone.
_SECRETS = (
    "password",
    "passwort",
    "kennwort",
    "passcode",
    "passe",
    "contraseña",
    "wachtwoord",
    "hasło",
    "senha",
    "token",
)
_CODES = re.compile(r"\b(?:code|codes|kode|codigo|código|codice|pin|otp|tan|2fa)\b", re.IGNORECASE)
_LONGEST_WORD = 20


def may_be_shown(text: str) -> bool:
    """Say whether an e-mail's plain text holds nothing that lets its reader into the account."""
    folded = text.casefold()
    if any(word in folded for word in _SECRETS) or _CODES.search(text):
        return False
    return all(_is_harmless(word) for word in text.split())


def _is_harmless(word: str) -> bool:
    bare = word.strip("()<>[]{}\"'.,;:!“”‘’«»*_")
    if not _is_link(bare):
        # A long word with digits in it may be a key of whatever kind.
        return len(bare) < _LONGEST_WORD or not any(sign.isdigit() for sign in bare)
    if "\\" in bare or "%" in bare or "@" in bare:
        return False
    try:
        parts = urlsplit(bare if "//" in bare or bare.startswith("/") else f"//{bare}")
    except ValueError:
        return False
    return not parts.query and not parts.fragment and _is_harmless_path(parts.path or "/")


def _is_link(word: str) -> bool:
    before, slash, _after = word.partition("/")
    return "//" in word or "?" in word.rstrip("?") or word.startswith("/") or bool(slash and "." in before)


def _is_harmless_path(path: str) -> bool:
    with translation.override(translation.get_language_from_path(path) or translation.get_language()):
        try:
            match = resolve(path)
        except Resolver404:
            return False
    return match.view_name in _HARMLESS or not (match.args or match.kwargs)
