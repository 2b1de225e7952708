"""The plain weekly forecast: each series' level × the season of its category.

Classical decomposition (Hyndman & Athanasopoulos, Forecasting: Principles and Practice, section 3.4), with
the index of a calendar week drawn from the category's towards the whole business', and that towards 1.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from workbench.demand.history import Counts, Units
from workbench.demand.weeks import LAST_WEEK, WeeklyPast, around, group_sums

USUAL_HALF_LIFE = 26.0  # weeks of a series' usual level
RECENT_HALF_LIFE = 3.0  # weeks of what it sold lately
RECENT_UNITS = 40.0  # at which what it sold lately counts half beside its usual level
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


def season_level(past: WeeklyPast) -> Units:
    """Forecasts of the weeks that follow (series, ahead), units."""
    course = season(past)[past.codes["category"]][:, past.calendar]
    level = levels(past.units, past.seen * course[:, : past.weeks])
    return np.asarray(level[:, None] * course[:, past.weeks :], dtype=np.float32)


def levels(units: Units, exposure: Index) -> Index:
    """Units a usual week (series,) from those of past weeks, which count as `exposure` usual ones each (both
    (series, weeks)).

    The mean of a gamma distribution around the usual level once the recent weeks' Poisson counts are known
    (Gelman et al., Bayesian Data Analysis, section 2.6): the last weeks of a fast seller tell much, those of
    a slow one next to nothing. Usually 10 a week and 80 in recent weeks that weigh 4:
    10 × (40 + 80) / (40 + 10 × 4) = 15.
    """
    age = np.arange(units.shape[1])[::-1]
    usually, lately = 0.5 ** (age / USUAL_HALF_LIFE), 0.5 ** (age / RECENT_HALF_LIFE)
    usual = units @ usually / np.maximum(exposure @ usually, 1e-9)
    return np.asarray(usual * (RECENT_UNITS + units @ lately) / (RECENT_UNITS + usual * (exposure @ lately)))
