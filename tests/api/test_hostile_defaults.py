"""A project's own defaults for REST neither weaken nor break our endpoints."""

import json
import subprocess
import sys
import textwrap

import pytest
from rest_framework.permissions import AllowAny
from rest_framework.views import APIView

from oscar_customer_mgmt.api.urls import version_1
from oscar_customer_mgmt.test.factories import OrderFactory
from tests.projects.base import REPOSITORY

from .conftest import assert_problem, path_of

HOSTILE = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.AllowAny"],
    "DEFAULT_THROTTLE_CLASSES": ["rest_framework.throttling.AnonRateThrottle"],
    "DEFAULT_THROTTLE_RATES": {"anon": "1/day"},
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.StaticHTMLRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.FormParser"],
    "DEFAULT_VERSIONING_CLASS": "rest_framework.versioning.AcceptHeaderVersioning",
    "DEFAULT_VERSION": "none",
    "ALLOWED_VERSIONS": [],
    "DEFAULT_SCHEMA_CLASS": "rest_framework.schemas.openapi.AutoSchema",
    "DEFAULT_FILTER_BACKENDS": ["rest_framework.filters.OrderingFilter"],
    "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.PageNumberPagination",
    "PAGE_SIZE": 1,
    "EXCEPTION_HANDLER": "tests.api.test_hostile_defaults.not_ours",
    "UNAUTHENTICATED_USER": None,
    "UNAUTHENTICATED_TOKEN": None,
    "COERCE_DECIMAL_TO_STRING": False,
    "DATETIME_FORMAT": "%d",
    "DATE_FORMAT": "%d",
    "DATE_INPUT_FORMATS": ["%d"],
    "DATETIME_INPUT_FORMATS": ["%d"],
    "NON_FIELD_ERRORS_KEY": "oops",
    "URL_FORMAT_OVERRIDE": "q",
    "FORMAT_SUFFIX_KWARG": "number",
    "UNICODE_JSON": False,
    "COMPACT_JSON": False,
    "STRICT_JSON": False,
}

SETTINGS = """
from tests.projects.plain.settings import *
REST_FRAMEWORK = {rest!r}
SPECTACULAR_SETTINGS = {{
    "CAMELIZE_NAMES": True,
    "COMPONENT_SPLIT_REQUEST": True,
    "SCHEMA_PATH_PREFIX_TRIM": True,
    "POSTPROCESSING_HOOKS": [],
    "OAS_VERSION": "3.0.3",
}}
DATABASES = {{"default": {{"ENGINE": "django.db.backends.dummy"}}}}
SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
"""

SCRIPT = """
import json, sys, types
settings = types.ModuleType("hostile_settings")
exec({settings!r}, settings.__dict__)
sys.modules["hostile_settings"] = settings
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "hostile_settings"
import django
django.setup()
from django.contrib.auth import get_user_model
from django.test import RequestFactory
from django.urls import resolve
from oscar_customer_mgmt.api.views.documentation import describe_api

def call(method, path, user=None, **kwargs):
    url = "/api/customer-management/v1/" + path
    request = getattr(RequestFactory(), method)(url, **kwargs)
    request.user = user
    request._dont_enforce_csrf_checks = True
    view, args, kwargs = resolve(request.path)
    response = view(request, *args, **kwargs).render()
    return [response.status_code, response["Content-Type"], response.get("WWW-Authenticate")]

root = get_user_model()(pk=1, is_staff=True, is_superuser=True, username="root")
mate = get_user_model()(pk=2, is_staff=False, username="mate")
print(json.dumps({{
    "nobody": call("get", "customers/?q=x"),
    "nowhere": call("get", "nothing/"),
    "customer": call("get", "customers/", mate),
    "form": call("post", "customers/", root, data={{"email": "x"}}),
    "invalid": call("post", "customers/", root, data='{{"email": NaN}}', content_type="application/json"),
    "schema": describe_api(),
}}))
"""


def not_ours(error, context):
    raise AssertionError("the project's exception handler was asked")


def test_defaults__that_hold_from_the_start():
    """Most defaults are read when classes are made, so they must be there before anything is imported."""
    script = SCRIPT.format(settings=SETTINGS.format(rest=HOSTILE))
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True, cwd=REPOSITORY, timeout=120
    )
    assert done.returncode == 0, done.stderr
    answers = json.loads(done.stdout)
    schema = answers.pop("schema")
    assert [answer[0] for answer in answers.values()] == [401, 404, 403, 415, 400]
    assert {answer[1] for answer in answers.values()} == {"application/problem+json"}
    assert answers["nobody"][2] == "Token"
    assert schema["openapi"] == "3.1.0"
    assert "/api/customer-management/v1/customers/{number}/" in schema["paths"]
    assert schema["components"]["schemas"]["CurrencySummary"]["properties"]["total"]["type"] == "string"


def test_defaults__that_hold_from_now_on(api, caller, customer, settings):
    OrderFactory(user=customer)
    shopper = caller(customer)
    before = api.get(path_of(customer)).json()
    settings.REST_FRAMEWORK = HOSTILE
    assert_problem(caller().get("customers/"), 401)
    assert_problem(shopper.get("customers/"), 403)
    assert api.get(path_of(customer)).json() == before
    assert len(api.get("customers/").json()["results"]) == 2
    response = api.patch(path_of(customer), {"date_of_birth": "1980-02-29"})
    assert response.json()["date_of_birth"] == "1980-02-29"
    assert_problem(api.post("customers/", []), 400, fields=["non_field_errors"])
    assert isinstance(before["total_spent"][0]["amount"], str)


POLICIES = [
    "authentication_classes",
    "permission_classes",
    "throttle_classes",
    "renderer_classes",
    "parser_classes",
    "content_negotiation_class",
    "metadata_class",
    "versioning_class",
    "schema",
    "get_authenticators",
    "get_exception_handler",
]


@pytest.mark.parametrize("route", version_1, ids=lambda route: route.name)
def test_policies__are_all_our_own(route):
    view = route.callback.cls
    for name in POLICIES:
        owner = next(cls for cls in view.__mro__ if name in vars(cls))
        if name == "authentication_classes" and owner is APIView:
            continue  # not asked: get_authenticators is ours
        assert owner.__module__.startswith("oscar_customer_mgmt.api."), f"{view.__name__}.{name}"
    assert AllowAny not in view.permission_classes
