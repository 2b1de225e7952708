"""Wagner-Whitin: the lots of least cost for demand that is known and changes by period."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.formulas.ranges import Numbers, zero_or_more

SKUS_AT_ONCE = 1024  # keeps a step's arrays in the processor's cache, changes no result


class LotSchedule(NamedTuple):
    """Lots, units, shape (..., periods), and their cost, money, shape (...).

    `cost_to_go` (..., periods + 1): cost from each period on; `next_order` (..., periods): after an order in
    this period, the position of the period of the next one.
    """

    order_quantity: Numbers
    cost: Numbers
    cost_to_go: Numbers
    next_order: NDArray[np.int64]


def wagner_whitin(
    *,
    demand: ArrayLike,
    fixed_cost: ArrayLike,
    holding_cost: ArrayLike,
    purchase_cost: ArrayLike = 0.0,
) -> LotSchedule:
    """The lots of least cost, by dynamic programming backwards over the periods.

    `demand` in units, shape (periods,) or (SKUs, periods); `fixed_cost` money per order, `holding_cost` money
    per unit and period held, `purchase_cost` money per unit: one number each, or arrays that broadcast to
    the demand (by SKU: shape (SKUs, 1)). Where the holding cost changes, a unit is held at the rate of the
    period it was bought in, as what ties up capital is what was paid then. Source: Wagner & Whitin (1958),
    Dynamic Version of the Economic Lot Size Model, Management Science 5; Snyder & Shen, algorithm 3.1. Of
    equal plans the one with the earlier next order.

    >>> plan = wagner_whitin(demand=[90, 120, 80, 70], fixed_cost=500, holding_cost=2)
    >>> plan.order_quantity.tolist(), float(plan.cost)  # two orders, and 120 + 70 units held once
    ([210.0, 0.0, 150.0, 0.0], 1380.0)

    Raises ValueError for numbers below 0.
    """
    wanted, *costs = zero_or_more(
        demand=demand, fixed_cost=fixed_cost, holding_cost=holding_cost, purchase_cost=purchase_cost
    )
    # period by SKU: what is done to one period of all SKUs lies side by side
    by_period = [
        np.broadcast_to(part, wanted.shape).reshape(-1, wanted.shape[-1]).T for part in (wanted, *costs)
    ]
    solved = [
        _backwards(*(np.ascontiguousarray(part[:, start : start + SKUS_AT_ONCE]) for part in by_period))
        for start in range(0, by_period[0].shape[1], SKUS_AT_ONCE)
    ]
    lots, cost_to_go, next_order = (np.concatenate(part, axis=1).T for part in zip(*solved, strict=True))
    skus = wanted.shape[:-1]
    to_go = cost_to_go.reshape(*skus, -1)
    return LotSchedule(lots.reshape(wanted.shape), to_go[..., 0], to_go, next_order.reshape(wanted.shape))


def _backwards(
    demand: Numbers, fixed: Numbers, holding: Numbers, purchase: Numbers
) -> tuple[Numbers, Numbers, NDArray[np.int64]]:
    """Lots, cost from each period on and best next order, from the last period back; all (periods, SKUs)."""
    periods, skus = demand.shape
    cost_to_go = np.zeros((periods + 1, skus))
    next_order = np.zeros((periods, skus), dtype=np.int64)
    # by the last period that an order now covers: its units, and the periods that they wait
    units, waits = np.zeros((periods, skus)), np.zeros((periods, skus))
    until = np.zeros((periods, skus))
    for now in reversed(range(periods)):
        waits[now:] += units[now:]
        units[now:] += demand[now]
        costs = holding[now] * waits[now:] + purchase[now] * units[now:]
        costs += fixed[now] * (units[now:] > 0)
        costs += cost_to_go[now + 1 :]
        best = np.argmin(costs, axis=0)
        next_order[now] = now + 1 + best
        cost_to_go[now] = np.take_along_axis(costs, best[None], axis=0)[0]
        until[now] = np.take_along_axis(units[now:], best[None], axis=0)[0]
    return _lots(until, next_order), cost_to_go, next_order


def _lots(until: Numbers, next_order: NDArray[np.int64]) -> Numbers:
    """The lots from the first period on: what each covers until the period that is ordered for next."""
    lots = np.zeros_like(until)
    due = np.zeros(until.shape[1], dtype=np.int64)
    for now in range(len(until)):
        lots[now] = np.where(due == now, until[now], 0)
        due = np.where(due == now, next_order[now], due)
    return lots
