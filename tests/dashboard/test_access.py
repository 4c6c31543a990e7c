"""Denying and allowing in the dashboard."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from oscar_customer_mgmt.models import CustomerProfile, DeniedEmail
from oscar_customer_mgmt.operations import access
from oscar_customer_mgmt.test.factories import CustomerFactory, GuestOrderFactory

pytestmark = [pytest.mark.everywhere, pytest.mark.django_db]

HOSTILE = "<script>alert(1)</script> =cmd() \u202eاحتيال 😀"
RIGHTS = ("view_customer", "deny_customer")
HOUR = datetime.timedelta(hours=1)


@pytest.fixture
def agent(staff_with):
    return staff_with(*RIGHTS, first_name="Bea", last_name="Bell")


@pytest.fixture
def client(agent, client_for):
    return client_for(agent)


@pytest.fixture
def customer():
    return CustomerFactory(first_name="Carl", last_name="Caller", email="carl@example.com")


def address(name, customer):
    return reverse(f"dashboard:{name}", kwargs={"pk": customer.pk})


def text(response):
    return response.content.decode()


def is_denied(customer):
    return CustomerProfile.objects.get(user=customer).is_denied


# --- who may


@pytest.fixture
def pages(customer, agent):
    denied = access.deny_email(email="guest@example.com", reason="Fraud", by=agent)
    return {
        "deny": address("customer-deny", customer),
        "allow": address("customer-allow", customer),
        "list": reverse("dashboard:denied-email-list"),
        "new": reverse("dashboard:denied-email-create"),
        "delete": reverse("dashboard:denied-email-delete", kwargs={"denied_id": denied.pk}),
    }


def test_pages__are_closed_to_everybody_else(pages, client_for, staff_with, customer):
    not_staff = staff_with(*RIGHTS)
    not_staff.is_staff = False
    not_staff.save()
    posted = {"reason": "Fraud", "email": "new@example.com"}
    for user in (None, customer, not_staff, staff_with("view_customer"), staff_with("deny_customer")):
        browser = client_for(user)
        for page in pages.values():
            for response in (browser.get(page), browser.post(page, posted)):
                assert response.status_code in (302, 403), (user, page)
                if response.status_code == 302:
                    assert "login" in response["Location"]
    assert not is_denied(customer)
    assert DeniedEmail.objects.count() == 1


def test_pages__change_nothing_on_get(pages, client, customer):
    for page in pages.values():
        assert client.get(page).status_code == (405 if page == pages["allow"] else 200)
    assert not is_denied(customer)
    assert DeniedEmail.objects.count() == 1


@pytest.mark.parametrize("key", ["0", "999999", "nobody", "00000000-0000-0000-0000-000000000000", "%00"])
def test_pages__of_nobody(client, key):
    for page in ("deny", "allow"):
        assert client.post(f"/dashboard/users/{key}/{page}/", {"reason": "x"}).status_code == 404
    assert client.get("/dashboard/users/denied-e-mails/99999999999999999999/delete/").status_code == 404


def test_deny__an_account_with_more_rights(client, client_for, superuser, staff_with):
    for target in (superuser, staff_with("erase_customer")):
        assert client.get(address("customer-deny", target)).status_code == 403
        assert client.post(address("customer-deny", target), {"reason": "Fraud"}).status_code == 403
        assert client.post(address("customer-allow", target)).status_code == 403
        assert not is_denied(target)
        page = text(client.get(address("user-detail", target)))
        assert address("customer-deny", target) not in page


def test_deny__oneself(client, agent):
    assert client.get(address("customer-deny", agent)).status_code == 302
    response = client.post(address("customer-deny", agent), {"reason": "Fraud"})
    assert "You cannot deny or allow yourself." in text(response)
    assert not is_denied(agent)


# --- a customer


def test_deny__from_the_page_and_back(client, customer):
    page = text(client.get(address("user-detail", customer)))
    assert address("customer-deny", customer) in page
    assert address("customer-allow", customer) not in page
    until = timezone.localtime() + HOUR
    posted = {"reason": HOSTILE, "message": "Ring us.", "until": until.strftime("%Y-%m-%dT%H:%M")}
    response = client.post(address("customer-deny", customer), posted, follow=True)
    assert "The customer is denied" in text(response)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text(response)
    assert "<script>alert" not in text(response)
    assert "ocm-badge-denied" in text(response)
    assert "Bea Bell" in text(response)
    profile = CustomerProfile.objects.get(user=customer)
    assert (profile.denial_reason, profile.denial_message) == (HOSTILE, "Ring us.")
    assert profile.denied_until == until.replace(second=0, microsecond=0)
    form = client.get(address("customer-deny", customer))
    assert form.context["form"]["reason"].value() == HOSTILE
    assert until.strftime("%Y-%m-%dT%H:%M") in text(form)
    response = client.post(address("customer-allow", customer), follow=True)
    assert "The customer is allowed again." in text(response)
    assert "ocm-badge-denied" not in text(response)
    assert not is_denied(customer)


@pytest.mark.parametrize(
    ("posted", "words"),
    [
        ({}, "required"),
        ({"reason": "   "}, "required"),
        ({"reason": "x" * 10_000}, "at most 2000 characters"),
        ({"reason": "Fraud", "message": "x" * 10_000}, "at most 1000 characters"),
        ({"reason": "Fraud", "until": "soon"}, "valid date/time"),
        ({"reason": "Fraud", "until": "2020-01-01T00:00"}, "must lie in the future"),
        ({"reason": "null\x00"}, "Null characters"),
    ],
)
def test_deny__says_what_is_wrong_and_keeps_what_was_typed(client, customer, posted, words):
    response = client.post(address("customer-deny", customer), {"message": "Typed words", **posted})
    assert response.status_code == 200
    assert words in text(response)
    if "message" not in posted:
        assert "Typed words" in text(response)
    assert not is_denied(customer)


def test_deny__on_a_form_that_somebody_else_was_quicker_than(client, customer, superuser):
    version = client.get(address("customer-deny", customer)).context["form"]["version"].value()
    access.deny(customer=customer, reason="First", by=superuser)
    posted = {"reason": "Second", "version": version}
    response = client.post(address("customer-deny", customer), posted)
    assert "Somebody changed this denial" in text(response)
    assert "Second" in text(response)
    assert CustomerProfile.objects.get(user=customer).denial_reason == "First"
    again = {"reason": "Second", "version": response.context["form"]["version"].value()}
    assert client.post(address("customer-deny", customer), again).status_code == 302
    assert CustomerProfile.objects.get(user=customer).denial_reason == "Second"


def test_page__after_the_end(client, customer, agent):
    access.deny(customer=customer, reason="Fraud", until=timezone.now() + HOUR, by=agent)
    CustomerProfile.objects.filter(user=customer).update(denied_until=timezone.now() - HOUR)
    page = text(client.get(address("user-detail", customer)))
    assert "Was denied until" in page
    assert "ocm-badge-denied" not in page


def test_timeline__tells_who_why_and_until_when(client, customer, agent):
    access.deny(customer=customer, reason="Chargebacks", until=timezone.now() + HOUR, by=agent)
    access.allow(customer=customer, by=agent)
    page = text(client.get(address("customer-timeline", customer)))
    assert "Chargebacks" in page and "Allowed again" in page and "by hand" in page and "until" in page


# --- the list


def test_list__badge_and_filter(client, customer, agent):
    other = CustomerFactory(first_name="Olga", last_name="Other")
    over = CustomerFactory(first_name="Ove", last_name="Over")
    for each in (customer, over):
        access.deny(customer=each, reason="Fraud", until=timezone.now() + HOUR, by=agent)
    CustomerProfile.objects.filter(user=over).update(denied_until=timezone.now() - HOUR)
    over.customer_profile.refresh_from_db()
    over.customer_profile.save()
    index = reverse("dashboard:users-index")
    assert text(client.get(index)).count("ocm-badge-denied") == 1
    denied = text(client.get(index, {"denied": "true"}))
    assert "Carl Caller" in denied and "Olga Other" not in denied and "Ove Over" not in denied
    others = text(client.get(index, {"denied": "false"}))
    assert "Carl Caller" not in others and "Olga Other" in others and "Ove Over" in others
    assert other.email in others


# --- addresses


def test_denied_emails__list_find_change_and_delete(client, agent, django_assert_max_num_queries):
    for number in range(25):
        access.deny_email(email=f"guest{number:02}@example.com", reason=HOSTILE, by=agent)
    index = reverse("dashboard:denied-email-list")
    with django_assert_max_num_queries(12):
        page = client.get(index)
    assert "guest24@example.com" in text(page) and "guest00@example.com" not in text(page)
    assert "<script>alert" not in text(page)
    older = client.get(f"{index}?cursor={page.context['page'].next_cursor}")
    assert "guest00@example.com" in text(older)
    assert client.get(f"{index}?cursor=nonsense").status_code == 404
    found = client.get(index, {"email": "GUEST07+tag@example.com"})
    assert [denied.email for denied in found.context["rows"]] == ["guest07@example.com"]
    assert "Nothing here denies this address." in text(client.get(index, {"email": HOSTILE}))
    assert client.get(index, {"email": "\x00"}).status_code == 200
    form = client.get(reverse("dashboard:denied-email-create"), {"email": "guest07@example.com"})
    assert form.context["form"]["reason"].value() == HOSTILE
    denied = DeniedEmail.objects.get(email="guest07@example.com")
    response = client.post(reverse("dashboard:denied-email-delete", kwargs={"denied_id": denied.pk}), follow=True)
    assert "Orders from guest07@example.com are taken again." in text(response)
    assert not DeniedEmail.objects.filter(pk=denied.pk).exists()


def test_denied_emails__empty(client):
    assert "No address is denied." in text(client.get(reverse("dashboard:denied-email-list")))


@pytest.mark.parametrize(
    ("posted", "words"),
    [
        ({"email": "nonsense", "reason": "Typed reason"}, "valid email"),
        ({"email": "", "reason": "Typed reason"}, "required"),
        ({"email": "typed@example.com", "reason": ""}, "required"),
        ({"email": "typed@example.com", "reason": "Typed reason", "until": "2020-01-01"}, "must lie in the future"),
    ],
)
def test_deny_email__says_what_is_wrong_and_keeps_what_was_typed(client, posted, words):
    response = client.post(reverse("dashboard:denied-email-create"), posted)
    assert words in text(response)
    for typed in filter(None, (posted["email"], posted["reason"])):
        assert typed in text(response)
    assert not DeniedEmail.objects.exists()


def test_deny_email__points_to_the_account(client, customer):
    response = client.get(reverse("dashboard:denied-email-create"), {"email": "CARL@example.com"})
    assert address("user-detail", customer) in text(response)


def test_deny_email__from_the_page_of_a_guest(client, agent, customer):
    order = GuestOrderFactory(guest_email="carl@example.com")
    guest_page = reverse("dashboard:guest-detail", kwargs={"number": order.number})
    assert "denied-e-mails/new/?email=carl%40example.com" in text(client.get(guest_page))
    client.post(reverse("dashboard:denied-email-create"), {"email": "carl@example.com", "reason": "Chargebacks"})
    for page in (guest_page, address("user-detail", customer)):
        shown = text(client.get(page))
        assert "Orders from this e-mail address are refused" in shown
        assert "Chargebacks" in shown
