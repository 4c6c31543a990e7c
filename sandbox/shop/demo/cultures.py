"""Where the demo shop's customers come from: how they are called and how they write their addresses."""

import random
import re
from dataclasses import dataclass
from functools import cache

import phonenumbers
from faker import Faker

from sandbox.shop.online_retail.places import NAMES, PLACES


@dataclass(frozen=True)
class Culture:
    """A country as its people write it. Of postcodes, `#` stands for a digit."""

    locale: str
    country: str
    towns: tuple[tuple[str, str], ...]
    streets: tuple[str, ...]
    share: int
    number_first: bool = False

    @property
    def language(self) -> str:
        """Return the language's code."""
        return self.locale.partition("_")[0]


def _latin(locale: str, country: str, share: int) -> Culture:
    place = PLACES[country]
    return Culture(
        locale,
        country,
        place.towns,
        NAMES[place.language][2],
        share,
        number_first=place.language in {"en", "fr"},
    )


CULTURES = (
    _latin("en_GB", "GB", 120),
    _latin("en_IE", "IE", 14),
    _latin("en_US", "US", 14),
    _latin("de_DE", "DE", 26),
    _latin("de_AT", "AT", 6),
    _latin("fr_FR", "FR", 24),
    _latin("nl_NL", "NL", 12),
    _latin("es_ES", "ES", 12),
    _latin("it_IT", "IT", 8),
    _latin("pl_PL", "PL", 8),
    _latin("pt_PT", "PT", 6),
    _latin("sv_SE", "SE", 6),
    Culture(
        "bg_BG",
        "BG",
        (("София", "10##"), ("Пловдив", "40##"), ("Варна", "90##")),
        ("ул. Витоша", "бул. България", "ул. Морска"),
        8,
    ),
    Culture(
        "uk_UA",
        "UA",
        (("Київ", "010##"), ("Львів", "790##"), ("Одеса", "650##")),
        ("вул. Садова", "вул. Шевченка", "просп. Миру"),
        8,
    ),
    Culture(
        "el_GR",
        "GR",
        (("Αθήνα", "105 ##"), ("Θεσσαλονίκη", "546 ##")),
        ("Ερμού", "Σόλωνος", "Αγίου Ανδρέου"),
        4,
    ),
    Culture(
        "zh_CN",
        "CN",
        (("上海", "2000##"), ("杭州", "3100##"), ("成都", "6100##")),
        ("南京路", "人民路", "中山路"),
        8,
    ),
    Culture("ja_JP", "JP", (("横浜市", "220-00##"), ("京都市", "600-80##")), ("桜通り", "港町"), 6),
    Culture(
        "ar_AA",
        "AE",
        (("دبي", ""), ("أبوظبي", ""), ("الشارقة", "")),
        ("شارع الكورنيش", "شارع النخيل", "شارع الميناء"),
        6,
    ),
    Culture(
        "ar_AA",
        "LB",
        (("بيروت", "#### ####"), ("طرابلس", "#### ####")),
        ("شارع الحمراء", "شارع الأرز"),
        4,
    ),
)


def draw_culture(dice: random.Random) -> Culture:
    """Return one of the cultures, the home country most often."""
    return dice.choices(CULTURES, weights=[culture.share for culture in CULTURES])[0]


@cache
def names_of(locale: str) -> Faker:
    """Return the source of names in a language, which gives the same ones in every run."""
    faker = Faker(locale)
    faker.seed_instance(1742)
    return faker


def draw_address(culture: Culture, dice: random.Random) -> dict[str, str]:
    """Return street, town, postcode and phone number, as fields of Oscar's addresses."""
    town, postcode = dice.choice(culture.towns)
    street, number = dice.choice(culture.streets), dice.randint(1, 140)
    return {
        "line1": f"{number} {street}" if culture.number_first else f"{street} {number}",
        "line4": town,
        "postcode": re.sub("#", lambda _: str(dice.randint(0, 9)), postcode),
        "phone_number": draw_phone_number(culture, dice),
    }


def draw_phone_number(culture: Culture, dice: random.Random) -> str:
    """Return a mobile number of the country, in the international form."""
    example = phonenumbers.example_number_for_type(culture.country, phonenumbers.PhoneNumberType.MOBILE)
    number = phonenumbers.PhoneNumber(
        country_code=example.country_code,
        national_number=example.national_number // 10_000 * 10_000 + dice.randint(0, 9_999),
    )
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
