"""Mailed links that are used at once, with real threads on databases that lock rows."""

import pytest
from django.contrib.auth import get_user_model
from django.core import mail
from django.db import connection

from oscar_customer_mgmt.exceptions import CustomerManagementError, DeadLink, EmailTaken
from oscar_customer_mgmt.models import CustomerProfile, EmailChange, TimelineEvent
from oscar_customer_mgmt.models.profiles import email_digest
from oscar_customer_mgmt.operations import customers, directory, email_changes, erasure, verification
from oscar_customer_mgmt.test.factories import CustomerFactory
from tests.mailed import token
from tests.operations.test_concurrency import at_once, times

pytestmark = [
    pytest.mark.row_locks,
    pytest.mark.skipif(connection.vendor == "sqlite", reason="needs a database that locks rows"),
    pytest.mark.django_db(transaction=True),
]

THREADS = 6


@pytest.fixture
def superuser():
    return CustomerFactory(is_staff=True, is_superuser=True)


def caught(work):
    """Return a function that gives back what ``work`` returns or raises."""

    def run(*args):
        try:
            return work(*args)
        except CustomerManagementError as error:
            return error

    return run


def test_confirm__one_of_many_sets_the_password(superuser):
    new = customers.create(email="new@example.com", by=superuser)
    verification.send(customer=new, by=superuser)
    link = token()
    confirm = caught(lambda number: verification.confirm(token=link, password=f"battery-staple-{number}"))
    results = at_once(*times(THREADS, confirm))
    done = [number for number, result in enumerate(results) if not isinstance(result, Exception)]
    assert len(done) == 1
    assert {result.reason for result in results if isinstance(result, DeadLink)} == {DeadLink.USED}
    assert get_user_model().objects.get(pk=new.pk).check_password(f"battery-staple-{done[0]}")
    assert TimelineEvent.objects.filter(kind="verified").count() == 1


def test_confirm__while_staff_confirm_by_hand_and_others_edit(superuser):
    new = customers.create(email="new@example.com", password="battery-staple-9", by=superuser)
    verification.send(customer=new, by=superuser)
    link = token()
    at_once(
        caught(lambda: verification.confirm(token=link)),
        caught(lambda: verification.verify(customer=new, by=superuser)),
        caught(lambda: customers.update(customer=new, changes={"company": "Parsonage"}, by=superuser)),
        caught(lambda: customers.update(customer=new, changes={"first_name": "Emily"}, by=superuser)),
    )
    profile = CustomerProfile.objects.get(user=new)
    assert profile.verified_at is not None and profile.company == "Parsonage"
    assert TimelineEvent.objects.filter(kind="verified").count() == 1
    assert not directory.check()


def test_confirm__while_the_account_is_erased(superuser):
    new = customers.create(email="new@example.com", by=superuser)
    verification.send(customer=new, by=superuser)
    link = token()
    confirmed, _receipt = at_once(
        caught(lambda: verification.confirm(token=link, password="battery-staple-9")),
        lambda: erasure.erase(customer=new, by=superuser),
    )
    account = get_user_model().objects.get(pk=new.pk)
    assert not account.has_usable_password() and not account.is_active
    assert CustomerProfile.objects.get(user=new).verified_at is None
    assert isinstance(confirmed, (Exception, get_user_model()))


def test_send_again__many_at_once_are_one_email(superuser):
    customers.create(email="new@example.com", by=superuser)
    at_once(*times(THREADS, lambda number: verification.send_again(email="new@example.com")))
    assert [message.to for message in mail.outbox] == [["new@example.com"]]


def test_email_change__one_link_pressed_by_many(superuser):
    carl = CustomerFactory(email="carl@example.com")
    email_changes.request(customer=carl, new_email="new@example.com", by=superuser)
    link = token(mail.outbox[0])
    results = at_once(*times(THREADS, caught(lambda number: email_changes.confirm(token=link))))
    assert sum(not isinstance(result, Exception) for result in results) == 1
    assert {type(result) for result in results if isinstance(result, Exception)} == {DeadLink}
    assert TimelineEvent.objects.filter(kind="email_changed").count() == 1
    assert not directory.check()


@pytest.mark.parametrize("turn", range(3))
def test_email_change__of_several_to_one_address_one_gets_it(superuser, turn):
    people = [CustomerFactory(email=f"person{number}@example.com") for number in range(THREADS)]
    links = []
    for number, person in enumerate(people):
        spelt = "Wanted@example.com" if number % 2 else "wanted@EXAMPLE.com"
        before = len(mail.outbox)
        email_changes.request(customer=person, new_email=spelt, by=superuser)
        links.append(token(mail.outbox[before]))
    results = at_once(*[lambda link=link: caught(lambda: email_changes.confirm(token=link))() for link in links])
    won = [result for result in results if not isinstance(result, Exception)]
    assert len(won) == 1
    assert {type(result) for result in results if isinstance(result, Exception)} == {EmailTaken}
    assert [person.email.lower() for person in get_user_model().objects.filter(email__iexact="wanted@example.com")] == [
        "wanted@example.com"
    ]
    assert CustomerProfile.objects.get(email_digest=email_digest("wanted@example.com")).user == won[0]
    for number, person in enumerate(people):
        if person != won[0]:
            assert CustomerProfile.objects.get(user=person).email_digest == email_digest(f"person{number}@example.com")
    assert not directory.check()


def test_email_change__while_somebody_else_is_made_with_that_address(superuser):
    carl = CustomerFactory(email="carl@example.com")
    email_changes.request(customer=carl, new_email="wanted@example.com", by=superuser)
    link = token(mail.outbox[0])
    results = at_once(
        caught(lambda: email_changes.confirm(token=link)),
        caught(lambda: customers.create(email="WANTED@example.com", by=superuser)),
    )
    assert sum(isinstance(result, EmailTaken) for result in results) == 1
    assert len(get_user_model().objects.filter(email__iexact="wanted@example.com")) == 1


def test_email_change__confirmed_while_it_is_cancelled(superuser):
    carl = CustomerFactory(email="carl@example.com")
    email_changes.request(customer=carl, new_email="new@example.com", by=superuser)
    link = token(mail.outbox[0])
    results = at_once(
        caught(lambda: email_changes.confirm(token=link)),
        caught(lambda: email_changes.cancel(customer=carl, by=superuser)),
    )
    assert sum(isinstance(result, Exception) for result in results) == 1
    assert not EmailChange.objects.exists()
    changed = get_user_model().objects.get(pk=carl.pk).email == "new@example.com"
    assert changed == TimelineEvent.objects.filter(kind="email_changed").exists()


def test_email_change__asked_for_by_many_leaves_one_link(superuser):
    carl = CustomerFactory(email="carl@example.com")
    ask = caught(
        lambda number: email_changes.request(customer=carl, new_email=f"new{number}@example.com", by=superuser)
    )
    results = at_once(*times(THREADS, ask))
    assert not [result for result in results if isinstance(result, Exception)]
    wanted = EmailChange.objects.get().new_email
    links = {message.to[0]: token(message) for message in mail.outbox if message.to != ["carl@example.com"]}
    for address, link in links.items():
        if address != wanted:
            with pytest.raises(DeadLink):
                email_changes.confirm(token=link)
    assert email_changes.confirm(token=links[wanted]).email == wanted
