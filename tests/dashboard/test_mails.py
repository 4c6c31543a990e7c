"""Our e-mails in Oscar's own pages: listed, edited, looked at before they go."""

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import translation

from oscar_customer_mgmt.exceptions import CustomerManagementError
from oscar_customer_mgmt.operations import customers, email_changes, mails, passwords, verification
from oscar_customer_mgmt.test.factories import CustomerFactory
from tests.mailed import link

pytestmark = [pytest.mark.django_db, pytest.mark.everywhere]

CODES = [each.code for each in mails.MAILS]


@pytest.fixture
def client(superuser, client_for):
    return client_for(superuser)


@pytest.fixture(autouse=True)
def _types():
    mails.ensure_types()


def text(response):
    return response.content.decode()


def page_of(code):
    return reverse("dashboard:comms-update", kwargs={"slug": code})


def words(**changes):
    return {
        "name": "Ours",
        "email_subject_template": "Welcome to {{ site.name }}",
        "email_body_template": "Press {{ link }}, {{ user.email }}.",
        "email_body_html_template": "<p>Press {{ link }}.</p>",
        "preview_email": "boss@example.com",
        **changes,
    }


def test_list__names_them_all(client):
    page = text(client.get(reverse("dashboard:comms-list")))
    for each in mails.MAILS:
        assert page_of(each.code) in page
        assert str(each.name) in page


@pytest.mark.parametrize("code", CODES)
def test_edit__opens(client, code):
    assert client.get(page_of(code)).status_code == 200


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("button", ["show_preview", "send_preview"])
def test_preview__shows_what_was_typed(client, code, button):
    response = client.post(page_of(code), words(**{button: "1"}))
    assert response.status_code == 200
    if button == "show_preview":
        assert "Welcome to example.com" in text(response)
    else:
        assert mail.outbox[0].to == ["boss@example.com"]
        assert mail.outbox[0].subject == "Welcome to example.com"


@pytest.mark.parametrize("code", CODES)
def test_words_of_our_own__stand_a_preview_with_nothing_known(superuser, code):
    """Whoever shows them without a customer's link sees the words around it."""
    messages = mails.CommunicationEventType.objects.get(code=code).get_messages({"user": superuser, "site": None})
    assert messages["subject"].strip() and messages["body"].strip() and messages["html"].strip()
    assert "{{" not in messages["body"] + messages["html"] + messages["subject"]


def test_edit__takes_effect_on_the_next_one(client, superuser):
    client.post(page_of("CUSTOMER_VERIFICATION"), words())
    new = customers.create(email="new@example.com", by=superuser)
    verification.send(customer=new, by=superuser)
    message = mail.outbox[0]
    assert message.subject == "Welcome to example.com"
    assert message.body == f"Press http://example.com{link()}, new@example.com."
    assert link() in message.alternatives[0][0]
    assert verification.read(token=link().rstrip("/").rpartition("/")[2]) == new


@pytest.mark.parametrize(("language", "present"), [("en", "Thanks for using"), ("de", "Vielen Dank")])
def test_mails__speak_the_customers_language_whatever_staff_speak(superuser, language, present):
    new = customers.create(email="new@example.com", by=superuser, locale=language)
    with translation.override("de" if language == "en" else "en"):
        verification.send(customer=new, by=superuser)
        assert translation.get_language() != language
    # Oscar's own footer is translated; our words are as soon as there is a catalogue for them.
    assert present in mail.outbox[0].body


def test_mails__have_both_parts_and_the_shops_name(superuser):
    carl = CustomerFactory(email="carl@example.com", password="correct-horse")
    new = customers.create(email="new@example.com", by=superuser)
    verification.send(customer=new, by=superuser)
    passwords.set_password(customer=carl, password="battery-staple-9", by=superuser)
    email_changes.request(customer=carl, new_email="carl.new@example.com", by=superuser)
    assert len(mail.outbox) == 4
    for message in mail.outbox:
        ((html, kind),) = message.alternatives
        assert kind == "text/html" and "<html" in html
        assert "example.com" in message.subject and "\n" not in message.subject
        assert "&" not in message.body


def test_mails__escape_the_shops_name_in_html_alone(superuser):
    mails.Site.objects.update(name="Bits & <b>Bobs</b>")
    mails.Site.objects.clear_cache()
    new = customers.create(email="new@example.com", by=superuser)
    verification.send(customer=new, by=superuser)
    message = mail.outbox[0]
    assert "Bits & <b>Bobs</b>" in message.subject and "Bits & <b>Bobs</b> has made" in message.body
    assert "Bits &amp; &lt;b&gt;Bobs" in message.alternatives[0][0]
    mails.Site.objects.clear_cache()


def test_mails__that_the_merchant_emptied_are_not_sent_silently(client, superuser):
    mails.CommunicationEventType.objects.filter(code="CUSTOMER_VERIFICATION").update(
        email_subject_template="", email_body_template="", email_body_html_template=""
    )
    new = customers.create(email="new@example.com", by=superuser)
    with pytest.raises(CustomerManagementError):
        verification.send(customer=new, by=superuser)
    assert new.customer_profile.verification_sent_at is None
