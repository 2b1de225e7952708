"""Series that run away: order lines by the hour against what was expected of those hours."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import nbinom

from workbench.policy import Policy
from workbench.tables import TABLES

SERIES = ["sku", "channel"]
ENDS = 24  # hours before as_of whose ends are examined: a daily plan leaves none out
LENGTHS = (1, 4, 24)  # hours of a window: a burst, half a working day, a day
HOURS = ENDS + max(LENGTHS) - 1
LEAST_EXPECTED = 0.1  # units a day: no series is expected to sell less
LEAST_SPREAD = 0.1  # variance of an hour's level against its mean squared: hours are never surer
PROFILE_LINES = 240.0  # lines at which the hours' own profile counts half beside a flat day
SIZE_LINES = 10.0  # lines at which a series' own units a line count half beside those of all

Grid = NDArray[np.float64]


class _Expected(NamedTuple):
    """Units a day, hour by hour (series, hours), and the relative variance of a day's units (series,)."""

    units: Grid
    spread: Grid


def detect_spikes(
    order_lines: pd.DataFrame, demand: pd.DataFrame, *, policy: Policy, as_of: datetime
) -> pd.DataFrame:
    """The table `spikes`: sku × channel whose orders of the last 24 hours cannot be chance.

    Lines are counted, not units, so that one large order is no spike; cancelled ones are left out. What is
    expected of an hour is the usual demand of that weekday (table `demand`), as lines, by the hour's share of
    a day. The chance of a count is the tail of a negative binomial as wide as demand itself; the threshold
    shares the policy's `spike_alarms_per_month` over every series, hour and window of a month. Of the windows
    that cross it the one that ends first counts: `found_at` is its end, `units` and `expected` are its units.
    """
    table = TABLES["spikes"]
    end = pd.Timestamp(as_of)
    start = end - pd.Timedelta(hours=HOURS)
    looked_at = order_lines["ordered_at"].between(start, end, inclusive="left")
    counted = order_lines["status"].ne("cancelled") & looked_at
    lines = order_lines[counted]
    if lines.empty:
        return table.empty()
    series = pd.concat([lines[SERIES], demand[SERIES]]).drop_duplicates()
    series = series.sort_values(SERIES, ignore_index=True)
    hour = ((lines["ordered_at"] - start) // pd.Timedelta(hours=1)).to_numpy()
    row = pd.MultiIndex.from_frame(series).get_indexer(pd.MultiIndex.from_frame(lines[SERIES]))
    counts, units = np.zeros((len(series), HOURS)), np.zeros((len(series), HOURS))
    np.add.at(counts, (row, hour), 1)
    np.add.at(units, (row, hour), lines["quantity"].to_numpy())
    local = pd.date_range(start, periods=HOURS, freq="h").tz_convert(policy.business.time_zone)
    usual = _usual(demand, series, local)
    wanted = usual.units * _hour_shares(counts, local)
    per_line = (units.sum(axis=1) + SIZE_LINES * units.sum() / counts.sum()) / (
        counts.sum(axis=1) + SIZE_LINES
    )
    chances = _chances(counts, wanted / per_line[:, None], usual.spread)
    threshold = policy.demand.spike_alarms_per_month / (30 * chances.size)
    crossed = (chances < threshold).reshape(len(series), -1)
    found = np.flatnonzero(crossed.any(axis=1))
    last, length = np.divmod(crossed[found].argmax(axis=1), len(LENGTHS))
    hours = np.array(LENGTHS)[length]
    stop = HOURS - ENDS + 1 + last
    spikes = series.iloc[found].assign(
        since=start + pd.to_timedelta(stop - hours, unit="h"),
        found_at=start + pd.to_timedelta(stop, unit="h"),
        units=_sums(units)[found, stop] - _sums(units)[found, stop - hours],
        expected=_sums(wanted)[found, stop] - _sums(wanted)[found, stop - hours],
        chance=chances[found, last, length],
    )
    return spikes.reset_index(drop=True).astype({c.name: c.dtype for c in table.columns})[table.names]


def _usual(demand: pd.DataFrame, series: pd.DataFrame, local: pd.DatetimeIndex) -> _Expected:
    """What each hour's weekday usually sells: the median over the forecast's days, promotions or not."""
    daily = demand.assign(width=(demand["q0975"] - demand["q0025"]) / (2 * 1.96))
    daily = daily.groupby([*SERIES, "date"], observed=True)[["mean", "width"]].sum().reset_index()
    daily["weekday"] = daily["date"].dt.day_of_week
    by_weekday = daily.pivot_table("mean", SERIES, "weekday", aggfunc="median", observed=True)
    by_weekday = by_weekday.reindex(pd.MultiIndex.from_frame(series)).reindex(columns=range(7))
    usual = by_weekday.T.fillna(by_weekday.mean(axis=1)).T.fillna(0).to_numpy(dtype=np.float64)
    wide = daily.groupby(SERIES, observed=True)[["mean", "width"]].median()
    wide = wide.reindex(pd.MultiIndex.from_frame(series)).fillna(0)
    level = np.maximum(wide["mean"].to_numpy(), LEAST_EXPECTED)
    spread = (wide["width"].to_numpy() ** 2 - level) / level**2
    units = np.maximum(usual, LEAST_EXPECTED)[:, local.day_of_week]
    return _Expected(units, np.maximum(spread, LEAST_SPREAD))


def _hour_shares(counts: Grid, local: pd.DatetimeIndex) -> Grid:
    """Share of a day that falls on each hour (hours,), from how many series sold in it.

    Series are counted, not lines: a spike must not make its own hour look busy.
    """
    selling = (counts > 0).sum(axis=0)
    hour = np.asarray(local.hour)
    seen = np.bincount(hour, minlength=24)
    busy = np.bincount(hour, selling, 24) / np.maximum(seen, 1)
    share = (busy + PROFILE_LINES / 24) / (busy.sum() + PROFILE_LINES)
    return np.asarray(share[hour])


def _chances(counts: Grid, wanted: Grid, spread: Grid) -> Grid:
    """Chance of at least the lines counted, shape (series, ends of windows, lengths)."""
    stop = np.arange(HOURS - ENDS + 1, HOURS + 1)
    size = 1 / spread[:, None]
    chances = np.ones((len(counts), ENDS, len(LENGTHS)))
    for place, length in enumerate(LENGTHS):
        sold = _sums(counts)[:, stop] - _sums(counts)[:, stop - length]
        mean = _sums(wanted)[:, stop] - _sums(wanted)[:, stop - length]
        chances[:, :, place] = nbinom.sf(sold - 1, size, size / (size + mean))
    return chances


def _sums(values: Grid) -> Grid:
    """Sum of all hours before each, shape (series, hours + 1)."""
    return np.concatenate([np.zeros((len(values), 1)), np.cumsum(values, axis=1)], axis=1)
