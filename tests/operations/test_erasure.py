"""Erasure: nothing of the person is left in the whole database but what is kept with a reason."""

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth import authenticate, get_user_model
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from oscar.core.loading import get_model
from oscar.test.factories import PartnerFactory, create_product

from oscar_customer_mgmt.exceptions import Conflict, NotAllowed
from oscar_customer_mgmt.models import (
    CustomerProfile,
    DeniedEmail,
    DirectoryEntry,
    ErasureReceipt,
    IdempotentRequest,
    TimelineEvent,
)
from oscar_customer_mgmt.models.profiles import email_digest, untagged_email_digest
from oscar_customer_mgmt.operations import customers, directory, erasure, notes, scrubbing, timeline
from oscar_customer_mgmt.queries import customers as queries
from oscar_customer_mgmt.queries import personal_data
from oscar_customer_mgmt.signals import customer_erased
from oscar_customer_mgmt.test.factories import CustomerFactory, GuestOrderFactory, OrderFactory
from tests.conftest import PROJECT
from tests.planting import Planter, find, is_planted, kept_columns

Basket = get_model("basket", "Basket")
Order = get_model("order", "Order")
OrderNote = get_model("order", "OrderNote")
ProductReview = get_model("reviews", "ProductReview")

if PROJECT == "uuid_user":
    from tests.projects.uuid_user.accounts.models import CardUse, LoyaltyCard

pytestmark = [pytest.mark.everywhere, pytest.mark.django_db]


def fresh(customer):
    return queries.customers().get(pk=customer.pk)


@pytest.fixture
def customer():
    return CustomerFactory(first_name="Carl", last_name="Caller", email="carl@example.com", addresses=2)


def plant_by_hand(planter):
    """Plant where no relation leads: the admin's log, a denied address, a kept answer."""
    customer = planter.customer
    entries = {entry.label: entry for entry in personal_data.about_customers() if callable(entry.person)}
    address = customer.addresses.order_by("pk").first()
    for about in (customer, address):
        LogEntry.objects.create(
            user_id=customer.pk,
            content_type=ContentType.objects.get_for_model(type(about)),
            object_id=str(about.pk),
            object_repr=planter.word(entries["admin.LogEntry"], "object_repr"),
            change_message=planter.word(entries["admin.LogEntry"], "change_message"),
            action_flag=CHANGE,
        )
    denied = entries["oscar_customer_mgmt.DeniedEmail"]
    DeniedEmail.objects.create(
        email=customer.email,
        email_digest=email_digest(customer.email),
        untagged_digest=untagged_email_digest(customer.email),
        reason=planter.word(denied, "reason"),
        message=planter.word(denied, "message"),
    )
    IdempotentRequest.objects.create(
        caller=CustomerFactory(is_staff=True),
        key_digest=f"k{customer.pk}",
        request_digest="r",
        body={
            "text": planter.word(entries["oscar_customer_mgmt.IdempotentRequest"], "body"),
            "headers": {"Location": f"/customers/{CustomerProfile.objects.get(user=customer).number}/addresses/1/"},
        },
    )


def test_erase__nothing_remains_but_what_is_kept(customer, superuser, django_capture_on_commit_callbacks):
    """A unique word in every field of every table about a customer; afterwards the whole database is searched."""
    other = CustomerFactory(first_name="Zoë", addresses=1)
    planters = [Planter(customer, "w"), Planter(other, "x")]
    for planter in planters:
        planter.plant()
        plant_by_hand(planter)
    words, others = planters[0].words, planters[1].words
    before = find(others)
    missing = set(others) - {word for word, _table, _column in before}
    assert not missing, [others[word] for word in missing]
    assert {word for word, _table, _column in find(words)} == set(words)
    gender = {"gender": CustomerProfile.objects.get(user=customer).gender}
    assert gender["gender"] != ""

    with django_capture_on_commit_callbacks(execute=True):
        receipt = erasure.erase(customer=customer, by=superuser)

    kept = {*kept_columns(), (ErasureReceipt._meta.db_table, "number")}
    for word, table, column in find(words):
        planted = words[word]
        assert isinstance(planted.treatment, personal_data.Keep), f"{planted.entry.label}.{planted.field} remains"
        assert (table, column) in kept, f"{planted.entry.label}.{planted.field} stands in {table}.{column}"
    assert fresh(customer).customer_profile.gender == ""
    assert find(others) == before, "nobody else is touched"
    assert {column for _word, table, column in find(words) if table == ErasureReceipt._meta.db_table} == {"number"}
    assert receipt.number == fresh(customer).customer_profile.number


def test_planting__leaves_no_field_out(customer):
    """What proves the erasure proves nothing where it plants nothing."""
    planter = Planter(customer, "w")
    planter.plant()
    planted = {(each.entry.label, each.field) for each in planter.words.values()}
    for entry in personal_data.about_customers():
        for field in entry.model_class._meta.local_concrete_fields:
            if is_planted(entry, field) and isinstance(entry.person, str):
                assert (entry.label, field.name) in planted
    assert len({label for label, _field in planted}) > 35


def test_registry__knows_every_table_and_field():
    assert personal_data.unclassified_fields() == []
    assert personal_data.unknown_models() == []


@pytest.fixture
def shopper(customer):
    """A customer with a little of everything, as it comes about in a shop."""
    OrderFactory.create_batch(2, user=customer, status="Pending")
    OrderFactory(user=customer, status="Complete", guest_email="carl@example.com")
    notes.add(customer=customer, body="Rings at night", by=CustomerFactory(is_staff=True, first_name="Bea"))
    customers.update(customer=customer, changes={"first_name": "Karl"}, by=customer)
    return fresh(customer)


def test_erase__the_account_stays_for_its_orders(shopper, superuser):
    numbers = sorted(Order.objects.filter(user=shopper).values_list("number", flat=True))
    erasure.erase(customer=shopper, by=superuser)
    account = fresh(shopper)
    assert not account.is_active and not account.has_usable_password()
    assert account.get_full_name() == ""
    assert account.customer_profile.erased_at is not None
    assert sorted(account.orders.values_list("number", flat=True)) == numbers
    assert not Order.objects.filter(user__isnull=True).exists()
    assert not DirectoryEntry.objects.filter(user=shopper).exists()
    assert not DirectoryEntry.objects.filter(status="guest").exists()
    assert not directory.check()
    directory.rebuild()
    assert not DirectoryEntry.objects.filter(order__user=shopper).exists()
    assert not DirectoryEntry.objects.filter(user=shopper).exists()
    assert not queries.kept().filter(pk=shopper.pk).exists()


def test_erase__orders_keep_what_the_books_need(shopper, superuser):
    order = shopper.orders.first()
    name, phone = order.shipping_address.name, order.shipping_address.phone_number
    assert phone
    erasure.erase(customer=shopper, by=superuser)
    order = Order.objects.get(pk=order.pk)
    assert order.shipping_address.name == name
    assert not order.shipping_address.phone_number
    assert order.lines.get().title == "Tea"


def test_erase__no_log_in_and_no_password_reset(make_user, superuser, settings):
    customer = make_user("carl", email="carl@example.com", password="correct-horse")
    name = customer.get_username()
    browser = Client()
    browser.force_login(customer)
    assert browser.get(reverse("customer:order-list")).status_code == 200
    erasure.erase(customer=customer, by=superuser)
    assert browser.get(reverse("customer:order-list")).status_code == 302
    for login in {name, "carl@example.com", fresh(customer).get_username(), fresh(customer).email} - {""}:
        assert authenticate(username=login, password="correct-horse") is None
        Client().post(reverse("password-reset"), {"email": login if "@" in login else "carl@example.com"})
    assert mail.outbox == []


def test_erase__the_address_can_register_again(customer, superuser, client):
    erasure.erase(customer=customer, by=superuser)
    response = client.post(
        reverse("customer:register"),
        {"email": "carl@example.com", "password1": "correct-horse-battery", "password2": "correct-horse-battery"},
    )
    assert response.status_code == 302
    again = get_user_model().objects.get(email="carl@example.com")
    assert again.pk != customer.pk
    assert again.customer_profile.email_digest == email_digest("carl@example.com")
    assert customers.create(email="second@example.com", by=superuser)


def test_erase__sessions_go_from_the_table(make_user, superuser):
    customer, other = make_user("carl"), make_user("other")
    for who in (customer, other):
        Client().force_login(who)
    assert Session.objects.count() == 2
    receipt = erasure.erase(customer=customer, by=superuser)
    assert [session.get_decoded()["_auth_user_id"] for session in Session.objects.all()] == [str(other.pk)]
    assert {"table": "sessions", "rows": 1}.items() <= _part(receipt, "sessions").items()


def test_erase__roles_and_partners_end(make_user, superuser):
    ex_staff = make_user("bea", is_staff=True)
    ex_staff.groups.add(Group.objects.create(name="Support"))
    partner = PartnerFactory()
    partner.users.add(ex_staff)
    erasure.erase(customer=ex_staff, by=superuser)
    account = fresh(ex_staff)
    assert not account.is_staff
    assert not account.groups.exists() and not partner.users.exists()


def test_erase__reviews_lose_their_author_and_can_still_be_moderated(customer, superuser, client_for):
    product = OrderFactory().lines.get().product or _product()
    review = ProductReview.objects.create(product=product, user=customer, score=4, title="Good", body="Very", status=1)
    erasure.erase(customer=customer, by=superuser)
    review.refresh_from_db()
    assert (review.user, review.title, review.reviewer_name) == (None, "Good", "Former customer")
    review.full_clean()
    assert client_for(superuser).get(reverse("dashboard:reviews-list")).status_code == 200


def test_erase__staff_who_acted_keep_their_names(shopper, superuser):
    staff = CustomerFactory(is_staff=True, first_name="Bea", last_name="Bell")
    timeline.record(kind=timeline.VERIFIED, customer=shopper, by=staff, data={"how": "phone"})
    timeline.record(kind=timeline.VERIFIED, customer=staff, by=shopper, data={"how": "phone"})
    erasure.erase(customer=shopper, by=superuser)
    names = set(TimelineEvent.objects.filter(customer=shopper).values_list("actor_name", flat=True))
    assert names >= {"Bea Bell", "Su Peruser"}
    assert not {name for name in names if "Carl" in name or "Karl" in name or "erased-" in name}
    assert all(event.data == {} for event in TimelineEvent.objects.filter(customer=shopper))
    assert TimelineEvent.objects.filter(customer=shopper, kind="erased").exists()
    # What a customer did to somebody else is that one's history.
    assert TimelineEvent.objects.get(customer=staff).actor_name == "Karl Caller"


def test_erase__guest_orders_with_the_same_address_are_somebody_elses(customer, superuser):
    guest = GuestOrderFactory(guest_email="carl@example.com")
    erasure.erase(customer=customer, by=superuser)
    guest.refresh_from_db()
    assert guest.guest_email == "carl@example.com"
    assert DirectoryEntry.objects.filter(order=guest).exists()


def test_erase__a_denial_cannot_be_shaken_off(customer, superuser):
    digest = untagged_email_digest(customer.email)
    CustomerProfile.objects.filter(user=customer).update(
        denied_at="2024-01-01T00:00Z", denied_email_digest=digest, denial_reason="Fraud of Carl"
    )
    erasure.erase(customer=customer, by=superuser)
    profile = fresh(customer).customer_profile
    assert (profile.denied_email_digest, profile.denial_reason) == (digest, "")


def test_erase__twice_gives_the_first_receipt(customer, superuser):
    first = erasure.erase(customer=customer, by=superuser)
    assert erasure.erase(customer=customer, by=superuser) == first
    assert ErasureReceipt.objects.count() == 1


def test_erase__two_accounts_side_by_side(superuser):
    """Placeholders do not clash where names and addresses are unique."""
    for customer in CustomerFactory.create_batch(3):
        erasure.erase(customer=customer, by=superuser)
    assert CustomerProfile.objects.filter(erased_at__isnull=False).count() == 3


def test_erase__an_account_from_before_the_package(customer, superuser):
    CustomerProfile.objects.filter(user=customer).delete()
    DirectoryEntry.objects.filter(user=customer).delete()
    receipt = erasure.erase(customer=get_user_model().objects.get(pk=customer.pk), by=superuser)
    assert receipt.number == fresh(customer).customer_profile.number


def test_erase__who_may(customer, staff_with, superuser):
    staff = staff_with("erase_customer")
    superior = staff_with("set_password")
    with pytest.raises(NotAllowed):
        erasure.erase(customer=superior, by=staff)
    with pytest.raises(NotAllowed):
        erasure.erase(customer=superuser, by=staff)
    with pytest.raises(Conflict):
        erasure.erase(customer=superuser, by=superuser)
    assert not CustomerProfile.objects.filter(erased_at__isnull=False).exists()
    assert erasure.erase(customer=customer, by=customer).erased_by_name == ""


def test_update__of_an_erased_account_is_refused(customer, superuser):
    stale = fresh(customer)
    erasure.erase(customer=customer, by=superuser)
    with pytest.raises(Conflict):
        customers.update(customer=stale, changes={"first_name": "Carl"}, by=superuser)
    assert fresh(customer).first_name == ""


def test_erase__an_account_that_is_gone(customer, superuser):
    stale = fresh(customer)
    customer.delete()
    with pytest.raises(Conflict):
        erasure.erase(customer=stale, by=superuser)


def test_erase__tells_who_listens(customer, superuser):
    told = []

    def listen(customer, by, receipt, **kwargs):
        told.append((customer.email, by, receipt))

    customer_erased.connect(listen)
    try:
        receipt = erasure.erase(customer=customer, by=superuser)
    finally:
        customer_erased.disconnect(listen)
    assert told == [("carl@example.com", superuser, receipt)]


def test_erase__that_dies_half_way_has_done_nothing(customer, superuser, monkeypatch):
    planter = Planter(customer, "w")
    planter.plant()
    plant_by_hand(planter)
    planter.words["carl@nowhere"] = None
    before = find(planter.words)
    steps = len(personal_data.about_customers())
    treat = scrubbing.treat
    for dies_at in (*range(0, steps, 5), steps - 1):
        done = []

        def dying(entry, customer, dies_at=dies_at, done=done):
            if len(done) == dies_at:
                raise RuntimeError("power cut")
            done.append(entry)
            return treat(entry, customer)

        monkeypatch.setattr(scrubbing, "treat", dying)
        with pytest.raises(RuntimeError):
            erasure.erase(customer=fresh(customer), by=superuser)
        assert find(planter.words) == before, f"after {dies_at} steps"
    monkeypatch.setattr(scrubbing, "treat", treat)
    monkeypatch.setattr(erasure, "write_receipt", lambda **kwargs: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        erasure.erase(customer=fresh(customer), by=superuser)
    assert find(planter.words) == before
    assert not ErasureReceipt.objects.exists()


def test_erase__costs_the_same_for_many_orders(superuser):
    def queries_for(orders):
        customer = CustomerFactory(addresses=2)
        OrderFactory.create_batch(orders, user=customer, paid_with="card")
        erasure.erase(customer=CustomerFactory(), by=superuser)
        with CaptureQueriesContext(connection) as captured:
            erasure.erase(customer=customer, by=superuser)
        return len(captured)

    few = queries_for(1)
    assert queries_for(12) == few < 200


def test_preview__counts_and_changes_nothing(shopper, superuser):
    Basket.objects.create(owner=shopper)
    words = {"karl", "caller", "carl@example.com"}
    before = find(words)
    preview = erasure.preview(customer=shopper)
    assert find(words) == before
    assert [(each.code, each.count) for each in preview.obstacles] == [("open_orders", 2)]
    deleted = {part.table: part.rows for part in preview.deleted}
    assert deleted["address.UserAddress"] == 2
    assert deleted["oscar_customer_mgmt.CustomerNote"] == 1
    kept = {part.table: part for part in preview.kept}
    assert kept["order.Order"].rows == 3
    assert "The books need it" in kept["order.Order"].reason
    assert preview.unclassified == []
    receipt = erasure.erase(customer=shopper, by=superuser)
    for part in preview.deleted:
        assert _part(receipt, part.table, "deleted")["rows"] == part.rows


def test_preview__a_filled_basket_is_in_the_way(customer):
    basket = Basket.objects.create(owner=customer)
    product = _product()
    basket.lines.create(
        line_reference="1", product=product, stockrecord=product.stockrecords.get(), price_currency="GBP"
    )
    (obstacle,) = erasure.preview(customer=customer).obstacles
    assert (obstacle.code, obstacle.count) == ("open_baskets", 1)


def test_open_statuses__end_where_only_a_cancellation_is_left(settings):
    assert erasure.open_statuses() == ["Pending", "Being processed"]
    settings.OSCAR_ORDER_STATUS_PIPELINE = {}
    assert erasure.open_statuses() == []


def _part(receipt, table, treatment="deleted"):
    parts = [part for part in receipt.summary if part["table"] == table and part["treatment"] == treatment]
    assert len(parts) == 1, (table, receipt.summary)
    return parts[0]


def _product():
    return create_product(price="10.00", num_in_stock=5)


@pytest.mark.project("uuid_user")
def test_erase__the_shops_own_tables_and_files(
    customer, superuser, django_capture_on_commit_callbacks, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path
    cards = [
        LoyaltyCard.objects.create(
            holder=customer,
            number=f"N{number}",
            printed_name=f"Carl {number}",
            photo=ContentFile(b"face", name=f"carl{number}.png"),
            wishes=["tea"],
            issued_on="2024-01-01",
        )
        for number in range(2)
    ]
    CardUse.objects.create(card=cards[0], place="Leeds")
    assert len(list(tmp_path.rglob("*.png"))) == 2
    with django_capture_on_commit_callbacks(execute=True):
        erasure.erase(customer=customer, by=superuser)
        assert len(list(tmp_path.rglob("*.png"))) == 2, "no file goes before the transaction is through"
    first, second = LoyaltyCard.objects.order_by("number")
    assert (first.number, first.photo.name, first.wishes) == ("N0", "", [])
    assert first.printed_name != second.printed_name and "Carl" not in first.printed_name + second.printed_name
    assert not CardUse.objects.exists()
    assert not list(tmp_path.rglob("*.png"))
