"""What an exported sales file turns out to be: order lines or daily sales, and how it is mapped."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from workbench.lake.headers import Suggestion
from workbench.lake.mapping import EXPORT_COLUMNS, FILE, Constant, Mapping, OrderExport, Source
from workbench.lake.order_export import Converted, convert, is_no_product
from workbench.lake.order_lines import order_lines
from workbench.policy import Policy
from workbench.tables import TABLES

ONE_VALUE = {"channel": "shop", "region": "all"}
# four digits or more with letters before or after, as in 85123A; POST, M, C2 or GIFT_0001_20 are none
EVERY_CODE_BUT_PRODUCTS = "^(?![A-Z]{0,5}[0-9]{4,}[A-Z]{0,3}$)"
DAILY_KEY = ["ordered_at", "sku", "channel", "region"]
SHOWN = 12


class OwnSales(NamedTuple):
    """A sales file as understood: its mapping, its usable lines, its daily sales, and what there is to say.

    `lines` has the columns of `order_lines`; `sales` the key and units of the table.
    """

    mapping: Mapping
    lines: pd.DataFrame
    sales: pd.DataFrame
    story: list[str]


def own_sales(raw: pd.DataFrame, suggestion: Suggestion, file: str, policy: Policy) -> OwnSales:
    """Read a file by its suggested headers, as daily sales where each row is a product's day."""
    columns = {ours: header for ours, header in suggestion.columns.items() if ours in EXPORT_COLUMNS}
    constants: dict[str, Constant] = {ours: text for ours, text in ONE_VALUE.items() if ours not in columns}
    assumed = {ours: f"one {ours}, {text}, because the file names none" for ours, text in constants.items()}
    export = OrderExport(file=file, columns=columns, constants=constants, assumed=assumed)
    lines = order_lines(raw, export, policy.business.time_zone)
    if _is_daily(lines, export):
        return _daily(lines, export)
    patterns = {
        "cancellation_prefix": _cancellation_prefix(lines, policy.assumptions.cancellation_prefix_share),
        "not_products": _not_products(lines["sku"].dropna(), policy.assumptions.product_code_share),
    }
    return _orders(raw, lines, export.model_copy(update=patterns), policy)


def _is_daily(lines: pd.DataFrame, export: OrderExport) -> bool:
    day = lines["ordered_at"].dt.normalize()
    return (
        "order_id" not in export.columns
        and day.equals(lines["ordered_at"])
        and not (lines["units"] < 0).any()
        and not lines.duplicated(DAILY_KEY).any()
    )


def _daily(lines: pd.DataFrame, export: OrderExport) -> OwnSales:
    columns = {"date" if ours == "ordered_at" else ours: header for ours, header in export.columns.items()}
    known = {ours: header for ours, header in columns.items() if ours in TABLES["sales"].names}
    source = Source(file=export.file, columns=known, constants=export.constants, assumed=export.assumed)
    good = lines.dropna(subset=[*DAILY_KEY, "units"])
    story = [
        "It was read as daily sales: a row is what a product sold in a day; no order numbers, no returns."
    ]
    return OwnSales(Mapping(tables={"sales": source}), good, good.assign(date=good["ordered_at"]), story)


def _cancellation_prefix(lines: pd.DataFrame, share: float) -> str:
    """Letters in front of order numbers of which at least `share` of the lines take units back."""
    letters = lines["order_id"].str.extract(r"^([A-Za-z]+-?)\d")[0]
    back = (lines["units"] < 0).groupby(letters).agg(["mean", "sum"])
    back = back[back["mean"] >= share].sort_values("sum", ascending=False)
    return str(back.index[0]) if len(back) else ""


def _not_products(codes: pd.Series[str], share: float) -> str:
    """The pattern of codes that are no products; empty unless nearly all rows look alike."""
    products = ~is_no_product(codes.str.upper(), EVERY_CODE_BUT_PRODUCTS)
    return EVERY_CODE_BUT_PRODUCTS if share <= products.mean() < 1 else ""


def _orders(raw: pd.DataFrame, lines: pd.DataFrame, export: OrderExport, policy: Policy) -> OwnSales:
    converted = convert(raw, export, policy)
    sales = converted.sales
    story = [
        f"It was read as order lines: {len(raw):,} rows = {_account(converted)}.",
        f"They make {sales['sku'].nunique():,} products in {sales['region'].nunique():,} regions, "
        f"{len(sales[['sku', 'region']].drop_duplicates()):,} series of product and region: "
        f"{sales['units'].sum():,} units sold, {converted.returns['units'].sum():,} returned.",
        *_excluded(lines["sku"].str.upper(), export.not_products),
    ]
    return OwnSales(Mapping(order_export=export), converted.lines, sales, story)


def _account(converted: Converted) -> str:
    scope = converted.out_of_scope
    reasons = "; ".join(f"{n:,} {reason}" for reason, n in zip(scope["reason"], scope["rows"], strict=True))
    return (
        f"{converted.rows_used:,} used + {converted.quarantine['row'].nunique():,} quarantined + "
        f"{scope['rows'].sum():,} out of scope" + (f" ({reasons})" if reasons else "")
    )


def _excluded(codes: pd.Series[str], not_products: str) -> list[str]:
    counts = codes[is_no_product(codes, not_products)].value_counts().sort_index()
    counts = counts.sort_values(ascending=False, kind="stable")
    if counts.empty:
        return []
    shown = ", ".join(f"{code} ({rows:,})" for code, rows in counts.head(SHOWN).items())
    more = f" and {len(counts) - SHOWN} more" if len(counts) > SHOWN else ""
    return [
        f"Nearly all codes have four digits or more; the others were taken for no products: {shown}{more}. "
        f"If one of them is goods, change not_products in {FILE}."
    ]
