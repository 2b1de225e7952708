"""What happens to stock if nothing more is ordered, day by day through lost sales, in every sampled world."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from workbench.formulas.order_cost import Floats

Days = NDArray[np.int64]


class Trajectory(NamedTuple):
    """Stock without a further order; shapes (days + 1, items, paths), entry t is the start of day t.

    `stock`: units before the day's arrivals, below 0 while backorders wait; `short`: units short until then;
    `arrived`: units that had arrived until then.
    """

    stock: Floats
    short: Floats
    arrived: Floats


def without_order(
    start: NDArray[np.int64], demand: Floats, arrivals: Floats, lost_share: float
) -> Trajectory:
    """Run stock down from `start` (items,), units, under `demand` and `arrivals` (days, items, paths).

    What arrives on a day serves it, backorders first. Of what is short, `lost_share` is lost and the rest
    waits. Start 3, demand 2 a day, 2 arrive on day 2: short by 1 on day 1, by none on day 2.

    >>> demand = np.full((3, 1, 1), 2, dtype=np.float32)
    >>> arrivals = np.array([0, 0, 2], dtype=np.float32).reshape(3, 1, 1)
    >>> run = without_order(np.array([3]), demand, arrivals, 1.0)
    >>> run.stock.ravel().tolist(), run.short.ravel().tolist()
    ([3.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 1.0])
    """
    days, items, paths = demand.shape
    stock, short, arrived = (np.zeros((days + 1, items, paths), dtype=np.float32) for _ in range(3))
    stock[0] = start[:, None]
    there, served, missed = (np.empty((items, paths), dtype=np.float32) for _ in range(3))
    for day in range(days):
        np.add(stock[day], arrivals[day], out=there)
        np.minimum(demand[day], np.maximum(there, 0, out=served), out=served)
        np.subtract(demand[day], served, out=missed)
        np.add(short[day], missed, out=short[day + 1])
        np.multiply(missed, np.float32(1 - lost_share), out=missed)
        np.subtract(np.subtract(there, served, out=there), missed, out=stock[day + 1])
        np.add(arrived[day], arrivals[day], out=arrived[day + 1])
    return Trajectory(stock, short, arrived)


def continued(demand: Floats, days: int) -> Floats:
    """Daily demand (horizon, items, paths) for `days` days: beyond the horizon its whole weeks come again.

    Every path goes on at its own level and with its own days of the week, so that a world with much demand
    stays one. A horizon of 8 days is continued by its last 7:

    >>> continued(np.arange(8, dtype=np.float32).reshape(8, 1, 1), 10).ravel().tolist()
    [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 1.0, 2.0]
    """
    horizon = len(demand)
    weeks = max(horizon // 7 * 7, min(horizon, 1))
    day = np.arange(days)
    beyond = horizon - weeks + (day - horizon) % weeks
    return demand[np.where(day < horizon, day, beyond)]


def selling_rate(demand: Floats) -> Floats:
    """Units a day that each path sells in the long run, shape (items, paths), from `demand` as above.

    A path's mean over a short horizon is its level plus the luck of few orders. What is level shows in both
    halves of the horizon, luck in one: paths are drawn to the mean of all by the share of their variance that
    the halves do not share (the split-half reliability of Spearman and Brown, 1910). Paths that differ by
    luck alone all sell the mean; paths that sell 1 or 3 on all days are what they seem:

    >>> selling_rate(np.array([1, 3], dtype=np.float32) * np.ones((4, 1, 1), dtype=np.float32)).tolist()
    [[1.0, 3.0]]
    """
    half = len(demand) // 2
    of_path = demand.mean(axis=0)
    mean = of_path.mean(axis=1, keepdims=True)
    if not half:
        return np.broadcast_to(mean, of_path.shape)
    early, late = demand[:half].mean(axis=0), demand[half : 2 * half].mean(axis=0)
    same = ((early - early.mean(axis=1, keepdims=True)) * late).mean(axis=1, keepdims=True)
    apart = ((early + late) / 2).var(axis=1, keepdims=True)
    trust = np.clip(same / np.maximum(apart, 1e-12), 0, 1)
    rate: Floats = mean + trust * (of_path - mean)
    return rate


def at_day(values: Floats, day: Days, item: NDArray[np.int64]) -> Floats:
    """Entries of `values` (days, items, paths) on each line's and path's `day` (lines, paths)."""
    last = len(values) - 1
    found: Floats = values[np.minimum(day, last), item[:, None], np.arange(values.shape[2])[None, :]]
    return found


def first_short_day(short: Floats) -> Floats:
    """Day on which each path is first short, shape (items, paths); blank (nan) if never."""
    is_short = short[1:] > 0
    return np.where(is_short.any(axis=0), is_short.argmax(axis=0), np.nan).astype(np.float32)
