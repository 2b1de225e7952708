"""SKUs in doubt for quarantined rows that name none: a budget concerns all, a tariff what it is about."""

from __future__ import annotations

from datetime import date

import pandas as pd

from workbench.formulas.duties import digits, origin_of
from workbench.lake.store import Snapshot


def doubts_of_no_sku(rows: pd.DataFrame, tables: Snapshot, day: date) -> dict[str, str]:
    """Why each SKU is in doubt, from quarantined `rows` without a SKU, of tables that a step rests on.

    The rest of the plan goes on: rows of other tables put no SKU in doubt by themselves. A row of `cash`
    counts where its budget would hold on `day`; without a day it may.
    """
    budget, tariff = rows[rows["table"] == "cash"], rows[rows["table"] == "tariffs"]
    today = pd.Timestamp(day)
    dates = tables.cash["date"]
    known = dates[dates <= today].max()
    outdated = (budget["date"] > today) | (budget["date"] < known)
    doubts = _of_tariffs(tariff, tables) if len(tariff) else {}
    budget = budget[~outdated]
    return doubts | (dict.fromkeys(tables.products["sku"], _first(budget)) if len(budget) else {})


def _first(rows: pd.DataFrame) -> str:
    row = rows.iloc[0]
    return f"{row['file']} row {row['row']}: {row['problem']}"


def _of_tariffs(rows: pd.DataFrame, tables: Snapshot) -> dict[str, str]:
    """SKUs that cross the border of a tariff at fault with a code that it is about, by its first such row.

    What is not known of a row's origin, destination and HS prefix may be any.
    """
    goods = _crossing(tables)
    doubts: dict[str, str] = {}
    for number, key in enumerate(rows["key"]):
        origin, destination, prefix = [*str(key if pd.notna(key) else "").split(", "), "", "", ""][:3]
        about = goods["hs_code"].str.startswith(digits(pd.Series([prefix])).iloc[0])
        for column, country in (("origin", origin), ("destination", destination)):
            about &= (goods[column] == country) | (country == "")
        doubts = dict.fromkeys(sorted(set(goods.loc[about, "sku"])), _first(rows[number:])) | doubts
    return doubts


def _crossing(tables: Snapshot) -> pd.DataFrame:
    """sku, origin, destination and hs_code (digits) of what somebody sends over a border."""
    offered = tables.offers[["supplier", "sku"]].drop_duplicates()
    offered = offered.merge(tables.suppliers[["supplier", "country"]], on="supplier", validate="many_to_one")
    offered = offered.merge(
        tables.products[["sku", "country_of_origin", "hs_code"]], on="sku", validate="many_to_one"
    )
    to = tables.warehouses[["country"]].drop_duplicates().rename(columns={"country": "destination"})
    goods = offered.merge(to, how="cross")
    goods = goods.assign(origin=origin_of(goods), hs_code=digits(goods["hs_code"].fillna("")))
    return goods[goods["origin"] != goods["destination"]]
