"""Sales as arrays: what each series sold every day, and which of those days can be believed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.policy import DemandPolicy

Units = NDArray[np.float32]
Mask = NDArray[np.bool_]
Counts = NDArray[np.int64]

SERIES = ["sku", "channel", "region"]
LOCAL_DAYS = 28  # a missing day is filled from the four weeks before and the four after it
AROUND = (91, LOCAL_DAYS)  # days on either side, the wider first: what stands in where the nearer are unseen
NEAR_DAYS = 7.0  # seen days at which a level counts half beside the one of the days further around
ROWS = 2048  # series completed at a time: bounds the memory
WEEKDAY_UNITS = 5.0  # units a weekday's share is drawn towards the flat week by, when days are filled


@dataclass(frozen=True)
class History:
    """A row a series, sorted by sku, channel and region; a column a business day, the last one yesterday.

    `units` (series, days) as sold; `seen` (series, days) is false before a series' life, out of stock, and
    where the records have a hole; `first` (series,) is the column of its first day of life, beyond the last
    column for what is launched later. `series` holds sku, channel, region and category. `faults` holds the
    rows of sales that could not be counted as they stood, by fault.
    """

    series: pd.DataFrame
    days: pd.DatetimeIndex
    units: Units
    seen: Mask
    censored: Mask
    first: Counts
    faults: Mapping[str, pd.DataFrame] = field(default_factory=dict)

    @property
    def alive(self) -> Mask:
        """Days of life (series, days)."""
        return np.asarray(np.arange(len(self.days)) >= self.first[:, None])

    @property
    def weekday(self) -> Counts:
        """Day of the week of every column, 0 = Monday."""
        return np.asarray(self.days.day_of_week, dtype=np.int64)

    def idle(self, origin: int | None = None) -> Counts:
        """Seen days since the last sale before column `origin` (series,), by default until yesterday.

        All seen days where nothing was sold yet.
        """
        units, seen = self.units[:, :origin], self.seen[:, :origin]
        column = np.arange(units.shape[1])
        last = np.where(seen & (units > 0), column, -1).max(axis=1, initial=-1)
        return np.asarray((seen & (column > last[:, None])).sum(axis=1))

    def codes(self, *by: str) -> Counts:
        """Group of every series, numbered in sorted order of the columns `by`."""
        return np.asarray(self.series.groupby(list(by), sort=True, observed=True).ngroup(), dtype=np.int64)


def read_history(
    sales: pd.DataFrame,
    products: pd.DataFrame,
    newcomers: pd.DataFrame,
    day: pd.Timestamp,
    rules: DemandPolicy,
) -> History:
    """The history of every series up to the day before `day`, from the table `sales` and the newcomers.

    `newcomers` (sku, channel, region) are series that have not sold yet. A series lives from its launch where
    that is known, else from its first row. No row is zero sold, but for days after the records end and for
    holes, when the whole business sold nothing for longer than the policy's `hole_days`.

    Rows that the gate would have stopped are set right: `faults` names them. Without a key, a date or with
    negative units a row is left out; without units its day is not seen; a row that says the same as another
    counts once, rows of one day that differ are added up.
    """
    within = (sales["date"] < day) & (sales["date"] >= day - pd.Timedelta(days=rules.history_days))
    blank = sales[[*SERIES, "date"]].isna().any(axis=1)
    negative = within & sales["units"].lt(0).fillna(False).astype(bool)
    recorded = sales[within & ~blank & ~negative]
    start = recorded["date"].min().normalize() if len(recorded) else day
    days = pd.date_range(start, day - pd.Timedelta(days=1), unit="us")
    series = pd.concat([recorded[SERIES], newcomers[SERIES]]).drop_duplicates().sort_values(SERIES)
    series = series.reset_index(drop=True).merge(
        products[["sku", "category", "launched_on"]], on="sku", how="left", validate="many_to_one"
    )
    series["category"] = series["category"].fillna("uncategorised")
    rows = places(recorded[SERIES], series[SERIES])
    columns = np.asarray((recorded["date"] - start).dt.days, dtype=np.int64)
    same, parts = _repeated(recorded, rows * len(days) + columns)
    sold = recorded["units"].to_numpy(dtype=np.float32, na_value=np.nan)
    unknown = np.isnan(sold)
    units = np.zeros((len(series), len(days)), dtype=np.float32)
    np.add.at(units, (rows, columns), np.where(same | unknown, 0, sold))
    censored, unread = np.zeros(units.shape, dtype=bool), np.zeros(units.shape, dtype=bool)
    unread[rows[unknown], columns[unknown]] = True
    sold_out = recorded["in_stock"].eq(False).fillna(False).to_numpy(dtype=bool)
    censored[rows[sold_out], columns[sold_out]] = True
    first = _first_days(series, rows, columns, start, len(days))
    alive = np.arange(len(days)) >= first[:, None]
    seen = alive & ~censored & ~unread & ~holes(units, rules.hole_days)
    faults = {
        "blank": sales[blank],
        "negative": sales[negative & ~blank],
        "unknown": recorded[unknown],
        "same": recorded[same],
        "parts": recorded[parts],
    }
    return History(series[[*SERIES, "category"]], days, units, seen, censored & alive, first, faults)


def _repeated(recorded: pd.DataFrame, cell: Counts) -> tuple[Mask, Mask]:
    """Rows that say the same as one before, and those that share their cell (series and day) with others."""
    same = np.zeros(len(cell), dtype=bool)
    shared = np.flatnonzero(pd.Index(cell).duplicated(keep=False))
    same[shared] = recorded[["date", "units"]].iloc[shared].assign(cell=cell[shared]).duplicated()
    left = shared[~same[shared]]
    parts = np.zeros(len(cell), dtype=bool)
    parts[left] = pd.Index(cell[left]).duplicated(keep=False)
    return same, parts


def _first_days(
    series: pd.DataFrame, rows: Counts, columns: Counts, start: pd.Timestamp, days: int
) -> Counts:
    """Column of each series' first day of life: its launch where known, but no later than its first row."""
    first_row = np.full(len(series), np.iinfo(np.int64).max)
    np.minimum.at(first_row, rows, columns)
    launch = (pd.to_datetime(series["launched_on"]) - start).dt.days.fillna(days).to_numpy(dtype=np.int64)
    return np.asarray(np.maximum(np.minimum(first_row, launch), 0))


def places(rows: pd.DataFrame, among: pd.DataFrame) -> Counts:
    """Position of each row among the rows of another frame with the same columns; -1 where it is none."""
    index = pd.MultiIndex.from_frame(among)
    return np.asarray(index.get_indexer(pd.MultiIndex.from_frame(rows)), dtype=np.int64)


def holes(units: Units, longest: int) -> Mask:
    """Days (days,) that the records miss: nobody sold anything for more than `longest` days, or at the end.

    >>> holes(np.array([[1, 0, 0, 0, 2, 0]], dtype=np.float32), 2).tolist()
    [False, True, True, True, False, True]
    """
    sold = units.sum(axis=0) > 0
    run = np.cumsum(sold)  # days of one silence share the number of the last sale before it
    length = np.bincount(run)[run] - 1
    ended = run == run[-1] if len(run) else sold
    return np.asarray(~sold & ((length > longest) | ended))


def completed(units: Units, seen: Mask, alive: Mask, weekday: Counts) -> Units:
    """The units with every unseen day of life filled from the series' own level and weekday shape.

    All (series, days); weekday (days,). The level is that of the seen days within four weeks, drawn towards
    that of a quarter, and that towards the whole life's: the fewer days were seen nearby, the more. A day on
    which some were sold before stock ran out counts at least these.

    >>> week = np.array([[2, 2, 0, 2, 2]], dtype=np.float32)
    >>> seen = np.array([[True, True, False, True, True]])
    >>> completed(week, seen, np.ones_like(seen), np.zeros(5, dtype=np.int64)).tolist()
    [[2.0, 2.0, 2.0, 2.0, 2.0]]
    """
    filled = units
    for start in range(0, len(units), ROWS):
        block = slice(start, start + ROWS)
        missing = alive[block] & ~seen[block]
        rows = np.flatnonzero(missing.any(axis=1))
        if not len(rows):
            continue
        if filled is units:
            filled = units.copy()
        part = filled[block]
        row, column = np.nonzero(missing[rows])
        wanted = _expected(units[block][rows], seen[block][rows], weekday, row, column)
        part[rows[row], column] = np.maximum(part[rows[row], column], wanted)
    return filled


def assumed(history: History) -> pd.DataFrame:
    """The days that could not be believed, and what is taken to have been wanted on them.

    Columns sku, channel, region, date, `sold` (units on record) and `wanted` (units, `sold` or more), a row
    for every day of a series' life out of stock or not recorded; a series never in stock is left at 0 and
    forecast from its peers.
    """
    full = completed(history.units, history.seen, history.alive, history.weekday)
    row, column = np.nonzero(history.alive & ~history.seen)
    found = history.series[SERIES].iloc[row].reset_index(drop=True)
    return found.assign(
        date=history.days[column],
        sold=history.units[row, column].astype(np.int64),
        wanted=full[row, column].astype(np.float64),
    )


def tamed(units: Units, alive: Mask, factor: float) -> Units:
    """The units with a lone record day cut to `factor` times the largest day before it (series, days).

    One order of a lifetime, or the first hours of a spike, would lift the forecast of weeks; a second such
    day counts in full. The first four weeks of life are left as they are.

    >>> days = np.ones((1, 32), dtype=np.float32); days[0, 29:31] = 90
    >>> tamed(days, np.ones((1, 32), dtype=bool), 3.0)[0, 28:].tolist()
    [1.0, 3.0, 90.0, 1.0]
    """
    largest = np.maximum.accumulate(units, axis=1)
    before = np.concatenate([np.zeros((len(units), 1), dtype=np.float32), largest[:, :-1]], axis=1)
    grown = np.cumsum(alive, axis=1, dtype=np.int32) > LOCAL_DAYS
    return np.where(grown & (before > 0), np.minimum(units, np.float32(factor) * before), units)


def _expected(units: Units, seen: Mask, weekday: Counts, row: Counts, column: Counts) -> Units:
    """Units to expect on the days (row, column) of series (series, days) whose other days are `seen`."""
    known = seen.astype(np.float32)
    sold = units * known
    shape = _weekday_shares(sold, known, weekday)
    total, exposure = _cumulated(sold), _cumulated(known * shape[:, weekday])
    level = (total[:, -1] / np.maximum(exposure[:, -1], 1e-9))[row]
    for days in AROUND:
        first, last = np.maximum(column - days, 0), np.minimum(column + days + 1, units.shape[1])
        near = exposure[row, last] - exposure[row, first]
        level = (total[row, last] - total[row, first] + NEAR_DAYS * level) / (near + NEAR_DAYS)
    return np.asarray(level * shape[row, weekday[column]], dtype=np.float32)


def _weekday_shares(sold: Units, known: Units, weekday: Counts) -> Units:
    """Sales of each weekday against the mean day (series, 7), drawn towards 1 where little was sold."""
    member = (weekday[:, None] == np.arange(7)).astype(np.float32)
    days = known @ member
    level = sold.sum(axis=1) / np.maximum(days.sum(axis=1), 1)
    return np.asarray((sold @ member + WEEKDAY_UNITS) / (days * level[:, None] + WEEKDAY_UNITS), np.float32)


def _cumulated(values: Units) -> NDArray[np.float64]:
    """Sum of the days before each column, and of all of them at last (series, days + 1)."""
    return np.pad(np.cumsum(values, axis=1, dtype=np.float64), ((0, 0), (1, 0)))
