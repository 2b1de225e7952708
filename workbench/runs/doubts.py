"""SKUs in doubt for quarantined rows that name none: a budget concerns all, a tariff what is imported."""

from __future__ import annotations

from datetime import date

import pandas as pd

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
    doubts = dict.fromkeys(_imported(tables), _first(tariff)) if len(tariff) else {}
    budget = budget[~outdated]
    return doubts | (dict.fromkeys(tables.products["sku"], _first(budget)) if len(budget) else {})


def _first(rows: pd.DataFrame) -> str:
    row = rows.iloc[0]
    return f"{row['file']} row {row['row']}: {row['problem']}"


def _imported(tables: Snapshot) -> list[str]:
    """SKUs that somebody sends over a border: their landed cost may rest on a tariff."""
    home = tables.suppliers.set_index("supplier")["country"]
    sent_from = tables.offers["supplier"].map(home)
    abroad = pd.Series(False, index=tables.offers.index)
    for country in sorted(set(tables.warehouses["country"])):
        abroad |= sent_from != country
    return sorted(set(tables.offers.loc[abroad, "sku"]))
