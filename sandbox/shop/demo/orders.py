"""The demo shop's orders: placed, paid, sent, cancelled, refunded."""

import datetime as dt
import random
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings
from oscar.core.loading import get_class, get_model
from oscar.test import factories as oscar

from oscar_customer_mgmt.test.factories import GuestOrderFactory, OrderFactory, ShippingAddressFactory
from sandbox.shop.demo.clock import clock_at
from sandbox.shop.demo.cultures import draw_address, draw_culture
from sandbox.shop.demo.factories import LineFactory
from sandbox.shop.demo.people import Customer, draw_names

Basket = get_model("basket", "Basket")
BillingAddress = get_model("order", "BillingAddress")
Country = get_model("address", "Country")
OrderCreator = get_class("order.utils", "OrderCreator")
Repository = get_class("shipping.repository", "Repository")
Selector = get_class("partner.strategy", "Selector")
OrderDiscount = get_model("order", "OrderDiscount")
ShippingAddress = get_model("order", "ShippingAddress")
SourceType = get_model("payment", "SourceType")
order_placed = get_class("order.signals", "order_placed")

PENNY = Decimal("0.01")


@dataclass(frozen=True)
class Plan:
    """One order to come: by whom, when, how it ends."""

    placed: dt.datetime
    customer: Customer | None = None
    guest_email: str = ""
    guest_number: int = 0
    ending: str = "Complete"
    is_test: bool = False
    refund: str = ""
    voucher: Any = None


class OrderBook:
    """Carries out plans. `stock` are the stock records, the best seller first."""

    def __init__(self, stock: list[Any], dice: random.Random) -> None:
        self._stock = stock
        self._dice = dice
        self._weights = [1 / (rank + 2) ** 0.8 for rank in range(len(stock))]
        self._source_types = {
            name: SourceType.objects.get_or_create(name=name)[0]
            for name in (settings.SANDBOX_CARD_SOURCE_TYPE, settings.SANDBOX_TEST_CARD_SOURCE_TYPE)
        }

    def carry_out(self, plan: Plan) -> Any:
        """Make the order with its payment, and move it through the pipeline to its end."""
        with clock_at(plan.placed):
            order = self._place(plan)
            source = self._pay(order, plan)
        for days, status in self._way_to(plan.ending):
            with clock_at(plan.placed + dt.timedelta(days=days)):
                order.set_status(status)
        if plan.refund or plan.ending == "Cancelled":
            with clock_at(plan.placed + dt.timedelta(days=5)):
                share = Decimal("0.40") if plan.refund == "part" else Decimal(1)
                source.refund((order.total_incl_tax * share).quantize(PENNY), reference="pretend-refund")
        return order

    def _way_to(self, ending: str) -> list[tuple[float, str]]:
        processed = (self._dice.uniform(0.1, 1), "Being processed")
        return {
            "Pending": [],
            "Being processed": [processed],
            "Complete": [processed, (self._dice.uniform(1.5, 4), "Complete")],
            "Cancelled": [(self._dice.uniform(0.2, 2), "Cancelled")],
        }[ending]

    def _place(self, plan: Plan) -> Any:
        # What this customer pays in the shop, with tax or without.
        strategy = Selector().strategy(user=plan.customer.user if plan.customer else None)
        wanted = self._draw_lines()
        delivery = self._dice.choices(Repository.methods, weights=(4, 1))[0]
        charge = delivery.calculate(Basket())
        if strategy.is_tax_exempt:
            charge = strategy.without_tax(charge)
        shipping_address, billing_address = self._addresses(plan)
        factory = OrderFactory if plan.customer else GuestOrderFactory
        by = {"user": plan.customer.user} if plan.customer else {"guest_email": plan.guest_email}
        order = factory(
            **by,
            items=0,
            date_placed=plan.placed,
            shipping_code=delivery.code,
            shipping_method=str(delivery.name),
            shipping_incl_tax=charge.incl_tax,
            shipping_excl_tax=charge.excl_tax,
            shipping_address=shipping_address,
            billing_address=billing_address,
        )
        lines = [self._put_in(order, plan, stock, quantity, strategy) for stock, quantity in wanted]
        order.total_incl_tax = charge.incl_tax + sum(line.line_price_incl_tax for line in lines)
        order.total_excl_tax = charge.excl_tax + sum(line.line_price_excl_tax for line in lines)
        order.save(update_fields=["total_incl_tax", "total_excl_tax"])
        if plan.voucher:
            discounts = (line.line_price_before_discounts_incl_tax - line.line_price_incl_tax for line in lines)
            self._use_voucher(order, plan.voucher, sum(discounts))
        order_placed.send(sender=OrderCreator(), order=order, user=order.user)
        return order

    def _put_in(self, order: Any, plan: Plan, stock: Any, quantity: int, strategy: Any) -> Any:
        """Add a line at the strategy's price, less ten per cent with a voucher."""
        policy = strategy.fetch_for_product(stock.product, stock).price
        open_still = plan.ending in {"Pending", "Being processed"}
        if open_still:
            stock.allocate(quantity)
        return LineFactory(
            order=order,
            stockrecord=stock,
            quantity=quantity,
            policy=policy,
            discount=(policy.incl_tax * quantity / 10).quantize(PENNY) if plan.voucher else Decimal("0.00"),
            num_allocated=quantity if open_still else 0,
        )

    def _draw_lines(self) -> list[tuple[Any, int]]:
        """Return one to five different articles with quantities; some articles sell far better than others."""
        count = self._dice.choices((1, 2, 3, 4, 5), weights=(40, 28, 17, 10, 5))[0]
        drawn = dict.fromkeys(self._dice.choices(range(len(self._stock)), weights=self._weights, k=count))
        return [(self._stock[place], self._dice.choices((1, 2, 3, 6), weights=(70, 20, 7, 3))[0]) for place in drawn]

    def _addresses(self, plan: Plan) -> tuple[Any, Any]:
        if plan.customer and plan.customer.addresses:
            return (
                _copy(self._dice.choice(plan.customer.addresses), ShippingAddress),
                _copy(plan.customer.addresses[0], BillingAddress),
            )
        culture = plan.customer.culture if plan.customer else draw_culture(self._dice)
        names = draw_names(culture, plan.guest_number, self._dice)
        if plan.customer:
            names.update(first_name=plan.customer.user.first_name, last_name=plan.customer.user.last_name)
        del names["email"]
        fields = {**draw_address(culture, self._dice), **names}
        country = Country.objects.get(pk=culture.country)
        shipping_address = ShippingAddressFactory(country=country, **fields)
        return shipping_address, _copy(shipping_address, BillingAddress)

    def _pay(self, order: Any, plan: Plan) -> Any:
        name = settings.SANDBOX_TEST_CARD_SOURCE_TYPE if plan.is_test else settings.SANDBOX_CARD_SOURCE_TYPE
        source = oscar.SourceFactory(
            order=order,
            source_type=self._source_types[name],
            currency=order.currency,
            amount_allocated=order.total_incl_tax,
            reference=f"pretend-{order.number}",
            label=f"XXXX-XXXX-XXXX-{self._dice.randint(1000, 9999)}",
        )
        source.debit(reference=source.reference)
        return source

    def _use_voucher(self, order: Any, voucher: Any, amount: Decimal) -> None:
        OrderDiscount.objects.create(
            order=order,
            offer_id=voucher.offers.first().pk,
            offer_name=voucher.offers.first().name,
            voucher_id=voucher.pk,
            voucher_code=voucher.code,
            frequency=1,
            amount=amount,
        )
        voucher.record_usage(order, order.user)
        voucher.record_discount({"discount": amount})


def _copy(address: Any, model: type) -> Any:
    """Return a stored copy of an address for an order, as the checkout makes it."""
    copy = model()
    address.populate_alternative_model(copy)
    copy.save()
    return copy
