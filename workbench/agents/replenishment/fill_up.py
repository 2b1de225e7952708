"""What to add to orders so that they fill a container: the packs that give up least for their room."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.agents.replenishment.market import Market
from workbench.formulas.lot_sizes import Units, tier_at
from workbench.formulas.stock import WHERE

DUST = 1e-9  # m³; keeps rounding errors of sums from being filled
ADDED = [*WHERE, "units", "value", "gain", "volume_m3"]


def fill_up(ordered: pd.DataFrame, market: Market, missing: float) -> pd.DataFrame:
    """Whole packs to add to the lines of one supplier until `missing` m³ more are ordered; a row a line.

    `ordered` has sku, warehouse, supplier and quantity (units). `units` to add, `value` and `gain`: by which
    the line's landed value and its expected gain rise, money (a gain below 0 is what the filling costs);
    `volume_m3` of what is added. Packs of greatest gain for their m³ come first (a greedy round, Kellerer,
    Pferschy & Pisinger, Knapsack Problems, chapter 2). Lines of which nothing is ordered, that nobody offers
    any more or that take no room stay as they are. 0.9 m³ missing in packs of 10 units of 0.05 m³: 2 packs.
    """
    known = ordered[ordered["quantity"] > 0]
    keys = ["supplier", *WHERE]
    found = pd.MultiIndex.from_frame(market.lines[keys]).get_indexer(pd.MultiIndex.from_frame(known[keys]))
    volume = market.lines["volume_m3"].to_numpy(np.float64)[found]
    usable = np.flatnonzero((found >= 0) & (volume > 0))
    line, units = found[usable].astype(np.int64), known["quantity"].to_numpy(np.int64)[usable]
    pack = market.tiers["order_multiple"].to_numpy(np.int64)[_tier(market, line, units)]
    room = pack * volume[usable]
    packs = _packs(market, line, units, pack, room, missing)
    more = units + packs * pack
    value, gain = (
        after - before
        for after, before in zip(_worth(market, line, more), _worth(market, line, units), strict=True)
    )
    added = known.iloc[usable][WHERE].assign(
        units=packs * pack, value=value, gain=gain, volume_m3=packs * room
    )
    return added.loc[packs > 0, ADDED].sort_values("units", ascending=False, kind="stable", ignore_index=True)


def _packs(
    market: Market, line: Units, units: Units, pack: Units, room: NDArray[np.float64], missing: float
) -> Units:
    """Packs to add by line, as few as reach `missing` m³."""
    most = np.ceil(max(missing - DUST, 0.0) / room).astype(np.int64)
    row = np.repeat(np.arange(len(line)), most)
    number = np.arange(len(row)) - np.repeat(np.cumsum(most) - most, most) + 1
    then = units[row] + number * pack[row]
    rise = _worth(market, line[row], then)[1] - _worth(market, line[row], then - pack[row])[1]
    # packs of a line come one after the other, though a price tier may make a later one pay more
    rank = pd.Series(rise / room[row]).groupby(row).cummin().to_numpy(np.float64)
    order = np.argsort(-rank, kind="stable")
    filled = np.cumsum(room[row[order]])
    taken = order[: np.searchsorted(filled, missing - DUST) + 1]
    packs: Units = np.bincount(row[taken], minlength=len(line)).astype(np.int64)
    return packs


def _worth(market: Market, line: Units, units: Units) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Landed value and expected gain of `units` of lines at the price that they reach, money."""
    tier = _tier(market, line, units)
    value = units * market.tiers["landed_cost"].to_numpy(np.float64)[tier]
    return value, market.curve.gain(line, units, market.money.take(tier))


def _tier(market: Market, line: Units, units: Units) -> Units:
    return tier_at(units, line, market.tiers["line"], market.tiers["tier_from"])
