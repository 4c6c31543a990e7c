"""The kinds of events, and what each may hold."""

import json

import pytest

from oscar_customer_mgmt.models import TimelineEvent
from oscar_customer_mgmt.operations import timeline
from oscar_customer_mgmt.test.factories import CustomerFactory


def test_kinds__have_words_and_an_icon():
    for code, kind in timeline.kinds().items():
        assert code == kind.code and str(kind.label) and kind.icon.startswith("fa")


def test_register__takes_kinds_of_an_integrators_own():
    own = timeline.Kind("loyalty_card", "Loyalty card given out", "fas fa-id-card", ("number",))
    try:
        assert timeline.register(own) is own
        assert timeline.register(own) is own, "a module that is loaded twice"
        with pytest.raises(ValueError, match="loyalty_card"):
            timeline.register(timeline.Kind("loyalty_card", "Something else", "fas fa-times"))
    finally:
        timeline._KINDS.pop("loyalty_card")


@pytest.mark.django_db
def test_record__holds_only_what_the_kind_names():
    customer = CustomerFactory()
    with pytest.raises(ValueError, match="password"):
        timeline.record(kind=timeline.CREATED, customer=customer, data={"origin": "api", "password": "x"})
    assert not TimelineEvent.objects.exists()


@pytest.mark.django_db
def test_record__by_the_system_has_no_name():
    event = timeline.record(kind=timeline.CREATED, customer=CustomerFactory(), data={"origin": "import"})
    assert (event.actor, event.actor_name) == (None, "")
    assert json.dumps(event.data) == '{"origin": "import"}'


@pytest.mark.django_db
@pytest.mark.everywhere
def test_name_of__somebody_without_a_name_is_the_user_name():
    nameless = CustomerFactory(first_name="", last_name="")
    assert timeline.name_of(nameless) == nameless.get_username()
    assert timeline.name_of(CustomerFactory(first_name="Agnes", last_name="Agent")) == "Agnes Agent"
    assert timeline.name_of(CustomerFactory(first_name="x" * 150, last_name="y" * 150))[:2] == "xx"
    assert len(timeline.name_of(CustomerFactory(first_name="x" * 150, last_name="y" * 150))) <= 255
