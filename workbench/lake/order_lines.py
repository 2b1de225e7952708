"""An export of order lines under our names: cleaned, in its own order, nothing judged yet."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pandas as pd

from workbench.errors import MappingError
from workbench.lake.cells import numbers, texts
from workbench.lake.mapping import FILE, OrderExport
from workbench.lake.timestamps import local_times

TEXTS = ["order_id", "sku", "name", "customer", "region", "channel", "status", "cancelled_at"]
# what an export says once an order, often on the first of its lines only
OF_THE_ORDER = ["ordered_at", "customer", "region", "channel", "status", "cancelled_at"]


def order_lines(raw: pd.DataFrame, export: OrderExport, time_zone: str) -> pd.DataFrame:
    """One row a line of the file, with the file's index (row numbers).

    `ordered_at` is on the clock of `time_zone`, `units` (below 0: taken back) and `price` (of a unit) are
    float64, missing where the file has no number; `who` is the customer or else the order. What the file says
    on one line of an order holds for its other lines.

    Raises MappingError when the file has not the columns that the mapping names.
    """
    _refuse_missing(raw, export)
    lines = pd.DataFrame({name: texts(column(raw, export, name)) for name in TEXTS})
    lines["units"] = numbers(column(raw, export, "units"))
    lines["price"] = _price(raw, export, lines["units"])
    lines["ordered_at"] = local_times(column(raw, export, "ordered_at"), ZoneInfo(time_zone))
    for name in OF_THE_ORDER:
        lines[name] = _filled_from_order(lines, name)
    order = lines["order_id"].str.removeprefix(export.cancellation_prefix)
    return lines.assign(who=lines["customer"].fillna(order))


def column(raw: pd.DataFrame, export: OrderExport, name: str) -> pd.Series:
    """The file's column of one of ours, or its constant; blank where it has neither."""
    header = export.header(name)
    if name not in export.constants and header in raw.columns:
        return raw[header]
    return pd.Series([export.constants.get(name)] * len(raw), index=raw.index, dtype="object")


def _refuse_missing(raw: pd.DataFrame, export: OrderExport) -> None:
    headers = [str(header) for header in raw.columns]
    absent = sorted(set(export.columns.values()) - set(headers))
    if absent:
        raise MappingError(
            f"{export.file} has no column {', '.join(absent)}; its headers are {', '.join(headers)}: "
            f"correct order_export in {FILE}."
        )
    unsaid = [name for name in ("region", "channel") if name not in {*export.named(), *headers}]
    if unsaid:
        raise MappingError(
            f"{FILE}: order_export does not say the {' and the '.join(unsaid)} of {export.file}: name the "
            "header under columns, or one value for all lines under constants."
        )


def _price(raw: pd.DataFrame, export: OrderExport, units: pd.Series) -> pd.Series:
    """Price of a unit; where the file has the line's amount instead, that over its units."""
    price = numbers(column(raw, export, "price"))
    if price.isna().all():
        price = numbers(column(raw, export, "amount")).abs() / units.abs().where(units != 0)
    return price.round(4)


def _filled_from_order(lines: pd.DataFrame, name: str) -> pd.Series:
    """A column with its blanks filled from another line of the same order (the least, were there two)."""
    blank = lines[name].isna() & lines["order_id"].notna()
    told = lines[["order_id", name]].dropna().drop_duplicates()
    if told.empty or not blank.any():
        return lines[name]
    once = told.sort_values(["order_id", name]).drop_duplicates("order_id").set_index("order_id")[name]
    return lines[name].where(~blank, lines["order_id"].map(once))
