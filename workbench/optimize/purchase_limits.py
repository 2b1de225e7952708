"""What all orders of a day share, and how much of each limit an option uses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_array, hstack

Money = NDArray[np.float64]
Codes = NDArray[np.int64]
ALL = -1  # the owner of a limit that all suppliers share
NONE = -1  # the option of a line that orders nothing
NO_GROUPS = pd.MultiIndex.from_arrays([[], []], names=["supplier", "group"])


@dataclass(frozen=True)
class Limits:
    """What all orders of a day share; what is not named has no limit.

    `budget`: money, landed; `room`: m³ free by warehouse; `minimum`: least order value by supplier, money at
    unit cost; `group_minimum`: the same by supplier and group of its SKUs, for orders that hold any of them;
    `capacity`: most units of one order by supplier; `container`: m³ of a container by supplier, of which the
    last has to be filled to `container_fill` (fraction) at least.
    """

    budget: float = np.inf
    room: Mapping[str, float] = field(default_factory=dict)
    minimum: Mapping[str, float] = field(default_factory=dict)
    group_minimum: Mapping[tuple[str, str], float] = field(default_factory=dict)
    capacity: Mapping[str, float] = field(default_factory=dict)
    container: Mapping[str, float] = field(default_factory=dict)
    container_fill: float = 1.0


class Blocks(NamedTuple):
    """Who orders or does not: suppliers by name, then groups with a minimum, (supplier, group) each."""

    suppliers: pd.Index[str]
    groups: pd.MultiIndex

    @classmethod
    def of(cls, suppliers: Iterable[str], limits: Limits) -> Blocks:
        """The blocks of some suppliers under the limits."""
        known = set(suppliers)
        groups = sorted(key for key, money in limits.group_minimum.items() if key[0] in known and money > 0)
        index = pd.MultiIndex.from_tuples(groups, names=NO_GROUPS.names) if groups else NO_GROUPS
        return cls(pd.Index(sorted(known), dtype="str"), index)

    def group_of(self, options: pd.DataFrame) -> Codes:
        """The group of every option, by position; -1 where it is of none."""
        if self.groups.empty:
            return np.full(len(options), -1, dtype=np.int64)
        keys = pd.MultiIndex.from_frame(options[["supplier", "group"]])
        return self.groups.get_indexer(keys).astype(np.int64)

    @property
    def supplier(self) -> Codes:
        """The supplier of every block, by position."""
        of_groups = self.suppliers.get_indexer(self.groups.get_level_values(0))
        return np.concatenate([np.arange(len(self.suppliers)), of_groups]).astype(np.int64)


@dataclass(frozen=True)
class Programme:
    """Options and limits as arrays: at most one option a line, so that use @ taken <= limit.

    `line` (options,) rises; `gain` (options,) money; `use` (options, limits) and `limit` (limits,) in the
    unit of each, a minimum with its sign turned; `owner` (limits,) is the block whose orders alone it
    concerns, or ALL: a block of which nothing is ordered keeps to all its own. `supplier` and `block`
    (options,): the group's where the option is of one, else the supplier's; `supplier_of` (blocks,).
    `volume` (options,) and `container` (suppliers,) in m³, inf for none; `container_fill` as in `Limits`.
    """

    line: Codes
    gain: Money
    use: csr_array
    limit: Money
    owner: Codes
    block: Codes
    supplier_of: Codes
    suppliers: int
    volume: Money
    container: Money
    container_fill: float

    @property
    def supplier(self) -> Codes:
        """The supplier of every option."""
        supplier: Codes = self.supplier_of[self.block]
        return supplier

    @property
    def blocks(self) -> int:
        """Suppliers and groups."""
        return len(self.supplier_of)

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

    def at(self, place: Codes, units: Codes, gain: Money) -> Programme:
        """The same with other options: `units` of the options `place`, of one unit each, that gain `gain`."""
        use = self.use[place]
        use.data *= np.repeat(units, np.diff(use.indptr))
        volume = units * self.volume[place]
        return replace(
            self, line=self.line[place], gain=gain, use=use, block=self.block[place], volume=volume
        )


def programme(options: pd.DataFrame, limits: Limits, blocks: Blocks) -> Programme:
    """The programme of `options`, sorted by line, under `limits`; its limits depend on no option."""
    use, limit, owner = _uses(options, limits, blocks)
    supplier = blocks.suppliers.get_indexer(pd.Index(options["supplier"]))
    group = blocks.group_of(options)
    return Programme(
        options["line"].to_numpy(np.int64),
        options["gain"].to_numpy(np.float64),
        use,
        limit,
        owner,
        np.where(group >= 0, len(blocks.suppliers) + group, supplier).astype(np.int64),
        blocks.supplier,
        len(blocks.suppliers),
        options["volume_m3"].to_numpy(np.float64),
        np.array([limits.container.get(name, np.inf) for name in blocks.suppliers], dtype=np.float64),
        limits.container_fill,
    )


def _uses(options: pd.DataFrame, limits: Limits, blocks: Blocks) -> tuple[csr_array, Money, Codes]:
    """What each option uses of each limit, (options, limits); the limits; and whose they are.

    Of a container counts here that an order fills the least of one.
    """
    known, suppliers = set(blocks.suppliers), len(blocks.suppliers)
    everything, of_group = np.zeros(len(options), dtype=np.int64), limits.group_minimum
    supplier, warehouse = pd.Index(options["supplier"]), pd.Index(options["warehouse"])
    money, one = -options["order_value"], int(np.isfinite(limits.budget))
    room = pd.Index(sorted(limits.room), dtype="str")
    own = {
        "units": {name: most for name, most in limits.capacity.items() if name in known},
        "order_value": {
            name: -least for name, least in limits.minimum.items() if name in known and least > 0
        },
        "volume_m3": {
            name: -limits.container_fill * m3 for name, m3 in limits.container.items() if name in known
        },
    }
    kinds = [
        _Kind(everything - (1 - one), [limits.budget] * one, options["value"], [ALL] * one),
        _Kind(
            room.get_indexer(warehouse),
            [limits.room[w] for w in room],
            options["volume_m3"],
            [ALL] * len(room),
        ),
        _Kind(
            blocks.group_of(options),
            [-of_group[key] for key in blocks.groups],
            money,
            [suppliers + place for place in range(len(blocks.groups))],
        ),
    ]
    for column, limit in own.items():
        names = pd.Index(sorted(limit), dtype="str")
        sign = 1 if column == "units" else -1
        owner = blocks.suppliers.get_indexer(names).tolist()
        kinds.append(
            _Kind(names.get_indexer(supplier), [limit[n] for n in names], sign * options[column], owner)
        )
    return (
        csr_array(hstack([kind.use() for kind in kinds])),
        np.concatenate([np.asarray(kind.limit, dtype=np.float64) for kind in kinds]),
        np.concatenate([np.asarray(kind.owner, dtype=np.int64) for kind in kinds]),
    )


class _Kind(NamedTuple):
    """Limits of one kind: which of them each option uses (below 0: none), the limits, how much, and whose."""

    column: NDArray[np.signedinteger]
    limit: list[float]
    amount: pd.Series[float]
    owner: list[int]

    def use(self) -> csr_array:
        """Shape (options, limits)."""
        row = np.flatnonzero(self.column >= 0)
        amount = self.amount.to_numpy(np.float64)[row]
        return csr_array((amount, (row, self.column[row])), shape=(len(self.column), len(self.limit)))
