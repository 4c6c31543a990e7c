"""Whose prices bear no tax, at what cost, and that whatever is reckoned from them adds up."""

import copy
import dataclasses
import pickle
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from django.template.loader import render_to_string
from django.utils.functional import SimpleLazyObject
from hypothesis import given
from hypothesis import strategies as st
from oscar.apps.checkout.applicator import SurchargeApplicator
from oscar.apps.checkout.calculators import OrderTotalCalculator
from oscar.apps.checkout.surcharges import FlatCharge, PercentageCharge
from oscar.apps.partner import prices, strategy
from oscar.apps.partner.availability import Available
from oscar.apps.shipping import methods
from oscar.apps.shipping.repository import Repository
from oscar.core.loading import get_model
from oscar.core.prices import Price
from oscar.test.factories import create_product

from oscar_customer_mgmt.models import CustomerProfile
from oscar_customer_mgmt.operations import customers
from oscar_customer_mgmt.queries.session_accounts import account_of_session
from oscar_customer_mgmt.storefront.pricing import (
    TaxExemptMixin,
    TaxExemptShippingMixin,
    TaxExemptSurchargesMixin,
    without_tax,
)
from oscar_customer_mgmt.test.factories import CustomerFactory

User = get_user_model()
Basket = get_model("basket", "Basket")
Line = get_model("basket", "Line")
Product = get_model("catalogue", "Product")
StockRecord = get_model("partner", "StockRecord")

PENNY = Decimal("0.01")


class British(TaxExemptMixin, strategy.UK):
    pass


class American(TaxExemptMixin, strategy.US):
    tax_exempt_code = "E"


def asked_by(user):
    return SimpleNamespace(user=user)


@pytest.fixture
def exempt():
    return CustomerFactory(is_tax_exempt=True)


@pytest.fixture
def ordinary():
    return CustomerFactory()


# --- whose prices


@pytest.mark.everywhere
@pytest.mark.django_db
def test_is_tax_exempt__each_kind_of_user(exempt, ordinary, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert not British().is_tax_exempt
        assert not British(SimpleNamespace(user=AnonymousUser())).is_tax_exempt
        assert not British(asked_by(AnonymousUser()), user=AnonymousUser()).is_tax_exempt
        assert not British(user=AnonymousUser()).is_tax_exempt
        assert British(asked_by(exempt)).is_tax_exempt
        assert British(asked_by(exempt), user=exempt).is_tax_exempt
        assert not British(asked_by(ordinary), user=ordinary).is_tax_exempt
    # Has a key already where keys are UUIDs.
    assert not British(user=User(email="unsaved@example.com")).is_tax_exempt


@pytest.mark.everywhere
@pytest.mark.django_db
def test_is_tax_exempt__without_a_request(exempt, ordinary):
    priced = British(user=exempt)
    assert priced.is_tax_exempt and priced.user == exempt and priced.request is None
    assert not British(user=ordinary).is_tax_exempt


@pytest.mark.django_db
def test_is_tax_exempt__the_user_asked_for_before_the_request_s_own(exempt, ordinary):
    # Staff's code that wants the prices of somebody else.
    priced = British(asked_by(ordinary), user=exempt)
    assert priced.is_tax_exempt and priced.user == exempt
    priced = British(asked_by(exempt), user=AnonymousUser())
    assert not priced.is_tax_exempt and priced.user is None


@pytest.mark.django_db
def test_is_tax_exempt__follows_whom_the_request_belongs_to(exempt, ordinary):
    # An API's own log-in comes after the middleware that made the strategy; so may somebody who acts for a customer.
    for before in (AnonymousUser(), ordinary):
        request = asked_by(before)
        priced = British(request, user=request.user)
        assert not priced.is_tax_exempt
        request.user = exempt
        assert priced.is_tax_exempt
        request.user = before
        assert not priced.is_tax_exempt


@pytest.mark.everywhere
@pytest.mark.django_db
def test_is_tax_exempt__costs_nothing_when_logged_in_and_one_query_else(exempt, django_assert_num_queries):
    product = create_product(price=Decimal("10.00"), num_in_stock=5)
    ours, plain = account_of_session(exempt.pk), User.objects.get(pk=exempt.pk)
    for user, count in ((ours, 0), (plain, 1)):
        lazy = SimpleLazyObject(lambda user=user: user)
        with django_assert_num_queries(count):
            priced = British(asked_by(lazy), user=lazy)
            assert [priced.is_tax_exempt for _line in range(5)] == [True] * 5
        stock = product.stockrecords.get()
        with django_assert_num_queries(0):
            for _line in range(5):
                assert priced.fetch_for_product(product, stock).price.incl_tax == 10


@pytest.mark.everywhere
@pytest.mark.django_db
def test_is_tax_exempt__account_from_before_the_package(ordinary, django_assert_num_queries):
    CustomerProfile.objects.filter(user=ordinary).delete()
    for user, count in ((account_of_session(ordinary.pk), 0), (User.objects.get(pk=ordinary.pk), 1)):
        with django_assert_num_queries(count):
            priced = British(asked_by(user))
            assert [priced.is_tax_exempt for _line in range(5)] == [False] * 5


@pytest.mark.django_db
def test_is_tax_exempt__a_changed_flag_counts_from_the_next_request(ordinary):
    assert not British(asked_by(account_of_session(ordinary.pk))).is_tax_exempt
    customers.update(customer=ordinary, changes={"is_tax_exempt": True}, by=None)
    assert British(asked_by(account_of_session(ordinary.pk))).is_tax_exempt


def test_init__hands_a_shop_s_own_arguments_on():
    class Own(strategy.UK):
        def __init__(self, request=None, country="", *, season=""):
            super().__init__(request)
            self.country, self.season = country, season

    class OwnWithoutTax(TaxExemptMixin, Own):
        pass

    priced = OwnWithoutTax(None, "GB", season="spring", user=AnonymousUser())
    assert (priced.country, priced.season, priced.user) == ("GB", "spring", None)


# --- prices of products


@pytest.mark.django_db
@pytest.mark.parametrize("kind", [British, American])
def test_fetch__price_without_tax(kind, exempt):
    product = create_product(price=Decimal("9.99"), num_in_stock=5)
    info = kind(user=exempt).fetch_for_product(product)
    assert (info.price.excl_tax, info.price.incl_tax, info.price.tax) == (Decimal("9.99"), Decimal("9.99"), 0)
    assert info.price.is_tax_known and info.price.exists and info.price.effective_price == Decimal("9.99")
    assert info.price.currency == "GBP"
    assert info.price.tax_code == kind.tax_exempt_code
    assert info.availability.is_available_to_buy and info.stockrecord == product.stockrecords.get()


@pytest.mark.django_db
def test_fetch__others_get_what_the_strategy_gives(ordinary):
    product = create_product(price=Decimal("9.99"))
    for priced in (British(user=ordinary), British()):
        price = priced.fetch_for_product(product).price
        assert type(price) is prices.TaxInclusiveFixedPrice
        assert (price.excl_tax, price.incl_tax) == (Decimal("9.99"), Decimal("11.988"))
    assert not American(user=ordinary).fetch_for_product(product).price.is_tax_known


@pytest.mark.django_db
def test_fetch__variants(exempt, ordinary):
    parent = create_product(structure="parent")
    create_product(structure="child", parent=parent, price=Decimal("5.00"))
    assert British(user=exempt).fetch_for_parent(parent).price.incl_tax == 5
    assert British(user=ordinary).fetch_for_parent(parent).price.incl_tax == 6


@pytest.mark.django_db
def test_fetch__what_is_not_for_sale_stays_so(exempt):
    info = British(user=exempt).fetch_for_product(create_product())
    assert not info.price.exists and info.price.excl_tax is None and not info.availability.is_available_to_buy


@pytest.mark.django_db
def test_fetch__wherever_the_mixin_stands_before_oscar_s_classes(exempt):
    class Late(strategy.UseFirstStockRecord, strategy.StockRequired, strategy.FixedRateTax, TaxExemptMixin):
        rate = Decimal("0.19")

    class Complete(Late, strategy.Structured):
        pass

    product = create_product(price=Decimal("10.00"))
    assert Complete(user=exempt).fetch_for_product(product).price.incl_tax == 10
    assert Complete().fetch_for_product(product).price.incl_tax == Decimal("11.90")


# --- one price


@dataclasses.dataclass(frozen=True)
class Frozen:
    excl_tax: Decimal
    incl_tax: Decimal
    tax_code: str = "S"
    strike_through: Decimal = Decimal(20)


class Readonly(prices.Base):
    exists = is_tax_known = True
    retail = Decimal(30)
    excl_tax = property(lambda self: Decimal("8.4034"))
    tax = property(lambda self: Decimal("1.5966"))
    incl_tax = property(lambda self: Decimal(10))


@pytest.mark.parametrize(
    ("price", "expected"),
    [
        (Price("GBP", Decimal("3.95"), tax=Decimal("0.79"), tax_code="S"), "3.95"),
        (Price("GBP", Decimal("3.95"), incl_tax=Decimal("4.74")), "3.95"),
        (Price("GBP", Decimal("3.95")), "3.95"),
        (prices.FixedPrice("GBP", Decimal("3.95")), "3.95"),
        (prices.TaxInclusiveFixedPrice("EUR", Decimal("3.95"), tax=Decimal("1.00"), tax_code="S"), "3.95"),
        (Frozen(Decimal("8.403"), Decimal(10)), "8.40"),
        (Readonly(), "8.40"),
        (Price("GBP", Decimal("0.125"), incl_tax=Decimal("0.15")), "0.13"),
        (Price("GBP", 5, incl_tax=6), "5.00"),
    ],
)
def test_without_tax__any_class_of_prices(price, expected):
    before = copy.copy(price)
    found = without_tax(price)
    assert (str(found.excl_tax), found.incl_tax, found.tax) == (expected, Decimal(expected), 0)
    assert found.is_tax_known and found.tax_code is None
    assert isinstance(found, type(price))
    # What the shop keeps beside it is there still, and its own price is what it was.
    for name in ("currency", "retail", "strike_through"):
        assert getattr(found, name, None) == getattr(price, name, None)
    assert vars(price) == vars(before)
    assert without_tax(found) is found
    assert copy.deepcopy(found).incl_tax == Decimal(expected)


def test_without_tax__stays_without_whatever_is_written_to_it():
    # As shops do that work out their tax late in the checkout.
    for price in (prices.FixedPrice("USD", Decimal(10)), Price("USD", Decimal(10))):
        found = without_tax(price, tax_code="E")
        found.tax = Decimal("0.83")
        found.incl_tax = Decimal("10.83")
        found.tax_code = "S"
        assert (found.incl_tax, found.tax, found.tax_code) == (10, 0, "E")


def test_without_tax__unknown_price_stays_unknown():
    for price in (prices.Unavailable(), Price("GBP", None)):
        assert without_tax(price) is price


# --- shipping


class Delivery(methods.FixedPrice):
    code, name = "standard", "Standard delivery"
    charge_excl_tax, charge_incl_tax = Decimal("3.95"), Decimal("4.74")


class OwnRepository(TaxExemptShippingMixin, Repository):
    methods = (Delivery(), methods.Free())


class Offer:
    """Takes so much off the charge, as an offer on shipping does."""

    name = "Cheap delivery"

    def __init__(self, share):
        self.share = share

    def shipping_discount(self, charge, currency=None):
        return charge * self.share


class OwnBasket:
    currency = "GBP"
    has_strategy = True

    def __init__(self, strategy=None, offer=None):
        self.strategy, self.has_shipping_discounts = strategy, offer is not None
        self.shipping_discounts = [{"offer": offer}]

    def is_shipping_required(self):
        return True


@pytest.mark.django_db
def test_shipping__without_tax(exempt, ordinary):
    basket = OwnBasket(British(user=exempt))
    delivery, free = OwnRepository().get_shipping_methods(basket)
    charge = delivery.calculate(basket)
    assert (charge.excl_tax, charge.incl_tax, charge.tax) == (Decimal("3.95"), Decimal("3.95"), 0)
    assert (delivery.code, delivery.name, delivery.is_discounted) == ("standard", "Standard delivery", False)
    assert free.calculate(basket).incl_tax == 0
    assert OwnRepository().get_default_shipping_method(basket).calculate(basket).incl_tax == Decimal("3.95")
    assert copy.copy(delivery).calculate(basket).incl_tax == Decimal("3.95")
    with pytest.raises(AttributeError):
        delivery.unheard_of
    # The methods are shared by everybody.
    basket = OwnBasket(British(user=ordinary))
    assert OwnRepository().get_default_shipping_method(basket).calculate(basket).incl_tax == Decimal("4.74")


def test_shipping__a_shop_without_our_strategy():
    class Bare(OwnBasket):
        has_strategy = False

    for basket in (OwnBasket(strategy.UK()), OwnBasket(None), Bare()):
        assert OwnRepository().get_shipping_methods(basket) is OwnRepository.methods


@pytest.mark.django_db
@pytest.mark.parametrize(("share", "discount", "charge"), [("0.5", "1.975", "1.98"), ("1", "3.95", "0.00")])
def test_shipping__an_offer_is_on_the_charge_without_tax(exempt, share, discount, charge):
    basket = OwnBasket(British(user=exempt), Offer(Decimal(share)))
    method = OwnRepository().get_default_shipping_method(basket)
    assert method.is_discounted
    assert method.discount(basket) == Decimal(discount)
    assert method.calculate_excl_discount(basket).incl_tax == Decimal("3.95")
    found = method.calculate(basket)
    assert (str(found.excl_tax), str(found.incl_tax)) == (charge, charge)


# --- surcharges


class OwnApplicator(TaxExemptSurchargesMixin, SurchargeApplicator):
    def __init__(self, *surcharges):
        super().__init__()
        self.surcharges = surcharges

    def get_surcharges(self, basket, **kwargs):
        return self.surcharges


@pytest.mark.django_db
def test_surcharges__without_tax(exempt, ordinary):
    flat = FlatCharge(excl_tax=Decimal("2.00"), incl_tax=Decimal("2.40"))
    found = OwnApplicator(flat, flat).get_applicable_surcharges(OwnBasket(British(user=exempt)))
    assert [(each.price.excl_tax, each.price.incl_tax) for each in found] == [(2, 2)] * 2
    assert (found.total.excl_tax, found.total.incl_tax) == (4, 4)
    found = OwnApplicator(flat).get_applicable_surcharges(OwnBasket(British(user=ordinary)))
    assert found.total.incl_tax == Decimal("2.40")
    assert OwnApplicator().get_applicable_surcharges(OwnBasket(British(user=exempt))) is None


# --- sums


class OwnStrategy(strategy.Structured):
    """Takes the price that the test put on the product."""

    def select_stockrecord(self, product):
        return product.test_stock

    def pricing_policy(self, product, stockrecord):
        return product.test_price

    def availability_policy(self, product, stockrecord):
        return Available()


class OwnExemptStrategy(TaxExemptMixin, OwnStrategy):
    pass


MONEY = st.decimals("0.00", "9999.99", places=2)
# A percentage of something: Oscar does not round it.
DISCOUNTS = MONEY | st.decimals("0.00", "9999.99", places=5) | st.decimals("0.00", "99.99", places=3)
RATES = st.decimals("0", "1", places=4)


@st.composite
def price_of_any_kind(draw) -> Any:
    amount, rate = draw(MONEY), draw(RATES)
    kind = draw(st.sampled_from(["on top", "included", "deferred", "none"]))
    if kind == "on top":
        tax = (amount * rate).quantize(Decimal("0.0001"))
        return prices.TaxInclusiveFixedPrice("GBP", amount, tax=tax, tax_code="S")
    if kind == "included":
        # Shops whose stock records say what is paid: the price without tax has no end.
        net = amount / (1 + rate)
        return prices.TaxInclusiveFixedPrice("GBP", net, tax=amount - net)
    return prices.FixedPrice("GBP", amount, tax=None if kind == "deferred" else Decimal("0.00"))


@st.composite
def discounted_line(draw) -> Any:
    quantity = draw(st.integers(1, 20))
    taken = draw(st.integers(0, quantity))
    return draw(price_of_any_kind()), quantity, taken, draw(DISCOUNTS), draw(st.booleans())


class Lines(list):
    """The lines of a basket that no database has."""

    def count(self):
        return len(self)


def basket_of(lines, strategy, *, discounted=True):
    basket = Basket(pk=1)
    basket.strategy = strategy
    basket._lines = Lines()
    for price, quantity, taken, discount, is_incl_tax in lines:
        product = Product(title="Tea")
        product.test_stock, product.test_price = StockRecord(price_currency="GBP"), price
        line = Line(basket=basket, product=product, stockrecord=product.test_stock, quantity=quantity)
        basket._lines.append(line)
        if discounted and taken:
            # No offer takes more than the line costs.
            line.discount(min(discount, line.line_price_excl_tax), taken, incl_tax=is_incl_tax)
    return basket


def exempting():
    customer = User(email="exempt@example.com")
    User._meta.get_field("customer_profile").set_cached_value(customer, CustomerProfile(is_tax_exempt=True))
    return OwnExemptStrategy(user=customer)


def as_stored(amount):
    return Decimal(amount).quantize(PENNY)


@given(
    lines=st.lists(discounted_line(), min_size=1, max_size=5),
    shipping=price_of_any_kind(),
    percent=st.decimals("0", "20", places=2),
    fee=st.tuples(MONEY, MONEY),
)
def test_sums__excl_is_incl_and_everything_adds_up(lines, shipping, percent, fee):
    basket = basket_of(lines, exempting())
    for line, (price, quantity, _taken, _discount, _is_incl_tax) in zip(basket.all_lines(), lines, strict=True):
        assert line.is_tax_known and line.line_tax == 0 and line.unit_tax == 0
        # What is paid is what the thing costs without tax, to the penny.
        assert abs(Decimal(line.unit_price_incl_tax) - price.excl_tax) <= PENNY / 2
        assert line.unit_price_incl_tax == line.unit_price_excl_tax == line.unit_effective_price
        assert line.line_price_incl_tax == line.line_price_excl_tax == line.unit_price_incl_tax * quantity
        paid = line.line_price_incl_tax_incl_discounts
        assert paid == line.line_price_excl_tax_incl_discounts == as_stored(paid)
        assert abs(Decimal(line.line_price_incl_tax) - line.discount_value - paid) < Decimal("0.0051")
        for incl_tax, excl_tax, _count in line.get_price_breakdown():
            assert as_stored(incl_tax) == as_stored(excl_tax)
    assert basket.total_tax == 0
    assert basket.total_incl_tax == basket.total_excl_tax
    assert basket.total_incl_tax == sum(line.line_price_incl_tax_incl_discounts for line in basket.all_lines())

    charge = basket.strategy.without_tax(shipping)
    surcharges = OwnApplicator(
        PercentageCharge(percent), FlatCharge(excl_tax=fee[0], incl_tax=sum(fee))
    ).get_applicable_surcharges(basket, shipping_charge=charge)
    total = OrderTotalCalculator().calculate(basket, charge, surcharges)
    assert total.is_tax_known and total.tax == 0
    # As the order keeps it: each line, shipping and each surcharge in pennies.
    parts = [line.line_price_incl_tax_incl_discounts for line in basket.all_lines()]
    parts += [charge.incl_tax, *(each.price.incl_tax for each in surcharges)]
    assert as_stored(total.incl_tax) == sum(as_stored(part) for part in parts) == total.excl_tax


@given(lines=st.lists(discounted_line(), min_size=1, max_size=3))
def test_sums__for_others_what_they_were(lines):
    lines = [(price, *rest) for price, *rest in lines if price.is_tax_known]
    ours = basket_of(lines, OwnExemptStrategy(user=User(email="ordinary@example.com")), discounted=False)
    theirs = basket_of(lines, OwnStrategy(), discounted=False)
    for line, other in zip(ours.all_lines(), theirs.all_lines(), strict=True):
        assert line.purchase_info.price is other.purchase_info.price
    assert (ours.total_incl_tax, ours.total_excl_tax) == (theirs.total_incl_tax, theirs.total_excl_tax)


# --- what the customer is told


@pytest.mark.django_db
def test_basket_totals__say_so(exempt, ordinary):
    def totals(priced):
        basket = basket_of([], priced)
        request = SimpleNamespace(strategy=priced)
        total = Price("GBP", Decimal(1), tax=Decimal(0))
        context = {"basket": basket, "request": request, "order_total": total}
        return render_to_string("oscar/basket/partials/basket_totals.html", context)

    words = "all prices are without tax"
    assert words in totals(British(user=exempt))
    assert words not in totals(British(user=ordinary))
    # A shop whose strategy is not built on ours.
    assert words not in totals(strategy.UK())


def test_without_tax__can_be_kept_in_a_cache():
    price = without_tax(prices.FixedPrice(currency="GBP", excl_tax=Decimal("10.00"), tax=Decimal("2.00")), tax_code="Z")
    for kept in (pickle.loads(pickle.dumps(price)), copy.deepcopy(price)):
        assert (kept.incl_tax, kept.excl_tax, kept.tax, kept.tax_code, kept.currency) == (10, 10, 0, "Z", "GBP")
        assert isinstance(kept, prices.FixedPrice)
