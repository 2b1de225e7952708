"""What a unit will cost at a line's next order when its offer changes or lapses before then."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.formulas.lot_sizes import Units
from workbench.formulas.order_cost import Money


def price_rise(tiers: pd.DataFrame, lines: pd.DataFrame, usual: Units, today: pd.Timestamp) -> Money:
    """By how much a unit's price is higher at each line's next order than today, money per unit, (lines,).

    `tiers`, `lines` (with fallback and review) and `usual` as in `purchase_options`. A line whose offer
    lapses is bought from its fallback then: at 5.00 today and 5.60 from the fallback the rise is 0.60. Where
    nobody else offers it, it is infinite: a unit is worth buying ahead as far as it is worth buying.
    """
    then = tiers.iloc[usual]
    landed = then["landed_cost"].to_numpy(np.float64)
    changes = price_changes(then, lines, today)
    next_cost = np.where(changes, then["next_price_landed"].to_numpy(np.float64), landed)
    other = lines["fallback"].to_numpy(np.int64)
    from_other = np.where(other >= 0, next_cost[other], np.inf)
    cost = np.where(np.isnan(next_cost), np.nan_to_num(from_other, nan=np.inf), next_cost)
    rise: Money = cost - landed
    return rise


def price_changes(usual: pd.DataFrame, lines: pd.DataFrame, today: pd.Timestamp) -> NDArray[np.bool_]:
    """Which lines, given their `usual` tiers, ask another price or nothing at all at their next order."""
    next_order = today + pd.to_timedelta(lines["review"].to_numpy(), unit="D")
    return np.asarray(usual["next_price_from"] <= next_order, dtype=np.bool_)
