"""Redirects as proposals: one a purchase order and way, from where it was to arrive to where it should."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from workbench.agents.allocation.redirects import Redirects
from workbench.agents.allocation.standing import Money, prices_on
from workbench.agents.allocation.verdict import (
    HALF_REDIRECTED,
    MOVED_LATER,
    Record,
    Today,
    Verdict,
    count,
    served_sentence,
    without,
)
from workbench.optimize.transfers import Sent

TOLD = 3  # lines that are told one by one


@dataclass(frozen=True)
class Redirect:
    """One proposal in the making: `part` and in the same order `lines`; `later` as in `Redirects`."""

    trip: pd.Series[Any]
    part: Sent
    lines: pd.DataFrame
    later: Money
    fixed: float

    @property
    def verdict(self) -> Verdict:
        """Costs of redirecting all, half and nothing, and of moving the units once they have arrived."""
        given, units = self.part.given, self.part.units
        others = {HALF_REDIRECTED: given.costs(units // 2).sum(axis=0) + self.fixed}
        if pd.notna(self.trip["days"]):
            others[MOVED_LATER] = self.later.sum(axis=0) + float(self.trip["cost_per_move"])
        return Verdict(
            chosen=given.costs(units).sum(axis=0) + self.fixed,
            nothing=given.costs(np.zeros_like(units)).sum(axis=0),
            others=others,
        )


def redirect_proposals(redirects: Redirects, prices: pd.DataFrame, today: Today) -> Iterator[Record]:
    """One record a purchase order and way, its lines on doubtful SKUs apart; each bears the cost an order."""
    rules = today.policy.allocation
    # a unit's cost as the worth of a sale takes it
    unit_cost = rules.unit_cost_share * prices_on(prices, today.day).groupby("sku")["price"].mean()
    for number, trip in redirects.trips.iterrows():
        rows = redirects.sent.given.lane == number
        lines = redirects.lines[rows].reset_index(drop=True)
        lines = lines.assign(landed_cost=lines["sku"].map(unit_cost).fillna(0.0).round(4))
        part = redirects.sent.some(rows)
        redirect = Redirect(trip, part, lines, redirects.later[rows], rules.redirect_cost_per_order)
        yield _record(redirect, today)


def _record(redirect: Redirect, today: Today) -> Record:
    lines, trip, verdict = _lines(redirect), redirect.trip, redirect.verdict
    origin, target = trip["from_warehouse"], trip["to_warehouse"]
    order = f"{trip['reference']}-{origin}-{target}"
    of = lines["sku"].iloc[0] if len(lines) == 1 else count(len(lines), "SKU")
    units, days = int(redirect.part.units.sum()), today.policy.allocation.cover_days
    lost, around = (
        float(units.mean(axis=1).sum())
        for units in (redirect.part.given.lacking, redirect.part.given.elsewhere)
    )
    return {
        **verdict.common(today.policy.allocation.tolerance),
        "kind": "redirect",
        "subject": today.checked(f"RD-{order}", doubtful=bool(trip["doubtful"])),
        "title": (
            f"Have {units:,} units of {of} on order {trip['reference']} arrive at {target} instead of "
            f"{origin}, from {lines['expected_on'].min()} on."
        ),
        "skus": sorted(lines["sku"]),
        "quantity": float(units),
        "value": round(float(lines["value"].sum()), 2),
        "reason": "needed_elsewhere",
        "if_nothing": (
            f"The order arrives at {origin} as planned. {target} is expected to lack {lost + around:,.0f} "
            f"units of these SKUs in the {days} days from then on: {lost:,.0f} are lost, {around:,.0f} leave "
            f"from elsewhere. That costs {today.money(verdict.nothing.mean())}; this saves "
            f"{today.money(verdict.gain)} of it, its own cost taken off."
        ),
        "evidence": _evidence(redirect, today),
        "lines": lines.to_dict("records"),
    }


def _lines(redirect: Redirect) -> pd.DataFrame:
    given, units, lines = redirect.part.given, redirect.part.units, redirect.lines
    table = pd.DataFrame(
        {
            "purchase_order_id": lines["reference"],
            "sku": lines["sku"],
            "supplier": lines["supplier"],
            "from_warehouse": lines["from_warehouse"],
            "to_warehouse": lines["to_warehouse"],
            "quantity": units,
            "on_order": lines["quantity"],
            "order_multiple": lines["order_multiple"],
            "expected_on": lines["promised_on"].dt.strftime("%Y-%m-%d"),
            "landed_cost": lines["landed_cost"],
            "value": units * lines["landed_cost"],
            "cost": (given.cost * units).round(2),
            "gain": given.gain(units).round(2),
            **without(given.lacking + given.elsewhere, given.costs(np.zeros_like(units))),
        }
    )
    return table.sort_values("sku", ignore_index=True)


def _evidence(redirect: Redirect, today: Today) -> list[str]:
    given, units, lines, trip = redirect.part.given, redirect.part.units, redirect.lines, redirect.trip
    spare, lost, around = (values.mean(axis=1) for values in (given.spare, given.lacking, given.elsewhere))
    rules, origin, target = today.policy.allocation, trip["from_warehouse"], trip["to_warehouse"]
    told = [
        f"{lines['sku'].iloc[row]}: {lines['quantity'].iloc[row]:,} are on order for {origin}, in packs of "
        f"{lines['order_multiple'].iloc[row]:,}, due in {count(int(lines['due'].iloc[row]), 'day')}; "
        f"{spare[row]:,.0f} units expected to be spare there, {lost[row] + around[row]:,.0f} lacking at "
        f"{target}, of which {around[row]:,.0f} would leave from elsewhere; {units[row]:,} are redirected."
        for row in np.argsort(-given.gain(units), kind="stable")[:TOLD].tolist()
    ]
    later = (
        f"The lane from {origin} to {target} would take {count(int(trip['days']), 'day')} more and "
        f"{today.price(trip['cost_per_unit'])}, {today.money(trip['cost_per_move'])} for the move."
        if pd.notna(trip["days"])
        else f"No lane leads from {origin} to {target}."
    )
    return [
        *told,
        f"A redirect costs {today.money(rules.redirect_cost_per_order)} an order and "
        f"{today.price(rules.redirect_cost_per_unit)}, and the supplier can make it until "
        f"{count(rules.redirect_notice_days, 'day')} before it is due.",
        later,
        served_sentence(lines["assumed"], today),
        f"Judged over the {rules.cover_days} days from the arrival on, with everything else that is dated "
        "arriving where it is planned; transfers of this plan count on it.",
    ]
