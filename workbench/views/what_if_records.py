"""What would happen if, as plain records: what can be moved, and what it does to the day's orders."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from workbench.agents.replenishment.what_if import Answer
from workbench.errors import LedgerError
from workbench.views.numerals import MINUS, number

Record = dict[str, Any]
ALL = "all suppliers"  # the last row of an answer's figures
# how far the sliders reach: what a page offers to try, no limit of the business
BUDGET_UP_TO = 1.5  # times the larger of budget and spend
DAYS = (-14, 28)
DUTY_UP_TO = 0.6
SERVICE = (0.8, 0.995)  # fill rate
COMPARED = (
    ("Spend", "spend", "money"),
    ("Expected gain", "gain", "money"),
    ("Fill rate", "fill_rate", "share"),
    ("Cover, days", "cover_days", "days"),
    ("Lines ordered", "orders", "count"),
)


def compared(before: Answer, after: Answer) -> pd.DataFrame:
    """The figures of two answers side by side, a row a supplier and the last of all.

    Columns as in `Answer.figures` with `_before` and `_after`, and `changed`: lines whose quantity differs.
    A supplier that one of them does not know counts 0.
    """
    was, will = before.figures.add_suffix("_before"), after.figures.add_suffix("_after")
    sides = was.join(will, how="outer").fillna(0.0)
    changed = lines_changed(before.chosen.orders, after.chosen.orders)
    changed[ALL] = changed.sum()
    named = [*(name for name in sides.index if name != ALL), ALL]
    return sides.assign(changed=changed.reindex(sides.index).fillna(0).astype("int64")).loc[named]


def lines_changed(before: pd.DataFrame, after: pd.DataFrame) -> pd.Series[int]:
    """Number of lines by supplier whose units differ between two choices (supplier, line, units)."""
    key = ["supplier", "line"]
    was, will = (side.groupby(key)["units"].sum() for side in (before, after))
    differ = was.sub(will, fill_value=0) != 0
    return differ.groupby("supplier").sum().astype("int64")


def totals(sides: pd.DataFrame, currency: str) -> list[Record]:
    """Before and after of all suppliers, a row a figure."""
    row = sides.loc[[ALL]].to_dict("records")[0]
    told = [
        _total(name, row[f"{column}_before"], row[f"{column}_after"], kind) for name, column, kind in COMPARED
    ]
    for record in told:
        record["unit"] = {"money": currency, "share": "%"}.get(record.pop("kind"), "")
    changed = int(row["changed"])
    return [*told, {"name": "Lines changed", "before": "", "after": number(changed), "by": "", "unit": ""}]


def suppliers(sides: pd.DataFrame, names: Mapping[str, str]) -> list[Record]:
    """A row a supplier of whom something is bought before or after, those whose spend moves most first."""
    rows = sides.drop(index=ALL)
    rows = rows[(rows["spend_before"] > 0) | (rows["spend_after"] > 0) | (rows["changed"] > 0)]
    rows = rows.assign(moved=(rows["spend_after"] - rows["spend_before"]).abs())
    ranked = rows.sort_values(["moved", "spend_after"], ascending=False, kind="stable")
    return [
        {
            "supplier": f"{code} · {names[code]}" if code in names else code,
            "cells": [
                f"{number(row['spend_before'])} → {number(row['spend_after'])}",
                f"{number(row['gain_before'])} → {number(row['gain_after'])}",
                f"{_written(row['fill_rate_before'], 'share')} → {_written(row['fill_rate_after'], 'share')}",
                f"{_written(row['cover_days_before'], 'days')} → {_written(row['cover_days_after'], 'days')}",
                number(row["changed"]),
            ],
        }
        for code, row in zip(ranked.index.astype("str"), ranked.to_dict("records"), strict=True)
    ]


def asked_number(message: Mapping[str, Any], name: str, low: float, high: float) -> float | None:
    """A slider of a message; None where it was not moved. Raises LedgerError for what no slider can say."""
    given = message.get(name)
    if given is None:
        return None
    try:
        value = float(given)
    except (TypeError, ValueError) as error:
        raise LedgerError(f"{given!r} is no number; move the slider {name}.") from error
    if not math.isfinite(value) or not low <= value <= high:
        raise LedgerError(f"{given} is outside {low:g} to {high:g}; move the slider {name}.")
    return value


def whom(table: pd.DataFrame, landed_offers: pd.DataFrame, lead_times: np.ndarray) -> list[Record]:
    """Suppliers to choose from, one by one and by country: their duty today and their mean lead time.

    `table` and `lead_times` (suppliers, paths) in days are of the market's suppliers.
    """
    duty = landed_offers.groupby("supplier")["duty_rate"].mean()
    known = table.assign(duty=table["supplier"].map(duty).fillna(0.0), days=lead_times.mean(axis=1))
    known = known[known["supplier"].isin(duty.index)].sort_values("supplier")
    by_country = [
        (f"all of {country}", group) for country, group in known.groupby("country") if len(group) > 1
    ]
    one_by_one = [
        (f"{code} · {name}", known[known["supplier"] == code])
        for code, name in zip(known["supplier"], known["name"], strict=True)
    ]
    return [
        {
            "name": name,
            "suppliers": list(group["supplier"]),
            "duty": round(float(group["duty"].mean()), 4),
            "days": round(float(group["days"].mean()), 1),
        }
        for name, group in [*by_country, *one_by_one]
    ]


def _total(name: str, before: float, after: float, kind: str) -> Record:
    by = after - before
    digits = {"share": 1, "days": 1}.get(kind, 0)
    scale = 100 if kind == "share" else 1
    change = number(by * scale, digits)
    same = change in ("0", "0.0")
    return {
        "name": name,
        "before": _written(before, kind),
        "after": _written(after, kind),
        "by": "unchanged" if same else change if change.startswith(MINUS) else f"+{change}",
        "kind": kind,
    }


def _written(value: float, kind: str) -> str:
    if kind == "share":
        return number(value * 100, 1)
    return number(value, 1 if kind == "days" else 0)
