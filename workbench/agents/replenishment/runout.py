"""What each line meets if nothing is ordered: stock run down through lost sales to the order's arrival."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.agents.replenishment.wanted import Wanted
from workbench.formulas.order_cost import Exposure, Floats
from workbench.formulas.stock import WHERE
from workbench.optimize.shortage import (
    Trajectory,
    at_day,
    first_short_day,
    selling_rate,
    without_order,
)

Days = NDArray[np.int64]
BYTES_AT_ONCE = 2**23  # memory of one part's trajectories, so that it is used again; changes no result


@dataclass(frozen=True)
class RunOut:
    """Without a further order, by line and path unless said.

    `exposure` from arrival to the day until which the order has to last; `demand_covered`: units expected to
    be wanted then, (lines,); `wanted_next`: units wanted in the review period after it; `chance` with which
    the next order wants to meet these, and `left_again`: the function of that name times the share of unmet
    demand that is lost, (lines,) each; `short_before` and `short_end`: units short from today to arrival and
    to that day; `at_risk`: units short from arrival to the horizon, or that day if later; `on_arrival`:
    expected units there then, (lines,); `first_short`: day, (items, paths), blank if never;
    `short_in_horizon`: expected units short, (items,).
    """

    exposure: Exposure
    demand_covered: NDArray[np.float64]
    wanted_next: Floats
    chance: NDArray[np.float64]
    left_again: NDArray[np.float64]
    short_before: Floats
    short_end: Floats
    at_risk: Floats
    on_arrival: NDArray[np.float64]
    first_short: Floats
    short_in_horizon: NDArray[np.float64]

    def replaced(self, lines: Days, other: RunOut) -> RunOut:
        """The same with `lines` as `other`, which has these lines alone, has them."""
        of_items = ("exposure", "first_short", "short_in_horizon")
        per_line = [part.name for part in fields(self) if part.name not in of_items]
        parts: dict[str, Any] = {name: getattr(self, name).copy() for name in per_line}
        for name, values in parts.items():
            values[lines] = getattr(other, name)
        met = Exposure(*(part.copy() for part in self.exposure))
        for values, found in zip(met, other.exposure, strict=True):
            values[lines] = found
        return replace(self, exposure=met, **parts)

    def aiming(self, chance: NDArray[np.float64], lost_share: float) -> RunOut:
        """The same where the next order wants to meet all demand with another `chance` (lines,)."""
        lines = np.flatnonzero(chance != self.chance)
        met = self.exposure.take(lines)
        ahead = _ahead(met.need, met.stock_after, self.wanted_next[lines], chance[lines], lost_share)
        wanted_after, again = self.exposure.wanted_after.copy(), self.left_again.copy()
        wanted_after[lines], again[lines] = ahead["wanted_after"], ahead["left_again"]
        exposure = self.exposure._replace(wanted_after=wanted_after)
        return replace(self, exposure=exposure, left_again=again, chance=chance)


@dataclass(frozen=True)
class Arrivals:
    """Units on the way: `item` and `units` (rows,), sorted by item; `day` of arrival, (rows, paths)."""

    item: Days
    units: Days
    day: Days

    def of(self, items: Days) -> Arrivals:
        """What arrives for some items alone, by rising position."""
        kept = np.isin(self.item, items)
        return Arrivals(np.searchsorted(items, self.item[kept]), self.units[kept], self.day[kept])

    def part(self, start: int, stop: int, days: int) -> Floats:
        """Units that arrive by day, shape (days, items, paths)."""
        first, last = np.searchsorted(self.item, [start, stop])
        day = self.day[first:last]
        arriving = np.zeros((days + 1, stop - start, day.shape[1]), dtype=np.float32)
        item = np.broadcast_to(self.item[first:last, None] - start, day.shape)
        path = np.broadcast_to(np.arange(day.shape[1]), day.shape)
        np.add.at(arriving, (np.minimum(day, days), item, path), self.units[first:last, None])
        return arriving[:days]

    def of_item(self, items: int) -> NDArray[np.float64]:
        """All units on the way, by item."""
        return np.asarray(np.bincount(self.item, self.units, items), dtype=np.float64)


def arrivals_of(inbound: pd.DataFrame, days: Days, items: pd.DataFrame) -> Arrivals:
    """The rows of `inbound` that a known item waits for, with their `days` of arrival (rows, paths)."""
    item = pd.MultiIndex.from_frame(items[WHERE]).get_indexer(pd.MultiIndex.from_frame(inbound[WHERE]))
    rows = np.flatnonzero(item >= 0)
    rows = rows[np.argsort(item[rows], kind="stable")]
    return Arrivals(item[rows], inbound["quantity"].to_numpy(np.int64)[rows], days[rows])


def run_out(
    wanted: Wanted,
    start: Days,
    arrivals: Arrivals,
    item: Days,
    lead_times: Days,
    end: Days,
    review: Days,
    chance: NDArray[np.float64],
    lost_share: float,
) -> RunOut:
    """Run every item down from `start` (items,), units.

    `item` (lines,), sorted, is the item of each line, `lead_times` its days to arrival and `end` the day
    until which its order has to last, (lines, paths) each; the next order lasts `review` days more (lines,)
    and wants to meet all demand of these with `chance` (lines,).
    """
    days = max(wanted.horizon, int((end + review[:, None]).max(initial=0)))
    sold_days = wanted.items["sold_days"].to_numpy(np.int64)
    to_come = arrivals.of_item(len(start)).astype(np.float32)
    parts = []
    for low, high in wanted.parts(max(1, BYTES_AT_ONCE // (4 * wanted.paths.shape[1] * 6 * (days + 1)))):
        all_days = wanted.coming(low, high, days)
        run = without_order(start[low:high], all_days, arrivals.part(low, high, days), lost_share)
        of_part = slice(*np.searchsorted(item, [low, high]))
        met = _Lines(lead_times[of_part], end[of_part], item[of_part] - low)
        part = _met(run, met, wanted.horizon, to_come[low:high], lost_share)
        part["rate"] = _rate(all_days[: wanted.horizon], sold_days[low:high])[met.item]
        then = met.end + review[of_part][:, None]
        wanted_next = _wanted(all_days, met.end, then, met.item)
        part |= _ahead(part["need"], part["stock_after"], wanted_next, chance[of_part], lost_share)
        parts.append(part | {"demand_covered": _demand_covered(all_days, met), "wanted_next": wanted_next})
    joined = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    exposure = Exposure(*(joined.pop(name) for name in Exposure._fields))
    return RunOut(exposure=exposure, chance=chance, **joined)


def _rate(demand: Floats, sold_days: Days) -> Floats:
    """Units a day that each path sells while it is on sale, (items, paths)."""
    share = np.clip(sold_days / len(demand), 1 / len(demand), 1).astype(np.float32)
    return np.asarray(selling_rate(demand) / share[:, None])


def _ahead(
    need: Floats, stock_after: Floats, wanted_next: Floats, chance: NDArray[np.float64], lost_share: float
) -> dict[str, NDArray[Any]]:
    """What the next order would want there anyway, and what it brings that is left again."""
    return {
        "wanted_after": units_that_meet(wanted_next, chance),
        "left_again": lost_share * left_again(need, stock_after, wanted_next, chance),
    }


def _wanted(demand: Floats, start: Days, end: Days, item: Days) -> Floats:
    """Units wanted from day `start` to before `end`, (lines, paths)."""
    until = np.zeros((len(demand) + 1, *demand.shape[1:]), dtype=np.float32)
    for day, wanted_then in enumerate(demand):  # day by day, which numpy's sum down the days is not
        np.add(until[day], wanted_then, out=until[day + 1])
    wanted: Floats = at_day(until, end, item) - at_day(until, start, item)
    return wanted


def units_that_meet(units: Floats, chance: NDArray[np.float64]) -> Floats:
    """The least `units` (lines, paths) of a line that are enough with its chance (lines,); (lines, 1)."""
    place = np.ceil(chance * units.shape[1]).astype(np.int64) - 1
    found: Floats = np.take_along_axis(np.sort(units, axis=1), np.maximum(place, 0)[:, None], axis=1)
    return found


def left_again(
    need: Floats, stock_after: Floats, wanted: Floats, chance: NDArray[np.float64]
) -> NDArray[np.float64]:
    """By how much likelier one more of a path's units is left at the next period's end if today's left some.

    Shape (lines,). Both orders are to be enough with `chance` (lines,), and the next is placed before today's
    has come. It would make up for every unit left if those short waited; where they are lost, it brings as
    much to a path that sold out as to one that sold nothing: the second period that Zipkin (2008), Old and
    New Methods for Lost-Sales Inventory Systems, Operations Research 56, looks ahead to. `need` and
    `stock_after` as in Exposure, `wanted` in the next period, (lines, paths); units left beyond what that
    may want wait there anyway and do not count here.

    >>> need, wanted = (np.array([x], dtype=np.float32) for x in ([0, 1, 2, 2], [1, 1, 2, 2]))
    >>> left_again(need, 0 * need, wanted, np.array([0.75])).tolist()  # 2 of 2 left again, 2 of all 4
    [0.5]
    """
    left = np.maximum(units_that_meet(need, chance) - need, 0) + stock_after
    ordered = np.maximum(units_that_meet(wanted - left, chance), 0)
    again = (left + ordered > wanted) & (left <= units_that_meet(wanted, chance))
    is_left = left > 0
    of_left = (is_left & again).sum(axis=1) / np.maximum(is_left.sum(axis=1), 1)
    more: NDArray[np.float64] = np.maximum(of_left - again.mean(axis=1), 0)
    return more


class _Lines(NamedTuple):
    """Days of arrival and of the end of what the order covers (lines, paths), and the item of each line."""

    arrival: Days
    end: Days
    item: Days


def _demand_covered(coming: Floats, lines: _Lines) -> NDArray[np.float64]:
    """Units expected to be wanted between each line's days, (lines,): lead times do not depend on demand."""
    days, items, _ = coming.shape
    expected = np.zeros((days + 1, items), dtype=np.float64)
    np.cumsum(coming.mean(axis=2, dtype=np.float64), axis=0, out=expected[1:])
    item = lines.item[:, None]
    return np.asarray((expected[lines.end, item] - expected[lines.arrival, item]).mean(axis=1))


def _met(
    run: Trajectory, lines: _Lines, horizon: int, to_come: Floats, lost_share: float
) -> dict[str, NDArray[Any]]:
    """The fields of RunOut and its exposure for one part of the items, but for the rate and what is ahead."""
    there = at_day(run.stock, lines.arrival, lines.item)
    waiting = np.maximum(-there, 0)
    before, at_end = (at_day(run.short, day, lines.item) for day in (lines.arrival, lines.end))
    at_horizon = at_day(run.short, np.maximum(lines.end, horizon), lines.item)
    # had the need been met, what was lost would have been sold and what waited would not stand against stock
    left = at_day(run.stock, lines.end, lines.item) + waiting + (1 - lost_share) * (at_end - before)
    still_to_come = to_come[lines.item, None] - at_day(run.arrived, lines.end, lines.item)
    return {
        "need": at_end - before + waiting,
        "stock_after": np.maximum(left + still_to_come, 0),
        "short_before": before,
        "short_end": at_end,
        "at_risk": at_horizon - before + waiting,
        "on_arrival": np.maximum(there, 0).mean(axis=1),
        "first_short": first_short_day(run.short[: horizon + 1]),
        "short_in_horizon": run.short[horizon].mean(axis=1),
    }
