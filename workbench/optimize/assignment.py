"""Orders to plans under shared limits: prices on what is scarce, each order exact given them, then exchanges.

Prices from the Lagrangian dual give a bound that no assignment can beat, and all orders' cheapest choices at
those prices. These are taken as far as they fit; then orders change places, first by what they cost with the
prices of what they use, which makes one that wants three units leave them to three that want one each, and
then more and more by cost alone. The orders around those who still come off badly are solved exactly, some at
a time.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_array

from workbench.optimize.batch import (
    NONE,
    Batch,
    Floats,
    Ints,
    Mask,
    least,
    part,
    places,
    restricted,
    undominated,
)
from workbench.optimize.choices import Choices, choices
from workbench.optimize.dual_ascent import FIRST_STEP, Priced, ascend
from workbench.optimize.exact_assignment import assign_exactly
from workbench.optimize.exchange import DUST, admitted, exchange

PROVEN_ORDERS = 80  # a batch of so few is solved exactly
MOST_CHOICES = 12  # of an order
CROWD = 500.0  # units of a resource, above which nobody is made to leave it
SPARE = 0.003  # of a crowd's capacity is kept free at first, so that changes through it find room
# share of the prices that counts, one exchange after the other; a cycle that gains little is the last
CYCLES = ((0.9, 0.6, 0.3, 0.0), (0.6, 0.0))
CHAIN = 2  # orders that give way one for another, once cost alone counts
ROUNDS = 40
NEIGHBOURHOODS = 240  # solved exactly at the end, at most
NEIGHBOURS = 60  # orders in each
PATIENCE, WORTH = 20, 1e-4  # so many in a row that gain less than this fraction of the cost are the last
WAYS = 6  # of a parcel in them, and the one that it goes by


@dataclass(frozen=True)
class Assignment:
    """What was decided: `option` of each order's parcels, (orders, most parcels), -1 where there is none.

    `cost`: money, holds included. `bound`: no assignment costs less. `prices`: (resources,), money that one
    more unit of a scarce resource is worth.
    """

    option: Ints
    cost: float
    bound: float
    prices: Floats

    @property
    def held(self) -> Mask:
        """Orders that take no plan."""
        held: Mask = (self.option == NONE).all(axis=1)
        return held

    @property
    def gap(self) -> float:
        """Fraction of the cost by which it may at most lie above the least possible."""
        return max(self.cost - self.bound, 0.0) / max(abs(self.cost), DUST)


def assign(
    batch: Batch,
    *,
    known: Priced | None = None,
    close_enough: float = 0.0005,
    neighbourhoods: int = NEIGHBOURHOODS,
) -> Assignment:
    """Assign every order; at a gap of `close_enough` (fraction of the cost) the search ends.

    `known`: prices and bound, where they were found before, perhaps on more options than the batch has.
    `neighbourhoods`: solved exactly at the end.

    Two orders want the last unit, at 1 and 2, and could be served from elsewhere at 5 and 9: the second gets
    it, because it saves 7 and the first only 4. They cost 5 + 2.

    >>> batch = Batch(
    ...     cost=np.array([1.0, 5.0, 2.0, 9.0]), parcel=np.array([0, 0, 1, 1]),
    ...     use=csr_array([[1.0], [0.0], [1.0], [0.0]]), capacity=np.array([1.0]),
    ...     plan_order=np.array([0, 1]), plan_parcels=np.array([[0], [1]]), hold_cost=np.array([99.0, 99.0]))
    >>> found = assign(batch)
    >>> found.option.ravel().tolist(), found.cost
    ([1, 2], 7.0)
    """
    if not len(batch.hold_cost):
        nothing = np.empty((0, batch.plan_parcels.shape[1]), dtype=np.int64)
        return Assignment(nothing, 0.0, 0.0, np.zeros(len(batch.capacity)))
    kept = undominated(batch)
    smaller = restricted(batch, kept)
    priced = known or _priced(smaller)
    option = assign_exactly(smaller) if len(batch.hold_cost) <= PROVEN_ORDERS else None
    if option is None:
        found = _search(smaller, priced, close_enough, neighbourhoods)
    else:
        # a bound that rests on more options than the batch has is not the batch's to raise
        cost = _cost(smaller, option)
        found = Assignment(option, cost, min(priced.bound, cost) if known else cost, priced.prices)
    return Assignment(np.append(kept, NONE)[found.option], found.cost, found.bound, found.prices)


def _priced(batch: Batch) -> Priced:
    start = np.zeros(len(batch.capacity))
    each = float(batch.cost.mean()) if len(batch.cost) else 1.0

    def cheapest(prices: Floats) -> tuple[float, Floats]:
        cost, option = _choose(batch, batch.cost + batch.use @ prices)
        used: Floats = batch.used(option).sum(axis=0, dtype=np.float64)
        return float(cost.sum()), used

    return ascend(cheapest, batch.capacity, start, FIRST_STEP * each)


def _choose(batch: Batch, option_cost: Floats) -> tuple[Floats, Ints]:
    """The cheapest plan of every order, each parcel by its cheapest option; held where that is cheaper."""
    parcel_cost, parcel_option = least(option_cost, batch.parcel)
    plan_cost = np.append(parcel_cost, 0.0)[batch.plan_parcels].sum(axis=1)
    cost, plan = least(plan_cost, batch.plan_order)
    option = np.append(parcel_option, NONE)[batch.plan_parcels[plan]]
    option[batch.hold_cost < cost] = NONE
    return np.minimum(cost, batch.hold_cost), option


def _search(batch: Batch, priced: Priced, close_enough: float, neighbourhoods: int) -> Assignment:
    best = _exchanged(batch, priced, close_enough)
    if best.gap <= close_enough:
        return best
    ways = _few(batch, best)
    option = np.append(np.cumsum(ways) - 1, NONE)[best.option]
    fewer = replace(best, option=option)
    found = _polish(restricted(batch, np.flatnonzero(ways)), fewer, close_enough, neighbourhoods)
    return replace(found, option=np.append(np.flatnonzero(ways), NONE)[found.option])


def _exchanged(batch: Batch, priced: Priced, close_enough: float) -> Assignment:
    """What everybody's choice comes to after exchanges, at falling shares of the prices."""
    all_choices = choices(batch, priced.prices, MOST_CHOICES)
    paid = all_choices.use @ priced.prices
    crowd = batch.capacity > CROWD
    room = np.where(
        crowd & np.isfinite(batch.capacity), np.floor(batch.capacity * (1 - SPARE)), batch.capacity
    )
    chosen = _admit(all_choices, all_choices.cost + paid, room)
    best = _found(batch, all_choices, chosen, priced)
    for cycle in CYCLES:
        before = best.cost
        for share in cycle:
            if best.gap <= close_enough:
                return best
            value = all_choices.cost + share * paid
            chain = 1 if share else CHAIN
            chosen = exchange(all_choices, chosen, value, room, crowd, chain, ROUNDS)
            room = batch.capacity
            best = _better(best, _found(batch, all_choices, chosen, priced))
        if before - best.cost <= close_enough * best.cost:
            break
    return best


def _few(batch: Batch, best: Assignment) -> Mask:
    """Options, (options,), that are among the cheapest of their parcel at the prices, or are taken."""
    by_parcel = np.lexsort((batch.cost + batch.use @ best.prices, batch.parcel))
    few = np.zeros(len(by_parcel), dtype=np.bool_)
    few[by_parcel] = np.arange(len(by_parcel)) - np.searchsorted(batch.parcel, batch.parcel) < WAYS
    few[best.option[best.option != NONE]] = True
    return few


def _admit(all_choices: Choices, value: Floats, room: Floats) -> Ints:
    """Every order's best choice as far as there is room, those who would lose most otherwise first."""
    best, first = all_choices.least(value)
    others = value.copy()
    others[first] = np.inf
    second, _ = all_choices.least(others)
    chosen, queue = all_choices.held.copy(), np.argsort(best - second, kind="stable")
    fits = queue[admitted(csr_array(all_choices.use[first[queue]]), room)]
    chosen[fits] = first[fits]
    return chosen


def _found(batch: Batch, all_choices: Choices, chosen: Ints, priced: Priced) -> Assignment:
    option = all_choices.option[chosen]
    cost = _cost(batch, option)
    return Assignment(option, cost, min(priced.bound, cost), priced.prices)


def _better(best: Assignment, other: Assignment) -> Assignment:
    return other if other.cost < best.cost - DUST else best


def _polish(batch: Batch, best: Assignment, close_enough: float, neighbourhoods: int) -> Assignment:
    """Solve the orders around those that came off worst exactly, all else left as it is."""
    priced = batch.cost + batch.use @ best.prices
    wanted = csr_array((np.ones(len(batch.cost)), (batch.order, np.arange(len(batch.cost)))))
    wanted = csr_array(wanted @ batch.use)
    # a warehouse or a service is wanted by all, and makes nobody a rival
    wanted = csr_array(wanted[:, np.flatnonzero(batch.capacity <= CROWD)])
    wanted.data = np.ones_like(wanted.data)
    blame = batch.cost_of(best.option, priced) - _choose(batch, priced)[0]
    where, option = places(batch), best.option
    left = batch.capacity - batch.used(option).sum(axis=0)
    own, cost = batch.cost_of(option, batch.cost), best.cost
    costs: list[float] = []
    for worst in np.argsort(-blame, kind="stable")[:neighbourhoods]:
        if cost - best.bound <= close_enough * cost or blame[worst] <= DUST:
            break
        costs.append(cost)
        if len(costs) > PATIENCE and costs[-1 - PATIENCE] - cost <= WORTH * cost:
            break
        orders = _neighbours(wanted, worst)
        freed = batch.used(option[orders]).sum(axis=0)
        smaller, options = part(batch, where, orders, left + freed)
        chosen = assign_exactly(smaller)
        if chosen is None or _cost(smaller, chosen) >= own[orders].sum() - DUST:
            continue
        option = option.copy()
        option[orders] = np.append(options, NONE)[chosen]
        left += freed - batch.used(option[orders]).sum(axis=0)
        own[orders] = smaller.cost_of(chosen, smaller.cost)
        cost = float(own.sum())
    return Assignment(option, cost, min(best.bound, cost), best.prices)


def _neighbours(wanted: csr_array, order: int) -> Ints:
    """The order and its nearest rivals, ascending; `wanted`: (orders, resources), what each could use."""
    rivals: Floats = wanted @ np.sign(wanted[[order]].toarray()).ravel()
    rivals[order] = np.inf
    nearest: Ints = np.flatnonzero(rivals > 0)
    return np.sort(nearest[np.argsort(-rivals[nearest], kind="stable")[:NEIGHBOURS]])


def _cost(batch: Batch, option: Ints) -> float:
    return float(batch.cost_of(option, batch.cost).sum())
