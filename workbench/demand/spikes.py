"""Series that run away: orders as they come in against what was expected of that hour and weekday."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import nbinom

from workbench.demand.hour_profile import (
    DAY,
    LEVEL_DAYS,
    Calendar,
    Expected,
    hour_shares,
    past_levels,
    units_per_order,
    usual_levels,
)
from workbench.demand.order_stream import SERIES, Values, countable, stream
from workbench.demand.spike_limit import EXAMINED, by_theory, limit
from workbench.demand.spike_runs import LEAST_ORDERS, Runs, runs, surprise
from workbench.demand.spike_spreads import past_spreads, spread_at
from workbench.demand.watched import Watched
from workbench.policy import Policy
from workbench.tables import TABLES

LOOKED_AT = DAY  # minutes before as_of whose orders are examined: a daily plan leaves none out
WARM_UP = 7 * DAY  # minutes of the past that only teach its levels
LEARNT_DAYS = 120  # days of order lines that are used: bounds the memory
TRIPLED = 3.0


class _Watch(NamedTuple):
    """The series, their orders, what is expected of them, and when to call a spike."""

    series: pd.DataFrame  # sku, channel, sorted
    calendar: Calendar
    watched: Watched
    end: float  # minute of as_of
    per_order: Values  # (series,) units an order
    spreads: Values  # (series, lengths)
    limit: float  # surprise from which a spike is called


def detect_spikes(
    order_lines: pd.DataFrame, demand: pd.DataFrame, *, policy: Policy, as_of: datetime
) -> pd.DataFrame:
    """The table `spikes`: sku × channel whose orders of the last 24 hours cannot be chance.

    Distinct orders are counted. The run of orders that ends at an order is held against what the forecast and
    the hours expect meanwhile; the first that no chance explains is the spike, so that the answer rests on
    the orders up to `found_at` alone. Chance is shared out over all orders of a month by the policy's
    `spike_alarms_per_month`. `order_lines` may hold weeks: what lies before the last day teaches the hours'
    profile, the units an order takes and how much stricter than theory the limit must be. With less than two
    weeks theory alone decides.
    Lines that cannot count are left out as `order_stream.countable` says.
    """
    table = TABLES["spikes"]
    watch = _watch(order_lines, demand, policy, pd.Timestamp(as_of))
    found = _first(runs(watch.watched, watch.end - LOOKED_AT, watch.spreads, watch.limit), watch.limit)
    end = np.full(len(found.series), watch.end)
    orders = watch.watched.orders
    in_run = [
        (orders.series == s) & (orders.minute >= t) for s, t in zip(found.series, found.first, strict=True)
    ]
    expected = watch.watched.expected_between(found.series, found.first, end)
    size = 1 / found.variance
    spikes = watch.series.iloc[found.series].assign(
        since=_instant(watch.calendar, found.first),
        found_at=_instant(watch.calendar, found.last),
        orders=found.later + 1,
        units=[orders.units[run].sum() for run in in_run],
        expected=expected * watch.per_order[found.series],
        chance=nbinom.sf(found.later, size, size / (size + found.mean)),
        delay=_delay(watch, TRIPLED)[found.series],
    )
    return spikes.reset_index(drop=True).astype({c.name: c.dtype for c in table.columns})[table.names]


def _first(found: Runs, least: float) -> Runs:
    """Of each series the run that first surprises enough."""
    told = np.flatnonzero(found.surprise >= least)
    told = told[np.lexsort((-found.surprise[told], found.last[told], found.series[told]))]
    _, earliest = np.unique(found.series[told], return_index=True)
    return found.at(told[earliest])


def detection_delay(
    order_lines: pd.DataFrame,
    demand: pd.DataFrame,
    *,
    policy: Policy,
    as_of: datetime,
    multiple: float = TRIPLED,
) -> pd.DataFrame:
    """Minutes of data until a series at `multiple` times its rate is found, a row a series.

    Columns sku, channel, orders_per_day (expected) and delay, minutes.
    The orders come at their mean, spread evenly over the day: at busy hours it goes faster, at night slower.
    Blank where a day of it is not enough.
    """
    watch = _watch(order_lines, demand, policy, pd.Timestamp(as_of))
    return watch.series.assign(orders_per_day=watch.watched.level, delay=_delay(watch, multiple))


def _watch(order_lines: pd.DataFrame, demand: pd.DataFrame, policy: Policy, end: pd.Timestamp) -> _Watch:
    counted = countable(order_lines, end)
    counted = counted[counted["ordered_at"] >= end - pd.Timedelta(days=LEARNT_DAYS)]
    series = pd.concat([counted[SERIES], demand[SERIES]]).drop_duplicates()
    series = series.sort_values(SERIES, ignore_index=True)
    first = min(counted["ordered_at"].min(), end) if len(counted) else end
    calendar = Calendar.of(first, end, policy.business.time_zone)
    orders = stream(counted, series, calendar.start)
    minute, since = ((t - calendar.start) / pd.Timedelta(minutes=1) for t in (end, first))
    past = orders.within(0, minute - LOOKED_AT)
    teaching = past if minute - since >= 2 * DAY else orders
    share = hour_shares(teaching, calendar)
    channel = pd.factorize(series["channel"])[0].astype(np.int64)
    usual = Expected.of(usual_levels(demand, series, teaching, calendar), share, calendar)
    per_order = units_per_order(teaching, len(series))
    levels = past_levels(past, len(series), calendar)
    before = Watched(past, Expected.of(levels, share, calendar), channel, since)
    watched = Watched(orders, usual, channel, since)
    spreads, least = _taught(before, watched, minute - LOOKED_AT, policy.demand.spike_alarms_per_month)
    return _Watch(series, calendar, watched, minute, per_order, spreads, least)


def _taught(past: Watched, watched: Watched, end: float, rate: float) -> tuple[Values, float]:
    """The spreads (series, lengths) and the limit that the past, from its second week on, teaches.

    What came true is no false alarm: left out are runs after which more orders came in 24 hours than the
    99 % interval of what was expected holds.
    """
    first = past.since + WARM_UP
    spreads = past_spreads(past, first)
    orders = past.level.sum()
    seen = runs(past, first, spreads, by_theory(orders, EXAMINED * rate))
    false = seen.at(np.flatnonzero(~_lasted(seen, past, watched, spreads)))
    day = false.series * (int(end // DAY) + 1) + (false.last // DAY).astype(np.int64)
    return spreads, limit(false.surprise, day, orders=orders, days=(end - first) / DAY, rate=rate)


def _lasted(seen: Runs, past: Watched, watched: Watched, spreads: Values) -> NDArray[np.bool_]:
    """Whether the 24 hours after each run (runs,) brought more than the 99 % interval of the usual holds."""
    after = seen.last + DAY
    usual = past.expected_between(seen.series, seen.last, after) * past.risen(seen.series, seen.first)
    size = 1 / (spreads[seen.series, -1] + 1 / (LEVEL_DAYS * past.level[seen.series]))
    came = watched.orders_between(seen.series, seen.last, after)
    return np.asarray(came > nbinom.ppf(0.995, size, size / (size + usual)))


def _delay(watch: _Watch, multiple: float) -> Values:
    """Minutes (series,) at `multiple` × rate until a run is long enough to be called."""
    level = watch.watched.level
    series = np.arange(len(level))
    delay = np.full(len(level), np.nan)
    for length in np.geomspace(DAY, 1.0, 200):
        mean = level * length / DAY
        variance = spread_at(watch.spreads, series, np.full(len(level), length)) + 1 / (LEVEL_DAYS * level)
        later = multiple * mean
        told = (surprise(later, mean, variance) >= watch.limit) & (later >= LEAST_ORDERS - 1)
        delay[told] = length
    return delay


def _instant(calendar: Calendar, minute: Values) -> pd.DatetimeIndex:
    return calendar.start + pd.to_timedelta(minute, unit="min").round("us")
