"""Quantity discounts: the lot of least cost where the price falls with the quantity."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.formulas.ranges import Numbers, above_zero, in_order, zero_or_more


class DiscountedLot(NamedTuple):
    """A lot, units, the position of its tier, and the cost, purchases included, money per unit of time."""

    order_quantity: Numbers
    tier: NDArray[np.int64]
    cost: Numbers


def all_units_discount(
    *,
    fixed_cost: ArrayLike,
    holding_rate: ArrayLike,
    demand_rate: ArrayLike,
    tier_from: ArrayLike,
    unit_cost: ArrayLike,
) -> DiscountedLot:
    """The lot of least cost where all its units are charged at the price of the tier that it reaches.

    `fixed_cost` money per order, `holding_rate` the share of the unit cost that a unit of time of holding
    costs, `demand_rate` units per unit of time; of shape (SKUs,) or one number. `tier_from` (units, the
    first 0) and `unit_cost` (money per unit) of shape (tiers,) or (SKUs, tiers); a SKU of fewer tiers repeats
    its last price and has an infinite `tier_from` there. A tier's candidate is its own economic order
    quantity, or the quantity it starts at where that is more. Source: Snyder & Shen, section 3.4.1, eq.
    3.18 and 3.19.

    >>> lot = all_units_discount(
    ...     fixed_cost=8, holding_rate=0.3, demand_rate=1300,
    ...     tier_from=[0, 400, 800], unit_cost=[0.75, 0.72, 0.68],
    ... )
    >>> print(f"{lot.order_quantity:.0f} {lot.tier} {lot.cost:.1f}")  # 800 × 0.68 × 0.3 / 2 + 13 + 884
    800 2 978.6

    Raises ValueError for tiers that do not start at 0, do not grow, or whose price rises.
    """
    froms, cost, (fixed, rate, holding) = _checked(
        tier_from, unit_cost, fixed_cost, holding_rate, demand_rate
    )
    return _best(fixed * rate, holding * cost, cost * rate, froms, from_tier_on=True)


def incremental_discount(
    *,
    fixed_cost: ArrayLike,
    holding_rate: ArrayLike,
    demand_rate: ArrayLike,
    tier_from: ArrayLike,
    unit_cost: ArrayLike,
) -> DiscountedLot:
    """The lot of least cost where each unit is charged at the price of the tier that it lies in.

    Arguments, shapes and errors as `all_units_discount`. What the units below a tier cost above its price
    acts as a fixed cost more: c̄ⱼ, so that Q = √(2(K + c̄ⱼ)λ/(i cⱼ)), and adds i c̄ⱼ/2 of holding.
    Source: Snyder & Shen, section 3.4.2, eq. 3.20 to 3.22.

    >>> lot = incremental_discount(
    ...     fixed_cost=8, holding_rate=0.3, demand_rate=1300,
    ...     tier_from=[0, 400, 800], unit_cost=[0.75, 0.72, 0.68],
    ... )
    >>> print(f"{lot.order_quantity:.2f} {lot.tier} {lot.cost:.2f}")
    304.05 0 1043.41
    """
    froms, cost, (fixed, rate, holding) = _checked(
        tier_from, unit_cost, fixed_cost, holding_rate, demand_rate
    )
    saved = (cost[..., :-1] - cost[..., 1:]) * np.where(np.isfinite(froms), froms, 0)[..., 1:]
    paid_above = np.concatenate([np.zeros((*saved.shape[:-1], 1)), np.cumsum(saved, axis=-1)], axis=-1)
    bought = cost * rate + holding * paid_above / 2
    return _best((fixed + paid_above) * rate, holding * cost, bought, froms, from_tier_on=False)


def _best(
    fixed_rate: Numbers, holding: Numbers, bought: Numbers, froms: Numbers, *, from_tier_on: bool
) -> DiscountedLot:
    """The best of the tiers' lots; one below its tier starts with it, or does not count."""
    fixed_rate, holding, bought, froms = np.broadcast_arrays(fixed_rate, holding, bought, froms)
    best = np.sqrt(2 * fixed_rate / holding)
    lots = np.maximum(best, froms) if from_tier_on else best
    ends = np.concatenate([froms[..., 1:], np.full((*froms.shape[:-1], 1), np.inf)], axis=-1)
    # without demand the lot is 0: nothing is ordered and nothing is held
    ordering = np.divide(fixed_rate, lots, out=np.zeros_like(lots), where=lots > 0)
    counts = np.isfinite(froms) & (lots < ends) & (lots >= froms)
    costs = np.where(counts, bought + ordering + holding * np.where(counts, lots, 0) / 2, np.inf)
    tier = np.argmin(costs, axis=-1)
    lot, cost = (np.take_along_axis(part, tier[..., None], axis=-1)[..., 0] for part in (lots, costs))
    return DiscountedLot(lot, tier, cost)


def _checked(
    tier_from: ArrayLike,
    unit_cost: ArrayLike,
    fixed_cost: ArrayLike,
    holding_rate: ArrayLike,
    demand_rate: ArrayLike,
) -> tuple[Numbers, Numbers, list[Numbers]]:
    """Tiers and prices of shape (..., tiers), and the others with an axis for the tiers."""
    (cost,) = above_zero(unit_cost=unit_cost)
    froms = np.asarray(tier_from, dtype=np.float64)
    if froms.shape[-1:] != cost.shape[-1:] or froms.ndim == 0:
        raise ValueError(
            f"tier_from has shape {froms.shape} and unit_cost {cost.shape}; give both one column a tier"
        )
    if np.any(froms[..., 0] != 0):
        raise ValueError("tier_from: the first tier does not start at 0; give 0 as the first")
    grows = (froms[..., :-1] < froms[..., 1:]) | np.isposinf(froms[..., 1:])
    if not grows.all():
        raise ValueError("tier_from: a tier starts at or below the one before it; sort the tiers by quantity")
    in_order("unit_cost", cost[..., 1:], np.nextafter(cost[..., :-1], np.inf), "a price that does not rise")
    (holding,) = above_zero(holding_rate=holding_rate)
    fixed, rate = zero_or_more(fixed_cost=fixed_cost, demand_rate=demand_rate)
    return froms, cost, [fixed[..., None], rate[..., None], holding[..., None]]
