"""The one command behind `make sandbox`."""

import io

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import CommandError
from oscar.core.loading import get_model

from sandbox import secret_key
from sandbox.shop.logins import LOGINS, make_logins

User = get_user_model()
Order = get_model("order", "Order")


def set_up(**options):
    out, err = io.StringIO(), io.StringIO()
    call_command("sandbox_setup", stdout=out, stderr=err, **options)
    return out.getvalue() + err.getvalue()


@pytest.fixture
def no_demo(monkeypatch):
    """Count how often the demo shop would be made, instead of making it."""
    made = []
    monkeypatch.setattr("sandbox.shop.management.commands.load_demo_shop.make_demo_shop", made.append)
    return made


@pytest.mark.django_db
def test_sandbox_setup__fills_an_empty_shop_and_says_who_can_log_in(no_demo, monkeypatch):
    monkeypatch.setenv("PORT", "8123")
    told = set_up()
    assert len(no_demo) == 1
    assert "http://127.0.0.1:8123/dashboard/users/" in told
    for login in LOGINS:
        assert login.email in told
        user = User.objects.get(email=login.email)
        assert user.check_password("harbour-and-hearth")
        assert (user.is_staff, user.is_superuser) == (login.is_staff, login.is_superuser)
        assert [group.name for group in user.groups.all()] == ([login.role] if login.role else [])


@pytest.mark.django_db
def test_sandbox_setup__loads_data_instead_and_only_once(no_demo, data_file, row):
    path = data_file([row(), row(invoice="500002", quantity="many")])
    told = set_up(data=path)
    assert not no_demo
    assert Order.objects.count() == 1
    # A broken row does not keep the shop from opening.
    assert "1 broken rows were left out" in told
    assert "is loaded already" in set_up(data=path)
    # Without the file the shop stays as it is.
    set_up()
    assert not no_demo
    assert Order.objects.count() == 1


@pytest.mark.django_db
def test_sandbox_setup__goes_on_when_the_data_was_not_all_loaded(no_demo, data_file, row):
    path = data_file([row(), row(invoice="500002")])
    call_command("load_online_retail", path, limit=1, stdout=io.StringIO())
    assert Order.objects.count() == 1
    set_up(data=path)
    assert Order.objects.count() == 2


@pytest.mark.django_db
def test_sandbox_setup__data_page_names_the_source(no_demo, data_file, row, client):
    set_up(data=data_file([row()]))
    assert "About the data" in client.get("/").content.decode()
    assert "CC BY 4.0" in client.get("/about-the-data/").content.decode()


@pytest.mark.django_db
def test_sandbox_setup__missing_file_is_said_at_once(no_demo, tmp_path):
    with pytest.raises(CommandError, match="There is no file"):
        set_up(data=tmp_path / "nowhere.csv")


@pytest.mark.django_db
def test_make_logins__again_makes_none_and_changes_no_password():
    make_logins()
    admin = User.objects.get(is_superuser=True)
    admin.set_password("my own")
    admin.save()
    make_logins()
    assert User.objects.count() == len(LOGINS)
    assert User.objects.get(is_superuser=True).check_password("my own")


def test_secret_key__is_made_once_and_is_private(tmp_path):
    path = tmp_path / "var" / "key"
    key = secret_key.kept_in(path)
    assert len(key) >= 50
    assert secret_key.kept_in(path) == key
    assert path.stat().st_mode & 0o077 == 0
    assert [file.name for file in path.parent.iterdir()] == ["key"]
