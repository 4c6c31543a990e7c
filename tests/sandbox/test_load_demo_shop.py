"""The demo shop: all that a merchant would want to see is in it."""

import hashlib
import io

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import transaction
from django.db.models import Count, F
from oscar.core.loading import get_model

from oscar_customer_mgmt.models import CustomerProfile, DeniedEmail, DirectoryEntry, ErasureReceipt, TimelineEvent
from sandbox.shop.demo import history
from sandbox.shop.logins import LOGINS, TAX_EXEMPT_CUSTOMER

User = get_user_model()
Basket = get_model("basket", "Basket")
Email = get_model("communication", "Email")
Order = get_model("order", "Order")
Product = get_model("catalogue", "Product")
ProductAlert = get_model("customer", "ProductAlert")
ProductReview = get_model("reviews", "ProductReview")
Source = get_model("payment", "Source")
UserAddress = get_model("address", "UserAddress")
VoucherApplication = get_model("voucher", "VoucherApplication")
WishList = get_model("wishlists", "WishList")

SCRIPTS = {"Cyrillic": ("Ѐ", "ӿ"), "Han": ("一", "鿿"), "Arabic": ("؀", "ۿ"), "Latin with accents": ("À", "ž")}


def load():
    out = io.StringIO()
    call_command("load_demo_shop", stdout=out)
    return out.getvalue()


@pytest.fixture(scope="module")
def demo_shop(django_db_setup, django_db_blocker, tmp_path_factory):
    """The demo shop, made once for all tests here; gives what the command printed."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.conf.settings.MEDIA_ROOT", str(tmp_path_factory.mktemp("media")))
        with transaction.atomic():
            yield load()
            transaction.set_rollback(True)


def test_load__has_everything(demo_shop):
    assert Product.objects.count() == 45
    # One more by phone.
    assert User.objects.count() == 300 + len(LOGINS) + 1
    assert Order.objects.count() == 840 + 60 + 2 * 5
    assert Order.objects.filter(user=None).count() == 60
    assert set(Order.objects.values_list("status", flat=True)) == {
        "Pending",
        "Being processed",
        "Complete",
        "Cancelled",
    }
    assert Source.objects.filter(source_type__code="test-card").count() == 7
    refunded = Source.objects.filter(amount_refunded__gt=0).exclude(order__status="Cancelled")
    assert refunded.count() == 16
    assert User.objects.filter(first_name="", last_name="").exists()
    assert User.objects.filter(is_active=False).exists()
    for model in (WishList, ProductAlert, ProductReview, Email, VoucherApplication):
        assert model.objects.count() >= 15, model
    assert Basket.objects.filter(status="Open").exists()
    assert Basket.objects.filter(status="Saved").exists()
    assert CustomerProfile.objects.exclude(company="").exists()
    assert User.objects.annotate(homes=Count("addresses")).filter(homes__gt=2).exists()


@pytest.mark.parametrize(("first", "last"), SCRIPTS.values(), ids=SCRIPTS.keys())
def test_load__has_names_and_addresses_in_many_scripts(demo_shop, first, last):
    names = "".join(User.objects.values_list("last_name", flat=True))
    towns = "".join(UserAddress.objects.values_list("line4", flat=True))
    assert any(first <= letter <= last for letter in names)
    assert any(first <= letter <= last for letter in towns)


def test_load__addresses_are_valid(demo_shop):
    for address in UserAddress.objects.select_related("country"):
        address.clean()


def test_load__few_customers_order_often(demo_shop):
    orders = sorted(User.objects.annotate(count=Count("orders")).values_list("count", flat=True), reverse=True)
    assert orders[0] > 30
    assert sum(orders[:30]) > sum(orders[30:130])
    assert orders.count(0) > 40


def test_load__nobody_orders_before_joining(demo_shop):
    assert not Order.objects.filter(user__isnull=False, date_placed__lt=F("user__date_joined")).exists()
    span = Order.objects.latest("date_placed").date_placed - Order.objects.earliest("date_placed").date_placed
    assert span.days > 700
    placed = TimelineEvent.objects.filter(kind="order_placed").latest("occurred_at")
    assert placed.occurred_at == Order.objects.latest("date_placed").date_placed


def test_load__money_adds_up(demo_shop):
    for order in Order.objects.select_related("user").prefetch_related("lines"):
        # Added up here: SQLite would add floats.
        lines = order.lines.all()
        assert order.total_incl_tax == sum(line.line_price_incl_tax for line in lines) + order.shipping_incl_tax
        assert order.total_excl_tax == sum(line.line_price_excl_tax for line in lines) + order.shipping_excl_tax
        without_tax = order.user is not None and order.user.email == TAX_EXEMPT_CUSTOMER
        assert (order.total_tax == order.shipping_tax == 0) is without_tax, order.number
        assert all((line.line_price_tax == 0) is without_tax for line in lines), order.number


def test_load__one_customer_is_tax_exempt(demo_shop):
    tara = CustomerProfile.objects.get(is_tax_exempt=True).user
    assert (tara.email, tara.orders.count()) == (TAX_EXEMPT_CUSTOMER, 5)


def test_load__a_guest_may_have_an_account_and_come_again(demo_shop):
    emails = list(Order.objects.filter(user=None).values_list("guest_email", flat=True))
    assert User.objects.filter(email__in=emails).count() == 4
    assert max(emails.count(email) for email in emails) == 3


def test_load__one_customer_was_erased_and_left_orders(demo_shop):
    erased = CustomerProfile.objects.get(erased_at__isnull=False)
    assert erased.user.orders.exists() and not erased.user.is_active
    receipt = ErasureReceipt.objects.get()
    assert (receipt.number, receipt.erased_by_name) == (erased.number, "Bertil Holm")


def test_load__some_are_denied(demo_shop):
    denied = DirectoryEntry.objects.filter(is_denied=True)
    assert [entry.is_denied_now for entry in denied] == [True, True]
    assert denied.filter(denied_until=None).count() == 1
    assert Order.objects.filter(guest_email__iexact=DeniedEmail.objects.get().email).exists()


def test_load__one_customer_was_made_by_phone_and_waits(demo_shop):
    newcomer = CustomerProfile.objects.get(must_verify=True)
    assert not newcomer.is_verified and newcomer.verification_sent_at is not None
    assert newcomer.created_by.first_name == "Agnes"


def test_load__directory_is_right(demo_shop):
    # One customer had the account deleted.
    assert DirectoryEntry.objects.count() == User.objects.count() + 60 - 1
    call_command("check_customer_directory", stdout=io.StringIO())


def test_load__everyone_named_can_log_in(demo_shop, client, settings):
    # Made with the sandbox's own hasher, before the fixtures of the tests chose a quick one.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher", *settings.PASSWORD_HASHERS]
    for login in LOGINS:
        assert login.email in demo_shop
        assert client.login(username=login.email, password="harbour-and-hearth"), login.email
        response = client.get("/dashboard/")
        assert response.status_code == (200 if login.is_staff else 302 if response.status_code == 302 else 403)


def test_load__pages_open(demo_shop, client):
    assert b"Welcome in" in client.get("/").content
    product = Product.objects.first()
    for address in (product.get_absolute_url(), product.categories.first().get_absolute_url(), "/catalogue/"):
        response = client.get(address)
        assert response.status_code == 200
        assert product.title[:12] in response.content.decode(), address


def test_load__again_changes_nothing(demo_shop):
    before = User.objects.count(), Order.objects.count(), Basket.objects.count()
    assert "there already" in load()
    assert (User.objects.count(), Order.objects.count(), Basket.objects.count()) == before


@pytest.mark.django_db
def test_load__the_same_shop_each_time(monkeypatch):
    for name, number in {"CUSTOMERS": 60, "CUSTOMERS_WHO_ORDERED": 40, "ORDERS_OF_CUSTOMERS": 110}.items():
        monkeypatch.setattr(history, name, number)
    digests = []
    for _ in range(2):
        point = transaction.savepoint()
        load()
        digests.append(digest_of_shop())
        transaction.savepoint_rollback(point)
    assert digests[0] == digests[1]


def digest_of_shop():
    told = [
        list(User.objects.order_by("pk").values_list("email", "first_name", "last_name")),
        list(UserAddress.objects.order_by("pk").values_list("line1", "line4", "postcode", "phone_number")),
        list(
            Order.objects.order_by("date_placed").values_list("status", "total_incl_tax", "guest_email", "user__email")
        ),
    ]
    return hashlib.sha256(repr(told).encode()).hexdigest()


@pytest.mark.django_db
def test_load__makes_all_or_nothing(monkeypatch):
    def no_more(*args):
        raise RuntimeError("out of paper")

    monkeypatch.setattr("sandbox.shop.demo.shop.Extras.make_all", no_more)
    for name, number in {"CUSTOMERS": 60, "CUSTOMERS_WHO_ORDERED": 40, "ORDERS_OF_CUSTOMERS": 110}.items():
        monkeypatch.setattr(history, name, number)
    with pytest.raises(RuntimeError):
        load()
    assert not User.objects.exists()
    assert not Order.objects.exists()
