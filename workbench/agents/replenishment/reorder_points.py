"""The stock below which an order has to be placed, by warehouse: what the figure of one SKU draws."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.agents.replenishment.market import covered_chance
from workbench.agents.replenishment.situation import Situation
from workbench.formulas.order_cost import Floats
from workbench.optimize.shortage import at_day
from workbench.policy import ReplenishmentPolicy


def reorder_points(situation: Situation, rules: ReplenishmentPolicy, sku: str) -> pd.DataFrame:
    """A SKU's reorder points at its main sources; columns warehouse, supplier, reorder_point (units), chance.

    The quantile `chance` of the demand until the next order after today's can arrive (lead time of each path
    and review period), so that an inventory position at the point covers that demand with this chance: the
    one that pays, shortage ÷ (shortage + holding of a review period).
    """
    columns = ["warehouse", "supplier", "reorder_point", "chance"]
    if situation.market is None:
        return pd.DataFrame(columns=columns)
    every = situation.market.lines
    rows = np.flatnonzero((every["sku"] == sku) & (every["role"] == "main"))
    if not len(rows):
        return pd.DataFrame(columns=columns)
    lines = every.iloc[rows].reset_index(drop=True)
    items = lines["item"].to_numpy(np.int64)
    ends = situation.market.lead_times[rows] + lines["review"].to_numpy(np.int64)[:, None]
    demand = situation.wanted.of(items).coming(0, len(items), int(ends.max()))
    chance = covered_chance(lines, rules)
    points = protected(demand, ends, chance)
    return lines.assign(reorder_point=points, chance=chance)[columns]


def protected(demand: Floats, ends: NDArray[np.int64], chance: NDArray[np.float64]) -> NDArray[np.float64]:
    """The quantile `chance` (items,) of the demand before day `ends` (items, paths), units, shape (items,).

    `demand` is (days, items, paths), units a day. Demand of 2 a day on one path and 3 on another, with
    lead times and review of 10 days, comes to 20 or 30: a chance of 0.9 asks for 30.

    >>> two = np.array([2, 3], dtype=np.float32) * np.ones((10, 1, 1), dtype=np.float32)
    >>> protected(two, np.array([[10, 10]]), np.array([0.9])).tolist()
    [30.0]
    """
    until = np.concatenate([np.zeros_like(demand[:1]), demand.cumsum(axis=0)])
    total = at_day(until, ends, np.arange(len(ends)))
    quantiles = [np.quantile(row, p, method="inverted_cdf") for row, p in zip(total, chance, strict=True)]
    return np.asarray(quantiles, dtype=np.float64)
