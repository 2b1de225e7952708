"""The joint choice of order quantities under one budget, the warehouses' room and the suppliers' terms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

Money = NDArray[np.float64]
GAP = 1e-4  # of the best possible gain: where the search stops; not a matter of business
NODES = 500  # of the search tree: bounds its time without making the answer depend on the machine


@dataclass(frozen=True)
class Limits:
    """What all orders of a day share; what is not named has no limit.

    `budget`: money, landed; `room`: m³ free by warehouse; `minimum`: least order value by supplier, money at
    unit cost; `capacity`: most units of one order by supplier.
    """

    budget: float = np.inf
    room: Mapping[str, float] = field(default_factory=dict)
    minimum: Mapping[str, float] = field(default_factory=dict)
    capacity: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Choice:
    """What was chosen: positions of options, their gain, and the gain that no choice can exceed (money)."""

    options: NDArray[np.int64]
    gain: float
    bound: float

    @property
    def gap(self) -> float:
        """How far the choice may be from the best possible, as a fraction of the bound."""
        return max(0.0, self.bound - self.gain) / self.bound if self.bound > 0 else 0.0


def choose(options: pd.DataFrame, limits: Limits) -> Choice:
    """At most one option a line, of the greatest gain within the limits.

    `options` has a row a quantity that a line could order: line, supplier, warehouse, units, value (money,
    landed), order_value (money at unit cost), volume_m3 and gain (expected, money). A supplier gets no order
    or one of at least its minimum. Where the best option of every line keeps to the limits, these are the
    answer; else HiGHS solves the mixed-integer programme (Kellerer, Pferschy & Pisinger, Knapsack Problems,
    chapter 11). Lines worth 60, 50 and 40 that gain 9, 8 and 6 share a budget of 100: 60 and 40 gain 15.
    """
    rows = options.reset_index(drop=True)
    free = best_of_each(rows)
    if keeps(rows.loc[free], limits):
        gain = float(rows.loc[free, "gain"].sum())
        return Choice(free, gain, gain)
    return _solve(rows, limits)


def best_of_each(options: pd.DataFrame) -> NDArray[np.int64]:
    """Position of the option of greatest gain of every line that gains at all; the smaller of equals."""
    gains = options[options["gain"] > 0]
    ranked = gains.sort_values(["line", "gain", "units"], ascending=[True, False, True], kind="stable")
    return np.sort(ranked.drop_duplicates("line").index.to_numpy(dtype=np.int64))


def keeps(chosen: pd.DataFrame, limits: Limits) -> bool:
    """Whether options keep to all limits together."""
    units = chosen.groupby("supplier")["units"].sum()
    order_value = chosen.groupby("supplier")["order_value"].sum()
    volume = chosen.groupby("warehouse")["volume_m3"].sum()
    return bool(
        chosen["value"].sum() <= limits.budget
        and all(m3 <= limits.room.get(str(name), np.inf) for name, m3 in volume.items())
        and all(amount <= limits.capacity.get(str(name), np.inf) for name, amount in units.items())
        and all(money >= limits.minimum.get(str(name), 0.0) for name, money in order_value.items())
    )


def _solve(options: pd.DataFrame, limits: Limits) -> Choice:
    """Columns: one an option, then one a supplier with a minimum: is anything ordered from it?"""
    asking = sorted(name for name in options["supplier"].unique() if limits.minimum.get(name, 0) > 0)
    columns = len(options) + len(asking)
    result = milp(
        np.concatenate([-options["gain"].to_numpy(float), np.zeros(len(asking))]),
        constraints=[_one_a_line(options, asking), *_shared(options, limits, asking)],
        integrality=np.ones(columns, dtype=np.int64),
        bounds=Bounds(0, 1),
        options={"mip_rel_gap": GAP, "node_limit": NODES},
    )
    # ordering nothing keeps to every limit; it stands in where the search ended before it found better
    taken = np.zeros(columns) if result.x is None else result.x
    chosen = np.flatnonzero(taken[: len(options)] > 0.5)
    gain = float(options.loc[chosen, "gain"].sum())
    return Choice(chosen, gain, max(gain, -float(result.mip_dual_bound or 0.0)))


def _one_a_line(options: pd.DataFrame, asking: list[str]) -> LinearConstraint:
    """A line takes at most one option, and none where nothing is ordered from its supplier."""
    line, first = np.unique(options["line"], return_index=True)
    of_line = np.searchsorted(line, options["line"])
    taken = sparse.csr_array((np.ones(len(options)), (of_line, np.arange(len(options)))))
    supplier = options["supplier"].to_numpy()[first]
    asks = np.isin(supplier, asking)
    orders = sparse.csr_array(
        (-np.ones(asks.sum()), (np.flatnonzero(asks), np.searchsorted(asking, supplier[asks]))),
        shape=(len(line), len(asking)),
    )
    return LinearConstraint(sparse.hstack([taken, orders]).tocsr(), -np.inf, np.where(asks, 0.0, 1.0))


def _shared(options: pd.DataFrame, limits: Limits, asking: list[str]) -> list[LinearConstraint]:
    """Budget, room, capacity and minimums, one row each."""
    none = np.zeros(len(asking))
    supplier, warehouse = options["supplier"].to_numpy(), options["warehouse"].to_numpy()
    money, volume, units, order_value = (
        options[name].to_numpy(float) for name in ("value", "volume_m3", "units", "order_value")
    )
    rows: list[tuple[Money, float, float]] = []
    if np.isfinite(limits.budget):
        rows.append((np.concatenate([money, none]), -np.inf, limits.budget))
    for name, room in sorted(limits.room.items()):
        rows.append((np.concatenate([volume * (warehouse == name), none]), -np.inf, room))
    for name, most in sorted(limits.capacity.items()):
        rows.append((np.concatenate([units * (supplier == name), none]), -np.inf, most))
    for position, name in enumerate(asking):
        is_ordered = none.copy()
        is_ordered[position] = -limits.minimum[name]
        rows.append((np.concatenate([order_value * (supplier == name), is_ordered]), 0.0, np.inf))
    return [LinearConstraint(sparse.csr_array(row[None, :]), low, high) for row, low, high in rows]
