"""What holds for every endpoint: log-in, errors, odd bodies, limits."""

import json

import pytest
from django.db import DataError, IntegrityError
from django.test import Client
from rest_framework.authtoken.models import Token

from oscar_customer_mgmt.api.throttling import DEFAULT_RATES, OwnThrottle, ReadThrottle, WriteThrottle
from oscar_customer_mgmt.api.views import customers as customer_views
from oscar_customer_mgmt.models import CustomerProfile
from oscar_customer_mgmt.operations import customers
from oscar_customer_mgmt.test.factories import CustomerFactory

from .conftest import BASE, assert_problem, path_of

NEW = {"email": "new@example.com"}


# --- who calls ---


def test_session__csrf_is_enforced(caller, staff):
    api = caller(staff, enforce_csrf_checks=True)
    body = assert_problem(api.post("customers/", NEW), 403, kind="permission-denied")
    assert "CSRF" in body["detail"]
    assert api.get("customers/").status_code == 200
    api.client.get("/accounts/login/")
    secret = "a" * 32
    api.client.cookies["csrftoken"] = secret
    assert api.post("customers/", NEW, X_CSRFToken=secret).status_code == 201
    assert_problem(api.post("customers/", NEW, X_CSRFToken="b" * 32), 403)


def test_token__needs_no_csrf(caller, staff):
    assert caller(staff, token=True, enforce_csrf_checks=True).post("customers/", NEW).status_code == 201


@pytest.mark.parametrize(
    "header",
    ["Token", "Token ", "Token nonsense", "Token a b", "Token \x00", "Token é", "Bearer x", "Basic Zm9vOmJhcg=="],
)
def test_token__that_is_none(caller, header):
    response = caller().get("customers/", Authorization=header)
    assert_problem(response, 401)
    assert response["WWW-Authenticate"] == "Token"


def test_token__wins_over_a_session(caller, staff, customer):
    api = caller(staff)
    api.headers["Authorization"] = f"Token {Token.objects.create(user=customer).key}"
    assert_problem(api.get("customers/"), 403)
    api.headers["Authorization"] = "Token nonsense"
    assert_problem(api.get("customers/"), 401)


def test_session__alone_where_the_shop_has_no_tokens(caller, staff, monkeypatch):
    monkeypatch.setattr("oscar_customer_mgmt.api.authentication.apps.is_installed", lambda name: False)
    response = caller().get("customers/")
    assert_problem(response, 401)
    assert response["WWW-Authenticate"] == "Session"
    assert caller(staff).get("customers/").status_code == 200


# --- addresses and methods ---


@pytest.mark.parametrize(
    "path", ["", "nothing/", "customers", "customers//", "customers/C-1/nothing/", "saved-filters/x/"]
)
def test_address__that_leads_nowhere(caller, api, path):
    for client in (api, caller()):
        assert_problem(client.get(path), 404, kind="not-found")
        assert_problem(client.post(path, {}), 404, kind="not-found")


@pytest.mark.parametrize("key", ["0", "9" * 30, "9" * 5000, "-1", "%D9%A3", "1_0"])
def test_address__of_an_unlikely_key(api, customer, key):
    assert_problem(api.get(path_of(customer, f"addresses/{key}/")), 404)
    assert_problem(api.get(f"saved-filters/{key}/"), 404)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "TRACE", "BREW"])
def test_method__that_there_is_not(api, method):
    response = api.send(method, "customers/")
    assert_problem(response, 405, kind="method-not-allowed")
    assert response["Allow"] == "GET, HEAD, POST"


@pytest.mark.parametrize("accept", ["text/html", "application/xml", "application/json", "*/*", "nonsense"])
def test_accept__is_json_whatever_is_asked_for(api, accept):
    response = api.get("customers/", Accept=accept)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/json"


def test_format__is_no_parameter(api):
    assert_problem(api.get("customers/?format=api"), 400, fields=["format"])


# --- bodies ---


@pytest.mark.parametrize(
    "raw",
    [
        "{",
        "{'email': 'x'}",
        '{"email": NaN}',
        '{"email": Infinity}',
        '{"email": "\\ud800"}',
        '{"\\ud800": 1}',
        '{"newsletter": ["\\udfff"]}',
        b'{"email": "\xff"}',
        b"\xef\xbb\xbf{}",
        b"\xff\xfe{\x00}\x00",
        "[" * 100_000,
        '{"a":' * 100_000,
        '{"newsletter": [' + "9" * 5000 + "]}",
        " ",
    ],
    ids=lambda raw: repr(raw[:24]),
)
def test_body__that_is_no_json(api, raw):
    assert_problem(api.post("customers/", None, raw=raw), 400, kind="parse-error")


@pytest.mark.parametrize("body", [[], [NEW], "text", 5, True, None])
def test_body__that_is_no_object(api, customer, body):
    raw = json.dumps(body)
    for path in ("customers/", path_of(customer, "addresses/"), "saved-filters/"):
        assert_problem(api.post(path, None, raw=raw), 400, kind="invalid")
    assert_problem(api.send("PATCH", path_of(customer), raw=raw), 400, kind="invalid")


def test_body__missing(api):
    assert_problem(api.post("customers/", None), 400, fields=["email"])


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/xml", "x"]
)
def test_body__of_another_type(api, content_type):
    response = api.post("customers/", NEW, content_type=content_type)
    assert_problem(response, 415, kind="unsupported-media-type")


def test_body__type_with_a_charset(api):
    assert api.post("customers/", NEW, content_type="application/json; charset=utf-8").status_code == 201


def test_body__too_large(api, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    assert_problem(api.post("customers/", {**NEW, "company": "x" * 2000}), 413, kind="too-large")
    assert api.post("customers/", NEW).status_code == 201


def test_body__broken_form_where_csrf_looks_for_its_token(caller, staff):
    api = caller(staff, enforce_csrf_checks=True)
    response = api.post("customers/", None, raw="x", content_type="multipart/form-data; boundary=x")
    assert response.status_code in (400, 403)
    assert response["Content-Type"] == "application/problem+json"


# --- what goes wrong inside ---


@pytest.mark.parametrize(("error", "status"), [(IntegrityError("secret"), 409), (DataError("secret"), 400)])
def test_error__of_the_database_tells_nothing(api, monkeypatch, error, status):
    def fail(**kwargs):
        CustomerProfile.objects.update(company="half done")
        raise error

    monkeypatch.setattr(customers, "create", fail)
    response = api.post("customers/", NEW)
    assert_problem(response, status)
    assert b"secret" not in response.content


def test_error__nobody_expected(caller, staff, monkeypatch, caplog):
    def fail(*args, **kwargs):
        raise RuntimeError("secret")

    monkeypatch.setattr(customer_views, "answer", fail)
    customer = CustomerFactory()
    api = caller(staff, raise_request_exception=False)
    response = api.get(path_of(customer))
    assert_problem(response, 500, kind="unexpected")
    assert b"secret" not in response.content
    assert "secret" in caplog.text
    with pytest.raises(RuntimeError, match="secret"):
        caller(staff).get(path_of(customer))


def test_error__is_shown_to_developers(caller, staff, monkeypatch, settings):
    settings.DEBUG = True
    monkeypatch.setattr(customer_views, "answer", None)
    response = caller(staff, raise_request_exception=False).get(path_of(CustomerFactory()))
    assert response.status_code == 500
    assert b"TypeError" in response.content


@pytest.mark.django_db(transaction=True)
def test_error__undoes_what_the_request_wrote(staff, caller, settings, monkeypatch):
    customer = CustomerFactory()
    monkeypatch.setitem(settings.DATABASES["default"], "ATOMIC_REQUESTS", True)

    def fail(**kwargs):
        CustomerProfile.objects.filter(user=customer).update(company="half done")
        raise IntegrityError

    monkeypatch.setattr(customers, "create", fail)
    assert_problem(caller(staff).post("customers/", NEW), 409)
    assert CustomerProfile.objects.get(user=customer).company == ""


# --- limits ---


@pytest.fixture
def rates(settings):
    def set_rates(**rates):
        settings.REST_FRAMEWORK = {
            "DEFAULT_THROTTLE_RATES": {f"customer_management_{scope}": rate for scope, rate in rates.items()}
        }

    return set_rates


def test_throttle__reads(api, rates):
    rates(read="2/min")
    assert [api.get("customers/").status_code for _ in range(3)] == [200, 200, 429]
    response = api.get("me/")
    assert response.status_code == 200
    response = api.get("customers/")
    assert_problem(response, 429, kind="throttled")
    assert 0 < int(response["Retry-After"]) <= 60
    assert api.post("customers/", NEW).status_code == 201


def test_throttle__writes(api, customer, rates):
    rates(write="1/hour")
    assert api.patch(path_of(customer), {}).status_code == 200
    assert_problem(api.post("customers/", NEW), 429, kind="throttled")
    assert api.get("customers/").status_code == 200


def test_throttle__is_per_account_and_not_per_client(caller, staff, staff_with, rates):
    rates(read="1/min")
    assert caller(staff).get("customers/").status_code == 200
    assert_problem(caller(staff, token=True).get("customers/"), 429)
    assert caller(staff_with("view_customer")).get("customers/").status_code == 200


def test_throttle__can_be_lifted(api, rates):
    rates(read=None, write=None, own=None)
    assert {api.get("customers/").status_code for _ in range(5)} == {200}


def test_throttle__of_customers(caller, customer, rates):
    rates(own="1/min")
    assert caller(customer).get("me/").status_code == 200
    assert_problem(caller(customer).get("me/"), 429)


def test_throttle__by_default(api):
    for throttle in (ReadThrottle, WriteThrottle, OwnThrottle):
        assert throttle().get_rate() == DEFAULT_RATES[throttle.scope]
    assert {api.get("customers/").status_code for _ in range(30)} == {200}


def test_base__is_where_the_contract_says(db):
    assert BASE == "/api/customer-management/v1/"
    assert Client().get(BASE + "customers/").status_code == 401
