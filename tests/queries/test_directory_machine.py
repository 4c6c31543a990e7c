"""Whatever is written, through Django's own doors or ours, the directory says what is so."""

import datetime
import os

import pytest
from django.contrib.auth import get_user_model
from django.db import transaction
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from oscar.core.loading import get_model

from oscar_customer_mgmt.exceptions import InvalidData
from oscar_customer_mgmt.models import AddressCompany, CustomerProfile, OrderTestMark
from oscar_customer_mgmt.operations import addresses, customers, directory, orders
from oscar_customer_mgmt.test.factories import (
    AddressFactory,
    BillingAddressFactory,
    CustomerFactory,
    GuestOrderFactory,
    OrderFactory,
    ShippingAddressFactory,
    country,
)
from tests.queries import plainly

Basket = get_model("basket", "Basket")
Order = get_model("order", "Order")
Source = get_model("payment", "Source")
UserAddress = get_model("address", "UserAddress")

NAMES = st.sampled_from(["", "Anna", "Zoë", "Groß", "小明", "حداد", "Işıl", "O’Brien", "50%_off\\", "De  La Cruz"])
COMPANIES = st.sampled_from(["", "Acme", "Tee & Söhne"])
EMAILS = st.integers(0, 10**6).map("person{}@Example.com".format)
STATUSES = st.sampled_from(["Pending", "Being processed", "Cancelled", "Complete"])
AMOUNTS = st.decimals("-50", "200", places=2)
REFUNDS = st.decimals("0.01", "250", places=2)
CURRENCIES = st.sampled_from(["GBP", "EUR"])
PAID_WITH = st.sampled_from([None, "card", "play-money"])
DATES = st.datetimes(datetime.datetime(2020, 1, 1), datetime.datetime(2026, 1, 1), timezones=st.just(datetime.UTC))
PHONES = st.sampled_from(["", "+442079460958", "+493512345678", "+79161234567"])
ANY = st.integers(0, 10**6)
FLAG = st.booleans()


class Shop(RuleBasedStateMachine):
    """A shop in which anything may happen next."""

    def __init__(self):
        super().__init__()
        self.all = transaction.atomic()
        self.all.__enter__()

    def teardown(self):
        transaction.set_rollback(True)
        self.all.__exit__(None, None, None)

    @initialize()
    def open(self):
        # The same people in every run, else no failure could be shown twice.
        for each in (CustomerFactory, AddressFactory, ShippingAddressFactory, BillingAddressFactory, GuestOrderFactory):
            each.reset_sequence(0, force=True)
        OrderFactory.reset_sequence(0, force=True)
        self.staff = CustomerFactory(is_superuser=True, is_staff=True)
        AddressFactory(user=OrderFactory(items=0, paid_with="card").user, company="Acme")
        OrderFactory(items=0, user=CustomerFactory(), is_test=True)
        GuestOrderFactory(items=0, paid_with="play-money")

    # What there is, in the order it was made; ``which`` picks one of them.

    def customer(self, which):
        found = get_user_model().objects.exclude(pk=self.staff.pk).order_by("pk")
        return found[which % len(found)] if found else None

    def order(self, which):
        found = Order.objects.order_by("pk")
        return found[which % len(found)] if found else None

    def address(self, which):
        found = UserAddress.objects.order_by("pk")
        return found[which % len(found)] if found else None

    # Accounts

    @rule(email=EMAILS, first_name=NAMES, last_name=NAMES, company=COMPANIES, phone_number=PHONES)
    def staff_create(self, email, **values):
        try:
            customers.create(email=email, by=self.staff, comment="By phone", **values)
        except InvalidData:
            return

    @rule(last_name=NAMES)
    def somebody_registers(self, last_name):
        CustomerFactory(last_name=last_name)

    @rule(which=ANY, first_name=NAMES, company=COMPANIES, is_test=FLAG, is_active=FLAG, phone_number=PHONES)
    def staff_edit(self, which, **changes):
        if customer := self.customer(which):
            customers.update(customer=customer, changes=changes, by=self.staff)

    @rule(which=ANY, last_name=NAMES, is_staff=FLAG)
    def account_is_saved(self, which, last_name, is_staff):
        if customer := self.customer(which):
            customer.last_name, customer.is_staff = last_name, is_staff
            customer.save()

    @rule(which=ANY, born=st.none() | st.dates(), must_verify=FLAG, is_tax_exempt=FLAG, verified_at=st.none() | DATES)
    def profile_is_saved(self, which, born, **values):
        if customer := self.customer(which):
            profile = CustomerProfile.objects.get(user=customer)
            profile.date_of_birth = born
            for name, value in values.items():
                setattr(profile, name, value)
            profile.save()

    @rule(which=ANY, in_bulk=FLAG)
    def account_goes(self, which, in_bulk):
        if customer := self.customer(which):
            Basket.objects.create(owner=customer)
            if in_bulk:
                get_user_model().objects.filter(pk=customer.pk).delete()
            else:
                customer.delete()

    # The address book

    @rule(which=ANY, first_name=NAMES, company=COMPANIES, line1=NAMES.map("1 {}".format), phone_number=PHONES)
    def staff_add_address(self, which, company, **values):
        if customer := self.customer(which):
            values |= {"last_name": "X", "line4": "Town", "postcode": "SW1A 1AA", "country": country("GB")}
            try:
                addresses.add(customer=customer, values=values, by=self.staff, company=company)
            except InvalidData:
                return

    @rule(which=ANY, line4=NAMES, company=COMPANIES)
    def customer_adds_address(self, which, line4, company):
        customer = self.customer(which)
        # Oscar's book takes each address once.
        if customer and not UserAddress.objects.filter(user=customer, line4=line4).exists():
            AddressFactory(user=customer, line4=line4, company=company)

    @rule(which=ANY, last_name=NAMES, company=st.none() | COMPANIES)
    def staff_change_address(self, which, last_name, company):
        if address := self.address(which):
            try:
                addresses.change(address=address, values={"last_name": last_name}, by=self.staff, company=company)
            except InvalidData:
                return

    @rule(which=ANY, to=ANY)
    def address_is_handed_over(self, which, to):
        address, customer = self.address(which), self.customer(to)
        if address and customer:
            mine = UserAddress.objects.filter(user=customer, hash=address.hash)
            if not mine.exists():
                address.user = customer
                address.save()

    @rule(which=ANY, how=st.sampled_from(["operation", "model", "bulk", "company"]))
    def address_goes(self, which, how):
        address = self.address(which)
        if address is None:
            return
        if how == "operation":
            addresses.delete(address=address, by=self.staff)
        elif how == "model":
            address.delete()
        elif how == "bulk":
            UserAddress.objects.filter(user=address.user).delete()
        else:
            AddressCompany.objects.filter(user_address=address).delete()

    # Orders

    @rule(which=ANY, total=AMOUNTS, currency=CURRENCIES, status=STATUSES, placed=DATES, paid_with=PAID_WITH)
    def customer_orders(self, which, total, currency, status, placed, paid_with):
        if customer := self.customer(which):
            OrderFactory(
                user=customer,
                total_incl_tax=total,
                currency=currency,
                status=status,
                date_placed=placed,
                paid_with=paid_with,
                items=0,
            )

    @rule(total=AMOUNTS, last_name=NAMES, company=COMPANIES, paid_with=PAID_WITH, has_address=FLAG)
    def guest_orders(self, total, last_name, company, paid_with, has_address):
        shipping = ShippingAddressFactory(last_name=last_name) if has_address else None
        billing = BillingAddressFactory(first_name="", last_name="", company=company) if has_address else None
        GuestOrderFactory(
            total_incl_tax=total, shipping_address=shipping, billing_address=billing, paid_with=paid_with, items=0
        )

    @rule(which=ANY, status=STATUSES, total=AMOUNTS, placed=DATES)
    def order_is_saved(self, which, status, total, placed):
        if order := self.order(which):
            order.status, order.total_incl_tax, order.date_placed = status, total, placed
            order.save()

    @rule(which=ANY, to=st.none() | ANY, guest_email=st.sampled_from(["", "g@example.com", "H@Example.com"]))
    def order_changes_hands(self, which, to, guest_email):
        if order := self.order(which):
            order.user = self.customer(to) if to is not None else None
            order.guest_email = guest_email
            order.save()

    @rule(which=ANY, amount=REFUNDS)
    def order_is_refunded(self, which, amount):
        if source := Source.objects.filter(order=self.order(which)).first():
            source.refund(amount)

    @rule(which=ANY)
    def payment_goes(self, which):
        Source.objects.filter(order=self.order(which)).delete()

    @rule(which=ANY, is_test=FLAG)
    def staff_mark_order(self, which, is_test):
        if order := self.order(which):
            orders.mark_test(order=order, is_test=is_test, by=self.staff)

    @rule(which=ANY)
    def mark_goes(self, which):
        OrderTestMark.objects.filter(order=self.order(which)).delete()

    @rule(which=ANY, in_bulk=FLAG)
    def order_goes(self, which, in_bulk):
        if order := self.order(which):
            if in_bulk:
                Order.objects.filter(pk=order.pk).delete()
            else:
                order.delete()

    @rule(which=ANY, kind=st.sampled_from(["shipping_address", "billing_address"]), last_name=NAMES, goes=FLAG)
    @precondition(lambda self: Order.objects.exists())
    def address_of_order_changes(self, which, kind, last_name, goes):
        address = getattr(self.order(which), kind)
        if address and goes:
            address.delete()
        elif address:
            address.last_name = last_name
            address.save()

    @rule()
    def somebody_rebuilds(self):
        assert not directory.rebuild(batch_size=2), "there was nothing to put right"

    @invariant()
    def directory_is_right(self):
        plainly.assert_directory_is_right()

    @invariant()
    def check_agrees(self):
        assert not directory.check(batch_size=5)


@pytest.mark.django_db
def test_directory__is_right_after_any_writes(settings):
    """More examples than the few of every day: ``DIRECTORY_MACHINE_EXAMPLES=200``; ``.ci/run`` asks for some more."""
    settings.OSCAR_CUSTOMER_MGMT = {"TEST_SOURCE_TYPES": ["play-money"]}
    examples = int(os.environ.get("DIRECTORY_MACHINE_EXAMPLES", "6"))
    run_state_machine_as_test(Shop, settings=hypothesis_settings(max_examples=examples, stateful_step_count=25))
