"""Supply of which more or less arrives than was ordered: lots and levels that allow for it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri

from workbench.formulas.economic_order_quantity import Lot, lot_of_least_cost
from workbench.formulas.loss_functions import Distribution, Loss, distribution_loss, normal_loss
from workbench.formulas.ranges import Numbers, above_zero, any_number, zero_or_more
from workbench.formulas.stock_costs import Level, StockCosts, level_of, level_or_best


def economic_order_quantity_with_additive_yield(
    *,
    fixed_cost: ArrayLike,
    holding_cost: ArrayLike,
    demand_rate: ArrayLike,
    yield_mean: ArrayLike,
    yield_sd: ArrayLike,
    order_quantity: ArrayLike | None = None,
) -> Lot:
    """The lot of least cost (or the cost of one given) where Q + Y arrive of Q ordered. Arrays broadcast.

    Y, units, below 0 where units are lost, with `yield_mean` and `yield_sd`; other arguments as
    `economic_order_quantity`. Q = √(2Kd/h + Var Y) - E Y; the cost is that of what arrives and its spread.
    Source: Snyder & Shen, eq. 9.22 and 9.23.

    >>> lot = economic_order_quantity_with_additive_yield(
    ...     fixed_cost=18500, holding_cost=0.06, demand_rate=75000, yield_mean=-15000, yield_sd=9000
    ... )
    >>> print(f"{lot.order_quantity:.0f} {lot.cost:.2f}")
    230246 12914.78

    Raises ValueError for a holding cost not above 0, other numbers below 0, and a lot that does not arrive.
    """
    fixed, rate, sd = zero_or_more(fixed_cost=fixed_cost, demand_rate=demand_rate, yield_sd=yield_sd)
    (holding,), (mean,) = above_zero(holding_cost=holding_cost), any_number(yield_mean=yield_mean)
    arrives = None if order_quantity is None else np.asarray(order_quantity, dtype=np.float64) + mean
    lot = lot_of_least_cost(fixed * rate + holding * sd**2 / 2, holding, arrives)
    return Lot(lot.order_quantity - mean, lot.cost)


def economic_order_quantity_with_multiplicative_yield(
    *,
    fixed_cost: ArrayLike,
    holding_cost: ArrayLike,
    demand_rate: ArrayLike,
    yield_mean: ArrayLike,
    yield_sd: ArrayLike,
    order_quantity: ArrayLike | None = None,
) -> Lot:
    """The lot of least cost (or the cost of one given) where Q × Z arrive of Q ordered. Arrays broadcast.

    Z, a share, with `yield_mean` and `yield_sd`; other arguments as `economic_order_quantity`.
    Q = √(2Kd/(h E Z²)), cost Kd/(Q E Z) + hQ E Z²/(2 E Z). Source: Snyder & Shen, eq. 9.24 and 9.25.

    >>> lot = economic_order_quantity_with_multiplicative_yield(
    ...     fixed_cost=18500, holding_cost=0.06, demand_rate=75000, yield_mean=0.8333, yield_sd=0.0198**0.5
    ... )
    >>> print(f"{lot.order_quantity:.0f} {lot.cost:.2f}")
    254477 13086.16

    Raises ValueError for a holding cost, a mean yield or a lot not above 0, and other numbers below 0.
    """
    fixed, rate, sd = zero_or_more(fixed_cost=fixed_cost, demand_rate=demand_rate, yield_sd=yield_sd)
    holding, mean = above_zero(holding_cost=holding_cost, yield_mean=yield_mean)
    return lot_of_least_cost(fixed * rate / mean, holding * (sd**2 + mean**2) / mean, order_quantity)


def newsvendor_with_normal_yield(
    *,
    holding_cost: ArrayLike,
    stockout_cost: ArrayLike,
    demand: ArrayLike,
    yield_mean: ArrayLike,
    yield_sd: ArrayLike,
    order_up_to_level: ArrayLike | None = None,
) -> Level:
    """The order-up-to level of least cost (or the cost of one given) where S + Y are there. Arrays broadcast.

    `holding_cost`, `stockout_cost` money per unit left or short, known `demand` in units; Y normal with
    `yield_mean` and `yield_sd`, units, the mean below 0 where units are lost. S = d - F⁻¹(h/(h+p)): the
    newsvendor with what is short and what is left exchanged. Source: Snyder & Shen, eq. 9.27 and 9.28.

    >>> best = newsvendor_with_normal_yield(
    ...     holding_cost=0.18, stockout_cost=0.70, demand=100, yield_mean=-50, yield_sd=8
    ... )
    >>> print(f"{best.order_up_to_level:.2f} {best.cost:.4f}")  # as demand of 50 and 8, and 100 more
    156.60 1.9976

    Raises ValueError for costs, demand or a deviation not above 0.
    """
    (mean,), (sd,) = any_number(yield_mean=yield_mean), above_zero(yield_sd=yield_sd)
    return _against_yield(
        holding_cost,
        stockout_cost,
        demand,
        order_up_to_level,
        lambda chance: mean + sd * ndtri(chance),
        lambda level: normal_loss(level, mean, sd),
    )


def newsvendor_with_yield_distribution(
    *,
    holding_cost: ArrayLike,
    stockout_cost: ArrayLike,
    demand: ArrayLike,
    yield_distribution: Distribution,
    order_up_to_level: ArrayLike | None = None,
) -> Level:
    """As `newsvendor_with_normal_yield`, for any distribution of Y that scipy.stats knows, frozen.

    >>> from scipy.stats import uniform
    >>> best = newsvendor_with_yield_distribution(
    ...     holding_cost=15, stockout_cost=75, demand=1.5, yield_distribution=uniform(-0.5, 1)
    ... )
    >>> print(f"{best.order_up_to_level:.4f} {best.cost:.4f}")  # 1.5 + 1/3, 15 × 75 / 90 / 2
    1.8333 6.2500
    """
    return _against_yield(
        holding_cost,
        stockout_cost,
        demand,
        order_up_to_level,
        yield_distribution.ppf,
        lambda level: distribution_loss(level, yield_distribution),
    )


def _against_yield(
    holding_cost: ArrayLike,
    stockout_cost: ArrayLike,
    demand: ArrayLike,
    order_up_to_level: ArrayLike | None,
    quantile: Callable[[Numbers], Numbers],
    loss_at: Callable[[Numbers], Loss],
) -> Level:
    costs, (wanted,) = StockCosts.of(holding_cost, stockout_cost), above_zero(demand=demand)
    # what the yield exceeds d - S by is left over, what it falls short of it is missing
    turned = StockCosts(costs.stockout, costs.holding)
    level = level_or_best(order_up_to_level, wanted - quantile(turned.ratio))
    return level_of(level, turned.charge(loss_at(wanted - level)))
