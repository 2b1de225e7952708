"""What can be bought today: suppliers with their calendar and lead times, lines with their offers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.agents.replenishment.runout import RunOut
from workbench.errors import TableError
from workbench.formulas.gain_curve import GainCurve, gain_curve
from workbench.formulas.lead_times import deliveries, lead_time_paths, next_arrivals
from workbench.formulas.lot_sizes import Units
from workbench.formulas.order_cost import Economics, Exposure, Floats, Money, order_cost
from workbench.formulas.order_days import order_days
from workbench.formulas.stock import WHERE
from workbench.optimize.next_prices import price_rise
from workbench.optimize.purchase_options import (
    economics,
    holding_cost,
    later_costs,
    shortage_cost,
    usual_tiers,
)
from workbench.optimize.service_targets import with_targets
from workbench.optimize.supplier_choice import late_days, roles
from workbench.policy import ReplenishmentPolicy


@dataclass(frozen=True)
class Suppliers:
    """Suppliers by name, with takes_orders, review, delivered and of_country (counts: its own deliveries and
    those of the others of its country).

    Days from today until an order of today arrives, and until the first of all later ones does, (suppliers,
    paths) each.
    """

    table: pd.DataFrame
    lead_times: NDArray[np.int64]
    next_arrivals: NDArray[np.int64]


@dataclass(frozen=True)
class Market:
    """Lines and their price tiers as in `optimize.purchase_options`, and what they meet, gain and cost.

    `usual` is the row of the tier that a line's orders reach, (lines,). `worth` are the economics by margin
    and penalty; they differ from `money` where orders aim at a service target.
    """

    lines: pd.DataFrame
    tiers: pd.DataFrame
    lead_times: NDArray[np.int64]
    run: RunOut
    curve: GainCurve
    money: Economics
    usual: Units
    worth: Economics

    def cost(self, line: Units, tier: Units, units: Units) -> Floats:
        """Cost of ordering `units` of lines, by path, against meeting their need at the usual price.

        Shape (lines, paths), money. Comparable over tiers: what a tier saves on a unit that is needed counts.
        """
        met, money = self.run.exposure.take(line), self.money.take(tier)
        at_usual = self.money.take(self.usual[line]).short - money.short
        cost: Floats = order_cost(units, met, money) + at_usual.astype(np.float32)[:, None] * met.need
        return cost

    def more_from_fallback(self, line: Units, tier: Units, units: Units, ordered: Units) -> Money:
        """What it costs more to buy `units` of lines from their fallback; 0 where there is none.

        Shape (lines, paths), money: the price differs for every unit, and the need is met from another day
        of arrival on. Where the fallback is among the lines `ordered` anyway, an earlier day gains nothing.
        """
        other = self.lines["fallback"].to_numpy(np.int64)[line]
        landed = self.tiers["landed_cost"].to_numpy(float)
        dearer = landed[self.usual[other]] - landed[tier]
        met = np.minimum(units[:, None], self.run.exposure.need[line])
        before, before_other = self.run.short_before[line], self.run.short_before[other]
        served = np.isin(other, ordered)[:, None]
        before_other = np.where(served, np.maximum(before, before_other), before_other)
        open_then = np.maximum(self.run.short_end[line] - before_other, 0)
        short = self.money.short[self.usual[line]][:, None]
        more: Money = (dearer * units)[:, None] + short * (met - np.minimum(units[:, None], open_then))
        return np.where((other >= 0)[:, None], more, 0.0)


def suppliers_of(
    suppliers: pd.DataFrame,
    receipts: pd.DataFrame,
    rules: ReplenishmentPolicy,
    *,
    day: date,
    paths: int,
    seed: int,
) -> Suppliers:
    """The suppliers, sorted, with what their receipts say of their lead times."""
    table = suppliers.sort_values("supplier", ignore_index=True)
    delivered = deliveries(receipts, newest=rules.lead_time_receipts)
    counts = table["supplier"].map(delivered["supplier"].value_counts()).fillna(0).astype("int64")
    of_country = counts.groupby(table["country"]).transform("sum") - counts
    calendar = order_days(table, day=day, review_days=rules.review_days)
    lead_times = lead_time_paths(
        delivered,
        table,
        paths=paths,
        weight=rules.lead_time_weight,
        country_weight=rules.lead_time_country_weight,
        spread=rules.lead_time_spread,
        seed=seed,
    )
    review = calendar["review"].to_numpy(np.int64)
    after = next_arrivals(lead_times, review, table["supplier"].tolist(), seed=seed)
    return Suppliers(table.assign(delivered=counts, of_country=of_country, **calendar), lead_times, after)


def lines_of(
    landed_offers: pd.DataFrame, items: pd.DataFrame, suppliers: Suppliers, rules: ReplenishmentPolicy
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Lines (sorted by item and supplier) of what the items are offered, and their price tiers.

    Raises TableError for an offer of a supplier that is in no table.
    """
    place = items.reset_index(names="item")[[*WHERE, "item", "price", "volume_m3", "rate", "sold_days"]]
    offered = landed_offers.merge(place, on=WHERE, how="inner", validate="many_to_one")
    offered = offered.sort_values(["item", "supplier", "tier_from"], ignore_index=True)
    key = ["item", "supplier"]
    offered["line"] = offered.groupby(key, sort=True).ngroup()
    lines = offered.drop_duplicates("line").reset_index(drop=True)
    position = pd.Index(suppliers.table["supplier"]).get_indexer(pd.Index(lines["supplier"]))
    if (position < 0).any():
        unknown = lines.loc[position < 0, "supplier"].iloc[0]
        raise TableError(
            "landed_offers", f"supplier {unknown}", "supplier", unknown, "add it to the table suppliers"
        )
    # a product without a price is taken to earn the policy's margin on what it costs
    made_up = lines["landed_cost"] / (1 - rules.default_margin)
    of_supplier = suppliers.table[["takes_orders", "review"]].iloc[position].reset_index(drop=True)
    lines = lines[[*key, *WHERE, "volume_m3", "rate", "sold_days"]].assign(
        position=position, price=lines["price"].fillna(made_up), **of_supplier
    )
    return _sourced(lines, offered, suppliers, rules), offered


def _sourced(
    lines: pd.DataFrame, tiers: pd.DataFrame, suppliers: Suppliers, rules: ReplenishmentPolicy
) -> pd.DataFrame:
    """The lines with `usual` (row of the tier), its landed_cost, `shortage` (money per unit short),
    `obsolete_days` and `forward_days` (from the end of an order's review period until what is left is written
    off, and until which it is bought ahead), and their role, fallback and premium."""
    usual = usual_tiers(tiers, lines, rules)
    landed: Money = tiers["landed_cost"].to_numpy(float)[usual]
    position = lines["position"].to_numpy(np.int64)
    risk = holding_cost(landed, rules) * late_days(suppliers.lead_times)[position]
    lead_time = suppliers.lead_times.mean(axis=1)[position]
    compared = lines.assign(cost=landed + risk, lead_time=lead_time)
    # off sale nothing sells: what is left then is written off
    on_sale = lines["sold_days"] - lead_time - lines["review"]
    ends = {
        "obsolete_days": on_sale.clip(0.0, float(rules.obsolete_days)),
        "forward_days": on_sale.clip(0.0, float(rules.forward_buy_days)),
    }
    short = shortage_cost(lines["price"].to_numpy(float), landed, rules)
    return lines.assign(usual=usual, landed_cost=landed, shortage=short, **ends, **roles(compared))


def covered_chance(lines: pd.DataFrame, rules: ReplenishmentPolicy) -> Money:
    """The chance (lines,) of meeting all demand of a review period that pays, were its end the end of all."""
    held = holding_cost(lines["landed_cost"].to_numpy(float), rules) * lines["review"].to_numpy(float)
    short = lines["shortage"].to_numpy(float)
    ratio: Money = short / np.maximum(short + held, 1e-9)
    return ratio


def not_saved(lines: pd.DataFrame, run: RunOut, rules: ReplenishmentPolicy) -> Money:
    """What a unit left over spares the next order less than its price, money, (lines,).

    So much likelier it is held for another review period and keeps nothing from being short.
    """
    held = holding_cost(lines["landed_cost"].to_numpy(float), rules) * lines["review"].to_numpy(float)
    missed: Money = run.left_again * (lines["shortage"].to_numpy(float) + held)
    return missed


def market_of(
    lines: pd.DataFrame,
    tiers: pd.DataFrame,
    lead_times: NDArray[np.int64],
    run: RunOut,
    rules: ReplenishmentPolicy,
    day: date,
    curve: GainCurve | None = None,
) -> Market:
    """The lines with the economics of every tier; `curve` where it is known from the same `run` and days."""
    usual = lines["usual"].to_numpy(np.int64)
    today = pd.Timestamp(day)
    later = later_costs(tiers, lines, usual, today)
    later += (price_rise(tiers, lines, usual, today) - not_saved(lines, run, rules))[tiers["line"]]
    curve = curve or curve_of(run.exposure, lines)
    worth = economics(tiers, lines, rules, later)
    money = with_targets(tiers, lines, curve, worth, run.demand_covered, rules)
    return Market(lines, tiers, lead_times, run, curve, money, usual, worth)


def curve_of(exposure: Exposure, lines: pd.DataFrame) -> GainCurve:
    """The gain curve of lines under their days."""
    return gain_curve(exposure, *(lines[days].to_numpy(float) for days in ("obsolete_days", "forward_days")))
