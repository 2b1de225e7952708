"""A batch of orders that share what is scarce: its plans, parcels and options, and parts of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

NONE = -1


@dataclass(frozen=True)
class Batch:
    """Orders that share what is scarce. An order takes one plan or is held; a plan is one parcel or several;
    a parcel goes by one of its options.

    `cost`, `parcel`: (options,), money, and the parcel carried, ascending. `use`: (options, resources), what
    an option takes of each resource's `capacity`. `plan_order`: (plans,), ascending, every order at least
    once. `plan_parcels`: (plans, most parcels), filled up with -1; every parcel stands in a plan and has an
    option. `hold_cost`: (orders,), money if no plan is taken.
    """

    cost: Floats
    parcel: Ints
    use: csr_array
    capacity: Floats
    plan_order: Ints
    plan_parcels: Ints
    hold_cost: Floats

    @cached_property
    def order(self) -> Ints:
        """The order of every option."""
        of_parcel = np.zeros(self.plan_parcels.max(initial=0) + 2, dtype=np.int64)
        of_parcel[self.plan_parcels] = self.plan_order[:, None]  # -1 falls on the spare last place
        return of_parcel[self.parcel]

    def cost_of(self, option: Ints, option_cost: Floats) -> Floats:
        """Cost of every order by its options, (orders, most parcels); of one that is held, of holding it."""
        cost = np.append(option_cost, 0.0)[option].sum(axis=1)
        return np.where((option == NONE).all(axis=1), self.hold_cost, cost)

    def used(self, option: Ints) -> csr_array:
        """What every order's options use, (orders, resources)."""
        there = option != NONE
        starts = np.append(0, np.cumsum(there.sum(axis=1))).astype(np.int32)
        column = option[there].astype(np.int32)  # with 64 bits the product would have them too
        taken = csr_array((np.ones(len(column)), column, starts), shape=(len(option), len(self.cost)))
        return csr_array(taken @ self.use)


def undominated(batch: Batch) -> Ints:
    """Options worth a look: of those of a parcel that use the same, the cheapest, in order.

    >>> batch = Batch(
    ...     cost=np.array([3.0, 2.0, 1.0]), parcel=np.array([0, 0, 0]), use=csr_array([[1.0], [1.0], [2.0]]),
    ...     capacity=np.array([9.0]), plan_order=np.array([0]), plan_parcels=np.array([[0]]),
    ...     hold_cost=np.array([9.0]))
    >>> undominated(batch).tolist()
    [1, 2]
    """
    # rows of equal use have equal fingerprints; different rows have the same one with chance 0
    fingerprint = batch.use @ np.random.default_rng(0).random(len(batch.capacity))
    best_first = np.lexsort((np.arange(len(batch.cost)), batch.cost, fingerprint, batch.parcel))
    new = np.r_[
        True,
        (np.diff(batch.parcel[best_first]) != 0) | (np.abs(np.diff(fingerprint[best_first])) > 1e-12),
    ]
    return np.sort(best_first[new])


def restricted(batch: Batch, options: Ints) -> Batch:
    """The batch with some of its options only, ascending; every parcel keeps one at least."""
    if len(options) == len(batch.cost):
        return batch
    return Batch(
        batch.cost[options],
        batch.parcel[options],
        csr_array(batch.use[options]),
        batch.capacity,
        batch.plan_order,
        batch.plan_parcels,
        batch.hold_cost,
    )


class Places(NamedTuple):
    """Where the options and the plans of every order stand: (orders + 1,) starts, and options by order."""

    options: Ints
    option_starts: Ints
    plan_starts: Ints


def places(batch: Batch) -> Places:
    """Looked up once, so that taking parts of a large batch costs what the part does."""
    numbers = np.arange(len(batch.hold_cost) + 1)
    by_order = np.argsort(batch.order, kind="stable")
    starts = np.searchsorted(batch.order[by_order], numbers)
    return Places(by_order, starts, np.searchsorted(batch.plan_order, numbers))


def part(batch: Batch, where: Places, orders: Ints, capacity: Floats) -> tuple[Batch, Ints]:
    """Some orders of a batch, ascending, with the capacity left to them, and the options that they have."""
    options = np.sort(where.options[ranges(where.option_starts, orders)])
    plans = ranges(where.plan_starts, orders)
    parcels = np.unique(batch.parcel[options])
    use = csr_array(batch.use[options])
    resources = np.unique(use.indices)
    plan_parcels = np.searchsorted(parcels, batch.plan_parcels[plans])
    smaller = Batch(
        batch.cost[options],
        np.searchsorted(parcels, batch.parcel[options]),
        csr_array(use[:, resources]),
        capacity[resources],
        np.searchsorted(orders, batch.plan_order[plans]),
        np.where(batch.plan_parcels[plans] == NONE, NONE, plan_parcels),
        batch.hold_cost[orders],
    )
    return smaller, options


def ranges(starts: Ints, which: Ints) -> Ints:
    """All numbers from starts[i] up to starts[i + 1] of every i that is asked for."""
    length = starts[which + 1] - starts[which]
    within = np.arange(length.sum()) - np.repeat(np.cumsum(length) - length, length)
    numbers: Ints = np.repeat(starts[which], length) + within
    return numbers


def least(values: Floats, group: Ints) -> tuple[Floats, Ints]:
    """Of every group its least value and the first place of it; the groups are 0, 1, … and ascend."""
    starts = np.flatnonzero(np.diff(group, prepend=-1))
    lowest = np.minimum.reduceat(values, starts)
    places = np.flatnonzero(values == lowest[group])
    first = np.zeros(len(starts), dtype=np.int64)
    first[group[places[::-1]]] = places[::-1]
    return lowest, first
