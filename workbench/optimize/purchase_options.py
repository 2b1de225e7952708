"""The quantities that each line could order, with what they cost and are expected to gain.

A line is what one warehouse could buy of one SKU from one supplier today. `lines` has a row a line (supplier,
warehouse, price, volume_m3, takes_orders, premium; review, obsolete_days and forward_days, in days); `tiers`
has a row a line and price tier (`line`: row of `lines`; else the columns of the table landed_offers), sorted
by both.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.formulas.gain_curve import GainCurve, best_units
from workbench.formulas.lot_sizes import Units, lot_size, tier_at, whole_packs
from workbench.formulas.order_cost import Economics, Money
from workbench.policy import ReplenishmentPolicy

NO_END = 2**40  # units; above every order


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
    return Economics(
        short=short,
        holding=holding_cost(landed, rules),
        review=of_line["review"].to_numpy(float),
        # nobody buys ahead what would not be worth buying later
        rise=np.minimum(later_cost - landed, short),
        forward_days=of_line["forward_days"].to_numpy(float),
        obsolete_days=of_line["obsolete_days"].to_numpy(float),
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
    tiers: pd.DataFrame, curve: GainCurve, money: Economics, rows: Units, price: Money | None = None
) -> pd.DataFrame:
    """The best quantity at the price of each of the tiers `rows`, in whole packs, as from `options_of`.

    `price` (rows,), money per unit, is what a unit has to earn beside. A tier whose range holds no whole pack
    is left out.
    """
    line, pack, of_rows, least, most = _packs(tiers, curve, money, rows)
    price = np.zeros(len(rows)) if price is None else price
    units = best_units(curve, line, of_rows, price, (pack, least, most))
    fits = np.flatnonzero(least <= most)
    return options_of(tiers, curve, money, rows[fits], units[fits])


def a_pack_off(
    tiers: pd.DataFrame, curve: GainCurve, money: Economics, options: pd.DataFrame
) -> pd.DataFrame:
    """The quantities one pack below and above those of `options` that keep to the range of their tier."""
    rows = options["tier"].to_numpy(np.int64)
    _, pack, _, least, most = _packs(tiers, curve, money, rows)
    units = options["units"].to_numpy(np.int64)
    off = [np.flatnonzero(units > least * pack), np.flatnonzero(units < most * pack)]
    moved = np.concatenate([units[off[0]] - pack[off[0]], units[off[1]] + pack[off[1]]])
    return options_of(tiers, curve, money, rows[np.concatenate(off)], moved)


def further_options(
    tiers: pd.DataFrame, curve: GainCurve, money: Economics, best: pd.DataFrame, shares: Money
) -> pd.DataFrame:
    """Such shares of the quantities in `best` (one option a line), in whole packs at their prices."""
    line = np.repeat(best["line"].to_numpy(np.int64), len(shares))
    asked = np.outer(best["units"].to_numpy(float), shares).ravel()
    tier = tier_at(np.ceil(asked), line, tiers["line"], tiers["tier_from"])
    of_tier = tiers.iloc[tier]
    units = lot_size(asked, of_tier["minimum_order_quantity"], of_tier["order_multiple"])
    # rounded up, the quantity may have reached the next price
    tier = tier_at(units, line, tiers["line"], tiers["tier_from"])
    ladder = pd.DataFrame({"tier": tier, "units": units}).drop_duplicates()
    lowest, highest = _range(tiers)
    kept = ladder[ladder["units"].between(lowest[ladder["tier"]], highest[ladder["tier"]])]
    return options_of(tiers, curve, money, kept["tier"].to_numpy(np.int64), kept["units"].to_numpy(np.int64))


def options_of(
    tiers: pd.DataFrame, curve: GainCurve, money: Economics, tier: Units, units: Units
) -> pd.DataFrame:
    """A row an option: line, `units` at the price of row `tier` of the tiers, and their expected gain."""
    line = tiers["line"].to_numpy(np.int64)[tier]
    gain = curve.gain(line, units, money.take(tier))
    return pd.DataFrame({"line": line, "tier": tier, "units": units, "gain": gain})


def with_terms(options: pd.DataFrame, tiers: pd.DataFrame, lines: pd.DataFrame) -> pd.DataFrame:
    """The options with what the limits of a joint choice ask for."""
    line, tier = options["line"].to_numpy(np.int64), options["tier"].to_numpy(np.int64)
    units = options["units"].to_numpy(np.int64)
    return options.assign(
        supplier=lines["supplier"].to_numpy()[line],
        group=tiers["minimum_group"].to_numpy()[tier],
        warehouse=lines["warehouse"].to_numpy()[line],
        value=units * tiers["landed_cost"].to_numpy(float)[tier],
        order_value=units * tiers["unit_cost_base"].to_numpy(float)[tier],
        volume_m3=units * lines["volume_m3"].to_numpy(float)[line],
    )


def _packs(
    tiers: pd.DataFrame, curve: GainCurve, money: Economics, rows: Units
) -> tuple[Units, Units, Economics, Units, Units]:
    """Line, units of a pack, economics, least and most packs of each of the tiers `rows`.

    Beyond what sells before it is written off in every world a tier goes no further than its least quantity.
    """
    lowest, highest = _range(tiers)
    line = tiers["line"].to_numpy(np.int64)[rows]
    pack = tiers["order_multiple"].to_numpy(np.int64)[rows]
    outlives = lot_size(curve.most[line], 1, pack)
    most = np.minimum(highest[rows], np.maximum(lowest[rows], outlives))
    return line, pack, money.take(rows), lowest[rows] // pack, most // pack


def _range(tiers: pd.DataFrame) -> tuple[Units, Units]:
    """Least and most units that are charged at each tier's price."""
    line, tier_from = tiers["line"].to_numpy(), tiers["tier_from"].to_numpy(np.int64)
    next_from = np.append(tier_from[1:], NO_END)
    next_from[np.append(line[1:] != line[:-1], True)] = NO_END
    multiple = tiers["order_multiple"].to_numpy(np.int64)
    lowest = lot_size(np.maximum(tier_from, tiers["minimum_order_quantity"]), 1, multiple)
    return lowest, whole_packs(next_from - 1, multiple)
