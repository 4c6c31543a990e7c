"""Denying and allowing: who, what is stored, what is refused."""

import datetime
from unittest import mock

import pytest
from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone
from oscar.core.loading import get_class, get_model

from oscar_customer_mgmt import signals
from oscar_customer_mgmt.exceptions import Conflict, InvalidData, NotAllowed, StaleVersion
from oscar_customer_mgmt.models import CustomerProfile, DeniedEmail, DirectoryEntry, TimelineEvent
from oscar_customer_mgmt.operations import access, customers, erasure
from oscar_customer_mgmt.queries import access as queries
from oscar_customer_mgmt.test.factories import CustomerFactory, GuestOrderFactory, OrderFactory

pytestmark = [pytest.mark.django_db, pytest.mark.everywhere]

Order = get_model("order", "Order")
UnableToPlaceOrder = get_class("order.exceptions", "UnableToPlaceOrder")
HOUR = datetime.timedelta(hours=1)


@pytest.fixture
def agent():
    return CustomerFactory(first_name="Su", last_name="Peruser", is_staff=True, is_superuser=True)


@pytest.fixture
def customer():
    return CustomerFactory(email="Carl@example.com", password="correct-horse")


def stored(customer):
    return CustomerProfile.objects.get(user=customer)


def kinds(customer):
    return list(TimelineEvent.objects.filter(customer=customer).order_by("id").values_list("kind", flat=True))


# --- deny and allow


def test_deny__stores_why_until_when_and_by_whom(customer, agent):
    until = timezone.now() + HOUR
    access.deny(customer=customer, reason=" Chargebacks ", message=" Call us. ", until=until, by=agent)
    profile = stored(customer)
    assert profile.is_denied
    assert (profile.denial_reason, profile.denial_message, profile.denied_by) == ("Chargebacks", "Call us.", agent)
    assert profile.denied_until == until
    event = TimelineEvent.objects.get(customer=customer, kind="denied")
    assert (event.actor, event.data) == (agent, {"reason": "Chargebacks", "until": until.isoformat()})
    assert DirectoryEntry.objects.get(user=customer).is_denied_now


def test_deny__again_stores_the_new_reason_and_keeps_the_beginning(customer, agent):
    access.deny(customer=customer, reason="Chargebacks", by=agent)
    since = stored(customer).denied_at
    access.deny(customer=customer, reason="Chargebacks", by=agent)
    assert kinds(customer).count("denied") == 1
    access.deny(customer=customer, reason="Fraud", by=agent)
    assert (stored(customer).denied_at, stored(customer).denial_reason) == (since, "Fraud")
    assert kinds(customer).count("denied") == 2


def test_deny__after_an_end_that_passed_begins_anew(customer, agent):
    access.deny(customer=customer, reason="Chargebacks", until=timezone.now() + HOUR, by=agent)
    then = timezone.now() - 2 * HOUR
    CustomerProfile.objects.update(denied_at=then, denied_until=then + HOUR)
    access.deny(customer=customer, reason="Chargebacks", by=agent)
    assert stored(customer).is_denied
    assert stored(customer).denied_at > then


@pytest.mark.parametrize(
    ("values", "fields"),
    [
        ({"reason": ""}, ["reason"]),
        ({"reason": "  \n"}, ["reason"]),
        ({"reason": "x" * 10_000}, ["reason"]),
        ({"reason": "null\x00"}, ["reason"]),
        ({"reason": "Fraud", "message": "x" * 10_000}, ["message"]),
        ({"reason": "Fraud", "until": timezone.now() - HOUR}, ["until"]),
        ({"reason": "", "message": "x" * 10_000, "until": timezone.now() - HOUR}, ["message", "reason", "until"]),
    ],
)
def test_deny__says_all_that_is_wrong(customer, agent, values, fields):
    with pytest.raises(InvalidData) as caught:
        access.deny(customer=customer, by=agent, **values)
    assert sorted(caught.value.errors) == fields
    assert not stored(customer).is_denied
    with pytest.raises(InvalidData):
        access.deny_email(email="guest@example.com", by=agent, **values)
    assert not DeniedEmail.objects.exists()


def test_deny__takes_any_text_as_it_is(customer, agent):
    reason = "<script>alert(1)</script> =cmd() \u202eاحتيال 😀"
    access.deny(customer=customer, reason=reason, message=reason, by=agent)
    assert stored(customer).denial_reason == reason


def test_deny__of_a_stale_page(customer, agent):
    seen = queries.version_of(stored(customer))
    access.deny(customer=customer, reason="First", by=agent, expected_version=seen)
    with pytest.raises(StaleVersion):
        access.deny(customer=customer, reason="Second", by=agent, expected_version=seen)
    assert stored(customer).denial_reason == "First"


def test_deny__not_oneself_nor_an_erased_account_nor_the_last_superuser(customer, agent):
    with pytest.raises(Conflict):
        access.deny(customer=agent, reason="Fraud", by=agent)
    with pytest.raises(Conflict):
        access.deny(customer=agent, reason="Fraud", by=None)
    erasure.erase(customer=customer, by=agent)
    for operation in (
        lambda: access.deny(customer=customer, reason="Fraud", by=agent),
        lambda: access.allow(customer=customer, by=agent),
    ):
        with pytest.raises(Conflict):
            operation()


def test_deny__a_second_superuser_only_as_long_as_the_first_can_log_in(agent):
    other = CustomerFactory(is_staff=True, is_superuser=True)
    access.deny(customer=other, reason="Leaving", until=timezone.now() + HOUR, by=agent)
    with pytest.raises(Conflict):
        access.deny(customer=agent, reason="Leaving", by=None)
    access.allow(customer=other, by=agent)
    access.deny(customer=agent, reason="Leaving", by=other)


@pytest.mark.project("plain")
def test_deny__nobody_who_holds_rights_that_one_lacks(staff_with, agent):
    clerk = staff_with("view_customer", "deny_customer")
    stronger = staff_with("view_customer", "deny_customer", "erase_customer")
    for target in (agent, stronger):
        for operation in (
            lambda each=target: access.deny(customer=each, reason="Fraud", by=clerk),
            lambda each=target: access.allow(customer=each, by=clerk),
        ):
            with pytest.raises(NotAllowed):
                operation()
    access.deny(customer=stronger, reason="Fraud", by=agent)
    with pytest.raises(NotAllowed):
        access.allow(customer=stronger, by=clerk)


def test_deny__an_account_from_before_the_package(customer, agent):
    CustomerProfile.objects.filter(user=customer).delete()
    access.deny(customer=get_user_model().objects.get(pk=customer.pk), reason="Fraud", by=agent)
    assert stored(customer).is_denied


def test_deny__dies_half_way_and_nothing_has_happened(customer, agent):
    def fail(**kwargs):
        raise RuntimeError("no")

    signals.customer_denied.connect(fail)
    try:
        with pytest.raises(RuntimeError):
            access.deny(customer=customer, reason="Fraud", by=agent)
    finally:
        signals.customer_denied.disconnect(fail)
    assert not stored(customer).is_denied
    assert "denied" not in kinds(customer)
    assert not DirectoryEntry.objects.get(user=customer).is_denied


def test_allow__clears_it_all(customer, agent):
    access.deny(customer=customer, reason="Fraud", message="No.", until=timezone.now() + HOUR, by=agent)
    access.allow(customer=customer, by=agent)
    access.allow(customer=customer, by=agent)
    profile = stored(customer)
    assert (profile.denied_at, profile.denied_until, profile.denied_by, profile.denied_email_digest) == (None,) * 4
    assert (profile.denial_reason, profile.denial_message) == ("", "")
    assert kinds(customer)[-2:] == ["denied", "allowed"]
    assert TimelineEvent.objects.get(kind="allowed").data == {"how": "by_hand"}
    assert not DirectoryEntry.objects.get(user=customer).is_denied


def test_signals__tell_of_both(customer, agent):
    denied, allowed = mock.Mock(), mock.Mock()
    signals.customer_denied.connect(denied)
    signals.customer_allowed.connect(allowed)
    access.deny(customer=customer, reason="Fraud", by=agent)
    access.allow(customer=customer, by=agent)
    assert denied.call_args.kwargs["reason"] == "Fraud"
    assert allowed.call_args.kwargs["how"] == "by_hand"
    assert denied.call_args.kwargs["customer"] == allowed.call_args.kwargs["customer"] == customer


def test_edit__undoes_no_denial(customer, agent):
    before = get_user_model().objects.select_related("customer_profile").get(pk=customer.pk)
    access.deny(customer=customer, reason="Fraud", by=agent)
    customers.update(customer=before, changes={"company": "Acme", "first_name": "Carla"}, by=agent)
    assert stored(customer).is_denied


# --- the end date


def test_end_date__lifts_it_without_a_job(customer, agent):
    access.deny(customer=customer, reason="Fraud", until=timezone.now() + HOUR, by=agent)
    assert queries.refusal_of_email(customer.email)
    with mock.patch("django.utils.timezone.now", return_value=timezone.now() + 2 * HOUR):
        fresh = get_user_model().objects.get(pk=customer.pk)
        assert queries.refusal_of_customer(fresh) is None
        assert not DirectoryEntry.objects.get(user=customer).is_denied_now
        OrderFactory(user=fresh)


def test_lift_expired__clears_what_is_over_and_nothing_else(customer, agent):
    over = CustomerFactory.create_batch(3)
    for each in (*over, customer):
        access.deny(customer=each, reason="Fraud", until=timezone.now() + HOUR, by=agent)
    CustomerProfile.objects.filter(user__in=over).update(denied_until=timezone.now() - HOUR)
    assert sum(access.lift_expired(batch_size=2)) == 3
    assert sum(access.lift_expired()) == 0
    assert stored(customer).is_denied
    for each in over:
        assert stored(each).denied_at is None
        event = TimelineEvent.objects.get(customer=each, kind="allowed")
        assert (event.actor, event.data) == (None, {"how": "end_date"})


# --- orders


def order_of(customer=None, email=""):
    return OrderFactory(user=customer) if customer else GuestOrderFactory(guest_email=email)


def test_order__of_a_denied_customer_is_refused_whatever_writes_it(customer, agent):
    access.deny(customer=customer, reason="Fraud", message="Please call us.", by=agent)
    # As it was before: a session may have loaded it long ago.
    for each in (customer, get_user_model().objects.get(pk=customer.pk)):
        with pytest.raises(access.OrderRefused, match=r"Please call us\."), transaction.atomic():
            Order.objects.create(number="1", user=each, currency="GBP", total_incl_tax=1, total_excl_tax=1)
    assert not Order.objects.exists()
    assert issubclass(access.OrderRefused, UnableToPlaceOrder) and issubclass(access.OrderRefused, ValueError)
    access.allow(customer=customer, by=agent)
    order_of(customer)


def test_order__that_is_there_already_can_be_changed(customer, agent):
    order = order_of(customer)
    access.deny(customer=customer, reason="Fraud", by=agent)
    order.status = "Cancelled"
    order.save()


def test_order__of_an_erased_account_is_refused(customer, agent):
    erasure.erase(customer=customer, by=agent)
    with pytest.raises(access.OrderRefused), transaction.atomic():
        order_of(get_user_model().objects.get(pk=customer.pk))


@pytest.mark.parametrize(
    "email", ["carl@example.com", "CARL@EXAMPLE.COM", "carl+shop@example.com", " Carl+a+b@Example.com "]
)
def test_order__of_a_guest_with_the_address_of_a_denied_customer(customer, agent, email):
    order_of(email=email)
    access.deny(customer=customer, reason="Fraud", message="You owe us.", by=agent)
    with pytest.raises(access.OrderRefused) as caught, transaction.atomic():
        order_of(email=email)
    # What the customer is told is told to nobody who merely types the address.
    assert "owe" not in str(caught.value)
    order_of(email="carl@example.org")
    access.allow(customer=customer, by=agent)
    order_of(email=email)


def test_order__plus_tags_by_setting(customer, agent, settings):
    settings.OSCAR_CUSTOMER_MGMT = {"DENY_MATCHES_PLUS_TAGS": False}
    access.deny(customer=customer, reason="Fraud", by=agent)
    access.deny_email(email="guest+a@example.com", reason="Fraud", by=agent)
    order_of(email="carl+shop@example.com")
    order_of(email="guest@example.com")
    for email in ("CARL@example.com", "Guest+A@example.com"):
        with pytest.raises(access.OrderRefused), transaction.atomic():
            order_of(email=email)


def test_order__of_another_account_with_a_tag_on_the_denied_address(customer, agent):
    twin = CustomerFactory(email="carl+2@example.com")
    access.deny(customer=customer, reason="Fraud", by=agent)
    with pytest.raises(access.OrderRefused), transaction.atomic():
        order_of(twin)


def test_order__follows_a_changed_address(customer, agent):
    access.deny(customer=customer, reason="Fraud", by=agent)
    fresh = get_user_model().objects.get(pk=customer.pk)
    fresh.email = "charles@example.com"
    fresh.save()
    with pytest.raises(access.OrderRefused), transaction.atomic():
        order_of(email="charles@example.com")
    order_of(email="carl@example.com")


def test_order__of_somebody_who_was_denied_and_erased(customer, agent):
    access.deny(customer=customer, reason="Fraud", by=agent)
    erasure.erase(customer=customer, by=agent)
    with pytest.raises(access.OrderRefused), transaction.atomic():
        order_of(email="carl@example.com")
    anew = CustomerFactory(email="carl@example.com")
    with pytest.raises(access.OrderRefused), transaction.atomic():
        order_of(anew)


def test_order__costs_four_queries_at_most(customer, django_assert_max_num_queries):
    order = Order(number="1", user=customer, currency="GBP")
    with transaction.atomic(), django_assert_max_num_queries(4):
        access.refuse_order(order=order)


# --- addresses without an account


def test_deny_email__in_any_case_and_with_any_tag(agent):
    order = GuestOrderFactory(guest_email="guest@example.com")
    denied = access.deny_email(email=" Guest+x@Example.com ", reason="Fraud", message="Call us.", by=agent)
    for email in ("guest@example.com", "GUEST+y@example.com"):
        assert str(queries.refusal_of_email(email)) == "Call us."
    assert queries.refusal_of_email("other@example.com") is None
    access.deny_email(email="guest@example.com", reason="Fraud", by=agent)
    assert list(TimelineEvent.objects.filter(order=order, kind="email_denied").values_list("actor", flat=True)) == [
        agent.pk
    ]
    access.allow_email(denied=denied, by=agent)
    # The other entry still denies the address.
    assert queries.refusal_of_email("guest+x@example.com")


def test_deny_email__again_replaces_what_was_stored(agent):
    first = access.deny_email(email="guest@example.com", reason="Fraud", by=agent)
    second = access.deny_email(email="GUEST@example.com", reason="More", until=timezone.now() + HOUR, by=agent)
    assert first.pk == second.pk
    assert DeniedEmail.objects.get().reason == "More"


@pytest.mark.parametrize("email", ["", "guest", "a@b", "x" * 300 + "@example.com", "null\x00@example.com"])
def test_deny_email__refuses_what_is_no_address(agent, email):
    with pytest.raises(InvalidData) as caught:
        access.deny_email(email=email, reason="Fraud", by=agent)
    assert list(caught.value.errors) == ["email"]


def test_deny_email__of_an_account_refuses_its_orders_and_lets_it_log_in(customer, agent):
    access.deny_email(email="carl@example.com", reason="Fraud", by=agent)
    with pytest.raises(access.OrderRefused), transaction.atomic():
        order_of(customer)
    assert queries.refusal_of_account(customer) is None
    assert "email_denied" in kinds(customer)


def test_deny_email__ends_by_itself(agent):
    denied = access.deny_email(email="guest@example.com", reason="Fraud", until=timezone.now() + HOUR, by=agent)
    DeniedEmail.objects.update(denied_until=timezone.now() - HOUR)
    assert queries.refusal_of_email("guest@example.com") is None
    assert list(queries.denied_emails("guest@example.com")) == [denied]
    order_of(email="guest@example.com")


def test_allow_email__twice(agent):
    denied = access.deny_email(email="guest@example.com", reason="Fraud", by=agent)
    access.allow_email(denied=denied, by=agent)
    access.allow_email(denied=denied, by=agent)
    assert not DeniedEmail.objects.exists()


@pytest.mark.project("plain")
@pytest.mark.parametrize("email", ["root@example.com", "ROOT+x@example.com"])
def test_deny_email__not_that_of_an_account_with_more_rights(staff_with, email):
    CustomerFactory(email="Root+boss@example.com", is_staff=True, is_superuser=True)
    CustomerFactory(email="root@example.com", is_staff=True, is_superuser=True)
    clerk = staff_with("view_customer", "deny_customer")
    with pytest.raises(NotAllowed):
        access.deny_email(email=email, reason="Fraud", by=clerk)
    denied = access.deny_email(email=email, reason="Fraud", by=None)
    with pytest.raises(NotAllowed):
        access.allow_email(denied=denied, by=clerk)
    # Somebody else's mailbox that begins alike.
    access.deny_email(email="roo@example.com", reason="Fraud", by=clerk)


def test_deny_email__not_ones_own(agent):
    with pytest.raises(Conflict):
        access.deny_email(email=agent.email, reason="Fraud", by=agent)
    denied = access.deny_email(email=agent.email, reason="Fraud", by=None)
    with pytest.raises(Conflict):
        access.allow_email(denied=denied, by=agent)
