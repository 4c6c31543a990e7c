"""A shop of any size, made by bulk SQL on PostgreSQL: the same for the same size, every time."""

from __future__ import annotations

from collections.abc import Callable

from django.db import connection

HEAVY_ORDERS = 3000

# Believable pools: a name's share falls with its rank, so that there are common and rare ones.
FIRST_NAMES = ("James Mary Robert Anna Ahmed Maria Ivan Sofia Wei Olga Peter Elena Lucas Emma Noah Mia José Chloé "
               "Søren Łukasz Zoë Björn Fatima Yusuf Priya Arjun Mei Kenji Aoife Siân").split()  # fmt: skip
LAST_SYLLABLES = "ber son man ley ton ham ford wick stein berg ski ova dez ger tal mar lin dor vas nor kel rin".split()

_SETUP = """
SET synchronous_commit = off;
CREATE OR REPLACE FUNCTION bench_random(seed bigint) RETURNS double precision LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT ((hashint8extended(seed, 42) & 9007199254740991)::double precision) / 9007199254740992 $$;
"""

_USERS = """
INSERT INTO auth_user (password, is_superuser, username, first_name, last_name, email, is_staff, is_active, date_joined)
SELECT '!', false, 'user' || n,
  (%(first)s::text[])[1 + floor(cardinality(%(first)s::text[]) * power(bench_random(n), 2))::int],
  CASE WHEN bench_random(n + 1000000007) < 0.01 THEN 'Smith' ELSE initcap(
    (%(syllables)s::text[])[1 + floor(cardinality(%(syllables)s::text[]) * bench_random(n * 3))::int]
    || (%(syllables)s::text[])[1 + floor(cardinality(%(syllables)s::text[]) * bench_random(n * 5))::int]
    || (%(syllables)s::text[])[1 + floor(cardinality(%(syllables)s::text[]) * bench_random(n * 7))::int]) END,
  'user' || n || '@example.com', false, bench_random(n * 11) > 0.01,
  timestamptz '2020-01-01' + bench_random(n * 13) * interval '2000 days'
FROM generate_series(1, %(customers)s) AS n
"""

# Digits as real numbers have them: spread, each number once.
_ADDRESSES = """
INSERT INTO address_useraddress (title, first_name, last_name, line1, line2, line3, line4, state, postcode, search_text,
  phone_number, notes, is_default_for_shipping, is_default_for_billing, num_orders_as_shipping_address,
  num_orders_as_billing_address, hash, date_created, country_id, user_id)
SELECT '', first_name, last_name, (id %% 199 + 1) || ' ' || last_name || ' Road', '', '',
  'Town ' || (id %% 997), '', 'AB' || (id %% 89 + 10) || ' ' || (id %% 9 + 1) || 'CD', '',
  '+4420' || lpad((id::bigint * 7368787 %% 100000000)::text, 8, '0'), '', true, true, 0, 0, id::text, date_joined,
  'GB', id
FROM auth_user WHERE NOT is_staff
"""

# Zipf-like: the first customers order most; the very first one HEAVY_ORDERS times whatever the size of the shop;
# a tenth are guests.
_ORDERS = """
INSERT INTO order_order (number, currency, total_incl_tax, total_excl_tax, shipping_incl_tax, shipping_excl_tax,
  shipping_method, shipping_code, status, guest_email, date_placed, analytics_tracked, user_id, shipping_address_id)
SELECT (100000 + n)::text, 'GBP', amount, amount, 0, 0, '', '',
  CASE WHEN bench_random(n * 17) < 0.03 THEN 'Cancelled' ELSE 'Complete' END,
  CASE WHEN is_guest THEN 'guest' || n || '@example.org' ELSE '' END,
  timestamptz '2022-01-01' + bench_random(n * 19) * interval '1700 days', false,
  CASE WHEN is_guest THEN NULL WHEN n <= %(heavy)s THEN %(lowest)s
       ELSE %(lowest)s + 1 + floor((%(customers)s - 1) * power(bench_random(n * 23), 2))::bigint END, NULL
FROM (SELECT n, n > %(heavy)s AND n %% 10 = 0 AS is_guest,
             round((5 + 200 * power(bench_random(n * 29), 3))::numeric, 2) AS amount
      FROM generate_series(1, %(orders)s) AS n) AS made
"""

_GUEST_ADDRESSES = """
WITH made AS (
  INSERT INTO order_shippingaddress (title, first_name, last_name, line1, line2, line3, line4, state, postcode,
    search_text, phone_number, notes, country_id)
  SELECT '', (%(first)s::text[])[1 + (id %% cardinality(%(first)s::text[]))::int], 'Guest' || id, id || ' Guest Lane',
    '', '', 'Town ' || (id %% 997), '', 'AB10 1CD', number,
    '+4479' || lpad((id::bigint * 7368787 %% 100000000)::text, 8, '0'), '', 'GB'
  FROM order_order WHERE user_id IS NULL
  RETURNING id, search_text
)
UPDATE order_order SET shipping_address_id = made.id FROM made WHERE order_order.number = made.search_text
"""

_LINES = """
INSERT INTO order_line (order_id, partner_name, partner_sku, partner_line_reference, partner_line_notes, title,
  quantity, line_price_incl_tax, line_price_excl_tax, line_price_before_discounts_incl_tax,
  line_price_before_discounts_excl_tax, unit_price_incl_tax, unit_price_excl_tax, status, num_allocated,
  allocation_cancelled)
SELECT id, '', 'sku', '', '', 'A product', 1, total_incl_tax, total_excl_tax, total_incl_tax, total_excl_tax,
  total_incl_tax, total_excl_tax, '', 0, false
FROM order_order
"""

_RECORDS = """
INSERT INTO analytics_userrecord (user_id, num_product_views, num_basket_additions, num_orders, num_order_lines,
  num_order_items, total_spent)
SELECT user_id, 0, 0, count(*), count(*), count(*), sum(total_incl_tax) FROM order_order
WHERE user_id IS NOT NULL GROUP BY user_id
"""


def make(*, customers: int, tell: Callable[[str], None]) -> None:
    """Fill an empty migrated PostgreSQL database with ``customers`` customers and three orders for each."""
    values = {
        "first": list(FIRST_NAMES),
        "syllables": LAST_SYLLABLES,
        "customers": customers,
        "orders": 3 * customers,
        "heavy": HEAVY_ORDERS,
    }
    with connection.cursor() as cursor:
        cursor.execute(_SETUP)
        cursor.execute(
            "INSERT INTO address_country (iso_3166_1_a2, iso_3166_1_a3, iso_3166_1_numeric, printable_name, name, "
            "display_order, is_shipping_country) "
            "VALUES ('GB', 'GBR', '826', 'United Kingdom', 'United Kingdom', 0, true)"
        )
        for name, statement in (("customers", _USERS), ("addresses", _ADDRESSES)):
            tell(f"Making {name} ...")
            cursor.execute(statement, values)
        cursor.execute("SELECT min(id) FROM auth_user WHERE username = 'user1'")
        values["lowest"] = cursor.fetchone()[0]
        for name, statement in (
            ("orders", _ORDERS),
            ("guests' addresses", _GUEST_ADDRESSES),
            ("order lines", _LINES),
            ("Oscar's user records", _RECORDS),
        ):
            tell(f"Making {name} ...")
            cursor.execute(statement, values)
        # One name that nobody else has, for the search that finds a single row.
        cursor.execute("UPDATE auth_user SET last_name = 'Quizzaxby' WHERE username = %s", [f"user{customers // 2}"])
        tell("Analysing ...")
        cursor.execute("VACUUM ANALYZE")
