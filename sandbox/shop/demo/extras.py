"""What else people leave in a shop: baskets, wish lists, alerts, reviews, mails, messages; and vouchers."""

import datetime as dt
import random
from decimal import Decimal
from typing import Any

from oscar.core.loading import get_class, get_model
from oscar.test import factories as oscar

from sandbox.shop.demo.clock import clock_at
from sandbox.shop.demo.factories import EmailFactory, NotificationFactory, WishListLineFactory
from sandbox.shop.demo.people import Customer
from sandbox.shop.demo.shelves import SOLD_OUT

Basket = get_model("basket", "Basket")
Benefit = get_model("offer", "Benefit")
Condition = get_model("offer", "Condition")
ConditionalOffer = get_model("offer", "ConditionalOffer")
ProductAlert = get_model("customer", "ProductAlert")
Range = get_model("offer", "Range")
Selector = get_class("partner.strategy", "Selector")
Voucher = get_model("voucher", "Voucher")

VOUCHERS = (("Welcome", "WELCOME10"), ("Harbour festival", "HARBOUR10"))
REVIEWS = (
    (5, "Just right", "Exactly as in the picture, and it came well wrapped."),
    (5, "Second one", "We liked the first so much that my sister got one, too."),
    (4, "Good", "Nice to hold. A little smaller than I had thought."),
    (4, "Would buy again", "Does what it should. Delivery took four days."),
    (3, "All right", "Fine for the price, the colour is darker than on the screen."),
    (2, "Not for me", "Sent it back; the money was there within a week."),
)


def make_vouchers(beginning: dt.datetime) -> list[Any]:
    """Make two vouchers for ten per cent off everything."""
    everything = Range.objects.create(name="Everything", includes_all_products=True)
    vouchers = []
    for name, code in VOUCHERS:
        offer = oscar.ConditionalOfferFactory(
            name=f"{name}: ten per cent off",
            offer_type=ConditionalOffer.VOUCHER,
            condition=oscar.ConditionFactory(range=everything, type=Condition.COUNT, value=1),
            benefit=oscar.BenefitFactory(range=everything, type=Benefit.PERCENTAGE, value=Decimal(10)),
        )
        voucher = oscar.VoucherFactory(
            name=name,
            code=code,
            usage=Voucher.MULTI_USE,
            start_datetime=beginning,
            end_datetime=beginning + dt.timedelta(days=365 * 3),
        )
        voucher.offers.add(offer)
        vouchers.append(voucher)
    return vouchers


class Extras:
    """Spreads them over the customers. `today` is when the last of it happens."""

    def __init__(self, customers: list[Customer], stock: list[Any], today: dt.datetime, dice: random.Random) -> None:
        self._active = [customer for customer in customers if customer.user.is_active]
        self._stock = stock
        self._available = [record for record in stock if record.num_in_stock]
        self._today = today
        self._dice = dice

    def make_all(self) -> None:
        """Make everything but the mails, which belong to orders."""
        for customer in self._some(30):
            self.fill_basket(customer, Basket.OPEN)
        for customer in self._some(12):
            self.fill_basket(customer, Basket.SAVED)
        for customer in self._some(25):
            self.make_wish_list(customer)
        for customer in self._some(16):
            self.make_alert(customer)
        for customer in self._some(12):
            self._write_message(customer)
        self._make_guest_alerts()

    def fill_basket(self, customer: Customer, status: str) -> None:
        """Give the customer a basket with one to three articles in it, touched in the last weeks."""
        with clock_at(self._lately(customer)):
            basket = oscar.BasketFactory(owner=customer.user, status=status)
            basket.strategy = Selector().strategy(user=customer.user)
            for record in self._dice.sample(self._available, self._dice.randint(1, 3)):
                basket.add_product(record.product, self._dice.randint(1, 2))

    def make_wish_list(self, customer: Customer) -> None:
        """Give the customer a list of two to five articles."""
        with clock_at(self._lately(customer)):
            wish_list = oscar.WishListFactory(
                owner=customer.user, name=self._dice.choice(("Birthday", "For the kitchen", "One day"))
            )
            for record in self._dice.sample(self._stock, self._dice.randint(2, 5)):
                WishListLineFactory(wishlist=wish_list, product=record.product)

    def make_alert(self, customer: Customer) -> None:
        """Let the customer wait for something that is sold out."""
        with clock_at(self._lately(customer)):
            oscar.ProductAlertFactory(user=customer.user, product=self._sold_out())

    def _make_guest_alerts(self) -> None:
        for number in range(3):
            with clock_at(self._today - dt.timedelta(days=number * 4 + 1)):
                ProductAlert.objects.create(email=f"waiting{number}@example.org", product=self._sold_out())

    def _sold_out(self) -> Any:
        code = self._dice.choice(SOLD_OUT)
        return next(record.product for record in self._stock if record.partner_sku == code)

    def review(self, order: Any) -> None:
        """Let the customer write about the first article of an order, once."""
        product = order.lines.all()[0].product
        if product.reviews.filter(user=order.user).exists():
            return
        score, title, body = self._dice.choices(REVIEWS, weights=(30, 20, 20, 15, 10, 5))[0]
        with clock_at(order.date_placed + dt.timedelta(days=12)):
            oscar.ProductReviewFactory(product=product, user=order.user, score=score, title=title, body=body)

    def mail_confirmation(self, order: Any) -> None:
        """Keep the mail that went out when the order was placed."""
        lines = "\n".join(f"  {line.quantity} x {line.title}" for line in order.lines.all())
        with clock_at(order.date_placed):
            EmailFactory(
                user=order.user,
                email=order.user.email if order.user else order.guest_email,
                subject=f"Your order {order.number}",
                body_text=f"Thank you for your order:\n\n{lines}\n\nTotal: £{order.total_incl_tax}\n",
            )

    def _write_message(self, customer: Customer) -> None:
        with clock_at(self._lately(customer)):
            NotificationFactory(
                recipient=customer.user,
                subject="Our spring catalogue",
                body="The new catalogue is at the printer's. We put one in your next parcel.",
            )

    def _some(self, count: int) -> list[Customer]:
        return self._dice.sample(self._active, count)

    def _lately(self, customer: Customer) -> dt.datetime:
        """Return a moment of the last six weeks, but not before the customer came."""
        return max(customer.joined, self._today - dt.timedelta(days=self._dice.uniform(0.2, 42)))
