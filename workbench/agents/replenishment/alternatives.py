"""What else could be done instead of an order, what each would have cost, and whether the order was right."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.agents.replenishment.market import Market
from workbench.formulas.lot_sizes import tier_at, whole_packs
from workbench.policy import ReplenishmentPolicy

Money = NDArray[np.float64]


def costs_of(rows: pd.DataFrame, market: Market, ordered: NDArray[np.int64]) -> dict[str, Money]:
    """Cost of the order and of what else could be done, on the same paths; each (paths,), money.

    Waiting until the next order day loses what is short until then; doing nothing, all that is short until
    the horizon. `ordered` are the lines of all of today's orders.
    """
    line, tier = rows["line"].to_numpy(np.int64), rows["tier"].to_numpy(np.int64)
    units, usual = rows["units"].to_numpy(np.int64), market.usual[line]
    full = market.lines["shortage"].to_numpy(float)[line, None]
    half = _half(line, units, market)
    chosen = market.cost(line, tier, units)
    costs = {
        "chosen": chosen,
        "nothing": full * market.run.at_risk[line],
        "half": market.cost(line, np.where(half > 0, _tier(line, half, market), usual), half),
        "wait": market.cost(line, usual, np.zeros_like(units)),
    }
    if (market.lines["fallback"].to_numpy(np.int64)[line] >= 0).any():
        costs["next supplier"] = chosen + market.more_from_fallback(line, tier, units, ordered)
    return {name: cost.sum(axis=0, dtype=np.float64) for name, cost in costs.items()}


def _half(line: NDArray[np.int64], units: NDArray[np.int64], market: Market) -> NDArray[np.int64]:
    """Half the units in whole packs; nothing where that is below the line's minimum."""
    first = np.searchsorted(market.tiers["line"].to_numpy(np.int64), line)
    least = market.tiers["minimum_order_quantity"].to_numpy(np.int64)[first]
    half = whole_packs(units / 2, market.tiers["order_multiple"].to_numpy(np.int64)[first])
    return np.where(half >= least, half, 0)


def _tier(line: NDArray[np.int64], units: NDArray[np.int64], market: Market) -> NDArray[np.int64]:
    return tier_at(units, line, market.tiers["line"], market.tiers["tier_from"])


def is_right(costs: Mapping[str, Money], value: float, rules: ReplenishmentPolicy) -> NDArray[np.bool_]:
    """Worlds (paths,) in which an order worth `value` costs hardly more than the best of what else was open.

    `costs` as from `costs_of`, on sampled worlds or on what came true: an order is judged as it was claimed.
    """
    best_other = np.min([cost for name, cost in costs.items() if name != "chosen"], axis=0)
    right: NDArray[np.bool_] = costs["chosen"] <= best_other + rules.tolerance * value
    return right
