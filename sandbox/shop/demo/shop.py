"""Puts the demo shop together."""

import datetime
import random
from contextlib import suppress
from typing import Any

import factory.random
from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone
from oscar.core.loading import get_model
from rich.progress import Progress

from oscar_customer_mgmt.exceptions import Conflict
from oscar_customer_mgmt.operations import access, customers, directory, erasure, verification
from sandbox.shop.countries import make_countries
from sandbox.shop.demo.cultures import CULTURES, names_of
from sandbox.shop.demo.extras import Extras, make_vouchers
from sandbox.shop.demo.history import CUSTOMERS, History
from sandbox.shop.demo.orders import OrderBook, Plan
from sandbox.shop.demo.people import Customer, make_address
from sandbox.shop.demo.stock import fill_shelves
from sandbox.shop.logins import CUSTOMER, TAX_EXEMPT_CUSTOMER, make_logins

Order = get_model("order", "Order")
User = get_user_model()

SEED = 1742
REVIEWS_FROM = 0.12
MAILS_FROM = 0.3


@transaction.atomic
def make_demo_shop(progress: Progress) -> None:
    """Make all of it, or, when something fails, nothing."""
    with directory.paused():
        _make(progress)
    task = progress.add_task("Directory", total=directory.total_rows())
    directory.rebuild(on_progress=lambda rows: progress.advance(task, rows))
    _on(progress, "Farewells", _let_one_go)
    _on(progress, "Newcomers", _make_one_by_phone)
    _on(progress, "Debtors", _deny_some)


def _make(progress: Progress) -> None:
    dice = random.Random(SEED)
    factory.random.reseed_random(SEED)
    names_of.cache_clear()
    make_countries()
    history = History(dice)
    stock = _on(progress, "Shelves", fill_shelves)
    vouchers = make_vouchers(history.beginning)
    # The log-ins first, so that the customer to try things with has a low number.
    make_logins()
    carl = _make_regular(CUSTOMER, history, dice)
    tara = _make_regular(TAX_EXEMPT_CUSTOMER, history, dice)
    task = progress.add_task("Customers", total=CUSTOMERS)
    buyers = [carl, *history.make_customers(lambda: progress.advance(task))]
    plans = history.plan_orders(buyers, vouchers)
    plans = sorted([*plans, *_plans_of(carl, history), *_plans_of(tara, history)], key=lambda plan: plan.placed)
    extras = Extras(buyers, stock, history.today, dice)
    task = progress.add_task("Orders", total=len(plans))
    for order in history.tell(plans, OrderBook(_by_popularity(stock, dice), dice)):
        if order.user and order.status == "Complete" and dice.random() < REVIEWS_FROM:
            extras.review(order)
        if dice.random() < MAILS_FROM:
            extras.mail_confirmation(order)
        progress.advance(task)
    _on(progress, "Baskets and lists", extras.make_all)
    extras.fill_basket(carl, "Saved")
    extras.make_wish_list(carl)


def _let_one_go() -> None:
    """Let one customer who ordered have the account deleted by the customer manager, and leave a receipt."""
    settled = User.objects.filter(is_staff=False, is_active=True, orders__status="Complete")
    # Carl and Tara are for trying things with; guests may have the address of some of the others.
    guests = Order.objects.filter(user=None).values("guest_email")
    candidates = (
        settled.exclude(email__in=[CUSTOMER, TAX_EXEMPT_CUSTOMER])
        .exclude(email__in=guests)
        .exclude(orders__status="Pending")
    )
    manager = User.objects.get(first_name="Bertil")
    erasure.erase(customer=candidates.order_by("pk").distinct()[0], by=manager)


def _make_one_by_phone() -> None:
    """Let customer service make an account for a caller, who has not pressed the link in the e-mail yet."""
    agnes = User.objects.get(first_name="Agnes", is_staff=True)
    newcomer = customers.create(
        email="nora.newcome@example.com",
        first_name="Nora",
        last_name="Newcome",
        phone_number="+442079460990",
        locale="en",
        comment="Called about the blue bowls; wants to order by herself.",
        by=agnes,
    )
    # Without a mail server there is a shop all the same: the link can be sent from the customer's page.
    with suppress(Conflict):
        verification.send(customer=newcomer, by=agnes)


def _deny_some() -> None:
    """Let the customer manager keep two customers out, one of them for a month, and an address of no account."""
    manager = User.objects.get(first_name="Bertil")
    guests = Order.objects.filter(user=None)
    customers_ = User.objects.filter(is_staff=False, is_active=True, orders__isnull=False).exclude(email=CUSTOMER)
    candidates = customers_.exclude(email__in=guests.values("guest_email")).filter(customer_profile__erased_at=None)
    first, second = candidates.order_by("pk").distinct()[5:7]
    access.deny(
        customer=first,
        reason="Three parcels reported lost in a row; the carrier has her signature for each.",
        message="Please ring our customer service about your last parcels.",
        by=manager,
    )
    access.deny(
        customer=second,
        reason="Asked for a pause himself: buys too much.",
        until=timezone.now() + datetime.timedelta(days=30),
        by=manager,
    )
    address = guests.order_by("pk").values_list("guest_email", flat=True)[3]
    access.deny_email(email=address, reason="Invoice unpaid since spring, two reminders.", by=manager)


def _on(progress: Progress, description: str, work: Any) -> Any:
    task = progress.add_task(description, total=1)
    result = work()
    progress.advance(task)
    return result


def _by_popularity(stock: list[Any], dice: random.Random) -> list[Any]:
    """Return what can be bought in a made-up order of popularity."""
    return dice.sample([record for record in stock if record.num_in_stock], k=len(stock) - 3)


def _make_regular(email: str, history: History, dice: random.Random) -> Customer:
    """Return one of the customers to try things with, who have been there from the beginning."""
    user = User.objects.get(email=email)
    user.date_joined = history.beginning
    user.save()
    customer = Customer(user, CULTURES[0], history.beginning)
    customer.addresses = [make_address(customer, dice, is_default=True), make_address(customer, dice, is_default=False)]
    return customer


def _plans_of(customer: Customer, history: History) -> list[Plan]:
    """Return a handful of orders, so that the customer's pages have something to show."""
    span = history.today - history.beginning
    endings = ("Complete", "Cancelled", "Complete", "Complete", "Pending")
    return [
        Plan(
            placed=history.beginning + span * (place + 1) / (len(endings) + 0.01),
            customer=customer,
            ending=ending,
            refund="part" if place == 3 else "",
        )
        for place, ending in enumerate(endings)
    ]
