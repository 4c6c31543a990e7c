"""Change an e-mail address: asked for by staff, confirmed at the new one."""

import smtplib

import pytest
from django.contrib.auth.tokens import default_token_generator
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend

from oscar_customer_mgmt.exceptions import Conflict, DeadLink, EmailTaken, InvalidData, NotAllowed
from oscar_customer_mgmt.host import Email
from oscar_customer_mgmt.models import CustomerProfile, DirectoryEntry, EmailChange, TimelineEvent
from oscar_customer_mgmt.models.profiles import email_digest
from oscar_customer_mgmt.operations import customers, email_changes, erasure, verification
from oscar_customer_mgmt.queries.email_changes import pending
from oscar_customer_mgmt.queries.verification import waits_for_confirmation
from oscar_customer_mgmt.test.factories import CustomerFactory
from tests.mailed import let_days_pass, link, token

pytestmark = [pytest.mark.django_db, pytest.mark.everywhere]

NEW = "Carl.New@example.com"


@pytest.fixture
def staff():
    return CustomerFactory(is_staff=True, is_superuser=True)


@pytest.fixture
def carl():
    return CustomerFactory(email="carl@example.com", password="correct-horse", locale="de")


@pytest.fixture
def ask(carl, staff):
    """Return a function that asks for a change and gives the token that was mailed."""

    def ask(new_email=NEW, customer=carl):
        before = len(mail.outbox)
        email_changes.request(customer=customer, new_email=new_email, by=staff)
        return token(mail.outbox[before])

    return ask


def address_of(customer):
    return type(customer).objects.get(pk=customer.pk).email


def reason(works_not):
    with pytest.raises(DeadLink) as caught:
        works_not()
    return caught.value.reason


def test_request__mails_the_new_address_a_link_and_the_old_one_a_notice(carl, staff, ask):
    ask()
    to_new, to_old = mail.outbox
    assert (to_new.to, to_old.to) == ([NEW], ["carl@example.com"])
    assert link(to_new) in to_new.body and link(to_new) in to_new.alternatives[0][0]
    for message in (to_old.body, to_old.alternatives[0][0]):
        assert "contact us" in message and "new-e-mail" not in message and NEW not in message
    assert address_of(carl) == "carl@example.com"
    change = pending(carl)
    assert (change.new_email, change.requested_by) == (NEW, staff)
    event = TimelineEvent.objects.get(kind="email_change_requested")
    assert (event.actor, event.data) == (staff, {"from": "carl@example.com", "to": NEW})


def test_request__keeps_no_link_in_the_history(carl, ask, settings):
    settings.OSCAR_SAVE_SENT_EMAILS_TO_DB = True
    made = ask()
    kept = list(Email.objects.filter(user=carl))
    assert [email.email for email in kept] == ["carl@example.com"]
    assert made not in "".join(email.body_text + email.body_html for email in kept)


def test_confirm__changes_the_address_everywhere(carl, ask):
    reset = default_token_generator.make_token(carl)
    changed = email_changes.confirm(token=ask())
    assert changed.email == NEW == address_of(carl)
    profile = CustomerProfile.objects.get(user=carl)
    assert profile.email_digest == email_digest(NEW)
    assert DirectoryEntry.objects.get(user=carl).email == NEW
    assert pending(changed) is None and not EmailChange.objects.exists()
    event = TimelineEvent.objects.get(kind="email_changed")
    assert (event.actor, event.data) == (carl, {"from": "carl@example.com", "to": NEW})
    assert not default_token_generator.check_token(changed, reset), "links that went to the old mailbox die"
    assert changed.check_password("correct-horse")


def test_confirm__proves_the_address_of_an_account_made_by_staff(staff, ask):
    customer = customers.create(email="typo@example.co", by=staff)
    changed = email_changes.confirm(token=ask("right@example.com", customer))
    assert not waits_for_confirmation(changed)
    assert TimelineEvent.objects.get(kind="verified").data == {"how": "email_change"}


def test_read__uses_nothing_up(carl, ask):
    made = ask()
    for _time in range(2):
        assert email_changes.read(token=made).new_email == NEW
    assert address_of(carl) == "carl@example.com"


def test_confirm__works_once(carl, ask):
    made = ask()
    email_changes.confirm(token=made)
    assert reason(lambda: email_changes.confirm(token=made)) == DeadLink.OUTDATED
    assert TimelineEvent.objects.filter(kind="email_changed").count() == 1


def test_confirm__only_the_last_link(carl, ask):
    first, second = ask(), ask("other@example.com")
    assert reason(lambda: email_changes.confirm(token=first)) == DeadLink.OUTDATED
    assert email_changes.confirm(token=second).email == "other@example.com"


def test_confirm__not_after_a_cancellation(carl, staff, ask):
    made = ask()
    email_changes.cancel(customer=carl, by=staff)
    assert pending(carl) is None
    assert reason(lambda: email_changes.confirm(token=made)) == DeadLink.OUTDATED
    event = TimelineEvent.objects.get(kind="email_change_cancelled")
    assert (event.actor, event.data) == (staff, {"to": NEW})
    with pytest.raises(Conflict):
        email_changes.cancel(customer=carl, by=staff)


def test_confirm__not_too_late(carl, ask, monkeypatch):
    made = ask()
    let_days_pass(monkeypatch, 7.1)
    assert reason(lambda: email_changes.confirm(token=made)) == DeadLink.EXPIRED


def test_confirm__takes_no_other_signature(carl, ask, staff):
    made = ask()
    customer = customers.create(email="waiting@example.com", by=staff)
    verification.send(customer=customer, by=staff)
    for bad in ("", "x", made[:-1], "A" + made, token()):
        assert reason(lambda bad=bad: email_changes.confirm(token=bad)) == DeadLink.UNKNOWN
    assert address_of(carl) == "carl@example.com"


def test_confirm__not_when_the_customer_changed_the_address_meanwhile(carl, ask):
    made = ask()
    carl.email = "mine@example.com"
    carl.save()
    assert pending(carl) is None
    assert reason(lambda: email_changes.confirm(token=made)) == DeadLink.OUTDATED
    assert address_of(carl) == "mine@example.com"


@pytest.mark.parametrize("spelt", [NEW, NEW.upper()])
def test_confirm__not_an_address_that_somebody_got_meanwhile(carl, ask, spelt):
    made = ask()
    other = CustomerFactory(email=spelt)
    with pytest.raises(EmailTaken):
        email_changes.confirm(token=made)
    assert address_of(carl) == "carl@example.com"
    assert CustomerProfile.objects.get(user=carl).email_digest == email_digest("carl@example.com")
    assert CustomerProfile.objects.get(user=other).email_digest == email_digest(NEW)
    assert pending(carl) is not None


@pytest.mark.parametrize("state", ["inactive", "denied", "erased"])
def test_confirm__not_of_a_closed_account(carl, ask, staff, state):
    made = ask()
    if state == "inactive":
        type(carl).objects.filter(pk=carl.pk).update(is_active=False)
    elif state == "denied":
        CustomerProfile.objects.filter(user=carl).update(denied_at="2026-01-01T00:00Z")
    else:
        erasure.erase(customer=carl, by=staff)
    expected = DeadLink.UNKNOWN if state == "erased" else DeadLink.CLOSED
    assert reason(lambda: email_changes.confirm(token=made)) == expected
    assert address_of(carl) != NEW
    with pytest.raises(Conflict):
        email_changes.request(customer=carl, new_email="third@example.com", by=staff)


@pytest.mark.parametrize(
    "bad", ["", "no address", "carl@example.com", "x" * 250 + "@example.com", "a\x00b@example.com", "taken@EXAMPLE.com"]
)
def test_request__refuses_what_cannot_be(carl, staff, bad):
    CustomerFactory(email="Taken@example.com")
    with pytest.raises(InvalidData) as caught:
        email_changes.request(customer=carl, new_email=bad, by=staff)
    assert list(caught.value.errors) == ["email"]
    assert not mail.outbox and pending(carl) is None


def test_request__may_change_the_case_alone(carl, ask):
    assert email_changes.confirm(token=ask("Carl@example.com")).email == "Carl@example.com"


def test_request__not_over_an_account_with_more_rights(staff, staff_with):
    with pytest.raises(NotAllowed):
        email_changes.request(customer=staff, new_email=NEW, by=staff_with("change_customer_email"))
    assert not mail.outbox


def _fails_for(monkeypatch, address):
    send = EmailBackend.send_messages

    def fail(self, messages):
        if messages[0].to == [address]:
            raise smtplib.SMTPRecipientsRefused({address: (550, b"no such mailbox")})
        return send(self, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", fail)


def test_request__that_cannot_be_mailed_stores_nothing(carl, staff, monkeypatch):
    _fails_for(monkeypatch, NEW)
    with pytest.raises(Conflict, match="could not be sent"):
        email_changes.request(customer=carl, new_email=NEW, by=staff)
    assert pending(carl) is None
    assert not mail.outbox
    assert not TimelineEvent.objects.filter(kind="email_change_requested").exists()


def test_request__goes_on_when_the_old_mailbox_is_gone(carl, staff, monkeypatch):
    _fails_for(monkeypatch, "carl@example.com")
    email_changes.request(customer=carl, new_email=NEW, by=staff)
    assert email_changes.confirm(token=token()).email == NEW
