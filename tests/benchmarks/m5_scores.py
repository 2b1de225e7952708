"""The M5's two scores, WRMSSE and WSPL, over its 12 levels, and the quantiles of all levels from paths.

Makridakis, Spiliotis & Assimakopoulos (2022), M5 accuracy competition: results, findings, and conclusions,
and The M5 uncertainty competition, both International Journal of Forecasting 38(4).
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from tests.benchmarks.m5_data import M5Data

Numbers = NDArray[np.float64]
Units = NDArray[np.float32]

HORIZON = 28
WEIGHT_DAYS = 28  # a series weighs what it turned over in the four weeks before the origin
QUANTILES = (0.005, 0.025, 0.165, 0.25, 0.5, 0.75, 0.835, 0.975, 0.995)
LEVELS = (
    (),
    ("state_id",),
    ("store_id",),
    ("cat_id",),
    ("dept_id",),
    ("state_id", "cat_id"),
    ("state_id", "dept_id"),
    ("store_id", "cat_id"),
    ("store_id", "dept_id"),
    ("item_id",),
    ("state_id", "item_id"),
    ("item_id", "store_id"),
)
DAYS_AT_ONCE = 97  # bounds the memory of sums over all of history


@dataclass(frozen=True)
class Hierarchy:
    """All sums of series that are scored: level after level, within one as first met in the file.

    `sums` (sums, series) is 1 where a series is part of a sum; `level` (sums,) 0 to 11; `ids` (sums,) as in
    the competition's file: the keys of the level joined by _, and X where there is but one (Total_X, CA_X,
    HOBBIES_1_001_X; CA_1_FOODS_3, CA_HOBBIES_1_001, HOBBIES_1_001_CA_1). The last level is the series.
    """

    sums: sparse.csr_array
    level: NDArray[np.int64]
    ids: NDArray[np.object_]


@dataclass(frozen=True)
class Yardstick:
    """What errors are measured against at one origin, for every sum (sums,).

    `weight`, its share in the turnover of its level; `squared` and `absolute`, its mean squared and mean
    absolute change from day to day since its first sale, 0 where that was on the last day or never.
    """

    weight: Numbers
    squared: Numbers
    absolute: Numbers


def hierarchy(names: pd.DataFrame) -> Hierarchy:
    """The 42,840 sums of the 12 levels, for the M5's 30,490 series."""
    ids, rows, level = [], [], []
    for number, columns in enumerate(LEVELS):
        keys = [names[column] for column in columns] or [pd.Series("Total", index=names.index)]
        text = keys[0] + "_" + (keys[1] if len(keys) > 1 else "X")
        codes, found = pd.factorize(text)
        rows.append(codes + sum(len(part) for part in ids))
        ids.append(found.to_numpy(dtype=object))
        level.append(np.full(len(found), number))
    series = np.tile(np.arange(len(names)), len(LEVELS))
    ones = np.ones(len(series), dtype=np.float32)
    sums = sparse.csr_array((ones, (np.concatenate(rows), series)))
    return Hierarchy(sums, np.concatenate(level), np.concatenate(ids))


def yardstick(tree: Hierarchy, data: M5Data, origin: int) -> Yardstick:
    """Weights and scales from the sales before `origin` alone."""
    recent = slice(origin - WEIGHT_DAYS, origin)
    turnover = np.nansum(data.sales[:, recent] * data.prices(recent.start, recent.stop).astype(float), axis=1)
    squared, absolute = changes(tree, data.sales[:, :origin])
    return Yardstick(tree.sums @ turnover / turnover.sum(), squared, absolute)


def changes(tree: Hierarchy, sales: NDArray[np.int16]) -> tuple[Numbers, Numbers]:
    """Mean squared and mean absolute change from day to day since the first sale (sums,).

    A series that sold 0, 2, 5, 1 changed by 3 and 4: 12.5 and 3.5.
    """
    squared, absolute, days = (np.zeros(len(tree.ids)) for _ in range(3))
    last = np.zeros((len(tree.ids), 1), dtype=np.float32)
    for start in range(0, sales.shape[1], DAYS_AT_ONCE):
        sold = tree.sums @ sales[:, start : start + DAYS_AT_ONCE].astype(np.float32)  # whole numbers: exact
        sold = np.concatenate([last, sold], axis=1)
        living = np.logical_or.accumulate((sold > 0) | (days > 0)[:, None], axis=1)[:, :-1]
        change = np.diff(sold, axis=1).astype(np.float64) * living
        squared += (change**2).sum(axis=1)
        absolute += np.abs(change).sum(axis=1)
        days += living.sum(axis=1)
        last = sold[:, -1:]
    return squared / np.maximum(days, 1), absolute / np.maximum(days, 1)


def wrmsse(tree: Hierarchy, against: Yardstick, means: Units, actual: NDArray[np.int16]) -> Numbers:
    """Weighted root mean squared scaled error of each level (12,); the M5's score is their mean.

    `means` and `actual` (series, days), units.
    """
    error = tree.sums @ (means.astype(np.float64) - actual)
    return _by_level(tree, against.weight, np.sqrt((error**2).mean(axis=1)), np.sqrt(against.squared))


def wspl(tree: Hierarchy, against: Yardstick, quantiles: Units, actual: NDArray[np.int16]) -> Numbers:
    """Weighted scaled pinball loss of each level (12,), the mean of the nine quantiles.

    `quantiles` (sums, 9, days), `actual` (series, days), units.
    """
    truth = tree.sums @ actual.astype(np.float64)
    loss = np.mean(
        [pinball(quantiles[:, place], truth, share) for place, share in enumerate(QUANTILES)], axis=0
    )
    return _by_level(tree, against.weight, loss, against.absolute)


def pinball(forecast: Units, truth: Numbers, share: float) -> Numbers:
    """Mean pinball loss of a quantile (rows,): `share` a unit too low, 1 - `share` a unit too high.

    >>> pinball(np.array([[4.0, 4.0]], dtype=np.float32), np.array([[6.0, 3.0]]), 0.75).tolist()
    [0.875]
    """
    short = truth - forecast
    return np.maximum(share * short, (share - 1) * short).mean(axis=1)


def _by_level(tree: Hierarchy, weight: Numbers, error: Numbers, scale: Numbers) -> Numbers:
    """Weighted sum by level of scaled errors; what never changed has no scale and counts nothing."""
    scaled = np.divide(error, scale, out=np.zeros_like(error), where=scale > 0)
    return np.bincount(tree.level, weight * scaled, minlength=len(LEVELS))


def path_quantiles(tree: Hierarchy, paths: Units) -> Units:
    """The nine quantiles (sums, 9, days) of all sums, from paths (series, days, paths) of the series.

    Day by day, so that beside the paths only one day's sums are held.
    """
    found = np.empty((len(tree.ids), len(QUANTILES), paths.shape[1]), dtype=np.float32)
    above = len(tree.ids) - len(paths)
    for day in range(paths.shape[1]):
        worlds = np.ascontiguousarray(paths[:, day])
        found[:above, :, day] = order_statistics(tree.sums[:above] @ worlds)
        found[above:, :, day] = order_statistics(worlds)
    return found


def order_statistics(worlds: Units) -> Units:
    """The nine quantiles (rows, 9) of worlds (rows, paths): the smallest path that the share does not exceed.

    The rule of `workbench.demand.paths`: a count stays a count.
    """
    places = np.ceil(np.array(QUANTILES) * worlds.shape[1]).astype(np.int64) - 1
    return np.sort(worlds, axis=1)[:, places]
