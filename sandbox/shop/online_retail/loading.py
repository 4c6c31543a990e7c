"""Writes the data set into the shop: articles, customers, then orders in batches.

Nothing here sends signals: who calls it rebuilds the customer directory afterwards. Every step adds only what is
missing, and a batch of orders is one transaction: a run that was killed leaves whole orders, and the next one goes
on from there.
"""

import datetime as dt
import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from babel import Locale
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import Count
from django.utils.text import slugify
from oscar.core.compat import get_user_model
from oscar.core.loading import get_model

from sandbox.shop.online_retail import people
from sandbox.shop.online_retail.places import ALIASES, MADE_UP
from sandbox.shop.online_retail.rows import PENNY, Row
from sandbox.shop.online_retail.scratch import Article, Invoice, Residence, Scratch, article_key

User = get_user_model()
BillingAddress = get_model("order", "BillingAddress")
Category = get_model("catalogue", "Category")
Country = get_model("address", "Country")
Line = get_model("order", "Line")
Order = get_model("order", "Order")
Partner = get_model("partner", "Partner")
Product = get_model("catalogue", "Product")
ProductCategory = get_model("catalogue", "ProductCategory")
ProductClass = get_model("catalogue", "ProductClass")
ShippingAddress = get_model("order", "ShippingAddress")
StockRecord = get_model("partner", "StockRecord")
UserAddress = get_model("address", "UserAddress")

# Marks the orders that this loader wrote, so that it never touches another one.
LOADED = "online-retail"
USERNAME = "retail-{}"
LONDON = ZoneInfo("Europe/London")
AT_ONCE = 500


@dataclass
class Loaded:
    """What a run found in the file and did in the shop."""

    orders: int = 0
    orders_before: int = 0
    orders_completed: int = 0
    cancellations: int = 0
    guest_orders: int = 0
    lines: int = 0
    total: Decimal = Decimal("0.00")
    rounded_prices: int = 0
    not_ours: list[str] = field(default_factory=list)

    def count(self, invoice: Invoice) -> None:
        """Add what the file says about an invoice."""
        self.orders += 1
        self.cancellations += invoice.is_cancellation
        self.guest_orders += invoice.customer is None
        self.lines += len(invoice.rows)
        self.total += invoice.total
        self.rounded_prices += sum(row.price != row.price.quantize(PENNY) for row in invoice.rows)


def in_batches(things: Iterable, size: int) -> Iterator[list]:
    """Yield lists of at most `size` things."""
    iterator = iter(things)
    while batch := list(itertools.islice(iterator, size)):
        yield batch


# --- Countries ------------------------------------------------------------------------------------------------


class Countries:
    """Finds the shop's country for a name of the data set; makes those that are no country to anyone else."""

    def __init__(self) -> None:
        names = {name: code for code, name in Locale("en").territories.items() if len(code) == 2}
        self._codes = {**names, **ALIASES}
        self._known = {country.pk: country for country in Country.objects.all()}

    def find(self, name: str) -> Country:
        """Return the country; one that nobody knows counts as unspecified."""
        code = self._codes.get(name, "ZZ")
        if code not in self._known:
            title = MADE_UP.get(code, name)
            self._known[code], _ = Country.objects.get_or_create(
                pk=code, defaults={"printable_name": title, "name": title}
            )
        return self._known[code]


# --- Articles -------------------------------------------------------------------------------------------------


class Catalogue:
    """The articles of the shop by stock code."""

    def __init__(self) -> None:
        self.partner, _ = Partner.objects.get_or_create(code=LOADED, defaults={"name": "Online Retail II"})
        self.stock: dict[str, StockRecord] = {}

    def add(self, articles: Iterable[Article]) -> int:
        """Make the products and stock records that are missing; return how many articles there are."""
        product_class, _ = ProductClass.objects.get_or_create(
            slug=LOADED, defaults={"name": "Gift ware", "track_stock": False}
        )
        category = Category.objects.filter(slug=LOADED).first() or Category.add_root(name="Gift ware", slug=LOADED)
        for batch in in_batches(articles, AT_ONCE):
            with transaction.atomic():
                self._add_batch(batch, product_class, category)
        return len(self.stock)

    def _add_batch(self, articles: list[Article], product_class: ProductClass, category: Category) -> None:
        known = self._known(articles)
        missing = [article for article in articles if article_key(article.stock_code) not in known]
        products = Product.objects.bulk_create([_product(article, product_class) for article in missing])
        StockRecord.objects.bulk_create(
            [
                StockRecord(
                    product=product,
                    partner=self.partner,
                    partner_sku=article.stock_code,
                    price=_to_the_penny(article.price),
                )
                for article, product in zip(missing, products, strict=True)
            ]
        )
        ProductCategory.objects.bulk_create(
            [ProductCategory(product=product, category=category) for product in products if product.is_public]
        )
        self.stock.update(self._known(articles))

    def _known(self, articles: list[Article]) -> dict[str, StockRecord]:
        codes = [article.stock_code for article in articles]
        records = StockRecord.objects.filter(partner=self.partner, partner_sku__in=codes)
        return {article_key(record.partner_sku): record for record in records.select_related("product")}


def _product(article: Article, product_class: ProductClass) -> Product:
    title = article.description or f"Article {article.stock_code}"
    return Product(
        upc=article.stock_code,
        title=title,
        slug=slugify(title)[:255] or "article",
        product_class=product_class,
        # Postage, discounts and bank charges are on invoices, but on no shelf.
        is_public=article.stock_code[:5].isdigit() and article.price is not None,
    )


def _to_the_penny(price: Decimal | None) -> Decimal | None:
    return None if price is None else price.quantize(PENNY, ROUND_HALF_UP)


# --- Customers ------------------------------------------------------------------------------------------------


class Customers:
    """The accounts of the shop by customer id."""

    def __init__(self, countries: Countries) -> None:
        self._countries = countries
        self.ids: dict[str, object] = {}

    def add(self, residences: Iterable[Residence]) -> int:
        """Make accounts and addresses that are missing; return how many customers there are."""
        customers = itertools.groupby(residences, key=lambda residence: residence.customer)
        for batch in in_batches(((customer, list(homes)) for customer, homes in customers), AT_ONCE):
            with transaction.atomic():
                self._add_batch(dict(batch))
        return len(self.ids)

    def _add_batch(self, homes: dict[str, list[Residence]]) -> None:
        known = self._known(homes)
        User.objects.bulk_create(
            [self._user(customer, homes[customer][0]) for customer in homes if customer not in known]
        )
        known = self._known(homes)
        pairs = set(UserAddress.objects.filter(user__in=known.values()).values_list("user_id", "country_id"))
        UserAddress.objects.bulk_create(
            [
                self._address(residence, known[customer], is_default=number == 0)
                for customer, residences in homes.items()
                for number, residence in enumerate(residences)
                if (known[customer].pk, self._countries.find(residence.country).pk) not in pairs
            ]
        )
        self.ids.update((customer, user.pk) for customer, user in known.items())

    def _known(self, customers: Iterable[str]) -> dict[str, User]:
        usernames = {USERNAME.format(customer): customer for customer in customers}
        return {usernames[user.username]: user for user in User.objects.filter(username__in=usernames)}

    def _user(self, customer: str, home: Residence) -> User:
        person = people.person(key=customer, country=self._countries.find(home.country).pk)
        return User(
            username=USERNAME.format(customer),
            email=person.email,
            first_name=person.first_name,
            last_name=person.last_name,
            password=make_password(None),
            date_joined=_aware(home.since),
        )

    def _address(self, residence: Residence, user: User, *, is_default: bool) -> UserAddress:
        country = self._countries.find(residence.country)
        address = UserAddress(
            user=user,
            country=country,
            first_name=user.first_name,
            last_name=user.last_name,
            is_default_for_shipping=is_default,
            is_default_for_billing=is_default,
            **people.address(key=residence.customer, country=country.pk),
        )
        address.hash = address.generate_hash()
        return _searchable(address)


def _searchable(address):
    """Return an address with the search text that its save() would have given it."""
    address.search_text = address.join_fields(address.search_fields, separator=" ")
    return address


def _aware(moment: dt.datetime) -> dt.datetime:
    return moment.replace(tzinfo=LONDON)


# --- Orders ---------------------------------------------------------------------------------------------------


class Orders:
    """Writes invoices as orders."""

    def __init__(self, catalogue: Catalogue, customers: Customers, countries: Countries) -> None:
        self._catalogue = catalogue
        self._customers = customers
        self._countries = countries

    def add(self, invoices: Iterable[Invoice], *, batch_size: int, told: Callable[[int], None]) -> Loaded:
        """Write what is missing, `batch_size` orders per transaction; `told` learns how many a batch had."""
        loaded = Loaded()
        for batch in in_batches(invoices, batch_size):
            with transaction.atomic():
                self._add_batch(batch, loaded)
            for invoice in batch:
                loaded.count(invoice)
            told(len(batch))
        return loaded

    def _add_batch(self, invoices: list[Invoice], loaded: Loaded) -> None:
        there = {
            order.number: order
            for order in Order.objects.filter(number__in=[invoice.number for invoice in invoices])
            .annotate(line_count=Count("lines"))
            .only("number", "shipping_code")
        }
        self._create([invoice for invoice in invoices if invoice.number not in there])
        for invoice in invoices:
            order = there.get(invoice.number)
            if order is None:
                continue
            loaded.orders_before += 1
            if order.shipping_code != LOADED:
                loaded.not_ours.append(invoice.number)
            elif order.line_count != len(invoice.rows):
                self._complete(order, invoice)
                loaded.orders_completed += 1

    def _create(self, invoices: list[Invoice]) -> None:
        shipping_addresses = ShippingAddress.objects.bulk_create(
            [self._address(ShippingAddress, invoice) for invoice in invoices]
        )
        billing_addresses = BillingAddress.objects.bulk_create(
            [self._address(BillingAddress, invoice) for invoice in invoices]
        )
        orders = Order.objects.bulk_create(
            [
                self._order(invoice, shipping, billing)
                for invoice, shipping, billing in zip(invoices, shipping_addresses, billing_addresses, strict=True)
            ]
        )
        Line.objects.bulk_create(
            [self._line(order, row) for order, invoice in zip(orders, invoices, strict=True) for row in invoice.rows]
        )

    def _complete(self, order: Order, invoice: Invoice) -> None:
        """Give an order its lines anew: when it was loaded some of them were broken in the file."""
        order.lines.all().delete()
        Line.objects.bulk_create([self._line(order, row) for row in invoice.rows])
        order.total_incl_tax = order.total_excl_tax = invoice.total
        order.date_placed = _aware(invoice.placed_at)
        order.save(update_fields=["total_incl_tax", "total_excl_tax", "date_placed"])

    def _address(self, model: type, invoice: Invoice):
        country = self._countries.find(invoice.country)
        person = self._person(invoice)
        fields = people.address(key=invoice.customer or invoice.number, country=country.pk)
        if model is BillingAddress:
            del fields["phone_number"]
        return _searchable(model(country=country, first_name=person.first_name, last_name=person.last_name, **fields))

    def _person(self, invoice: Invoice) -> people.Person:
        country = self._countries.find(invoice.country)
        return people.person(key=invoice.customer or invoice.number, country=country.pk)

    def _order(self, invoice: Invoice, shipping: ShippingAddress, billing: BillingAddress) -> Order:
        return Order(
            number=invoice.number,
            site_id=settings.SITE_ID,
            user_id=self._customers.ids[invoice.customer] if invoice.customer else None,
            guest_email="" if invoice.customer else self._person(invoice).email,
            # The data says nothing about tax.
            total_incl_tax=invoice.total,
            total_excl_tax=invoice.total,
            shipping_address=shipping,
            billing_address=billing,
            shipping_method="Post",
            shipping_code=LOADED,
            status="Cancelled" if invoice.is_cancellation else "Complete",
            date_placed=_aware(invoice.placed_at),
        )

    def _line(self, order: Order, row: Row) -> Line:
        """Return an order line: Oscar's quantities cannot be negative, so what came back has a negative price."""
        stock = self._catalogue.stock[article_key(row.stock_code)]
        unit_price = (row.price if row.quantity >= 0 else -row.price).quantize(PENNY, ROUND_HALF_UP)
        return Line(
            order=order,
            partner=self._catalogue.partner,
            partner_name=self._catalogue.partner.name,
            partner_sku=row.stock_code,
            stockrecord=stock,
            product=stock.product,
            title=row.description or stock.product.title,
            upc=row.stock_code,
            quantity=abs(row.quantity),
            num_allocated=0,
            unit_price_incl_tax=unit_price,
            unit_price_excl_tax=unit_price,
            line_price_incl_tax=row.line_price,
            line_price_excl_tax=row.line_price,
            line_price_before_discounts_incl_tax=row.line_price,
            line_price_before_discounts_excl_tax=row.line_price,
            status=order.status or "",
        )


@dataclass(frozen=True)
class Shelves:
    """How many articles and customers the shop has from the file."""

    articles: int
    customers: int


def load(scratch: Scratch, *, batch_size: int, told: Callable[[int], None]) -> tuple[Shelves, Loaded]:
    """Load everything; `told` learns how many invoices each batch had."""
    countries = Countries()
    catalogue = Catalogue()
    customers = Customers(countries)
    shelves = Shelves(catalogue.add(scratch.articles()), customers.add(scratch.residences()))
    orders = Orders(catalogue, customers, countries)
    return shelves, orders.add(scratch.invoices(), batch_size=batch_size, told=told)
