"""A whole purchase without tax, beside one with: what the pages show, and what the order keeps."""

from decimal import Decimal

import pytest
from django.contrib.auth import get_user_model
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from oscar.core.loading import get_class, get_model
from oscar.test import factories as oscar

from oscar_customer_mgmt.models import CustomerProfile
from oscar_customer_mgmt.operations import customers
from oscar_customer_mgmt.test.factories import CustomerFactory, country
from sandbox.partner.strategy import TAX_RATE
from tests.sandbox.test_checkout import ADDRESS, card, go_to_payment, pay

pytestmark = pytest.mark.django_db

User = get_user_model()
Benefit = get_model("offer", "Benefit")
Condition = get_model("offer", "Condition")
ConditionalOffer = get_model("offer", "ConditionalOffer")
Order = get_model("order", "Order")
Range = get_model("offer", "Range")
Selector = get_class("partner.strategy", "Selector")

WORDS = "all prices are without tax"


@pytest.fixture
def products():
    country("GB")
    made = []
    for title, price in (("Enamel pie dish", "16.00"), ("Olive wood spoon", "7.95")):
        product = oscar.ProductFactory(title=title, categories=None, stockrecords=None)
        oscar.StockRecordFactory(product=product, price=price, num_in_stock=50)
        made.append(product)
    return made


@pytest.fixture
def exempt():
    return CustomerFactory(first_name="Tara", is_tax_exempt=True, password="correct-horse")


@pytest.fixture
def everything():
    return Range.objects.create(name="Everything", includes_all_products=True)


def offer_on(everything, kind, value, **fields):
    return oscar.ConditionalOfferFactory(
        condition=oscar.ConditionFactory(range=everything, type=Condition.COUNT, value=1),
        benefit=oscar.BenefitFactory(
            range=None if kind.startswith("Shipping") else everything, type=kind, value=Decimal(value)
        ),
        **fields,
    )


def fill_basket(client, products, quantities=(2, 3)):
    for product, quantity in zip(products, quantities, strict=True):
        client.post(f"/basket/add/{product.pk}/", {"quantity": quantity})


def preview(client):
    return client.post("/checkout/preview/", {**card(), **ADDRESS})


def shown(response):
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def check_order_without_tax(order):
    """Everything that the order keeps: no tax anywhere, and sums to the penny."""
    lines = list(order.lines.all())
    for line in lines:
        for name in ("line_price", "line_price_before_discounts", "unit_price"):
            assert getattr(line, f"{name}_incl_tax") == getattr(line, f"{name}_excl_tax"), name
        assert not line.tax_code
        for price in line.prices.all():
            assert price.price_incl_tax == price.price_excl_tax and not price.tax_code
        assert line.line_price_before_discounts_incl_tax == line.unit_price_incl_tax * line.quantity
    assert order.shipping_incl_tax == order.shipping_excl_tax
    assert not order.shipping_tax_code
    assert order.total_incl_tax == order.total_excl_tax
    assert order.total_incl_tax == sum(line.line_price_incl_tax for line in lines) + order.shipping_incl_tax
    assert order.basket_total_before_discounts_incl_tax == order.basket_total_before_discounts_excl_tax
    assert order.total_tax == 0
    source = order.sources.get()
    assert source.amount_debited == source.amount_allocated == order.total_incl_tax
    assert order.payment_events.get().amount == order.total_incl_tax


@pytest.mark.parametrize("kind", ["guest", "ordinary"])
def test_with_tax__guests_and_ordinary_customers(client, products, kind):
    if kind == "ordinary":
        client.force_login(CustomerFactory())
    page = shown(client.get(products[0].get_absolute_url()))
    assert "£19.20" in page and "£3.20" in page
    assert "£19.20" in shown(client.get("/catalogue/"))
    fill_basket(client, products)
    # 2 at 19.20, 3 at 9.54, delivery 4.74.
    page = shown(client.get("/basket/"))
    assert "£67.02" in page and "£71.76" in page and WORDS not in page
    # No word of prices that changed since they were put in.
    assert "since you added" not in page
    if kind == "guest":
        client.post("/checkout/", {"username": "gus@example.org", "options": "anonymous"})
    go_to_payment(client)
    assert "£71.76" in shown(preview(client))
    pay(client)
    order = Order.objects.get()
    assert (order.total_incl_tax, order.total_excl_tax) == (Decimal("71.76"), Decimal("59.80"))
    assert (order.shipping_incl_tax, order.shipping_excl_tax) == (Decimal("4.74"), Decimal("3.95"))
    assert [line.line_price_tax for line in order.lines.order_by("pk")] == [Decimal("6.40"), Decimal("4.77")]
    assert order.sources.get().amount_debited == order.total_incl_tax


def test_without_tax__from_the_shelf_to_the_order(client, products, exempt):
    client.force_login(exempt)
    page = shown(client.get(products[0].get_absolute_url()))
    assert "£16.00" in page and "£19.20" not in page and "£0.00" in page
    assert "£19.20" not in shown(client.get("/catalogue/"))
    fill_basket(client, products)
    page = shown(client.get("/basket/"))
    # 2 at 16.00, 3 at 7.95, delivery 3.95.
    assert "£55.85" in page and "£3.95" in page and "£59.80" in page and WORDS in page
    assert "£4.74" not in page and "£71.76" not in page
    methods = client.post("/checkout/shipping-address/", ADDRESS, follow=True)
    assert "£3.95" in shown(methods) and "£9.95" in shown(methods) and "£11.94" not in shown(methods)
    go_to_payment(client)
    page = shown(preview(client))
    assert "£59.80" in page and WORDS in page and "£71.76" not in page
    done = pay(client)
    assert "£59.80" in shown(done) and "£71.76" not in shown(done)
    order = Order.objects.get()
    assert order.user == exempt
    assert (order.total_incl_tax, order.shipping_incl_tax) == (Decimal("59.80"), Decimal("3.95"))
    check_order_without_tax(order)
    assert "59.80" in mail.outbox[0].body
    assert "£59.80" in shown(client.get(f"/accounts/orders/{order.number}/"))


def test_without_tax__a_voucher_adds_up(client, products, exempt, everything):
    voucher = oscar.VoucherFactory(code="TENTH", usage="Multi-use")
    voucher.offers.add(offer_on(everything, Benefit.PERCENTAGE, "10", offer_type=ConditionalOffer.VOUCHER))
    client.force_login(exempt)
    fill_basket(client, products)
    client.post("/basket/vouchers/add/", {"code": "TENTH"})
    # A tenth of what this customer pays: 32.00 become 28.80, and 23.85 become 21.465.
    assert "£54.22" in shown(client.get("/basket/"))
    go_to_payment(client)
    pay(client)
    order = Order.objects.get()
    check_order_without_tax(order)
    paid = [line.line_price_incl_tax for line in order.lines.order_by("pk")]
    assert paid == [Decimal("28.80"), Decimal("21.47")]
    assert order.total_incl_tax == Decimal("50.27") + Decimal("3.95")


def test_without_tax__an_offer_on_delivery_adds_up(client, products, exempt, everything):
    offer_on(everything, Benefit.SHIPPING_PERCENTAGE, "50", offer_type=ConditionalOffer.SITE)
    client.force_login(exempt)
    fill_basket(client, products)
    page = shown(client.get("/basket/"))
    # Half of 3.95 is 1.975, of which Oscar takes 1.98 off.
    assert "£3.95" in page and "-£1.98" in page and "£1.97" in page and "£57.82" in page
    go_to_payment(client)
    pay(client)
    order = Order.objects.get()
    check_order_without_tax(order)
    assert (order.shipping_incl_tax, order.total_incl_tax) == (Decimal("1.97"), Decimal("57.82"))
    assert order.discounts.get().amount == Decimal("1.98")


def test_with_tax__a_voucher_is_on_what_is_shown(client, products, everything):
    voucher = oscar.VoucherFactory(code="TENTH", usage="Multi-use")
    voucher.offers.add(offer_on(everything, Benefit.PERCENTAGE, "10", offer_type=ConditionalOffer.VOUCHER))
    client.force_login(CustomerFactory())
    fill_basket(client, products)
    client.post("/basket/vouchers/add/", {"code": "TENTH"})
    go_to_payment(client)
    pay(client)
    order = Order.objects.get()
    # A tenth of 38.40 and of 28.62.
    assert order.total_incl_tax == Decimal("67.02") - Decimal("6.70") + Decimal("4.74")
    for tax in ("incl", "excl"):
        lines = sum(getattr(line, f"line_price_{tax}_tax") for line in order.lines.all())
        assert getattr(order, f"total_{tax}_tax") == lines + getattr(order, f"shipping_{tax}_tax")


def test_flag_changed__a_kept_basket_shows_new_prices_at_once(client, products):
    customer = CustomerFactory()
    client.force_login(customer)
    fill_basket(client, products)
    assert client.get("/basket/").context["order_total"].incl_tax == Decimal("71.76")
    for flag, total in ((True, "59.80"), (False, "71.76"), (True, "59.80")):
        customers.update(customer=customer, changes={"is_tax_exempt": flag}, by=None)
        page = client.get("/basket/")
        assert page.context["order_total"].incl_tax == Decimal(total)
        assert (WORDS in shown(page)) is flag
    # In the middle of the checkout, too.
    go_to_payment(client)
    pay(client)
    check_order_without_tax(Order.objects.get())


def test_log_in__a_guest_s_basket_becomes_one_without_tax(client, products, exempt):
    fill_basket(client, products)
    assert client.get("/basket/").context["order_total"].incl_tax == Decimal("71.76")
    form = {"login-username": exempt.email, "login-password": "correct-horse", "login_submit": "Log In"}
    assert client.post("/accounts/login/", form).status_code == 302
    assert client.get("/basket/").context["order_total"].incl_tax == Decimal("59.80")
    client.get("/accounts/logout/")
    fill_basket(client, products)
    assert client.get("/basket/").context["order_total"].incl_tax == Decimal("71.76")


@pytest.mark.parametrize("is_exempt", [False, True])
def test_basket_page__asks_for_the_profile_with_the_account(client, products, is_exempt):
    client.force_login(CustomerFactory(is_tax_exempt=is_exempt))
    fill_basket(client, products)
    client.get("/basket/")
    with CaptureQueriesContext(connection) as captured:
        assert client.get("/basket/").status_code == 200
    asked = [query["sql"] for query in captured if CustomerProfile._meta.db_table in query["sql"]]
    assert len(asked) == 1 and User._meta.db_table in asked[0]


def test_selector__without_a_request(products, exempt):
    # As stock alerts ask for the price they mail.
    for user, price in ((exempt, "16.00"), (CustomerFactory(), "19.20"), (None, "19.20")):
        found = Selector().strategy(user=user).fetch_for_product(products[0]).price
        assert found.incl_tax == Decimal(price)
        assert found.excl_tax == Decimal("16.00")
    assert Decimal("0.20") == TAX_RATE
