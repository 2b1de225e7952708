"""What the demo sells: products, listings, prices and suppliers' offers, and the truths behind them."""

from __future__ import annotations

from io import StringIO
from typing import NamedTuple

import numpy as np
import pandas as pd

from workbench.lake.demo_days import DATES, FIRST_DAY, SOLD_DAYS, Array
from workbench.lake.demo_network import CHANNELS, CURRENCIES, FREIGHT, SUPPLIERS, rows
from workbench.lake.demo_situations import (
    HOSTILE_NAMES,
    NEW_PRODUCTS,
    RATES,
    UNSERVABLE,
    UNSERVABLE_CHANNEL,
    VIRAL,
)

SKUS_PER_CATEGORY = 30
UNITS_PER_SKU_AND_DAY = 7.0
INTERMITTENT = 0.22  # share of SKUs that sell less than once in three days
NEW = 0.10  # share launched within the two years
PRICED_BEFORE_LAUNCH = 14  # days
RAISED, RAISED_TO, RAISED_ON = 0.33, "2026-01-04", "2026-01-05"  # share of prices, last old and first new day

# pull makes a category sell more; degree is what one degree above normal does to it; western, central and
# eastern are shares of demand
CATEGORIES = """
prefix,category,hs_code,suppliers,pull,low,high,kg_low,kg_high,litres_per_kg,season,degree,returned,western,central,eastern
KIT,Kitchen,732393,S01,1.2,24,68,0.8,3.8,2.6,gift,0,0.03,0.30,0.28,0.42
TBL,Tableware,691110,S09,0.9,14,52,0.5,2.8,3.0,gift,0,0.05,0.32,0.26,0.42
LIN,Bed and bath linen,630260,S07,1.2,18,74,0.4,2.2,4.5,even,0,0.08,0.28,0.27,0.45
OUT,Camping,630622,S05,1.0,22,96,0.5,4.5,4.0,summer,0.02,0.06,0.42,0.27,0.31
TOY,Wooden toys,950300,S04 S06,1.3,12,46,0.3,1.8,5.0,gift,0,0.03,0.27,0.30,0.43
LIT,Lighting,940520,S03,0.9,16,58,0.3,1.9,5.5,gift,0,0.06,0.31,0.25,0.44
PET,Pet supplies,420100,S10,1.1,9,38,0.2,1.6,4.0,even,0,0.04,0.30,0.31,0.39
STA,Stationery,482010,S11 S02,2.2,7,28,0.15,0.7,2.2,school,0,0.02,0.29,0.27,0.44
BEA,Body care,330499,S12,0.9,8,34,0.1,0.6,1.8,gift,0,0.02,0.33,0.24,0.43
GAR,Garden tools,820110,S08,2.0,13,49,0.3,2.6,3.2,spring,0.02,0.04,0.34,0.29,0.37
"""

NOUNS = {
    "KIT": "Cast-Iron Skillet,Saucepan,Stockpot,Roasting Pan,Mixing Bowl Set,"
    "Colander,Kettle,Baking Tray,Wok,Pie Dish",
    "TBL": "Dinner Plate,Soup Bowl,Espresso Cup,Serving Platter,Salt Cellar,"
    "Pitcher,Ramekin,Side Plate,Mug,Butter Dish",
    "LIN": "Bath Towel,Duvet Cover,Pillowcase Pair,Hand Towel,Flat Sheet,"
    "Bath Mat,Throw,Tea Towel Trio,Quilt,Robe",
    "OUT": "Two-Person Tarp,Dry Bag 20 L,Hammock,Camp Stool,Cooler Tote,"
    "Ground Sheet,Bivy,Rain Fly,Picnic Rug,Day Pack",
    "TOY": "Stacking Blocks,Train Set,Pull-Along Duck,Puzzle Map,Shape Sorter,"
    "Toy Kitchen,Abacus,Marble Run,Yo-Yo,Ark",
    "LIT": "Desk Lamp,Lantern,String Lights,Night Light,Floor Lamp,"
    "Wall Sconce,Sunset Lamp,Reading Light,Pendant,Torch",
    "PET": "Dog Collar,Leash,Harness,Cat Tunnel,Chew Toy,"
    "Feeding Bowl,Carrier Pad,Grooming Brush,Travel Bottle,Bandana",
    "STA": "Dot Planner,Sketchbook,Index Cards,Desk Calendar,Field Notebook,"
    "Letter Set,Pen Roll,Washi Set,Folio,Journal",
    "BEA": "Hand Balm,Body Butter,Beard Oil,Lip Trio,Bath Salts,"
    "Foot Cream,Shower Bar,Face Mist,Cuticle Oil,Sun Stick",
    "GAR": "Trowel,Hand Fork,Pruner,Dibber,Bulb Planter,Watering Can,Kneeler,Twine Tin,Hoe,Seed Tray",
}
VARIANTS = ("Sage", "Slate", "Amber", "Coast", "Cedar", "Dune", "Ember", "Frost", "Harbor", "Lark", "Moss")

# chance that a SKU is listed, what the channel sells of it, and its price against the own shop's
LISTED = {"shop": 0.80, "amazon": 0.85, "walmart": 0.48, "ebay": 0.32, "tiktok": 0.28}
PULL = {"shop": 0.30, "amazon": 0.38, "walmart": 0.18, "ebay": 0.07, "tiktok": 0.09}
PRICE_LEVEL = {"shop": 1.0, "amazon": 1.0, "walmart": 0.97, "ebay": 0.96, "tiktok": 0.94}
CODES = {"shop": "", "amazon": "B0", "walmart": "WM", "ebay": "EB", "tiktok": "TT"}

# a second source for a share of a supplier's SKUs, dearer but there
SECOND_SOURCES = {"S01": ("S02", 0.25), "S03": ("S02", 0.2), "S04": ("S02", 0.3), "S07": ("S08", 0.4)}
SECOND_SOURCE_MARKUP = 1.07


class Catalogue(NamedTuple):
    """`book`: a row a SKU, sorted, with what is true of it; `shares`: (skus, channels), 0 where not listed;
    `regional`: (skus, regions). Both sum to 1 over a row."""

    book: pd.DataFrame
    shares: Array
    regional: Array
    channels: list[str]
    regions: list[str]
    warehouses: list[str]


def catalogue(scale: int, rng: np.random.Generator) -> Catalogue:
    """Draw the business's products."""
    channels = rows(CHANNELS)["channel"].tolist()
    book = _book(scale, rng)
    regional = book[["western", "central", "eastern"]].to_numpy() * rng.uniform(0.85, 1.15, (len(book), 3))
    return Catalogue(
        book.drop(columns=["western", "central", "eastern"]),
        _channel_shares(book["sku"], channels, rng),
        regional / regional.sum(axis=1, keepdims=True),
        channels,
        ["west", "central", "east"],
        ["RNO", "DFW", "MDT", "CMH"],
    )


def products(book: pd.DataFrame) -> pd.DataFrame:
    """The table `products`."""
    columns = [
        "sku",
        "name",
        "category",
        "country_of_origin",
        "hs_code",
        "weight_kg",
        "volume_m3",
        "launched_on",
    ]
    return book[columns]


def listings(goods: Catalogue) -> pd.DataFrame:
    """The table `listings`: a code a SKU and channel; some two-packs on Amazon, and one bundle."""
    sku, channel = np.nonzero(goods.shares)
    frame = pd.DataFrame(
        {"channel": np.array(goods.channels)[channel], "sku": goods.book["sku"].to_numpy()[sku]}
    )
    number = pd.Series((sku * 7919 + channel * 104729 + 1_000_003) % 9_999_991).astype("str").str.zfill(7)
    frame["channel_sku"] = frame["channel"].map(CODES) + number
    frame.loc[frame["channel"] == "shop", "channel_sku"] = frame["sku"]
    packs = frame[(frame["channel"] == "amazon") & (sku % 9 == 0)]
    packs = packs.assign(channel_sku=packs["channel_sku"] + "-2PK", units=2)
    bundle = pd.DataFrame(
        {"channel": "shop", "channel_sku": "GIFT-BATH", "sku": ["BEA-001", "LIN-001"], "units": [2, 1]}
    )
    whole: pd.DataFrame = pd.concat([frame.assign(units=1), packs, bundle], ignore_index=True)
    columns = ["channel", "channel_sku", "sku", "units"]
    return whole[columns]


def prices(goods: Catalogue, rng: np.random.Generator) -> pd.DataFrame:
    """The table `prices`: by channel, and a third were raised in January 2026."""
    sku, channel = np.nonzero(goods.shares)
    book = goods.book.iloc[sku].reset_index(drop=True)
    level = np.array([PRICE_LEVEL[name] for name in goods.channels])[channel]
    raised = rng.random(len(goods.book))[sku] < RAISED
    now = np.floor(book["price"] * level) + 0.99
    before = np.floor(book["price"] * level * 0.95) + 0.99
    announced = book["launched_on"] - pd.Timedelta(days=PRICED_BEFORE_LAUNCH)
    start = announced.fillna(FIRST_DAY).dt.strftime("%Y-%m-%d")
    raised &= (start < RAISED_ON).to_numpy()
    frame = pd.DataFrame(
        {"sku": book["sku"], "channel": np.array(goods.channels)[channel], "valid_from": start}
    )
    old = frame.assign(price=before.where(raised, now).round(2))
    old.loc[raised, "valid_to"] = RAISED_TO
    new = frame[raised].assign(valid_from=RAISED_ON, price=now[raised].round(2))
    whole = pd.concat([old, new]).sort_values(["sku", "channel", "valid_from"], ignore_index=True)
    return whole.reindex(columns=["sku", "channel", "valid_from", "valid_to", "price"])


def offers(book: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """The table `offers`: last year's prices ended with it for a seventh; a third have a second tier."""
    first = _offer(book, book["supplier"], 1.0)
    ended = first[rng.random(len(first)) < 0.15]
    old = ended.assign(valid_to="2025-12-31", unit_cost=ended["unit_cost"] * 0.96)
    first.loc[ended.index, "valid_from"] = "2026-01-01"
    tiered = first[rng.random(len(first)) < 0.35]
    tier = tiered.assign(tier_from=tiered["order_multiple"] * 20, unit_cost=tiered["unit_cost"] * 0.95)
    second = [
        _offer(book[(book["supplier"] == one) & (rng.random(len(book)) < share)], other, SECOND_SOURCE_MARKUP)
        for one, (other, share) in SECOND_SOURCES.items()
    ]
    frame = pd.concat([first, old, tier, *second])
    frame["unit_cost"] = frame["unit_cost"].round(2)
    return frame.sort_values(["supplier", "sku", "valid_from", "tier_from"], ignore_index=True)


def _book(scale: int, rng: np.random.Generator) -> pd.DataFrame:
    book = _named(scale)
    count = len(book)
    sources = book["suppliers"].str.split()
    book["supplier"] = [
        source[number % len(source)] for source, number in zip(sources, book["number"], strict=True)
    ]
    vendor = rows(SUPPLIERS).set_index("supplier")
    book["country_of_origin"] = book["supplier"].map(vendor["country"])
    book["currency"] = book["supplier"].map(vendor["currency"])
    book["price"] = (book["low"] + (book["high"] - book["low"]) * rng.beta(1.4, 2.2, count)).round(2)
    book["unit_cost"] = (book["price"] * rng.uniform(0.20, 0.31, count)).round(2)
    book.loc[book["sku"] == VIRAL.sku, ["price", "unit_cost"]] = VIRAL.price, VIRAL.unit_cost
    book["weight_kg"] = (
        book["kg_low"] + (book["kg_high"] - book["kg_low"]) * rng.beta(1.3, 2.0, count)
    ).round(3)
    book["volume_m3"] = (book["weight_kg"] * book["litres_per_kg"] / 1000).round(5)
    book["rate"] = _rates(book, rng)
    book["growth"] = rng.normal(0.08, 0.14, count).clip(-0.25, 0.5)
    book["elasticity"] = rng.uniform(1.4, 2.8, count)
    book["order_multiple"] = np.select([book["price"] < 15, book["price"] < 35], [24, 12], 6)
    book["minimum"] = book["order_multiple"] * rng.choice([1, 2, 4], count, p=[0.4, 0.4, 0.2])
    book["launched_on"] = _launches(book, rng)
    used = ["pull", "low", "high", "kg_low", "kg_high", "litres_per_kg", "suppliers", "number"]
    return book.drop(columns=used).sort_values("sku", ignore_index=True)


def _named(scale: int) -> pd.DataFrame:
    """A row a SKU with its category's terms and its name."""
    table = pd.read_csv(StringIO(CATEGORIES.strip()), dtype={"hs_code": "str"})
    numbers = pd.DataFrame({"number": np.arange(SKUS_PER_CATEGORY * scale)})
    book = table.merge(numbers, how="cross")
    book["sku"] = book["prefix"] + "-" + (book["number"] + 1).astype("str").str.zfill(3)
    names = []
    for prefix, number in zip(book["prefix"], book["number"], strict=True):
        nouns = NOUNS[prefix].split(",")
        edition, variant = divmod(number // len(nouns), len(VARIANTS))
        suffix = f" No. {edition + 1}" if edition else ""
        names.append(f"{VARIANTS[variant]} {nouns[number % len(nouns)]}{suffix}")
    book["name"] = book["sku"].map(HOSTILE_NAMES).fillna(pd.Series(names))
    return book.drop(columns="prefix")


def _rates(book: pd.DataFrame, rng: np.random.Generator) -> pd.Series[float]:
    """Units a day over all channels in an ordinary season: few sell much, cheap sells more, a tail seldom."""
    count = len(book)
    pull = book["pull"] * rng.lognormal(0.0, 0.85, count) * (book["price"] / 25.0) ** -0.45
    rate = pull * UNITS_PER_SKU_AND_DAY * count / pull.sum()
    rate = rate.where(rng.random(count) >= INTERMITTENT, rng.uniform(0.04, 0.33, count))
    return book["sku"].map(RATES).fillna(rate)


def _launches(book: pd.DataFrame, rng: np.random.Generator) -> pd.Series[pd.Timestamp]:
    """Launch days; blank for what was there before the records begin."""
    drawn = pd.Series(DATES[rng.integers(60, SOLD_DAYS - 70, len(book))])
    drawn = drawn.where((rng.random(len(book)) < NEW) & ~book["sku"].isin(RATES))
    planted = pd.to_datetime(book["sku"].map(NEW_PRODUCTS))
    return planted.fillna(drawn).astype("datetime64[us]")


def _channel_shares(sku: pd.Series[str], channels: list[str], rng: np.random.Generator) -> Array:
    """Share of a SKU's demand by channel: 2 to 4 channels, the likeliest first where too few were drawn."""
    listed = rng.random((len(sku), len(channels))) < np.array([LISTED[name] for name in channels])
    listed[listed.sum(axis=1) < 2, :2] = True
    listed[listed.sum(axis=1) > 4, channels.index("ebay")] = False
    pull = np.array([PULL[name] for name in channels]) * rng.lognormal(0.0, 0.35, listed.shape)
    shares = listed * pull
    unservable = sku == UNSERVABLE
    shares[unservable, channels.index(UNSERVABLE_CHANNEL)] = 0.1
    viral = sku == VIRAL.sku
    shares[viral] = 0.0
    shares[viral, :2] = (1 - VIRAL.share) / 2
    shares[viral, channels.index(VIRAL.channel)] = VIRAL.share
    return np.asarray(shares / shares.sum(axis=1, keepdims=True))


def _offer(book: pd.DataFrame, supplier: object, markup: float) -> pd.DataFrame:
    """One open-ended offer a SKU, in the currency of the SKU's first supplier."""
    fixed = book["country_of_origin"].map({country: terms[0] for country, terms in FREIGHT.items()})
    volume = book["country_of_origin"].map({country: terms[1] for country, terms in FREIGHT.items()})
    return pd.DataFrame(
        {
            "supplier": supplier,
            "sku": book["sku"],
            "tier_from": 1,
            "valid_from": "2024-01-01",
            "valid_to": pd.Series(None, index=book.index, dtype="str"),
            "unit_cost": book["unit_cost"] * markup / book["currency"].map(CURRENCIES),
            "currency": book["currency"],
            "freight_per_unit": (fixed + volume * book["volume_m3"]).round(3),
            "minimum_order_quantity": book["minimum"],
            "order_multiple": book["order_multiple"],
        }
    )
