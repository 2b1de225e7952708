"""What customers of the demo want on a day: known factors times chance, before any stock is asked."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.lake.demo_catalogue import Catalogue
from workbench.lake.demo_days import DATES, SOLD_DAYS, Array, season, weekday
from workbench.lake.demo_signals import Signals
from workbench.lake.demo_situations import VIRAL

Counts = NDArray[np.int32]

CHANNEL_GROWTH = {"shop": 0.03, "amazon": 0.07, "walmart": 0.10, "ebay": -0.06, "tiktok": 0.30}
YEAR = 365.25
# first possible day of a promotion in a season, and how many days later it may start at most
PROMOTION_SLOTS = (
    ("2025-01-06", 55),
    ("2025-04-02", 65),
    ("2025-07-14", 50),
    ("2025-09-16", 45),
    ("2026-01-06", 55),
    ("2026-04-02", 65),
    ("2026-07-14", 50),
    ("2026-09-16", 62),
)
PROMOTED = 0.30  # chance a SKU, channel and slot
HOLIDAY_PROMOTIONS = (
    ("2024-11-29", "2024-12-02"),
    ("2025-11-28", "2025-12-01"),
    ("2026-11-27", "2026-11-30"),
)
HOLIDAY_PROMOTED = 0.45
HOLIDAY_CHANNELS = ("shop", "amazon", "walmart")


def promotions(goods: Catalogue, rng: np.random.Generator) -> pd.DataFrame:
    """The table `promotions`: a few a year and listing, and Black Friday; none overlap, some are planned."""
    sku, channel = np.nonzero(goods.shares)
    listed = pd.DataFrame(
        {"sku": goods.book["sku"].to_numpy()[sku], "channel": np.array(goods.channels)[channel]}
    )
    frames = []
    for first, spread in PROMOTION_SLOTS:
        run = listed[rng.random(len(listed)) < PROMOTED]
        starts = pd.Timestamp(first) + pd.to_timedelta(rng.integers(0, spread, len(run)), unit="D")
        ends = starts + pd.to_timedelta(rng.choice([4, 6, 9], len(run)), unit="D")
        discount = rng.choice([0.1, 0.15, 0.2, 0.25], len(run))
        frames.append(run.assign(valid_from=starts, valid_to=ends, discount=discount))
    for start, end in HOLIDAY_PROMOTIONS:
        chance = np.where(listed["channel"].isin(HOLIDAY_CHANNELS), HOLIDAY_PROMOTED, 0.0)
        run = listed[rng.random(len(listed)) < chance]
        discount = rng.choice([0.2, 0.25, 0.3], len(run))
        frames.append(
            run.assign(valid_from=pd.Timestamp(start), valid_to=pd.Timestamp(end), discount=discount)
        )
    whole = pd.concat(frames, ignore_index=True)
    launched = whole["sku"].map(goods.book.set_index("sku")["launched_on"])
    whole = whole[~(whole["valid_from"] < launched) & (whole["sku"] != VIRAL.sku)]
    return whole.sort_values(["sku", "channel", "valid_from"], ignore_index=True)


def expected(goods: Catalogue, deals: pd.DataFrame, known: Signals, holidays: Array) -> NDArray[np.float32]:
    """Mean units wanted, shape (days, skus, channels, regions): base rate x trend x season x weekday x
    events x promotions x signals."""
    book = goods.book
    base = book["rate"].to_numpy()[:, None, None] * goods.shares[:, :, None] * goods.regional[:, None, :]
    years = (np.arange(len(DATES)) - SOLD_DAYS / 2) / YEAR
    by_sku = np.stack([season(name) for name in book["season"]], axis=1) * known.by_sku
    by_sku *= np.exp(years[:, None] * np.log1p(book["growth"].to_numpy()))
    by_sku *= _on_sale(book["launched_on"])
    by_channel = np.stack([weekday(name) for name in goods.channels], axis=1) * known.by_channel
    by_channel *= np.exp(years[:, None] * np.log1p([CHANNEL_GROWTH[name] for name in goods.channels]))
    by_weather = np.exp(book["degree"].to_numpy()[None, :, None] * known.degrees[:, None, :])
    mean = np.empty((len(DATES), *base.shape), dtype=np.float32)
    uplift = _uplift(goods, deals)
    for index in range(len(DATES)):  # a day at a time: sixteen times the SKUs must fit in memory
        factor = by_sku[index][:, None, None] * by_channel[index][:, None] * by_weather[index][:, None, :]
        mean[index] = base * factor * holidays[index].T * uplift[index][:, :, None]
    return mean


def wanted(mean: NDArray[np.float32], rng: np.random.Generator) -> Counts:
    """Units wanted a day, shape (days sold, skus, channels, regions).

    Poisson around the mean times a slow drift a SKU (which no planner foresees), a day's mood for all, and
    chance in clumps: the variance is mean + 0.15 mean².
    """
    count = mean.shape[1]
    units = np.empty((SOLD_DAYS, *mean.shape[1:]), dtype=np.int32)
    drift = np.zeros(count)
    for index in range(SOLD_DAYS):
        drift = 0.98 * drift + rng.normal(0.0, 0.03, count)
        mood = np.exp(rng.normal(0.0, 0.035))
        clumps = rng.gamma(1 / 0.15, 0.15, mean.shape[1:])
        units[index] = rng.poisson(mean[index] * np.exp(drift)[:, None, None] * mood * clumps)
    return units


def _on_sale(launched_on: pd.Series[pd.Timestamp]) -> Array:
    """1 from the launch on, 0 before, shape (days, skus)."""
    launched = launched_on.fillna(DATES[0]).to_numpy()
    return np.asarray(DATES.to_numpy()[:, None] >= launched[None, :], dtype=np.float64)


def _uplift(goods: Catalogue, deals: pd.DataFrame) -> Array:
    """What promotions bring, shape (days, skus, channels): price to the power of minus the elasticity."""
    factor = np.ones((len(DATES), *goods.shares.shape))
    sku = goods.book["sku"].searchsorted(deals["sku"])
    channel = pd.Index(goods.channels).get_indexer(pd.Index(deals["channel"]))
    uplift = (1 - deals["discount"].to_numpy()) ** -goods.book["elasticity"].to_numpy()[sku]
    first = DATES.searchsorted(deals["valid_from"])
    after = DATES.searchsorted(deals["valid_to"]) + 1
    for row in range(len(deals)):
        factor[first[row] : after[row], sku[row], channel[row]] *= uplift[row]
    return factor
