"""Without the extra ``api`` all but REST works: this project cannot import it."""

import importlib.util
import sys

import pytest
from django.apps import apps
from django.urls import NoReverseMatch, reverse

pytestmark = pytest.mark.project("no_api")


@pytest.mark.parametrize("name", ["rest_framework", "drf_spectacular"])
def test_extra__cannot_be_imported(name):
    assert importlib.util.find_spec(name) is None
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module(f"{name}.apps")


def test_extra__is_not_among_the_apps():
    assert not apps.is_installed("rest_framework")
    assert not [name for name in sys.modules if name.startswith("oscar_customer_mgmt.api.")]


def test_storefront__has_no_address_for_it():
    with pytest.raises(NoReverseMatch):
        reverse("customer-mgmt-api:customer-list")
