"""What the tests of the REST API share."""

import json
import threading

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from rest_framework.authtoken.models import Token

from oscar_customer_mgmt.test.factories import CustomerFactory, GuestOrderFactory, OrderFactory

BASE = "/api/customer-management/v1/"

#: Every right that an endpoint of this API asks for.
ALL_RIGHTS = (
    "view_customer",
    "add_customer",
    "change_customer",
    "view_customernote",
    "add_customernote",
    "erase_customer",
    "change_customer_email",
    "set_password",
    "export_customers",
    "deny_customer",
    "assign_roles",
)


class Caller:
    """A client of the API, logged in as somebody by session (``token=True``: by token)."""

    def __init__(self, user=None, *, token=False, **kwargs):
        self.user = user
        self.headers = {}
        self.client = Client(**kwargs)
        if user is not None and token:
            self.headers["Authorization"] = f"Token {Token.objects.get_or_create(user=user)[0].key}"
        elif user is not None:
            self.client.force_login(user)

    def send(self, method, path, body=None, *, raw=None, content_type="application/json", **headers):
        headers = {name.replace("_", "-"): value for name, value in headers.items()} | self.headers
        data = raw if raw is not None else ("" if body is None else json.dumps(body))
        url = path if path.startswith(("/", "http")) else BASE + path
        return self.client.generic(method, url, data, content_type=content_type, headers=headers)

    def get(self, path, **headers):
        return self.send("GET", path, **headers)

    def post(self, path, body, **kwargs):
        return self.send("POST", path, body, **kwargs)

    def put(self, path, body=None, **kwargs):
        return self.send("PUT", path, body, **kwargs)

    def patch(self, path, body, **kwargs):
        return self.send("PATCH", path, body, **kwargs)

    def delete(self, path, **kwargs):
        return self.send("DELETE", path, **kwargs)

    def every(self, path):
        """Return the rows of all pages of a list."""
        rows = []
        while path:
            page = self.get(path).json()
            rows += page["results"]
            path = page["next"]
        return rows


def assert_problem(response, status, *, fields=None, kind=None):
    """Check that an answer is a problem detail of this status, and about exactly these fields."""
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/problem+json"
    body = response.json()
    assert body["status"] == status
    assert body["title"] and body["detail"]
    assert body["type"].startswith("urn:customer-management:problem:")
    if kind is not None:
        assert body["type"].endswith(f":{kind}")
    if fields is not None:
        assert set(body["errors"]) == set(fields)
        assert all(words and all(words) for words in body["errors"].values())
    return body


@pytest.fixture(autouse=True)
def _nobody_has_called_yet():
    cache.clear()


@pytest.fixture
def caller(db):
    """Return a function that gives a client of the API for ``user``; None: nobody."""
    return Caller


@pytest.fixture
def staff(staff_with):
    """A member of staff with every right that the API asks for."""
    return staff_with(*ALL_RIGHTS)


@pytest.fixture
def api(staff, caller):
    """A client of the API for ``staff``."""
    return caller(staff)


@pytest.fixture
def customer(db):
    return CustomerFactory(first_name="Zoë", last_name="Brontë", email="zoe@example.com", addresses=2)


@pytest.fixture
def order(customer):
    return OrderFactory(user=customer, total_incl_tax="120.50", items=3)


@pytest.fixture
def guest(db):
    return GuestOrderFactory(guest_email="guest@example.com", total_incl_tax="30.00")


def at_once(*calls):
    """Make calls in as many threads, all at the same moment; return what they returned."""
    barrier = threading.Barrier(len(calls))
    answers = []

    def run(call):
        try:
            barrier.wait()
            answers.append(call())
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[call]) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == len(calls)
    return answers


def number_of(user):
    return user.customer_profile.number


def path_of(user, rest=""):
    """Return the path of a customer in the API, or of a guest order."""
    number = f"G-{user.number}" if hasattr(user, "guest_email") else number_of(user)
    return f"customers/{number}/{rest}"
