"""Prices without tax for customers who are tax exempt: mixins for the shop's own classes of Oscar's.

``TaxExemptMixin`` stands first among the bases of the strategy, ``TaxExemptShippingMixin`` of the shipping
repository, ``TaxExemptSurchargesMixin`` of the surcharge applicator. All that follows (baskets, offers,
totals, orders) reckons with the prices that these give. docs/tax.md shows the lines to write.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import Any

from ..queries.pricing import is_tax_exempt

NO_TAX = Decimal("0.00")
#: What Oscar's columns hold: an amount finer than that would be rounded line by line, and the sum apart from them.
PENNY = Decimal("0.01")
_FOUR_DECIMALS = Decimal("0.0001")


class TaxExemptMixin:
    """A strategy whose prices bear no tax for a customer who is tax exempt, and are what they were for others.

    Asks anew in each request, and whom the request belongs to at the moment of asking: an API may find out
    after the middleware, and staff who act for a customer see that customer's prices. ``user`` is for
    code without a request, and for staff's code that asks for somebody else's prices.
    """

    #: What the orders of tax exempt customers keep as tax code, in place of that of the rate.
    tax_exempt_code: str | None = None

    def __init__(self, request: Any = None, *args: Any, user: Any = None, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)  # type: ignore[call-arg]
        self.request = request
        # The middleware gives both; the request's own may still change.
        self._given = user if user is not None and user != getattr(request, "user", None) else None
        if self._given is not None:
            self.user = user if user.is_authenticated else None
        self._asked: Any = None
        self._answer = False

    @property
    def is_tax_exempt(self) -> bool:
        """Whether the customer whose prices these are pays no tax."""
        customer = self._given if self._given is not None else getattr(self.request, "user", None)
        if customer is not self._asked:
            self._asked, self._answer = customer, is_tax_exempt(customer)
        return self._answer

    def fetch_for_product(self, *args: Any, **kwargs: Any) -> Any:
        """Return price and availability of a product."""
        return self._priced(super().fetch_for_product(*args, **kwargs))  # type: ignore[misc]

    def fetch_for_parent(self, *args: Any, **kwargs: Any) -> Any:
        """Return price and availability of a product with variants."""
        return self._priced(super().fetch_for_parent(*args, **kwargs))  # type: ignore[misc]

    def fetch_for_line(self, *args: Any, **kwargs: Any) -> Any:
        """Return price and availability of a line of a basket."""
        return self._priced(super().fetch_for_line(*args, **kwargs))  # type: ignore[misc]

    def without_tax(self, price: Any) -> Any:
        """Return what a tax exempt customer pays for something with this price; see ``without_tax``."""
        return without_tax(price, tax_code=self.tax_exempt_code)

    def _priced(self, info: Any) -> Any:
        return info._replace(price=self.without_tax(info.price)) if self.is_tax_exempt else info


class TaxExemptShippingMixin:
    """A repository of shipping methods that charge no tax where the basket's prices bear none."""

    def get_shipping_methods(self, basket: Any, *args: Any, **kwargs: Any) -> list[Any]:
        """Return the shipping methods for a basket."""
        methods = super().get_shipping_methods(basket, *args, **kwargs)  # type: ignore[misc]
        return _sent_without_tax(basket, methods)

    def apply_shipping_offers(self, basket: Any, methods: Any) -> list[Any]:
        """Return the methods with the basket's offer on them: the discount is one on the charge without tax."""
        methods = _sent_without_tax(basket, methods)
        return super().apply_shipping_offers(basket, methods)  # type: ignore[misc]


class TaxExemptSurchargesMixin:
    """An applicator of surcharges without tax where the basket's prices bear none."""

    def get_applicable_surcharges(self, basket: Any, **kwargs: Any) -> Any:
        """Return the surcharges on a basket, ``None`` where there are none."""
        surcharges = super().get_applicable_surcharges(basket, **kwargs)  # type: ignore[misc]
        strategy = _exempting_strategy(basket)
        if strategy is not None:
            for each in surcharges or ():
                each.price = strategy.without_tax(each.price)
        return surcharges


def without_tax(price: Any, *, tax_code: str | None = None) -> Any:
    """Return a copy of a price (of a product, a shipping method, a surcharge) that bears no tax.

    It costs what the price costs without tax, rounded half up to the penny where that is finer. The copy is
    of the price's own class still, and stays without tax whatever is written to it: a shop that works
    out its tax during checkout need not know. A price that is not known stays as it is.
    """
    if isinstance(price, _WithoutTax) or not getattr(price, "exists", True) or price.excl_tax is None:
        return price
    # Not by its constructor, which is the shop's own affair, nor by attributes, which may be read-only.
    untaxed = object.__new__(_without_tax(type(price)))  # type: ignore[arg-type]
    vars(untaxed).update(vars(price), _untaxed=(_Pennies(_rounded(Decimal(price.excl_tax))), tax_code))
    return untaxed


class _Pennies(Decimal):
    """A price in whole pennies, of one piece or of several, and whole pennies with a discount taken off.

    A percentage off has as many decimals as it likes. Oscar rounds what it leaves of the one price of a line and
    not of the other, with tax and without, so that a line and a total without tax would bear a penny of it.
    """

    def __mul__(self, other: Any) -> Any:
        found = super().__mul__(other)
        return _Pennies(found) if isinstance(other, int) else found

    __rmul__ = __mul__

    def __sub__(self, other: Any) -> Any:
        # Four decimals are where Oscar rounds the one of the two discounts on a single piece.
        return _rounded(super().__sub__(Decimal(other).quantize(_FOUR_DECIMALS, ROUND_HALF_UP)))


def _rounded(amount: Decimal) -> Decimal:
    return amount.quantize(PENNY, ROUND_HALF_UP)


class _WithoutTax:
    """What a price without tax has of its own; the shop's class of prices says the rest."""

    _untaxed: tuple[_Pennies, str | None]
    is_tax_known = property(lambda self: True)
    excl_tax = property(lambda self: self._untaxed[0])
    incl_tax = property(lambda self: self._untaxed[0], lambda self, amount: None)
    tax = property(lambda self: NO_TAX, lambda self, amount: None)
    tax_code = property(lambda self: self._untaxed[1], lambda self, code: None)

    def __reduce__(self) -> Any:
        """Let caches and queues keep it: the class is made anew where it is read."""
        return _made_anew, (type(self).__bases__[1], dict(vars(self)))


def _made_anew(kind: Any, state: dict[str, Any]) -> Any:
    price = object.__new__(_without_tax(kind))
    vars(price).update(state)
    return price


@cache
def _without_tax(kind: Any) -> Any:
    return type(f"{kind.__name__}WithoutTax", (_WithoutTax, kind), {"__module__": __name__})


class _ShippingWithoutTax:
    """A shipping method that charges no tax, and is in everything else the one it was made from."""

    def __init__(self, method: Any, strategy: Any) -> None:
        self._method = method
        self._strategy = strategy

    def calculate(self, basket: Any) -> Any:
        """Return the charge for a basket."""
        return self._strategy.without_tax(self._method.calculate(basket))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            # Whoever copies this looks for such names before there is a method to ask.
            raise AttributeError(name)
        return getattr(self._method, name)


def _sent_without_tax(basket: Any, methods: Any) -> list[Any]:
    strategy = _exempting_strategy(basket)
    return methods if strategy is None else [_ShippingWithoutTax(method, strategy) for method in methods]


def _exempting_strategy(basket: Any) -> Any:
    """Return the basket's strategy where it exempts the basket's customer, ``None`` where not."""
    strategy = basket.strategy if basket.has_strategy else None
    return strategy if getattr(strategy, "is_tax_exempt", False) else None
