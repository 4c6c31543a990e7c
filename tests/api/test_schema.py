"""``schema/`` and ``docs/``: the API describes itself."""

import re

import pytest
from django.core.management import call_command
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.validation import validate_schema

from oscar_customer_mgmt.api.urls import version_1
from oscar_customer_mgmt.api.views import documentation as views
from oscar_customer_mgmt.queries.directory import DirectoryFilter

from .conftest import BASE

HTTP = {"get", "post", "put", "patch", "delete"}


@pytest.fixture
def schema(api):
    views._described.cache_clear()
    response = api.get("schema/")
    assert response["Content-Type"] == "application/json"
    return response.json()


def test_schema__is_valid_openapi_3_1_without_warnings(schema):
    # The counts are of the last schema that was made.
    assert GENERATOR_STATS._warn_cache == GENERATOR_STATS._error_cache == {}
    assert schema["openapi"] == "3.1.0"
    validate_schema(schema)


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
def test_spectacular__makes_it_without_warnings_too(tmp_path, version, db):
    target = tmp_path / "schema.json"
    options = {"file": str(target), "format": "openapi-json", "validate": True, "fail_on_warn": True}
    with views.schema.patched_settings({"OAS_VERSION": version}):
        call_command("spectacular", **options)
    assert "/api/customer-management/v1/customers/" in target.read_text()


def test_schema__has_every_endpoint_and_nothing_else(schema):
    described = {(path, method) for path, methods in schema["paths"].items() for method in methods}
    present = set()
    for route in version_1:
        if route.name in ("schema", "docs", "not-found"):
            continue
        path = BASE + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", str(route.pattern))
        present |= {(path, method.lower()) for method in route.callback.cls().allowed_methods if method != "HEAD"}
    assert described == present


def operations(schema):
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            assert method in HTTP
            yield path, method, operation


def test_schema__every_operation_is_named_and_explained(schema):
    names = [operation["operationId"] for _path, _method, operation in operations(schema)]
    assert len(names) == len(set(names))
    for _path, _method, operation in operations(schema):
        assert operation["summary"]
        assert operation["security"] == [{"tokenAuth": []}, {"sessionAuth": []}]


def test_schema__errors_are_problems(schema):
    for _path, method, operation in operations(schema):
        errors = {code: answer for code, answer in operation["responses"].items() if code >= "400"}
        assert {"400", "401", "403", "404", "409", "429"} <= set(errors)
        assert ("415" in errors) == (method in ("post", "put", "patch"))
        for answer in errors.values():
            assert list(answer["content"]) == ["application/problem+json"]
            assert answer["description"]


def test_schema__etags_and_keys(schema):
    detail = schema["paths"][f"{BASE}customers/{{number}}/"]
    assert "ETag" in detail["get"]["responses"]["200"]["headers"]
    assert "If-Match" in {parameter["name"] for parameter in detail["patch"]["parameters"]}
    assert "412" in detail["patch"]["responses"]
    for _path, method, operation in operations(schema):
        names = {parameter["name"] for parameter in operation.get("parameters", ())}
        assert ("Idempotency-Key" in names) == (method == "post")


def test_schema__bodies_take_no_other_fields(schema):
    for _path, _method, operation in operations(schema):
        for content in operation.get("requestBody", {}).get("content", {}).values():
            name = content["schema"]["$ref"].rpartition("/")[2]
            assert schema["components"]["schemas"][name]["additionalProperties"] is False


def test_schema__every_filter_of_the_dashboard_is_a_parameter(schema):
    parameters = {parameter["name"] for parameter in schema["paths"][f"{BASE}customers/"]["get"]["parameters"]}
    for name in DirectoryFilter.base_filters:
        assert {name, f"{name}_after", f"{name}_min"} & parameters, name
    assert {"ordering", "cursor", "page_size", "exact_count"} <= parameters


def test_schema__no_money_as_a_number(schema):
    for name, component in schema["components"]["schemas"].items():
        for field, described in component.get("properties", {}).items():
            assert described.get("type") != "number", f"{name}.{field}"


def test_docs__show_every_operation_and_fetch_nothing_from_elsewhere(api, schema):
    response = api.get("docs/")
    assert response["Content-Type"].startswith("text/html")
    page = response.content.decode()
    for path, method, operation in operations(schema):
        assert f'id="{operation["operationId"]}"' in page
        assert path.replace("{", "{") in page and method.upper() in page
    for name in schema["components"]["schemas"]:
        assert f'id="shape-{name}"' in page
    assert not re.findall(r"(?:src|href)=[\"']?(?:https?:)?//", page)
    assert "``" not in page
    assert "<script" not in page and "style=" not in page


def test_docs__every_link_leads_somewhere(api):
    page = api.get("docs/").content.decode()
    anchors = set(re.findall(r'id="([^"]+)"', page))
    for link in re.findall(r'href="#([^"]+)"', page):
        assert link in anchors, link
