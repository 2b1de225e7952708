"""What happens if nothing is done, as the figure of an item: a bar a line, from its early to its late day.

A bar runs from the day by which it has come to that on 10 % of the paths to the day by which it has on 90 %;
beside it stand units and money lost at P10, P50 and P90. Where an agent tells of all lines together, in the
worlds of all, that comes first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pandas as pd

from workbench.tables import WITHOUT_ORDER, quantile_column
from workbench.views.approval_setting import Record, Setting
from workbench.views.lines import standing_lines
from workbench.views.numerals import number, units

SHOWN = 6  # bars, those with most to lose first
DAYS_A_TICK = 7
FEWEST_DAYS = 7
QUANTILES = [quantile_column(probability) for probability in WITHOUT_ORDER]
A_UNIT = 0.5  # units missed on 90 % of the paths at most; less is no unit
MARKS = "┃ P50 · ▸ later than drawn"


@dataclass(frozen=True)
class Telling:
    """How a kind's figure is told: what its bars are of, what a day and its units mean, and its marks."""

    bars: Callable[[Mapping[Any, Any], Setting], Iterator[Record]]
    each: str
    comes: str
    unit: str
    told: str
    marks: str


def prospect(proposal: Mapping[Any, Any], setting: Setting) -> Record | None:
    """The figure of a proposal, days counted from the plan's; None where nothing is lost that is known."""
    telling = TELLINGS.get(proposal["kind"])
    bars = sorted(telling.bars(proposal, setting), key=lambda bar: -bar["weight"]) if telling else []
    if telling is None or not bars:
        return None
    whole = proposal.get("in_all")
    drawn = bars[:SHOWN]
    if isinstance(whole, dict) and len(bars) > 1:
        name = f"All {number(len(bars))} {telling.each} together"
        drawn = [_bar(setting, telling, whole, name, ""), *drawn]
    days = [day for bar in drawn for day in (*bar["days"], bar["arrives"]) if day is not None]
    last = max(FEWEST_DAYS if telling is UNSENT else setting.policy.demand.horizon_days, *days)
    return {
        "bars": drawn,
        "more": max(len(bars) - SHOWN, 0),
        "last": last,
        "money": f"lost, {setting.currency}: P10 · P50 · P90",
        "units": f"{telling.told}, units: P10 · P50 · P90",
        "marks": telling.marks,
        "ticks": [[day, _date(day, setting)] for day in range(0, last + 1, _step(last))],
    }


def _without_order(proposal: Mapping[Any, Any], setting: Setting) -> Iterator[Record]:
    """A bar a line of a purchase order; each says itself what is missed and lost without it."""
    for line in standing_lines(proposal):
        if line.get("lost_q0900"):
            yield _bar(setting, UNBOUGHT, line, *_place(line, line["warehouse"], setting))


def _without_move(proposal: Mapping[Any, Any], setting: Setting) -> Iterator[Record]:
    """A bar a SKU and warehouse to which stock moves or is given; the day is read off the projection."""
    projection = setting.tables.projection
    for line in standing_lines(proposal):
        warehouse = line.get("to_warehouse") or line["warehouse"]
        if line.get("missed_q0900", 0.0) >= A_UNIT:
            own = projection[(projection["sku"] == line["sku"]) & (projection["warehouse"] == warehouse)]
            by_time = own.sort_values("hours")
            days = {
                f"out_on_{name}": _reached(by_time, probability)
                for name, probability in zip(QUANTILES, WITHOUT_ORDER, strict=True)
            }
            yield _bar(setting, UNMOVED, {**line, **days}, *_place(line, warehouse, setting))


def _without_forecast(proposal: Mapping[Any, Any], setting: Setting) -> Iterator[Record]:
    """A bar a series that is planned otherwise than it is expected to sell."""
    for line in standing_lines(proposal):
        if line.get("lost_q0900"):
            place = f"{line['channel']}, {line['region']}"
            yield _bar(setting, UNADOPTED, line, *_place(line, place, setting))


def _without_shipping(proposal: Mapping[Any, Any], setting: Setting) -> Iterator[Record]:
    """A bar a parcel, its lines together: they come on the same day."""
    parcels = defaultdict(list)
    for line in standing_lines(proposal):
        if "lost_q0900" in line:
            parcels[line["order_id"], line["parcel"]].append(line)
    for (order_id, _), lines in parcels.items():
        sums = {
            f"{name}_{q}": sum(line[f"{name}_{q}"] for line in lines)
            for name in ("missed", "lost")
            for q in QUANTILES
        }
        promised = _ahead(lines[0]["promised_on"], setting)
        about = f"{units(sum(line['quantity'] for line in lines))} · "
        about += "no promise" if promised is None else f"by {_date(promised, setting)}"
        yield _bar(setting, UNSENT, {**lines[0], **sums}, f"Order {order_id}", about)


RUNS_OUT = f"Bar: runs out between P10 and P90 of the paths · {MARKS} · ▲ what is proposed arrives"
SELLS_OUT = f"Bar: sells out what is planned between P10 and P90 of the paths · {MARKS}"
DELIVERS = f"Bar: delivered between P10 and P90 if it waits a day · {MARKS} · ▲ promised"
UNBOUGHT = Telling(_without_order, "lines", "out_on", "missed", "missed", RUNS_OUT)
UNMOVED = Telling(_without_move, "lines", "out_on", "missed", "missed", RUNS_OUT)
UNADOPTED = Telling(_without_forecast, "series", "out_on", "beyond", "wanted beyond plan", SELLS_OUT)
UNSENT = Telling(_without_shipping, "parcels", "delivered_on", "missed", "late", DELIVERS)
SAYS = {
    "out_on": "{name} runs out, P10, P50, P90: {days}.",
    "delivered_on": "{name} is delivered, P10, P50, P90: {days}.",
}
TELLINGS = {
    "purchase_order": UNBOUGHT,
    "redirect": UNMOVED,
    "transfer": UNMOVED,
    "channel_share": UNMOVED,
    "adopt_forecast": UNADOPTED,
    "act_on_spike": UNADOPTED,
    "shipment": UNSENT,
    "hold_orders": UNSENT,
}


def _place(line: Mapping[str, Any], where: str, setting: Setting) -> tuple[str, str]:
    """What a bar is of, and its product's name."""
    sku = str(line["sku"])
    return f"{sku} at {where}", setting.names.get(sku, "")


def _bar(setting: Setting, telling: Telling, line: Mapping[str, Any], name: str, product: str) -> Record:
    days = [_ahead(line.get(f"{telling.comes}_{q}"), setting) for q in QUANTILES]
    said = "; ".join("not within the horizon" if day is None else _date(day, setting) for day in days)
    lost = [float(line[f"lost_{q}"]) for q in QUANTILES]
    named = f"{name} ({product})" if product else name
    meets = _ahead(line.get("promised_on" if telling is UNSENT else "expected_on"), setting)
    return {
        "name": name,
        "product": product,
        "says": SAYS[telling.comes].format(name=named, days=said),
        "days": days,
        "arrives": None if meets is None or meets < 0 else meets,
        "units": " · ".join(number(line[f"{telling.unit}_{q}"]) for q in QUANTILES),
        "money": " · ".join(number(amount) for amount in lost),
        "weight": lost[1] + lost[2] / 1000,
    }


def _reached(by_time: pd.DataFrame, probability: float) -> Any:
    """The day by which so many paths have run out; None: not within the horizon."""
    out = by_time[by_time["stockout_probability"] >= probability]
    return None if out.empty else out["date"].iloc[0]


def _ahead(day: Any, setting: Setting) -> int | None:
    return None if day is None or pd.isna(day) else (pd.Timestamp(day).date() - setting.day).days


def _date(day: int, setting: Setting) -> str:
    when = setting.day + timedelta(days=day)
    return f"{when.day} {when:%b}"


def _step(last: int) -> int:
    """Days from tick to tick: whole weeks, eight at most."""
    return DAYS_A_TICK * max(1, -(-last // (8 * DAYS_A_TICK)))
