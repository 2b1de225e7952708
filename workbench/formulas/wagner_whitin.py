"""Wagner-Whitin: the lots of least cost for demand that is known and changes by period."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.formulas.ranges import Numbers, zero_or_more


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
    fixed, holding, purchase = (np.broadcast_to(part, wanted.shape) for part in costs)
    periods = wanted.shape[-1]
    cost_to_go = np.zeros((*wanted.shape[:-1], periods + 1))
    next_order = np.zeros(wanted.shape, dtype=np.int64)
    for now in reversed(range(periods)):
        # by the period that is ordered for next: the units bought now, and the periods that they wait
        units = np.cumsum(wanted[..., now:], axis=-1)
        waits = np.cumsum(wanted[..., now:] * np.arange(periods - now), axis=-1)
        this, held, paid = (part[..., now, None] for part in (fixed, holding, purchase))
        costs_by_next = this * (units > 0) + paid * units + held * waits + cost_to_go[..., now + 1 :]
        next_order[..., now] = now + 1 + np.argmin(costs_by_next, axis=-1)
        cost_to_go[..., now] = costs_by_next.min(axis=-1)
    return LotSchedule(_lots(wanted, next_order), cost_to_go[..., 0], cost_to_go, next_order)


def _lots(demand: Numbers, next_order: NDArray[np.int64]) -> Numbers:
    """The lots from the first period on: each lasts until the period that is ordered for next."""
    before = np.concatenate([np.zeros((*demand.shape[:-1], 1)), np.cumsum(demand, axis=-1)], axis=-1)
    until = np.take_along_axis(before, next_order, axis=-1) - before[..., :-1]
    lots = np.zeros_like(demand)
    due = np.zeros(demand.shape[:-1], dtype=np.int64)
    for now in range(demand.shape[-1]):
        lots[..., now] = np.where(due == now, until[..., now], 0)
        due = np.where(due == now, next_order[..., now], due)
    return lots
