"""The newsvendor: how much to have before demand is known, where too much and too little both cost.

With a lead time it is the base-stock level of a review every period: what is there and on order covers the
demand of lead time + 1 periods. Everywhere `holding_cost` is money per unit left over at a period's end,
`stockout_cost` money per unit short. Of levels given, only the cost is worked out.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri, pdtr

from workbench.formulas.loss_functions import (
    Distribution,
    distribution_loss,
    normal_loss,
    pmf_loss,
    poisson_loss,
    poisson_pmf,
)
from workbench.formulas.ranges import (
    Numbers,
    above_zero,
    any_number,
    chances,
    in_order,
    whole_numbers,
    zero_or_more,
)
from workbench.formulas.stock_costs import Level, StockCosts, level_of, level_or_best


class ProfitLevel(NamedTuple):
    """An order-up-to level, units, and its expected profit, money per period."""

    order_up_to_level: Numbers
    profit: Numbers


def newsvendor_normal(
    *,
    holding_cost: ArrayLike,
    stockout_cost: ArrayLike,
    demand_mean: ArrayLike,
    demand_sd: ArrayLike,
    lead_time: ArrayLike = 0,
    order_up_to_level: ArrayLike | None = None,
) -> Level:
    """The level of least cost for normal demand (mean and standard deviation in units a period).

    S = μ + σ Φ⁻¹(p/(h+p)), with μ and σ over lead time + 1 periods. Arrays broadcast.
    Source: Snyder & Shen, eq. 4.24, 4.30 and 4.37; with a lead time example 4.4.

    >>> best = newsvendor_normal(holding_cost=0.18, stockout_cost=0.70, demand_mean=50, demand_sd=8)
    >>> print(f"{best.order_up_to_level:.2f} {best.cost:.4f}")
    56.60 1.9976

    Raises ValueError for costs, means and deviations that are not above 0.
    """
    costs = StockCosts.of(holding_cost, stockout_cost)
    mean, sd = above_zero(demand_mean=demand_mean, demand_sd=demand_sd)
    periods = _periods(lead_time)
    mean, sd = mean * periods, sd * np.sqrt(periods)
    level = level_or_best(order_up_to_level, mean + sd * ndtri(costs.ratio))
    return level_of(level, costs.charge(normal_loss(level, mean, sd)))


def newsvendor_normal_profit(
    *,
    revenue: ArrayLike,
    purchase_cost: ArrayLike,
    salvage_value: ArrayLike,
    demand_mean: ArrayLike,
    demand_sd: ArrayLike,
    holding_cost: ArrayLike = 0,
    stockout_cost: ArrayLike = 0,
    lead_time: ArrayLike = 0,
    order_up_to_level: ArrayLike | None = None,
) -> ProfitLevel:
    """The level of most profit for normal demand; money per unit sold, bought, and left over and sold off.

    `holding_cost` and `stockout_cost` come on top of these. A unit left costs h + c - v, a unit short
    p + r - c; profit is (r - c) × mean less the newsvendor's cost. Arrays broadcast. Source: Snyder & Shen,
    example 4.2.

    >>> best = newsvendor_normal_profit(
    ...     revenue=1, purchase_cost=0.3, salvage_value=0.12, demand_mean=50, demand_sd=8
    ... )
    >>> print(f"{best.order_up_to_level:.2f} {best.profit:.3f}")
    56.60 33.002

    Raises ValueError unless salvage value < purchase cost < revenue, and as `newsvendor_normal`.
    """
    margin, over, under = _economics(revenue, purchase_cost, salvage_value, holding_cost, stockout_cost)
    best = newsvendor_normal(
        holding_cost=over,
        stockout_cost=under,
        demand_mean=demand_mean,
        demand_sd=demand_sd,
        lead_time=lead_time,
        order_up_to_level=order_up_to_level,
    )
    sold_at_most = np.asarray(demand_mean, dtype=np.float64) * _periods(lead_time)
    return ProfitLevel(best.order_up_to_level, margin * sold_at_most - best.cost)


def newsvendor_poisson(
    *,
    holding_cost: ArrayLike,
    stockout_cost: ArrayLike,
    demand_mean: ArrayLike,
    lead_time: ArrayLike = 0,
    order_up_to_level: ArrayLike | None = None,
) -> Level:
    """The level of least cost for Poisson demand: the least with F(S) ≥ p/(h+p). Arrays broadcast.

    Source: Snyder & Shen, section 4.3, eq. 4.6.

    >>> best = newsvendor_poisson(holding_cost=1, stockout_cost=4, demand_mean=6)
    >>> print(f"{best.order_up_to_level:.0f} {best.cost:.4f}")
    8 3.5701

    Raises ValueError for costs and means that are not above 0 and for a level that is not whole.
    """
    costs, (mean,) = StockCosts.of(holding_cost, stockout_cost), above_zero(demand_mean=demand_mean)
    mean = mean * _periods(lead_time)
    if order_up_to_level is None:
        level = poisson_quantile(costs.ratio, mean)
    else:
        (level,) = whole_numbers(order_up_to_level=order_up_to_level)
    return level_of(level, costs.charge(poisson_loss(level, mean)))


def newsvendor_poisson_profit(
    *,
    revenue: ArrayLike,
    purchase_cost: ArrayLike,
    salvage_value: ArrayLike,
    demand_mean: ArrayLike,
    holding_cost: ArrayLike = 0,
    stockout_cost: ArrayLike = 0,
    lead_time: ArrayLike = 0,
    order_up_to_level: ArrayLike | None = None,
) -> ProfitLevel:
    """The level of most profit for Poisson demand; otherwise as `newsvendor_normal_profit`.

    >>> best = newsvendor_poisson_profit(revenue=1, purchase_cost=0.3, salvage_value=0.12, demand_mean=50)
    >>> print(f"{best.order_up_to_level:.0f} {best.profit:.3f}")
    56 33.203
    """
    margin, over, under = _economics(revenue, purchase_cost, salvage_value, holding_cost, stockout_cost)
    best = newsvendor_poisson(
        holding_cost=over,
        stockout_cost=under,
        demand_mean=demand_mean,
        lead_time=lead_time,
        order_up_to_level=order_up_to_level,
    )
    sold_at_most = np.asarray(demand_mean, dtype=np.float64) * _periods(lead_time)
    return ProfitLevel(best.order_up_to_level, margin * sold_at_most - best.cost)


def newsvendor_pmf(
    *,
    holding_cost: ArrayLike,
    stockout_cost: ArrayLike,
    demand: ArrayLike,
    probability: ArrayLike,
    order_up_to_level: ArrayLike | None = None,
) -> Level:
    """The level of least cost for demand that takes the values `demand`, units, with these probabilities.

    Both of shape (values,) or (SKUs, values), values in rising order; costs one number or of shape (SKUs,).
    The least value with F(S) ≥ p/(h+p). Source: Snyder & Shen, section 4.3.

    >>> chances = [0.25, 0.5, 0.25]
    >>> best = newsvendor_pmf(holding_cost=1, stockout_cost=2, demand=[1, 2, 5], probability=chances)
    >>> print(f"{best.order_up_to_level:.0f} {best.cost:.2f}")  # 0.25 × 1 × 1 + 0.25 × 3 × 2
    2 1.75

    Raises ValueError for probabilities that do not sum to 1, and costs that are not above 0.
    """
    (holding,) = above_zero(holding_cost=holding_cost)
    costs = StockCosts(holding, *zero_or_more(stockout_cost=stockout_cost))
    values, chance = np.broadcast_arrays(*any_number(demand=demand), chances(probability))
    in_order("demand", values[..., :-1], values[..., 1:], "values in rising order, each once")
    reached = np.cumsum(chance, axis=-1) >= costs.ratio[..., None]
    # probabilities rounded down may never reach a ratio near 1: then the last value does
    reached[..., -1] = True
    first = np.argmax(reached, axis=-1)
    values_by_sku = np.broadcast_to(values, reached.shape)
    best = np.take_along_axis(values_by_sku, first[..., None], axis=-1)[..., 0]
    level = level_or_best(order_up_to_level, best)
    return level_of(level, costs.charge(pmf_loss(level, values, chance)))


def newsvendor_distribution(
    *,
    holding_cost: ArrayLike,
    stockout_cost: ArrayLike,
    demand_distribution: Distribution,
    order_up_to_level: ArrayLike | None = None,
) -> Level:
    """The level of least cost, F⁻¹(p/(h+p)), for any demand a period that scipy.stats knows, frozen.

    Continuous or discrete on whole numbers; its parameters may be arrays that broadcast with the costs.
    Source: Snyder & Shen, eq. 4.24 and 4.27.

    >>> from scipy.stats import lognorm
    >>> best = newsvendor_distribution(
    ...     holding_cost=1, stockout_cost=0.1765, demand_distribution=lognorm(0.3, scale=np.exp(6))
    ... )
    >>> print(f"{best.order_up_to_level:.2f} {best.cost:.3f}")
    295.63 29.443

    Raises ValueError for costs that are not above 0.
    """
    costs = StockCosts.of(holding_cost, stockout_cost)
    level = level_or_best(order_up_to_level, demand_distribution.ppf(costs.ratio))
    return level_of(level, costs.charge(distribution_loss(level, demand_distribution)))


def poisson_quantile(probability: ArrayLike, mean: ArrayLike) -> Numbers:
    """The least whole number with F ≥ `probability`; arrays broadcast.

    >>> print(poisson_quantile(0.8, 6))
    8.0
    """
    chance, rate = np.asarray(probability, dtype=np.float64), np.asarray(mean, dtype=np.float64)
    z = ndtri(chance)
    # a guess right to a unit or so (Cornish & Fisher 1938), then steps up or down
    guess = np.maximum(np.floor(rate + z * np.sqrt(rate) + (z**2 - 1) / 6), 0)
    level = guess.ravel().copy()
    chance, rate = (np.broadcast_to(part, guess.shape).ravel() for part in (chance, rate))
    reached = pdtr(level, rate)
    up, down = np.flatnonzero(reached < chance), np.flatnonzero(reached >= chance)
    while len(up):
        level[up] += 1
        reached[up] += poisson_pmf(level[up], rate[up])
        up = up[reached[up] < chance[up]]
    while len(down):
        reached[down] -= poisson_pmf(level[down], rate[down])
        down = down[(reached[down] >= chance[down]) & (level[down] > 0)]
        level[down] -= 1
    quantile: Numbers = level.reshape(np.shape(guess))[()]
    return quantile


def _periods(lead_time: ArrayLike) -> Numbers:
    (lead,) = zero_or_more(lead_time=lead_time)
    return lead + 1


def _economics(
    revenue: ArrayLike,
    purchase_cost: ArrayLike,
    salvage_value: ArrayLike,
    holding_cost: ArrayLike,
    stockout_cost: ArrayLike,
) -> tuple[Numbers, Numbers, Numbers]:
    """Margin of a unit sold, cost of a unit left over and of a unit short."""
    price, paid, salvage = any_number(
        revenue=revenue, purchase_cost=purchase_cost, salvage_value=salvage_value
    )
    holding, stockout = zero_or_more(holding_cost=holding_cost, stockout_cost=stockout_cost)
    in_order("purchase_cost", paid, price, "a cost below the revenue, or do not buy")
    in_order("salvage_value", salvage, paid, "a value below the purchase cost")
    return price - paid, holding + paid - salvage, stockout + price - paid
