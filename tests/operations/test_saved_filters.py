"""Filters of the list under a name, and how staff like the list."""

import pytest

from oscar_customer_mgmt.exceptions import InvalidData, NotAllowed, StaleVersion
from oscar_customer_mgmt.models import SavedFilter
from oscar_customer_mgmt.operations import preferences, saved_filters
from oscar_customer_mgmt.test.factories import CustomerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def agnes():
    return CustomerFactory(is_staff=True)


def test_save__keeps_what_was_asked_for(agnes):
    saved = saved_filters.save(owner=agnes, name="  Big \n spenders ", parameters={"total_spent_min": "100"})
    stored = SavedFilter.objects.get()
    assert (stored.name, stored.parameters, stored.is_shared) == ("Big spenders", {"total_spent_min": "100"}, False)
    saved_filters.change(saved=saved, changes={"parameters": {"q": "x"}, "is_shared": True}, by=agnes)
    stored.refresh_from_db()
    assert (stored.name, stored.parameters, stored.is_shared) == ("Big spenders", {"q": "x"}, True)


def test_change__leaves_what_somebody_else_changed_meanwhile(agnes):
    read_before = saved_filters.save(owner=agnes, name="Mine", parameters={})
    saved_filters.change(saved=read_before, changes={"parameters": {"q": "x"}}, by=agnes)
    saved_filters.change(saved=read_before, changes={"name": "Ours"}, by=agnes)
    stored = SavedFilter.objects.get()
    assert (stored.name, stored.parameters) == ("Ours", {"q": "x"})


def test_change_and_delete__refuse_a_version_that_is_no_longer_stored(agnes):
    saved = saved_filters.save(owner=agnes, name="Mine", parameters={})
    version = saved_filters.version_of(saved)
    saved_filters.change(saved=saved, changes={"is_shared": True}, by=agnes, expected_version=version)
    for attempt in (
        lambda: saved_filters.change(saved=saved, changes={"name": "x"}, by=agnes, expected_version=version),
        lambda: saved_filters.delete(saved=saved, by=agnes, expected_version=version),
    ):
        with pytest.raises(StaleVersion):
            attempt()
    stored = SavedFilter.objects.get()
    assert stored.name == "Mine"
    saved_filters.delete(saved=saved, by=agnes, expected_version=saved_filters.version_of(stored))
    assert not SavedFilter.objects.exists()


@pytest.mark.parametrize("name", ["big spenders", "BIG  SPENDERS", "Bíg Spenders"])
def test_save__refuses_a_name_that_one_has_already(agnes, name):
    saved_filters.save(owner=agnes, name="Big spenders", parameters={})
    with pytest.raises(InvalidData) as error:
        saved_filters.save(owner=agnes, name=name, parameters={"q": "x"})
    assert set(error.value.errors) == {"name"}
    assert SavedFilter.objects.get().parameters == {}
    # A colleague may have one of that name.
    assert saved_filters.save(owner=CustomerFactory(is_staff=True), name=name, parameters={})


@pytest.mark.parametrize("name", ["", "  ", "\x00", "x" * 101])
def test_save__refuses_names_that_are_none(agnes, name):
    with pytest.raises(InvalidData):
        saved_filters.save(owner=agnes, name=name, parameters={})
    assert not SavedFilter.objects.exists()


def test_save__refuses_what_no_database_keeps(agnes):
    with pytest.raises(InvalidData) as error:
        saved_filters.save(owner=agnes, name="Mine", parameters={"q": "a\x00b", "group": ["\x00"]})
    assert set(error.value.errors) == {"parameters"}
    assert not SavedFilter.objects.exists()
    assert saved_filters.save(owner=agnes, name="Mine", parameters={"q": "\\u0000"})


def test_save_and_delete__are_the_owners(agnes):
    saved = saved_filters.save(owner=agnes, name="Mine", parameters={}, is_shared=True)
    other, root = CustomerFactory(is_staff=True), CustomerFactory(is_superuser=True, is_staff=True)
    with pytest.raises(NotAllowed):
        saved_filters.change(saved=saved, changes={"parameters": {"q": "x"}}, by=other)
    with pytest.raises(NotAllowed):
        saved_filters.delete(saved=saved, by=other)
    assert SavedFilter.objects.get().parameters == {}
    saved_filters.delete(saved=saved, by=root)
    assert not SavedFilter.objects.exists()


def test_preferences__keep_what_is_not_said(agnes):
    preferences.save(user=agnes, columns=["name", "email"])
    preference = preferences.save(user=agnes, page_size=50)
    assert preference.as_dict() == {"columns": ["name", "email"], "page_size": 50}
