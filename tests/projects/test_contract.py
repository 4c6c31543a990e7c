"""The wiring as it is promised, word for word, makes a shop that `check` has nothing to say about."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent

CONTRACT_SETTINGS = """
from oscar.defaults import *
from oscar_customer_mgmt import defaults as customer_mgmt

INSTALLED_APPS = customer_mgmt.extend_installed_apps([... Oscar's own list ...])
MIDDLEWARE = customer_mgmt.extend_middleware([... Oscar's own list ...])
AUTHENTICATION_BACKENDS = ("oscar_customer_mgmt.storefront.auth.CustomerBackend",)
OSCAR_DASHBOARD_NAVIGATION = customer_mgmt.extend_navigation(OSCAR_DASHBOARD_NAVIGATION)
OSCAR_CUSTOMER_MGMT = {}          # all optional
"""
CONTRACT_URLS = """
path("", include("oscar_customer_mgmt.storefront.urls")),   # before Oscar's
path("api/customer-management/", include("oscar_customer_mgmt.api.urls")),
"""

SETTINGS = """
from tests.projects.base import *
{wiring}
ROOT_URLCONF = "wired_urls"
"""
URLS = """
from django.apps import apps
from django.urls import include, path

{wiring}
"""
#: What Oscar's documentation tells every shop to include; the contract says what comes before it.
OSCAR_URLS = 'path("", include(apps.get_app_config("oscar").urls[0])),'


def from_contract():
    settings = CONTRACT_SETTINGS.replace("[... Oscar's own list ...]", "SHOP_APPS", 1)
    settings = settings.replace("[... Oscar's own list ...]", "SHOP_MIDDLEWARE", 1)
    return settings, f"urlpatterns = [\n{CONTRACT_URLS}\n{OSCAR_URLS}\n]"


def from_readme():
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), flags=re.DOTALL)
    settings, urls = blocks[:2]
    words = "# ... Oscar's own list and yours ..."
    assert settings.count(words) == 2
    return settings.replace(words, "*SHOP_APPS,", 1).replace(words, "*SHOP_MIDDLEWARE,", 1), urls


def check(folder, settings, urls):
    (folder / "wired_settings.py").write_text(SETTINGS.format(wiring=settings))
    (folder / "wired_urls.py").write_text(URLS.format(wiring=urls))
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "wired_settings",
        "PYTHONPATH": os.pathsep.join([str(folder), str(ROOT)]),
    }
    command = [sys.executable, "-m", "django", "check", "--fail-level", "WARNING"]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("wiring", [from_contract, from_readme], ids=["contract", "readme"])
def test_wiring__word_for_word_passes_check(tmp_path, wiring):
    settings, urls = wiring()
    assert "oscar_customer_mgmt.api.urls" in urls
    done = check(tmp_path, settings, urls)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr


def test_wiring__without_the_api_passes_check(tmp_path):
    settings, urls = from_contract()
    settings = settings.replace("extend_installed_apps(SHOP_APPS)", "extend_installed_apps(SHOP_APPS, api=False)")
    assert "api=False" in settings
    without = "\n".join(line for line in urls.splitlines() if "api.urls" not in line)
    done = check(tmp_path, settings, without)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    # With the line that is gone, the check would have had something to say.
    done = check(tmp_path, settings, urls)
    assert done.returncode == 1 and "oscar_customer_mgmt.E304" in done.stderr
