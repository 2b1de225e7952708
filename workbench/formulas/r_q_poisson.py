"""The (r, Q) policy under continuous review and Poisson demand, exactly."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from workbench.formulas.loss_functions import poisson_loss
from workbench.formulas.newsvendor import newsvendor_poisson
from workbench.formulas.ranges import Numbers, above_zero, whole_numbers
from workbench.formulas.stock_costs import StockCosts


class WholeReorderPolicy(NamedTuple):
    """Reorder point r and lot Q, whole units, and their exact expected cost, money per unit of time."""

    reorder_point: int
    order_quantity: int
    cost: float


def r_q_poisson_cost(
    *,
    reorder_point: float,
    order_quantity: float,
    holding_cost: float,
    stockout_cost: float,
    fixed_cost: float,
    demand_mean: float,
    lead_time: float,
) -> float:
    """The exact expected cost of a policy, money per unit of time: (Kλ + Σ g(y), y = r + 1 to r + Q) / Q.

    `holding_cost` and `stockout_cost` money per unit and unit of time, `fixed_cost` money per order,
    `demand_mean` units per unit of time, `lead_time` in units of time; r and Q whole units.
    Source: Snyder & Shen, eq. 5.48.

    >>> cost = r_q_poisson_cost(
    ...     reorder_point=3, order_quantity=5, holding_cost=20, stockout_cost=150, fixed_cost=100,
    ...     demand_mean=1.5, lead_time=2,
    ... )
    >>> print(f"{cost:.3f}")
    107.924

    Raises ValueError for numbers that are not above 0, and for a reorder point or a lot that is not whole.
    """
    costs, fixed, rate, mean = _checked(holding_cost, stockout_cost, fixed_cost, demand_mean, lead_time)
    low, lot = whole_numbers(reorder_point=reorder_point, order_quantity=order_quantity)
    above_zero(order_quantity=lot)
    positions = low + np.arange(1, int(lot) + 1)
    loss = poisson_loss(positions, mean)
    return float((fixed * rate + np.sum(costs.charge(loss))) / lot)


def r_q_poisson_exact(
    *,
    holding_cost: float,
    stockout_cost: float,
    fixed_cost: float,
    demand_mean: float,
    lead_time: float,
) -> WholeReorderPolicy:
    """The policy of least expected cost. Arguments and errors as `r_q_poisson_cost`.

    Positions are taken in the order of what they cost, from the newsvendor's on, while the next one costs no
    more than the policy so far. Source: Federgruen & Zheng (1992), An Efficient Algorithm for Computing an
    Optimal (r, Q) Policy in Continuous Review Stochastic Inventory Systems, Operations Research 40.

    >>> r_q_poisson_exact(
    ...     holding_cost=20, stockout_cost=150, fixed_cost=100, demand_mean=1.5, lead_time=2
    ... )[:2]
    (3, 5)
    """
    costs, fixed, rate, mean = _checked(holding_cost, stockout_cost, fixed_cost, demand_mean, lead_time)

    def rate_of_cost(position: int) -> float:
        return float(costs.charge(poisson_loss(position, mean)))

    best = newsvendor_poisson(holding_cost=costs.holding, stockout_cost=costs.stockout, demand_mean=mean)
    high = int(best.order_up_to_level)
    low = high - 1
    total = float(fixed * rate) + rate_of_cost(high)
    below, above = rate_of_cost(low), rate_of_cost(high + 1)
    while min(below, above) <= total / (high - low):
        total += min(below, above)
        if below < above:
            low -= 1
            below = rate_of_cost(low)
        else:
            high += 1
            above = rate_of_cost(high + 1)
    return WholeReorderPolicy(low, high - low, total / (high - low))


def _checked(
    holding_cost: float, stockout_cost: float, fixed_cost: float, demand_mean: float, lead_time: float
) -> tuple[StockCosts, Numbers, Numbers, Numbers]:
    """Costs, demand per unit of time, and the mean of the lead time's demand."""
    fixed, rate, lead = above_zero(fixed_cost=fixed_cost, demand_mean=demand_mean, lead_time=lead_time)
    return StockCosts.of(holding_cost, stockout_cost), fixed, rate, rate * lead
