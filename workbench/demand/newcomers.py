"""New products: found in the products table, forecast from what was launched before them at such a price."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.demand.history import SERIES, Counts, History, Mask, Units
from workbench.policy import DemandPolicy

LEAST_PEERS = 5  # series of a pool below which all series stand in
SHAPE_BOUNDS = (0.3, 20.0)  # of the gamma distribution of peers' rates: never certain, never boundless
FIRST_DAYS = 28  # days of life that make the rate of a launch
LAUNCH_WEEKS = 12  # of age, over which the course of launches is read off
PRICE_WIDTH = 0.4  # of log price: a peer at half the price or at twice it counts a fifth
COURSE_UNITS = 50.0  # units at which a week of the launch course counts half beside the first weeks' level


class Peers(NamedTuple):
    """Who tells what a new product may sell.

    `rate` (peers,) units a day; `cost` (peers,) log of the price, NaN where that is unknown or says nothing;
    `course` (horizon,) of the calendar and `launch` (weeks of age,), the last for all later ones, both
    against the rate.
    """

    rate: Units
    cost: NDArray[np.float64]
    course: Units
    launch: NDArray[np.float64]


def newcomers(
    sales: pd.DataFrame, products: pd.DataFrame, prices: pd.DataFrame, day: pd.Timestamp, rules: DemandPolicy
) -> pd.DataFrame:
    """Series (sku, channel, region) of products launched lately or soon that have not sold yet.

    They are sold where their category is (where it is new itself: everywhere), as far as the product has a
    price in the channel, if it has any.
    """
    youngest = day - pd.Timedelta(days=rules.min_history_days)
    latest = day + pd.Timedelta(days=rules.horizon_days)
    launched = products["launched_on"].between(youngest, latest, inclusive="left")
    known = sales[SERIES].drop_duplicates().dropna()
    new = products.loc[launched & ~products["sku"].isin(known["sku"]), ["sku", "category"]]
    if new.empty or known.empty:
        return known.head(0)
    where = known.merge(products[["sku", "category"]], on="sku", how="left", validate="many_to_one")
    places = where[["category", "channel", "region"]].drop_duplicates()
    in_category = new.merge(places, on="category", how="inner", validate="many_to_many")
    orphans = new[~new["category"].isin(places["category"])]
    everywhere = orphans.merge(places[["channel", "region"]].drop_duplicates(), how="cross")
    found = pd.concat([in_category, everywhere])[SERIES]
    priced = pd.MultiIndex.from_frame(prices[["sku", "channel"]])
    sold_here = pd.MultiIndex.from_frame(found[["sku", "channel"]]).isin(priced)
    return found[sold_here | ~found["sku"].isin(prices["sku"])].reset_index(drop=True)


def young(history: History, rules: DemandPolicy) -> Mask:
    """Series (series,) with less history than the policy asks for, or without a unit sold so far."""
    short = history.first > len(history.days) - rules.min_history_days
    return np.asarray(short | ~(history.units * history.seen).any(axis=1))


def price_of(history: History, prices: pd.DataFrame, day: pd.Timestamp) -> Units:
    """Price of every series (series,) on `day`, of one launched later its first; NaN where none is known."""
    dated = prices.sort_values("valid_from")
    begun = dated[dated["valid_from"] <= day].drop_duplicates(["sku", "channel"], keep="last")
    known = pd.concat([begun, dated]).drop_duplicates(["sku", "channel"])
    priced = history.series.merge(known, on=["sku", "channel"], how="left", validate="many_to_one")
    return priced["price"].to_numpy(dtype=np.float32)


def from_category(
    history: History,
    mean: Units,
    rate: Units,
    noise: NDArray[np.float64],
    is_young: Mask,
    price: Units | None = None,
) -> tuple[Units, NDArray[np.float64]]:
    """Forecasts of the young series and the variance of their levels, from their peers and what they sold.

    Peers are past launches of the channel and category in their first weeks, as far as there are any, else
    its grown series, else all of those, else whatever sells. Their rates give a gamma distribution, the
    nearer their price the more they count, and the days lived so far update it, a day of noisy demand less
    than a day of steady demand: peers at 2 a day and 5 units in 5 days make a rate between 1 and 2. The
    course over the horizon is that of grown peers and of the launches' age. `mean` (series, horizon), `rate`,
    `noise` and `price` (series,) are those of all series.
    """
    pool = history.codes("channel", "category")
    rows = np.flatnonzero(is_young)
    forecasts = np.zeros((len(rows), mean.shape[1]), dtype=np.float32)
    variance = np.zeros(len(rows))
    cost = np.full(len(rate), np.nan) if price is None else _log(price)
    for code in np.unique(pool[rows]):
        members = pool[rows] == code
        here = rows[members]
        peers = _peers(history, mean, rate, cost, is_young, pool == code)
        shape, days = _priors(peers, cost[here])
        lived, course = _ages(history, here, peers)
        worth = 1 / (1 + noise[here] * shape / days)  # mean against variance of a day's units
        weight = shape + worth * (history.units[here] * history.seen[here]).sum(axis=1)
        forecasts[members] = (weight / (days + worth * lived))[:, None] * course
        variance[members] = 1 / weight
    return _from_launch(history, rows, forecasts), variance


def gamma_of(rate: Units, weight: NDArray[np.float64]) -> tuple[float, float]:
    """Shape and scale (days) of the gamma distribution of peers' rates (peers,), units a day.

    Minka (2002), Estimating a Gamma distribution: the mean log, which one runaway peer hardly moves, instead
    of the variance. Half a unit stands beside each peer's first weeks, so that none at 0 makes 0 certain.

    >>> shape, scale = gamma_of(np.array([1.0, 3.0], dtype=np.float32), np.ones(2))
    >>> round(shape, 2), round(shape / scale, 2)  # mean log 0.56, log of the mean 0.70
    (3.7, 2.0)
    """
    if not rate.any():
        return SHAPE_BOUNDS[0], 1.0
    centre, half = float(np.average(rate, weights=weight)), 0.5 / FIRST_DAYS
    gap = max(np.log(centre + half) - float(np.average(np.log(rate + half), weights=weight)), 1e-6)
    shape = float(np.clip((3 - gap + np.sqrt((gap - 3) ** 2 + 24 * gap)) / (12 * gap), *SHAPE_BOUNDS))
    return shape, shape / centre


def _peers(
    history: History, mean: Units, rate: Units, cost: NDArray[np.float64], is_young: Mask, in_pool: Mask
) -> Peers:
    """Past launches of a pool, else its grown series, else those of all pools, else whatever sells."""
    candidates = (in_pool & ~is_young, ~is_young, rate > 0)
    found = next((rows for rows in candidates if rows.sum() >= LEAST_PEERS), rate >= 0)
    total = rate[found].sum()
    course = mean[found].sum(axis=0) / total if total else np.ones(mean.shape[1], dtype=np.float32)
    if found is not candidates[0]:
        return Peers(rate[found], np.full(found.sum(), np.nan), course, np.ones(1))
    launched = np.flatnonzero(found & (history.first >= FIRST_DAYS))
    if len(launched) < LEAST_PEERS:
        return Peers(rate[found], cost[found], course, np.ones(1))
    first_rate, launch = _launches(history, launched)
    return Peers(first_rate, cost[launched], course, launch)


def _launches(history: History, rows: Counts) -> tuple[Units, NDArray[np.float64]]:
    """Units a seen day of launches' first weeks (series,), and the course of demand by weeks of age."""
    columns = history.first[rows, None] + np.arange(7 * LAUNCH_WEEKS)
    there = np.minimum(columns, len(history.days) - 1)
    seen = history.seen[rows[:, None], there] & (columns < len(history.days))
    units = history.units[rows[:, None], there] * seen
    rate = units[:, :FIRST_DAYS].sum(axis=1) / np.maximum(seen[:, :FIRST_DAYS].sum(axis=1), 1)
    sold = units.reshape(-1, LAUNCH_WEEKS, 7).sum(axis=(0, 2))
    expected = (seen * rate[:, None]).reshape(-1, LAUNCH_WEEKS, 7).sum(axis=(0, 2))
    return np.asarray(rate, dtype=np.float32), (sold + COURSE_UNITS) / (expected + COURSE_UNITS)


def _priors(peers: Peers, cost: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Shape and scale (series,) for each cost: peers of like cost count more, but none is left out."""
    telling = np.where(np.isnan(peers.cost).all(), np.nan, cost)
    shape, scale = np.empty(len(cost)), np.empty(len(cost))
    for asked in np.unique(telling):
        near = np.exp(-0.5 * ((peers.cost - asked) / PRICE_WIDTH) ** 2)
        weight = np.nan_to_num(near) + LEAST_PEERS / len(near)
        alike = np.isnan(telling) if np.isnan(asked) else telling == asked
        shape[alike], scale[alike] = gamma_of(peers.rate, weight)
    return shape, scale


def _ages(history: History, rows: Counts, peers: Peers) -> tuple[NDArray[np.float64], Units]:
    """Days that series have been seen, each at what its age is worth (series,), and their course ahead."""
    days, horizon = len(history.days), len(peers.course)
    week = np.clip((np.arange(days + horizon) - history.first[rows, None]) // 7, 0, len(peers.launch) - 1)
    worth = peers.launch[week]
    lived = (history.seen[rows] * worth[:, :days]).sum(axis=1)
    return lived, np.asarray(peers.course * worth[:, days:], dtype=np.float32)


def _log(price: Units) -> NDArray[np.float64]:
    """Log of what is above 0, else NaN."""
    return np.log(np.where(price > 0, price, np.nan), dtype=np.float64)


def _from_launch(history: History, rows: Counts, forecasts: Units) -> Units:
    """Nothing is sold before the launch."""
    launch = history.first[rows] - len(history.days)
    return np.where(np.arange(forecasts.shape[1]) >= launch[:, None], forecasts, 0).astype(np.float32)
