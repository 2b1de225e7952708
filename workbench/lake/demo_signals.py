"""What the demo knows beside sales (marketing, weather, competitor prices, talk) and what it really does."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from workbench.lake.demo_catalogue import Catalogue
from workbench.lake.demo_days import DATES, PLAN_DAY, SOLD_DAYS, Array, day
from workbench.lake.demo_situations import VIRAL

WATCHED = 40  # SKUs whose competitor price is followed
TALKED_ABOUT = 12
SPEND = {"shop": 900.0, "amazon": 1400.0, "walmart": 500.0, "ebay": 120.0, "tiktok": 650.0}
# mean, swing over the year and its noise, degrees Celsius
CLIMATE = {"west": (15.0, 9.0, 2.6), "central": (16.0, 13.0, 3.8), "east": (12.0, 13.0, 3.4)}
VIRAL_MENTIONS = (95, 160, 420, 9_800)  # the last four days


class Signals(NamedTuple):
    """The table, and what it does to demand: by channel (days, channels), by SKU (days, skus), degrees above
    normal (days, regions)."""

    table: pd.DataFrame
    by_channel: Array
    by_sku: Array
    degrees: Array


def signals(goods: Catalogue, rng: np.random.Generator) -> Signals:
    """Draw every signal with its effect; what is measured is known a day later, what is planned before."""
    marketing, by_channel = _marketing(goods.channels, rng)
    weather, degrees = _weather(goods.regions, rng)
    fast = goods.book.sort_values(["rate", "sku"], ascending=[False, True]).index
    competitor, cheaper = _competitor(goods, fast[:WATCHED], rng)
    viral = goods.book.index[goods.book["sku"] == VIRAL.sku]
    social, talk = _social(goods, viral.append(fast.drop(viral))[:TALKED_ABOUT], rng)
    frames = []
    for kind, frame in {
        "marketing": marketing,
        "weather": weather,
        "competitor_price": competitor,
        "social": social,
    }.items():
        frames.append(frame.assign(kind=kind).reindex(columns=_COLUMNS))
    table = pd.concat(frames, ignore_index=True)
    table[["sku", "channel", "region"]] = table[["sku", "channel", "region"]].fillna("*")
    return Signals(table, by_channel, cheaper * talk, degrees)


_COLUMNS = ["date", "kind", "sku", "channel", "region", "value", "known_at"]


def _marketing(channels: list[str], rng: np.random.Generator) -> tuple[pd.DataFrame, Array]:
    """Spend a day, planned two weeks ahead by week; doubling it lifts a channel by 4 %."""
    weeks = rng.lognormal(0.0, 0.45, (-(-len(DATES) // 7), len(channels)))
    level = np.repeat(weeks, 7, axis=0)[: len(DATES)]
    known = PLAN_DAY + pd.Timedelta(days=14) > DATES
    spend = (level * np.array([SPEND[name] for name in channels])).round(2)
    frame = _long(DATES[known], channels, spend[known], "channel")
    frame["known_at"] = _instants(frame["date"] - pd.Timedelta(days=14), 15)
    return frame, 1 + 0.04 * np.log2(level)


def _weather(regions: list[str], rng: np.random.Generator) -> tuple[pd.DataFrame, Array]:
    """Degrees a day; above normal is what people answer to."""
    normal, above = [], []
    for name in regions:
        mean, swing, noise = CLIMATE[name]
        normal.append(mean - swing * np.cos(2 * np.pi * (DATES.day_of_year.to_numpy() - 20) / 365.25))
        above.append(_ar1(len(DATES), 0.75, noise, rng))
    degrees = np.stack(above, axis=1)
    measured = (np.stack(normal, axis=1) + degrees).round(1)
    frame = _long(DATES[:SOLD_DAYS], regions, measured[:SOLD_DAYS], "region")
    frame["known_at"] = _instants(frame["date"] + pd.Timedelta(days=1), 8)
    return frame, degrees


def _competitor(goods: Catalogue, fast: pd.Index, rng: np.random.Generator) -> tuple[pd.DataFrame, Array]:
    """A competitor's price a week; one that is 10 % dearer brings 5 % more."""
    weeks = -(-len(DATES) // 7)
    ratio = 1.0 + np.stack([_ar1(weeks, 0.9, 0.07, rng) for _ in fast], axis=1).clip(-0.25, 0.25)
    effect = np.ones((len(DATES), len(goods.book)))
    effect[:, fast] = np.repeat(ratio, 7, axis=0)[: len(DATES)] ** 0.5
    mondays = DATES[::7]
    known = mondays < PLAN_DAY
    price = (ratio * goods.book.loc[fast, "price"].to_numpy()).round(2)
    frame = _long(mondays[known], goods.book.loc[fast, "sku"].tolist(), price[known], "sku")
    frame["known_at"] = _instants(frame["date"], 18)
    return frame, effect


def _social(goods: Catalogue, fast: pd.Index, rng: np.random.Generator) -> tuple[pd.DataFrame, Array]:
    """Mentions a day; a day talked about twice as much as usual brings 12 % more on the next."""
    mood = np.stack([_ar1(len(DATES), 0.6, 0.45, rng) for _ in fast], axis=1)
    effect = np.ones((len(DATES), len(goods.book)))
    effect[1:, fast] = (1 + 0.12 * mood[:-1] / np.log(2)).clip(0.6, 1.6)
    mentions = rng.poisson(40 * np.exp(mood[:SOLD_DAYS]))
    skus = goods.book.loc[fast, "sku"].tolist()
    mentions[-len(VIRAL_MENTIONS) :, skus.index(VIRAL.sku)] = VIRAL_MENTIONS
    frame = _long(DATES[:SOLD_DAYS], skus, mentions.astype(np.float64), "sku")
    frame["known_at"] = _instants(frame["date"] + pd.Timedelta(days=1), 8)
    return frame, effect


def _ar1(count: int, memory: float, spread: float, rng: np.random.Generator) -> Array:
    """A first-order autoregression around 0 with this stationary spread."""
    shocks = rng.normal(0.0, spread * (1 - memory**2) ** 0.5, count)
    values = np.zeros(count)
    for step in range(1, count):
        values[step] = memory * values[step - 1] + shocks[step]
    return values


def _long(days: pd.DatetimeIndex, names: list[str], values: Array, column: str) -> pd.DataFrame:
    """A row a day and name of `values`, shape (days, names)."""
    return pd.DataFrame(
        {
            "date": day(days.repeat(len(names))),
            column: np.tile(np.array(names), len(days)),
            "value": values.ravel(),
        }
    )


def _instants(days: pd.Series[pd.Timestamp], hour: int) -> pd.Series[pd.Timestamp]:
    """An hour of UTC on these days."""
    return (days + pd.Timedelta(hours=hour)).dt.tz_localize("UTC").astype("datetime64[us, UTC]")
