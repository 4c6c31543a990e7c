"""The demo shop's customers: three hundred of them, from many countries."""

import datetime as dt
import random
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from oscar.core.loading import get_model

from oscar_customer_mgmt.test.factories import AddressFactory, CustomerFactory
from sandbox.shop.demo.clock import clock_at
from sandbox.shop.demo.cultures import Culture, draw_address, draw_culture, draw_phone_number, names_of
from sandbox.shop.online_retail.people import plain

Country = get_model("address", "Country")
SHARE_WITHOUT_NAME = 0.05
SHARE_INACTIVE = 0.03
SHARE_OF_COMPANIES = 0.12
MAIL_HOSTS = ("example.com", "example.net", "example.org")


@dataclass
class Customer:
    """An account with what the rest of the demo needs to know about it."""

    user: Any
    culture: Culture
    joined: dt.datetime
    company: str = ""
    addresses: list[Any] = field(default_factory=list)


def draw_names(culture: Culture, number: int, dice: random.Random) -> dict[str, str]:
    """Return first name, last name and an e-mail address that nobody else has."""
    names = names_of(culture.locale)
    first_name, last_name = names.first_name(), names.last_name()
    # Names in other scripts have no e-mail letters: their owners use a nickname.
    nickname = f"{plain(first_name)}.{plain(last_name)}".strip(".")
    if "." not in nickname:
        nickname = names_of("en_GB").user_name()
    return {
        "first_name": first_name,
        "last_name": last_name,
        "email": f"{nickname}{number}@{dice.choice(MAIL_HOSTS)}",
    }


def make_customer(number: int, joined: dt.datetime, dice: random.Random) -> Customer:
    """Make an account with no to three addresses, as it was made on the day it joined."""
    culture = draw_culture(dice)
    names = draw_names(culture, number, dice)
    if dice.random() < SHARE_WITHOUT_NAME:
        names["first_name"] = names["last_name"] = ""
    company = names_of(culture.locale).company() if dice.random() < SHARE_OF_COMPANIES else ""
    with clock_at(joined):
        user = CustomerFactory(
            **names,
            **_draw_about(culture, joined, dice),
            username=f"customer{number:04}",
            company=company,
            date_joined=joined,
            is_active=dice.random() >= SHARE_INACTIVE,
            last_login=joined if dice.random() < 0.7 else None,
        )
        customer = Customer(user, culture, joined, company)
        for place in range(dice.choices((0, 1, 2, 3), weights=(4, 70, 20, 6))[0]):
            customer.addresses.append(make_address(customer, dice, is_default=place == 0))
    return customer


def _draw_about(culture: Culture, joined: dt.datetime, dice: random.Random) -> dict[str, Any]:
    """Return what some customers tell of themselves, and others do not."""
    told: dict[str, Any] = {}
    if dice.random() < 0.4:
        told["phone_number"] = draw_phone_number(culture, dice)
    if dice.random() < 0.3:
        told["date_of_birth"] = joined.date() - dt.timedelta(days=dice.randint(19 * 365, 80 * 365))
    if dice.random() < 0.4:
        told["gender"] = dice.choice(("female", "male", "other"))
    if culture.language in dict(settings.LANGUAGES):
        told["locale"] = culture.language
    return told


def make_address(customer: Customer, dice: random.Random, *, is_default: bool) -> Any:
    """Put an address into a customer's address book."""
    fields = draw_address(customer.culture, dice)
    if not customer.user.first_name:
        # Those who tell no name tell no number, either.
        fields["phone_number"] = ""
    return AddressFactory(
        user=customer.user,
        first_name=customer.user.first_name,
        last_name=customer.user.last_name,
        country=Country.objects.get(pk=customer.culture.country),
        company=customer.company,
        is_default_for_shipping=is_default,
        is_default_for_billing=is_default,
        **fields,
    )
