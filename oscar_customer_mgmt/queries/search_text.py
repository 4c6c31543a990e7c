"""How text is folded so that it is found: without regard to case, accents or spaces.

The same functions fold what is stored in the directory and what is typed in the box.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import phonenumbers

#: Between two pieces of stored search text; no typed word can contain it.
SEPARATOR = "\n"

#: Letters that Unicode does not decompose and that people type without their stroke.
_UNDECOMPOSED = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe", "ı": "i", "þ": "th", "ħ": "h", "\x00": ""}
)
#: Signs that keyboards lack, and the ones that are typed instead.
_TYPED_INSTEAD = str.maketrans(
    dict.fromkeys("\u2018\u2019\u201b\u02bc\u02b9\u00b4\u2032\u1ffd", "'")
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-")
)
#: Two letters for one, as people type them whose keyboard lacks it.
_TWO_LETTERS = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "Ø": "Oe", "Å": "Aa"}
)
#: What stands round a word in a sentence. Signs that addresses and passwords begin with are not among them.
_ROUND_WORDS = ",;:.!?#\"'()[]{}<>«»‹›„“”‚…¡¿、。，"
_PHONE_SCHEMES = ("tel:", "phone:", "callto:")
_PHONE_PART = re.compile(r"^[+(]*[\d()+\-./]*\d[\d()+\-./]*$")
_EAST_ASIAN = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_PUNCTUATION = {"Sm", "Sc", "Sk"}
_TRUNK_ZERO = re.compile(r"\(0\)")
_MINIMUM_PHONE_DIGITS = 4
#: So many digits behind such a beginning are a phone number and nothing else.
_SURE_PHONE_DIGITS = 8
_BEGIN_PHONES = ("+", "0", "(")


def fold(text: object) -> str:
    """Return ``text`` in lower case, without accents, runs of space made one; folding twice changes nothing.

    Digits of every script become those of ASCII; marks that nobody sees (direction, joiners) go.
    """
    return _folded(str(text))


# A row folds its names and its address twice and thrice, and neighbours share countries and towns.
@lru_cache(maxsize=8192)
def _folded(text: str) -> str:
    if text.isascii():
        return " ".join(text.lower().replace("\x00", "").split())
    # What decomposes may show a letter that has a case or another form, so once is not enough.
    folded = _fold_once(text)
    while (again := _fold_once(folded)) != folded:
        folded = again
    return folded


def _fold_once(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text.translate(_TYPED_INSTEAD)).casefold().translate(_UNDECOMPOSED)
    decomposed = unicodedata.normalize("NFD", folded)
    bare = "".join(_plain(char) for char in decomposed if char.isascii() or not _is_unseen(char))
    return " ".join(unicodedata.normalize("NFC", bare).split())


def _is_unseen(char: str) -> bool:
    return bool(unicodedata.combining(char)) or unicodedata.category(char) == "Cf"


def _plain(char: str) -> str:
    return str(unicodedata.decimal(char)) if char.isdecimal() else char


def fold_postcode(postcode: object) -> str:
    """Return a postcode folded and without spaces or hyphens: ``SW1A 1AA`` is ``sw1a1aa``."""
    return fold(postcode).replace(" ", "").replace("-", "")


def phone_digits(text: object) -> str:
    """Return the digits of a phone number as typed, less any international or trunk prefix.

    ``+44 (0)20 7946 0958``, ``0044 20 7946 0958`` and ``442079460958`` all give
    ``442079460958``; ``020 7946 0958`` gives ``2079460958``, which the first contains.
    """
    digits = re.sub(r"[^0-9]", "", _TRUNK_ZERO.sub("", fold(text)))
    return digits.lstrip("0")


def phone_spellings(number: str) -> list[str]:
    """Return the digits that people type for a stored number such as ``+442079460958``.

    The international form contains the national one wherever the trunk prefix is a zero, which
    ``phone_digits`` drops; elsewhere (8 in Russia, 06 in Hungary) the national form is one of its own.
    Source of the prefixes: the metadata of Google's libphonenumber.
    """
    digits = phone_digits(number)
    if not number.startswith("+"):
        return [digits] if digits else []
    for length in (1, 2, 3):
        if trunk := _trunk_prefixes().get(digits[:length]):
            return [digits, (trunk + digits[length:]).lstrip("0")]
    return [digits] if digits else []


@lru_cache(maxsize=1)
def _trunk_prefixes() -> dict[str, str]:
    """Return, by country calling code, the trunk prefixes other than a plain zero."""
    found = {}
    for code, regions in phonenumbers.COUNTRY_CODE_TO_REGION_CODE.items():
        metadata = phonenumbers.PhoneMetadata.metadata_for_region(regions[0], None)
        prefix = metadata.national_prefix if metadata is not None else None
        # A prefix that ends the calling code (1 in North America) is part of the international form.
        if prefix and prefix != "0" and not str(code).endswith(prefix):
            found[str(code)] = prefix
    return found


def looks_like_phone(word: str) -> bool:
    """Say whether ``word`` is made of what phone numbers are made of."""
    return bool(_PHONE_PART.match(word))


def run_together(first_name: str, last_name: str) -> str:
    """Return a name as Chinese, Japanese and Korean write it, ``王小明``, and ``""`` for any other."""
    together = f"{last_name}{first_name}"
    return together if first_name and last_name and _EAST_ASIAN.search(together) else ""


def spelled_out(text: object) -> str:
    """Return ``text`` with two letters for one, ``Mueller`` for ``Müller``; ``""`` where it has no such letter."""
    if (typed := str(text)).isascii():
        return ""
    composed = unicodedata.normalize("NFC", typed)
    spelled = composed.translate(_TWO_LETTERS)
    return "" if spelled == composed else spelled


def join(pieces: Iterable[object]) -> str:
    """Return the folded pieces, each once, as one search text."""
    seen = dict.fromkeys(fold(piece) for piece in pieces if piece)
    return SEPARATOR.join(piece for piece in seen if piece)


@dataclass(frozen=True)
class Wanted:
    """What one typed word, or one typed number of several words, must be found by.

    Any of the ``spellings`` will do; so will all of ``words``, where a number may be several.
    """

    spellings: tuple[str, ...]
    words: tuple[Wanted, ...] = ()


def split_words(typed: str) -> list[Wanted]:
    """Return what must be found for ``typed``, all of it.

    Neighbouring words that read as one phone number may be found as its digits, or each by
    itself: ``5 50667`` is a house and a postcode. Punctuation round words is not asked for, and
    punctuation by itself only where nothing else was typed.
    """
    words = _words(typed)
    if any(not _is_punctuation(word) for word, _spelled in words):
        words = [(_bare(word), _bare(spelled)) for word, spelled in words if not _is_punctuation(word)]
    wanted: list[Wanted] = []
    run: list[str] = []
    for word, spelled in [*words, ("", "")]:
        if word and looks_like_phone(word):
            run.append(word)
            continue
        wanted.extend(_phone_run(run))
        run = []
        if word:
            wanted.append(Wanted(_distinct(word, fold_postcode(word), spelled)))
    return list(dict.fromkeys(wanted))


def _words(typed: str) -> list[tuple[str, str]]:
    """Return each word folded, and with two letters for one where it is typed with a single letter."""
    found: list[tuple[str, str]] = []
    for part in typed.split():
        words, spelled = fold(part).split(), fold(spelled_out(part)).split()
        found.extend(zip(words, spelled if len(spelled) == len(words) else [""] * len(words), strict=True))
    return found


def _is_punctuation(word: str) -> bool:
    # Categories of Unicode: punctuation, and signs of mathematics, money and accents; not pictures.
    return all(unicodedata.category(char) in _PUNCTUATION or unicodedata.category(char)[0] == "P" for char in word)


def _bare(word: str) -> str:
    if looks_like_phone(word):
        return word
    bare = word.strip(_ROUND_WORDS) or word
    for scheme in _PHONE_SCHEMES:
        if looks_like_phone(rest := word.removeprefix(scheme).rstrip(",;")):
            return rest
    return bare


def _phone_run(run: list[str]) -> list[Wanted]:
    digits = phone_digits(" ".join(run))
    if len(digits) < _MINIMUM_PHONE_DIGITS:
        return [Wanted((word,)) for word in run]
    if len(run) == 1:
        return [Wanted(_distinct(run[0], fold_postcode(run[0]), digits))]
    if len(digits) >= _SURE_PHONE_DIGITS and run[0].startswith(_BEGIN_PHONES):
        return [Wanted((digits,))]
    return [Wanted((digits,), words=tuple(wanted for word in run for wanted in _phone_run([word])))]


def _distinct(*texts: str) -> tuple[str, ...]:
    return tuple(text for text in dict.fromkeys(texts) if text)
