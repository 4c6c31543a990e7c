"""Two years of the demo shop: who joined and bought when, told in the order in which it happened."""

import datetime as dt
import random
from collections.abc import Callable, Iterator
from typing import Any

from django.utils import timezone

from sandbox.shop.demo.cultures import draw_culture
from sandbox.shop.demo.orders import OrderBook, Plan
from sandbox.shop.demo.people import Customer, draw_names, make_customer

CUSTOMERS = 300
CUSTOMERS_WHO_ORDERED = 250
ORDERS_OF_CUSTOMERS = 840
GUEST_ORDERS = 60
YEARS = 2
REFUNDS = 14
VOUCHERS_USED = 30
TEST_ORDERS = 6
# So long ago that an order of that age has reached its end.
SETTLED = dt.timedelta(days=9)


class History:
    """Plans and tells it. The same dice give the same history, seen from the day it is told."""

    def __init__(self, dice: random.Random) -> None:
        self.dice = dice
        self.today = timezone.now().replace(hour=6, minute=0, second=0, microsecond=0)
        self.beginning = self.today - dt.timedelta(days=365 * YEARS)

    def make_customers(self, told: Callable[[], None]) -> list[Customer]:
        """Make the accounts, the earliest first; a third came in the first weeks."""
        early = self.beginning + dt.timedelta(days=60)
        moments = sorted(
            self._between(self.beginning, early if number % 3 == 0 else self.today - dt.timedelta(days=2))
            for number in range(CUSTOMERS)
        )
        customers = []
        for number, joined in enumerate(moments, start=1):
            customers.append(make_customer(number, joined, self.dice))
            told()
        return customers

    def plan_orders(self, customers: list[Customer], vouchers: list[Any]) -> list[Plan]:
        """Return all orders to come, the earliest first. Few customers order often, many once (Zipf)."""
        # A shuffled rank, so that the best customers are not simply the oldest ones.
        buyers = self.dice.sample(customers, CUSTOMERS_WHO_ORDERED)
        weights = [1 / (rank + 1) ** 0.9 for rank in range(len(buyers))]
        further = self.dice.choices(buyers, weights=weights, k=ORDERS_OF_CUSTOMERS - len(buyers))
        plans = [self._plan(customer) for customer in [*buyers, *further]]
        self._mark_special(plans, vouchers)
        plans += self._plan_guests(customers)
        return sorted(plans, key=lambda plan: plan.placed)

    def tell(self, plans: list[Plan], book: OrderBook) -> Iterator[Any]:
        """Carry out all plans, yielding each order."""
        for plan in plans:
            yield book.carry_out(plan)

    def _plan(self, customer: Customer) -> Plan:
        placed = self._between(max(customer.joined, self.beginning) + dt.timedelta(minutes=20), self.today)
        return Plan(placed=placed, customer=customer, ending=self._ending(placed))

    def _mark_special(self, plans: list[Plan], vouchers: list[Any]) -> None:
        """Make some of the orders tests, refunded, or bought with a voucher."""
        complete = [place for place, plan in enumerate(plans) if plan.ending == "Complete"]
        drawn = iter(self.dice.sample(complete, REFUNDS + VOUCHERS_USED + TEST_ORDERS))
        for number in range(REFUNDS):
            self._change(plans, next(drawn), refund="part" if number % 2 else "all")
        for number in range(VOUCHERS_USED):
            self._change(plans, next(drawn), voucher=vouchers[number % len(vouchers)])
        for _ in range(TEST_ORDERS):
            self._change(plans, next(drawn), is_test=True)

    @staticmethod
    def _change(plans: list[Plan], place: int, **changes: Any) -> None:
        plans[place] = Plan(**{**vars(plans[place]), **changes})

    def _plan_guests(self, customers: list[Customer]) -> list[Plan]:
        """Return the guests' orders: one guest came three times, four have an account and forgot it."""
        faithful = self._guest_email(900)
        emails = [faithful] * 3
        emails += [customer.user.email for customer in self.dice.sample(customers, 4)]
        emails += [self._guest_email(900 + number) for number in range(1, GUEST_ORDERS - len(emails) + 1)]
        plans = []
        for number, email in enumerate(emails):
            placed = self._between(self.beginning, self.today)
            plans.append(
                Plan(
                    placed=placed,
                    guest_email=email,
                    guest_number=number,
                    ending=self._ending(placed),
                    is_test=number == len(emails) - 1,
                )
            )
        return plans

    def _guest_email(self, number: int) -> str:
        return draw_names(draw_culture(self.dice), number, self.dice)["email"]

    def _ending(self, placed: dt.datetime) -> str:
        if self.today - placed > SETTLED:
            return self.dice.choices(("Complete", "Cancelled"), weights=(90, 10))[0]
        return self.dice.choices(("Pending", "Being processed"), weights=(60, 40))[0]

    def _between(self, earliest: dt.datetime, latest: dt.datetime) -> dt.datetime:
        """Return a moment in between; most people shop in the evening, but the shop does not mind."""
        return earliest + (latest - earliest) * self.dice.random()
