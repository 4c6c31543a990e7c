"""``Idempotency-Key``: the same POST again is done once."""

import datetime
from functools import partial

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from oscar_customer_mgmt.api.urls import version_1
from oscar_customer_mgmt.models import CustomerNote, IdempotentRequest, SavedFilter
from oscar_customer_mgmt.operations import idempotency
from oscar_customer_mgmt.test.factories import CustomerFactory, country

from .conftest import ALL_RIGHTS, Caller, assert_problem, at_once, path_of

NEW = {"email": "new@example.com", "comment": "Once."}


def count(email="new@example.com"):
    return get_user_model().objects.filter(email=email).count()


def test_every_post__honours_the_key():
    handlers = [
        getattr(route.callback.cls, "post")  # noqa: B009 - a method that only some views have
        for route in version_1
        if hasattr(route.callback.cls, "post")
    ]
    assert len(handlers) >= 7
    assert all(getattr(handler, "is_idempotent", False) for handler in handlers)


def test_key__the_same_request_gets_the_first_answer(api):
    first = api.post("customers/", NEW, Idempotency_Key="k1")
    assert first.status_code == 201
    again = api.post("customers/", NEW, Idempotency_Key="k1")
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert again["Location"] == first["Location"]
    assert again["ETag"] == first["ETag"]
    assert again["Content-Type"] == first["Content-Type"]
    assert "Idempotency-Replayed" not in first
    assert again["Idempotency-Replayed"] == "true"
    assert count() == CustomerNote.objects.count() == 1


def test_key__the_first_answer_even_when_the_customer_has_changed(api):
    first = api.post("customers/", NEW, Idempotency_Key="k1")
    api.patch(first["Location"], {"first_name": "Changed"})
    assert api.post("customers/", NEW, Idempotency_Key="k1").content == first.content


def test_key__spaces_and_order_in_the_body_do_not_matter(api):
    first = api.post("customers/", None, raw='{"email": "new@example.com", "comment": "Once."}', Idempotency_Key="k1")
    again = api.post("customers/", None, raw='{ "comment":"Once.","email":"new@example.com" }', Idempotency_Key="k1")
    assert again.content == first.content


def test_key__another_body(api):
    api.post("customers/", NEW, Idempotency_Key="k1")
    response = api.post("customers/", {"email": "other@example.com"}, Idempotency_Key="k1")
    assert_problem(response, 409, kind="idempotency-key-reused")
    assert count("other@example.com") == 0


def test_key__another_address(api):
    country("GB")
    address = {"line1": "1 Street", "postcode": "LS1 6AA", "country": "GB"}
    one, other = CustomerFactory(), CustomerFactory()
    first = api.post(path_of(one, "addresses/"), address, Idempotency_Key="k1")
    assert api.post(path_of(one, "addresses/"), address, Idempotency_Key="k1").content == first.content
    response = api.post(path_of(other, "addresses/"), address, Idempotency_Key="k1")
    assert_problem(response, 409, kind="idempotency-key-reused")
    assert (one.addresses.count(), other.addresses.count()) == (1, 0)


def test_key__belongs_to_its_caller(api, caller, staff_with):
    api.post("customers/", NEW, Idempotency_Key="k1")
    response = caller(staff_with(*ALL_RIGHTS)).post("customers/", {"email": "b@example.com"}, Idempotency_Key="k1")
    assert response.status_code == 201


@pytest.mark.parametrize(("one", "other"), [("k", "K"), ("é", "e"), ("k", "k1"), ("n", "ñ")])
def test_key__is_taken_to_the_letter(api, one, other):
    for index, key in enumerate((one, other)):
        response = api.post("saved-filters/", {"name": f"f{index}", "parameters": {}}, Idempotency_Key=key)
        assert response.status_code == 201
    assert SavedFilter.objects.count() == 2


def test_key__an_error_leaves_it_free(api):
    taken = CustomerFactory(email="new@example.com")
    assert_problem(api.post("customers/", NEW, Idempotency_Key="k1"), 400, fields=["email"])
    assert not IdempotentRequest.objects.exists()
    taken.delete()
    assert api.post("customers/", NEW, Idempotency_Key="k1").status_code == 201


@pytest.mark.parametrize("key", ["", "  ", "x" * 256])
def test_key__that_is_none(api, key):
    assert_problem(api.post("customers/", NEW, Idempotency_Key=key), 400, fields=["Idempotency-Key"])
    assert count() == 0


def test_key__losing_the_right_ends_it(api, staff):
    api.post("customers/", NEW, Idempotency_Key="k1")
    staff.user_permissions.clear()
    assert_problem(api.post("customers/", NEW, Idempotency_Key="k1"), 403)


def test_key__is_forgotten_after_a_day(api):
    body = {"name": "x", "parameters": {}}
    api.post("saved-filters/", body, Idempotency_Key="k1")
    IdempotentRequest.objects.update(created_at=timezone.now() - idempotency.KEPT_FOR - datetime.timedelta(seconds=1))
    SavedFilter.objects.all().delete()
    assert api.post("saved-filters/", body, Idempotency_Key="k1").status_code == 201
    assert SavedFilter.objects.count() == IdempotentRequest.objects.count() == 1


def test_key__no_password_is_kept(api):
    api.post("customers/", {**NEW, "password": "correct horse"}, Idempotency_Key="secret-key")
    kept = IdempotentRequest.objects.values().get()
    assert "correct horse" not in str(kept)
    assert "secret-key" not in str(kept)


@pytest.mark.django_db(transaction=True)
@pytest.mark.row_locks
@pytest.mark.parametrize("keyed", [True, False])
def test_at_once__one_customer(staff, keyed):
    """Eight clients send the same at the same moment."""
    headers = {"Idempotency_Key": "k1"} if keyed else {}
    callers = [Caller(staff, token=True) for _index in range(8)]
    answers = at_once(*(partial(caller.post, "customers/", NEW, **headers) for caller in callers))
    assert count() == CustomerNote.objects.count() == 1
    made = [answer for answer in answers if answer.status_code == 201]
    if keyed:
        assert len(made) == len(answers), [answer.content for answer in answers]
        assert len({answer.content for answer in made}) == 1
        assert sum("Idempotency-Replayed" in answer for answer in made) == len(answers) - 1
    else:
        assert len(made) == 1
        for answer in answers:
            if answer is not made[0]:
                assert_problem(answer, 400, fields=["email"])


@pytest.mark.django_db(transaction=True)
@pytest.mark.row_locks
def test_at_once__another_body_under_the_same_key(staff):
    answers = at_once(
        *(
            partial(
                Caller(staff, token=True).post,
                "customers/",
                {"email": f"new{index}@example.com"},
                Idempotency_Key="k1",
            )
            for index in range(6)
        )
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409, 409]
    assert get_user_model().objects.filter(email__startswith="new").count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.row_locks
def test_at_once__old_answers_are_in_nobodys_way(staff):
    """Several calls that each tidy up do not wait for each other in a circle."""
    old = timezone.now() - 2 * idempotency.KEPT_FOR
    IdempotentRequest.objects.bulk_create(
        IdempotentRequest(caller=staff, key_digest=f"{index:064}", request_digest="x", created_at=old)
        for index in range(300)
    )
    answers = at_once(
        *(
            partial(
                Caller(staff, token=True).post,
                "saved-filters/",
                {"name": f"filter {index}", "parameters": {}},
                Idempotency_Key=f"k{index}",
            )
            for index in range(6)
        )
    )
    assert [answer.status_code for answer in answers] == [201] * 6
    while idempotency.forget_old():
        pass
    assert IdempotentRequest.objects.count() == 6
