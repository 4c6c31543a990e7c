"""Rebuilding and checking the directory from the command line."""

import sys
from io import StringIO

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.db import OperationalError

from oscar_customer_mgmt.management import reporting
from oscar_customer_mgmt.models import CustomerProfile, DirectoryEntry
from oscar_customer_mgmt.operations import directory
from oscar_customer_mgmt.test.factories import CustomerFactory, GuestOrderFactory, OrderFactory

pytestmark = pytest.mark.django_db


def run(name, **options):
    out = StringIO()
    call_command(name, stdout=out, **options)
    return out.getvalue()


class Terminal(StringIO):
    def isatty(self):
        return True


@pytest.fixture
def shop():
    return [OrderFactory(), OrderFactory(), GuestOrderFactory()]


def test_rebuild__makes_profiles_numbers_and_rows_of_a_shop_from_before(shop):
    User = get_user_model()
    User.objects.bulk_create(User(username=f"old{n}", email=f"old{n}@example.com") for n in range(5))
    DirectoryEntry.objects.all().delete()
    assert "8 rows added, 0 corrected, 0 removed" in run("rebuild_customer_directory", batch_size=2)
    assert CustomerProfile.objects.filter(number__isnull=False).count() == 7
    assert "0 rows added, 0 corrected, 0 removed" in run("rebuild_customer_directory")


def test_rebuild__corrects_and_removes(shop):
    DirectoryEntry.objects.filter(user=shop[0].user).update(order_count=99)
    type(shop[2]).objects.filter(pk=shop[2].pk).update(guest_email="")
    assert "0 rows added, 1 corrected, 1 removed" in run("rebuild_customer_directory")


@pytest.mark.parametrize("name", ["rebuild_customer_directory", "check_customer_directory"])
def test_commands__say_nothing_when_asked_to_be_quiet(shop, name, capsys):
    assert run(name, verbosity=0) == ""
    assert capsys.readouterr() == ("", "")


def test_check__is_content_with_a_directory_that_is_right(shop):
    assert run("check_customer_directory") == "The directory is right.\n"


def test_check__fails_with_examples_and_writes_nothing(shop):
    number = shop[0].user.customer_profile.number
    DirectoryEntry.objects.filter(number=number).update(last_name="Wrong")
    DirectoryEntry.objects.filter(order=shop[2]).delete()
    with pytest.raises(CommandError) as error:
        run("check_customer_directory", batch_size=1)
    assert error.value.returncode == 1
    assert "1 rows missing, 1 out of date, 0 too many" in str(error.value)
    assert number in str(error.value) and f"G-{shop[2].number}" in str(error.value)
    assert DirectoryEntry.objects.get(number=number).last_name == "Wrong"


def test_check__finds_an_account_without_a_number():
    customer = CustomerFactory()
    CustomerProfile.objects.filter(user=customer).delete()
    with pytest.raises(CommandError, match=f"account {customer.pk}"):
        run("check_customer_directory")


def test_check__names_only_a_few_of_many():
    customers = CustomerFactory.create_batch(25)
    DirectoryEntry.objects.all().delete()
    with pytest.raises(CommandError) as error:
        run("check_customer_directory", batch_size=4)
    assert f"{len(customers)} rows missing" in str(error.value)
    assert str(error.value).count("C-") == 20


@pytest.mark.parametrize("size", ["0", "-1", "many", "1.5"])
@pytest.mark.parametrize("name", ["rebuild_customer_directory", "check_customer_directory"])
def test_commands__refuse_a_silly_batch_size(name, size):
    with pytest.raises(CommandError, match="not a whole number above 0"):
        call_command(name, f"--batch-size={size}")


def test_commands__tell_of_a_database_that_is_not_ready(monkeypatch):
    def refuse(**options):
        raise OperationalError("no such table:\n profiles")

    monkeypatch.setattr(directory, "rebuild", refuse)
    with pytest.raises(CommandError, match=r"no such table: profiles\. Has `manage\.py migrate"):
        run("rebuild_customer_directory")


def test_commands__stop_without_a_traceback(monkeypatch):
    def interrupted(**options):
        raise KeyboardInterrupt

    monkeypatch.setattr(directory, "check", interrupted)
    with pytest.raises(CommandError, match="Stopped") as error:
        run("check_customer_directory")
    assert error.value.returncode == reporting.STOPPED


def test_progress__shows_a_bar_on_a_terminal(shop, monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    call_command("rebuild_customer_directory", stdout=Terminal(), batch_size=1)
    assert "3/3" in terminal.getvalue()


def test_progress__leaves_a_file_alone(shop, monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    run("rebuild_customer_directory")
    assert terminal.getvalue() == ""
