"""Options of a contest that are worth a look at its prices, as a batch."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array, vstack

from workbench.optimize.batch import NONE, Batch, Floats, Ints
from workbench.optimize.contest import Contest, Prices

AT_ONCE = 20_000  # parcels, and options, that are looked at together
MOST_OPTIONS = 800_000  # that orders are assigned to; of more, each parcel keeps those of least priced cost
FEWEST = 8  # options that a parcel keeps
# of what an order that waits costs in the mean: by so much, prices included, an option may be dearer than its
# parcel's cheapest and a plan than its order's, where not all options are looked at anyway
TOO_DEAR = 0.1


def worthwhile(contest: Contest, flat: Floats) -> tuple[Batch, Ints, Ints, Ints]:
    """The options worth a look at the prices as a batch, with the parcel, place and service of each."""
    prices = contest.prices(flat)
    above = TOO_DEAR * float(contest.hold_cost.mean()) if contest.cost.size > MOST_OPTIONS else np.inf
    parcel, way = _worth_a_look(contest, prices, above)
    plans, kept = _plans(contest, contest.by_place(prices).min(axis=0), above)
    inside = np.isin(parcel, kept)
    parcel, way = parcel[inside], way[inside]
    by_way = np.lexsort((way, parcel))
    parcel, way = parcel[by_way], way[by_way]
    place, service = np.divmod(way, contest.cost.shape[1])
    plan_parcels = np.searchsorted(kept, contest.plan_parcels[plans])
    made = Batch(
        contest.cost[place, service, parcel].astype(np.float64),
        np.searchsorted(kept, parcel),
        _use(contest, parcel, place, service),
        contest.capacity[contest.short],
        contest.plan_order[plans],
        np.where(contest.plan_parcels[plans] == NONE, NONE, plan_parcels),
        contest.hold_cost,
    )
    return made, parcel, place, service


def _worth_a_look(contest: Contest, prices: Prices, above: float) -> tuple[Ints, Ints]:
    """Parcels with their cheapest ways (warehouse × services + service) at the prices, none dearer by more
    than what is `above` (money)."""
    places, services, parcels = contest.cost.shape
    few = min(places * services, max(FEWEST, MOST_OPTIONS // max(parcels, 1)))
    stock = contest.drawn @ prices.pool[contest.pool]
    by_way = (prices.service + prices.warehouse[:, None]).astype(np.float32)
    found = []
    for first in range(0, parcels, AT_ONCE):
        some = slice(first, min(first + AT_ONCE, parcels))
        paid = contest.cost[:, :, some] + by_way[:, :, None] + stock[some].T[:, None].astype(np.float32)
        paid = paid.reshape(places * services, -1).T
        way = np.argpartition(paid, few - 1, axis=1)[:, :few]
        paid = np.take_along_axis(paid, way, axis=1)
        parcel, column = np.nonzero(np.isfinite(paid) & (paid <= paid.min(axis=1)[:, None] + above))
        found.append((first + parcel, way[parcel, column]))
    return np.concatenate([one for one, _ in found]), np.concatenate([one for _, one in found])


def _use(contest: Contest, parcel: Ints, place: Ints, service: Ints) -> csr_array:
    """(options, short resources), what each takes."""
    column = np.full(len(contest.capacity), NONE, dtype=np.int32)
    short = np.flatnonzero(contest.short)
    column[short] = np.arange(len(short))
    parts = [
        _use_of_some(contest, column, *(part[first : first + AT_ONCE] for part in (parcel, place, service)))
        for first in range(0, len(parcel), AT_ONCE)
    ]
    return csr_array(vstack(parts, format="csr")) if parts else csr_array((0, len(short)))


def _use_of_some(
    contest: Contest, column: NDArray[np.int32], parcel: Ints, place: Ints, service: Ints
) -> csr_array:
    """As `_use`, of some options; `column`: (resources,), the place of each among those that are short."""
    pools, places = len(contest.units), len(contest.parcels_from)
    drawn = csr_array(contest.drawn[parcel])
    row = np.repeat(np.arange(len(parcel), dtype=np.int32), np.diff(drawn.indptr))
    pool = column[contest.pool[drawn.indices, place[row]]]
    every = np.arange(len(parcel), dtype=np.int32)
    by_service = column[pools + places + place * contest.parcels_by.shape[1] + service]
    resource = np.concatenate([pool, column[pools + place], by_service])
    row = np.concatenate([row, every, every])
    amount = np.concatenate([drawn.data, np.ones(2 * len(parcel))])
    scarce = resource != NONE
    where = row[scarce], resource[scarce]
    shape = (len(parcel), int(column.max(initial=NONE)) + 1)
    return csr_array(coo_array((amount[scarce], where), shape=shape))


def _plans(contest: Contest, parcel_paid: Floats, above: float) -> tuple[Ints, Ints]:
    """Plans that are not too dear at the prices, and the parcels in them."""
    paid = np.append(parcel_paid, 0.0)[contest.plan_parcels].sum(axis=1)
    first = np.flatnonzero(np.diff(contest.plan_order, prepend=-1))
    lowest = np.minimum.reduceat(paid, first)
    plans = np.flatnonzero(paid <= lowest[contest.plan_order] + above)
    inside = contest.plan_parcels[plans]
    return plans, np.unique(inside[inside != NONE])
