"""Gives the data set's nameless customers names, e-mails and addresses: made from their number, always the same."""

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import phonenumbers

from sandbox.shop.online_retail.places import ELSEWHERE, NAMES, PLACES

T = TypeVar("T")


@dataclass(frozen=True)
class Person:
    """A made-up customer."""

    first_name: str
    last_name: str
    email: str


class Dice:
    """Draws from lists, the same each time for the same words."""

    def __init__(self, *words: str) -> None:
        self._rest = int.from_bytes(hashlib.sha256("/".join(words).encode()).digest(), "big")

    def below(self, sides: int) -> int:
        """Return a number from 0 to below `sides`."""
        self._rest, result = divmod(self._rest, sides)
        return result

    def one_of(self, things: Sequence[T]) -> T:
        """Return one of the things."""
        return things[self.below(len(things))]


def person(*, key: str, country: str) -> Person:
    """Return the person who goes by `key` (a customer id, or a guest's invoice) in a country (its code)."""
    dice = Dice("person", key)
    first_names, last_names, _ = NAMES[PLACES.get(country, ELSEWHERE).language]
    first_name, last_name = dice.one_of(first_names), dice.one_of(last_names)
    return Person(first_name, last_name, f"{plain(first_name)}.{plain(last_name)}.{plain(key)}@example.com")


def address(*, key: str, country: str) -> dict[str, str]:
    """Return street, town, postcode and phone of the person in a country, as fields of Oscar's addresses."""
    dice = Dice("address", key, country)
    place = PLACES.get(country, ELSEWHERE)
    town, postcode = dice.one_of(place.towns)
    street = dice.one_of(NAMES[place.language][2])
    number = dice.below(140) + 1
    return {
        "line1": f"{number} {street}" if place.language in {"en", "fr"} else f"{street} {number}",
        "line4": town,
        "postcode": re.sub("#", lambda _: str(dice.below(10)), postcode),
        "phone_number": _phone_number(country, dice),
    }


def _phone_number(country: str, dice: Dice) -> str:
    """Return a number that may exist in the country, nothing where it has no numbers."""
    example = phonenumbers.example_number_for_type(country, phonenumbers.PhoneNumberType.MOBILE)
    if example is None:
        return ""
    number = phonenumbers.PhoneNumber(
        country_code=example.country_code,
        national_number=example.national_number // 1000 * 1000 + dice.below(1000),
    )
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def plain(text: str) -> str:
    """Return a text in the letters of an e-mail address."""
    text = text.translate(str.maketrans({"ø": "o", "Ø": "o", "ł": "l", "Ł": "l", "ß": "ss"}))
    return re.sub("[^a-z0-9]", "", unicodedata.normalize("NFKD", text).lower())
