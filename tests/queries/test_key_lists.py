import uuid

import pytest
from django.contrib.auth import get_user_model
from django.db import connection, models
from django.db.models.expressions import RawSQL

from oscar_customer_mgmt.models import DirectoryEntry
from oscar_customer_mgmt.operations import directory
from oscar_customer_mgmt.queries.key_lists import among

pytestmark = pytest.mark.django_db

User = get_user_model()


def make_users(number):
    users = [User(username=f"many{n}", email=f"many{n}@example.com", last_name=f"Müller{n}") for n in range(number)]
    User.objects.bulk_create(users)
    return list(User.objects.filter(username__startswith="many").order_by("pk").values_list("pk", flat=True))


@pytest.mark.parametrize("wanted", [0, 1, 99, 100, 150])
def test_among__finds_these_rows_and_no_others(wanted):
    keys = make_users(160)[:wanted]
    found = User.objects.filter(pk__in=among(User._meta.pk, keys)).order_by("pk")
    assert list(found.values_list("pk", flat=True)) == keys
    assert User.objects.filter(username__startswith="many").exclude(pk__in=keys).count() == 160 - wanted


@pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL")
def test_among__sends_many_keys_as_one_parameter():
    packed = among(User._meta.pk, list(range(100)))
    assert isinstance(packed, RawSQL)
    _sql, parameters = User.objects.filter(pk__in=packed).query.sql_with_params()
    assert len(parameters) == 1


@pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL")
@pytest.mark.parametrize(
    ("field", "values"),
    [
        (models.UUIDField(), [uuid.UUID(int=n) for n in range(120)]),
        (models.CharField(max_length=20), [f'it\'s {{{n}}}, "{n}"' for n in range(120)]),
        (models.BigAutoField(), [2**40 + n for n in range(120)]),
    ],
    ids=["uuid", "text", "number"],
)
def test_among__takes_keys_of_every_kind(field, values):
    packed = among(field, values)
    with connection.cursor() as cursor:
        cursor.execute(packed.sql, packed.params)
        assert [row[0] for row in cursor.fetchall()] == values


def test_rebuild__writes_many_rows_as_it_writes_one():
    keys = make_users(150)
    DirectoryEntry.objects.filter(user_id__in=keys).delete()
    assert directory.rebuild(batch_size=1000).missing >= 150
    assert not directory.check()
    DirectoryEntry.objects.filter(user_id__in=keys[:120]).update(search_text="wrong", order_count=9)
    assert directory.rebuild().changed == 120
    assert not directory.check()
    entry = DirectoryEntry.objects.get(user_id=keys[0])
    assert (entry.status, entry.email_key) == ("registered", User.objects.get(pk=keys[0]).email)
    assert "mueller" in entry.search_text and "muller" in entry.search_text
