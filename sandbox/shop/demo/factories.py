"""factory-boy factories for what the package's own ones do not make, on top of those that Oscar ships."""

from decimal import Decimal

import factory
from oscar.core.loading import get_model
from oscar.core.utils import round_half_up_two_dec
from oscar.test import factories as oscar

LinePrice = get_model("order", "LinePrice")
WishListLine = get_model("wishlists", "Line")


class LineFactory(oscar.OrderLineFactory):
    """A line of an order, at the price that the shop's strategy gives: `policy`. `discount` is off what was paid."""

    stockrecord = None
    product = factory.SelfAttribute("stockrecord.product")
    partner = factory.SelfAttribute("stockrecord.partner")
    partner_name = factory.SelfAttribute("partner.name")
    partner_sku = factory.SelfAttribute("stockrecord.partner_sku")
    title = factory.SelfAttribute("product.title")
    upc = factory.SelfAttribute("product.upc")
    status = factory.SelfAttribute("order.status")
    num_allocated = 0
    unit_price_incl_tax = factory.SelfAttribute("policy.incl_tax")
    unit_price_excl_tax = factory.SelfAttribute("policy.excl_tax")
    line_price_before_discounts_incl_tax = factory.LazyAttribute(lambda line: line.unit_price_incl_tax * line.quantity)
    line_price_before_discounts_excl_tax = factory.LazyAttribute(lambda line: line.unit_price_excl_tax * line.quantity)
    line_price_incl_tax = factory.LazyAttribute(lambda line: line.line_price_before_discounts_incl_tax - line.discount)
    # As Oscar's baskets share a discount out: by the ratio of the prices.
    line_price_excl_tax = factory.LazyAttribute(
        lambda line: round_half_up_two_dec(
            line.line_price_before_discounts_excl_tax
            - line.discount * line.unit_price_excl_tax / line.unit_price_incl_tax
        )
    )

    class Params:
        policy = None
        discount = Decimal("0.00")

    @factory.post_generation
    def price(line, create, extracted, **kwargs):
        """Add the breakdown that Oscar keeps beside each line."""
        LinePrice.objects.create(
            order=line.order,
            line=line,
            quantity=line.quantity,
            price_incl_tax=line.unit_price_incl_tax,
            price_excl_tax=line.unit_price_excl_tax,
        )


class WishListLineFactory(factory.django.DjangoModelFactory):
    """A product on a wish list."""

    title = factory.SelfAttribute("product.title")

    class Meta:
        model = WishListLine


class EmailFactory(factory.django.DjangoModelFactory):
    """A mail that the shop sent and kept."""

    email = factory.SelfAttribute("user.email")

    class Meta:
        model = get_model("communication", "Email")


class NotificationFactory(factory.django.DjangoModelFactory):
    """A message in a customer's inbox in the shop."""

    class Meta:
        model = get_model("communication", "Notification")
