"""Fixtures that every test may use, and which tests run in which project."""

import os
from itertools import count
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.core.cache import cache
from django.db import connection
from django.test import Client
from hypothesis import settings as hypothesis_settings

from oscar_customer_mgmt.test import factories

# Tests that meet a database are slow in fits and starts: time limits per example would only be noise.
hypothesis_settings.register_profile("project", deadline=None)
# The gate before a change lands tries the same examples each time; new ones are looked for at the desk.
hypothesis_settings.register_profile("gate", deadline=None, derandomize=True, database=None)
hypothesis_settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "project"))

FACTORIES = [name for name in dir(factories) if name.endswith("Factory") and isinstance(getattr(factories, name), type)]
TESTS = Path(__file__).parent
#: "plain", "uuid_user", ... : the settings in use stand in tests/projects, or are the sandbox's.
PROJECT = "sandbox" if settings.SETTINGS_MODULE.startswith("sandbox.") else settings.SETTINGS_MODULE.split(".")[-2]


def pytest_ignore_collect(collection_path):
    """Leave out what this project cannot even import."""
    if collection_path.is_relative_to(TESTS / "sandbox"):
        return True if PROJECT != "sandbox" else None
    if collection_path.is_relative_to(TESTS / "api"):
        return True if PROJECT == "no_api" else None
    return None


def pytest_collection_modifyitems(config, items):
    """Keep the tests that are meant for this project."""
    kept = [item for item in items if _belongs_here(item)]
    if len(kept) != len(items):
        config.hook.pytest_deselected(items=[item for item in items if not _belongs_here(item)])
        items[:] = kept


def _belongs_here(item):
    if item.path.is_relative_to(TESTS / "sandbox"):
        return PROJECT == "sandbox"
    if marker := item.get_closest_marker("project"):
        return PROJECT in marker.args
    return PROJECT == "plain" or item.get_closest_marker("everywhere") is not None


@pytest.fixture(autouse=True)
def _empty_cache():
    """The cache outlives the database's transaction: no test may see what another one left there."""
    cache.clear()


@pytest.fixture(autouse=True)
def _same_people_in_each_test(request):
    """What the factories make follows from the test alone, not from which tests this process had before."""
    if PROJECT != "sandbox":
        # There a whole shop outlives a test.
        for name in FACTORIES:
            getattr(factories, name).reset_sequence(0, force=True)


@pytest.fixture(autouse=True)
def _only_on_a_database_that_can(request):
    if request.node.get_closest_marker("postgresql") and connection.vendor != "postgresql":
        pytest.skip("needs PostgreSQL")
    if request.node.get_closest_marker("row_locks") and connection.vendor == "sqlite":
        pytest.skip("needs a database that locks rows")


@pytest.fixture
def make_user(db):
    """Return a function that makes a user of whatever model the project has."""
    numbers = count(1)

    def make(name="user", *, password="correct-horse", **fields):
        User = get_user_model()
        email = fields.pop("email", f"{name}-{next(numbers)}@example.com")
        if User.USERNAME_FIELD != "email":
            fields.setdefault(User.USERNAME_FIELD, email.partition("@")[0])
        # Oscar's manager sets these itself, whatever it is given.
        flags = {flag: fields.pop(flag) for flag in ("is_staff", "is_superuser", "is_active") if flag in fields}
        user = User.objects.create_user(email=email, password=password, **fields)
        for flag, value in flags.items():
            setattr(user, flag, value)
        if flags:
            user.save()
        return user

    return make


@pytest.fixture
def staff_with(make_user):
    """Return a function that makes a staff user who holds exactly these rights of the package."""

    def make(*codenames, **fields):
        user = make_user("staff", is_staff=True, **fields)
        rights = Permission.objects.filter(content_type__app_label="oscar_customer_mgmt", codename__in=codenames)
        unknown = set(codenames) - {right.codename for right in rights}
        assert not unknown, f"no such permission: {', '.join(sorted(unknown))}"
        user.user_permissions.set(rights)
        return user

    return make


@pytest.fixture
def superuser(make_user):
    return make_user("root", first_name="Su", last_name="Peruser", is_staff=True, is_superuser=True)


@pytest.fixture
def client_for():
    """Return a function that gives a browser in which ``user`` is logged in; None: nobody."""

    def make(user=None, **kwargs):
        client = Client(**kwargs)
        if user is not None:
            client.force_login(user)
        return client

    return make
