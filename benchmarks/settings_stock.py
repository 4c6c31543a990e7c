"""The shop that it is measured against: Oscar as it comes, on the same database."""

from tests.projects.base import *

INSTALLED_APPS = SHOP_APPS
MIDDLEWARE = SHOP_MIDDLEWARE
AUTHENTICATION_BACKENDS = ("oscar.apps.customer.auth_backends.EmailBackend",)
ROOT_URLCONF = "benchmarks.urls_stock"
