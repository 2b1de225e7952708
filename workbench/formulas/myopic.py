"""The myopic view of a period: its cost, with what the stock left over is worth in the next one."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize.elementwise import find_root
from scipy.special import ndtri

from workbench.formulas.loss_functions import normal_loss
from workbench.formulas.ranges import Numbers, above_zero, any_number, in_order, shares, zero_or_more
from workbench.formulas.stock_costs import Level, StockCosts, level_of, level_or_best


class MyopicBounds(NamedTuple):
    """Bounds by period, units, shape (periods,): of the order-up-to level, and of the reorder point.

    The upper bound of a reorder point is NaN where ordering next period costs more than now.
    """

    order_up_to_low: Numbers
    order_up_to_high: Numbers
    reorder_low: Numbers
    reorder_high: Numbers


class _Period(NamedTuple):
    """A period's costs and normal demand; `rise` is purchase cost now less that of the next, discounted."""

    holding: Numbers
    stockout: Numbers
    rise: Numbers
    worth: Numbers
    mean: Numbers
    sd: Numbers

    def cost(self, level: Numbers) -> Numbers:
        held = StockCosts(self.holding, self.stockout).charge(normal_loss(level, self.mean, self.sd))
        return self.rise * level + self.worth * self.mean + held

    def best(self) -> Numbers:
        costs = StockCosts(self.holding + self.rise, self.stockout - self.rise)
        level: Numbers = self.mean + self.sd * ndtri(costs.ratio)
        return level


def myopic(
    *,
    holding_cost: ArrayLike,
    stockout_cost: ArrayLike,
    purchase_cost: ArrayLike,
    next_purchase_cost: ArrayLike,
    demand_mean: ArrayLike,
    demand_sd: ArrayLike,
    discount_factor: ArrayLike = 1.0,
    order_up_to_level: ArrayLike | None = None,
) -> Level:
    """The level of least myopic cost (or the cost of a level given): a newsvendor who buys again next period.

    What is left over saves a purchase next period: G(y) = c y + g(y) - γ c' (y - μ), money. Normal demand,
    units; arrays broadcast. Source: Veinott (1966), On the Optimality of (s, S) Inventory Policies, J. SIAM
    Appl. Math. 14; Zipkin, Foundations of Inventory Management (2000).

    >>> best = myopic(
    ...     holding_cost=0.18, stockout_cost=0.70, purchase_cost=0.3, next_purchase_cost=0.35,
    ...     demand_mean=50, demand_sd=8, discount_factor=0.98,
    ... )
    >>> print(f"{best.order_up_to_level:.3f} {best.cost:.4f}")
    58.099 16.6824

    Raises ValueError for numbers out of range, and where the price changes by more than waiting or holding
    costs: then a period cannot be looked at by itself.
    """
    period = _period(
        holding_cost,
        stockout_cost,
        purchase_cost,
        next_purchase_cost,
        demand_mean,
        demand_sd,
        discount_factor,
    )
    level = level_or_best(order_up_to_level, period.best())
    return level_of(level, period.cost(level))


def myopic_level(
    *,
    cost: ArrayLike,
    above: bool,
    holding_cost: ArrayLike,
    stockout_cost: ArrayLike,
    purchase_cost: ArrayLike,
    next_purchase_cost: ArrayLike,
    demand_mean: ArrayLike,
    demand_sd: ArrayLike,
    discount_factor: ArrayLike = 1.0,
) -> Numbers:
    """The level, units, whose myopic cost is `cost`, money: the one above the best level, or below it.

    Other arguments, source and errors as `myopic`. With these numbers a cost of 18 is met at:

    >>> level = myopic_level(
    ...     cost=18, above=False, holding_cost=0.18, stockout_cost=0.70, purchase_cost=0.3,
    ...     next_purchase_cost=0.35, demand_mean=50, demand_sd=8, discount_factor=0.98,
    ... )
    >>> print(f"{level:.4f}")
    49.3947

    Raises ValueError for a cost below the least.
    """
    period = _period(
        holding_cost,
        stockout_cost,
        purchase_cost,
        next_purchase_cost,
        demand_mean,
        demand_sd,
        discount_factor,
    )
    (wanted,) = any_number(cost=cost)
    least = period.cost(period.best())
    in_order("cost", least, np.nextafter(wanted, np.inf), f"a cost of at least this, not {wanted.min():g}")
    return _level(period, wanted, above=above)


def myopic_bounds(
    *,
    holding_cost: ArrayLike,
    stockout_cost: ArrayLike,
    purchase_cost: ArrayLike,
    fixed_cost: ArrayLike,
    demand_mean: ArrayLike,
    demand_sd: ArrayLike,
    terminal_holding_cost: float = 0.0,
    terminal_stockout_cost: float = 0.0,
    discount_factor: ArrayLike = 1.0,
) -> MyopicBounds:
    """Bounds on the best order-up-to levels and reorder points of a horizon, period by period.

    Shape (periods,) or one number each, periods by what is an array; costs in money per unit, `fixed_cost`
    money per order, normal demand in units. The last period bears the terminal costs as well; after it
    nothing is bought. Levels at which the myopic cost is above its least by: K' γ (upper bound of the
    level), K (lower bound of the reorder point), K - γ K' (upper bound). Source as `myopic`.

    >>> bounds = myopic_bounds(
    ...     holding_cost=1, stockout_cost=20, purchase_cost=2, fixed_cost=50, demand_mean=[100] * 5,
    ...     demand_sd=20, terminal_holding_cost=1, terminal_stockout_cost=20,
    ... )
    >>> [round(float(bound[0]), 2) for bound in bounds]
    [133.37, 191.66, 110.26, 133.37]
    """
    holding, stockout, purchase, fixed, mean, sd, discount = (
        np.array(part, dtype=np.float64)
        for part in np.broadcast_arrays(
            *zero_or_more(
                holding_cost=holding_cost,
                stockout_cost=stockout_cost,
                purchase_cost=purchase_cost,
                fixed_cost=fixed_cost,
            ),
            *above_zero(demand_mean=demand_mean, demand_sd=demand_sd),
            *shares(discount_factor=discount_factor),
        )
    )
    end_holding, end_stockout = zero_or_more(
        terminal_holding_cost=terminal_holding_cost, terminal_stockout_cost=terminal_stockout_cost
    )
    holding[-1] += end_holding
    stockout[-1] += end_stockout
    period = _period(holding, stockout, purchase, np.append(purchase[1:], 0), mean, sd, discount)
    best = period.best()
    least = period.cost(best)
    next_fixed = discount * np.append(fixed[1:], 0)
    cheaper_now = fixed >= next_fixed
    high = _level(period, least + np.where(cheaper_now, fixed - next_fixed, 0), above=False)
    return MyopicBounds(
        best,
        _level(period, least + next_fixed, above=True),
        _level(period, least + fixed, above=False),
        np.where(cheaper_now, high, np.nan),
    )


def _level(period: _Period, cost: Numbers, *, above: bool) -> Numbers:
    best = period.best()
    # far out G is a line that lies below it: where the line meets the cost, G has passed it
    slope = period.rise + (period.holding if above else -period.stockout)
    at_mean = (period.rise + period.worth) * period.mean
    far = period.mean + (cost - at_mean) / slope
    far = np.maximum(far, best) if above else np.minimum(far, best)
    parts = np.broadcast_arrays(cost, *period)
    # at the ends rounding may put G on the wrong side of the cost: one width further it is not
    low, high = (best, far + period.sd) if above else (far - period.sd, best)
    excess = find_root(
        lambda level, wanted, *rest: _Period(*rest).cost(level) - wanted, (low, high), args=tuple(parts)
    )
    least = period.cost(best) >= cost
    level: Numbers = np.where(least, best, excess.x)[()]
    return level


def _period(
    holding_cost: ArrayLike,
    stockout_cost: ArrayLike,
    purchase_cost: ArrayLike,
    next_purchase_cost: ArrayLike,
    demand_mean: ArrayLike,
    demand_sd: ArrayLike,
    discount_factor: ArrayLike,
) -> _Period:
    holding, stockout, paid, later = zero_or_more(
        holding_cost=holding_cost,
        stockout_cost=stockout_cost,
        purchase_cost=purchase_cost,
        next_purchase_cost=next_purchase_cost,
    )
    mean, sd = above_zero(demand_mean=demand_mean, demand_sd=demand_sd)
    (discount,) = shares(discount_factor=discount_factor)
    rise = paid - discount * later
    saved = "purchase_cost - discount_factor × next_purchase_cost"
    in_order(saved, rise, stockout, "prices that differ by less than stockout_cost")
    in_order(f"-({saved})", -rise, holding, "prices that differ by less than holding_cost")
    return _Period(holding, stockout, rise, discount * later, mean, sd)
