"""Routes of the REST API, below wherever the shop includes them."""

from __future__ import annotations

from importlib.util import find_spec

from django.core.exceptions import ImproperlyConfigured
from django.urls import URLPattern, URLResolver, include, path, re_path

if find_spec("rest_framework") is None or find_spec("drf_spectacular") is None:
    # Said here, before the imports below fail with less to go by.
    raise ImproperlyConfigured(
        "oscar_customer_mgmt.api needs the extra [api] (pip install 'django-oscar-customer-mgmt[api]') and "
        "'rest_framework', 'rest_framework.authtoken', 'drf_spectacular' in INSTALLED_APPS."
    )

from .endpoints import endpoints
from .views.base import NotFoundView
from .views.documentation import DocumentationView, SchemaView

app_name = "customer-mgmt-api"

version_1: list[URLPattern] = [
    *endpoints,
    path("schema/", SchemaView.as_view(), name="schema"),
    path("docs/", DocumentationView.as_view(), name="docs"),
    # What leads nowhere is told so in JSON too. It stays last.
    re_path(r"", NotFoundView.as_view(), name="not-found"),
]

urlpatterns: list[URLPattern | URLResolver] = [path("v1/", include(version_1))]
