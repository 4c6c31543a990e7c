"""Confirm accounts, set passwords and change e-mail addresses in the dashboard."""

import re
import smtplib

import pytest
from django.contrib.auth import get_user_model
from django.core import mail
from django.test import Client
from django.urls import reverse

from oscar_customer_mgmt.host import Email
from oscar_customer_mgmt.models import CustomerProfile, EmailChange, TimelineEvent
from oscar_customer_mgmt.operations import email_changes, verification
from oscar_customer_mgmt.test.factories import CustomerFactory
from tests.mailed import link

pytestmark = [pytest.mark.everywhere, pytest.mark.django_db]

PASSWORD = "battery-staple-9"
HOSTILE = "<script>alert(1)</script>"
RIGHTS = ("view_customer", "add_customer", "change_customer", "change_customer_email", "set_password")

#: Page, the rights that suffice, and what is posted.
PAGES = {
    "customer-send-verification": (("view_customer", "change_customer"), {}),
    "customer-verify": (("view_customer", "change_customer"), {}),
    "customer-set-password": (("view_customer", "set_password"), {"password1": PASSWORD, "password2": PASSWORD}),
    "customer-email-cancel": (("view_customer", "change_customer", "change_customer_email"), {}),
}


@pytest.fixture
def agent(staff_with):
    return staff_with(*RIGHTS, first_name="Bea", last_name="Bell")


@pytest.fixture
def client(agent, client_for):
    return client_for(agent)


@pytest.fixture
def new(agent):
    """An account that waits to be confirmed, with a change of its address under way."""
    new = CustomerFactory(first_name=HOSTILE, last_name="New", email="new@example.com", must_verify=True)
    email_changes.request(customer=new, new_email="newer@example.com", by=agent)
    mail.outbox.clear()
    return new


@pytest.fixture
def mail_fails(monkeypatch):
    def fail(*args, **kwargs):
        raise smtplib.SMTPServerDisconnected

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", fail)


def address(name, customer):
    return reverse(f"dashboard:{name}", kwargs={"pk": customer.pk})


def text(response):
    return response.content.decode()


def page_of(client, customer):
    return text(client.get(address("user-detail", customer)))


def has_changed(customer):
    customer = type(customer).objects.get(pk=customer.pk)
    return (
        customer.check_password(PASSWORD)
        or customer.customer_profile.verified_at is not None
        or not EmailChange.objects.filter(customer=customer).exists()
        or bool(mail.outbox)
    )


# --- who may


@pytest.mark.parametrize("name", PAGES)
def test_access__by_role(client_for, staff_with, new, name):
    rights, data = PAGES[name]
    nobody = client_for().post(address(name, new), data)
    assert nobody.status_code == 302 and reverse("dashboard:login") in nobody["Location"]
    assert client_for(CustomerFactory()).post(address(name, new), data).status_code == 403
    for missing in rights:
        lacking = staff_with(*set(RIGHTS) - {missing})
        assert client_for(lacking).post(address(name, new), data).status_code == 403, missing
    assert not has_changed(new)
    assert client_for(staff_with(*rights)).post(address(name, new), data).status_code == 302
    assert has_changed(new)


@pytest.mark.parametrize("name", PAGES)
def test_access__not_over_an_account_with_more_rights(client, agent, superuser, new, name):
    type(new).objects.filter(pk=new.pk).update(is_superuser=True)
    response = client.post(address(name, new), PAGES[name][1])
    assert response.status_code == 403
    assert not has_changed(new)
    page = page_of(client, new)
    for each in PAGES:
        assert address(each, new) not in page


@pytest.mark.parametrize("name", PAGES)
def test_access__wants_a_token_and_a_customer(agent, new, client, client_for, name):
    strict = client_for(agent, enforce_csrf_checks=True)
    assert strict.post(address(name, new), PAGES[name][1]).status_code == 403
    nobody = address(name, new).replace(str(new.pk), "nobody")
    assert client.post(nobody, PAGES[name][1]).status_code == 404
    if name != "customer-set-password":
        assert client.get(address(name, new)).status_code == 405
    assert not has_changed(new)


def test_page__offers_what_the_viewer_may_and_the_account_needs(client, client_for, staff_with, new):
    page = page_of(client, new)
    for name in PAGES:
        assert address(name, new) in page
    assert "Not sent yet" in page and "newer@example.com" in page
    assert HOSTILE not in page
    only_looking = page_of(client_for(staff_with("view_customer")), new)
    for name in PAGES:
        assert address(name, new) not in only_looking
    assert "newer@example.com" in only_looking
    known = page_of(client, CustomerFactory())
    assert "send-verification" not in known and "/verify/" not in known and "cancel-e-mail" not in known


# --- confirm


def test_send__mails_and_shows_when(client, new):
    response = client.post(address("customer-send-verification", new), follow=True)
    assert "A link to confirm the account was sent to new@example.com." in text(response)
    assert "Not sent yet" not in text(response)
    assert "Confirmation link sent" in text(response), "on the timeline"
    assert [message.to for message in mail.outbox] == [["new@example.com"]]
    Client().post(link(), {"new_password1": PASSWORD, "new_password2": PASSWORD})
    page = page_of(client, new)
    assert "Account confirmed" in page and "by the mailed link" in page
    assert address("customer-send-verification", new) not in page


def test_send__that_fails_says_so(client, new, mail_fails):
    assert "could not be sent" in text(client.post(address("customer-send-verification", new), follow=True))
    assert CustomerProfile.objects.get(user=new).verification_sent_at is None


def test_send__to_who_is_confirmed_says_so(client):
    response = client.post(address("customer-send-verification", CustomerFactory()), follow=True)
    assert "confirmed already" in text(response)
    assert not mail.outbox


def test_verify__by_hand(client, new, agent):
    response = client.post(address("customer-verify", new), follow=True)
    assert "The account counts as confirmed." in text(response)
    assert "by hand" in text(response)
    assert TimelineEvent.objects.get(kind="verified").actor == agent


def test_messages_tab__shows_no_link(client, new, agent, settings):
    settings.OSCAR_SAVE_SENT_EMAILS_TO_DB = True
    verification.send(customer=new, by=agent)
    email = Email.objects.filter(user=new).latest("pk")
    tab = reverse("dashboard:customer-tab", kwargs={"pk": new.pk, "tab": "messages"})
    page = text(client.get(f"{tab}?email={email.pk}"))
    assert email.subject in page
    assert link() not in page and link() not in email.body_text + email.body_html


# --- create


def create(client, **data):
    values = {"email": "fresh@example.com", "first_name": "Fay", "last_name": "Fresh", "is_active": "on", **data}
    return client.post(reverse("dashboard:customer-create"), values, follow=True)


def test_create__mails_a_link_to_set_the_password(client):
    assert (
        "checked"
        in re.search(r'<input[^>]*name="send_link"[^>]*>', text(client.get(reverse("dashboard:customer-create"))))[0]
    )
    response = create(client, send_link="on")
    assert "A link to confirm the account was sent to fresh@example.com." in text(response)
    page = Client().get(link(), follow=True)
    assert "new_password1" in text(page)


def test_create__with_a_password_mails_a_link_that_asks_for_none(client):
    create(client, send_link="on", password1=PASSWORD, password2=PASSWORD)
    page = Client().get(link(), follow=True)
    assert "new_password1" not in text(page)


def test_create__mails_nothing_where_not_ticked(client):
    assert "was created" in text(create(client))
    assert not mail.outbox


def test_create__keeps_the_customer_when_the_mail_fails(client, mail_fails):
    response = create(client, send_link="on")
    assert "no link could be sent" in text(response) and "was created" in text(response)
    customer = get_user_model().objects.get(email="fresh@example.com")
    assert address("customer-send-verification", customer) in text(response)


def test_create__an_inactive_customer_is_mailed_nothing(client):
    response = create(client, send_link="on", is_active="")
    assert "no link could be sent" in text(response)
    assert not mail.outbox
    assert get_user_model().objects.filter(email="fresh@example.com").exists()


# --- set a password


def test_set_password__warns_first_and_tells_the_customer(client, new):
    page = text(client.get(address("customer-set-password", new)))
    assert "logged out everywhere" in page and "told by e-mail" in page
    assert HOSTILE not in page
    response = client.post(
        address("customer-set-password", new), {"password1": PASSWORD, "password2": PASSWORD}, follow=True
    )
    assert "The password was set." in text(response) and "Password set by staff" in text(response)
    assert type(new).objects.get(pk=new.pk).check_password(PASSWORD)
    assert [message.to for message in mail.outbox] == [["new@example.com"]]


@pytest.mark.parametrize(
    ("first", "second", "words"),
    [("", "", "required"), (PASSWORD, "another", "not the same"), ("short", "short", "at least 20 characters")],
)
def test_set_password__says_what_is_wrong_and_shows_no_password(client, new, settings, first, second, words):
    settings.AUTH_PASSWORD_VALIDATORS = [
        {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 20}}
    ]
    response = client.post(address("customer-set-password", new), {"password1": first, "password2": second})
    assert response.status_code == 200
    assert words in text(response)
    assert 'value="' + (first or "x") not in text(response)
    assert not has_changed(new)


@pytest.mark.parametrize("state", ["inactive", "denied", "own"])
def test_set_password__of_an_account_that_can_have_none(client, agent, new, state):
    if state == "inactive":
        type(new).objects.filter(pk=new.pk).update(is_active=False)
    elif state == "denied":
        CustomerProfile.objects.filter(user=new).update(denied_at="2026-01-01T00:00Z")
    target = agent if state == "own" else new
    for response in (
        client.get(address("customer-set-password", target)),
        client.post(address("customer-set-password", target), {"password1": PASSWORD, "password2": PASSWORD}),
    ):
        assert response.status_code == 302
    assert not type(target).objects.get(pk=target.pk).check_password(PASSWORD)


# --- change the address


def edit(client, customer, **changes):
    form = client.get(address("customer-update", customer)).context["form"]
    data = {}
    for field in form:
        value = field.value()
        if isinstance(value, bool):
            data |= {field.html_name: "on"} if value else {}
        elif value not in (None, []):
            data[field.html_name] = str(value) if not isinstance(value, list) else value
    return client.post(address("customer-update", customer), {**data, **changes}, follow=True)


def test_email__another_one_starts_a_change(client, agent):
    carl = CustomerFactory(first_name="Carl", email="carl@example.com")
    response = edit(client, carl, email="carl.new@example.com", first_name="Karl")
    assert "changes when carl.new@example.com is confirmed" in text(response)
    assert [message.to[0] for message in mail.outbox] == ["carl.new@example.com", "carl@example.com"]
    carl = type(carl).objects.get(pk=carl.pk)
    assert carl.email == "carl@example.com"
    assert "Change of e-mail address asked for" in text(response)
    for name in ("user-detail", "customer-update"):
        page = text(client.get(address(name, carl)))
        assert "carl.new@example.com" in page and address("customer-email-cancel", carl) in page
    Client().post(link(mail.outbox[0]))
    page = page_of(client, carl)
    assert "E-mail address changed" in page and address("customer-email-cancel", carl) not in page


def test_email__cancelled(client, new):
    response = client.post(address("customer-email-cancel", new), follow=True)
    assert "stays new@example.com" in text(response)
    assert "Change of e-mail address cancelled" in text(response)
    response = client.post(address("customer-email-cancel", new), follow=True)
    assert "No change of the e-mail address is under way" in text(response)


def test_email__saving_anything_else_leaves_the_change_alone(client, new):
    edit(client, new, company="Caller")
    assert CustomerProfile.objects.get(user=new).company == "Caller"
    assert EmailChange.objects.get().new_email == "newer@example.com"
    assert not mail.outbox


@pytest.mark.parametrize("typed", ["TAKEN@example.com", "no address", ""])
def test_email__that_cannot_be_keeps_what_was_typed(client, typed):
    CustomerFactory(email="taken@example.com")
    carl = CustomerFactory(email="carl@example.com")
    response = edit(client, carl, email=typed, company="Caller")
    assert response.context["form"].errors["email"]
    assert f'value="{typed}"' in text(response) or not typed
    assert CustomerProfile.objects.get(user=carl).company == "", "both or neither"
    assert not mail.outbox


def test_email__that_cannot_be_mailed_saves_nothing(client, mail_fails):
    carl = CustomerFactory(email="carl@example.com")
    response = edit(client, carl, email="carl.new@example.com", company="Caller")
    assert "could not be sent" in text(response)
    assert CustomerProfile.objects.get(user=carl).company == ""
    assert not EmailChange.objects.exists()


def test_email__is_locked_without_the_right(client_for, staff_with):
    carl = CustomerFactory(email="carl@example.com")
    without = client_for(staff_with("view_customer", "change_customer"))
    edit(without, carl, email="carl.new@example.com", company="Caller")
    assert CustomerProfile.objects.get(user=carl).company == "Caller"
    assert not EmailChange.objects.exists() and not mail.outbox


def test_email__on_a_stale_form_is_kept_and_asked_for_once_saved(client):
    carl = CustomerFactory(email="carl@example.com")
    stale = client.get(address("customer-update", carl)).context["form"].initial
    edit(client, carl, company="Theirs")
    loaded = {"version": stale["version"], "loaded": stale["loaded"]}
    response = edit(client, carl, email="carl.new@example.com", **loaded)
    assert "Someone else saved" in text(response) and 'value="carl.new@example.com"' in text(response)
    assert not mail.outbox and not EmailChange.objects.exists()
    form = response.context["form"]
    edit(client, carl, email="carl.new@example.com", version=form["version"].value(), loaded=form["loaded"].value())
    assert EmailChange.objects.get().new_email == "carl.new@example.com"
