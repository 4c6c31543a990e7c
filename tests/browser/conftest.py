"""A shop in a thread and Chromium to look at it.

Run with ``-m browser``. Screenshots go to ``build/screenshots``, to be looked at. On SQLite the database
has to be a file, since browser and test are two connections: ``DATABASE_URL=sqlite:///build/browser.sqlite3``.
"""

import contextlib
import os
import shutil
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client

playwright = pytest.importorskip("playwright.sync_api")

SCREENSHOTS = Path(__file__).parent.parent.parent / "build" / "screenshots"
DESK = 1280
PHONE = 390
#: Oscar 4.2's order page calls a function that its script does not have.
OSCARS_OWN = "oscar.dashboard.orders.initTable is not a function"
HEIGHTS = {DESK: 900, PHONE: 844}


def pytest_collection_modifyitems(items):
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium():
    """Debian's Chromium where there is one, else the one that Playwright installs."""
    # Playwright keeps an event loop running, in which Django would not touch the database.
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    # A busy machine may take its time; five seconds, the default, told of load and not of mistakes.
    playwright.expect.set_options(timeout=15_000)
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path)
        yield browser
        browser.close()


@pytest.fixture
def open_browser(chromium, live_server):
    """Return a function that opens a window of some width, in which ``user`` is logged in.

    The page fails the test when a script of ours breaks, and never asks another host for anything.
    """
    contexts, mistakes = [], []

    def open_(user=None, *, width=DESK, **kwargs):
        context = chromium.new_context(
            viewport={"width": width, "height": HEIGHTS[width]}, base_url=live_server.url, **kwargs
        )
        contexts.append(context)
        if user is not None:
            client = Client()
            client.force_login(user)
            session = client.cookies[settings.SESSION_COOKIE_NAME].value
            context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
            assert SessionStore(session).get("_auth_user_id") == str(user.pk)
        context.route("**/*", lambda route: _only_ours(route, live_server.url))
        page = context.new_page()
        page.on("pageerror", lambda error: None if OSCARS_OWN in str(error) else mistakes.append(str(error)))
        return page

    yield open_
    for context in contexts:
        context.close()
    assert not mistakes, mistakes


def _only_ours(route, base):
    if route.request.url.startswith(base):
        route.continue_()
    else:
        route.abort()


@pytest.fixture
def screenshot():
    """Return a function that keeps a picture of the whole page."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)

    def take(page, name):
        width = page.viewport_size["width"]
        page.screenshot(path=SCREENSHOTS / f"{name}-{width}.png", full_page=True)

    return take


@pytest.fixture
def does_not_scroll_sideways():
    """Return a function that fails where a page is wider than its window."""

    def check(page):
        excess = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        # A picture of the whole page changes the window's height for a moment, and a scrollbar comes and goes.
        with contextlib.suppress(playwright.TimeoutError):
            page.wait_for_function(f"{excess} <= 0", timeout=15_000)
        wide = page.evaluate(excess)
        assert wide <= 0, f"{page.url} is {wide} pixels too wide"

    return check
