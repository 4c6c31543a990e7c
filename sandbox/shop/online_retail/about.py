"""The page of the shop that says where the data is from, as its licence asks. It also tells what is loaded."""

from pathlib import Path

from django.conf import settings
from django.contrib.flatpages.models import FlatPage

URL = "/about-the-data/"
TITLE = "About the data"
CONTENT = """
<p>The orders in this shop are real: they are the sales of a British gift-ware shop from December 2009 to December 2011,
from <a href="https://doi.org/10.24432/C5CG6D">Online Retail II</a> by Daqing Chen, UCI Machine Learning Repository,
licence <a href="https://creativecommons.org/licenses/by/4.0/">CC BY 4.0</a>.</p>
<p>The data holds no names, e-mail addresses, streets or telephone numbers. Those that you see are made up from the
customers' numbers. Cancellations are orders of their own with negative prices.</p>
<p>Loaded from {fingerprint}.</p>
"""


def publish(path: Path) -> None:
    """Put the page up; to be called when all of a file is loaded."""
    page, _ = FlatPage.objects.update_or_create(
        url=URL, defaults={"title": TITLE, "content": CONTENT.format(fingerprint=_fingerprint(path))}
    )
    page.sites.add(settings.SITE_ID)


def tells_of(path: Path) -> bool:
    """Tell whether all of this file was loaded before, as far as its name and size say."""
    return path.is_file() and FlatPage.objects.filter(url=URL, content__contains=_fingerprint(path)).exists()


def _fingerprint(path: Path) -> str:
    return f"{path.name}, {path.stat().st_size:,} bytes"
