"""The countries of the shop, from the names that Oscar's own requirement Babel knows."""

from babel import Locale
from oscar.core.loading import get_model

Country = get_model("address", "Country")

# Two-letter codes of Babel's that are no country: unions, pseudo locales, outliers and islands of others.
NOT_COUNTRIES = {"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"}


def make_countries() -> None:
    """Add the countries that the shop does not have yet, the United Kingdom on top of every list."""
    known = set(Country.objects.values_list("iso_3166_1_a2", flat=True))
    names = Locale("en").territories
    Country.objects.bulk_create(
        [
            Country(
                iso_3166_1_a2=code,
                printable_name=name,
                name=name,
                is_shipping_country=True,
                display_order=1 if code == "GB" else 0,
            )
            for code, name in names.items()
            if len(code) == 2 and code.isalpha() and code not in known | NOT_COUNTRIES
        ],
        # Two processes may begin at once.
        ignore_conflicts=True,
    )
