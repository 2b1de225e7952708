"""What is wrong with lines of an order export, as rows of the quarantine."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from workbench.lake.cells import texts
from workbench.lake.mapping import OrderExport
from workbench.lake.order_lines import column
from workbench.policy import Policy
from workbench.tables import TABLES

# column, problem as a short code, lines that have it, what to change
Fault = tuple[str, str, "pd.Series[bool]", str]


def quarantined(lines: pd.DataFrame, raw: pd.DataFrame, export: OrderExport, policy: Policy) -> pd.DataFrame:
    """The table `quarantine`: every fault of the lines, which have the columns of `order_lines`.

    The money a fault touches is units × price, the SKU's median price where the line has none.
    """
    price = lines["price"].where(lines["price"] > 0)
    price = price.fillna(price.groupby(lines["sku"]).transform("median"))
    touched = pd.DataFrame(
        {
            "table": "sales",
            "file": export.file,
            "row": lines.index,
            "key": None,
            "sku": lines["sku"],
            "date": lines["ordered_at"].dt.normalize(),
            "value": (lines["units"].abs() * price).fillna(0.0),
        },
        index=lines.index,
    )
    faults = [*_unreadable(lines, raw, export), *_implausible(lines, export, policy)]
    table = TABLES["quarantine"]
    rows = [table.empty()]
    for name, problem, holds, remedy in faults:
        if holds.any():
            at_fault = touched[holds]
            found = _found(raw.loc[at_fault.index], export, name)
            rows.append(at_fault.assign(column=name, problem=problem, remedy=remedy, found=found))
    typed = [part[table.names].astype({c.name: c.dtype for c in table.columns}) for part in rows]
    return pd.concat(typed).sort_values(list(table.key), ignore_index=True)


def _unreadable(lines: pd.DataFrame, raw: pd.DataFrame, export: OrderExport) -> Iterator[Fault]:
    price_said = texts(column(raw, export, "price")).notna().loc[lines.index]
    yield "sku", "blank", lines["sku"].isna(), "give the product's code"
    yield "region", "blank", lines["region"].isna(), "give the country or region that ordered"
    yield "channel", "blank", lines["channel"].isna(), "give the channel that it was sold on"
    yield "ordered_at", "no date", lines["ordered_at"].isna(), "write an existing day as 2026-11-16"
    yield "units", "no number", lines["units"].isna(), "give whole units"
    yield "price", "no number", price_said & lines["price"].isna(), "write only the number, as 1234.5"


def _implausible(lines: pd.DataFrame, export: OrderExport, policy: Policy) -> Iterator[Fault]:
    units, price, ordered_at = lines["units"], lines["price"], lines["ordered_at"]
    gate, free_units = policy.gate, policy.assumptions.free_units
    prefix = export.cancellation_prefix
    takes_back = lines["order_id"].str.startswith(prefix, na=False) & bool(prefix)
    far = (ordered_at - ordered_at.median()).abs() > pd.Timedelta(days=366 * gate.max_years)
    yield "ordered_at", "far date", far, f"correct the year, or raise gate.max_years ({gate.max_years})"
    yield "units", "zero", units == 0, "give the units ordered, or take the line out"
    yield "units", "not whole", units.notna() & (units % 1 != 0), "give whole units"
    too_many = units.abs() > gate.max_units
    yield "units", "too many", too_many, f"correct it, or raise gate.max_units ({gate.max_units})"
    given_away = (price == 0) & (units > free_units)
    yield "units", "given away", given_away, f"give the price, or raise assumptions.free_units ({free_units})"
    yield "units", "wrong sign", takes_back & (units > 0), "a cancellation takes back: give units below 0"
    yield "price", "negative", price < 0, "give a price of 0 or more"


def _found(raw: pd.DataFrame, export: OrderExport, name: str) -> pd.Series:
    """What stood in our column, as text."""
    cells = column(raw, export, name).astype("object")
    return cells.where(cells.notna(), "").astype("str")
