"""Fixtures for tests of the sandbox, which run with its own settings: `pytest --ds=sandbox.settings tests/sandbox`."""

import csv
import os
from pathlib import Path

import pytest

from sandbox.shop.online_retail.reading import COLUMNS

REPOSITORY = Path(__file__).resolve().parent.parent.parent
SUBSET = REPOSITORY.parent / "shared" / "data" / "online_retail_ii_subset.csv.gz"


def pytest_collection_modifyitems(items):
    """Let Oscar call its tree library as it does: treebeard 7 warns of every use, and warnings are errors here."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.filterwarnings("ignore:Using Category.*is deprecated"))


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    """Keep pictures and mails of the tests away from those of the shop; hash passwords quickly."""
    settings.MEDIA_ROOT = str(tmp_path / "media")
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def retail_file():
    """The real data set, or its subset: ONLINE_RETAIL_DATA, else where the project keeps it."""
    path = Path(os.environ.get("ONLINE_RETAIL_DATA") or SUBSET)
    if not path.is_file():
        pytest.skip(f"the data set is not at {path}; ONLINE_RETAIL_DATA may name another place")
    return path


@pytest.fixture
def data_file(tmp_path):
    """Return a function that writes rows below the right header, and gives the file's path."""

    def write(rows, *, name="retail.csv", header=COLUMNS):
        path = tmp_path / name
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(header)
            writer.writerows(rows)
        return path

    return write


@pytest.fixture
def row():
    """Return a function that gives a row of the data set, good unless told otherwise."""

    def make(
        invoice="500001",
        code="21844",
        description="RED MUG",
        quantity="6",
        date="2010-03-01 10:30:00",
        price="2.95",
        customer="12417",
        country="Belgium",
    ):
        return [invoice, code, description, quantity, date, price, customer, country]

    return make
