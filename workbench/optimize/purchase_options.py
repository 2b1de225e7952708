"""The quantities that each line could order, with what they cost and are expected to gain.

A line is what one warehouse could buy of one SKU from one supplier today. `lines` has a row a line (supplier,
warehouse, price, volume_m3, review in days, takes_orders, premium); `tiers` has a row a line and price tier
(`line`: row of `lines`; else the columns of the table landed_offers), sorted by both.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.formulas.lot_sizes import Units, lot_size, tier_at, whole_packs
from workbench.formulas.order_cost import Economics, Exposure, Money, best_quantity, expected_gain
from workbench.policy import ReplenishmentPolicy

NO_END = 2**40  # units; above every order
FEWER = np.arange(1, 8) / 8  # of the best quantity, offered where a limit may bind
MORE = np.array([1, 2, 4, 8])  # review periods of demand, pulled forward to reach a supplier's minimum


def holding_cost(landed_cost: Money, rules: ReplenishmentPolicy) -> Money:
    """Money per unit and day: at 0.25 a year, a unit of 36.50 costs 0.025 a day.

    >>> holding_cost(np.array([36.5]), ReplenishmentPolicy(holding_rate=0.25)).round(6).tolist()
    [0.025]
    """
    return landed_cost * rules.holding_rate / 365


def shortage_cost(price: Money, landed_cost: Money, rules: ReplenishmentPolicy) -> Money:
    """Money per unit short: the margin for the share that is lost, and the penalty for every unit.

    Sold at 10, landed at 6, all of it lost, a penalty of half the margin: 4 × (1 + 0.5) = 6.

    >>> rules = ReplenishmentPolicy(lost_share=1, stockout_penalty=0.5)
    >>> shortage_cost(np.array([10.0]), np.array([6.0]), rules).tolist()
    [6.0]
    """
    return np.maximum(price - landed_cost, 0) * (rules.lost_share + rules.stockout_penalty)


def economics(
    tiers: pd.DataFrame, lines: pd.DataFrame, rules: ReplenishmentPolicy, later_cost: Money
) -> Economics:
    """What the units of every tier cost and bring; `later_cost` is their landed cost at the next order."""
    of_line = lines.iloc[tiers["line"]]
    landed = tiers["landed_cost"].to_numpy(float)
    short = shortage_cost(of_line["price"].to_numpy(float), landed, rules)
    short = np.minimum(short, of_line["premium"].to_numpy(float))
    same = np.ones(len(tiers))
    return Economics(
        short=short,
        holding=holding_cost(landed, rules),
        review=of_line["review"].to_numpy(float),
        # nobody buys ahead what would not be worth buying later
        rise=np.minimum(later_cost - landed, short),
        forward_days=same * rules.forward_buy_days,
        obsolete_days=same * rules.obsolete_days,
        write_off=landed * rules.obsolete_loss,
    )


def usual_tiers(tiers: pd.DataFrame, lines: pd.DataFrame, rules: ReplenishmentPolicy) -> Units:
    """Row of the tier at which each line is bought most cheaply time after time, from its `rate` a day.

    A unit costs its landed cost, half a lot's time in stock, and its share of what a lot outlives. Source:
    all-units discounts without a fixed cost (Snyder & Shen, section 3.4.1). At 10 a day, 5.00 for any
    quantity or 4.00 from 90: 90 last 9 days, which costs a cent or two of holding, and pay.
    """
    of_line = lines.iloc[tiers["line"]]
    rate = np.maximum(of_line["rate"].to_numpy(float), 1e-9)
    least = np.maximum(tiers["tier_from"], tiers["minimum_order_quantity"])
    lot = lot_size(rate * of_line["review"].to_numpy(float), least, tiers["order_multiple"])
    landed, lasts = tiers["landed_cost"].to_numpy(float), lot / rate
    outlived = np.maximum(1 - rules.obsolete_days / lasts, 0)
    waits = np.minimum(lasts, rules.obsolete_days) / 2
    cost = landed * (1 + rules.obsolete_loss * outlived) + holding_cost(landed, rules) * waits
    return pd.Series(cost, index=tiers.index).groupby(tiers["line"], sort=True).idxmin().to_numpy(np.int64)


def later_costs(tiers: pd.DataFrame, lines: pd.DataFrame, usual: Units, today: pd.Timestamp) -> Money:
    """Landed cost of a unit at each line's next order, at its usual tier, by tier (money per unit).

    A duty that changes on or before the day of that order counts; one that changes later does not yet.
    """
    then = tiers.iloc[usual]
    next_order = today + pd.to_timedelta(lines["review"].to_numpy(), unit="D")
    changed = (then["next_duty_from"] <= next_order).to_numpy()
    cost = np.where(changed, then["next_landed_cost"], then["landed_cost"]).astype(np.float64)
    by_tier: Money = cost[tiers["line"]]
    return by_tier


def best_options(
    tiers: pd.DataFrame, lines: pd.DataFrame, exposure: Exposure, money: Economics
) -> pd.DataFrame:
    """The best quantity at every tier's price; a tier whose range holds no whole pack is left out."""
    worlds = exposure.take(tiers["line"].to_numpy(np.int64))
    best = best_quantity(tiers["order_multiple"].to_numpy(np.int64), worlds, money)
    lowest, highest = _range(tiers)
    units = np.minimum(np.maximum(best, lowest), highest)
    fits = np.flatnonzero(units >= lowest)
    return options_of(tiers, lines, exposure, money, fits, units[fits])


def further_options(
    tiers: pd.DataFrame,
    lines: pd.DataFrame,
    exposure: Exposure,
    money: Economics,
    best: pd.DataFrame,
    fill: NDArray[np.bool_],
) -> pd.DataFrame:
    """Smaller quantities of the lines in `best` (one option a line), and larger ones of the lines to `fill`.

    Larger ones are offered for every line to fill, wanted or not: together they may lift a supplier to its
    minimum.
    """
    wanted = np.zeros(len(lines))
    wanted[best["line"]] = best["units"]
    per_review = exposure.rate.mean(axis=1) * lines["review"].to_numpy(float)
    more = np.where(fill[:, None], wanted[:, None] + per_review[:, None] * MORE, 0)
    targets = np.hstack([wanted[:, None] * FEWER, more])
    line, _ = np.nonzero(targets > 0)
    asked = targets[targets > 0]
    tier = tier_at(np.ceil(asked), line, tiers["line"], tiers["tier_from"])
    of_tier = tiers.iloc[tier]
    units = lot_size(asked, of_tier["minimum_order_quantity"], of_tier["order_multiple"])
    # rounded up, the quantity may have reached the next price
    tier = tier_at(units, line, tiers["line"], tiers["tier_from"])
    ladder = pd.DataFrame({"tier": tier, "units": units}).drop_duplicates()
    lowest, highest = _range(tiers)
    kept = ladder[ladder["units"].between(lowest[ladder["tier"]], highest[ladder["tier"]])]
    return options_of(
        tiers, lines, exposure, money, kept["tier"].to_numpy(np.int64), kept["units"].to_numpy(np.int64)
    )


def options_of(
    tiers: pd.DataFrame,
    lines: pd.DataFrame,
    exposure: Exposure,
    money: Economics,
    tier: Units,
    units: Units,
) -> pd.DataFrame:
    """A row an option, as the joint choice takes them: `units` at the price of row `tier` of the tiers."""
    chosen = tiers.iloc[tier]
    line = chosen["line"].to_numpy(np.int64)
    of_line = lines.iloc[line]
    return pd.DataFrame(
        {
            "line": line,
            "tier": tier,
            "supplier": of_line["supplier"].to_numpy(),
            "warehouse": of_line["warehouse"].to_numpy(),
            "units": units,
            "value": units * chosen["landed_cost"].to_numpy(float),
            "order_value": units * chosen["unit_cost_base"].to_numpy(float),
            "volume_m3": units * of_line["volume_m3"].to_numpy(float),
            "gain": expected_gain(units, exposure.take(line), money.take(tier)),
        }
    )


def _range(tiers: pd.DataFrame) -> tuple[Units, Units]:
    """Least and most units that are charged at each tier's price."""
    line, tier_from = tiers["line"].to_numpy(), tiers["tier_from"].to_numpy(np.int64)
    next_from = np.append(tier_from[1:], NO_END)
    next_from[np.append(line[1:] != line[:-1], True)] = NO_END
    multiple = tiers["order_multiple"].to_numpy(np.int64)
    lowest = lot_size(np.maximum(tier_from, tiers["minimum_order_quantity"]), 1, multiple)
    return lowest, whole_packs(next_from - 1, multiple)
