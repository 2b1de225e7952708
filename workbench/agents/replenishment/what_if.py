"""What would happen if: a budget, the policy, a supplier's lead time or a duty were another.

Answers for all SKUs while somebody moves a slider, to the last bit as a plan of that day would be: demand is
not drawn anew, stock is run down anew only for the items of suppliers whose lead time changes, the curve of
gains is made anew only for lines that meet something else, and prices are put on what has been met before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from workbench.agents.replenishment.choosing import Chosen, choose_orders
from workbench.agents.replenishment.market import (
    Market,
    Suppliers,
    covered_chance,
    curve_of,
    lines_of,
    market_of,
)
from workbench.agents.replenishment.runout import RunOut
from workbench.agents.replenishment.situation import Situation, met_by
from workbench.formulas.lot_sizes import Units
from workbench.policy import ReplenishmentPolicy


@dataclass(frozen=True)
class Change:
    """What is another; what is not named stays.

    `budget`: money; `rules`: targets and prices of risk, but for review days and what is lost; `later`: days
    by which a supplier delivers later (below 0: sooner); `duty_rate`: of all that a supplier sends, fraction
    of the unit cost, without a change ahead.
    """

    budget: float | None = None
    rules: ReplenishmentPolicy | None = None
    later: Mapping[str, int] = field(default_factory=dict)
    duty_rate: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """What would be ordered, and its figures by supplier (`figures_of`)."""

    chosen: Chosen
    figures: pd.DataFrame


def answer(market: Market, chosen: Chosen) -> Answer:
    """The orders chosen in a market, with their figures."""
    return Answer(chosen, figures_of(market, chosen))


def what_if(situation: Situation, rules: ReplenishmentPolicy, change: Change) -> Answer:
    """The orders as they would be; `rules` are those that the situation was made with.

    Free room is taken to stay as it is, and what is on order to arrive as before.
    """
    market, rules = situation.market, change.rules or rules
    if market is None:
        raise ValueError("nothing is offered in this situation: there is nothing to try")
    vendors = _later(situation.vendors, change.later)
    offers = with_duty(situation.landed_offers, change.duty_rate)
    lines, tiers = lines_of(offers, situation.items, vendors, rules)
    run, affected = _met(situation, market, lines, vendors, rules)
    curve = market.curve.replaced(affected, curve_of(run.exposure.take(affected), lines.iloc[affected]))
    lead_times = vendors.lead_times[lines["position"]]
    changed = market_of(lines, tiers, lead_times, run, rules, situation.day, curve)
    budget = situation.limits.budget if change.budget is None else change.budget
    return answer(changed, choose_orders(changed, replace(situation.limits, budget=budget)))


def with_duty(landed_offers: pd.DataFrame, duty_rate: Mapping[str, float]) -> pd.DataFrame:
    """The offers at other duties by supplier, fractions of the unit cost, without a change ahead.

    4.40 at unit cost with 10 % duty and 0.50 freight lands at 5.34; at 20 % it lands at 5.78.
    """
    duty = landed_offers["supplier"].map(dict(duty_rate)).astype("float64")
    dearer = landed_offers["unit_cost_base"] * (duty - landed_offers["duty_rate"])
    return landed_offers.assign(
        duty_rate=duty.fillna(landed_offers["duty_rate"]),
        landed_cost=landed_offers["landed_cost"] + dearer.fillna(0.0),
        next_price_landed=landed_offers["next_price_landed"] + dearer.fillna(0.0),
        next_duty_rate=landed_offers["next_duty_rate"].where(duty.isna()),
        next_duty_from=landed_offers["next_duty_from"].where(duty.isna()),
        next_landed_cost=landed_offers["next_landed_cost"].where(duty.isna()),
    )


def figures_of(market: Market, chosen: Chosen) -> pd.DataFrame:
    """By supplier, sorted, and in all (`all suppliers`, the last row): what today's orders cost and bring.

    `lines` (that may be ordered), `orders` (lines ordered), `spend` (landed), `gain` and `cost` (expected,
    money; cost is what a shortage would cost less the gain), `fill_rate` (expected share of a review period's
    demand that is met) and `cover_days` (of demand, that stock on arrival and the order last).
    """
    lines, orders = market.lines, chosen.orders
    line = orders["line"].to_numpy(np.int64)
    units, gain, spend = (np.zeros(len(lines)) for _ in range(3))
    tier, ordered = orders["tier"].to_numpy(np.int64), orders["units"].to_numpy(np.int64)
    units[line], spend[line] = ordered, orders["value"]
    # by margin and penalty whatever the orders aim at, so that two answers compare
    gain[line] = market.curve.gain(line, ordered, market.worth.take(tier))
    met = market.run.exposure
    short = np.maximum(met.need - units[:, None].astype(np.float32), 0).mean(axis=1, dtype=np.float64)
    lost = market.worth.short[market.usual] * met.need.mean(axis=1, dtype=np.float64)
    rate = lines["rate"].to_numpy(float)
    table = pd.DataFrame(
        {
            "supplier": lines["supplier"],
            "lines": 1,
            "orders": (units > 0).astype(np.int64),
            "spend": spend,
            "gain": gain,
            "cost": lost - gain,
            "short": short,
            "wanted": rate * lines["review"].to_numpy(float),
            "there": market.run.on_arrival + units,
            "rate": rate,
        }
    )[(lines["role"] == "main").to_numpy() | (units > 0)]
    sums = table.groupby("supplier", sort=True).sum()
    sums.loc["all suppliers"] = sums.sum()
    return sums.assign(
        fill_rate=(1 - sums["short"] / sums["wanted"].clip(lower=1e-9)).clip(lower=0),
        cover_days=sums["there"] / sums["rate"].clip(lower=1e-9),
    )[["lines", "orders", "spend", "gain", "cost", "fill_rate", "cover_days"]]


def _later(vendors: Suppliers, later: Mapping[str, int]) -> Suppliers:
    """Suppliers that deliver so many days later, but never before today."""
    days = vendors.table["supplier"].map(dict(later)).fillna(0).to_numpy(np.int64)
    moved = (np.maximum(draws + days[:, None], 0) for draws in (vendors.lead_times, vendors.next_arrivals))
    return Suppliers(vendors.table, *moved)


def _met(
    situation: Situation,
    market: Market,
    lines: pd.DataFrame,
    vendors: Suppliers,
    rules: ReplenishmentPolicy,
) -> tuple[RunOut, Units]:
    """What the lines meet, and the lines whose orders may meet something else than in the market."""
    before, sourced = situation.vendors, ["role", "fallback"]
    later = (vendors.lead_times != before.lead_times) | (vendors.next_arrivals != before.next_arrivals)
    moved = later.any(axis=1)[lines["position"]] | (lines[sourced] != market.lines[sourced]).any(axis=1)
    items = np.unique(lines["item"].to_numpy(np.int64)[moved])
    again = np.flatnonzero(lines["item"].isin(items))
    run = market.run
    if len(again):
        part = lines.iloc[again].reset_index(drop=True)
        fallback = part["fallback"].to_numpy(np.int64)
        part = part.assign(
            item=np.searchsorted(items, part["item"]),
            fallback=np.where(fallback >= 0, np.searchsorted(again, fallback), -1),
        )
        met = met_by(
            situation.wanted.of(items),
            situation.items.iloc[items].reset_index(drop=True),
            situation.arrivals.of(items),
            part,
            vendors,
            rules,
        )
        run = run.replaced(again, met)
    run = run.aiming(covered_chance(lines, rules), rules.lost_share)
    aimed = (run.exposure.wanted_after != market.run.exposure.wanted_after)[:, 0]
    days = ["obsolete_days", "forward_days"]
    aged = (lines[days] != market.lines[days]).any(axis=1).to_numpy(bool)
    return run, np.union1d(again, np.flatnonzero(aimed | aged))
