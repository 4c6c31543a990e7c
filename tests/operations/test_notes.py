"""Writing notes on customers and guest orders."""

import pytest

from oscar_customer_mgmt.exceptions import InvalidData
from oscar_customer_mgmt.models import CustomerNote, TimelineEvent
from oscar_customer_mgmt.operations import notes
from oscar_customer_mgmt.queries import customers as queries
from oscar_customer_mgmt.test.factories import CustomerFactory, GuestOrderFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def agnes():
    return CustomerFactory(first_name="Agnes", last_name="Agent", is_staff=True)


def test_add__keeps_line_breaks_and_who_wrote_it(agnes):
    customer = CustomerFactory()
    note = notes.add(customer=customer, body="  Likes tea.\nNo milk.\x00 ", by=agnes)
    assert (note.body, note.author_name, note.is_pinned) == ("Likes tea.\nNo milk.", "Agnes Agent", False)
    event = TimelineEvent.objects.get(customer=customer)
    assert (event.kind, event.actor, event.data) == ("note_added", agnes, {"note": note.pk, "is_pinned": False})


def test_add__keeps_the_name_of_an_author_who_is_gone(agnes):
    customer = CustomerFactory()
    notes.add(customer=customer, body="Likes tea", by=agnes)
    agnes.delete()
    assert CustomerNote.objects.get().author is None
    assert CustomerNote.objects.get().author_name == "Agnes Agent"
    assert TimelineEvent.objects.get(customer=customer).actor_name == "Agnes Agent"


def test_add__to_a_guest_order_goes_with_it(agnes):
    order = GuestOrderFactory()
    note = notes.add(order=order, body="Ring the bell", by=agnes, is_pinned=True)
    assert list(queries.pinned_notes(order=order)) == [note]
    assert not queries.notes(order=GuestOrderFactory()).exists()
    order.delete()
    assert not CustomerNote.objects.exists()


@pytest.mark.parametrize("body", ["", "  \n ", "\x00", "x" * 20_001])
def test_add__refuses_and_stores_nothing(agnes, body):
    with pytest.raises(InvalidData) as error:
        notes.add(customer=CustomerFactory(), body=body, by=agnes)
    assert set(error.value.errors) == {"body"}
    assert not CustomerNote.objects.exists() and not TimelineEvent.objects.exists()


def test_notes__newest_first_and_pinned_alone(agnes):
    customer = CustomerFactory()
    made = [notes.add(customer=customer, body=f"{n}", by=agnes, is_pinned=n == 1) for n in range(3)]
    assert list(queries.notes(customer=customer)) == made[::-1]
    assert list(queries.pinned_notes(customer=customer)) == [made[1]]
