"""Time the customer list and page beside Oscar's own, on the same PostgreSQL data in one run.

    python -m benchmarks.directory --customers 1000000 --database postgres://user@host/benchmark

makes a database of that name anew (it must not exist, or --again must be given), fills it, builds
the directory, and writes the figures to ``benchmarks/RESULTS.md``. Two processes, one for each shop,
take turns page by page, so that whatever else the machine does slows both down. A page of the dashboard is
asked for seven times after one warm-up; the storefront's pages, where a few hundredths matter, a
hundred times by turns. The median counts. Queries and the milliseconds spent in them are those of one
more request. ``--keep`` uses a database that an earlier run filled, and builds its directory anew.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlparse

HERE = Path(__file__).parent
REPEATS = 7

#: How often the storefront's pages are asked for, by turns: what is looked for is less than the noise of one request.
TURNS = 100

#: What is asked for: its name, Oscar's address and ours. ``{...}`` is filled in from the data.
PAGES: list[tuple[str, str, str]] = [
    ("blank dashboard page", "/dashboard/ranges/", "/dashboard/ranges/"),
    ("first page", "/dashboard/users/", "/dashboard/users/"),
    ("20,000 rows in", "/dashboard/users/?page=1001", "/dashboard/users/?{deep_cursor}"),
    ("last page", "/dashboard/users/?page=last", "/dashboard/users/?cursor=last"),
    ("sorted by orders", "/dashboard/users/?sort=-num_orders", "/dashboard/users/?ordering=-order_count"),
    ("exact e-mail", "/dashboard/users/?search=&email={email}", "/dashboard/users/?q={email}"),
    ("start of an e-mail", "/dashboard/users/?search=&email={email_start}", "/dashboard/users/?q={email_start}"),
    ("two names", "/dashboard/users/?search=&name={first}+{last}", "/dashboard/users/?q={first}+{last}"),
    ("common name", "/dashboard/users/?search=&name=Smith", "/dashboard/users/?q=Smith"),
    ("rare substring", "/dashboard/users/?search=&name=izzaxb", "/dashboard/users/?q=izzaxb"),
    ("phone number (Oscar: an e-mail)", "/dashboard/users/?search=&email={email}", "/dashboard/users/?q={phone}"),
    ("customer with 3,000 orders", "/dashboard/users/{heavy}/", "/dashboard/users/{heavy}/"),
    ("customer with a median of orders", "/dashboard/users/{median}/", "/dashboard/users/{median}/"),
    ("storefront: catalogue", "/catalogue/", "/catalogue/"),
    ("storefront: account", "/accounts/orders/", "/accounts/orders/"),
]


def main() -> None:
    """Run as a whole, or, with ``--measure``, as the process that times one of the two shops."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--customers", type=int, default=10_000)
    parser.add_argument("--database", default="postgres://postgres@127.0.0.1/customer_mgmt_benchmark")
    parser.add_argument("--again", action="store_true", help="drop a database of that name first")
    parser.add_argument("--keep", action="store_true", help="use the database as an earlier run left it")
    parser.add_argument("--measure", choices=["stock", "ours"], help=argparse.SUPPRESS)
    parser.add_argument("--rebuild", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    os.environ["DATABASE_URL"] = options.database
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", f"benchmarks.settings_{options.measure or 'ours'}")
    if options.measure:
        measure(options.measure)
    elif options.rebuild:
        print(json.dumps(rebuild()))
    else:
        run(options)


def run(options: argparse.Namespace) -> None:
    """Make the data, then let a process of its own time each shop."""
    import django

    django.setup()
    if not options.keep:
        make_database(options)
    tell("Building the directory ...")
    figures: dict[str, Any] = {"rebuild": child(options, "--rebuild")}
    tell("Timing both shops ...")
    shops = {shop: Shop(options, shop) for shop in ("stock", "ours")}
    for name, _stock, _ours in PAGES:
        tell(f"  {name}")
        asked = compare(shops, name, by_turns=name.startswith("storefront"))
        for shop, found in asked.items():
            figures.setdefault(shop, {})[name] = found
    for each in shops.values():
        each.close()
    write_results(options.customers, figures)


def compare(shops: dict[str, Shop], page: str, *, by_turns: bool) -> dict[str, dict[str, float]]:
    """Return what was measured of one page in each shop; one request each by turns, or one shop after the other."""
    times: dict[str, list[float]] = {shop: [] for shop in shops}
    for each in shops.values():
        each.ask("time", page, 1)
    for _turn in range(TURNS if by_turns else 1):
        for shop, each in shops.items():
            times[shop] += each.ask("time", page, 1 if by_turns else REPEATS)
    return {
        shop: {"ms": statistics.median(times[shop]) * 1000, **each.ask("count", page, 1)}
        for shop, each in shops.items()
    }


class Shop:
    """The process that asks one of the two shops for its pages."""

    def __init__(self, options: argparse.Namespace, shop: str) -> None:
        self.process = subprocess.Popen(
            command_of(options, "--measure", shop),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=HERE.parent,
            env=environment(),
        )

    def ask(self, what: str, page: str, times: int) -> Any:
        """Have a page asked for so many times; return the seconds that each took, or what was counted."""
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(json.dumps([what, page, times]) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise SystemExit(f"{page}: the process that asked for it has ended")
        return json.loads(answer)

    def close(self) -> None:
        """Let the process end."""
        self.process.communicate()


def make_database(options: argparse.Namespace) -> None:
    """Make an empty database, migrate it and fill it."""
    import psycopg
    from django.core.management import call_command

    from benchmarks import shop_data

    url = urlparse(options.database)
    name = url.path.lstrip("/")
    with psycopg.connect(url._replace(path="/postgres", scheme="postgresql").geturl(), autocommit=True) as server:
        if options.again:
            server.execute(f'DROP DATABASE IF EXISTS "{name}"')
        server.execute(f'CREATE DATABASE "{name}"')
    call_command("migrate", verbosity=0)
    shop_data.make(customers=options.customers, tell=tell)


def rebuild() -> dict[str, float]:
    """Build the directory as an integrator would; return seconds and the most memory held, in MB."""
    import django
    from django.core.management import call_command
    from django.db import connection

    django.setup()
    with connection.cursor() as cursor:
        cursor.execute(
            "TRUNCATE oscar_customer_mgmt_directoryentry, oscar_customer_mgmt_customerprofile, "
            "oscar_customer_mgmt_newslettersubscription"
        )
    started = time.perf_counter()
    call_command("rebuild_customer_directory", verbosity=0)
    seconds = time.perf_counter() - started
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return {"seconds": seconds, "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def measure(shop: str) -> None:
    """Answer, line by line, what the other process asks for: a page's times, or its queries."""
    import django

    django.setup()
    client, values = logged_in_client(shop), page_values(shop)
    urls = {name: (stock if shop == "stock" else ours).format(**values) for name, stock, ours in PAGES}
    for line in sys.stdin:
        what, page, times = json.loads(line)
        answer = [fetch(client, urls[page]) for _ in range(times)] if what == "time" else count(client, urls[page])
        print(json.dumps(answer), flush=True)


def logged_in_client(shop: str) -> Any:
    """Return a client in which a superuser is logged in."""
    from django.contrib.auth import get_user_model
    from django.test import Client

    staff, _created = get_user_model().objects.get_or_create(
        username="benchmark", defaults={"email": "benchmark@example.net", "is_staff": True, "is_superuser": True}
    )
    client = Client()
    backend = {
        "stock": "oscar.apps.customer.auth_backends.EmailBackend",
        "ours": "oscar_customer_mgmt.storefront.auth.CustomerBackend",
    }[shop]
    client.force_login(staff, backend=backend)
    return client


def count(client: Any, url: str) -> dict[str, float]:
    """Return the queries of one request, the milliseconds spent in them, and the length of the page."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        response = client.get(url)
    milliseconds = sum(float(query["time"]) for query in captured.captured_queries) * 1000
    return {"queries": len(captured), "sql_ms": milliseconds, "kb": len(response.content) / 1024}


def fetch(client: Any, url: str) -> float:
    """Ask for a page and return the seconds that it took; anything but 200 is an error."""
    started = time.perf_counter()
    response = client.get(url)
    seconds = time.perf_counter() - started
    if response.status_code != 200:
        raise RuntimeError(f"{url}: {response.status_code}")
    return seconds


def page_values(shop: str) -> dict[str, str]:
    """Return what the addresses of ``PAGES`` are filled in with, the same for both shops."""
    from django.contrib.auth import get_user_model
    from oscar.core.loading import get_model

    User = get_user_model()
    users = User.objects.filter(is_staff=False)
    heavy = users.get(username="user1")
    median = users.get(username=f"user{users.count() // 3}")
    someone = users.get(username=f"user{users.count() // 4}")
    phone = get_model("address", "UserAddress").objects.get(user=someone).phone_number
    values = {
        "email": someone.email,
        "email_start": someone.email.partition("@")[0][:-1],
        "first": quote(someone.first_name),
        "last": quote(someone.last_name),
        "phone": quote(phone.as_national),
        "heavy": str(heavy.pk),
        "median": str(median.pk),
        "deep_cursor": "",
    }
    if shop == "ours":
        values["deep_cursor"] = deep_cursor()
    return values


def deep_cursor() -> str:
    """Return the parameter that names the page which begins 20,000 rows into the list; half way where it is shorter."""
    from oscar_customer_mgmt.queries import directory

    every = directory.entries()
    page = directory.page(every, size=min(20_000, every.count() // 2))
    return f"cursor={page.next_cursor}"


def child(options: argparse.Namespace, *arguments: str) -> object:
    """Run this module again in a process of its own and return what it prints."""
    command = command_of(options, *arguments)
    done = subprocess.run(command, capture_output=True, text=True, cwd=HERE.parent, env=environment())
    if done.returncode:
        raise SystemExit(done.stderr)
    return json.loads(done.stdout.splitlines()[-1])


def command_of(options: argparse.Namespace, *arguments: str) -> list[str]:
    """Return the command that runs this module again, on the same database."""
    return [sys.executable, "-m", "benchmarks.directory", "--database", options.database, *arguments]


def environment() -> dict[str, str]:
    """Return what a process of its own is told; which settings it takes it decides itself."""
    return {key: value for key, value in os.environ.items() if key != "DJANGO_SETTINGS_MODULE"}


def write_results(customers: int, figures: dict) -> None:
    """Put this size's section into RESULTS.md, in place of an earlier one of the same size."""
    heading = f"## Directory, {customers:,} customers"
    command = f"python -m benchmarks.directory --customers {customers}"
    lines = [heading, "", f"`{command}`, {time.strftime('%Y-%m-%d')}.", ""]
    built = figures["rebuild"]
    lines += [f"Building the directory: {built['seconds']:.0f} s, {built['megabytes']:.0f} MB at most.", ""]
    lines += [
        "| page | Oscar ms | Oscar queries | Oscar SQL ms | ours ms | ours queries | ours SQL ms | Oscar / ours |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for name, _stock, _ours in PAGES:
        stock, ours = figures["stock"][name], figures["ours"][name]
        lines.append(
            f"| {name} | {stock['ms']:.1f} | {stock['queries']} | {stock['sql_ms']:.0f} | {ours['ms']:.1f} "
            f"| {ours['queries']} | {ours['sql_ms']:.0f} | {stock['ms'] / ours['ms']:.1f} |"
        )
    first = figures["stock"]["first page"]["ms"]
    ratios = {name: first / figures["ours"][name]["ms"] for name in ("first page", "20,000 rows in", "last page")}
    lines += ["", f"Against stock's first page ({first:.0f} ms), times as fast:"]
    lines += [f"{name} {ratio:.0f}," for name, ratio in ratios.items()]
    lines[-1] = lines[-1].rstrip(",") + "."
    lines += ["", f"The storefront with the package, median of {TURNS} requests by turns:"]
    lines += [storefront_line(name, figures) for name, _stock, _ours in PAGES if name.startswith("storefront")]
    lines.append("")
    section = "\n".join(lines)
    path = HERE / "RESULTS.md"
    text = path.read_text() if path.exists() else "# Results\n\nPython 3.11, Django 5.2, PostgreSQL 15, 2 cores.\n\n"
    text = with_section(text, heading, section)
    if growth := growth_section(text):
        text = with_section(text, GROWTH, growth)
    path.write_text(text)
    print(section)


def storefront_line(name: str, figures: dict) -> str:
    """Say what the package adds to one of the shop's own pages."""
    stock, ours = figures["stock"][name], figures["ours"][name]
    time_added, queries = (ours["ms"] / stock["ms"] - 1) * 100, ours["queries"] - stock["queries"]
    return f"- {name.removeprefix('storefront: ')}: {time_added:+.1f}% time, {queries:+d} queries"


def with_section(text: str, heading: str, section: str) -> str:
    """Return the text with this section in place of the one of the same heading, or at its end."""
    before, found, after = text.partition(heading + "\n")
    if not found:
        return text.rstrip("\n") + "\n\n" + section
    _old, _next, rest = after.partition("\n## ")
    return before + section + (f"\n## {rest}" if rest else "")


GROWTH = "## From 10,000 to 1,000,000 customers"


def growth_section(text: str) -> str:
    """Return how our pages' times grow, as the tables in the text say; nothing while one of the sizes is missing."""
    small, large = (times_in(text, customers) for customers in (10_000, 1_000_000))
    if not small or not large:
        return ""
    rows = [
        f"| {name} | {small[name]:.1f} | {large[name]:.1f} | {large[name] / small[name]:.2f} |"
        for name, _stock, _ours in PAGES
        if name in small and name in large
    ]
    head = ["| page | ours ms, 10,000 | ours ms, 1,000,000 | times |", "| --- | ---: | ---: | ---: |"]
    return "\n".join([GROWTH, "", *head, *rows, ""])


def times_in(text: str, customers: int) -> dict[str, float]:
    """Return our milliseconds by page from the section of this size."""
    _before, _found, after = text.partition(f"## Directory, {customers:,} customers\n")
    cells = [line.split("|") for line in after.partition("\n## ")[0].splitlines() if line.startswith("| ")]
    names = {name for name, _stock, _ours in PAGES}
    return {row[1].strip(): float(row[5]) for row in cells if row[1].strip() in names}


def tell(text: str) -> None:
    """Say what is being done, on the terminal's error stream."""
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
