"""What the demo shop sells."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Article:
    """One product. `code` is its stock code; `shape` says what its picture shows."""

    code: str
    title: str
    price: Decimal
    description: str
    category: str
    shape: str


def _shelf(category: str, prefix: str, *articles: tuple[str, str, str, str]) -> list[Article]:
    return [
        Article(f"{prefix}-{number:03}", title, Decimal(price), description, category, shape)
        for number, (title, price, shape, description) in enumerate(articles, start=1)
    ]


ARTICLES = [
    *_shelf(
        "Kitchen",
        "KIT",
        ("Stoneware mug, sea grey", "12.50", "mug", "Holds a proper cup of tea. Safe in the dishwasher."),
        ("Stoneware mug, oat", "12.50", "mug", "The same mug in the colour of porridge."),
        ("Enamel pie dish", "16.00", "bowl", "Goes from freezer to oven to table, and chips with dignity."),
        ("Olive wood spoon", "7.95", "stick", "Turned from prunings, oiled once, good for thirty years."),
        ("Linen tea towel, striped", "9.50", "cloth", "Dries glasses without a crumb of fluff."),
        ("Linen apron, slate", "34.00", "cloth", "Two deep pockets and a strap that does not tire the neck."),
        ("Butter dish with lid", "21.00", "bowl", "A quarter of butter, soft and safe from the cat."),
        ("Cast iron skillet, 24 cm", "49.00", "bowl", "Seasoned with rapeseed oil. Heavy, and that is the point."),
        ("Salt pig", "18.50", "jar", "Salt within reach of a wet hand."),
        ("Tea caddy, tin", "11.00", "jar", "Keeps a pound of leaves dry beside the kettle."),
        ("Bread knife, beech handle", "27.50", "stick", "Long teeth for hard crusts."),
        ("Egg cups, pair", "10.00", "mug", "One for you and one for whoever gets up second."),
    ),
    *_shelf(
        "Lamps and candles",
        "LUX",
        ("Beeswax candles, six", "14.00", "candle", "Hand dipped; they burn for seven hours each."),
        ("Brass chamber stick", "26.00", "candle", "For carrying a candle up the stairs."),
        ("Storm lantern, blue", "32.00", "lantern", "Stays alight on a windy terrace."),
        ("Reading lamp, jointed", "89.00", "lantern", "Stands where it is put. Takes an ordinary bulb."),
        ("Paper shade, round", "19.00", "ball", "Folds flat for the post, opens like an umbrella."),
        ("Matches in a jar", "6.50", "jar", "A hundred long ones, with a striker underneath."),
        ("Night light, whale", "24.00", "ball", "Glows for as long as it takes to fall asleep."),
    ),
    *_shelf(
        "Paper and pens",
        "PAP",
        ("Notebook, dotted", "8.95", "book", "Lies flat from the first page to the last."),
        ("Notebook, ruled", "8.95", "book", "The same, for straight handwriting."),
        ("Wall calendar, tides", "15.00", "book", "Every high water of the year, and room for birthdays."),
        ("Writing paper and envelopes", "13.50", "cloth", "Forty sheets with a torn edge."),
        ("Fountain pen, medium", "38.00", "stick", "Comes with a converter and one bottle of blue-black."),
        ("Pencils, dozen", "9.00", "stick", "Cedar, HB, sharpened at our end."),
        ("Brown paper and string", "5.50", "ball", "Ten metres of each, for parcels worth unwrapping."),
    ),
    *_shelf(
        "Wool and blankets",
        "WOL",
        ("Lambswool blanket, herringbone", "95.00", "cloth", "Large enough for two on a sofa."),
        ("Picnic rug", "58.00", "cloth", "Wool above, waxed cotton below."),
        ("Fisherman's socks", "17.00", "stick", "Thick, undyed, good in boots."),
        ("Bobble hat, rust", "22.00", "ball", "One size that fits nearly everyone."),
        ("Hot water bottle with cover", "29.50", "jar", "The cover is knitted and comes off for washing."),
        ("Cushion, checked", "31.00", "cloth", "Feather filled, with a zip that does not show."),
        ("Baby blanket, cream", "45.00", "cloth", "Soft enough to be taken everywhere for years."),
    ),
    *_shelf(
        "Bath",
        "BTH",
        ("Soap, seaweed", "5.95", "ball", "Boiled in small kettles, cured for six weeks."),
        ("Soap, oat and honey", "5.95", "ball", "The mild one."),
        ("Bath salts", "14.50", "jar", "Coarse grey salt with a little lavender."),
        ("Waffle towel, large", "28.00", "cloth", "Dries quickly, on you and on the line."),
        ("Nail brush, ash", "8.50", "stick", "For gardeners, cooks and painters."),
        ("Sponge bag, waxed", "24.50", "jar", "Survives what leaks in it."),
    ),
    *_shelf(
        "Garden",
        "GDN",
        ("Hand trowel", "19.50", "stick", "Forged in one piece; the handle will not turn."),
        ("Garden twine in a tin", "9.95", "ball", "Green, with a cutter in the lid."),
        ("Watering can, 5 litres", "36.00", "jar", "Balanced, with a rose of brass."),
        ("Bird feeder", "21.50", "lantern", "Squirrels have so far failed."),
        ("Seed box, twelve packets", "18.00", "book", "A year of salads, herbs and sweet peas."),
        ("Gardening gloves", "15.50", "cloth", "Goatskin on the palm, cotton on the back."),
    ),
]

# What customers wait for.
SOLD_OUT = ("KIT-008", "LUX-004", "WOL-007")
