"""What is scarce is priced for all orders together, then every order gets its parcels and their ways.

After an earlier settlement of nearly the same orders only some are settled anew: those without a choice that
still holds, those whom stock that is left would serve better, and all who want a SKU that these make scarce.
The others keep their choice.
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array

from workbench.optimize.assignment import NEIGHBOURHOODS, Assignment, assign
from workbench.optimize.batch import NONE, Floats, Ints, Mask, least
from workbench.optimize.contest import Contest, Prices, Taken
from workbench.optimize.dual_ascent import FIRST_STEP, ROUNDS, Priced, ascend
from workbench.optimize.waiting import certified
from workbench.optimize.worthwhile import worthwhile

AGAIN_STEP = 0.03  # of an order's mean cost, from prices that were good before
AGAIN_ROUNDS = 80
WORTH_A_LOOK = 0.001  # of what waiting costs an order: by so much less another way must serve it
AGAIN_NEIGHBOURHOODS = 12  # solved exactly when only some orders are settled


def settle(
    contest: Contest, start: Prices | None = None, kept: Taken | None = None
) -> tuple[Taken, Prices, Assignment]:
    """Every order's parcels with their ways, the prices that decided, and the assignment behind both: its
    `option` are the parcels.

    `start`, `kept`: prices to begin from and choices, -1 where there are none, of an earlier settlement of
    nearly the same orders.
    """
    orders, most = len(contest.hold_cost), contest.plan_parcels.shape[1]
    if not orders:
        none = np.full((0, most), NONE)
        prices = contest.prices(np.zeros(len(contest.capacity)))
        return Taken(none, none, none), prices, Assignment(none, 0.0, 0.0, np.zeros(0))
    begin = np.zeros(len(contest.capacity)) if start is None else start.flat
    if kept is not None:
        return _settle_some(contest, begin, kept)
    step = FIRST_STEP if start is None else AGAIN_STEP
    flat = _priced(contest, begin, np.ones(len(begin), dtype=np.bool_), step, ROUNDS)
    taken, found = _assigned(contest, Priced(flat, certified(contest, flat)), NEIGHBOURHOODS)
    return taken, contest.prices(flat), found


def _settle_some(contest: Contest, begin: Floats, kept: Taken) -> tuple[Taken, Prices, Assignment]:
    """As `settle`, of the orders that must be, with what the others leave to them."""
    free, scarce = _to_settle(contest, kept, begin)
    order, number = np.nonzero((kept.parcel != NONE) & ~free[:, None])
    parcel, place, service = (part[order, number] for part in kept)
    cost = float(contest.cost[place, service, parcel].sum(dtype=np.float64))
    if not free.any():
        return kept, contest.prices(begin), _found(kept, cost, certified(contest, begin), begin)
    some, parcels = contest.part(free, contest.capacity - contest.used(parcel, place, service))
    # nobody else wants a scarce SKU, so that some orders say its price for all
    moves = np.zeros(len(begin), dtype=np.bool_)
    moves[: len(contest.sku)] = np.append(scarce, False)[contest.sku]
    prices = _priced(some, begin, moves, AGAIN_STEP, AGAIN_ROUNDS)
    bound = certified(contest, prices)
    # what leads them also counts how little the others leave of everything else
    leading = _priced(some, prices, np.ones_like(moves), AGAIN_STEP, AGAIN_ROUNDS)
    new, found = _assigned(some, Priced(leading, bound - cost), AGAIN_NEIGHBOURHOODS)
    taken = Taken(*(part.copy() for part in kept))
    for whole, part in zip(taken, new, strict=True):
        whole[free] = part
    taken.parcel[free] = np.append(parcels, NONE)[new.parcel]
    return taken, contest.prices(prices), _found(taken, found.cost + cost, bound, prices)


def _found(taken: Taken, cost: float, bound: float, prices: Floats) -> Assignment:
    return Assignment(taken.parcel, cost, min(bound, cost), prices)


def _priced(contest: Contest, begin: Floats, moves: Mask, step: float, rounds: int) -> Floats:
    """Prices of all resources, (resources,), found from `begin` on; only those of what `moves` change.

    All free units of a SKU have a price together beside their own, which adds nothing but speed: a SKU that
    is lacking everywhere gets dearer in one place after the other otherwise.
    """
    free = np.flatnonzero(contest.sku != NONE)
    sku, resources = contest.sku[free], len(begin)

    def flat(prices: Floats) -> Floats:
        by_resource = prices[:resources].copy()
        by_resource[free] += prices[resources:][sku]
        return by_resource

    def cheapest(prices: Floats) -> tuple[float, Floats]:
        cost, used = contest.cheapest(flat(prices))
        return cost, np.append(used, contest.units_of_sku(used))

    together = _scarce(contest) & (contest.units_of_sku(~moves) == 0)
    together = np.where(together, contest.units_of_sku(contest.units), np.inf)
    capacity = np.append(np.where(contest.short & moves, contest.capacity, np.inf), together)
    start = np.append(begin, np.zeros(len(together)))
    return flat(ascend(cheapest, capacity, start, step * float(contest.hold_cost.mean()), rounds).prices)


def _assigned(contest: Contest, priced: Priced, neighbourhoods: int) -> tuple[Taken, Assignment]:
    batch, *way = worthwhile(contest, priced.prices)
    known = Priced(priced.prices[contest.short], priced.bound)
    found = assign(batch, known=known, neighbourhoods=neighbourhoods)
    return Taken(*(np.append(part, NONE)[found.option] for part in way)), found


def _to_settle(contest: Contest, kept: Taken, begin: Floats) -> tuple[Mask, Mask]:
    """Orders, (orders,), that are to be settled, and the scarce SKUs, (skus,), whose prices they change.

    Those without a choice or with one that draws on more than there is, those whom what is left would serve
    better, and all who want a SKU of theirs of which no more is free than is wanted.
    """
    order, number = np.nonzero(kept.parcel != NONE)
    parcel, place, service = (part[order, number] for part in kept)
    free: Mask = (kept.parcel == NONE).all(axis=1)
    left = contest.capacity - contest.used(parcel, place, service)
    free[order[contest.drawing(parcel, place, service, left < 0)]] = True
    free |= _better_served(contest, kept, left, begin)
    inside = np.flatnonzero(contest.line_order != NONE)
    asks = inside[free[contest.line_order[inside]]]
    asked = np.bincount(contest.sku[contest.pool[asks]].ravel() + 1, minlength=len(contest.wanted) + 1)[1:]
    scarce = _scarce(contest) & (asked > 0)
    wants = np.append(scarce, False)[contest.sku[contest.pool[inside]]].any(axis=1)
    free[contest.line_order[inside[wants]]] = True
    return free, scarce


def _better_served(contest: Contest, kept: Taken, left: Floats, begin: Floats) -> Mask:
    """Orders, (orders,), that stock which is `left` (resources,), perhaps grown, would serve for less.

    At the prices to `begin` from, but that what is left over costs nothing; what an order draws on now it
    could draw on again. One sent at 5 that could go at 1 from where units are left is told, and stays where
    none are.
    """
    order, number = np.nonzero(kept.parcel != NONE)
    parcel, place, service = (part[order, number] for part in kept)
    prices = contest.prices(np.where(left > 0, 0.0, begin))
    lacks = contest.quantity[:, None] > left[contest.pool]
    own = csr_array(contest.inside[parcel])
    lacks[own.indices, np.repeat(place, np.diff(own.indptr))] = False
    paid = contest.by_place(prices)
    paid[(contest.inside @ lacks.astype(np.float32)).T > 0] = np.inf
    plans = np.append(paid.min(axis=0), 0.0)[contest.plan_parcels].sum(axis=1)
    pays = np.bincount(
        order, _paid(contest, prices, parcel, place, service), minlength=len(contest.hold_cost)
    )
    better: Mask = pays - least(plans, contest.plan_order)[0] > WORTH_A_LOOK * contest.hold_cost
    return better


def _paid(contest: Contest, prices: Prices, parcel: Ints, place: Ints, service: Ints) -> Floats:
    """Cost of parcels by these ways, prices included, (parcels,)."""
    stock = (contest.drawn[parcel] @ prices.pool[contest.pool])[np.arange(len(parcel)), place]
    paid: Floats = contest.cost[place, service, parcel] + stock
    return paid + prices.warehouse[place] + prices.service[place, service]


def _scarce(contest: Contest) -> Mask:
    """SKUs, (skus,), of which no more is free than is wanted."""
    scarce: Mask = (contest.wanted > 0) & (contest.wanted >= contest.units_of_sku(contest.units))
    return scarce
