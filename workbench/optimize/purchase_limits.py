"""What all orders of a day share, and how much of each limit an option uses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_array, hstack

Money = NDArray[np.float64]
Codes = NDArray[np.int64]
ALL = -1  # the owner of a limit that all suppliers share
NONE = -1  # the option of a line that orders nothing


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
class Programme:
    """Options and limits as arrays: at most one option a line, so that use @ taken <= limit.

    `line` (options,) rises; `gain` (options,) money; `use` (options, limits) and `limit` (limits,) in the
    unit of each, a minimum with its sign turned; `owner` (limits,) is the supplier whose orders alone it
    concerns, or ALL: a supplier of whom nothing is ordered keeps to all its own. `supplier` (options,).
    """

    line: Codes
    gain: Money
    use: csr_array
    limit: Money
    owner: Codes
    supplier: Codes
    suppliers: int

    @property
    def starts(self) -> Codes:
        """First option of every line."""
        starts: Codes = np.flatnonzero(np.r_[True, np.diff(self.line) > 0])
        return starts

    @property
    def place(self) -> Codes:
        """Which of the lines each option is for, counted from 0."""
        place: Codes = np.cumsum(np.r_[False, np.diff(self.line) > 0], dtype=np.int64)
        return place


def programme(options: pd.DataFrame, limits: Limits, suppliers: pd.Index[str]) -> Programme:
    """The programme of `options`, sorted by line, under `limits`; its limits depend on no option."""
    use, limit, owner = uses(options, limits, suppliers)
    return Programme(
        options["line"].to_numpy(np.int64),
        options["gain"].to_numpy(np.float64),
        use,
        limit,
        owner,
        suppliers.get_indexer(pd.Index(options["supplier"])).astype(np.int64),
        len(suppliers),
    )


def uses(options: pd.DataFrame, limits: Limits, suppliers: pd.Index[str]) -> tuple[csr_array, Money, Codes]:
    """What each option uses of each limit, (options, limits); the limits; and whose they are."""
    supplier = options["supplier"].to_numpy()
    capacity = {name: units for name, units in limits.capacity.items() if name in suppliers}
    minimum = {name: -money for name, money in limits.minimum.items() if name in suppliers and money > 0}
    kinds = [
        _use({"": limits.budget}, np.full(len(options), ""), options["value"]),
        _use(limits.room, options["warehouse"].to_numpy(), options["volume_m3"]),
        _use(capacity, supplier, options["units"]),
        _use(minimum, supplier, -options["order_value"]),
    ]
    shared = sum(len(names) for _, names, _ in kinds[:2])
    owners = [suppliers.get_indexer(names) for _, names, _ in kinds[2:]]
    return (
        hstack([use for use, _, _ in kinds]).tocsr(),
        np.concatenate([bound for _, _, bound in kinds]),
        np.concatenate([np.full(shared, ALL), *owners]).astype(np.int64),
    )


def _use(
    limit: Mapping[str, float], key: NDArray[np.str_], amount: pd.Series[float]
) -> tuple[csr_array, pd.Index[str], Money]:
    """Each option's amount in the column of its key's limit; the names of the limits, and the limits."""
    names = pd.Index(sorted(name for name, bound in limit.items() if np.isfinite(bound)), dtype="str")
    column = names.get_indexer(pd.Index(key))
    row = np.flatnonzero(column >= 0)
    use = csr_array((amount.to_numpy(np.float64)[row], (row, column[row])), shape=(len(column), len(names)))
    return use, names, np.array([limit[name] for name in names], dtype=np.float64)
