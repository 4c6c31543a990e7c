"""A copy of all that is held on one person: for staff, and for the person."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from oscar.core.loading import get_model

from oscar_customer_mgmt.exceptions import NotAllowed
from oscar_customer_mgmt.models import CustomerProfile, TimelineEvent
from oscar_customer_mgmt.operations import data_export, notes, timeline
from oscar_customer_mgmt.queries import personal_data
from oscar_customer_mgmt.test.factories import CustomerFactory, OrderFactory
from tests.planting import Planter

Email = get_model("communication", "Email")

pytestmark = [pytest.mark.everywhere, pytest.mark.django_db]

HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def staff(staff_with):
    return staff_with("view_customer", "export_customers", first_name="Bea", last_name="Bell")


@pytest.fixture
def customer():
    return CustomerFactory(first_name="Carl", last_name="Caller", email="carl@example.com", addresses=1)


def page_of(customer):
    return reverse("dashboard:customer-data-export", kwargs={"pk": customer.pk})


OWN = "customer-mgmt:own-data"


def text_of(response):
    assert response.status_code == 200
    return b"".join(response).decode() if response.streaming else response.content.decode()


def everything(customer, by):
    return "".join(data_export.export(customer=customer, by=by, format="json").as_json())


def words_of(planter, *, is_for_customer):
    """Return the planted words that a copy must show, and those that it must not."""
    given, withheld = set(), set()
    for word, planted in planter.words.items():
        entry = planted.entry
        others = [each for each in personal_data.about_customers() if each.label == entry.label and each != entry]
        if not entry.is_exported and any(each.is_exported for each in others):
            # The row is the customer's in another way, too, and shown for that.
            continue
        is_out = (
            not entry.is_exported
            or planted.field in entry.secret
            or (is_for_customer and (entry.internal is True or entry.is_internal(planted.field)))
        )
        (withheld if is_out else given).add(word)
    return given, withheld


@pytest.mark.parametrize("is_for_customer", [True, False])
def test_export__holds_what_the_registry_knows_and_no_more(customer, superuser, is_for_customer):
    planter, other = Planter(customer, "w"), Planter(CustomerFactory(), "x")
    planter.plant()
    other.plant()
    customer = planter.customer
    text = everything(customer, customer if is_for_customer else superuser)
    # Oscar writes postcodes in capitals.
    folded = text.lower()
    given, withheld = words_of(planter, is_for_customer=is_for_customer)
    assert len(given) > 80 and withheld
    # Reviews lead to their author, not to the customer's own e-mail row; each table shows what is its own.
    missing = [(planter.words[word].entry.label, planter.words[word].field) for word in given if word not in folded]
    assert not missing
    assert not {word for word in withheld if word in folded}
    assert not {word for word in other.words if word in folded}
    assert {section["table"] for section in json.loads(text)["sections"]} <= {
        entry.label for entry in personal_data.about_customers()
    }


def test_export__for_the_customer_nothing_that_staff_wrote_for_themselves(customer, staff, superuser):
    CustomerProfile.objects.filter(user=customer).update(denied_at="2024-01-01T00:00Z", denial_reason="Secretreason")
    notes.add(customer=customer, body="Secretnote", by=staff)
    timeline.record(kind=timeline.DENIED, customer=customer, by=staff, data={"reason": "Secretreason"})
    own, theirs = everything(customer, customer), everything(customer, superuser)
    for secret in ("Secretnote", "Secretreason", "Bea Bell", "note_added"):
        assert secret not in own
        assert secret in theirs


def test_export__no_password_no_token_no_link(customer, staff, superuser):
    customer.set_password("correct-horse")
    customer.save()
    Email.objects.create(
        user=customer, email=customer.email, subject="Reset", body_text="Your password: http://a/b?t=x9"
    )
    Email.objects.create(user=customer, email=customer.email, subject="Thanks", body_text="For your order of tea.")
    for by in (customer, superuser):
        text = everything(customer, by)
        assert customer.password not in text
        assert "x9" not in text and "Reset" in text and "For your order of tea." in text


def test_export__costs_the_same_for_many_orders(customer, superuser):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            everything(customer, superuser)
        return len(captured)

    OrderFactory(user=customer, paid_with="card")
    queries()
    few = queries()
    OrderFactory.create_batch(8, user=customer, paid_with="card")
    assert queries() == few


def test_export__an_account_with_more_rights(staff, staff_with, superuser):
    for superior in (superuser, staff_with("set_password")):
        with pytest.raises(NotAllowed):
            everything(superior, staff)


def test_page__is_for_staff_with_the_right_and_on_the_timeline(customer, staff, staff_with, make_user, client_for):
    fallen = staff_with("view_customer", "export_customers")
    fallen.is_staff = False
    fallen.save()
    for user in (make_user(), fallen, staff_with("view_customer"), staff_with("export_customers")):
        assert client_for(user).get(page_of(customer)).status_code == 403
    assert reverse("dashboard:login") in client_for().get(page_of(customer))["Location"]
    assert not TimelineEvent.objects.filter(kind="data_exported").exists()
    client = client_for(staff)
    assert "Address book" in text_of(client.get(page_of(customer)))
    response = client.get(page_of(customer), {"format": "json"})
    assert "no-store" in response["Cache-Control"]
    assert "attachment" in response["Content-Disposition"]
    assert json.loads(text_of(response))["number"] == CustomerProfile.objects.get(user=customer).number
    events = TimelineEvent.objects.filter(kind="data_exported", customer=customer).order_by("pk")
    assert [(event.actor_name, event.data) for event in events] == [
        ("Bea Bell", {"format": "html"}),
        ("Bea Bell", {"format": "json"}),
    ]
    assert page_of(customer) in text_of(client.get(reverse("dashboard:user-detail", kwargs={"pk": customer.pk})))


@pytest.mark.parametrize("key", ["0", "nobody"])
def test_page__of_nobody(staff, client_for, key):
    assert client_for(staff).get(f"{reverse('dashboard:users-index')}{key}/data-export/").status_code == 404


def test_page__of_an_account_with_more_rights(staff, superuser, client_for):
    assert client_for(staff).get(page_of(superuser)).status_code == 403


def test_page__hostile_text_and_a_long_list(staff, client_for, monkeypatch):
    monkeypatch.setattr("oscar_customer_mgmt.queries.data_export.SHOWN_ROWS", 2)
    customer = CustomerFactory(first_name=HOSTILE)
    OrderFactory.create_batch(5, user=customer)
    page = text_of(client_for(staff).get(page_of(customer)))
    assert HOSTILE not in page and "&lt;script&gt;" in page
    assert "3 more are in the file." in page


def test_own_page__for_the_customer_alone(customer, client_for, staff):
    assert reverse("customer:login") in client_for().get(reverse(OWN))["Location"]
    notes.add(customer=customer, body="Secretnote", by=staff)
    client = client_for(customer)
    page = text_of(client.get(reverse(OWN)))
    assert "Carl" in page and "Secretnote" not in page
    response = client.get(reverse(OWN), {"format": "json"})
    assert "no-store" in response["Cache-Control"]
    text = text_of(response)
    assert "carl@example.com" in text and "Secretnote" not in text
    assert "Secretnote" not in text_of(client_for(CustomerFactory()).get(reverse(OWN)))
    assert reverse(OWN) in text_of(client.get(reverse("customer:profile-view")))
