"""One file of order lines, as a shop exports it, becomes daily sales and returns; no line is lost."""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple

import pandas as pd

from workbench.lake.cancellations import taken_back
from workbench.lake.cells import by_value
from workbench.lake.mapping import OrderExport
from workbench.lake.order_faults import quarantined
from workbench.lake.order_lines import order_lines
from workbench.policy import Policy
from workbench.tables import TABLES

BLANK = "blank rows"
LATER = "ordered on or after the planned day"
NOT_PRODUCTS = "codes that are no products"
CANCELLED = "orders that the file marks as cancelled"
STOCK_MOVEMENTS = "stock movements: price 0 and no customer"


class Converted(NamedTuple):
    """What became of an export: every line is used, quarantined or out of scope.

    `quarantine` has one row a fault, so a line may stand in it more than once; `out_of_scope` has the columns
    `reason` and `rows`; `lines` are the used ones, with the columns of `order_lines`.
    """

    sales: pd.DataFrame
    returns: pd.DataFrame
    quarantine: pd.DataFrame
    rows_used: int
    out_of_scope: pd.DataFrame
    lines: pd.DataFrame


def convert(
    raw: pd.DataFrame, export: OrderExport, policy: Policy, *, before: date | None = None
) -> Converted:
    """Daily sales and returns from order lines; with `before`, from those ordered before that business day.

    `raw` has the file's headers and its row numbers as index.

    Units below 0 take back: within the policy's days, and as far as an earlier line of the same customer, SKU
    and price has them, they leave the sales of that line's day (12 ordered on Monday and 5 of them cancelled
    on Tuesday are 7 sold on Monday); the rest are returns on their own day. Codes that differ in capitals are
    one product. Raises MappingError when the file has not the columns that the mapping names.
    """
    lines = order_lines(raw, export, policy.business.time_zone)
    lines["sku"] = lines["sku"].str.upper()
    reasons = _out_of_scope(lines, raw, export, before)
    quarantine = quarantined(lines[reasons.isna()], raw, export, policy)
    good = lines[reasons.isna() & ~lines.index.isin(quarantine["row"])].astype({"units": "int64"})
    taken = taken_back(good, policy.assumptions.cancellation_days)
    left = good["units"].abs() - taken
    return Converted(
        sales=_daily("sales", good.assign(units=left)[good["units"] > 0]),
        returns=_daily("returns", good.assign(units=left)[good["units"] < 0]),
        quarantine=quarantine,
        rows_used=len(good),
        out_of_scope=reasons.value_counts().sort_index().rename_axis("reason").reset_index(name="rows"),
        lines=good,
    )


def is_no_product(skus: pd.Series, not_products: str) -> pd.Series:
    """Whether codes match the mapping's pattern of what is no product, in capitals or not; blank ones do not.

    >>> is_no_product(pd.Series(["85123A", "POST", "m"]), "^(POST|M)$").tolist()
    [False, True, True]
    """
    if not not_products:
        return pd.Series(False, index=skus.index)
    pattern = re.compile(not_products, re.IGNORECASE)
    return by_value(skus, lambda codes: codes.map(lambda code: bool(pattern.search(code)))).eq(True)


def _out_of_scope(
    lines: pd.DataFrame, raw: pd.DataFrame, export: OrderExport, before: date | None
) -> pd.Series:
    """Why a line is none of the plan's business, the first reason that holds; missing where it is."""
    cancelled = lines["cancelled_at"].notna() | lines["status"].str.lower().str.startswith("cancel", na=False)
    # a file that names no customer at all can only show that stock was written off
    nobody = lines["customer"].isna() if lines["customer"].notna().any() else lines["units"] < 0
    rules = {
        BLANK: _blank(lines, raw),
        LATER: (lines["ordered_at"] >= pd.Timestamp(before or 0)) & (before is not None),
        NOT_PRODUCTS: is_no_product(lines["sku"], export.not_products),
        CANCELLED: cancelled,
        STOCK_MOVEMENTS: lines["price"].eq(0.0) & nobody,
    }
    reasons = pd.Series(None, index=lines.index, dtype="str")
    for reason, holds in rules.items():
        reasons = reasons.mask(reasons.isna() & holds, reason)
    return reasons


def _blank(lines: pd.DataFrame, raw: pd.DataFrame) -> pd.Series[bool]:
    """Whether no cell of a row says anything."""
    cells = raw[lines[["order_id", "sku", "units", "price"]].isna().all(axis=1)]
    says = cells.notna() & (cells != "")
    blank: pd.Series[bool] = (~says.any(axis=1)).reindex(raw.index, fill_value=False)
    return blank


def _daily(name: str, lines: pd.DataFrame) -> pd.DataFrame:
    """The lines' units by day, SKU, channel and region, as the dictionary has the table."""
    table = TABLES[name]
    lines = lines[lines["units"] > 0].assign(date=lines["ordered_at"].dt.normalize())
    daily = lines.groupby(list(table.key), sort=True)["units"].sum().to_frame().reset_index()
    return daily.reindex(columns=table.names).astype({c.name: c.dtype for c in table.columns})
