"""The plain weekly forecast: each series' fading level × the season of its category.

Classical decomposition (Hyndman & Athanasopoulos, Forecasting: Principles and Practice, section 3.4), with
the index of a calendar week drawn from the category's towards the whole business', and that towards 1.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workbench.demand.history import Counts, Units
from workbench.demand.weeks import LAST_WEEK, WeeklyPast, around, group_sums

HALF_LIFE = 6.0  # weeks of a level
CATEGORY_UNITS = 1000.0  # at which a category's own index counts half beside the business'
BUSINESS_UNITS = 30.0  # at which the business' own index counts half beside none

Index = NDArray[np.float64]


def season(past: WeeklyPast) -> Index:
    """Demand of each calendar week against a usual one (categories, LAST_WEEK + 1)."""
    week = past.calendar[: past.weeks]
    flat = np.ones((1, LAST_WEEK + 1))
    business = _index(past.units.sum(axis=0, dtype=np.float64)[None, :], week, flat, BUSINESS_UNITS)
    of_category = group_sums(past.units, past.codes["category"])
    return _index(of_category, week, business, CATEGORY_UNITS)


def _index(sold: Index, week: Counts, prior: Index, units: float) -> Index:
    """Units sold in each calendar week against the mean weeks around them, drawn to `prior` by `units`."""
    usual = around(sold)
    member = (week[:, None] == np.arange(LAST_WEEK + 1)).astype(np.float64)
    return np.asarray((sold @ member + units * prior) / (usual @ member + units))


def season_level(past: WeeklyPast, half_life: float = HALF_LIFE) -> Units:
    """Forecasts of the weeks that follow (series, ahead), units."""
    course = season(past)[past.codes["category"]][:, past.calendar]
    weight = 0.5 ** (np.arange(past.weeks)[::-1] / half_life)
    exposure = (past.seen * course[:, : past.weeks]) @ weight
    level = past.units @ weight / np.maximum(exposure, 1e-9)
    return np.asarray(level[:, None] * course[:, past.weeks :], dtype=np.float32)
