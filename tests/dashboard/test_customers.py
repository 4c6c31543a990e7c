"""The customer page, create and edit, print, and the mail to choose a password: as people meet them."""

import datetime
import html
import json
import re
from decimal import Decimal

import django
import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.contrib.sites.models import Site
from django.core import mail
from django.urls import reverse
from django.utils import timezone
from oscar.test.factories import PartnerFactory, ProductReviewFactory, create_product

from oscar_customer_mgmt.dashboard.forms.customers import CustomerCreateForm
from oscar_customer_mgmt.host import Basket, Email, Order, ProductAlert, UserAddress, VoucherApplication, WishList
from oscar_customer_mgmt.models import CustomerNote, CustomerProfile, TimelineEvent
from oscar_customer_mgmt.operations import customers as operations
from oscar_customer_mgmt.operations import notes, timeline
from oscar_customer_mgmt.queries import customers as queries
from oscar_customer_mgmt.test.factories import (
    AddressFactory,
    CustomerFactory,
    CustomerNoteFactory,
    GuestOrderFactory,
    OrderFactory,
)

pytestmark = pytest.mark.django_db

HOSTILE = "<script>alert('ö')</script> \u202eשלום 😀"
TABS = ["overview", "orders", "timeline", "basket", "reviews", "messages"]


@pytest.fixture
def customer():
    return CustomerFactory(first_name="Carl", last_name="Caller", email="carl@example.com")


@pytest.fixture
def agent(staff_with):
    return staff_with("view_customer", "change_customer", "add_customer", first_name="Agnes", last_name="Agent")


@pytest.fixture
def client(agent, client_for):
    return client_for(agent)


def page_of(customer, tab="overview"):
    names = {"overview": "user-detail", "orders": "customer-orders", "timeline": "customer-timeline"}
    if tab in names:
        return reverse(f"dashboard:{names[tab]}", kwargs={"pk": customer.pk})
    return reverse("dashboard:customer-tab", kwargs={"pk": customer.pk, "tab": tab})


def text(response):
    return response.content.decode()


def form_of(response):
    """Return what the form on the page would send as it stands."""
    form = response.context["form"]
    data = {}
    for field in form:
        value = field.value()
        if isinstance(value, bool):
            data.update({field.html_name: "on"} if value else {})
        elif value is not None and not field.field.disabled:
            data[field.html_name] = value
    return data


# --- Who gets in ------------------------------------------------------------------------------------------------


def every_address(customer):
    names = ["user-detail", "customer-orders", "customer-timeline", "customer-update", "customer-print"]
    addresses = [reverse(f"dashboard:{name}", kwargs={"pk": customer.pk}) for name in names]
    return [*addresses, page_of(customer, "basket"), reverse("dashboard:customer-create")]


@pytest.mark.everywhere
def test_pages__open_to_staff_with_the_right_alone(customer, agent, staff_with, make_user, client_for):
    fallen = staff_with("view_customer", "change_customer", "add_customer")
    fallen.is_staff = False
    fallen.save()
    for address in every_address(customer):
        assert client_for(agent).get(address).status_code == 200, address
        assert client_for(staff_with()).get(address).status_code == 403, address
        assert client_for(make_user()).get(address).status_code == 403, address
        assert client_for(fallen).get(address).status_code == 403, address
        nobody = client_for().get(address)
        assert nobody.status_code == 302
        assert reverse("dashboard:login") in nobody["Location"]


def test_editing__is_not_for_who_may_only_look(customer, staff_with, client_for):
    client = client_for(staff_with("view_customer"))
    assert client.get(reverse("dashboard:customer-update", kwargs={"pk": customer.pk})).status_code == 403
    page = text(client.get(page_of(customer)))
    assert reverse("dashboard:customer-update", kwargs={"pk": customer.pk}) not in page
    assert reverse("dashboard:user-password-reset", kwargs={"pk": customer.pk}) not in page


@pytest.mark.parametrize("key", ["0", "nobody", "-1", "9" * 400, "1e3", "%00", "٣"])
def test_page__of_a_key_that_is_nobodys_is_not_found(client, key):
    prefix = reverse("dashboard:users-index")
    for rest in ("", "edit/", "print/", "orders/", "timeline/", "tab/basket/"):
        assert client.get(f"{prefix}{key}/{rest}").status_code == 404


@pytest.mark.parametrize("tab", ["nothing", "orders", "overview"])
def test_tab__that_there_is_not_is_not_found(client, customer, tab):
    address = reverse("dashboard:customer-tab", kwargs={"pk": customer.pk, "tab": tab})
    assert client.get(address).status_code == 404


# --- The page ---------------------------------------------------------------------------------------------------


def test_page__shows_the_account(client, customer, agent):
    manager = CustomerFactory(first_name="Mona", last_name="Manager", is_staff=True)
    profile = customer.customer_profile
    profile.phone_number = "+442079460958"
    profile.company = "Caller & Sons"
    profile.date_of_birth = datetime.date(1980, 2, 29)
    profile.locale = "de"
    profile.is_tax_exempt = True
    profile.must_verify = True
    profile.last_seen_ip = "192.0.2.7"
    profile.account_manager = manager
    profile.created_by = agent
    profile.save()
    customer.groups.add(Group.objects.create(name="Warehouse"))
    PartnerFactory(name="Northern Wool").users.add(customer)
    operations.update(customer=customer, changes={"newsletter": [Site.objects.first().pk]}, by=agent)
    page = text(client.get(page_of(customer)))
    for words in (
        "Carl Caller", profile.number, "carl@example.com", "+44 20 7946 0958", "Caller &amp; Sons", "Feb. 29, 1980",
        "German", "Tax exempt", "Unverified", "192.0.2.7", "Mona Manager", "Agnes Agent", "Warehouse", "Northern Wool",
        Site.objects.first().name,
    ):  # fmt: skip
        assert words in page, words


@pytest.mark.everywhere
def test_page__of_an_account_from_before_the_package(client, make_user):
    old = make_user("old", first_name="Olga")
    CustomerProfile.objects.filter(user=old).delete()
    OrderFactory(user=old)
    CustomerProfile.objects.filter(user=old).delete()
    for tab in TABS:
        page = text(client.get(page_of(old, tab)))
        assert "Verified" in page
    assert client.get(reverse("dashboard:customer-print", kwargs={"pk": old.pk})).status_code == 200
    address = reverse("dashboard:customer-update", kwargs={"pk": old.pk})
    data = {**form_of(client.get(address)), "last_name": "Older"}
    assert client.post(address, data).status_code == 302
    assert queries.by_key(str(old.pk)).customer_profile.number


def test_page__says_so_where_there_is_no_name(client):
    nameless = CustomerFactory(first_name="", last_name="")
    assert "[no name found]" in text(client.get(page_of(nameless)))


def test_page__shows_hostile_text_as_text(client, agent):
    evil = CustomerFactory(first_name=HOSTILE, last_name="W" * 100, company=HOSTILE)
    AddressFactory(user=evil, first_name=HOSTILE, line1="x" * 250, company=HOSTILE)
    operations.update(customer=evil, changes={"company": f"{HOSTILE}2"}, by=agent)
    agent.user_permissions.add(*_rights("view_customernote"))
    notes.add(customer=evil, body=HOSTILE + "x" * 10_000, by=agent, is_pinned=True)
    for tab in TABS:
        page = text(client.get(page_of(evil, tab)))
        assert "<script>alert" not in page
        assert "&lt;script&gt;" in page
        assert "😀" in page


def test_figures__are_per_currency_and_net_beside_gross(client, customer):
    OrderFactory(user=customer, currency="GBP", total_incl_tax=Decimal("100.00"))
    OrderFactory(user=customer, currency="GBP", total_incl_tax=Decimal("50.00"), status="Cancelled")
    OrderFactory(user=customer, currency="EUR", total_incl_tax=Decimal("7.50"))
    page = text(client.get(page_of(customer)))
    assert "£100.00" in page
    assert "£150.00 in all" in page
    assert "£75.00 on average" in page
    assert "€7.50 in all" in page
    assert "157.50" not in page


def test_notes__are_for_who_may_see_notes(client, agent, customer):
    CustomerNoteFactory(customer=customer, body="Deaf in one ear", is_pinned=True)
    CustomerNoteFactory(customer=customer, body="Not pinned at all")
    for tab in TABS:
        page = text(client.get(page_of(customer, tab)))
        assert "Deaf in one ear" not in page
        assert "Note added" not in page
    agent.user_permissions.add(*_rights("view_customernote"))
    page = text(client.get(page_of(customer)))
    assert "Deaf in one ear" in page
    assert "Not pinned at all" not in page


def test_dot__stands_for_a_test_order(client, customer):
    assert "ocm-test-dot" not in text(client.get(page_of(customer)))
    OrderFactory(user=customer, is_test=True)
    assert "ocm-test-dot" in text(client.get(page_of(customer)))


def test_same_email__is_pointed_to_and_never_merged(client, customer):
    guest = GuestOrderFactory(guest_email="Carl@Example.com")
    page = text(client.get(page_of(customer)))
    assert reverse("dashboard:guest-detail", kwargs={"number": guest.number}) in page
    assert client.get(page_of(customer, "orders")).context["orders"] == []


def test_page__found_by_an_order_number_leads_to_the_order(client, customer, agent):
    agent.user_permissions.add(*_rights("view_order", app="order"))
    order, other = OrderFactory(user=customer), OrderFactory()
    page = text(client.get(page_of(customer), {"order": order.number}))
    assert f"Found by order {order.number}" in page
    order_page = reverse("dashboard:order-detail", kwargs={"number": order.number})
    assert f'<a href="{order_page}">Open order' in page
    for number in (other.number, "\x00", "<script>", ""):
        assert "Found by order" not in text(client.get(page_of(customer), {"order": number}))


def test_page__leads_back_to_the_list_with_the_term(client, customer):
    response = client.get(page_of(customer), {"back": "q=call%C3%A9r"})
    page = text(response)
    assert f'{reverse("dashboard:users-index")}?q=call%C3%A9r"' in page
    assert f"{page_of(customer, 'orders')}?back=" in page


# --- Tabs -------------------------------------------------------------------------------------------------------


@pytest.mark.everywhere
@pytest.mark.parametrize("tab", TABS)
def test_tab__is_a_whole_page_or_a_fragment(client, customer, tab):
    whole = client.get(page_of(customer, tab))
    assert "<html" in text(whole)
    part = client.get(page_of(customer, tab), HTTP_HX_REQUEST="true")
    assert "<html" not in text(part)
    assert 'aria-current="page"' in text(part)
    assert "HX-Request" in part["Vary"]
    restored = client.get(page_of(customer, tab), HTTP_HX_REQUEST="true", HTTP_HX_HISTORY_RESTORE_REQUEST="true")
    assert "<html" in text(restored)


def test_orders__are_paged_newest_first(client, customer, agent):
    agent.user_permissions.add(*_rights("view_order", app="order"))
    now = timezone.now()
    numbers = [OrderFactory(user=customer, date_placed=now - datetime.timedelta(days=n)).number for n in range(25)]
    OrderFactory()
    first = client.get(page_of(customer, "orders"))
    assert [order.number for order in first.context["orders"]] == numbers[:20]
    older = re.search(r'rel="next" href="([^"]+)"', text(first)).group(1)
    second = client.get(older.replace("&amp;", "&"))
    assert [order.number for order in second.context["orders"]] == numbers[20:]
    assert reverse("dashboard:order-detail", kwargs={"number": numbers[0]}) in text(first)


def test_orders__are_not_linked_for_who_may_not_see_orders(client, customer):
    order = OrderFactory(user=customer)
    page = text(client.get(page_of(customer, "orders")))
    assert order.number in page
    assert reverse("dashboard:order-detail", kwargs={"number": order.number}) not in page
    assert reverse("dashboard:order-list") + "?customer=" not in page


def test_orders__with_a_number_that_cannot_stand_in_an_address(client, customer, agent):
    agent.user_permissions.add(*_rights("view_order", app="order"))
    OrderFactory(user=customer, number="2026/17")
    assert "2026/17" in text(client.get(page_of(customer, "orders")))


@pytest.mark.parametrize("cursor", ["x", "null", "\x00", "a" * 10_000, "WyJwbGFjZWQiXQ"])
@pytest.mark.parametrize("tab", ["orders", "timeline", "messages"])
def test_page_of_a_tab__that_nobody_made_is_not_found(client, customer, tab, cursor):
    assert client.get(page_of(customer, tab), {"cursor": cursor}).status_code == 404


@pytest.mark.everywhere
def test_timeline__says_who_changed_what(client, customer, agent):
    manager = CustomerFactory(first_name="Mona", last_name="Manager", is_staff=True)
    changes = {"first_name": "Karl", "account_manager_id": manager.pk, "newsletter": [Site.objects.first().pk]}
    operations.update(customer=customer, changes={**changes, "is_tax_exempt": True}, by=agent)
    page = text(client.get(page_of(customer, "timeline")))
    for words in ("Details changed", "Agnes Agent", "Karl", "Mona Manager", Site.objects.first().name, "Tax exempt"):
        assert words in page


def test_timeline__shows_events_of_a_kind_that_nobody_registered(client, customer):
    TimelineEvent.objects.create(customer=customer, kind="shop_thing", data=["odd"])
    TimelineEvent.objects.create(customer=customer, kind="updated", data={"changes": {"x": ["a"], "y": [1, None]}})
    assert "Shop thing" in text(client.get(page_of(customer, "timeline")))


def test_basket_tab__shows_baskets_wish_lists_and_alerts(client, customer):
    product = create_product(title="Storm lantern", price=Decimal("12.00"))
    for status in (Basket.OPEN, Basket.SAVED):
        basket = Basket.objects.create(owner=customer, status=status)
        basket.lines.create(
            product=product, stockrecord=product.stockrecords.first(), line_reference="1", quantity=3,
            price_currency="GBP", price_incl_tax=Decimal("12.00"),
        )  # fmt: skip
    WishList.objects.create(owner=customer, name="Birthday").add(product)
    ProductAlert.objects.create(user=customer, product=product, status=ProductAlert.ACTIVE)
    page = text(client.get(page_of(customer, "basket")))
    assert page.count("Storm lantern") == 4
    assert "Birthday" in page
    assert page.count("£12.00") == 2


def test_reviews_tab__shows_reviews_and_vouchers(client, customer):
    ProductReviewFactory(product=create_product(), user=customer, title="Lovely thing")
    order = OrderFactory(user=customer)
    voucher = VoucherApplication._meta.get_field("voucher").related_model.objects.create(
        name="Spring", code="SPRING", start_datetime=timezone.now(), end_datetime=timezone.now()
    )
    VoucherApplication.objects.create(user=customer, voucher=voucher, order=order)
    page = text(client.get(page_of(customer, "reviews")))
    assert "Lovely thing" in page
    assert "SPRING" in page
    assert order.number in page


def read(client, customer, email):
    return text(client.get(page_of(customer, "messages"), {"email": email.pk}))


def test_messages_tab__shows_what_an_email_says_as_text(client, customer, make_user):
    said = "Thank you for order 100486.\n<b>It</b> is on https://example.com/accounts/orders/100486/"
    email = Email.objects.create(user=customer, email=customer.email, subject="Order 100486", body_text=said)
    assert "Thank you for order" not in text(client.get(page_of(customer, "messages")))
    page = read(client, customer, email)
    assert "Thank you for order 100486.<br>&lt;b&gt;It" in page
    theirs = Email.objects.create(user=make_user(), email="x@example.com", subject="Else", body_text="Secret talk")
    assert "Secret talk" not in read(client, customer, theirs)
    for forged in ("x", "\x00", "9" * 40, "-1", "²"):
        assert client.get(page_of(customer, "messages"), {"email": forged}).status_code == 200


@pytest.mark.parametrize(
    "said",
    [
        "Go to /reset/TOKEN/", "Go to https://example.com/reset/TOKEN/", "example.com/enter/TOKEN",
        "https://example.com/?key=TOKEN", "https://example.com/accounts/#TOKEN", "Your code is TOKEN",
        "Your new password: TOKEN", "Use TOKEN-cxk3v1-0d9e8f7a6b5c4d3e2f1a", "https:/\\example.com/TOKEN",
        "See https://example.com/accounts/order-status/100486/TOKEN:signed/",
    ],
)  # fmt: skip
def test_messages_tab__withholds_what_lets_its_reader_in(client, customer, said):
    email = Email.objects.create(
        user=customer, email=customer.email, subject="Hello", body_text=said, body_html="TOKEN"
    )
    page = read(client, customer, email)
    assert "Hello" in page
    assert "is not shown" in page
    assert "TOKEN" not in page


def test_messages_tab__withholds_the_mail_to_choose_a_password(client, customer, settings):
    settings.OSCAR_SAVE_SENT_EMAILS_TO_DB = True
    client.post(reverse("dashboard:user-password-reset", kwargs={"pk": customer.pk}))
    email = Email.objects.get(user=customer)
    link = re.search(r"/password-reset/confirm/\S+", email.body_text)[0]
    assert link not in read(client, customer, email)


def test_messages_tab__of_an_account_with_more_rights_shows_no_email(client, superuser):
    email = Email.objects.create(user=superuser, email=superuser.email, subject="Hello", body_text="Only for Su")
    page = read(client, superuser, email)
    assert "Hello" in page
    assert "Only for Su" not in page


@pytest.mark.parametrize("tab", TABS)
def test_page__costs_the_same_queries_however_many_orders(client, agent, tab, django_assert_max_num_queries):
    agent.user_permissions.add(*_rights("view_customernote"), *_rights("view_order", app="order"))
    light, heavy = CustomerFactory(), CustomerFactory()
    for customer, count in ((light, 2), (heavy, 60)):
        AddressFactory.create_batch(1 if count == 2 else 3, user=customer)
        Order.objects.bulk_create(_orders(customer, count))
        for number in range(count):
            timeline.record(kind=timeline.NOTE_ADDED, customer=customer, by=agent, data={"note": number})
            Email.objects.create(user=customer, email=customer.email, subject="Hello", body_text="")
    counts = []
    for customer in (light, heavy):
        client.get(page_of(customer, tab))
        with django_assert_max_num_queries(21) as asked:
            assert client.get(page_of(customer, tab)).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


@pytest.mark.everywhere
def test_page__shows_a_long_address_book_in_parts(client, django_assert_max_num_queries):
    customer = CustomerFactory()
    made = [AddressFactory(user=customer, line1=f"{number} Long Street") for number in range(47)]
    for flag, address in (("is_default_for_shipping", made[40]), ("is_default_for_billing", made[30])):
        UserAddress.objects.filter(pk=address.pk).update(**{flag: True})
    page = f"{page_of(customer)}?back=q%3Dtea"
    client.get(page)
    seen, pages, counts = [], 0, []
    while page:
        with django_assert_max_num_queries(21) as asked:
            response = client.get(page)
        counts.append(len(asked))
        assert "There are 47 addresses in all" in text(response)
        shown = [address.pk for address in response.context["addresses"]]
        assert len(shown) <= 20
        assert [text(response).count(f"/addresses/{pk}/?back") for pk in shown] == [1] * len(shown)
        seen += shown
        pages += 1
        links = re.findall(r'rel="next" href="([^"]+addresses=[^"]+)"', text(response))
        assert all("back=q%3Dtea" in link and link.endswith("#ocm-addresses") for link in links)
        page = html.unescape(links[0]) if links else None
    rest = [address.pk for address in made if address not in (made[30], made[40])]
    assert seen == [made[40].pk, made[30].pk, *rest]
    assert pages == 3
    assert len(set(counts)) == 1
    back = re.search(r'rel="prev" href="([^"]+addresses=[^"]+)"', text(response))[1]
    assert [each.pk for each in client.get(html.unescape(back)).context["addresses"]] == seen[20:40]


def test_page__of_a_short_address_book_needs_no_parts(client):
    customer = CustomerFactory()
    for number in range(20):
        AddressFactory(user=customer, line1=f"{number} Long Street")
    response = client.get(page_of(customer))
    assert len(response.context["addresses"]) == 20
    assert "in all" not in text(response)
    assert "addresses=" not in text(response)


@pytest.mark.parametrize("cursor", ["nonsense", "\x00", "W10"])
def test_page__of_addresses_that_there_is_not(client, cursor):
    customer = CustomerFactory()
    assert client.get(page_of(customer), {"addresses": cursor}).status_code == 404


@pytest.mark.parametrize("tab", ["basket", "reviews"])
def test_tab__costs_the_same_queries_however_much_is_in_it(client, tab, django_assert_max_num_queries):
    counts = []
    for amount in (1, 5):
        customer = CustomerFactory()
        wish_list = WishList.objects.create(owner=customer, name="Birthday")
        basket = Basket.objects.create(owner=customer)
        for number in range(amount):
            parent = create_product(structure="parent", title=f"Family {number}")
            child = create_product(structure="child", parent=parent, title="", price=Decimal("3.00"))
            wish_list.add(child)
            stock = {"stockrecord": child.stockrecords.first(), "price_currency": "GBP"}
            basket.lines.create(product=child, line_reference=str(number), quantity=1, **stock)
            ProductAlert.objects.create(user=customer, product=child, status=ProductAlert.ACTIVE)
            ProductReviewFactory(product=child, user=customer)
        client.get(page_of(customer, tab))
        with django_assert_max_num_queries(28) as asked:
            assert text(client.get(page_of(customer, tab))).count("Family") >= amount
        counts.append(len(asked))
    assert counts[0] == counts[1]


def _orders(customer, count):
    amounts = {"total_incl_tax": 10, "total_excl_tax": 10, "shipping_incl_tax": 0, "shipping_excl_tax": 0}
    placed = timezone.now()
    return [
        Order(
            user=customer, number=f"{customer.pk}-{n}", currency="GBP", status="Complete", date_placed=placed, **amounts
        )
        for n in range(count)
    ]


def _rights(*codenames, app="oscar_customer_mgmt"):
    Permission = Group.permissions.rel.model
    return Permission.objects.filter(content_type__app_label=app, codename__in=codenames)


# --- Create -----------------------------------------------------------------------------------------------------

CREATE = "/dashboard/users/new/"


def new_customer(**values):
    return {"email": "nora@example.com", "first_name": "Nora", "last_name": "Newman", "is_active": "on", **values}


@pytest.mark.everywhere
def test_create__makes_the_whole_customer(client, agent):
    agent.user_permissions.add(*_rights("add_customernote"))
    data = new_customer(
        password1="a-long-pass-phrase", password2="a-long-pass-phrase", salutation="Dr", gender="female",
        date_of_birth="1980-02-29", phone_number="+442079460958", company="Newman Ltd", locale="de",
        account_manager=agent.pk, is_tax_exempt="on", newsletter=[Site.objects.first().pk], comment="Knows the owner",
    )  # fmt: skip
    response = client.post(CREATE, data, follow=True)
    nora = get_user_model().objects.get(email="nora@example.com")
    profile = nora.customer_profile
    assert nora.check_password("a-long-pass-phrase")
    assert (profile.salutation, profile.gender, profile.locale) == ("Dr", "female", "de")
    assert profile.date_of_birth == datetime.date(1980, 2, 29)
    assert str(profile.phone_number) == "+442079460958"
    assert profile.account_manager == profile.created_by == agent
    assert profile.origin == "dashboard"
    assert queries.newsletter_sites(nora) == [Site.objects.first().pk]
    assert CustomerNote.objects.get(customer=nora).is_pinned
    assert f'<a href="{page_of(nora)}"' in text(response)
    assert profile.number in text(response)


def test_create__without_a_password_makes_one_who_can_ask_for_it(client):
    client.post(CREATE, new_customer())
    assert not get_user_model().objects.get(email="nora@example.com").has_usable_password()


def test_create__keeps_what_was_typed_and_shows_each_error_twice(client):
    data = new_customer(
        email="not-an-address", phone_number="12", first_name="", password1="one-pass-phrase",
        password2="another-pass-phrase", company="Newman Ltd", date_of_birth="2999-01-01",
    )  # fmt: skip
    response = client.post(CREATE, data)
    page = text(response)
    assert response.status_code == 200
    assert 'value="not-an-address"' in page
    assert 'value="Newman Ltd"' in page
    assert "-pass-phrase" not in page
    for name in ("email", "phone_number", "first_name", "password2", "date_of_birth"):
        assert f'href="#id_{name}"' in page
        assert f'id="id_{name}_error"' in page
    assert not get_user_model().objects.filter(last_name="Newman").exists()


def test_create__never_puts_a_password_into_a_page_and_asks_for_it_again(client):
    password = {"password1": "one-pass-phrase", "password2": "one-pass-phrase"}
    page = text(client.post(CREATE, new_customer(first_name="", **password)))
    assert "one-pass-phrase" not in page
    assert 'id="id_password1_error"' in page
    assert "Type the password again" in page
    page = text(client.post(CREATE, new_customer(first_name="")))
    assert "Type the password again" not in page


def test_create__says_everything_that_is_wrong_at_once(client, customer, settings):
    settings.AUTH_PASSWORD_VALIDATORS = [
        {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}}
    ]
    page = text(
        client.post(CREATE, new_customer(email=customer.email, last_name="", password1="short", password2="short"))
    )
    for name in ("email", "last_name", "password1"):
        assert f'id="id_{name}_error"' in page


def test_create__keeps_passwords_out_of_error_reports(client, monkeypatch, settings):
    # Django 6 takes addresses, and earlier ones take nothing but pairs.
    settings.ADMINS = ["ada@example.com"] if django.VERSION >= (6, 0) else [("Ada Admin", "ada@example.com")]

    def fail(**_values):
        raise RuntimeError("broken")

    monkeypatch.setattr(operations, "create", fail)
    client.raise_request_exception = False
    response = client.post(CREATE, new_customer(password1="a-long-pass-phrase", password2="a-long-pass-phrase"))
    assert response.status_code == 500
    report = "".join(str(sent.message()) for sent in mail.outbox)
    assert "Nora" in report
    assert "a-long-pass-phrase" not in report


def test_create__states_the_rules_of_passwords_to_staff(client, settings):
    names = ("UserAttributeSimilarityValidator", "CommonPasswordValidator", "MinimumLengthValidator")
    settings.AUTH_PASSWORD_VALIDATORS = [{"NAME": f"django.contrib.auth.password_validation.{name}"} for name in names]
    page = text(client.get(CREATE))
    assert "like the customer’s name" in page
    assert "at least 8 characters" in page
    assert "Your password" not in page


def test_create__asks_for_a_password_that_the_shop_accepts(client, settings):
    settings.AUTH_PASSWORD_VALIDATORS = [
        {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}}
    ]
    page = text(client.post(CREATE, new_customer(password1="short", password2="short")))
    assert "at least 12 characters" in page
    assert 'id="id_password1_error"' in page


def test_create__points_to_who_has_the_address_in_another_case(client, customer, staff_with, client_for):
    page = text(client.post(CREATE, new_customer(email="CARL@Example.COM")))
    assert 'id="id_email_error"' in page
    assert f'<a href="{page_of(customer)}"' in page
    only_adds = client_for(staff_with("add_customer"))
    page = text(only_adds.post(CREATE, new_customer(email="CARL@Example.COM")))
    assert 'id="id_email_error"' in page
    assert page_of(customer) not in page
    assert "Carl" not in page


def test_create__by_who_may_not_see_customers_goes_on_with_the_next_one(staff_with, client_for):
    response = client_for(staff_with("add_customer")).post(CREATE, new_customer(), follow=True)
    assert response.redirect_chain == [(CREATE, 302)]
    assert "Nora Newman" in text(response)


def test_create__has_no_comment_for_who_may_not_write_notes(client):
    client.post(CREATE, new_customer(comment="Smuggled in"))
    assert not CustomerNote.objects.exists()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("first_name", "x" * 10_000), ("first_name", "a\x00b"), ("company", "x" * 10_000), ("comment", "a\x00b"),
        ("date_of_birth", "30.02.2020"), ("date_of_birth", "99999-01-01"), ("phone_number", "9" * 500),
        ("salutation", "Lord"), ("gender", "x"), ("locale", "xx"), ("newsletter", "99999"), ("newsletter", "x"),
        ("account_manager", "x"), ("account_manager", "99999999999999999999"), ("email", f"{'x' * 300}@example.com"),
    ],
)  # fmt: skip
def test_create__refuses_in_words(client, agent, name, value):
    agent.user_permissions.add(*_rights("add_customernote"))
    response = client.post(CREATE, new_customer(**{name: value}))
    assert response.status_code == 200
    assert f'id="id_{name}_error"' in text(response)
    assert not get_user_model().objects.filter(last_name="Newman").exists()


def test_create__keeps_hostile_text_as_text(client):
    response = client.post(CREATE, new_customer(first_name=HOSTILE), follow=True)
    assert get_user_model().objects.get(email="nora@example.com").first_name == HOSTILE
    assert "<script>alert" not in text(response)


def test_create__leaves_out_fields_that_the_shop_does_not_use(client, settings):
    settings.OSCAR_CUSTOMER_MGMT = {"PROFILE_FIELDS": ["company"]}
    page = text(client.get(CREATE))
    assert "id_company" in page
    for name in ("date_of_birth", "gender", "phone_number"):
        assert f"id_{name}" not in page
    client.post(CREATE, new_customer(gender="female"))
    nora = get_user_model().objects.get(email="nora@example.com")
    assert nora.customer_profile.gender == ""


def test_page__leaves_out_fields_that_the_shop_does_not_use(client, customer, settings):
    profile = customer.customer_profile
    profile.company, profile.phone_number = "Caller & Sons", "+442079460958"
    profile.save()
    settings.OSCAR_CUSTOMER_MGMT = {"PROFILE_FIELDS": ["phone_number"]}
    for address in (page_of(customer), reverse("dashboard:customer-print", kwargs={"pk": customer.pk})):
        page = text(client.get(address))
        assert "Caller &amp; Sons" not in page
        assert "7946" in page


# --- Edit -------------------------------------------------------------------------------------------------------


def test_create__by_two_at_once_makes_one(client, monkeypatch):
    """Between the look and the writing somebody else takes the address."""
    CustomerFactory(email="NORA@example.com")
    monkeypatch.setattr(CustomerCreateForm, "clean_email", lambda form: form.cleaned_data["email"])
    page = text(client.post(CREATE, new_customer()))
    assert 'id="id_email_error"' in page
    assert get_user_model().objects.filter(email__iexact="nora@example.com").count() == 1


@pytest.fixture
def edit(customer):
    return reverse("dashboard:customer-update", kwargs={"pk": customer.pk})


@pytest.mark.everywhere
def test_edit__stores_what_changed_and_nothing_else(client, customer, edit):
    profile = customer.customer_profile
    profile.phone_number = "+442079460958"
    profile.date_of_birth = datetime.date(1980, 2, 29)
    profile.save()
    AddressFactory(user=customer, is_default_for_shipping=True)
    TimelineEvent.objects.all().delete()
    data = form_of(client.get(edit))
    assert client.post(edit, data).status_code == 302
    assert not TimelineEvent.objects.exists()
    response = client.post(edit, {**data, "first_name": "Karl"}, follow=True)
    assert "Karl Caller" in text(response)
    assert response.redirect_chain[0][0] == page_of(customer)
    assert TimelineEvent.objects.get().data == {"changes": {"first_name": ["Carl", "Karl"]}}


def test_edit__keeps_the_email_locked(client, customer, edit):
    data = {**form_of(client.get(edit)), "email": "stolen@example.com"}
    client.post(edit, data)
    customer.refresh_from_db()
    assert customer.email == "carl@example.com"


def test_edit__chooses_defaults_among_the_customers_own_addresses(client, customer, edit):
    first = AddressFactory(user=customer, is_default_for_shipping=True, is_default_for_billing=True)
    second = AddressFactory(user=customer, line1="Second Street")
    foreign = AddressFactory()
    data = form_of(client.get(edit))
    client.post(edit, {**data, "default_shipping_address": second.pk, "default_billing_address": ""})
    assert queries.default_addresses(customer) == {"shipping": second, "billing": None}
    response = client.post(edit, {**form_of(client.get(edit)), "default_shipping_address": foreign.pk})
    assert 'id="id_default_shipping_address_error"' in text(response)
    assert foreign.line1 not in text(client.get(edit))
    first.refresh_from_db()
    assert not first.is_default_for_billing


@pytest.mark.everywhere
def test_edit__on_top_of_what_somebody_else_saved(client, customer, edit, superuser):
    data = form_of(client.get(edit))
    operations.update(
        customer=customer, changes={"first_name": "Charles", "company": "Theirs", "is_tax_exempt": True}, by=superuser
    )
    typed = {**data, "first_name": "Karl", "company": ""}
    response = client.post(edit, typed)
    page = text(response)
    customer.refresh_from_db()
    assert customer.first_name == "Charles"
    assert "Someone else saved this customer" in page
    assert "Su Peruser" in page
    # What both changed: as typed here, with the other value on offer.
    assert 'value="Karl"' in page
    assert "Charles" in page
    # What only the other changed is taken over.
    again = form_of(response)
    assert again["company"] == "Theirs"
    assert again["is_tax_exempt"] == "on"
    assert client.post(edit, again).status_code == 302
    customer = queries.by_key(str(customer.pk))
    assert customer.first_name == "Karl"
    assert customer.customer_profile.company == "Theirs"
    assert customer.customer_profile.is_tax_exempt


def test_edit__stale_form_that_forgot_what_it_was_opened_on(client, customer, edit, superuser):
    data = form_of(client.get(edit))
    operations.update(customer=customer, changes={"first_name": "Charles"}, by=superuser)
    forged = ["", "{", "[]", "[" * 100_000, json.dumps({"at": "x", "values": []}), json.dumps({"at": 7})]
    moments = ("2020-13-45T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00")
    for loaded in (*forged, *(json.dumps({"at": moment}) for moment in moments)):
        response = client.post(edit, {**data, "last_name": "Typed", "loaded": loaded})
        assert response.status_code == 200
        assert 'value="Typed"' in text(response)
        assert "Charles" in text(response)


def test_edit__keeps_stored_values_that_could_not_be_chosen_today(client, customer, edit):
    manager = CustomerFactory(is_staff=True, is_active=False)
    profile = customer.customer_profile
    profile.salutation, profile.locale, profile.account_manager = "Professor", "xx", manager
    profile.save()
    CustomerProfile.objects.filter(pk=profile.pk).update(phone_number="+4412")
    data = form_of(client.get(edit))
    assert client.post(edit, {**data, "first_name": "Karl"}).status_code == 302
    profile.refresh_from_db()
    assert (profile.salutation, profile.locale, profile.account_manager) == ("Professor", "xx", manager)
    assert TimelineEvent.objects.filter(kind="updated").get().data["changes"] == {"first_name": ["Carl", "Karl"]}


def test_edit__of_somebody_without_a_name_asks_for_none(client):
    nameless = CustomerFactory(first_name="", last_name="")
    edit = reverse("dashboard:customer-update", kwargs={"pk": nameless.pk})
    assert client.post(edit, {**form_of(client.get(edit)), "company": "Acme"}).status_code == 302


def test_edit__of_an_account_with_more_rights_is_refused_in_words(client, superuser):
    edit = reverse("dashboard:customer-update", kwargs={"pk": superuser.pk})
    for response in (client.get(edit), client.post(edit, {"first_name": "Gotcha"})):
        assert response.status_code == 403
        assert "rights that you do not have" in text(response)
    superuser.refresh_from_db()
    assert superuser.first_name == "Su"
    assert edit not in text(client.get(page_of(superuser)))


def test_edit__cannot_lock_everybody_out(superuser, client_for):
    client = client_for(superuser)
    edit = reverse("dashboard:customer-update", kwargs={"pk": superuser.pk})
    data = form_of(client.get(edit))
    data.pop("is_active")
    assert "You cannot deactivate your own account" in text(client.post(edit, data))
    superuser.refresh_from_db()
    assert superuser.is_active


# --- Print ------------------------------------------------------------------------------------------------------


def test_print__shows_every_order_and_the_totals(client, customer):
    AddressFactory(user=customer, line1="12 Market Street", company="Caller & Sons")
    Order.objects.bulk_create(_orders(customer, 520))
    OrderFactory(user=customer, currency="EUR", total_incl_tax=Decimal("7.50"), items=4)
    page = text(client.get(reverse("dashboard:customer-print", kwargs={"pk": customer.pk})))
    assert page.count("<tr><td>") == 521
    assert "£5,200.00" in page
    assert "Total of 520 orders in GBP" in page
    assert "€7.50" in page
    assert "12 Market Street" in page
    assert "Caller &amp; Sons" in page


# --- Password reset ---------------------------------------------------------------------------------------------


def reset(client, customer):
    return client.post(reverse("dashboard:user-password-reset", kwargs={"pk": customer.pk}), follow=True)


@pytest.mark.everywhere
@pytest.mark.parametrize("password", ["a-pass-phrase", None])
def test_reset__mails_a_link_that_works(client, client_for, agent, password):
    customer = CustomerFactory(password=password)
    response = reset(client, customer)
    assert customer.email in text(response)
    message = mail.outbox[0]
    assert message.to == [customer.email]
    link = re.search(r"https?://[^/]+(/\S+)", message.body).group(1)
    shop = client_for()
    page = shop.get(link, follow=True)
    words = {"new_password1": "brand-new-phrase", "new_password2": "brand-new-phrase"}
    shop.post(page.redirect_chain[-1][0], words)
    customer.refresh_from_db()
    assert customer.check_password("brand-new-phrase")
    event = TimelineEvent.objects.get(kind="password_reset_sent")
    assert (event.customer, event.actor) == (customer, agent)


def test_reset__goes_to_this_account_alone(client):
    customer = CustomerFactory(email="twin@example.com")
    CustomerFactory(email="TWIN@example.com")
    reset(client, customer)
    assert [message.to for message in mail.outbox] == [["twin@example.com"]]


def test_reset__speaks_the_customers_language(client):
    customer = CustomerFactory(locale="de")
    reset(client, customer)
    assert "Passwort" in mail.outbox[0].body


def test_reset__is_refused_for_an_account_with_more_rights(client, superuser):
    response = client.post(reverse("dashboard:user-password-reset", kwargs={"pk": superuser.pk}))
    assert response.status_code == 403
    assert not mail.outbox
    assert not TimelineEvent.objects.filter(kind="password_reset_sent").exists()


def test_reset__of_an_inactive_account_says_why_not(client):
    assert "inactive" in text(reset(client, CustomerFactory(is_active=False)))
    assert not mail.outbox


def test_reset__that_cannot_be_sent_says_so(client, customer, monkeypatch):
    def fail(*args, **kwargs):
        raise ConnectionRefusedError

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", fail)
    assert "could not be sent" in text(reset(client, customer))
    assert not TimelineEvent.objects.filter(kind="password_reset_sent").exists()


def test_reset__wants_a_post_and_the_right(client, customer, staff_with, client_for):
    address = reverse("dashboard:user-password-reset", kwargs={"pk": customer.pk})
    assert client.get(address).status_code == 405
    assert client_for(staff_with("view_customer")).post(address).status_code == 403
    assert not mail.outbox


def test_writes__want_a_token(agent, customer, client_for):
    strict = client_for(agent, enforce_csrf_checks=True)
    for name in ("user-password-reset", "customer-update"):
        assert strict.post(reverse(f"dashboard:{name}", kwargs={"pk": customer.pk})).status_code == 403
