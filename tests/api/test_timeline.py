"""``customers/{number}/timeline/``: what happened, newest first."""

import datetime

from oscar_customer_mgmt.operations import notes, timeline
from oscar_customer_mgmt.test.factories import CustomerFactory

from .conftest import Caller, assert_problem, path_of


def test_get__shows_who_did_what(api, customer, staff):
    staff.first_name, staff.last_name = "Sam", "Staff"
    staff.save()
    api.patch(path_of(customer), {"first_name": "Emily"})
    (event,) = api.get(path_of(customer, "timeline/")).json()["results"]
    assert datetime.datetime.fromisoformat(event.pop("occurred_at")).tzinfo is not None
    assert event == {
        "kind": "updated",
        "actor": "Sam Staff",
        "impersonation": None,
        "data": {"changes": {"first_name": ["Zoë", "Emily"]}},
    }


def test_get__newest_first_and_this_customer_only(api, customer):
    other = CustomerFactory()
    for whom in (customer, other, customer):
        timeline.record(kind=timeline.REGISTERED, customer=whom)
    timeline.record(kind=timeline.PASSWORD_RESET_SENT, customer=customer)
    page = api.get(path_of(customer, "timeline/?page_size=2")).json()
    assert page["count"] == 3
    found = api.every(path_of(customer, "timeline/?page_size=2"))
    assert [event["kind"] for event in found] == ["password_reset_sent", "registered", "registered"]
    assert found[0]["actor"] is None


def test_get__by_kind(api, customer):
    for kind in (timeline.REGISTERED, timeline.PASSWORD_RESET_SENT, timeline.CREATED):
        timeline.record(kind=kind, customer=customer)

    def kinds(query):
        return [event["kind"] for event in api.every(path_of(customer, f"timeline/?page_size=1&{query}"))]

    assert kinds("kind=created") == ["created"]
    assert kinds("kind=created&kind=registered") == ["created", "registered"]
    assert kinds("kind=note_added") == []
    for odd in ("nonsense", "%00", ""):
        assert_problem(api.get(path_of(customer, f"timeline/?kind=created&kind={odd}")), 400, fields=["kind"])


def test_get__of_a_guest(api, guest, staff):
    notes.add(order=guest, body="Called.", by=staff)
    api.patch(path_of(guest), {"is_test": True})
    found = api.every(path_of(guest, "timeline/"))
    assert [event["kind"] for event in found] == ["order_test_mark", "note_added"]
    # What a note says is for those who may read notes.
    assert "Called." not in str(found)


def test_get__tells_of_notes_only_those_who_may_see_them(staff_with, customer):
    notes.add(customer=customer, body="Owes us a cake.", by=None)
    for rights, is_told in ((["view_customer"], False), (["view_customer", "view_customernote"], True)):
        events = Caller(staff_with(*rights)).get(path_of(customer, "timeline/")).json()["results"]
        assert ("note_added" in [event["kind"] for event in events]) is is_told
