"""Joint replenishment: products that share the cost of an order, each bought at every so-many-th one."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.formulas.ranges import Numbers, above_zero, zero_or_more


class JointOrders(NamedTuple):
    """Lots, units, by product; time between orders; orders between two lots; cost, money per unit of time."""

    order_quantity: Numbers
    cycle_time: float
    order_multiple: NDArray[np.int64]
    cost: float


def joint_replenishment(
    *,
    shared_fixed_cost: float,
    individual_fixed_cost: ArrayLike,
    holding_cost: ArrayLike,
    demand_rate: ArrayLike,
) -> JointOrders:
    """Silver's heuristic: the product that is cheapest to order often is in every order, others in every mth.

    `shared_fixed_cost` money per order; by product, shape (products,): `individual_fixed_cost` money per
    order that it is in, `holding_cost` money per unit and unit of time, `demand_rate` units per unit of time.
    m = √(kₙ/(hₙλₙ) × h₁λ₁/(K + k₁)) rounded, at least 1, with 1 the product of least kₙ/(hₙλₙ); the cycle
    time is the best one for these multiples. Source: Silver (1976), A Simple Method of Determining Order
    Quantities in Joint Replenishments under Deterministic Demand, Management Science 22.

    >>> joint = joint_replenishment(
    ...     shared_fixed_cost=600, individual_fixed_cost=[120, 840, 300],
    ...     holding_cost=[160, 20, 50], demand_rate=[1, 1, 1],
    ... )
    >>> print(joint.order_multiple, f"{joint.cycle_time:.4f} {joint.cost:.2f}")
    [1 3 1] 3.1032 837.85

    Raises ValueError for holding costs or rates not above 0, and for orders that cost nothing.
    """
    holding, rate = above_zero(holding_cost=holding_cost, demand_rate=demand_rate)
    shared, own = zero_or_more(
        shared_fixed_cost=shared_fixed_cost, individual_fixed_cost=individual_fixed_cost
    )
    holding, rate, own = np.broadcast_arrays(np.atleast_1d(holding), rate, own)
    often = int(np.argmin(own / (holding * rate)))
    above_zero(**{"shared_fixed_cost + individual_fixed_cost": shared + own[often]})
    lead = holding[often] * rate[often] / (shared + own[often])
    multiple = np.maximum(1, np.rint(np.sqrt(own / (holding * rate) * lead))).astype(np.int64)
    multiple[often] = 1
    per_order = float(shared + (own / multiple).sum())
    held = float((holding * multiple * rate).sum())
    cycle = float(np.sqrt(2 * per_order / held))
    return JointOrders(cycle * multiple * rate, cycle, multiple, per_order / cycle + cycle / 2 * held)
