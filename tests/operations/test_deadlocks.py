"""What the database gave up is done again, where that is ours to decide."""

from types import SimpleNamespace

import pytest
from django.db import OperationalError, transaction

from oscar_customer_mgmt.operations import deadlocks


class PostgresqlError(Exception):
    def __init__(self, sqlstate):
        self.sqlstate = sqlstate


def given_up(how):
    error = OperationalError(*how) if isinstance(how, tuple) else OperationalError("deadlock detected")
    if isinstance(how, str):
        error.__cause__ = PostgresqlError(how)
    return error


class Work:
    """Fails so many times, then gives back how often it was asked."""

    def __init__(self, failures, error):
        self.failures, self.error, self.asked = failures, error, 0

    def __call__(self):
        self.asked += 1
        if self.asked <= self.failures:
            raise self.error
        return self.asked


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch):
    monkeypatch.setattr(deadlocks.time, "sleep", lambda seconds: None)


@pytest.fixture
def _outside(monkeypatch):
    """No transaction is under way, whatever the test itself runs in."""
    monkeypatch.setattr(deadlocks, "connection", SimpleNamespace(in_atomic_block=False))


DEADLOCKS = ["40P01", "40001", (1213, "Deadlock found"), (1205, "Lock wait timeout"), ("database is locked",)]


@pytest.mark.usefixtures("_outside")
@pytest.mark.parametrize("how", DEADLOCKS, ids=str)
def test_tried_again__until_it_succeeds(how):
    assert deadlocks.tried_again(Work(2, given_up(how))) == 3


@pytest.mark.usefixtures("_outside")
def test_tried_again__not_for_ever():
    work = Work(100, given_up("40P01"))
    with pytest.raises(OperationalError):
        deadlocks.tried_again(work)
    assert work.asked == 6


@pytest.mark.usefixtures("_outside")
@pytest.mark.parametrize("how", ["08006", (2006, "Server has gone away"), ("no such table: x",)], ids=str)
def test_tried_again__only_after_a_deadlock(how):
    work = Work(1, given_up(how))
    with pytest.raises(OperationalError):
        deadlocks.tried_again(work)
    assert work.asked == 1


@pytest.mark.django_db
def test_tried_again__not_inside_a_transaction_of_the_callers():
    work = Work(1, given_up("40P01"))
    with transaction.atomic(), pytest.raises(OperationalError):
        deadlocks.tried_again(work)
    assert work.asked == 1
