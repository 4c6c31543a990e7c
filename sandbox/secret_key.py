"""The sandbox's secret key: made on the first run, kept beside the database, never in the repository."""

import os
import tempfile
from pathlib import Path

from django.core.management.utils import get_random_secret_key


def kept_in(path: Path) -> str:
    """Return the key kept in `path`, which is made with a random one when it is not there yet."""
    if not path.exists():
        _make(path)
    return path.read_text()


def _make(path: Path) -> None:
    """Write the file under another name first: whoever starts at the same moment must never see half a key."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, draft = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(descriptor, "w") as file:
        file.write(get_random_secret_key())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass  # The other one was first, and its key holds.
    finally:
        os.unlink(draft)
