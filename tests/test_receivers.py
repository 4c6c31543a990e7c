"""However a customer or an order comes to be, changes or goes: the directory says what is so.

Each test goes through the door that a shop uses (Oscar's views, the admin, the ORM), then compares with
a plain computation. ``tests/queries/test_directory_machine.py`` does the same at random.
"""

from decimal import Decimal

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core import serializers
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_delete, pre_save
from django.urls import reverse
from oscar.core.loading import get_model

from oscar_customer_mgmt import receivers
from oscar_customer_mgmt.models import AddressCompany, CustomerProfile, DirectoryEntry, TimelineEvent
from oscar_customer_mgmt.operations import addresses, directory
from oscar_customer_mgmt.queries import directory as directory_queries
from oscar_customer_mgmt.test.factories import (
    AddressFactory,
    CustomerFactory,
    GuestOrderFactory,
    OrderFactory,
    ShippingAddressFactory,
    country,
)
from tests import shopping
from tests.queries.plainly import assert_directory_is_right

Basket = get_model("basket", "Basket")
Country = get_model("address", "Country")
Order = get_model("order", "Order")
Partner = get_model("partner", "Partner")
Source = get_model("payment", "Source")
SourceType = get_model("payment", "SourceType")
UserAddress = get_model("address", "UserAddress")
WishList = get_model("wishlists", "WishList")

pytestmark = pytest.mark.django_db


def entry_of(owner):
    field = "user" if isinstance(owner, get_user_model()) else "order"
    return DirectoryEntry.objects.get(**{field: owner})


def found_by(words):
    return [entry.number for entry in directory_queries.matching(DirectoryEntry.objects.all(), words)]


def assert_right():
    assert_directory_is_right()
    assert not directory.check()


@pytest.fixture(autouse=True)
def _right_in_the_end(db, settings):
    yield
    # The settings are still those of the test: both fixtures end after this one.
    assert_right()


# --- Oscar's shop


@pytest.mark.everywhere
def test_registration__makes_profile_number_row_and_event(client):
    shopping.register(client, "new@example.com")
    customer = get_user_model().objects.get(email="new@example.com")
    assert entry_of(customer).number == customer.customer_profile.number
    assert (customer.customer_profile.origin, customer.customer_profile.is_verified) == ("storefront", True)
    event = TimelineEvent.objects.get(customer=customer)
    assert (event.kind, event.actor) == ("registered", customer)


@pytest.mark.everywhere
def test_profile_page__changes_names_and_email(client_for):
    customer = CustomerFactory(password="correct-horse")
    form = {"first_name": "Neu", "last_name": "Name", "email": "neu@example.com", "password": "correct-horse"}
    response = client_for(customer).post(reverse("customer:profile-update"), form)
    assert response.status_code == 302
    assert entry_of(customer).email == "neu@example.com"
    assert found_by("neu name") == [customer.customer_profile.number]


@pytest.mark.everywhere
def test_profile_page__deletes_the_account(client_for):
    order = OrderFactory(user=CustomerFactory(password="correct-horse", addresses=1))
    Basket.objects.create(owner=order.user)
    response = client_for(order.user).post(reverse("customer:profile-delete"), {"password": "correct-horse"})
    assert response.status_code == 302
    assert not DirectoryEntry.objects.exists()
    assert Order.objects.get() == order


def test_address_pages__add_change_and_delete(client_for):
    country("GB"), country("DE")
    customer = CustomerFactory()
    client = client_for(customer)
    client.post(reverse("customer:address-create"), shopping.ADDRESS)
    assert found_by("0113 496 0123 ls16aa") == [customer.customer_profile.number]
    address = customer.addresses.get()
    changed = {**shopping.ADDRESS, "country": "DE", "line4": "Köln", "postcode": "50667", "phone_number": ""}
    response = client.post(reverse("customer:address-detail", kwargs={"pk": address.pk}), changed)
    assert response.status_code == 302
    assert found_by("koln germany") and not found_by("leeds") and not found_by("0113 496 0123")
    assert_right()
    client.post(reverse("customer:address-delete", kwargs={"pk": address.pk}))
    assert not found_by("koln")


def test_address_pages__choose_defaults(client_for):
    address = AddressFactory()
    status = {"pk": address.pk, "action": "default_for_shipping"}
    client_for(address.user).get(reverse("customer:address-change-status", kwargs=status))
    assert UserAddress.objects.get().is_default_for_shipping


def test_checkout__of_a_customer_counts_at_once(client_for):
    customer = CustomerFactory()
    order = shopping.buy(client_for(customer))
    entry = entry_of(customer)
    assert (entry.order_count, entry.total_spent, entry.last_order_at) == (1, Decimal("10.00"), order.date_placed)
    # The checkout put the address into the book.
    assert found_by("market street leeds") == [entry.number]
    assert TimelineEvent.objects.filter(customer=customer, kind="order_placed").count() == 1


def test_checkout__of_a_guest_is_a_row_of_its_own(client):
    order = shopping.buy(client, guest_email="guest@example.com")
    entry = entry_of(order)
    assert (entry.number, entry.email, entry.last_name) == (f"G-{order.number}", "guest@example.com", "Caller")
    assert TimelineEvent.objects.get(order=order).kind == "order_placed"


def test_checkout__logged_out_with_a_registered_email_stays_a_guest(client, settings):
    settings.OSCAR_ALLOW_GUEST_CHECKOUT_WITH_ACCOUNT = True
    customer = CustomerFactory(email="carl@example.com")
    shopping.buy(client, guest_email="carl@example.com")
    assert entry_of(customer).order_count == 0
    assert DirectoryEntry.objects.filter(email="carl@example.com").count() == 2


def test_checkout__takes_the_company_of_the_address_along(client_for):
    address = AddressFactory(company="Acme")
    client = client_for(address.user)
    order = shopping.buy(client, user_address=address)
    assert addresses.company_of(order.shipping_address) == "Acme"
    other = shopping.buy(client, address={"line1": "Elsewhere 1"})
    assert addresses.company_of(other.shipping_address) == ""


def test_checkout__of_a_guest_takes_nobodys_company(client):
    AddressFactory(company="Acme", **{**shopping.ADDRESS, "country": country("GB")})
    order = shopping.buy(client, guest_email="guest@example.com")
    assert not AddressCompany.objects.filter(shipping_address=order.shipping_address).exists()


# --- Oscar's dashboard and Django's admin


def test_dashboard__changes_the_status_of_an_order(client_for, superuser):
    order = OrderFactory(total_incl_tax=Decimal("30.00"))
    url = reverse("dashboard:order-detail", kwargs={"number": order.number})
    response = client_for(superuser).post(url, {"order_action": "change_order_status", "new_status": "Cancelled"})
    assert response.status_code == 302
    assert entry_of(order.user).order_count == 0
    event = TimelineEvent.objects.get(customer=order.user, kind="order_status")
    assert event.data == {"number": order.number, "from": "Pending", "to": "Cancelled"}


def test_dashboard__corrects_the_address_of_a_guest_order(client_for, superuser):
    order = GuestOrderFactory()
    url = reverse("dashboard:order-shipping-address", kwargs={"number": order.number})
    form = {**shopping.ADDRESS, "country": country("GB").pk, "line4": "Harrogate"}
    response = client_for(superuser).post(url, form)
    assert response.status_code == 302
    assert found_by("harrogate") == [f"G-{order.number}"]


def test_status__of_a_guest_order_is_on_the_timeline_of_the_order():
    order = GuestOrderFactory()
    order.set_status("Cancelled")
    assert TimelineEvent.objects.get(order=order, kind="order_status").customer is None
    assert (entry_of(order).order_count, entry_of(order).total_spent) == (0, 0)


def test_admin__changes_and_deletes_an_account(client_for, superuser):
    order = OrderFactory()
    client = client_for(superuser)
    url = reverse("admin:auth_user_change", args=[order.user.pk])
    form = {"username": "adm", "last_name": "Admin", "date_joined_0": "2020-01-01", "date_joined_1": "00:00:00"}
    assert client.post(url, form).status_code == 302
    assert (entry_of(order.user).last_name, entry_of(order.user).is_active) == ("Admin", False)
    assert_right()
    client.post(reverse("admin:auth_user_delete", args=[order.user.pk]), {"post": "yes"})
    assert DirectoryEntry.objects.get().user == superuser


def test_admin__changes_an_order(client_for, superuser):
    order = OrderFactory()
    other = CustomerFactory()
    model_admin = reverse("admin:order_order_change", args=[order.pk])
    form = {
        **{name: getattr(order, name) for name in ("number", "currency", "status", "shipping_code", "shipping_method")},
        **dict.fromkeys(("total_incl_tax", "total_excl_tax"), "12.00"),
        **dict.fromkeys(("shipping_incl_tax", "shipping_excl_tax"), "0.00"),
        "user": other.pk,
        "date_placed_0": "2024-02-29",
        "date_placed_1": "12:00:00",
        "site": 1,
        "shipping_address": order.shipping_address.pk,
        "billing_address": order.billing_address.pk,
        **{f"lines-{name}": 0 for name in ("TOTAL_FORMS", "INITIAL_FORMS", "MIN_NUM_FORMS", "MAX_NUM_FORMS")},
        "basket": order.basket.pk,
    }
    assert client_for(superuser).post(model_admin, form).status_code == 302
    assert (entry_of(order.user).order_count, entry_of(other).total_spent) == (0, Decimal("25.00"))


# --- accounts, through the ORM


@pytest.mark.everywhere
def test_account__of_whatever_making_has_a_number(make_user):
    customer = make_user()
    assert customer.customer_profile.number
    assert entry_of(customer).number == customer.customer_profile.number


def test_account__from_before_the_package_gets_its_number_on_the_first_save(make_user):
    customer = make_user()
    CustomerProfile.objects.all().delete()
    DirectoryEntry.objects.all().delete()
    customer = get_user_model().objects.get()
    customer.save()
    assert entry_of(customer).number


def test_account__log_in_writes_nothing(client, make_user, django_assert_max_num_queries):
    customer = make_user(password="correct-horse")
    with django_assert_max_num_queries(1):
        customer.last_login = customer.date_joined
        customer.save(update_fields=["last_login"])


def test_account__deleted_with_all_that_it_has():
    order = OrderFactory(user=CustomerFactory(addresses=2), paid_with="card", refunded="1.00", is_test=True)
    AddressFactory(user=order.user, company="Acme", line1="Other street")
    Basket.objects.create(owner=order.user)
    order.user.delete()
    assert not DirectoryEntry.objects.exists() and not CustomerProfile.objects.exists()
    assert Order.objects.get().user is None


def test_account__deleted_leaves_orders_with_a_guests_email_as_guest_rows():
    order = OrderFactory(guest_email="g@example.com")
    OrderFactory(user=order.user)
    order.user.delete()
    assert DirectoryEntry.objects.get().number == f"G-{order.number}"


def test_accounts__deleted_in_bulk():
    orders = OrderFactory.create_batch(3, guest_email="g@example.com")
    kept = CustomerFactory()
    get_user_model().objects.exclude(pk=kept.pk).delete()
    assert DirectoryEntry.objects.filter(status="guest").count() == len(orders)


def test_account__that_keeps_customers_goes_without_them():
    keeper = CustomerFactory(is_staff=True)
    customer = CustomerFactory(account_manager=keeper, created_by=keeper)
    keeper.delete()
    customer.customer_profile.refresh_from_db()
    assert customer.customer_profile.account_manager is None


def test_email__in_another_case_is_the_same_address():
    customer = CustomerFactory(email="Carl@Example.com")
    before = customer.customer_profile.email_digest
    customer.email = "cARL@example.com"
    customer.save()
    assert CustomerProfile.objects.get().email_digest == before
    assert entry_of(customer).email == "cARL@example.com"


def test_email__that_somebody_else_has_is_held_by_the_first():
    first = CustomerFactory(email="same@example.com")
    second = CustomerFactory(email="SAME@example.com")
    assert second.customer_profile.email_digest is None
    second.email = "other@example.com"
    second.save()
    assert second.customer_profile.email_digest
    first.email = "OTHER@example.com"
    first.save()
    assert CustomerProfile.objects.get(user=first).email_digest is None


# --- orders, through the ORM


def test_order__in_another_currency_is_not_added_up():
    order = OrderFactory(total_incl_tax=Decimal("10.00"))
    OrderFactory(user=order.user, total_incl_tax=Decimal("7.00"), currency="EUR")
    entry = entry_of(order.user)
    assert (entry.order_count, entry.total_spent) == (2, Decimal("10.00"))
    assert entry.spent == [{"currency": "EUR", "amount": "7.00"}, {"currency": "GBP", "amount": "10.00"}]


def test_order__deleted_with_all_that_it_has():
    order = OrderFactory(paid_with="card", refunded="1.00", is_test=True, items=2)
    guest = GuestOrderFactory(paid_with="card", is_test=True)
    order.delete(), guest.delete()
    assert (entry_of(order.user).order_count, entry_of(order.user).is_test) == (0, False)
    assert DirectoryEntry.objects.count() == 1


def test_orders__deleted_in_bulk():
    order = OrderFactory()
    OrderFactory(user=order.user), GuestOrderFactory()
    Order.objects.all().delete()
    assert (entry_of(order.user).order_count, entry_of(order.user).last_order_at) == (0, None)


def test_order__handed_to_another_account():
    order, other = OrderFactory(), CustomerFactory()
    former, order.user = order.user, other
    order.save()
    assert (entry_of(former).order_count, entry_of(other).order_count) == (0, 1)


def test_order__handed_to_a_guest_and_back():
    order = OrderFactory()
    customer, order.user, order.guest_email = order.user, None, "g@example.com"
    order.save()
    assert entry_of(order).email == "g@example.com"
    assert entry_of(customer).order_count == 0
    assert_right()
    order.user = customer
    order.save()
    assert entry_of(customer).order_count == 1
    assert DirectoryEntry.objects.count() == 1


def test_order__saved_field_by_field():
    order = OrderFactory()
    other = CustomerFactory()
    order.user, order.status = other, "Cancelled"
    order.save(update_fields=["user"])
    assert entry_of(other).order_count == 1
    order.save(update_fields=["status"])
    assert entry_of(other).order_count == 0


def test_guest_order__corrected_email():
    order = GuestOrderFactory(guest_email="wrnog@example.com")
    order.guest_email = "right@example.com"
    order.save()
    assert found_by("right@example.com") == [f"G-{order.number}"] and not found_by("wrnog")
    assert_right()
    order.guest_email = ""
    order.save()
    assert not DirectoryEntry.objects.exists()


@pytest.mark.parametrize("kind", ["shipping_address", "billing_address"])
def test_guest_order__address_changed_and_deleted(kind):
    order = GuestOrderFactory()
    address = getattr(order, kind)
    address.line3 = "Hinterhaus"
    address.save()
    assert found_by("hinterhaus")
    AddressCompany.objects.create(company="Acme", **{kind: address})
    assert entry_of(order).company == "Acme"
    assert_right()
    address.delete()
    assert not found_by("hinterhaus") and not found_by("acme")


def test_guest_order__gets_another_address():
    order = GuestOrderFactory()
    order.shipping_address = ShippingAddressFactory(line4="Anderswo")
    order.save()
    assert found_by("anderswo") == [f"G-{order.number}"]


def test_refund__lessens_what_was_spent_and_no_more_than_that():
    order = OrderFactory(total_incl_tax=Decimal("20.00"), paid_with="card")
    source = order.sources.get()
    source.refund(Decimal("5.00"))
    assert entry_of(order.user).total_spent == Decimal("15.00")
    source.refund(Decimal("50.00"))
    assert entry_of(order.user).total_spent == Decimal("0.00")
    assert_right()
    source.delete()
    assert entry_of(order.user).total_spent == Decimal("20.00")


def test_refund__of_several_sources_is_added_up():
    order = GuestOrderFactory(total_incl_tax=Decimal("20.00"), paid_with="card", refunded="5.00")
    voucher, _ = SourceType.objects.get_or_create(code="voucher", defaults={"name": "Voucher"})
    Source(order=order, source_type=voucher).refund(Decimal("6.00"))
    assert entry_of(order).total_spent == Decimal("9.00")


def test_order__with_a_negative_total_is_counted_as_it_is():
    order = OrderFactory(total_incl_tax=Decimal("-8.50"), refunded="1.00")
    assert entry_of(order.user).total_spent == Decimal("-8.50")


class TestTestOrders:
    @pytest.fixture(autouse=True)
    def _play_money(self, settings):
        settings.OSCAR_CUSTOMER_MGMT = {"TEST_SOURCE_TYPES": ["play-money"]}

    def test_paid_with_play_money(self):
        order, guest = OrderFactory(paid_with="play-money"), GuestOrderFactory(paid_with="play-money")
        for owner in (order.user, guest):
            assert (entry_of(owner).is_test, entry_of(owner).order_count) == (True, 0)

    def test_mark_outweighs_how_it_was_paid(self):
        order = OrderFactory(paid_with="play-money", is_test=False)
        assert (entry_of(order.user).is_test, entry_of(order.user).order_count) == (False, 1)
        order.test_mark.delete()
        assert entry_of(order.user).is_test

    def test_payment_taken_away(self):
        order = OrderFactory(paid_with="play-money")
        order.sources.all().delete()
        assert not entry_of(order.user).is_test

    def test_setting_changed_needs_a_rebuild(self, settings):
        order = OrderFactory(paid_with="play-money")
        settings.OSCAR_CUSTOMER_MGMT = {}
        assert directory.check().changed == 1
        assert directory.rebuild().changed == 1
        assert not entry_of(order.user).is_test


def test_statuses_that_count_as_cancelled_are_the_shops(settings):
    settings.OSCAR_CUSTOMER_MGMT = {"CANCELLED_STATUSES": ["Complete", "Cancelled"]}
    assert entry_of(OrderFactory(status="Complete").user).order_count == 0


def test_guests__are_left_out_where_the_shop_says_so(settings):
    listed = GuestOrderFactory()
    settings.OSCAR_CUSTOMER_MGMT = {"GUESTS_IN_DIRECTORY": False}
    GuestOrderFactory()
    assert DirectoryEntry.objects.count() == 1
    listed.save()
    assert not DirectoryEntry.objects.exists()
    settings.OSCAR_CUSTOMER_MGMT = {}
    assert directory.rebuild().missing == 2


# --- doors that send no signal: rebuild


def test_bulk_create__needs_a_rebuild():
    User = get_user_model()
    users = User.objects.bulk_create(User(username=f"bulk{n}", email=f"bulk{n}@example.com") for n in range(7))
    nothing = {"user": None, "basket": None, "shipping_address": None, "billing_address": None}
    orders = [OrderFactory.build(guest_email="g@example.com", number=f"B{n}", **nothing) for n in range(5)]
    Order.objects.bulk_create(orders)
    assert directory.check().missing
    directory.rebuild(batch_size=3)
    assert DirectoryEntry.objects.count() == len(users) + len(orders)


def test_bulk_create__of_accounts_that_share_an_email():
    User = get_user_model()
    CustomerFactory(email="same@example.com")
    User.objects.bulk_create(User(username=f"bulk{n}", email="Same@example.com") for n in range(3))
    directory.rebuild(batch_size=2)
    assert CustomerProfile.objects.filter(number__isnull=False).count() == 4
    assert CustomerProfile.objects.exclude(email_digest=None).count() == 1


def test_update__of_a_queryset_needs_a_rebuild():
    order = OrderFactory(user=CustomerFactory(addresses=1))
    Order.objects.update(status="Cancelled")
    UserAddress.objects.update(line4="Nirgends")
    get_user_model().objects.update(last_name="Neu")
    assert directory.check().examples == [order.user.customer_profile.number]
    directory.rebuild()
    assert found_by("nirgends neu") == [order.user.customer_profile.number]


def test_loaddata__needs_a_rebuild_and_then_all_is_as_it_was():
    order = OrderFactory(user=CustomerFactory(addresses=1), paid_with="card", is_test=True, items=0)
    guest = GuestOrderFactory(items=0)
    models = [Country, get_user_model(), CustomerProfile, UserAddress, Basket, order._meta.model, SourceType, Source]
    models[5:5] = [type(order.shipping_address), type(order.billing_address)]
    dumped = serializers.serialize("json", [row for model in models for row in model._default_manager.all()])
    before = set(DirectoryEntry.objects.values_list("number", "search_text"))
    Order.objects.all().delete(), get_user_model().objects.all().delete()
    for loaded in serializers.deserialize("json", dumped):
        # As loaddata does: post_save is sent as raw.
        loaded.save()
    assert not DirectoryEntry.objects.exists()
    directory.rebuild()
    assert set(DirectoryEntry.objects.values_list("number", "search_text")) == before
    assert entry_of(guest) and entry_of(order.user)


def test_rebuild__numbers_of_many_digits(settings):
    settings.OSCAR_CUSTOMER_MGMT = {"NUMBER_DIGITS": 1, "NUMBER_PREFIX": "K"}
    User = get_user_model()
    User.objects.bulk_create(User(username=f"bulk{n}", email=f"bulk{n}@example.com") for n in range(12))
    directory.rebuild()
    profiles = CustomerProfile.objects.all()
    assert all(profile.number == f"K{profile.pk}" for profile in profiles)


# --- SEARCH_EXTRA: fields of other tables


SIGNALS = (pre_save, post_save, pre_delete, post_delete, m2m_changed)


@pytest.fixture
def searching(settings):
    """Return a function that has the search box cover these lookups too, as if from the start."""
    before = {signal: list(signal.receivers) for signal in SIGNALS}

    def search(*lookups):
        settings.OSCAR_CUSTOMER_MGMT = {"SEARCH_EXTRA": list(lookups)}
        receivers.connect()

    yield search
    for signal, present in before.items():
        signal.receivers = present
        signal.sender_receivers_cache.clear()


class TestSearchExtra:
    def test_field_of_the_account_itself(self, searching):
        searching("date_joined")
        customer = CustomerFactory()
        assert found_by(str(customer.date_joined.date())) == [customer.customer_profile.number]

    def test_row_of_another_table(self, searching):
        searching("wishlists__name")
        customer, other = CustomerFactory(), CustomerFactory()
        wish_list = WishList.objects.create(owner=customer, name="Hochzeit")
        assert found_by("hochzeit") == [customer.customer_profile.number]
        wish_list.name = "Geburtstag"
        wish_list.save()
        assert found_by("geburtstag") and not found_by("hochzeit")
        wish_list.owner = other
        wish_list.save()
        assert found_by("geburtstag") == [other.customer_profile.number]
        assert_right()
        wish_list.delete()
        assert not found_by("geburtstag")

    def test_row_two_tables_away(self, searching):
        searching("wishlists__lines__title")
        customer, other = CustomerFactory(), CustomerFactory()
        wish_list = WishList.objects.create(owner=customer)
        line = wish_list.lines.create(title="Teekanne")
        assert found_by("teekanne") == [customer.customer_profile.number]
        # What changes is the table in between.
        wish_list.owner = other
        wish_list.save()
        assert found_by("teekanne") == [other.customer_profile.number]
        assert_right()
        line.delete()
        assert not found_by("teekanne")

    def test_table_in_between_is_deleted(self, searching):
        searching("wishlists__lines__title")
        wish_list = WishList.objects.create(owner=CustomerFactory())
        wish_list.lines.create(title="Teekanne")
        wish_list.delete()
        assert not found_by("teekanne")

    @pytest.mark.parametrize("from_the_other_end", [False, True])
    def test_many_to_many(self, searching, from_the_other_end):
        searching("groups__name", "partners__name")
        customer = CustomerFactory()
        group, partner = Group.objects.create(name="Buchhaltung"), Partner.objects.create(name="Lieferant")
        number = customer.customer_profile.number
        manager, member = (group.user_set, customer) if from_the_other_end else (customer.groups, group)
        manager.add(member)
        partner.users.add(customer)
        assert found_by("buchhaltung lieferant") == [number]
        assert_right()
        manager.remove(member)
        assert not found_by("buchhaltung")
        manager.set([member])
        assert found_by("buchhaltung") == [number]
        manager.clear()
        partner.users.clear()
        assert not found_by("buchhaltung") and not found_by("lieferant")

    def test_many_to_many_row_is_renamed_and_deleted(self, searching):
        searching("groups__name")
        group = Group.objects.create(name="Buchhaltung")
        CustomerFactory().groups.add(group), CustomerFactory().groups.add(group)
        group.name = "Einkauf"
        group.save()
        assert len(found_by("einkauf")) == 2
        assert_right()
        group.delete()
        assert not found_by("einkauf")

    def test_account_goes_with_it(self, searching):
        searching("wishlists__name", "groups__name")
        customer = CustomerFactory()
        WishList.objects.create(owner=customer, name="Hochzeit")
        customer.groups.add(Group.objects.create(name="Buchhaltung"))
        customer.delete()
        assert not DirectoryEntry.objects.exists()

    def test_lookup_that_leads_nowhere_stops_nothing(self, searching):
        # `manage.py check` tells of it; the shop stays up meanwhile.
        searching("nothing__at_all", "wishlists__name")
        WishList.objects.create(owner=CustomerFactory(), name="Hochzeit")
        assert found_by("hochzeit")
        searching("wishlists__name")


@pytest.mark.parametrize("wrong", [["SEARCH_EXTRA"], {"SEARCH_EXTRA": "wishlists__name"}, {"SEARCH_EXTRA": [None]}])
def test_connect__survives_settings_that_checks_refuse(settings, wrong):
    settings.OSCAR_CUSTOMER_MGMT = wrong
    receivers.connect()
    settings.OSCAR_CUSTOMER_MGMT = {}
