"""The lines of routing's proposals as plain values, and what its sentences count."""

from __future__ import annotations

from typing import Any

import pandas as pd

from workbench.tables import TABLES

Record = dict[str, Any]
WAY = ["warehouse", "carrier", "service"]
CANCEL = "cancel the orders, at the policy's price of an order that is not served"
_LINE = [name for name in TABLES["shipment_lines"].names if name != "proposal_id"]
_DAYS = [name for name in _LINE if TABLES["shipment_lines"][name].dtype.startswith("datetime64")]


def line_records(lines: pd.DataFrame) -> list[Record]:
    """Lines of the table `shipment_lines` as plain values: days as text, blanks as None."""
    dated = lines[_LINE].assign(**{name: lines[name].dt.strftime("%Y-%m-%d") for name in _DAYS})
    plain = dated.astype(object).where(dated.notna(), None)
    return [{str(name): value for name, value in row.items()} for row in plain.to_dict("records")]


def count(number: int, thing: str) -> str:
    """A number with what it counts.

    >>> count(1, "order"), count(1200, "order")
    ('1 order', '1,200 orders')
    """
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"


def ways_by_order(parcels: pd.DataFrame) -> pd.Series[str]:
    """Warehouse, carrier and service of an order's parcels, by `order`.

    >>> two = pd.DataFrame({"order": [3, 3], "warehouse": ["W", "E"], "carrier": "C", "service": "van"})
    >>> ways_by_order(two).to_dict()
    {3: 'E C van + W C van'}
    """
    named = parcels[WAY[0]].str.cat(parcels[WAY[1:]], " ")
    rows = pd.DataFrame({"order": parcels["order"], "way": named}).sort_values(["order", "way"])
    ways = rows.groupby("order")["way"].first()
    several = rows[rows["order"].duplicated(keep=False)]  # few: joining all of them would take long
    together = several.groupby("order")["way"].agg(" + ".join)
    ways.loc[together.index] = together
    return ways
