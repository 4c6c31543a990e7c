"""What the shop charges: the stock record's price and value added tax on top; no tax for who is tax exempt."""

from decimal import Decimal
from typing import Any

from oscar.apps.partner import strategy

from oscar_customer_mgmt.storefront.pricing import TaxExemptMixin

TAX_RATE = Decimal("0.20")
PENNY = Decimal("0.01")


class ShopStrategy(
    TaxExemptMixin,
    strategy.UseFirstStockRecord,
    strategy.StockRequired,
    strategy.FixedRateTax,
    strategy.Structured,
):
    """One rate for everything. Prices are whole pennies with and without tax, so that they add up."""

    rate = TAX_RATE
    exponent = PENNY


class Selector:
    """Where Oscar asks for a strategy."""

    def strategy(self, request: Any = None, user: Any = None, **kwargs: Any) -> ShopStrategy:
        """Return the strategy for a request, or for a customer without one."""
        return ShopStrategy(request, user=user)
