"""What a shop gets that installs the package: all of it, and nothing beside it."""

import subprocess
import sys
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import oscar_customer_mgmt

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "oscar_customer_mgmt"
#: Files that only developers need.
NOT_SHIPPED = {".pyc", ".pyo"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as archive:
        yield archive


@pytest.fixture(scope="module")
def metadata(wheel):
    name = next(name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
    return Parser().parsestr(wheel.read(name).decode())


def test_wheel__holds_the_package_only(wheel):
    tops = {name.split("/")[0] for name in wheel.namelist()}
    assert tops == {
        "oscar_customer_mgmt",
        f"django_oscar_customer_mgmt-{oscar_customer_mgmt.__version__}.dist-info",
    }


def test_wheel__holds_every_file_of_the_package(wheel):
    on_disk = {
        path.relative_to(ROOT).as_posix()
        for path in PACKAGE.rglob("*")
        if path.is_file() and path.suffix not in NOT_SHIPPED
    }
    assert "oscar_customer_mgmt/py.typed" in on_disk
    assert on_disk - set(wheel.namelist()) == set()


def test_metadata__names_version_and_pythons(metadata):
    assert metadata["Name"] == "django-oscar-customer-mgmt"
    assert metadata["Version"] == oscar_customer_mgmt.__version__
    assert metadata["Requires-Python"] == "<3.14,>=3.11"
    assert metadata["License-Expression"] == "BSD-3-Clause"


def test_metadata__core_needs_neither_api_nor_wagtail(metadata):
    requirements = [Requirement(text) for text in metadata.get_all("Requires-Dist")]
    always = {each.name.lower() for each in requirements if each.marker is None}
    assert {"django", "django-oscar"} <= always
    assert not always & {"djangorestframework", "drf-spectacular", "wagtail"}
    extras = set(metadata.get_all("Provides-Extra"))
    assert {"api", "wagtail", "dev"} <= extras


@pytest.mark.parametrize("version", ["5.2.0", "5.2.19", "6.0", "6.0.10"])
def test_metadata__allows_both_djangos(metadata, version):
    django = next(each for each in map(Requirement, metadata.get_all("Requires-Dist")) if each.name.lower() == "django")
    assert django.specifier.contains(version)


def test_changelog__has_a_place_for_what_comes_next():
    assert "## [Unreleased]" in (ROOT / "CHANGELOG.md").read_text()


def test_metadata__is_the_one_place_that_names_what_the_sandbox_needs(metadata):
    requirements = [Requirement(text) for text in metadata.get_all("Requires-Dist")]
    named = {each.name.lower() for each in requirements if each.marker and each.marker.evaluate({"extra": "sandbox"})}
    assert {"dj-database-url", "factory-boy", "openpyxl", "sorl-thumbnail"} <= named
    assert "pip install -e '.[sandbox]'" in (ROOT / "sandbox" / "README.md").read_text()
    assert not list(ROOT.glob("requirements*.txt")) and not list((ROOT / "sandbox").glob("requirements*.txt"))
