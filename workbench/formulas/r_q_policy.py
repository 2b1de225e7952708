"""The (r, Q) policy under continuous review and normal demand: at r, order Q.

Everywhere arrays broadcast; `holding_cost` and `stockout_cost` are money per unit and unit of time,
`fixed_cost` money per order, `demand_mean` and `demand_sd` units per unit of time, `lead_time` in units of
time: demand over it has mean μ = demand_mean × L and standard deviation σ = demand_sd × √L. Errors are
ValueError, for numbers that are not above 0. Source: Snyder & Shen, chapter 5.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize.elementwise import find_root
from scipy.special import ndtr, ndtri

from workbench.formulas.economic_order_quantity import (
    economic_order_quantity,
    economic_order_quantity_with_backorders,
)
from workbench.formulas.loss_functions import normal_loss, normal_second_loss
from workbench.formulas.ranges import Numbers, above_zero, any_number
from workbench.formulas.stock_costs import StockCosts


class ReorderPolicy(NamedTuple):
    """Reorder points r and lots Q, units."""

    reorder_point: Numbers
    order_quantity: Numbers


class CostedReorderPolicy(NamedTuple):
    """Reorder points r and lots Q, units, and the approximation's own cost, money per unit of time."""

    reorder_point: Numbers
    order_quantity: Numbers
    cost: Numbers


class _System(NamedTuple):
    """Costs, demand per unit of time, and mean and standard deviation of the lead time's demand."""

    holding: Numbers
    stockout: Numbers
    fixed: Numbers
    rate: Numbers
    mean: Numbers
    sd: Numbers

    def rate_of_cost(self, position: Numbers) -> Numbers:
        """What an inventory position costs per unit of time, one lead time later."""
        loss = normal_loss(position, self.mean, self.sd)
        return StockCosts(self.holding, self.stockout).charge(loss)

    def best_position(self) -> Numbers:
        """The position that costs least: the newsvendor's."""
        best: Numbers = self.mean + self.sd * ndtri(StockCosts(self.holding, self.stockout).ratio)
        return best


def r_q_cost(
    *,
    reorder_point: ArrayLike,
    order_quantity: ArrayLike,
    holding_cost: ArrayLike,
    stockout_cost: ArrayLike,
    fixed_cost: ArrayLike,
    demand_mean: ArrayLike,
    demand_sd: ArrayLike,
    lead_time: ArrayLike,
) -> Numbers:
    """The exact expected cost of a policy, money per unit of time: (Kλ + ∫ g over r to r + Q) / Q.

    Source: Snyder & Shen, eq. 5.7; the integral by the second-order loss function.

    >>> cost = r_q_cost(
    ...     reorder_point=126.8, order_quantity=328.5, holding_cost=0.225, stockout_cost=7.5, fixed_cost=8,
    ...     demand_mean=1300, demand_sd=150, lead_time=1 / 12,
    ... )
    >>> print(f"{cost:.4f}")
    78.0712
    """
    system = _system(holding_cost, stockout_cost, fixed_cost, demand_mean, demand_sd, lead_time)
    (low,), (lot,) = any_number(reorder_point=reorder_point), above_zero(order_quantity=order_quantity)
    high = low + lot
    short = normal_second_loss(low, system.mean, system.sd) - normal_second_loss(high, system.mean, system.sd)
    left = short + lot * ((low + high) / 2 - system.mean)
    return (system.fixed * system.rate + system.holding * left + system.stockout * short) / lot


def r_q_reorder_point(
    *,
    order_quantity: ArrayLike,
    holding_cost: ArrayLike,
    stockout_cost: ArrayLike,
    demand_mean: ArrayLike,
    demand_sd: ArrayLike,
    lead_time: ArrayLike,
) -> Numbers:
    """The best reorder point for a lot, units: where r and r + Q cost the same. Snyder & Shen, eq. 5.9.

    >>> low = r_q_reorder_point(
    ...     order_quantity=300, holding_cost=0.225, stockout_cost=7.5,
    ...     demand_mean=1300, demand_sd=150, lead_time=1 / 12,
    ... )
    >>> print(f"{low:.3f}")
    129.427
    """
    (lot,) = above_zero(order_quantity=order_quantity)
    system = _system(holding_cost, stockout_cost, 1.0, demand_mean, demand_sd, lead_time)
    return _reorder_point(system, lot)


def r_q_eoqb_approximation(
    *,
    holding_cost: ArrayLike,
    stockout_cost: ArrayLike,
    fixed_cost: ArrayLike,
    demand_mean: ArrayLike,
    demand_sd: ArrayLike,
    lead_time: ArrayLike,
) -> ReorderPolicy:
    """Q by the economic order quantity with backorders, and the best r for it (EOQB approximation).

    Costs at most an eighth more than the best policy. Source: Zheng (1992), On Properties of Stochastic
    Inventory Systems, Management Science 38; Snyder & Shen, eq. 3.27 and 5.9.

    >>> policy = r_q_eoqb_approximation(
    ...     holding_cost=0.225, stockout_cost=7.5, fixed_cost=8,
    ...     demand_mean=1300, demand_sd=150, lead_time=1 / 12,
    ... )
    >>> print(f"{policy.reorder_point:.2f} {policy.order_quantity:.2f}")
    128.64 308.57
    """
    system = _system(holding_cost, stockout_cost, fixed_cost, demand_mean, demand_sd, lead_time)
    lot = economic_order_quantity_with_backorders(
        fixed_cost=system.fixed,
        holding_cost=system.holding,
        stockout_cost=system.stockout,
        demand_rate=system.rate,
    ).order_quantity
    return _policy(_reorder_point(system, lot), lot)


def r_q_eoqss_approximation(
    *,
    holding_cost: ArrayLike,
    stockout_cost: ArrayLike,
    fixed_cost: ArrayLike,
    demand_mean: ArrayLike,
    demand_sd: ArrayLike,
    lead_time: ArrayLike,
) -> ReorderPolicy:
    """Q by the economic order quantity, r the newsvendor's level (EOQ + safety stock approximation).

    Source: Snyder & Shen, eq. 3.4 and 5.21.

    >>> policy = r_q_eoqss_approximation(
    ...     holding_cost=0.225, stockout_cost=7.5, fixed_cost=8,
    ...     demand_mean=1300, demand_sd=150, lead_time=1 / 12,
    ... )
    >>> print(f"{policy.reorder_point:.2f} {policy.order_quantity:.2f}")
    190.34 304.05
    """
    system = _system(holding_cost, stockout_cost, fixed_cost, demand_mean, demand_sd, lead_time)
    lot = economic_order_quantity(
        fixed_cost=system.fixed, holding_cost=system.holding, demand_rate=system.rate
    ).order_quantity
    return _policy(system.best_position(), lot)


def r_q_eil_approximation(
    *,
    holding_cost: ArrayLike,
    stockout_cost: ArrayLike,
    fixed_cost: ArrayLike,
    demand_mean: ArrayLike,
    demand_sd: ArrayLike,
    lead_time: ArrayLike,
) -> CostedReorderPolicy:
    """r, Q and their cost by the expected-inventory-level approximation; `stockout_cost` is per unit short.

    r = F⁻¹(1 - Qh/(pλ)) and Q = √(2λ(K + p n(r))/h) at once, n the lead time's loss function. NaN where no r
    and Q meet both: stock-outs are then so cheap that the approximation has no answer. Source: Whitin (1953),
    Hadley & Whitin (1963); Snyder & Shen, eq. 5.16 to 5.18.

    >>> policy = r_q_eil_approximation(
    ...     holding_cost=0.225, stockout_cost=7.5, fixed_cost=8,
    ...     demand_mean=1300, demand_sd=150, lead_time=1 / 12,
    ... )
    >>> print(f"{policy.reorder_point:.2f} {policy.order_quantity:.2f} {policy.cost:.2f}")
    213.97 318.59 95.45
    """
    system = _system(holding_cost, stockout_cost, fixed_cost, demand_mean, demand_sd, lead_time)
    loss = system.stockout * system.rate / system.holding  # of a lot in which every unit is short, in units
    # the gap of the two lots has its top left and its bottom right of the mean, where it is flat
    flat = 2 * np.log(loss / (system.sd * np.sqrt(2 * np.pi)))
    width = np.sqrt(np.maximum(flat, 0))
    gap = find_root(_eil_gap, (-width, width), args=tuple(np.broadcast_arrays(*system)))
    z = np.where(gap.success & (flat > 0), gap.x, np.nan)[()]
    low = system.mean + z * system.sd
    lot = loss * ndtr(-z)
    short = normal_loss(low, system.mean, system.sd).short
    held = system.holding * (low - system.mean + lot / 2)
    cost = held + system.rate * (system.fixed + system.stockout * short) / lot
    return CostedReorderPolicy(low, lot, cost)


def r_q_loss_function_approximation(
    *,
    holding_cost: ArrayLike,
    stockout_cost: ArrayLike,
    fixed_cost: ArrayLike,
    demand_mean: ArrayLike,
    demand_sd: ArrayLike,
    lead_time: ArrayLike,
) -> ReorderPolicy:
    """r and Q by the loss-function approximation, which drops the loss at r + Q from the exact conditions.

    n(r) = hQ/(h+p) and Q = √(2(Kλ + (h+p) n₂(r))/h) at once, n and n₂ the lead time's loss functions of first
    and second order. Source: Hadley & Whitin (1963); Snyder & Shen, eq. 5.28 and 5.29.

    >>> policy = r_q_loss_function_approximation(
    ...     holding_cost=0.225, stockout_cost=7.5, fixed_cost=8,
    ...     demand_mean=1300, demand_sd=150, lead_time=1 / 12,
    ... )
    >>> print(f"{policy.reorder_point:.2f} {policy.order_quantity:.2f}")
    126.87 328.45
    """
    system = _system(holding_cost, stockout_cost, fixed_cost, demand_mean, demand_sd, lead_time)
    ratio = (system.holding + system.stockout) / system.holding
    ordered = 2 * system.fixed * system.rate / system.holding
    # so far below the mean n(r), at least μ - r, asks for the larger lot; at the newsvendor's level n₂ does
    far = np.sqrt((ratio * system.sd**2 + ordered) / (ratio * (ratio - 1)))
    high = system.best_position()
    low = np.minimum(system.mean - far, high) - system.sd
    gap = find_root(_loss_gap, (low, high), args=tuple(np.broadcast_arrays(*system)))
    return _policy(gap.x, ratio * normal_loss(gap.x, system.mean, system.sd).short)


def _reorder_point(system: _System, lot: Numbers) -> Numbers:
    best = system.best_position()
    # the position that costs least lies between r and r + Q
    excess = find_root(
        lambda low, lot, *rest: _System(*rest).rate_of_cost(low + lot) - _System(*rest).rate_of_cost(low),
        (best - lot, best),
        args=tuple(np.broadcast_arrays(lot, *system)),
    )
    reorder_point: Numbers = excess.x
    return reorder_point


def _eil_gap(
    z: Numbers,
    holding: Numbers,
    stockout: Numbers,
    fixed: Numbers,
    rate: Numbers,
    mean: Numbers,
    sd: Numbers,
) -> Numbers:
    """The squares of the two conditions' lots, one less the other, at r = mean + z sd."""
    short = normal_loss(mean + z * sd, mean, sd).short
    by_chance = stockout * rate / holding * ndtr(-z)
    gap: Numbers = by_chance**2 - 2 * rate / holding * (fixed + stockout * short)
    return gap


def _loss_gap(
    low: Numbers,
    holding: Numbers,
    stockout: Numbers,
    fixed: Numbers,
    rate: Numbers,
    mean: Numbers,
    sd: Numbers,
) -> Numbers:
    """The squares of the two conditions' lots, one less the other, at r = low."""
    ratio = (holding + stockout) / holding
    by_short = ratio * normal_loss(low, mean, sd).short
    gap: Numbers = by_short**2 - 2 * (fixed * rate / holding + ratio * normal_second_loss(low, mean, sd))
    return gap


def _policy(low: Numbers, lot: Numbers) -> ReorderPolicy:
    low, lot = np.broadcast_arrays(low, lot)
    return ReorderPolicy(low[()], lot[()])


def _system(
    holding_cost: ArrayLike,
    stockout_cost: ArrayLike,
    fixed_cost: ArrayLike,
    demand_mean: ArrayLike,
    demand_sd: ArrayLike,
    lead_time: ArrayLike,
) -> _System:
    fixed, rate, sd, lead = above_zero(
        fixed_cost=fixed_cost, demand_mean=demand_mean, demand_sd=demand_sd, lead_time=lead_time
    )
    return _System(*StockCosts.of(holding_cost, stockout_cost), fixed, rate, rate * lead, sd * np.sqrt(lead))
