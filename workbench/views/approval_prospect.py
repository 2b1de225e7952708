"""What happens if nothing is done, as the figure of an item: a bar a SKU and warehouse, from early to late.

A bar runs from the day by which stock has run out on 10 % of the paths to the day by which it has on 90 %.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import pandas as pd

from workbench.tables import WITHOUT_ORDER, quantile_column
from workbench.views.approval_setting import Record, Setting
from workbench.views.lines import standing_lines
from workbench.views.numerals import number

SHOWN = 6  # bars, those with most to lose first
DAYS_A_TICK = 7
QUANTILES = [quantile_column(probability) for probability in WITHOUT_ORDER]
A_UNIT = 0.5  # units expected to be missed; less is no unit


def prospect(proposal: Mapping[Any, Any], setting: Setting) -> Record | None:
    """The figure of a proposal, days counted from the plan's; None where nothing runs out that is known."""
    kind, horizon = proposal["kind"], setting.policy.demand.horizon_days
    if kind not in ("purchase_order", "transfer", "channel_share"):
        return None
    spread = kind == "purchase_order"
    found = _without_order(proposal, setting) if spread else _projected(proposal, setting)
    bars = sorted(found, key=lambda bar: -bar["weight"])
    if not bars:
        return None
    drawn = bars[:SHOWN]
    days = [day for bar in drawn for day in (*bar["days"], bar["arrives"]) if day is not None]
    last = max(horizon, *days)
    expected = f"units missed in {horizon} days, expected"
    return {
        "bars": drawn,
        "more": len(bars) - len(drawn),
        "last": last,
        "money": f"lost, {setting.currency}: P10 · P50 · P90" if spread else expected,
        "units": "missed, units: P10 · P50 · P90" if spread else expected,
        "ticks": [[day, _date(day, setting)] for day in range(0, last + 1, _step(last))],
    }


def _without_order(proposal: Mapping[Any, Any], setting: Setting) -> Iterator[Record]:
    """A bar a line of a purchase order; each says itself what is missed and lost without it."""
    for line in standing_lines(proposal):
        if line.get("lost_q0900"):
            lost = [float(line[f"lost_{q}"]) for q in QUANTILES]
            missed = [number(line[f"missed_{q}"]) for q in QUANTILES]
            amounts = [number(loss) for loss in lost]
            yield _bar(
                setting,
                line["sku"],
                line["warehouse"],
                days=[_ahead(line[f"out_on_{q}"], setting) for q in QUANTILES],
                arrives=_ahead(line["expected_on"], setting),
                units=" · ".join(missed),
                money=" · ".join(amounts),
                weight=lost[1] + lost[2] / 1000,
            )


def _projected(proposal: Mapping[Any, Any], setting: Setting) -> Iterator[Record]:
    """A bar a SKU and warehouse to which stock moves or is given, read off the projection of stock.

    The projection tells the units expected to be missed, and neither their spread nor what they cost.
    """
    lines = {
        (line["sku"], line.get("to_warehouse") or line.get("warehouse")): line
        for line in standing_lines(proposal)
    }
    projection = setting.tables.projection
    own = projection[
        projection["sku"].isin([sku for sku, _ in lines])
        & projection["warehouse"].isin([w for _, w in lines])
    ]
    for (sku, warehouse), rows in own.groupby(["sku", "warehouse"]):
        missed, line = float(rows["lost_units"].max()), lines.get((sku, warehouse))
        if line is not None and missed >= A_UNIT:
            by_time = rows.sort_values("hours")
            yield _bar(
                setting,
                str(sku),
                str(warehouse),
                days=[_reached(by_time, probability, setting) for probability in WITHOUT_ORDER],
                arrives=_ahead(line.get("expected_on"), setting),
                units=number(missed),
                money=number(missed),
                weight=missed,
            )


def _bar(setting: Setting, sku: str, warehouse: str, **told: Any) -> Record:
    early, middle, late = (_said(day, setting) for day in told["days"])
    return {
        "name": f"{sku} at {warehouse}",
        "product": setting.names.get(sku, ""),
        "says": f"{setting.named(sku)} at {warehouse} runs out, P10, P50, P90: {early}; {middle}; {late}.",
        **told,
    }


def _reached(by_time: pd.DataFrame, probability: float, setting: Setting) -> int | None:
    """Days until so many paths have run out; None: not within the horizon."""
    out = by_time[by_time["stockout_probability"] >= probability]
    return None if out.empty else _ahead(out["date"].iloc[0], setting)


def _ahead(day: Any, setting: Setting) -> int | None:
    return None if day is None or pd.isna(day) else (pd.Timestamp(day).date() - setting.day).days


def _said(day: int | None, setting: Setting) -> str:
    return "not within the horizon" if day is None else _date(day, setting)


def _date(day: int, setting: Setting) -> str:
    when = setting.day + timedelta(days=day)
    return f"{when.day} {when:%b}"


def _step(last: int) -> int:
    """Days from tick to tick: whole weeks, eight at most."""
    return DAYS_A_TICK * max(1, -(-last // (8 * DAYS_A_TICK)))
