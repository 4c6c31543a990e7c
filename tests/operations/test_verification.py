"""Confirm accounts that staff made."""

import smtplib

import pytest
from django.contrib.sites.models import Site
from django.core import mail, signing

from oscar_customer_mgmt.exceptions import Conflict, DeadLink, InvalidData, NotAllowed
from oscar_customer_mgmt.host import Email
from oscar_customer_mgmt.models import CustomerProfile, DirectoryEntry, TimelineEvent
from oscar_customer_mgmt.operations import customers, erasure, verification
from oscar_customer_mgmt.queries.verification import may_not_log_in_yet, waits_for_confirmation
from oscar_customer_mgmt.test.factories import CustomerFactory
from tests.mailed import let_days_pass, link, token

pytestmark = [pytest.mark.django_db, pytest.mark.everywhere]

PASSWORD = "battery-staple-9"


@pytest.fixture
def staff():
    return CustomerFactory(is_staff=True, is_superuser=True, first_name="Su", last_name="Peruser")


@pytest.fixture
def new(staff):
    """An account that staff made, without a password."""
    return customers.create(email="New.One@example.com", first_name="Nora", by=staff)


def stored(customer):
    return CustomerProfile.objects.get(user=customer)


def reason(works_not):
    with pytest.raises(DeadLink) as caught:
        works_not()
    return caught.value.reason


# --- the e-mail


def test_send__mails_a_link_and_says_when(new, staff):
    verification.send(customer=new, by=staff)
    message = mail.outbox[0]
    assert message.to == ["New.One@example.com"]
    assert "choose a password" in message.body
    ((html, kind),) = message.alternatives
    assert kind == "text/html"
    assert link() in html and link() in message.body
    assert stored(new).verification_sent_at is not None
    event = TimelineEvent.objects.get(kind="verification_sent")
    assert (event.customer, event.actor) == (new, staff)
    assert waits_for_confirmation(new), "sending confirms nothing"


def test_send__to_who_has_a_password_asks_for_none(staff):
    customer = customers.create(email="new@example.com", password=PASSWORD, by=staff)
    verification.send(customer=customer, by=staff)
    assert "choose a password" not in mail.outbox[0].body


def test_send__is_absolute_by_scheme_and_site(new, staff, settings):
    settings.OSCAR_URL_SCHEMA = "https"
    site = Site.objects.create(domain="second.example", name="Second shop")
    verification.send(customer=new, by=staff, site=site)
    assert f"https://second.example{link()}" in mail.outbox[0].body
    assert "Second shop" in mail.outbox[0].subject


def test_send__keeps_no_link_in_the_history(new, staff, settings):
    settings.OSCAR_SAVE_SENT_EMAILS_TO_DB = True
    verification.send(customer=new, by=staff)
    kept = Email.objects.get(user=new)
    assert kept.subject == mail.outbox[0].subject
    assert token() not in kept.body_text + kept.body_html
    assert "/confirm/" not in kept.body_text + kept.body_html


def test_send__that_fails_is_told_and_not_written_down(new, staff, monkeypatch):
    def fail(*args, **kwargs):
        raise smtplib.SMTPServerDisconnected

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", fail)
    with pytest.raises(Conflict, match="could not be sent"):
        verification.send(customer=new, by=staff)
    assert stored(new).verification_sent_at is None
    assert not TimelineEvent.objects.filter(kind="verification_sent").exists()


@pytest.mark.parametrize("state", ["inactive", "denied", "verified", "registered"])
def test_send__nothing_to_whom_no_link_helps(new, staff, state):
    if state == "registered":
        new = CustomerFactory()
    elif state == "inactive":
        type(new).objects.filter(pk=new.pk).update(is_active=False)
    elif state == "denied":
        CustomerProfile.objects.filter(user=new).update(denied_at="2026-01-01T00:00Z")
    else:
        verification.verify(customer=new, by=staff)
    with pytest.raises(Conflict):
        verification.send(customer=new, by=staff)
    assert not mail.outbox


def test_send__not_over_an_account_with_more_rights(new, staff_with):
    type(new).objects.filter(pk=new.pk).update(is_superuser=True)
    with pytest.raises(NotAllowed):
        verification.send(customer=new, by=staff_with("change_customer"))
    assert not mail.outbox


# --- the link


def test_confirm__sets_the_first_password(new, staff):
    verification.send(customer=new, by=staff)
    confirmed = verification.confirm(token=token(), password=PASSWORD)
    confirmed.refresh_from_db()
    assert confirmed == new
    assert confirmed.check_password(PASSWORD)
    assert stored(new).verified_at is not None
    assert not waits_for_confirmation(confirmed)
    event = TimelineEvent.objects.get(kind="verified")
    assert (event.customer, event.actor, event.data) == (new, new, {"how": "link"})
    assert DirectoryEntry.objects.get(user=new).is_verified


@pytest.mark.parametrize("password", [None, "", "short" * 40 + "\x00"])
def test_confirm__wants_a_password_where_there_is_none(new, staff, password):
    verification.send(customer=new, by=staff)
    with pytest.raises(InvalidData):
        verification.confirm(token=token(), password=password)
    assert stored(new).verified_at is None
    assert verification.confirm(token=token(), password=PASSWORD), "the link is still good"


def test_confirm__wants_a_password_that_the_shop_takes(new, staff, settings):
    settings.AUTH_PASSWORD_VALIDATORS = [
        {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"}
    ]
    verification.send(customer=new, by=staff)
    with pytest.raises(InvalidData) as caught:
        verification.confirm(token=token(), password="new.one@example.com")
    assert "password" in caught.value.errors
    assert stored(new).verified_at is None


def test_confirm__leaves_a_password_that_there_is(staff):
    customer = customers.create(email="new@example.com", password=PASSWORD, by=staff)
    verification.send(customer=customer, by=staff)
    verification.confirm(token=token(), password="another-one-9")
    customer.refresh_from_db()
    assert customer.check_password(PASSWORD)


def test_read__uses_nothing_up(new, staff):
    verification.send(customer=new, by=staff)
    for _time in range(3):
        assert verification.read(token=token()) == new
    assert stored(new).verified_at is None


def test_confirm__works_once(new, staff):
    verification.send(customer=new, by=staff)
    verification.confirm(token=token(), password=PASSWORD)
    assert reason(lambda: verification.read(token=token())) == DeadLink.USED
    assert reason(lambda: verification.confirm(token=token(), password="another-one-9")) == DeadLink.USED
    new.refresh_from_db()
    assert new.check_password(PASSWORD)
    assert TimelineEvent.objects.filter(kind="verified").count() == 1


def test_confirm__of_two_links_ends_both(new, staff):
    for _time in range(2):
        verification.send(customer=new, by=staff)
    verification.confirm(token=token(mail.outbox[0]), password=PASSWORD)
    assert reason(lambda: verification.confirm(token=token(mail.outbox[1]), password=PASSWORD)) == DeadLink.USED


@pytest.mark.parametrize(("days", "is_dead"), [(6.9, False), (7.1, True)])
def test_confirm__works_for_seven_days(new, staff, monkeypatch, days, is_dead):
    verification.send(customer=new, by=staff)
    let_days_pass(monkeypatch, days)
    if is_dead:
        assert reason(lambda: verification.confirm(token=token(), password=PASSWORD)) == DeadLink.EXPIRED
    else:
        assert verification.confirm(token=token(), password=PASSWORD)


def test_confirm__for_as_long_as_the_shop_says(new, staff, monkeypatch, settings):
    settings.OSCAR_CUSTOMER_MGMT = {"VERIFICATION_MAX_AGE_DAYS": 1}
    verification.send(customer=new, by=staff)
    assert "for 1 day." in mail.outbox[0].body
    let_days_pass(monkeypatch, 1.1)
    assert reason(lambda: verification.read(token=token())) == DeadLink.EXPIRED


def test_confirm__takes_no_other_signature(new, staff):
    verification.send(customer=new, by=staff)
    good = token()
    other = signing.dumps([str(new.pk), "x"], salt="another")
    for bad in (
        "",
        "x",
        good[:-1],
        good[:-1] + ("A" if good[-1] != "A" else "B"),
        "A" + good,
        good * 20,
        other,
        "\x00",
    ):
        assert reason(lambda bad=bad: verification.confirm(token=bad, password=PASSWORD)) == DeadLink.UNKNOWN
    assert stored(new).verified_at is None


def test_confirm__dies_with_a_change_of_the_address(new, staff):
    verification.send(customer=new, by=staff)
    new.email = "elsewhere@example.com"
    new.save()
    assert reason(lambda: verification.confirm(token=token(), password=PASSWORD)) == DeadLink.OUTDATED


def test_confirm__a_link_that_asked_for_a_password_dies_once_there_is_one(new, staff):
    verification.send(customer=new, by=staff)
    new.set_password(PASSWORD)
    new.save()
    assert reason(lambda: verification.confirm(token=token(), password="another-one-9")) == DeadLink.OUTDATED


@pytest.mark.parametrize("state", ["inactive", "denied"])
def test_confirm__not_a_closed_account(new, staff, state):
    verification.send(customer=new, by=staff)
    if state == "inactive":
        type(new).objects.filter(pk=new.pk).update(is_active=False)
    else:
        CustomerProfile.objects.filter(user=new).update(denied_at="2026-01-01T00:00Z")
    assert reason(lambda: verification.confirm(token=token(), password=PASSWORD)) == DeadLink.CLOSED
    assert stored(new).verified_at is None


def test_confirm__not_an_erased_account(new, staff):
    verification.send(customer=new, by=staff)
    good = token()
    erasure.erase(customer=new, by=staff)
    assert reason(lambda: verification.confirm(token=good, password=PASSWORD)) == DeadLink.UNKNOWN


# --- by hand, and again


def test_verify__by_hand(new, staff):
    verification.verify(customer=new, by=staff)
    event = TimelineEvent.objects.get(kind="verified")
    assert (event.actor, event.data) == (staff, {"how": "by_hand"})
    first = stored(new).verified_at
    verification.verify(customer=new, by=staff)
    assert stored(new).verified_at == first
    assert TimelineEvent.objects.filter(kind="verified").count() == 1


def test_verify__not_over_an_account_with_more_rights(new, staff_with):
    type(new).objects.filter(pk=new.pk).update(is_superuser=True)
    with pytest.raises(NotAllowed):
        verification.verify(customer=new, by=staff_with("change_customer"))


def test_send_again__only_to_who_waits_and_not_at_once(new, staff):
    CustomerFactory(email="known@example.com")
    for asked in ("known@example.com", "nobody@example.com", "", "\x00"):
        verification.send_again(email=asked)
    assert not mail.outbox
    verification.send_again(email="NEW.one@example.com")
    verification.send_again(email="new.one@example.com")
    assert [message.to for message in mail.outbox] == [["New.One@example.com"]]
    earlier = stored(new).verification_sent_at - verification.PAUSE
    CustomerProfile.objects.filter(user=new).update(verification_sent_at=earlier)
    verification.send_again(email="new.one@example.com")
    assert len(mail.outbox) == 2
    assert TimelineEvent.objects.filter(kind="verification_sent").first().actor is None


def test_send_again__when_the_mail_fails_may_be_tried_at_once(new, monkeypatch):
    def fail(*args, **kwargs):
        raise smtplib.SMTPServerDisconnected

    with monkeypatch.context() as patch:
        patch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", fail)
        verification.send_again(email="new.one@example.com")
    assert stored(new).verification_sent_at is None
    verification.send_again(email="new.one@example.com")
    assert len(mail.outbox) == 1


# --- who stays out


@pytest.mark.parametrize(
    ("origin", "waits"), [("dashboard", True), ("api", True), ("import", False), ("storefront", False)]
)
def test_create__whom_staff_made_waits(staff, origin, waits):
    customer = customers.create(email="another@example.com", by=staff, origin=origin)
    assert waits_for_confirmation(customer) == waits


def test_may_not_log_in_yet__concerns_accounts_made_by_staff_alone(new, settings):
    assert may_not_log_in_yet(new)
    assert not may_not_log_in_yet(CustomerFactory())
    old = CustomerFactory()
    CustomerProfile.objects.filter(user=old).delete()
    assert not may_not_log_in_yet(type(old).objects.get(pk=old.pk))
    settings.OSCAR_CUSTOMER_MGMT = {"UNVERIFIED_MAY_LOG_IN": True}
    assert not may_not_log_in_yet(new)
