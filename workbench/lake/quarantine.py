"""Rows that did not pass, as the table `quarantine`: what was found, what it touches."""

from __future__ import annotations

from collections.abc import Iterable
from zoneinfo import ZoneInfo

import pandas as pd

from workbench.lake.faults import Finding
from workbench.lake.reading import SHOWN_TEXT
from workbench.lake.sheet import Sheet
from workbench.tables import DAY, INSTANT, TABLES

# the units that a row of a table moves or holds
MOVED = {
    "inventory": "on_hand",
    "channel_stock": "quantity",
    "transfers": "quantity",
    "purchase_orders": "quantity",
    "receipts": "quantity_received",
    "sales": "units",
    "returns": "units",
    "order_lines": "quantity",
}
# the day of something that is over; other dates, as of a price, may hold until today
HAPPENED = ("date", "ordered_at", "received_on")


def rows_of(sheet: Sheet, worth: pd.Series[float], zone: ZoneInfo) -> pd.DataFrame:
    """The sheet's findings as rows of the quarantine; `worth` is the money of a unit by SKU."""
    values = sheet.frame[sheet.frame.index.isin(sheet.bad())]
    touched = pd.DataFrame({"sku": values.get("sku"), "date": _day(values, zone)}, index=values.index)
    touched["key"] = _found(
        sheet.cells.loc[values.index].reindex(columns=list(sheet.table.key)), sheet.table.key
    )
    units = MOVED.get(sheet.table.name)
    unsure = [found.rows for found in sheet.findings if found.column == units]
    moved = values[units].mask(values.index.isin(_union(unsure))) if units else pd.Series(0.0, values.index)
    touched["value"] = (moved * touched["sku"].map(worth).astype("float64")).fillna(0.0)
    parts = [_rows(sheet, finding, touched) for finding in sheet.findings if len(finding.rows)]
    parts.append(broken_rows(sheet.broken))
    return table_of([part.assign(table=sheet.table.name, file=sheet.file) for part in parts])


def broken_rows(broken: pd.DataFrame) -> pd.DataFrame:
    """Rows that do not fit the header, as rows of the quarantine without table and file."""
    remedy = "give every row as many cells as the header has, and quote text that holds the separator"
    return broken.assign(
        column="whole row", problem="incomplete row", remedy=remedy, key=None, sku=None, date=None, value=0.0
    )


def rows_of_lines(findings: Iterable[Finding], lines: pd.DataFrame) -> list[pd.DataFrame]:
    """Findings in lines of an order export, without table and file; the money is units × price."""
    touched = lines.assign(
        date=lines["ordered_at"].dt.normalize(), value=(lines["units"] * lines["price"]).abs().fillna(0.0)
    )
    return [
        touched.loc[rows, ["sku", "date", "value"]].assign(
            row=rows, column=column, found=lines.loc[rows, column], problem=problem, remedy=remedy, key=None
        )
        for rows, column, problem, remedy in findings
        if len(rows)
    ]


def table_of(parts: list[pd.DataFrame]) -> pd.DataFrame:
    """The table `quarantine` from its parts, in the order of its key."""
    table = TABLES["quarantine"]
    typed = [part.astype({c.name: c.dtype for c in table.columns}) for part in [table.empty(), *parts]]
    rows = pd.concat(typed)[table.names].drop_duplicates(list(table.key))
    return rows.sort_values(list(table.key), ignore_index=True)


def worth_of_units(prices: pd.DataFrame, offers: pd.DataFrame, fx_rates: pd.DataFrame) -> pd.Series[float]:
    """Money of one unit by SKU: its median price, else its median unit cost at the latest rate.

    A cost in a currency without a rate is taken to be in the base currency.
    """
    rates = fx_rates.sort_values("date").groupby("currency")["rate"].last()
    costs = offers["unit_cost"] * offers["currency"].map(rates).astype("float64").fillna(1.0)
    cost = costs.groupby(offers["sku"]).median()
    worth: pd.Series[float] = prices.groupby("sku")["price"].median().combine_first(cost)
    return worth


def _rows(sheet: Sheet, finding: Finding, touched: pd.DataFrame) -> pd.DataFrame:
    rows = finding.rows
    return touched.loc[rows].assign(
        row=rows,
        column=finding.column,
        found=_found(sheet.cells.loc[rows], finding.column.split(" + ")),
        problem=finding.problem,
        remedy=finding.remedy,
    )


def _found(cells: pd.DataFrame, columns: Iterable[str]) -> pd.Series[str]:
    """What stood in some columns, as far as there are any."""
    names = [name for name in columns if name in cells]
    shown = [cells[name].astype("object").where(cells[name].notna(), "").astype("str") for name in names]
    midnight = " 00:00:00"  # how pandas writes a day of a Parquet file
    together = shown[0]
    for more in shown[1:]:
        together = together.str.removesuffix(midnight) + ", " + more
    return together.str.removesuffix(midnight).str.slice(0, SHOWN_TEXT)


def _day(values: pd.DataFrame, zone: ZoneInfo) -> pd.Series[pd.Timestamp]:
    """The business day of what happened; missing where the row may hold until today."""
    for name in HAPPENED:
        if name in values:
            column = values[name]
            local = column.dt.tz_convert(zone).dt.tz_localize(None) if column.dtype == INSTANT else column
            days: pd.Series[pd.Timestamp] = local.dt.normalize()
            return days
    return pd.Series(pd.NaT, index=values.index, dtype=DAY)


def _union(rows: list[pd.Index]) -> pd.Index:
    return pd.Index([], dtype="int64").append(rows)
