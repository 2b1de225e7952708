"""The (s, S) policy under periodic review: at s or below, order up to S. Exact, and a power approximation."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.signal import lfilter

from workbench.formulas.loss_functions import pmf_loss, poisson_loss, poisson_pmf
from workbench.formulas.newsvendor import newsvendor_pmf, newsvendor_poisson, poisson_quantile
from workbench.formulas.ranges import Numbers, above_zero, chances, in_order, whole_numbers

TAIL = 1e-14  # probability of the Poisson demands that are left out


class OrderUpToPolicy(NamedTuple):
    """Reorder point s and order-up-to level S, units, and the exact expected cost, money per period."""

    reorder_point: int
    order_up_to_level: int
    cost: float


class OrderUpToLevels(NamedTuple):
    """Reorder points s and order-up-to levels S, units."""

    reorder_point: Numbers
    order_up_to_level: Numbers


class _System(NamedTuple):
    """Costs and the chances of a demand of 0, 1, 2, … units a period."""

    holding: float
    stockout: float
    fixed: float
    chance: Numbers
    poisson_mean: float | None

    def one_period(self, level: ArrayLike) -> Numbers:
        """The newsvendor's cost of starting a period at a level."""
        if self.poisson_mean is None:
            loss = pmf_loss(level, np.arange(len(self.chance), dtype=np.float64), self.chance)
        else:
            loss = poisson_loss(level, self.poisson_mean)
        return self.holding * loss.left + self.stockout * loss.short

    def visits(self, levels: int) -> Numbers:
        """Expected periods of a cycle that start 0, 1, … units below S: the renewal density m.

        m(j) = Σ p(d) m(j - d), and 1 more at j = 0: the answer of a recursive filter to one impulse.
        """
        impulse = np.zeros(levels)
        impulse[0] = 1
        density: Numbers = lfilter([1.0], np.append(1 - self.chance[0], -self.chance[1:]), impulse)
        return density

    def cost(self, low: int, high: int) -> float:
        """The expected cost a period of an (s, S) policy: a cycle's cost over its length."""
        visits = self.visits(high - low)
        at = self.one_period(np.arange(high, low, -1, dtype=np.float64))
        return float((self.fixed + visits @ at) / visits.sum())


def s_s_cost(
    *,
    reorder_point: float,
    order_up_to_level: float,
    holding_cost: float,
    stockout_cost: float,
    fixed_cost: float,
    demand_mean: float | None = None,
    demand_pmf: ArrayLike | None = None,
) -> float:
    """The exact expected cost, money per period, of an (s, S) policy.

    `holding_cost` and `stockout_cost` money per unit left or short at a period's end, `fixed_cost` money per
    order; levels in whole units. Demand of a period is Poisson with `demand_mean` units, or takes the values
    0, 1, 2, … with the probabilities `demand_pmf`. Source: Snyder & Shen, eq. 4.71 to 4.75; Zheng &
    Federgruen (1991), Finding Optimal (s, S) Policies Is About As Simple As Evaluating a Single Policy,
    Operations Research 39.

    >>> cost = s_s_cost(
    ...     reorder_point=4, order_up_to_level=10,
    ...     holding_cost=1, stockout_cost=4, fixed_cost=5, demand_mean=6,
    ... )
    >>> print(f"{cost:.4f}")
    8.0341

    Raises ValueError for costs not above 0, s not below S, levels that are not whole, and demand that is
    given twice or not at all or never comes.
    """
    low, high = whole_numbers(reorder_point=reorder_point, order_up_to_level=order_up_to_level)
    in_order("reorder_point", low, high, "a reorder point below order_up_to_level")
    return _system(holding_cost, stockout_cost, fixed_cost, demand_mean, demand_pmf).cost(int(low), int(high))


def s_s_exact(
    *,
    holding_cost: float,
    stockout_cost: float,
    fixed_cost: float,
    demand_mean: float | None = None,
    demand_pmf: ArrayLike | None = None,
) -> OrderUpToPolicy:
    """The (s, S) policy of least expected cost. Arguments and errors as `s_s_cost`.

    From the newsvendor's level, s goes down until starting a period there costs more than the policy; S goes
    up while starting there costs less than the best policy, s after it. Source: Zheng & Federgruen (1991);
    Snyder & Shen, algorithm 4.2.

    >>> s_s_exact(holding_cost=1, stockout_cost=4, fixed_cost=5, demand_mean=6)[:2]
    (4, 10)
    """
    system = _system(holding_cost, stockout_cost, fixed_cost, demand_mean, demand_pmf)
    high = _newsvendor_level(system)
    low = high - 1
    while system.cost(low, high) > system.one_period(low):
        low -= 1
    best = OrderUpToPolicy(low, high, system.cost(low, high))
    high += 1
    while system.one_period(high) <= best.cost:
        if system.cost(low, high) < best.cost:
            while system.cost(low, high) <= system.one_period(low + 1):
                low += 1
            best = OrderUpToPolicy(low, high, system.cost(low, high))
        high += 1
    return best


def s_s_power_approximation(
    *,
    holding_cost: ArrayLike,
    stockout_cost: ArrayLike,
    fixed_cost: ArrayLike,
    demand_mean: ArrayLike,
    demand_sd: ArrayLike,
) -> OrderUpToLevels:
    """(s, S) by the revised power approximation; arrays broadcast.

    Costs as `s_s_cost`; mean and standard deviation of a period's demand in units. S - s = 1.30 μ^0.494
    (K/h)^0.506 (1 + σ²/μ²)^0.116; s = 0.973 μ + σ (0.183/z + 1.063 - 2.192 z), z = √((S - s) h/(σ p)).
    Source: Ehrhardt & Mosier (1984), A Revision of the Power Approximation for Computing (s, S) Policies,
    Management Science 30; Snyder & Shen, eq. 4.77 to 4.80.

    >>> policy = s_s_power_approximation(
    ...     holding_cost=0.18, stockout_cost=0.70, fixed_cost=2.5, demand_mean=50, demand_sd=8
    ... )
    >>> print(f"{policy.reorder_point:.2f} {policy.order_up_to_level:.2f}")
    40.19 74.29

    Raises ValueError for numbers that are not above 0.
    """
    holding, stockout, fixed, mean, sd = above_zero(
        holding_cost=holding_cost,
        stockout_cost=stockout_cost,
        fixed_cost=fixed_cost,
        demand_mean=demand_mean,
        demand_sd=demand_sd,
    )
    lot = 1.30 * mean**0.494 * (fixed / holding) ** 0.506 * (1 + (sd / mean) ** 2) ** 0.116
    z = np.sqrt(lot / sd * holding / stockout)
    low = 0.973 * mean + sd * (0.183 / z + 1.063 - 2.192 * z)
    return OrderUpToLevels(low, low + lot)


def _newsvendor_level(system: _System) -> int:
    costs = {"holding_cost": system.holding, "stockout_cost": system.stockout}
    if system.poisson_mean is None:
        best = newsvendor_pmf(**costs, demand=np.arange(len(system.chance)), probability=system.chance)
    else:
        best = newsvendor_poisson(**costs, demand_mean=system.poisson_mean)
    return int(best.order_up_to_level)


def _system(
    holding_cost: float,
    stockout_cost: float,
    fixed_cost: float,
    demand_mean: float | None,
    demand_pmf: ArrayLike | None,
) -> _System:
    costs = above_zero(holding_cost=holding_cost, stockout_cost=stockout_cost, fixed_cost=fixed_cost)
    holding, stockout, fixed = (float(cost) for cost in costs)
    if (demand_mean is None) == (demand_pmf is None):
        raise ValueError("demand_mean and demand_pmf: found both or neither; give one of them")
    if demand_pmf is None:
        (mean,) = above_zero(demand_mean=demand_mean or 0)
        demands = np.arange(int(poisson_quantile(1 - TAIL, mean)) + 1)
        return _System(holding, stockout, fixed, poisson_pmf(demands, mean), float(mean))
    chance = chances(demand_pmf)
    in_order("demand_pmf", chance[0], np.ones(()), "a demand that is not always 0")
    return _System(holding, stockout, fixed, chance, None)
