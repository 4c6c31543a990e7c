"""Settings: defaults, overrides, and the page that explains them."""

import re
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from oscar_customer_mgmt import conf

DOCS = Path(__file__).parent.parent / "docs" / "settings.md"


def test_get__gives_the_default_where_nothing_is_set(settings):
    del settings.OSCAR_CUSTOMER_MGMT
    assert conf.get("NUMBER_PREFIX") == "C-"
    assert {name: conf.get(name) for name in conf.SETTINGS} == {
        name: setting.default for name, setting in conf.SETTINGS.items()
    }


def test_get__takes_effect_at_once(settings):
    settings.OSCAR_CUSTOMER_MGMT = {"NUMBER_PREFIX": "K-", "GRAVATAR": True}
    assert (conf.get("NUMBER_PREFIX"), conf.get("GRAVATAR"), conf.get("NUMBER_DIGITS")) == ("K-", True, 6)


def test_get__of_a_name_that_there_is_not_is_a_mistake():
    with pytest.raises(KeyError):
        conf.get("NUMBR_PREFIX")


def test_project_settings__must_be_a_dictionary(settings):
    settings.OSCAR_CUSTOMER_MGMT = "NUMBER_PREFIX"
    with pytest.raises(ImproperlyConfigured, match="must be a dictionary, not str"):
        conf.get("NUMBER_PREFIX")


def test_uses_profile_field__only_those_left_in(settings):
    settings.OSCAR_CUSTOMER_MGMT = {"PROFILE_FIELDS": ["company"]}
    assert conf.uses_profile_field("company")
    assert not conf.uses_profile_field("gender")
    assert conf.uses_profile_field("salutation"), "not one that can be switched off"


@pytest.mark.parametrize("name", sorted(conf.SETTINGS))
def test_docs__explain_every_setting_with_its_default(name):
    setting = conf.SETTINGS[name]
    line = f"| `{name}` | `{setting.default!r}` | {setting.help} |"
    assert line in DOCS.read_text(encoding="utf-8").splitlines()


def test_docs__explain_no_setting_that_there_is_not():
    explained = re.findall(r"^\| `([A-Z_]+)` \|", DOCS.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(explained) == sorted(conf.SETTINGS)
