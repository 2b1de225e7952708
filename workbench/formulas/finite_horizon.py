"""The best policy over a finite horizon with random demand, by dynamic programming on whole units."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr

from workbench.formulas.economic_order_quantity import economic_order_quantity_with_backorders
from workbench.formulas.loss_functions import normal_loss
from workbench.formulas.ranges import Numbers, above_zero, shares, zero_or_more

DEMAND_WIDTH = 4  # standard deviations of a period's demand on each side that are looked at
STOCK_WIDTH = 5  # standard deviations that the stock levels looked at go beyond where orders can lead


class HorizonPolicy(NamedTuple):
    """What to do in each period, and what it costs from the start on.

    `reorder_point` and `order_up_to_level`, units, (periods,): at the reorder point or below, order up to
    the level; without a fixed cost they are one. `cost`: expected discounted cost, money. By period and stock
    level at its start (`levels`, units): `best_level` (periods, levels), units after ordering; `cost_to_go`
    (periods + 1, levels), money.
    """

    reorder_point: NDArray[np.int64]
    order_up_to_level: NDArray[np.int64]
    cost: float
    levels: NDArray[np.int64]
    best_level: NDArray[np.int64]
    cost_to_go: Numbers


class _Horizon(NamedTuple):
    """Costs and normal demand by period, (periods,)."""

    holding: Numbers
    stockout: Numbers
    purchase: Numbers
    fixed: Numbers
    discount: Numbers
    mean: Numbers
    sd: Numbers


def finite_horizon(
    *,
    periods: int,
    holding_cost: ArrayLike,
    stockout_cost: ArrayLike,
    purchase_cost: ArrayLike,
    fixed_cost: ArrayLike,
    demand_mean: ArrayLike,
    demand_sd: ArrayLike,
    terminal_holding_cost: float = 0.0,
    terminal_stockout_cost: float = 0.0,
    discount_factor: ArrayLike = 1.0,
    initial_stock: int = 0,
) -> HorizonPolicy:
    """The policy of least expected discounted cost; each number one for all periods or of shape (periods,).

    `holding_cost`, `stockout_cost` money per unit left or backordered at a period's end (`terminal_…`: at the
    horizon's, once more), `purchase_cost` money per unit, `fixed_cost` money per order, normal demand in
    units, rounded to whole ones for what it leaves to the next period. θₜ(x) = min over y ≥ x of K 1(y > x)
    + c(y - x) + g(y) + γ E[θₜ₊₁(y - D)], g the newsvendor's cost. Demand is cut off at 4 standard deviations,
    stock levels 5 beyond where orders should lead; the highest level is doubled until it is never ordered.
    Source: Snyder & Shen, algorithm 4.1 and eq. 4.66; Scarf (1960) for the form of the policy.

    >>> plan = finite_horizon(
    ...     periods=5, holding_cost=1, stockout_cost=20, purchase_cost=2, fixed_cost=50, demand_mean=100,
    ...     demand_sd=20, terminal_holding_cost=1, terminal_stockout_cost=20,
    ... )
    >>> print(plan.reorder_point, plan.order_up_to_level, f"{plan.cost:.2f}")
    [110 110 110 110 111] [133 133 133 133 126] 1558.69

    Raises ValueError for numbers out of range, and for a stock to start with that lies outside the levels.
    """
    horizon = _horizon(
        periods,
        holding_cost,
        stockout_cost,
        purchase_cost,
        fixed_cost,
        discount_factor,
        demand_mean,
        demand_sd,
    )
    end_holding, end_stockout = zero_or_more(
        terminal_holding_cost=terminal_holding_cost, terminal_stockout_cost=terminal_stockout_cost
    )
    levels = _levels(horizon)
    while True:
        after = end_holding * np.maximum(levels, 0) + end_stockout * np.maximum(-levels, 0)
        best, cost_to_go = _solve(horizon, levels, after, _demand_chances(horizon))
        if not np.any(best[:, :-1] == levels[-1]):
            break
        levels = np.arange(levels[0], 2 * levels[-1] + 1)
    start = int(initial_stock) - int(levels[0])
    if not 0 <= start < len(levels):
        remedy = f"give a stock from {levels[0]} to {levels[-1]}"
        raise ValueError(f"initial_stock: found {initial_stock}; {remedy}")
    up_to = best[:, 0]
    reorder = levels[0] + np.argmin(best == up_to[:, None], axis=1) - 1
    return HorizonPolicy(reorder, up_to, float(cost_to_go[0, start]), levels, best, cost_to_go)


def _solve(
    horizon: _Horizon, levels: NDArray[np.int64], after: Numbers, chances: Numbers
) -> tuple[NDArray[np.int64], Numbers]:
    """Level after ordering (periods, levels) and cost to go (periods + 1, levels), backwards from `after`."""
    periods, places = len(horizon.mean), np.arange(len(levels))
    best = np.zeros((periods, len(levels)), dtype=np.int64)
    cost_to_go = np.zeros((periods + 1, len(levels)))
    cost_to_go[periods] = after
    for now in reversed(range(periods)):
        loss = normal_loss(levels.astype(np.float64), horizon.mean[now], horizon.sd[now])
        held = horizon.holding[now] * loss.left + horizon.stockout[now] * loss.short
        # what leads below the lowest level stops there
        known = np.concatenate([np.full(chances.shape[1] - 1, cost_to_go[now + 1, 0]), cost_to_go[now + 1]])
        once_there = held + horizon.discount[now] * np.convolve(known, chances[now], mode="valid")
        bought = once_there + horizon.purchase[now] * levels
        # the cheapest level above each; the lowest of equals
        above = len(levels) - 1 - _argmin_so_far(bought[::-1])[::-1]
        above = np.append(above[1:], len(levels) - 1)
        ordering = horizon.fixed[now] + bought[above] - horizon.purchase[now] * levels
        orders = (ordering < once_there) & (above > places)
        best[now] = levels[np.where(orders, above, places)]
        cost_to_go[now] = np.where(orders, ordering, once_there)
    return best, cost_to_go


def _argmin_so_far(costs: Numbers) -> NDArray[np.int64]:
    """Position of the least cost up to each place; the last of equals."""
    least = np.minimum.accumulate(costs)
    places: NDArray[np.int64] = np.maximum.accumulate(np.where(costs == least, np.arange(len(costs)), 0))
    return places


def _demand_chances(horizon: _Horizon) -> Numbers:
    """Chance of 0, 1, 2, … units of demand, (periods, units), of normal demand rounded to whole units."""
    width = DEMAND_WIDTH * horizon.sd.max()
    low = max(0, round(float(horizon.mean.min() - width)))
    units = np.arange(round(float(horizon.mean.max() + width)) + 1)
    edges = (np.append(units, units[-1] + 1) - 0.5 - horizon.mean[:, None]) / horizon.sd[:, None]
    chances: Numbers = np.where(units >= low, np.diff(ndtr(edges), axis=1), 0)
    return chances


def _levels(horizon: _Horizon) -> NDArray[np.int64]:
    """Stock levels, units: from where demand after the least order may lead, to beyond the largest order."""
    lots = economic_order_quantity_with_backorders(
        fixed_cost=horizon.fixed,
        holding_cost=horizon.holding,
        stockout_cost=horizon.stockout,
        demand_rate=horizon.mean,
    ).order_quantity
    sd = horizon.sd.max()
    low = horizon.mean.min() - horizon.mean.max() - sd * (STOCK_WIDTH + DEMAND_WIDTH)
    high = horizon.mean.max() + lots.max() + sd * STOCK_WIDTH
    return np.arange(round(float(low)), round(float(high)) + 1)


def _horizon(
    periods: int,
    holding_cost: ArrayLike,
    stockout_cost: ArrayLike,
    purchase_cost: ArrayLike,
    fixed_cost: ArrayLike,
    discount_factor: ArrayLike,
    demand_mean: ArrayLike,
    demand_sd: ArrayLike,
) -> _Horizon:
    """The numbers of shape (periods,), checked."""
    above_zero(periods=periods)
    holding, stockout, mean, sd = above_zero(
        holding_cost=holding_cost, stockout_cost=stockout_cost, demand_mean=demand_mean, demand_sd=demand_sd
    )
    purchase, fixed = zero_or_more(purchase_cost=purchase_cost, fixed_cost=fixed_cost)
    (discount,) = shares(discount_factor=discount_factor)
    parts = (holding, stockout, purchase, fixed, discount, mean, sd)
    wrong = [part.shape for part in parts if part.shape not in ((), (periods,))]
    if wrong:
        raise ValueError(f"found numbers of shape {wrong[0]}; give one for all {periods} periods or one each")
    return _Horizon(*(np.broadcast_to(part, (periods,)) for part in parts))
