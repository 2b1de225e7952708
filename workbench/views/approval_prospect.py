"""What happens if nothing is done, as the figure of an item: a bar a SKU and warehouse, from early to late.

A bar runs from the day by which stock has run out on 10 % of the paths to the day by which it has on 90 %;
beside it stand units missed and money lost at P10, P50 and P90.
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
A_UNIT = 0.5  # units missed on 90 % of the paths at most; less is no unit


def prospect(proposal: Mapping[Any, Any], setting: Setting) -> Record | None:
    """The figure of a proposal, days counted from the plan's; None where nothing runs out that is known."""
    kind, horizon = proposal["kind"], setting.policy.demand.horizon_days
    if kind not in ("purchase_order", "redirect", "transfer", "channel_share"):
        return None
    found = (_without_order if kind == "purchase_order" else _without_move)(proposal, setting)
    bars = sorted(found, key=lambda bar: -bar["weight"])
    if not bars:
        return None
    drawn = bars[:SHOWN]
    days = [day for bar in drawn for day in (*bar["days"], bar["arrives"]) if day is not None]
    last = max(horizon, *days)
    return {
        "bars": drawn,
        "more": len(bars) - len(drawn),
        "last": last,
        "money": f"lost, {setting.currency}: P10 · P50 · P90",
        "units": "missed, units: P10 · P50 · P90",
        "ticks": [[day, _date(day, setting)] for day in range(0, last + 1, _step(last))],
    }


def _without_order(proposal: Mapping[Any, Any], setting: Setting) -> Iterator[Record]:
    """A bar a line of a purchase order; each says itself what is missed and lost without it."""
    for line in standing_lines(proposal):
        if line.get("lost_q0900"):
            days = [_ahead(line[f"out_on_{q}"], setting) for q in QUANTILES]
            yield _bar(setting, line, line["warehouse"], days)


def _without_move(proposal: Mapping[Any, Any], setting: Setting) -> Iterator[Record]:
    """A bar a SKU and warehouse to which stock moves or is given; the day is read off the projection."""
    projection = setting.tables.projection
    for line in standing_lines(proposal):
        warehouse = line.get("to_warehouse") or line["warehouse"]
        if line.get("missed_q0900", 0.0) >= A_UNIT:
            own = projection[(projection["sku"] == line["sku"]) & (projection["warehouse"] == warehouse)]
            by_time = own.sort_values("hours")
            days = [_reached(by_time, probability, setting) for probability in WITHOUT_ORDER]
            yield _bar(setting, line, warehouse, days)


def _bar(setting: Setting, line: Mapping[str, Any], warehouse: str, days: list[int | None]) -> Record:
    early, middle, late = (_said(day, setting) for day in days)
    lost = [float(line[f"lost_{q}"]) for q in QUANTILES]
    sku = str(line["sku"])
    return {
        "name": f"{sku} at {warehouse}",
        "product": setting.names.get(sku, ""),
        "says": f"{setting.named(sku)} at {warehouse} runs out, P10, P50, P90: {early}; {middle}; {late}.",
        "days": days,
        "arrives": _ahead(line.get("expected_on"), setting),
        "units": " · ".join(number(line[f"missed_{q}"]) for q in QUANTILES),
        "money": " · ".join(number(amount) for amount in lost),
        "weight": lost[1] + lost[2] / 1000,
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
