"""Trees over all series and weeks: what levels, groups and the weeks of a year before say of weeks ahead.

Poisson deviance on units around each series' own mean, as in `boosting`, which does the same for days. Every
feature of an origin rests on weeks before it.
"""

from __future__ import annotations

from typing import NamedTuple

import lightgbm
import numpy as np
from numpy.typing import NDArray

from workbench.demand.boosting import PARAMETERS, Learned
from workbench.demand.history import Mask, Units
from workbench.demand.weeks import YEAR, WeeklyPast, group_sums

TREES = 300
SHAPE = {
    "learning_rate": 0.06,
    "num_leaves": 15,
    "min_data_in_leaf": 60,
    "feature_fraction": 0.3,
    "bagging_fraction": 0.8,
    "lambda_l2": 20.0,
}
WINDOWS = (1, 2, 4, 8, 13, 26, 52)  # weeks that levels are told over
HALF_LIVES = (3.0, 10.0)  # weeks
LAGS = 4  # newest weeks told one by one
AROUND = (-2, -1, 0, 1, 2)  # weeks around the same week a year before
FIRST = 26  # weeks before the first origin that is learnt from
STEP = 2  # weeks between origins
OLD_ENOUGH = 8  # seen weeks before an origin
LEAST_ROWS = 2_000
KINDS = ("category", "region")  # told as what they are, the last columns
AGE = 80.0  # weeks after which an origin counts half
LEAST = 0.05  # units a week: no scale is lower


class Sums(NamedTuple):
    """Running sums before each week (rows, weeks + 1), so that a window costs one difference."""

    units: NDArray[np.float64]
    seen: NDArray[np.float64]
    groups: dict[str, NDArray[np.float64]]


def learn_weeks(past: WeeklyPast, ahead: int, *, seed: int) -> Learned | None:
    """Fit on the weeks of `past` alone, at past origins; None where there is too little to learn from."""
    sums = _sums(past)
    parts = []
    for origin in range(past.weeks - 1, FIRST, -STEP):
        weeks = min(ahead, past.weeks - origin)
        scale, x = _told(past, sums, origin, weeks)
        came = slice(origin, origin + weeks)
        counted = past.seen[:, came] & (past.seen[:, :origin].sum(axis=1) >= OLD_ENOUGH)[:, None]
        age = np.full(int(counted.sum()), 0.5 ** ((past.weeks - origin) / AGE))
        start = np.broadcast_to(np.log(scale)[:, None], counted.shape)[counted]
        parts.append((x[counted.ravel()], past.units[:, came][counted], start, age))
    if not parts:
        return None
    x, units, start, weight = (np.concatenate(part) for part in zip(*parts, strict=True))
    if len(units) < LEAST_ROWS or not units.any():
        return None
    kinds = list(range(x.shape[1] - len(KINDS), x.shape[1]))
    data = lightgbm.Dataset(x, units, weight=weight, init_score=start, categorical_feature=kinds)
    booster = lightgbm.train(PARAMETERS | SHAPE | {"seed": seed, "num_threads": 1}, data, TREES)
    return Learned(booster.model_to_string())


def foresee_weeks(learned: Learned, past: WeeklyPast) -> Units:
    """Forecasts of the weeks that follow (series, ahead), units."""
    scale, x = _told(past, _sums(past), past.weeks, past.ahead)
    raw = np.asarray(lightgbm.Booster(model_str=learned.trees).predict(x, raw_score=True, num_threads=1))
    return np.asarray(scale[:, None] * np.exp(raw.reshape(len(scale), -1)), dtype=np.float32)


def _sums(past: WeeklyPast) -> Sums:
    groups = {name: _before(group_sums(past.units, code)) for name, code in past.codes.items()}
    return Sums(_before(past.units), _before(past.seen), groups)


def _before(values: Units | Mask | NDArray[np.float64]) -> NDArray[np.float64]:
    return np.pad(np.cumsum(values, axis=1, dtype=np.float64), ((0, 0), (1, 0)))


def _mean(sums: NDArray[np.float64], origin: int, window: int) -> NDArray[np.float64]:
    first = max(origin - window, 0)
    return np.asarray((sums[:, origin] - sums[:, first]) / max(origin - first, 1))


def _told(past: WeeklyPast, sums: Sums, origin: int, ahead: int) -> tuple[Units, Units]:
    """Scale of each series (series,), units a week, and the features (series × ahead, features)."""
    levels = {
        w: _mean(sums.units, origin, w) / np.maximum(_mean(sums.seen, origin, w), 1e-9) for w in WINDOWS
    }
    scale = np.maximum((levels[13] + 2 * levels[52]) / 3, LEAST)
    series = _levels(past, levels, scale, origin) + _groups(past, sums, origin)
    weeks = [_week(past, sums, scale, origin, week) for week in range(origin, origin + ahead)]
    x = np.stack([np.column_stack([*series, *week]) for week in weeks], axis=1)
    return scale.astype(np.float32), x.reshape(-1, x.shape[2]).astype(np.float32)


def _levels(
    past: WeeklyPast, levels: dict[int, NDArray[np.float64]], scale: NDArray[np.float64], origin: int
) -> list[NDArray[np.float64]]:
    """Levels of several windows against the scale, and how a series sells."""
    quarter, year = (past.units[:, max(origin - weeks, 0) : origin] for weeks in (13, YEAR))
    sold = year[:, ::-1] > 0
    fading = [_faded(past, origin, half_life) for half_life in HALF_LIVES]
    return [
        *(np.log((level + 0.1) / (scale + 0.1)) for level in (*levels.values(), *fading)),
        *(past.units[:, origin - 1 - lag] / (scale + 0.5) for lag in range(LAGS)),
        *(part.std(axis=1) / (scale + 0.1) for part in (quarter, year)),
        *((part > 0).mean(axis=1) for part in (quarter, year)),
        quarter.max(axis=1) / (scale + 0.5),
        np.where(sold.any(axis=1), sold.argmax(axis=1), YEAR),
        np.log(scale),
        past.seen[:, :origin].sum(axis=1),
        (~past.seen[:, max(origin - 13, 0) : origin]).sum(axis=1),
    ]


def _faded(past: WeeklyPast, origin: int, half_life: float) -> NDArray[np.float64]:
    weight = 0.5 ** (np.arange(origin)[::-1] / half_life)
    seen = past.seen[:, :origin] @ weight
    return np.asarray(past.units[:, :origin] @ weight / np.maximum(seen, 1e-9))


def _groups(past: WeeklyPast, sums: Sums, origin: int) -> list[NDArray[np.float64]]:
    """How each series' groups go: month against quarter, quarter against year."""
    found = []
    for name, code in past.codes.items():
        month, quarter, year = (_mean(sums.groups[name], origin, weeks) for weeks in (4, 13, YEAR))
        found += [np.log((near + 1) / (far + 1))[code] for near, far in ((month, quarter), (quarter, year))]
    return found


def _week(
    past: WeeklyPast, sums: Sums, scale: NDArray[np.float64], origin: int, week: int
) -> list[NDArray[np.float64]]:
    """What is known of one week ahead: its place, and the same week of the years before."""
    before = past.year_before
    a_year = before[week]
    two_years = before[a_year] if a_year >= 0 else a_year
    own = [_then(past, scale, a_year + shift, origin) for shift in AROUND]
    groups = [
        _same_week(sums.groups[name], origin, then, then - week + origin, wide)[code]
        for name, code in past.codes.items()
        for then in (a_year, two_years)
        for wide in (0, 1)
    ]
    plain = [np.full(len(scale), value, dtype=np.float64) for value in (past.calendar[week], week - origin)]
    kinds = [past.codes[name].astype(np.float64) for name in KINDS]
    return [*plain, *own, *groups, *kinds]


def _then(past: WeeklyPast, scale: NDArray[np.float64], week: int, origin: int) -> NDArray[np.float64]:
    if not 0 <= week < origin:
        return np.full(len(scale), np.nan)
    return np.log((past.units[:, week] + 0.3) / (scale + 0.3))


def _same_week(
    sums: NDArray[np.float64], origin: int, then: int, start: int, wide: int
) -> NDArray[np.float64]:
    """What groups sold in week `then`, some year before, against the eight weeks before its `start`."""
    last = min(then + wide + 1, origin)
    if start < 8 or last <= then - wide:
        return np.full(len(sums), np.nan)
    sold = (sums[:, last] - sums[:, then - wide]) / (last - then + wide)
    return np.asarray(np.log((sold + 2) / (_mean(sums, start, 8) + 2)))
