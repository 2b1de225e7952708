"""Orders to plans under shared limits: prices on what is scarce, each order exact given them, then repair.

Subgradient ascent on the Lagrangian dual (Fisher, The Lagrangian Relaxation Method, Management Science 27,
1981) gives the prices and a bound that no assignment can beat. The assignment is built from the prices; who
came off badly comes earlier next time (Joslin & Clements, Squeaky Wheel Optimization, 1999); then the orders
around those who still do are solved exactly, some at a time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from workbench.optimize.batch import NONE, Batch, Floats, Ints, Mask, part, restricted, undominated
from workbench.optimize.exact_assignment import assign_exactly

DUST = 1e-9  # amounts and costs closer than this are the same
STAGES = 4  # of pricing, each followed by tries at an assignment
ROUNDS = 30  # of pricing in a stage
PATIENCE = 4  # rounds without a better bound after which the steps are halved
TRIES = 8
NEIGHBOURHOODS = 60  # solved exactly at the end
NEIGHBOURS = 80  # orders in each


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


class _Choice(NamedTuple):
    """The best of every order: options, plan (-1: held), cost, and how much dearer its next best is."""

    option: Ints
    plan: Ints
    cost: Floats
    regret: Floats


def assign(batch: Batch, *, close_enough: float = 0.001) -> Assignment:
    """Assign every order; at a gap of `close_enough` (fraction of the cost) the search ends.

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
    found = _proven(smaller) if len(batch.hold_cost) <= NEIGHBOURS else None
    found = found or _search(smaller, close_enough)
    return Assignment(np.append(kept, NONE)[found.option], found.cost, found.bound, found.prices)


def _proven(batch: Batch) -> Assignment | None:
    """The best assignment of a small batch; None where the proof takes too long."""
    option = assign_exactly(batch)
    if option is None:
        return None
    cost = _cost(batch, option)
    return Assignment(option, cost, cost, _price(batch, np.zeros(len(batch.capacity)), cost)[0])


def _search(batch: Batch, close_enough: float) -> Assignment:
    prices, urgency = np.zeros(len(batch.capacity)), np.zeros(len(batch.hold_cost))
    option = _settle(batch, prices, urgency)
    best = Assignment(option, _cost(batch, option), -np.inf, prices)
    for _ in range(STAGES):
        prices, bound = _price(batch, prices, best.cost)
        best = Assignment(best.option, best.cost, min(max(bound, best.bound), best.cost), prices)
        priced = batch.cost + batch.use @ prices
        for _ in range(TRIES):
            if best.gap <= close_enough:
                return best
            option = _settle(batch, prices, urgency)
            urgency = urgency + _blame(batch, option, priced)
            best = _better(batch, best, option)
    return _polish(batch, best, close_enough)


def _better(batch: Batch, best: Assignment, option: Ints) -> Assignment:
    cost = _cost(batch, option)
    return Assignment(option, cost, best.bound, best.prices) if cost < best.cost - DUST else best


def _blame(batch: Batch, option: Ints, priced: Floats) -> Floats:
    """How much more each order pays, prices included, than its best plan costs at those prices."""
    blame: Floats = batch.cost_of(option, priced) - _choose(batch, priced).cost
    return blame


def _price(batch: Batch, prices: Floats, cost: float) -> tuple[Floats, float]:
    """Prices that raise the bound, and that bound; steps after Polyak towards the `cost` known so far."""
    best, bound, step, stale = prices, -np.inf, 1.0, 0
    for _ in range(ROUNDS):
        choice = _choose(batch, batch.cost + batch.use @ prices)
        value = float(choice.cost.sum() - prices @ batch.capacity)
        stale = 0 if value > bound else stale + 1
        if value > bound:
            best, bound = prices, value
        if stale >= PATIENCE:
            step, stale = step / 2, 0
        excess = batch.used(choice.option).sum(axis=0) - batch.capacity
        slope = np.where((prices > 0) | (excess > 0), excess, 0.0)
        if not slope.any():
            break
        prices = np.maximum(prices + step * max(cost - value, 0.0) / (slope @ slope) * slope, 0.0)
    return best, bound


def _settle(batch: Batch, prices: Floats, urgency: Floats) -> Ints:
    """Options of every order within all capacities: built by cost and prices, then improved by cost alone."""
    nothing = np.full((len(batch.hold_cost), batch.plan_parcels.shape[1]), NONE)
    built = _improve(batch, nothing, batch.cost + batch.use @ prices, urgency)
    return _improve(batch, built, batch.cost, urgency)


def _improve(batch: Batch, option: Ints, option_cost: Floats, urgency: Floats) -> Ints:
    """Let orders change to what is cheaper and fits in what is left, those who lose most otherwise first."""
    option, struck = option.copy(), np.zeros(len(batch.plan_order), dtype=np.bool_)
    while True:
        own = batch.used(option)
        left = batch.capacity - own.sum(axis=0)
        choice = _choose(batch, np.where(_fits(batch, own, left), option_cost, np.inf), struck)
        better = np.flatnonzero(choice.cost < batch.cost_of(option, option_cost) - DUST)
        if not len(better):
            return option
        first = better[np.argsort(-(choice.regret + urgency)[better], kind="stable")]
        more = csr_array(batch.used(choice.option[first]) - own[first])
        fits_alone, admitted = _admit(more, left)
        option[first[admitted]] = choice.option[first[admitted]]
        struck[choice.plan[first[~fits_alone]]] = True  # its parcels fit one by one, but not together


def _polish(batch: Batch, best: Assignment, close_enough: float) -> Assignment:
    """Solve the orders around those that came off worst exactly, all else left as it is."""
    priced = batch.cost + batch.use @ best.prices
    wanted = csr_array((np.ones(len(batch.cost)), (batch.order, np.arange(len(batch.cost)))))
    wanted = csr_array(wanted @ batch.use)
    blame = _blame(batch, best.option, priced)
    for worst in np.argsort(-blame, kind="stable")[:NEIGHBOURHOODS]:
        if best.gap <= close_enough or blame[worst] <= DUST:
            break
        best = _better(batch, best, _resolved(batch, best.option, _neighbours(wanted, worst)))
    return best


def _neighbours(wanted: csr_array, order: int) -> Ints:
    """The order and its nearest rivals, ascending; `wanted`: (orders, resources), what each could use."""
    rivals = np.asarray((wanted > 0) @ (wanted[[order]] > 0).T.toarray()).ravel().astype(np.float64)
    rivals[order] = np.inf
    nearest: Ints = np.argsort(-rivals, kind="stable")[:NEIGHBOURS]
    return np.sort(nearest)


def _resolved(batch: Batch, option: Ints, orders: Ints) -> Ints:
    """The options with those of some orders chosen anew, exactly."""
    own = batch.used(option)
    left = batch.capacity - own.sum(axis=0) + own[orders].sum(axis=0)
    smaller, options = part(batch, orders, left)
    chosen = assign_exactly(smaller)
    if chosen is None:
        return option
    renewed = option.copy()
    renewed[orders] = np.append(options, NONE)[chosen]
    return renewed


def _choose(batch: Batch, option_cost: Floats, struck: Mask | None = None) -> _Choice:
    """The cheapest plan of every order, each parcel by its cheapest option; held where that is cheaper."""
    parcel_cost, parcel_option, parcel_regret = _least(option_cost, batch.parcel)
    plan_cost = _of_parcels(batch.plan_parcels, parcel_cost, 0.0).sum(axis=1)
    if struck is not None:
        plan_cost[struck] = np.inf
    cost, plan, regret = _least(plan_cost, batch.plan_order)
    regret = np.minimum(regret, _of_parcels(batch.plan_parcels[plan], parcel_regret, np.inf).min(axis=1))
    regret = np.minimum(regret, np.abs(batch.hold_cost - cost))
    held = batch.hold_cost < cost
    option = _of_parcels(batch.plan_parcels[plan], parcel_option, NONE)
    option[held] = NONE
    return _Choice(option, np.where(held, NONE, plan), np.minimum(cost, batch.hold_cost), regret)


def _least(values: Floats, group: Ints) -> tuple[Floats, Ints, Floats]:
    """Of every group: its least value, the first place of it, and how much more the second least is."""
    starts = np.flatnonzero(np.r_[True, group[1:] != group[:-1]])
    least = np.minimum.reduceat(values, starts)
    places = np.flatnonzero(values == least[group])
    first = np.zeros(len(starts), dtype=np.int64)
    first[group[places[::-1]]] = places[::-1]
    others = values.copy()
    others[first] = np.inf
    second = np.minimum.reduceat(others, starts)
    none_fits = np.isinf(least)
    return least, first, np.where(none_fits, 0.0, second - np.where(none_fits, 0.0, least))


def _of_parcels(plan_parcels: Ints, values: NDArray[Any], without: float) -> NDArray[Any]:
    """The parcels' values in the shape of the plans, `without` where a plan has no further parcel."""
    return np.append(values, np.asarray(without, dtype=values.dtype))[plan_parcels]


def _fits(batch: Batch, own: csr_array, left: Floats) -> Mask:
    """Options that fit in what is left if their order gives back what it uses now."""
    row = np.repeat(np.arange(len(batch.cost)), np.diff(batch.use.indptr))
    there = left[batch.use.indices] + np.asarray(own[batch.order[row], batch.use.indices]).ravel()
    too_much: Ints = np.bincount(row[batch.use.data > there + DUST], minlength=len(batch.cost))
    return np.equal(too_much, 0)


def _admit(more: csr_array, left: Floats) -> tuple[Mask, Mask]:
    """Which changes, in their order, fit by themselves, and which fit after all those before them.

    `more`: (changes, resources), what each takes beyond what its order has already. What one gives back does
    not count for those after it.
    """
    change = np.repeat(np.arange(more.shape[0]), np.diff(more.indptr))
    taken, resource = np.maximum(more.data, 0.0), more.indices
    too_much, too_late = np.zeros((2, more.shape[0]), dtype=np.bool_)
    too_much[change[taken > left[resource] + DUST]] = True
    queue = np.lexsort((change, resource))
    summed = np.cumsum(taken[queue])
    starts = np.searchsorted(resource[queue], resource[queue], side="left")
    before = np.append(0.0, summed)[starts]
    over = (taken[queue] > 0) & (summed - before > left[resource[queue]] + DUST)
    too_late[change[queue[over]]] = True
    return ~too_much, ~too_late


def _cost(batch: Batch, option: Ints) -> float:
    return float(batch.cost_of(option, batch.cost).sum())
