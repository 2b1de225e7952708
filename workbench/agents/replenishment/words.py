"""The sentences of a purchase order: what, why, what if not, and what it rests on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.agents.replenishment.report import Report
from workbench.tables import WITHOUT_ORDER, quantile_column

SPAN = tuple(quantile_column(probability) for probability in WITHOUT_ORDER)
TOLD = 3  # lines, and orders on the way, that are told one by one


def title(report: Report, supplier: pd.Series[Any]) -> str:
    """The action in a sentence."""
    lines = report.lines
    return (
        f"Order {lines['quantity'].sum():,} units of {_count(lines['sku'].nunique(), 'SKU')} from "
        f"{supplier['name']} ({supplier['supplier']}) for {report.money(lines['value'].sum())}."
    )


def reason(report: Report) -> str:
    """Short code of what made the order what it is."""
    duty, bound = report.usual[report.figures["duty_changes"]], set(report.rows["bound_by"])
    codes = {
        "tariff_ahead": bool((duty["next_duty_rate"] > duty["duty_rate"]).any()),
        "price_ahead": bool((report.figures["price_rise"] > 0).any()),
        "supplier_minimum": "supplier minimum" in bound,
        "group_minimum": "group minimum" in bound,
        "container": "container" in bound,
        "budget": "budget" in bound,
        "room": "room" in bound,
        "capacity": "capacity" in bound,
    }
    return next((code for code, holds in codes.items() if holds), "below_reorder_point")


def if_nothing(report: Report, at_risk: float) -> str:
    """When stock runs out without the order, of how much, and what that loses."""
    chance = report.figures["runs_out"].to_numpy()
    units = float(report.figures["missed"].to_numpy().sum())
    end = max(report.horizon, float(report.lines["protection_interval"].max()))
    loses = (
        f"{units:,.0f} units that this order could serve are expected to be missed by {report.on(end)}, "
        f"{report.money(at_risk)} of margin and penalty"
    )
    if chance.max() < 0.5:
        return f"No line is likely to run out by {report.on(report.horizon)}; still, {loses}."
    median = report.figures["runs_out_in"].to_numpy()
    first = int(np.argmin(median))
    where = report.place.iloc[first]
    return (
        f"{_count(int((chance >= 0.5).sum()), 'line')} of {len(chance)} will more likely than not run out "
        f"by {report.on(report.horizon)}, first {where['sku']} at {where['warehouse']} around "
        f"{report.on(median[first])}; {loses}."
    )


def actions(report: Report, suppliers: pd.DataFrame) -> dict[str, str]:
    """What else could be done, by the name of its cost."""
    review = int(report.place["review"].max())
    with_other = report.place[report.place["fallback"] >= 0]
    told = {
        "nothing": "Do nothing.",
        "half": "Order half of every line in whole packs.",
        "wait": f"Wait until the next order day, {report.on(review)}.",
    }
    if len(with_other):
        position = report.market.lines["position"].iloc[with_other["fallback"]]
        names = ", ".join(sorted(set(suppliers["supplier"].iloc[position])))
        told["next supplier"] = (
            f"Order {_count(len(with_other), 'line')} of {len(report.line)} from the next supplier ({names})."
        )
    return told


def evidence(
    report: Report, supplier: pd.Series[Any], lead_times: NDArray[np.int64], open_orders: pd.DataFrame
) -> list[str]:
    """What the order rests on, in sentences."""
    return [
        _lead_time(supplier, lead_times),
        *_beyond_horizon(report),
        *_last_orders(report),
        *_largest(report),
        *_duty(report),
        *_price(report),
        *_pulled(report),
        *_joint(report),
        *_on_the_way(report, open_orders),
    ]


def _lead_time(supplier: pd.Series[Any], lead_times: NDArray[np.int64]) -> str:
    low, high = np.quantile(lead_times, [0.1, 0.9], method="inverted_cdf")
    own, others = int(supplier["delivered"]), int(supplier["of_country"])
    of_country = f"{_count(others, 'delivery', 'deliveries')} of other suppliers in {supplier['country']}"
    learnt = (
        f"learnt from {_count(own, 'delivery', 'deliveries')}"
        if own
        else "assumed around the promise, because there is no receipt"
    )
    if others:
        learnt += f", with {of_country}"
    return (
        f"Lead time of {supplier['supplier']}: {lead_times.mean():.0f} days, {low:.0f} to {high:.0f} in four "
        f"of five cases ({learnt}); promised are {supplier['lead_time_days']:.0f}."
    )


def _beyond_horizon(report: Report) -> Iterator[str]:
    reach = float(report.figures["reach"].max())
    if reach > report.horizon:
        yield (
            f"The forecast ends on {report.on(report.horizon - 1)}; until {report.on(reach - 1)} every path "
            "goes on at its own level with its own days of the week."
        )


def _last_orders(report: Report) -> Iterator[str]:
    """Lines that are on sale no longer than their order has to last."""
    place = report.place
    last = place[(place["sold_days"] <= report.figures["reach"]).to_numpy(bool)]
    for line in last.head(TOLD).to_dict("records"):
        yield (
            f"{line['sku']} at {line['warehouse']} is on sale until {report.on(line['sold_days'] - 1)}: this "
            "is its last order, and what is left of it then is written off."
        )
    if len(last) > TOLD:
        yield f"{_count(len(last) - TOLD, 'more line is', 'more lines are')} ordered for the last time."


def _largest(report: Report) -> Iterator[str]:
    """The lines with most at stake, one by one."""
    run, lost = report.market.run, report.figures["lost"].to_numpy()
    for row in np.argsort(-lost, kind="stable")[:TOLD].tolist():
        ordered = report.records[row]
        what = f"{ordered['sku']} at {ordered['warehouse']}"
        need = run.exposure.need[report.line[row]]
        low, high = np.quantile(need, [0.1, 0.9], method="inverted_cdf")
        yield (
            f"{what}: {run.on_arrival[report.line[row]]:,.0f} units expected there when the "
            f"order arrives; short by {need.mean():,.0f} ({low:,.0f} to {high:,.0f}) until the next one can; "
            f"{ordered['quantity']:,} ordered, set by {ordered['bound_by']}."
        )
        yield _covered(report, what, ordered)
        yield _without(report, what, ordered)


def _covered(report: Report, what: str, line: dict[Any, Any]) -> str:
    """What a line is good for, and who it was not given to."""
    other = (
        f"{line['fallback']} would ask {line['fallback_landed_cost']:,.2f} a unit, landed, against "
        f"{line['landed_cost']:,.2f}"
        if isinstance(line["fallback"], str)
        else "nobody else offers it"
    )
    return (
        f"{what}: enough with a chance of {line['demand_quantile']:.0%}, still short by "
        f"{line['uncovered']:,.1f} units on average; its last pack is worth "
        f"{report.money(line['marginal_return'])}; {other}."
    )


def _without(report: Report, what: str, line: dict[Any, Any]) -> str:
    """What comes if a line is not ordered, at P50 and from P10 to P90."""
    end = report.on(report.horizon)
    first, middle, last = (line[f"out_on_{name}"] for name in SPAN)
    runs_out = (
        f"runs out on {middle} ({first} to {last or 'after ' + end})"
        if isinstance(middle, str)
        else f"is more likely than not to last until {end}"
    )
    units, money = ([line[f"{amount}_{name}"] for name in SPAN] for amount in ("missed", "lost"))
    return (
        f"{what} without an order {runs_out} and misses {units[1]:,.0f} units ({units[0]:,.0f} to "
        f"{units[2]:,.0f}), {report.money(money[1])} ({money[0]:,.0f} to {money[2]:,.0f})."
    )


def _duty(report: Report) -> Iterator[str]:
    duty = report.usual[report.figures["duty_changes"]]
    if duty.empty:
        return
    units, ahead = report.rows["units"].to_numpy(float), report.figures["ahead"].to_numpy()
    for (since, now, then), group in duty.groupby(["next_duty_from", "duty_rate", "next_duty_rate"]):
        rows = group.index.to_numpy(np.int64)
        begins = pd.Timestamp(str(since)).date()
        yield (
            f"Duty goes from {now:.1%} to {then:.1%} for orders from {begins} on: it concerns "
            f"{_count(len(rows), 'line')}; {ahead[rows].sum():,.0f} of their {units[rows].sum():,.0f} units "
            "are more than is needed until the next order can arrive."
        )


def _price(report: Report) -> Iterator[str]:
    """Lines whose price changes, or whose offer lapses, on or before the next order day."""
    units, ahead = report.rows["units"].to_numpy(float), report.figures["ahead"].to_numpy()
    for row in np.flatnonzero(report.figures["price_changes"])[:TOLD].tolist():
        offer = report.usual.iloc[row]
        becomes = (
            f"lapses on {offer['next_price_from'].date()}"
            if np.isnan(offer["next_price_landed"])
            else f"goes from {offer['landed_cost']:,.2f} to {offer['next_price_landed']:,.2f} landed on "
            f"{offer['next_price_from'].date()}"
        )
        yield (
            f"The offer of {offer['supplier']} for {offer['sku']} at {offer['warehouse']} {becomes}, before "
            f"its next order; {ahead[row]:,.0f} of {units[row]:,.0f} units are more than is needed until "
            "then."
        )


def _pulled(report: Report) -> Iterator[str]:
    """Lines with more than is wanted by themselves, what for, and what the dearest of them cost."""
    limits, supplier = report.chosen.limits, str(report.rows["supplier"].iloc[0])
    minimum, container = limits.minimum.get(supplier, 0.0), limits.container.get(supplier, 0.0)
    aims = {
        "supplier minimum": f"reach the supplier's minimum of {report.money(minimum)}",
        "group minimum": "reach the minimum of their group",
        "container": f"fill containers of {container:,g} m³",
    }
    more = report.lines[report.lines["quantity"] > report.lines["quantity_alone"]]
    for bound_by, aim in aims.items():
        pulled = more[more["bound_by"] == bound_by]
        if pulled.empty:
            continue
        dearest = pulled.sort_values("pull_cost", ascending=False, kind="stable").head(TOLD)
        each = ", ".join(
            f"{sku} {report.money(cost)}"
            for sku, cost in zip(dearest["sku"], dearest["pull_cost"], strict=True)
        )
        yield (
            f"{_count(len(pulled), 'line is', 'lines are')} pulled forward to {aim}; that costs "
            f"{report.money(float(pulled['pull_cost'].sum()))}: {each}."
        )


def _joint(report: Report) -> Iterator[str]:
    chosen = report.chosen
    spent = float(chosen.orders["value"].sum())
    if np.isfinite(chosen.limits.budget):
        yield (
            f"All orders of the day are worth {report.money(spent)}, the budget is "
            f"{report.money(chosen.limits.budget)}."
        )
    if chosen.orders["units"].sum() != chosen.wanted["units"].sum():
        yield (
            f"Chosen together under the shared limits: expected gain {report.money(chosen.choice.gain)}, "
            f"at most {report.money(chosen.choice.bound)} is possible (gap {chosen.choice.gap:.2%})."
        )


def _on_the_way(report: Report, open_orders: pd.DataFrame) -> Iterator[str]:
    """Orders on the way that are late, or that nobody has dated."""
    if open_orders.empty:
        return
    today = pd.Timestamp(report.day)
    late = open_orders[open_orders["promised_on"] < today].groupby("reference", as_index=False)
    orders = late.agg(promised_on=("promised_on", "min"), units=("quantity", "sum"))
    orders = orders.sort_values(["promised_on", "reference"], kind="stable")
    for order in orders.head(TOLD).to_dict("records"):
        days = _count((today - order["promised_on"]).days, "day")
        yield f"{order['reference']} with {order['units']:,} units of these SKUs is {days} late."
    if len(orders) > TOLD:
        yield f"{_count(len(orders) - TOLD, 'more order')} of these SKUs late."
    undated = open_orders[open_orders["promised_on"].isna()].sort_values(["reference", "sku"])
    for order in undated.head(TOLD).to_dict("records"):
        yield (
            f"{order['reference']} with {order['quantity']:,} units of {order['sku']} for "
            f"{order['warehouse']} has no promised day; give promised_on, until then it is reckoned with "
            "the supplier's whole lead time."
        )


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"
