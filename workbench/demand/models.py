"""The fast models: each forecasts all series at once from the past before an origin."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from workbench.demand.history import Counts, History, Mask, Units, completed, tamed
from workbench.demand.promotions import lift

SHAPE_DAYS = 182  # the weekday shape is read off the last half year
SHAPE_UNITS = 10.0  # units at which a weekday's own share counts half beside its pool's
AVERAGE_WEEKS = 8  # weeks of the seasonal moving average
TSB_CHANCE, TSB_SIZE = 0.05, 0.1  # smoothing of chance and size; Teunter, Syntetos & Babai use 0.01 to 0.3
ROWS = 2048  # series smoothed at a time: bounds the memory


@dataclass(frozen=True)
class Past:
    """What may be known at an origin: the days before it, and own promotions planned after it.

    `units` (series, days) completed where unseen, lone record days `cut`; `base` the same with promotions
    taken out; `alive` days of life; `weekday` (days + horizon,); `lifts` (series, days + horizon) demand on a
    day against the same day without a promotion; `pool` (series,) the channel × category of each.
    """

    units: Units
    base: Units
    alive: Mask
    cut: Mask
    weekday: Counts
    lifts: Units
    pool: Counts
    horizon: int

    @property
    def days(self) -> int:
        """Days before the origin."""
        return int(self.units.shape[1])


def look_back(history: History, discount: Units, origin: int, horizon: int, one_off: float) -> Past:
    """The past before column `origin`; the lift of promotions is estimated from it alone.

    A lone day beyond `one_off` times the largest before it counts as that.
    """
    weekday = (history.days[0].day_of_week + np.arange(origin + horizon)) % 7
    alive, seen = history.alive[:, :origin], history.seen[:, :origin]
    full = completed(history.units[:, :origin], seen, alive, weekday[:origin])
    units = tamed(full, alive, one_off)
    effect = lift(units, seen, alive, discount[:, :origin], weekday[:origin], history.codes("category"))
    if effect.any():
        lifts = 1 + effect[:, None] * discount[:, : origin + horizon]
        base = units / lifts[:, :origin]
    else:
        lifts, base = np.broadcast_to(np.float32(1), (len(units), origin + horizon)), units
    pool = history.codes("channel", "category")
    return Past(units, base, alive, units < full, weekday, lifts, pool, horizon)


def weekday_shape(past: Past) -> Units:
    """Demand of each weekday against the mean day (series, 7), drawn towards its pool's shape."""
    recent = slice(max(past.days - SHAPE_DAYS, 0), past.days)
    member = _weekdays(past.weekday[recent])
    sold = past.base[:, recent] @ member
    lived = past.alive[:, recent] @ member
    level = sold.sum(axis=1) / np.maximum(lived.sum(axis=1), 1)
    expected = lived * level[:, None]
    pools = int(past.pool.max()) + 1
    pool_sold, pool_expected = np.zeros((pools, 7)), np.zeros((pools, 7))
    np.add.at(pool_sold, past.pool, sold)
    np.add.at(pool_expected, past.pool, expected)
    pooled = (pool_sold + SHAPE_UNITS) / (pool_expected + SHAPE_UNITS)
    shape = (sold + SHAPE_UNITS * pooled[past.pool]) / (expected + SHAPE_UNITS)
    return np.asarray(shape, dtype=np.float32)


def level(past: Past, weights: Units, shape: Units) -> Units:
    """Weighted mean demand a day (series,) once the weekday shape (series, 7) is taken out.

    `weights` (days,). The ratio of sums, so that a weekday on which nobody buys does no harm.
    """
    member = _weekdays(past.weekday[: past.days])
    exposure = ((past.alive * weights) @ member * shape).sum(axis=1)
    return np.asarray(np.where(exposure > 0, past.base @ weights / np.maximum(exposure, 1e-9), 0))


def fading(days: int, half_life: float) -> Units:
    """Weights (days,) of an exponential smoothing: the newest counts 1, one half-life before it 1/2.

    >>> fading(3, 1.0).tolist()
    [0.25, 0.5, 1.0]
    """
    return np.asarray(0.5 ** (np.arange(days)[::-1] / half_life), dtype=np.float32)


def latest(days: int, window: int) -> Units:
    """Weights (days,) of a moving average: 1 for the last `window` days, 0 before."""
    return (np.arange(days) >= days - window).astype(np.float32)


def seasonal_naive(past: Past) -> Units:
    """Last week repeated, as sold: the plain rule that every model must beat (series, horizon).

    Hyndman & Athanasopoulos, Forecasting: Principles and Practice, section 5.2.
    """
    columns = past.days - 7 + np.arange(past.horizon) % 7
    return past.units[:, np.maximum(columns, 0)]


def seasonal_average(past: Past, weeks: int) -> Units:
    """Mean of the same weekday over the last weeks, as sold (series, horizon); weeks before life left out.

    Mondays of 3, 4 and 5 units make Mondays of 4.
    """
    recent = slice(max(past.days - 7 * weeks, 0), past.days)
    member = _weekdays(past.weekday[recent])
    mean = past.units[:, recent] @ member / np.maximum(past.alive[:, recent] @ member, 1)
    return np.asarray(mean[:, past.weekday[past.days :]], dtype=np.float32)


def average(past: Past, weights: Units) -> Units:
    """Weighted level × weekday shape × planned promotions (series, horizon)."""
    shape = weekday_shape(past)
    return _ahead(past, level(past, weights, shape), shape)


def tsb(past: Past) -> Units:
    """Teunter-Syntetos-Babai for intermittent demand, with weekday shape and planned promotions.

    Teunter, Syntetos & Babai (2011), Intermittent demand: linking forecasting to inventory obsolescence.
    """
    shape = weekday_shape(past)
    share = np.maximum(shape, np.float32(0.1))  # what is sold on a closed day must not count for a lot
    flat = np.asarray(past.base / share[:, past.weekday[: past.days]], dtype=np.float32)
    return _ahead(past, tsb_level(flat, past.alive), shape)


def tsb_level(units: Units, alive: Mask) -> Units:
    """Demand a day (series,): smoothed chance of a sale × smoothed size of one.

    Both start at their first value, the chance on the first day of life, the size at the first sale. Sales of
    2, 0 and 4: the chance goes 1, 0.95, 0.9525, the size 2, 2, 2.2.

    >>> level = tsb_level(np.array([[2, 0, 4]], dtype=np.float32), np.ones((1, 3), dtype=bool))
    >>> round(float(level[0]), 4)
    2.0955
    """
    found = np.zeros(len(units), dtype=np.float32)
    for start in range(0, len(units), ROWS):
        rows = slice(start, start + ROWS)
        buys = (units[rows] > 0) & alive[rows]
        found[rows] = _smoothed(buys, alive[rows], TSB_CHANCE) * _smoothed(units[rows], buys, TSB_SIZE)
    return found


def _smoothed(values: Units | Mask, counted: Mask, weight: float) -> Units:
    """Exponentially smoothed counted values (series,); 0 where none counts.

    A value counts weight × (1 - weight) ** (values after it), the first, where smoothing starts, 1 / weight
    times that.
    """
    order = np.cumsum(counted, axis=1, dtype=np.int32)
    last = order[:, -1:] if order.shape[1] else np.zeros((len(order), 1), dtype=np.int32)
    share = weight * (1 - weight) ** np.arange(order.shape[1] + 1)
    shares = share[last - order]
    shares[order == 1] /= weight
    return np.asarray((values * shares).sum(axis=1, where=counted), dtype=np.float32)


def _weekdays(weekday: Counts) -> Units:
    """Which day of the week each day is, 1 or 0 (days, 7)."""
    return np.asarray(weekday[:, None] == np.arange(7), dtype=np.float32)


def _ahead(past: Past, levels: Units, shape: Units) -> Units:
    ahead = shape[:, past.weekday[past.days :]] * levels[:, None]
    return np.asarray(ahead * past.lifts[:, past.days :], dtype=np.float32)


def least(past: Past) -> Units:
    """Demand a day that no forecast goes below (series, 1): half a unit over the series' whole life.

    Nothing sold for weeks is little demand, not none.
    """
    return np.asarray(0.5 / np.maximum(past.alive.sum(axis=1, keepdims=True), 1), dtype=np.float32)


FAST: Mapping[str, Callable[[Past], Units]] = {
    "seasonal_naive": seasonal_naive,
    "seasonal_average": lambda past: seasonal_average(past, AVERAGE_WEEKS),
    "average_8_weeks": lambda past: average(past, latest(past.days, 56)),
    "average_26_weeks": lambda past: average(past, latest(past.days, 182)),
    "smoothing": lambda past: average(past, fading(past.days, 14.0)),
    "tsb": tsb,
}
