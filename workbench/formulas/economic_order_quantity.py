"""The economic order quantity: the lot that weighs the cost of ordering against that of holding stock."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from workbench.formulas.ranges import Numbers, above_zero, in_order, shares, zero_or_more


class Lot(NamedTuple):
    """A lot, units, and what it costs, money per unit of time."""

    order_quantity: Numbers
    cost: Numbers


class LotWithBackorders(NamedTuple):
    """A lot, units, the share of demand that waits for it, and what it costs, money per unit of time."""

    order_quantity: Numbers
    stockout_fraction: Numbers
    cost: Numbers


def economic_order_quantity(
    *,
    fixed_cost: ArrayLike,
    holding_cost: ArrayLike,
    demand_rate: ArrayLike,
    order_quantity: ArrayLike | None = None,
) -> Lot:
    """The lot of least cost (or the cost of a lot given) where nothing may run out. Arrays broadcast.

    `fixed_cost` money per order, `holding_cost` money per unit and unit of time, `demand_rate` units per
    unit of time. Q = √(2Kλ/h), cost Kλ/Q + hQ/2. Without demand the lot is 0 and costs nothing.
    Source: Harris (1913); Snyder & Shen, Fundamentals of Supply Chain Theory, eq. 3.3 to 3.5.

    >>> lot = economic_order_quantity(fixed_cost=8, holding_cost=0.225, demand_rate=1300)
    >>> print(f"{lot.order_quantity:.2f} {lot.cost:.2f}")
    304.05 68.41

    Raises ValueError for a holding cost or a lot that is not above 0, and other numbers below 0.
    """
    fixed, rate = zero_or_more(fixed_cost=fixed_cost, demand_rate=demand_rate)
    (holding,) = above_zero(holding_cost=holding_cost)
    return lot_of_least_cost(fixed * rate, holding, order_quantity)


def economic_production_quantity(
    *,
    fixed_cost: ArrayLike,
    holding_cost: ArrayLike,
    demand_rate: ArrayLike,
    production_rate: ArrayLike,
    order_quantity: ArrayLike | None = None,
) -> Lot:
    """The batch of least cost (or the cost of a batch given) that arrives at a rate, not at once.

    As the economic order quantity with the holding cost × (1 - demand_rate / production_rate): part of the
    batch is used while it is made. Arrays broadcast. Source: Snyder & Shen, eq. 3.31 and 3.32.

    >>> lot = economic_production_quantity(
    ...     fixed_cost=4, holding_cost=0.08, demand_rate=80, production_rate=110
    ... )
    >>> print(f"{lot.order_quantity:.2f} {lot.cost:.4f}")
    171.27 3.7368

    Raises ValueError as `economic_order_quantity`, and for demand that production cannot keep up with.
    """
    fixed, rate = zero_or_more(fixed_cost=fixed_cost, demand_rate=demand_rate)
    holding, made = above_zero(holding_cost=holding_cost, production_rate=production_rate)
    in_order("demand_rate", rate, made, "a rate below production_rate")
    return lot_of_least_cost(fixed * rate, holding * (1 - rate / made), order_quantity)


def economic_order_quantity_with_backorders(
    *,
    fixed_cost: ArrayLike,
    holding_cost: ArrayLike,
    stockout_cost: ArrayLike,
    demand_rate: ArrayLike,
    order_quantity: ArrayLike | None = None,
    stockout_fraction: ArrayLike | None = None,
) -> LotWithBackorders:
    """The lot of least cost where demand may wait, and the share of demand that does. Arrays broadcast.

    `stockout_cost` is money per unit backordered and unit of time. x = h/(h+p), Q = √(2Kλ/(h(1-x))), cost
    hQ(1-x)²/2 + pQx²/2 + Kλ/Q. With a lot and a share given, both, it is their cost.
    Source: Snyder & Shen, eq. 3.26 to 3.29.

    >>> lot = economic_order_quantity_with_backorders(
    ...     fixed_cost=8, holding_cost=0.225, stockout_cost=5, demand_rate=1300
    ... )
    >>> print(f"{lot.order_quantity:.2f} {lot.stockout_fraction:.5f} {lot.cost:.2f}")
    310.81 0.04306 66.92

    Raises ValueError as `economic_order_quantity`, and for a lot without a share or a share without a lot.
    """
    fixed, rate = zero_or_more(fixed_cost=fixed_cost, demand_rate=demand_rate)
    holding, stockout = above_zero(holding_cost=holding_cost, stockout_cost=stockout_cost)
    if (order_quantity is None) != (stockout_fraction is None):
        raise ValueError("one of order_quantity and stockout_fraction is missing; give both or neither")
    best = holding / (holding + stockout)
    (waiting,) = shares(stockout_fraction=best if stockout_fraction is None else stockout_fraction)
    # a lot that waits for a share x holds (1-x)² and owes x² of what a lot that never waits holds
    per_lot = holding * (1 - waiting) ** 2 + stockout * waiting**2
    lot = lot_of_least_cost(fixed * rate, per_lot, order_quantity)
    return LotWithBackorders(lot.order_quantity, np.broadcast_to(waiting, np.shape(lot.cost))[()], lot.cost)


def lot_of_least_cost(fixed_rate: Numbers, holding: Numbers, given: ArrayLike | None) -> Lot:
    """The lot Q of least cost a/Q + hQ/2 for `fixed_rate` a and `holding` h, or the cost of a lot given.

    >>> print(*lot_of_least_cost(50.0, 4.0, None))  # 50/5 + 4 × 5/2
    5.0 20.0

    Raises ValueError for a lot given that is not above 0.
    """
    if given is None:
        best = np.sqrt(2 * fixed_rate / holding)
        return Lot(best, best * holding)
    (lot,) = above_zero(order_quantity=given)
    cost = fixed_rate / lot + holding * lot / 2
    return Lot(np.broadcast_to(lot, np.shape(cost))[()], cost)
