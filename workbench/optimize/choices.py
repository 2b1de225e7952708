"""All that an order could do, as whole choices: the cheapest combinations of its parcels' options."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from workbench.optimize.batch import NONE, Batch, Floats, Ints, least, ranges

# options of each parcel that are combined, by the number of parcels of a plan
COMBINED = (16, 5, 3)


@dataclass(frozen=True)
class Choices:
    """One row a choice, by order; an order's last one is to be held.

    `order`, `cost` (money): (choices,). `use`: (choices, resources). `option`: (choices, most parcels),
    options of the batch, -1 for none. `starts`: (orders,), an order's first choice.
    """

    order: Ints
    cost: Floats
    use: csr_array
    option: Ints
    starts: Ints

    @property
    def held(self) -> Ints:
        """(orders,), the choice to be held."""
        return np.append(self.starts[1:], len(self.order)) - 1

    @cached_property
    def entry_choice(self) -> NDArray[np.int32]:
        """The choice of every entry of `use`."""
        return np.repeat(np.arange(len(self.order), dtype=np.int32), np.diff(self.use.indptr))

    @cached_property
    def entry_order(self) -> NDArray[np.int32]:
        """The order of every entry of `use`."""
        return self.order.astype(np.int32)[self.entry_choice]

    def entries(self, orders: Ints) -> Ints:
        """All entries of `use` of some orders."""
        bounds = self.use.indptr[np.append(self.starts, len(self.order))].astype(np.int64)
        return ranges(bounds, orders)

    def least(self, values: Floats) -> tuple[Floats, Ints]:
        """Of every order: the least value of its choices, and the first choice that has it."""
        return least(values, self.order)


def choices(batch: Batch, prices: Floats, most: int) -> Choices:
    """At most `most` choices an order, those that are cheapest at the prices, and to be held."""
    reduced = batch.cost + batch.use @ prices
    option, order = _combined(batch, reduced)
    paid = np.append(reduced, 0.0)[option].sum(axis=1)
    by_order = np.lexsort((paid, order))
    order, option = order[by_order], option[by_order]
    few = np.arange(len(order)) - np.searchsorted(order, order) < most
    orders = len(batch.hold_cost)
    order = np.r_[order[few], np.arange(orders)]
    option = np.vstack([option[few], np.full((orders, option.shape[1]), NONE)])
    by_order = np.argsort(order, kind="stable")
    order, option = order[by_order], option[by_order]
    cost = np.append(batch.cost, 0.0)[option].sum(axis=1)
    starts = np.searchsorted(order, np.arange(orders))
    last = np.append(starts[1:], len(order)) - 1
    cost[last] = batch.hold_cost
    return Choices(order, cost, batch.used(option), option, starts)


def _combined(batch: Batch, reduced: Floats) -> tuple[Ints, Ints]:
    """Options of plans, (choices, most parcels), and the orders that these are of."""
    cheapest_first = np.lexsort((reduced, batch.parcel))
    starts = np.searchsorted(batch.parcel[cheapest_first], np.arange(batch.parcel.max(initial=-1) + 2))
    count, most = np.diff(starts), batch.plan_parcels.shape[1]
    parcels = (batch.plan_parcels != NONE).sum(axis=1)
    options, orders = [np.empty((0, most), dtype=np.int64)], [np.empty(0, dtype=np.int64)]
    for number in range(1, most + 1):
        plans = np.flatnonzero(parcels == number)
        inside = batch.plan_parcels[plans, :number]
        for ranks in itertools.product(range(COMBINED[min(number, len(COMBINED)) - 1]), repeat=number):
            there = (count[inside] > np.array(ranks)).all(axis=1)
            option = np.full((int(there.sum()), most), NONE)
            option[:, :number] = cheapest_first[starts[inside[there]] + np.array(ranks)]
            options.append(option)
            orders.append(batch.plan_order[plans[there]])
    return np.concatenate(options), np.concatenate(orders)
