"""Marketing, social mentions, weather and competitors' prices as features, each from when it is known on.

A forecast made at the start of a business day takes the rows that were known before that instant and no
others: a plan or a forecast for a day ahead enters by its date, what was measured as the latest known level.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise, product
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.demand.history import SERIES, Counts, History, Mask, Units, places

EVERYTHING = "*"
SPAN = 1_000_000  # days between the last day of a key and the first of the next, where both are one number
RECENT, USUAL = 7, 28  # days of the latest known level, and of the usual one before it
HELD = 35  # days at most that a value is held, or that the latest known one is still news
LOOK = HELD + RECENT + USUAL  # days before the origin that can matter
MICROSECONDS = 86_400e6  # of a day
FEATURES = ("planned", "planned_change", "recent", "last")
DIFFERS = "weather"  # °C have no zero to take a ratio against
PRICED = "competitor_price"

Values = NDArray[np.float64]


class Rows(NamedTuple):
    """The rows of one kind, sorted by key, date and instant of being known (rows,).

    `key` numbers who a row is about, `cell` key and date together; `day` is its column of the history,
    `start` the instant at which that business day begins, both instants in microseconds. `keys`
    (patterns, series) holds the key of each series, the most specific pattern first, -1 where it has none.
    """

    key: Counts
    cell: Counts
    day: Counts
    start: Counts
    known_at: Counts
    value: Values
    keys: Counts


class Daily(NamedTuple):
    """One value a key and day (values,), and whether it was known before its day began."""

    key: Counts
    day: Counts
    value: Values
    planned: Mask


@dataclass(frozen=True)
class KnownSignals:
    """The table `signals` by the time at which it is known.

    For each kind: `planned`, the value of the day where it was known before (a competitor's price against our
    own of the day); `planned_change`, the same against the usual; `recent`, the level of the last 7 known
    days against the usual (a competitor's price against our own of the day); `last`, the last known day
    against the usual. The usual is the mean of the 28 days before these 7; against it degrees are a
    difference, all else (value - usual) / (value + usual): 0 as usual, 1/3 twice as much, 1 out of nothing.
    """

    first: pd.Timestamp
    zone: str
    series: int
    price: Units | None
    kinds: Mapping[str, Rows]

    @property
    def names(self) -> list[str]:
        """A name a feature; kinds without a row have none."""
        return [f"{kind}_{feature}" for kind in self.kinds for feature in FEATURES]

    def at(self, origin: int, horizon: int) -> Units:
        """What is known when day `origin` begins, of it and the days after it (features, series, horizon)."""
        found = np.empty((len(self.kinds), len(FEATURES), self.series, horizon), dtype=np.float32)
        day = self.first + pd.Timedelta(days=origin)
        now = int(_starts(pd.DatetimeIndex([day]), self.zone)[0])
        for place, (kind, rows) in enumerate(self.kinds.items()):
            course = _course(rows, now, origin, horizon)
            own = None
            if kind == PRICED and self.price is not None:
                own = self.price[:, origin : origin + horizon]
            for number, values in enumerate(_features(course, own, differs=kind == DIFFERS)):
                found[place, number] = values
        return found.reshape(-1, self.series, horizon)

    def about(self, kind: str) -> Mask:
        """The series that a kind says something about (series,)."""
        return np.asarray((self.kinds[kind].keys >= 0).any(axis=0))

    def days_ahead(self, *kinds: str) -> float:
        """Median time from being known to the start of the day it is about, days; negative: known after."""
        early = [self.kinds[kind].start - self.kinds[kind].known_at for kind in kinds]
        return float(np.median(np.concatenate(early)) / MICROSECONDS)


def known_signals(signals: pd.DataFrame, history: History, price: Units | None, *, zone: str) -> KnownSignals:
    """The table `signals` for the series of a history; `price` (series, days + horizon), money, NaN: none.

    Business days are those of `zone`. Rows without a date, a value or the instant of being known are left
    out. Of several rows of one key and date the latest known counts; several times of one day count as their
    mean; values in even steps of days are each held until the next, HELD days at most.
    """
    whole = signals.dropna(subset=["date", "value", "known_at"])
    first = history.days[0] if len(history.days) else pd.Timestamp(0)
    kinds = {
        str(kind): _rows(rows, history.series, first, zone)
        for kind, rows in whole.groupby("kind", observed=True, sort=True)
    }
    return KnownSignals(first, zone, len(history.series), price, kinds)


def _rows(signals: pd.DataFrame, series: pd.DataFrame, first: pd.Timestamp, zone: str) -> Rows:
    about = signals[SERIES].astype(str)
    keys = about.drop_duplicates().sort_values(SERIES)
    rows = pd.DataFrame(
        {
            "key": places(about, keys),
            "date": signals["date"].to_numpy(),
            "known_at": pd.DatetimeIndex(signals["known_at"]).as_unit("us").asi8,
            "value": signals["value"].to_numpy(dtype=np.float64),
        }
    )
    grouped = rows.groupby(["key", "date", "known_at"], sort=True)
    one = grouped["value"].mean().reset_index()
    days = pd.DatetimeIndex(one["date"]).normalize()
    return Rows(
        one["key"].to_numpy(),
        np.asarray(one.groupby(["key", "date"], sort=True).ngroup(), dtype=np.int64),
        np.asarray((days - first).days, dtype=np.int64),
        _starts(days, zone),
        one["known_at"].to_numpy(),
        one["value"].to_numpy(),
        _matched(series, keys),
    )


def _matched(series: pd.DataFrame, keys: pd.DataFrame) -> Counts:
    """Keys of each series by pattern, from SKU, channel and region named to none of them named."""
    found = []
    for starred in product((False, True), repeat=len(SERIES)):
        everything = [name for name, star in zip(SERIES, starred, strict=True) if star]
        wanted = series[SERIES].astype(str).assign(**dict.fromkeys(everything, EVERYTHING))
        found.append(places(wanted, keys))
    patterns = np.stack(found)
    used = np.flatnonzero((patterns >= 0).any(axis=1))
    return np.asarray(patterns[used if len(used) else [-1]])  # at least one, even if about no series


def _starts(days: pd.DatetimeIndex, zone: str) -> Counts:
    """The instants at which business days begin, UTC microseconds."""
    first = np.ones(len(days), dtype=bool)  # where a clock set back shows midnight twice, the first of them
    local = days.tz_localize(zone, nonexistent="shift_forward", ambiguous=first)
    return np.asarray(local.tz_convert("UTC").as_unit("us").asi8, dtype=np.int64)


def _course(rows: Rows, now: int, origin: int, horizon: int) -> Values:
    """What is known `now` of each series (series, LOOK + horizon), else NaN: days past, then those planned.

    A value known only since its own day began is never held into the days ahead.
    """
    grid = np.full((rows.key.max() + 2, LOOK + horizon), np.nan)  # the last row: series without a key
    if (rows.known_at < now).any():
        daily = _daily(rows, now)
        held = _held(daily)
        for step in range(held.max()):
            column = daily.day + step - (origin - LOOK)
            kept = (step < held) & (column >= 0) & (column < LOOK + horizon)
            kept &= (column < LOOK) | daily.planned
            grid[daily.key[kept], column[kept]] = daily.value[kept]
    course = grid[rows.keys[0]]
    for keys in rows.keys[1:]:
        course = np.where(np.isnan(course), grid[keys], course)
    return np.asarray(course)


def _daily(rows: Rows, now: int) -> Daily:
    """The latest known row of every key and date, several times of a day as their mean."""
    known = np.flatnonzero(rows.known_at < now)
    known = known[np.append(np.diff(rows.cell[known]) != 0, True)]
    place = rows.key[known] * SPAN + rows.day[known]
    first = np.flatnonzero(np.append(True, np.diff(place) != 0))
    early = rows.known_at[known] < rows.start[known]
    return Daily(
        rows.key[known][first],
        rows.day[known][first],
        np.add.reduceat(rows.value[known], first) / np.diff(np.append(first, len(known))),
        np.logical_and.reduceat(early, first),
    )


def _held(daily: Daily) -> Counts:
    """Days that each value holds: an even step between its key's days, else one; never past the next value.

    Two steps are even that differ by a tenth at most, so that months are and lone events are not.
    """
    place = daily.key * SPAN + daily.day
    step = np.diff(place, prepend=place[0] - SPAN)
    before = np.append(SPAN, step[:-1])
    longer = np.maximum(step, before)
    even = (10 * (longer - np.minimum(step, before)) <= longer) & (longer < SPAN // 2)
    until = np.diff(place, append=place[-1] + SPAN)
    return np.asarray(np.where(even, np.minimum(np.minimum(longer, until), HELD), 1))


def _features(course: Values, own: Units | None, *, differs: bool) -> tuple[Values, ...]:
    """FEATURES of one kind in order, each (series, horizon) or (series, 1), from its course."""
    last, recent, usual = _levels(course[:, :LOOK])
    planned = course[:, LOOK:]
    changes = [_against(value, usual, differs=differs) for value in (planned, recent, last)]
    if own is not None:
        priced = np.where(own > 0, own, np.nan)
        return planned / priced, changes[0], recent / priced, changes[2]
    return planned, *changes


def _levels(past: Values) -> tuple[Values, Values, Values]:
    """The last known value, the mean of the RECENT days up to it and of the USUAL days before (series, 1)."""
    known = ~np.isnan(past)
    last = LOOK - 1 - known[:, ::-1].argmax(axis=1)
    old = ~known[:, LOOK - HELD :].any(axis=1)
    last[old] = LOOK - 1
    sums = np.pad(np.cumsum(np.nan_to_num(past), axis=1), ((0, 0), (1, 0)))
    counts = np.pad(np.cumsum(known, axis=1), ((0, 0), (1, 0)))
    row = np.arange(len(past))
    edges = (last + 1, last + 1 - RECENT, last + 1 - RECENT - USUAL)
    means = [past[row, last]]
    for end, start in pairwise(edges):
        count = counts[row, end] - counts[row, start]
        mean = (sums[row, end] - sums[row, start]) / np.maximum(count, 1)
        means.append(np.where((count > 0) & ~old, mean, np.nan))
    return means[0][:, None], means[1][:, None], means[2][:, None]


def _against(value: Values, usual: Values, *, differs: bool) -> Values:
    """A value against the usual one: a difference, or (value - usual) / (value + usual)."""
    change = value - usual
    return change if differs else change / np.maximum(np.abs(value) + np.abs(usual), 1e-9)
