"""Orders expected up to any minute: a level for each day, and each hour's share of its weekday."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.demand.order_stream import SERIES, Index, Orders, Values

DAY = 1440.0  # minutes
LEAST = 0.1  # orders a day: no series is expected to sell less
FLAT = 0.02  # share of a day's orders that may come at any hour: a shop is never quite closed
PEAK = 2.5  # times its mean hour that an hour of a series may count towards the profile
PROFILE_ORDERS = 240.0  # orders at which the hours' own profile counts half beside the one above it
SIZE_ORDERS = 10.0  # orders at which a series' own units an order count half beside those of all
LEVEL_DAYS = 28  # days that a level of the past is the mean of
LEVEL_PRIOR = 1.0  # days that LEAST counts for beside them


class Calendar(NamedTuple):
    """The days looked at: `start`, local midnight of the first, and its `weekday` (days,), Monday is 0."""

    start: pd.Timestamp
    weekday: Index

    @classmethod
    def of(cls, first: pd.Timestamp, end: pd.Timestamp, zone: str) -> Calendar:
        """All days from that of `first` to that of `end`. A day has 1,440 minutes: the hour that summer time
        takes or gives shifts the profile of the days before it by one."""
        midnight = end.tz_convert(zone).normalize()
        days = int((midnight - first.tz_convert(zone).normalize()).round("D").days)
        start = midnight.tz_convert("UTC") - pd.Timedelta(days=days)
        return cls(start, (midnight.day_of_week + np.arange(-days, 1)) % 7)


class Expected(NamedTuple):
    """Orders expected: `level` (series, days), orders a day, `before` (series, days), those of all earlier
    days, `elapsed` (days × 24 + 1,), days of selling that have passed at each hour."""

    level: Values
    before: Values
    elapsed: Values

    @classmethod
    def of(cls, level: Values, share: Values, calendar: Calendar) -> Expected:
        """From levels and each hour's `share` of its weekday's orders (7, 24)."""
        before = np.cumsum(level, axis=1) - level
        elapsed = np.r_[0.0, np.cumsum(share[calendar.weekday].ravel())]
        return cls(level, before, elapsed)

    def until(self, series: Index, minute: Values) -> Values:
        """Orders of each series expected from the first day's start to a minute, shape as both."""
        day = np.clip(minute // DAY, 0, self.level.shape[1] - 1).astype(np.int64)
        hours = np.arange(len(self.elapsed)) * 60.0
        part = np.interp(minute, hours, self.elapsed) - day
        return np.asarray(self.before[series, day] + self.level[series, day] * part)

    def over(self, group: Index, groups: int) -> Expected:
        """The same of groups of series; `group` (series,)."""
        level, before = np.zeros((2, groups, self.level.shape[1]))
        np.add.at(level, group, self.level)
        np.add.at(before, group, self.before)
        return Expected(level, before, self.elapsed)


def hour_shares(orders: Orders, calendar: Calendar) -> Values:
    """Share of a weekday's orders that falls on each hour, shape (7, 24); every row adds up to 1.

    What is seen of an hour of the week is drawn towards that hour of all days, and this towards a flat day.
    A series counts an hour at most PEAK times the mean hour of its middle day, and one order: a spike must
    not make its own hour look busy.
    """
    hours = len(calendar.weekday) * 24
    cell = orders.series * hours + (orders.minute // 60).astype(np.int64)
    cell, came = np.unique(cell, return_counts=True)
    daily = _by_day(orders, int(orders.series.max(initial=-1)) + 1, calendar)
    most = 1 + PEAK * np.median(daily, axis=1) / 24
    seen = cell % hours
    count = np.zeros((7, 24))
    np.add.at(count, (calendar.weekday[seen // 24], seen % 24), np.minimum(came, most[cell // hours]))
    any_day = (count.sum(axis=0) + PROFILE_ORDERS / 24) / (count.sum() + PROFILE_ORDERS)
    own = (count + PROFILE_ORDERS * any_day) / (count.sum(axis=1, keepdims=True) + PROFILE_ORDERS)
    return np.asarray((1 - FLAT) * own + FLAT / 24)


def past_levels(orders: Orders, series: int, calendar: Calendar) -> Values:
    """Orders a day expected of past days from those before each, shape (series, days).

    The mean of the 28 days before, drawn towards LEAST, times what the weekday sells against the others.
    """
    days = len(calendar.weekday)
    count = _by_day(orders, series, calendar)
    weekday = _weekday_factors(count.sum(axis=0), calendar.weekday)
    sums = np.concatenate([np.zeros((series, 1)), np.cumsum(count, axis=1)], axis=1)
    passed = np.r_[0.0, np.cumsum(weekday)]
    last = np.arange(days)
    first = np.maximum(last - LEVEL_DAYS, 0)
    sold = sums[:, last] - sums[:, first] + LEVEL_PRIOR * LEAST
    return np.asarray(np.maximum(sold / (passed[last] - passed[first] + LEVEL_PRIOR), LEAST) * weekday)


def _by_day(orders: Orders, series: int, calendar: Calendar) -> Values:
    """Orders of each day, shape (series, days)."""
    count = np.zeros((series, len(calendar.weekday)))
    np.add.at(count, (orders.series, (orders.minute // DAY).astype(np.int64)), 1.0)
    return count


def _weekday_factors(sold: Values, weekday: NDArray[np.int64]) -> Values:
    """What each day's weekday sells against the mean of all, shape (days,), from orders by day."""
    mean = np.bincount(weekday, sold, 7) / np.maximum(np.bincount(weekday, minlength=7), 1)
    if len(sold) < 2 * 7 or not mean.any():
        return np.ones(len(sold))
    return np.asarray(np.maximum(mean / mean.mean(), FLAT)[weekday])


def usual_levels(demand: pd.DataFrame, series: pd.DataFrame, past: Orders, calendar: Calendar) -> Values:
    """Orders a day that the table `demand` expects of each day's weekday, shape (series, days).

    Its median over the forecast's days, promotions or not, in units; `past` orders say how many units an
    order takes. A series that `demand` does not know is expected to sell LEAST.
    """
    daily = demand.groupby([*SERIES, "date"], observed=True)["mean"].sum().reset_index()
    daily["weekday"] = daily["date"].dt.day_of_week
    usual = daily.pivot_table("mean", SERIES, "weekday", aggfunc="median", observed=True)
    units = usual.reindex(pd.MultiIndex.from_frame(series), columns=range(7)).to_numpy(dtype=np.float64)
    known = ~np.isnan(units)
    mean = np.where(known, units, 0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    units = np.where(known, units, mean[:, None])
    per_order = units_per_order(past, len(series))
    return np.asarray(np.maximum(units / per_order[:, None], LEAST)[:, calendar.weekday])


def units_per_order(past: Orders, series: int) -> Values:
    """Mean units an order of each series (series,), drawn towards that of all; 1 where nothing was sold."""
    if not len(past.series):
        return np.ones(series)
    units, count = np.bincount(past.series, past.units, series), np.bincount(past.series, minlength=series)
    return np.asarray((units + SIZE_ORDERS * units.sum() / count.sum()) / (count + SIZE_ORDERS))
