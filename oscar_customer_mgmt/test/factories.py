"""factory-boy factories of customers, orders and notes, for tests here and in shops that use the package.

They give the same people in the same order every time, in several scripts, and write what a
shop would write, so that directory, profile and number come about as they do in life.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils import timezone

from ..host import (
    Basket,
    BillingAddress,
    Country,
    OrderLine,
    Partner,
    ShippingAddress,
    Source,
    SourceType,
    User,
    UserAddress,
    default_currency,
)
from ..models import AddressCompany, CustomerNote
from ..operations import notes, orders, profiles
from ..queries.directory_rows import has_user_field

try:
    import factory
except ImportError as error:  # pragma: no cover - every environment of ours has it
    raise ImportError("oscar_customer_mgmt.test.factories needs factory-boy: pip install factory-boy") from error

#: What ``CustomerFactory`` takes for the profile; everything else is for the shop's user model.
PROFILE_FIELDS = frozenset(
    {
        "salutation",
        "gender",
        "date_of_birth",
        "phone_number",
        "company",
        "locale",
        "is_tax_exempt",
        "is_test",
        "origin",
        "must_verify",
        "verified_at",
        "created_by",
        "account_manager",
        "last_seen_ip",
    }
)


@dataclass(frozen=True)
class Person:
    """Somebody with an address, as people of that country write it; ``handle`` begins the e-mail."""

    first_name: str
    last_name: str
    handle: str
    line1: str
    line4: str
    postcode: str
    country: str
    phone_number: str


PEOPLE = (
    Person("Carl", "Caller", "carl", "12 Market Street", "Leeds", "LS1 6AA", "GB", "+441134960123"),
    Person("Zoë", "Brontë", "zoe", "3 Moor Lane", "Haworth", "BD22 8DR", "GB", "+442079460958"),
    Person("Jürgen", "Groß", "juergen", "Königstraße 5", "Köln", "50667", "DE", "+4922112345678"),
    Person("Łucja", "Żółć", "lucja", "ul. Długa 7", "Łódź", "90-001", "PL", "+48421234567"),
    Person("Ольга", "Іваненко", "olha", "вул. Садова 9", "Київ", "01001", "UA", "+380441234567"),
    Person("小明", "王", "wang", "南京路 11", "上海", "200001", "CN", "+862112345678"),
    Person("ليلى", "حداد", "layla", "شارع الحمراء 13", "بيروت", "11072180", "LB", "+9611234567"),
    Person("Işıl", "Yılmaz", "isil", "İstiklal Caddesi 15", "İstanbul", "34433", "TR", "+902121234567"),
    Person("Αθηνά", "Παππάς", "athina", "Ερμού 17", "Αθήνα", "105 63", "GR", "+302101234567"),
    Person("Seán", "O’Brien", "sean", "19 Shop Street", "Galway", "H91 X2Y3", "IE", "+35391123456"),
)

_COUNTRIES = {
    "GB": "United Kingdom",
    "DE": "Germany",
    "PL": "Poland",
    "UA": "Ukraine",
    "CN": "China",
    "LB": "Lebanon",
    "TR": "Turkey",
    "GR": "Greece",
    "IE": "Ireland",
}


def nth_person(number: int) -> Person:
    """Return the person of this number; after the last of ``PEOPLE`` the first comes again."""
    return PEOPLE[number % len(PEOPLE)]


def country(code: str) -> Any:
    """Return the country of this ISO code, made where the shop has none yet."""
    name = _COUNTRIES.get(code, code)
    found, _created = Country.objects.get_or_create(
        iso_3166_1_a2=code, defaults={"name": name, "printable_name": name, "is_shipping_country": True}
    )
    return found


class CustomerFactory(factory.django.DjangoModelFactory):
    """A registered customer, of whatever user model the shop has; gives the user.

    Takes fields of the user and of the profile alike (``PROFILE_FIELDS``), ``password`` in clear
    (without one nobody can log in by password), and ``addresses``, how many the address book has.
    """

    class Meta:
        model = settings.AUTH_USER_MODEL
        skip_postgeneration_save = True

    class Params:
        person = factory.Sequence(nth_person)

    first_name = factory.SelfAttribute("person.first_name")
    last_name = factory.SelfAttribute("person.last_name")
    email = factory.LazyAttributeSequence(lambda customer, n: f"{customer.person.handle}.{n}@example.com")
    username = factory.Sequence("customer{:05}".format)
    password = None

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **kwargs: Any) -> Any:
        about_profile = {name: kwargs.pop(name) for name in PROFILE_FIELDS & set(kwargs)}
        user = cls._build(model_class, *args, **kwargs)
        user.save()
        profile = profiles.ensure(customer=user)
        if about_profile:
            for name, value in about_profile.items():
                setattr(profile, name, value)
            profile.save()
            # As the database gives it back: a phone number is an object, not what was typed.
            profile.refresh_from_db()
        return user

    @classmethod
    def _build(cls, model_class: Any, *args: Any, **kwargs: Any) -> Any:
        password = kwargs.pop("password")
        optional = ("first_name", "last_name", "username")
        given = {name: value for name, value in kwargs.items() if name not in optional or has_user_field(name)}
        if User.USERNAME_FIELD != "email":
            given.setdefault(User.USERNAME_FIELD, kwargs["username"])
        user = model_class(*args, **given)
        user.set_password(password)
        return user

    @factory.post_generation
    def addresses(self, create: bool, extracted: int | None, **kwargs: Any) -> None:
        """Fill the address book with so many addresses, the first of them both defaults."""
        for index in range((extracted or 0) if create else 0):
            is_first = index == 0
            AddressFactory(user=self, is_default_for_shipping=is_first, is_default_for_billing=is_first, **kwargs)


class _PostalFactory(factory.django.DjangoModelFactory):
    """What addresses in the book and on an order share; ``company`` is kept beside the address."""

    class Meta:
        abstract = True
        skip_postgeneration_save = True

    class Params:
        person = factory.Sequence(nth_person)

    first_name = factory.SelfAttribute("person.first_name")
    last_name = factory.SelfAttribute("person.last_name")
    line1 = factory.SelfAttribute("person.line1")
    line4 = factory.SelfAttribute("person.line4")
    postcode = factory.SelfAttribute("person.postcode")
    country = factory.LazyAttribute(lambda address: country(address.person.country))

    @factory.post_generation
    def company(self, create: bool, extracted: str | None, **kwargs: Any) -> None:
        """Keep a company beside the address."""
        field = {UserAddress: "user_address", ShippingAddress: "shipping_address", BillingAddress: "billing_address"}
        if create and extracted:
            AddressCompany.objects.create(**{field[type(self)]: self}, company=extracted)


class AddressFactory(_PostalFactory):
    """An address in a customer's book."""

    class Meta:
        model = "address.UserAddress"

    user = factory.SubFactory(CustomerFactory)
    first_name = factory.LazyAttribute(lambda new: getattr(new.user, "first_name", "") or new.person.first_name)
    last_name = factory.LazyAttribute(lambda new: getattr(new.user, "last_name", "") or new.person.last_name)
    phone_number = factory.SelfAttribute("person.phone_number")


class ShippingAddressFactory(_PostalFactory):
    """Where an order goes."""

    class Meta:
        model = "order.ShippingAddress"

    phone_number = factory.SelfAttribute("person.phone_number")


class BillingAddressFactory(_PostalFactory):
    """Who pays for an order."""

    class Meta:
        model = "order.BillingAddress"


class OrderFactory(factory.django.DjangoModelFactory):
    """A customer's order, numbered as at the checkout, from the basket behind it.

    Beside the fields of an order takes ``items``, how many pieces its one line has (0: no line),
    ``paid_with``, the code of a payment source type, ``refunded``, an amount, and ``is_test``,
    what somebody said of it.
    """

    class Meta:
        model = "order.Order"
        skip_postgeneration_save = True

    class Params:
        person = factory.Sequence(nth_person)

    user = factory.SubFactory(CustomerFactory, person=factory.SelfAttribute("..person"))
    basket = factory.LazyAttribute(lambda order: Basket.objects.create(owner=order.user, status=Basket.SUBMITTED))
    number = factory.LazyAttribute(lambda order: str(100_000 + order.basket.pk))
    site_id = factory.LazyFunction(lambda: getattr(settings, "SITE_ID", None))
    currency = factory.LazyFunction(default_currency)
    total_incl_tax = Decimal("25.00")
    total_excl_tax = factory.SelfAttribute("total_incl_tax")
    shipping_incl_tax = Decimal("0.00")
    shipping_excl_tax = factory.SelfAttribute("shipping_incl_tax")
    status = factory.LazyFunction(lambda: getattr(settings, "OSCAR_INITIAL_ORDER_STATUS", ""))
    date_placed = factory.LazyFunction(timezone.now)
    shipping_address = factory.SubFactory(
        ShippingAddressFactory,
        first_name=factory.LazyAttribute(lambda new: _recipient(new.factory_parent, "first_name")),
        last_name=factory.LazyAttribute(lambda new: _recipient(new.factory_parent, "last_name")),
        person=factory.SelfAttribute("..person"),
    )
    billing_address = factory.SubFactory(
        BillingAddressFactory,
        first_name=factory.LazyAttribute(lambda new: _recipient(new.factory_parent, "first_name")),
        last_name=factory.LazyAttribute(lambda new: _recipient(new.factory_parent, "last_name")),
        person=factory.SelfAttribute("..person"),
    )

    @factory.post_generation
    def items(self, create: bool, extracted: int | None, **kwargs: Any) -> None:
        """Add one line of so many pieces, one unless told otherwise."""
        quantity = 1 if extracted is None else extracted
        if not create or not quantity:
            return
        total = Decimal(self.total_incl_tax) - Decimal(self.shipping_incl_tax)
        prices = {
            f"{name}_{tax}_tax": amount
            for tax in ("incl", "excl")
            for name, amount in (
                ("line_price", total),
                ("line_price_before_discounts", total),
                ("unit_price", (total / quantity).quantize(Decimal("0.01"))),
            )
        }
        partner, _created = Partner.objects.get_or_create(code="factory", defaults={"name": "Factory"})
        OrderLine.objects.create(
            order=self,
            partner=partner,
            partner_name=partner.name,
            partner_sku="SKU-1",
            title="Tea",
            quantity=quantity,
            status=self.status,
            num_allocated=0,
            **prices,
        )

    @factory.post_generation
    def paid_with(self, create: bool, extracted: str | None, **kwargs: Any) -> None:
        """Add a payment source of this type that holds the whole amount."""
        if create and extracted:
            _pay(self, extracted)

    @factory.post_generation
    def refunded(self, create: bool, extracted: Decimal | int | str | None, **kwargs: Any) -> None:
        """Give so much back, through a payment source as a shop would."""
        if create and extracted:
            source = self.sources.first() or _pay(self, "card")
            source.refund(Decimal(extracted))

    @factory.post_generation
    def is_test(self, create: bool, extracted: bool | None, **kwargs: Any) -> None:
        """Say by hand that the order is, or is not, a test."""
        if create and extracted is not None:
            orders.mark_test(order=self, is_test=extracted, by=kwargs.get("by"))


class GuestOrderFactory(OrderFactory):
    """An order that somebody placed without an account, with an e-mail address of their own."""

    user = None
    guest_email = factory.LazyAttributeSequence(lambda order, n: f"{order.person.handle}.guest.{n}@example.com")


class CustomerNoteFactory(factory.django.DjangoModelFactory):
    """A note that staff wrote on a customer, or on the guest order given as ``order``."""

    class Meta:
        model = CustomerNote

    order = None
    customer = factory.Maybe("order", yes_declaration=None, no_declaration=factory.SubFactory(CustomerFactory))
    author = factory.SubFactory(CustomerFactory, is_staff=True)
    body = "Called about the last delivery."
    is_pinned = False

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **kwargs: Any) -> CustomerNote:
        return notes.add(by=kwargs.pop("author"), **kwargs)


def _recipient(order: Any, field: str) -> str:
    """Return this name of whom the order belongs to, a guest's own where there is no account."""
    return getattr(order.user, field, "") or getattr(order.person, field)


def _pay(order: Any, code: str) -> Any:
    source_type, _created = SourceType.objects.get_or_create(code=code, defaults={"name": code})
    source = Source(order=order, source_type=source_type, currency=order.currency)
    source.allocate(order.total_incl_tax)
    source.debit(order.total_incl_tax)
    return source
