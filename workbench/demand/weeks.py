"""Weekly records as arrays: what a business that sells on one day of the week alone sold each week.

Many planners know no more than a week's sales, dated by one of its days. A week is a column here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.demand.history import Counts, History, Mask, Units

LEAST_WEEKS = 26  # of records before they are taken for weekly
LAST_WEEK = 53  # of a year, by either calendar
YEAR = 52  # weeks: what a week is compared with are those within half a year

Codes = dict[str, Counts]


@dataclass(frozen=True)
class WeeklyPast:
    """What was known at the end of a week, and which weeks follow.

    `units` and `seen` (series, weeks): a week not seen, or before a series' life, holds 0 units; `calendar`
    (weeks + ahead,) number of each week in its year, the same for weeks that repeat each other; `codes` the
    group of each series (series,) by name.
    """

    units: Units
    seen: Mask
    calendar: Counts
    codes: Codes

    @property
    def weeks(self) -> int:
        """Weeks that are known."""
        return int(self.units.shape[1])

    @property
    def ahead(self) -> int:
        """Weeks that follow."""
        return len(self.calendar) - self.weeks

    @property
    def year_before(self) -> Counts:
        """Column of the week that each week repeats (weeks + ahead,): of its number, a year or so before.

        Where no such week has its number, 52 weeks before; negative before the records.
        """
        week = np.arange(len(self.calendar))
        found = week - YEAR
        for shift in (YEAR - 1, YEAR + 1, YEAR):
            then = np.maximum(week - shift, 0)
            same = (week >= shift) & (self.calendar[then] == self.calendar)
            found = np.where(same, then, found)
        return found

    def until(self, week: int, ahead: int) -> WeeklyPast:
        """What was known after the first `week` weeks, with `ahead` weeks to come."""
        return WeeklyPast(
            self.units[:, :week], self.seen[:, :week], self.calendar[: week + ahead], self.codes
        )


def open_weekday(history: History) -> int | None:
    """The day of the week that all sales fall on (0 = Monday); None where there are several, or few weeks.

    >>> days = pd.date_range("2026-01-04", periods=190, unit="us")
    >>> sundays = (days.day_of_week == 6).astype(np.float32)[None, :]
    >>> on, none = np.ones_like(sundays, dtype=bool), np.zeros_like(sundays, dtype=bool)
    >>> history = History(pd.DataFrame(index=[0]), days, sundays, on, none, np.zeros(1, dtype=np.int64))
    >>> open_weekday(history)
    6
    """
    sold = history.weekday[(history.units > 0).any(axis=0)]
    if len(sold) < LEAST_WEEKS or np.ptp(sold) > 0:
        return None
    return int(sold[0])


def weekly_past(history: History, weekday: int, day: int, ahead: int) -> WeeklyPast:
    """The weeks whose `weekday` lies before column `day`, and as many as follow in `ahead` days."""
    first = history.days[0]
    opens = (weekday - first.day_of_week) % 7
    columns = np.arange(opens, day + ahead, 7)
    known = columns[columns < day]
    dates = pd.DatetimeIndex(first + pd.to_timedelta(columns, unit="D"))
    seen = history.seen[:, known]
    units = history.units[:, known] * seen
    return WeeklyPast(
        units,
        seen,
        calendar_of(dates, units.sum(axis=0, dtype=np.float64)),
        {name: history.codes(name) for name in ("sku", "region", "category")}
        | {"all": np.zeros(len(history.units), dtype=np.int64)},
    )


def calendar_of(dates: pd.DatetimeIndex, sold: NDArray[np.float64]) -> Counts:
    """Number of each week in its year (weeks,), by the calendar under which years repeat each other best.

    Promotions keep to a week of the year (ISO 8601) or to a week of a month, told by its Monday, a fifth
    counting as the fourth: which, the business' units of the first weeks show (known,).

    >>> calendar_of(pd.DatetimeIndex(["2021-11-14", "2022-11-20", "2023-11-19"]), np.zeros(0)).tolist()
    [45, 46, 46]
    """
    monday = dates - pd.to_timedelta(dates.day_of_week, unit="D")
    by_year = np.asarray(dates.isocalendar().week, dtype=np.int64)
    by_month = np.asarray(4 * monday.month - 3 + np.minimum((monday.day - 1) // 7, 3), dtype=np.int64)
    course = np.log((sold + 1) / (around(sold[None, :])[0] + 1))
    misses = [_misses(course, week[: len(sold)]) for week in (by_year, by_month)]
    both = ~np.isnan(misses[0]) & ~np.isnan(misses[1])
    return by_month if np.sum(misses[1][both]) < np.sum(misses[0][both]) else by_year


def around(sold: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean of the weeks within half a year of each week (rows, weeks)."""
    total = np.pad(np.cumsum(sold, axis=1), ((0, 0), (1, 0)))
    here = np.arange(sold.shape[1])
    first, last = np.maximum(here - YEAR // 2, 0), np.minimum(here + YEAR // 2, sold.shape[1])
    return np.asarray((total[:, last] - total[:, first]) / np.maximum(last - first, 1))


def _misses(course: NDArray[np.float64], week: Counts) -> NDArray[np.float64]:
    """How far each week (weeks,) is from the mean of the others of its number; NaN where there are none."""
    total, count = (np.bincount(week, values, LAST_WEEK + 1)[week] for values in (course, np.ones(len(week))))
    others = np.where(count > 1, (total - course) / np.maximum(count - 1, 1), np.nan)
    return np.asarray(np.abs(course - others))


def on_days(weekly: Units, weekday: int, first_weekday: int, days: int) -> Units:
    """Units of weeks (series, weeks) on their day among `days` days that begin with `first_weekday`.

    >>> on_days(np.array([[5.0, 6.0]], dtype=np.float32), 6, 5, 9).tolist()
    [[0.0, 5.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 6.0]]
    """
    daily = np.zeros((len(weekly), days), dtype=np.float32)
    daily[:, (weekday - first_weekday) % 7 :: 7] = weekly
    return daily


def group_sums(units: NDArray[np.floating], code: Counts) -> NDArray[np.float64]:
    """Sum over the series of each group (groups, weeks)."""
    sums = np.zeros((int(code.max()) + 1, units.shape[1]))
    np.add.at(sums, code, units)
    return sums
