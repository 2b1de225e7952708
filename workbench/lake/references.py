"""Keys that rows of one table must find in another, by the name of the column: one name, one meaning."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from workbench.lake.faults import Finding
from workbench.tables import INPUTS, Table

# column -> the table that must know it
HOME = {
    "sku": "products",
    "channel": "channels",
    "region": "regions",
    "warehouse": "warehouses",
    "from_warehouse": "warehouses",
    "to_warehouse": "warehouses",
    "supplier": "suppliers",
    "carrier": "services",
    "carrier + service": "services",
    "currency": "fx_rates",
}
KEYS = ("sku", "channel", "region", "warehouse", "supplier", "carrier", "carrier + service", "currency")
DISRUPTED = ("carrier", "warehouse", "supplier")
EVERYTHING = "*"  # what a signal is about when it is about all


@dataclass
class Known:
    """Keys that a later table may use: those that passed the gate, and those whose row is in quarantine."""

    base_currency: str  # needs no rate to be known
    passed: dict[str, pd.Index] = field(default_factory=dict)
    quarantined: dict[str, pd.Index] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.passed["currency"] = pd.Index([self.base_currency])

    def add(self, table: str, good: pd.DataFrame, everything: pd.DataFrame) -> None:
        """Learn the keys that a table is the home of."""
        for key in KEYS:
            if HOME[key] == table:
                base = [self.base_currency] if key == "currency" else []
                self.passed[key] = _keys(good, key).union(base)
                self.quarantined[key] = _keys(everything, key).difference(self.passed[key])


def reference_findings(table: Table, values: pd.DataFrame, known: Known) -> Iterator[Finding]:
    """Keys without a partner; where their home has no row, it stops the plan itself or is not used."""
    values = values.assign(**{"carrier + service": _pair(values)}) if "service" in values else values
    for column, home in HOME.items():
        if column in values and home != table.name:
            found = (
                values[column].mask(values[column] == EVERYTHING)
                if table.name == "signals"
                else values[column]
            )
            yield from _without_partner(found, column, _key(column), known)
    if table.name == "disruptions":
        for kind in DISRUPTED:
            yield from _without_partner(values.loc[values["kind"] == kind, "name"], "name", kind, known)


def _without_partner(found: pd.Series[Any], column: str, key: str, known: Known) -> Iterator[Finding]:
    passed = known.passed.get(key, pd.Index([]))
    quarantined = known.quarantined.get(key, pd.Index([]))
    if passed.empty and (quarantined.empty or not INPUTS[HOME[key]].optional):
        return
    alone = found[found.notna() & ~found.isin(passed)]
    mended_there = alone.isin(quarantined)
    home = HOME[key]
    remedy = f"correct it, or add it to {home}"
    yield Finding(alone.index[~mended_there], column, "unknown", remedy)
    yield Finding(alone.index[mended_there], column, "partner quarantined", f"mend its row of {home}")


def _key(column: str) -> str:
    return "warehouse" if column.endswith("_warehouse") else column


def _keys(frame: pd.DataFrame, key: str) -> pd.Index:
    values = _pair(frame) if key == "carrier + service" else frame[key]
    found: pd.Index = pd.Index(values.dropna().unique())
    return found


def _pair(frame: pd.DataFrame) -> pd.Series[str]:
    """Carrier and service as one key; missing where either is."""
    pair: pd.Series[str] = frame["carrier"] + " " + frame["service"]
    return pair
