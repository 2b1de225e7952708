"""New products: found in the products table, forecast from their category until they have a history."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.demand.history import SERIES, Counts, History, Mask, Units
from workbench.policy import DemandPolicy

LEAST_PEERS = 5  # series of a pool below which all series stand in
SHAPE_BOUNDS = (0.3, 20.0)  # of the gamma distribution of peers' rates: never certain, never boundless


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
    known = sales[SERIES].drop_duplicates()
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


def from_category(
    history: History, mean: Units, rate: Units, noise: NDArray[np.float64], is_young: Mask
) -> tuple[Units, NDArray[np.float64]]:
    """Forecasts of the young series and the variance of their levels, from their peers and what they sold.

    Peers are the grown series of one channel and category, else of all, else whatever sells. Their rates give
    a gamma distribution, and the days lived so far update it, a day of noisy demand less than a day of steady
    demand: peers at 2 a day and 5 units in 5 days make a rate between 1 and 2. The course over the horizon is
    the peers' own. `mean` (series, horizon), `rate` and `noise` (series,) are those of all series.
    """
    pool = history.codes("channel", "category")
    rows = np.flatnonzero(is_young)
    forecasts = np.zeros((len(rows), mean.shape[1]), dtype=np.float32)
    variance = np.zeros(len(rows))
    sold = (history.units * history.seen).sum(axis=1)
    lived = history.seen.sum(axis=1)
    for code in np.unique(pool[rows]):
        members = pool[rows] == code
        candidates = ((pool == code) & ~is_young, ~is_young, rate > 0)
        peers = next((found for found in candidates if found.sum() >= LEAST_PEERS), rate >= 0)
        shape, scale, course = _peers(mean[peers], rate[peers])
        here = rows[members]
        worth = 1 / (1 + noise[here] * shape / scale)  # mean against variance of a day's units
        weight = shape + worth * sold[here]
        forecasts[members] = (weight / (scale + worth * lived[here]))[:, None] * course
        variance[members] = 1 / weight
    return _from_launch(history, rows, forecasts), variance


def _peers(mean: Units, rate: Units) -> tuple[float, float, Units]:
    """Shape and scale (days) of the gamma distribution of peers' rates, and their course (horizon,)."""
    if not rate.sum():
        return SHAPE_BOUNDS[0], 1.0, np.ones(mean.shape[1], dtype=np.float32)
    centre, spread = float(rate.mean()), float(rate.var())
    shape = float(np.clip(centre**2 / max(spread, 1e-9), *SHAPE_BOUNDS))
    return shape, shape / centre, mean.sum(axis=0) / rate.sum()


def _from_launch(history: History, rows: Counts, forecasts: Units) -> Units:
    """Nothing is sold before the launch."""
    launch = history.first[rows] - len(history.days)
    return np.where(np.arange(forecasts.shape[1]) >= launch[:, None], forecasts, 0).astype(np.float32)
