"""What a row must keep to by itself and among the rows of its table; a check names the rows that do not.

The dictionary is the only source of ranges: nothing is listed here that `tables.py` says already.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pandas as pd

from workbench.lake.faults import Finding
from workbench.lake.sheet import Sheet, said
from workbench.policy import GatePolicy
from workbench.tables import DAY, INSTANT, Column

# the first may not exceed the second, wherever a table has both
IN_ORDER = (
    ("valid_from", "valid_to", "let it begin before it ends"),
    ("starts_at", "ends_at", "let it begin before it ends"),
    ("launched_on", "discontinued_on", "correct one of the days: nothing goes off sale before its launch"),
    ("ordered_on", "received_on", "correct one of the days: nothing arrives before it is ordered"),
    ("ordered_on", "promised_on", "correct one of the days: nothing is promised for before its order"),
    ("handed_over_on", "delivered_on", "correct one of the days: nothing arrives before it is handed over"),
    ("weight_from_kg", "weight_to_kg", "let the band begin below its end"),
    ("reserved", "on_hand", "reserve at most what is there; the rest is backordered"),
)
# dates that may lie in the distant past or future without being a typing error
SINCE_EVER = ("valid_from", "starts_at", "launched_on", "discontinued_on")
WITHOUT_END = ("valid_to", "ends_at")
DAY_LENGTH = pd.Timedelta(days=1)


def cell_findings(sheet: Sheet, policy: GatePolicy, day: date) -> Iterator[Finding]:
    """Blank, unreadable and out-of-range cells."""
    for column in sheet.columns:
        values = sheet.frame[column.name]
        yield from _unreadable(sheet.cells[column.name], values, column)
        if column.dtype in (DAY, INSTANT):
            yield _far_dates(values, column, policy.max_years, day)
        elif column.one_of:
            remedy = f"write one of {', '.join(column.one_of)}"
            yield _where(values.notna() & ~values.isin(column.one_of), column, "not in list", remedy)
        elif values.dtype == "float64":
            yield from _out_of_range(values, column, policy.max_units)


def _where(holds: pd.Series[bool], column: Column | str, problem: str, remedy: str) -> Finding:
    name = column if isinstance(column, str) else column.name
    return Finding(holds.index[holds.to_numpy(dtype=bool)], name, problem, remedy)


def _unreadable(cells: pd.Series[Any], values: pd.Series[Any], column: Column) -> Iterator[Finding]:
    missing = values.isna()
    if not missing.any():
        return
    written = said(cells[missing])
    if column.required:
        yield _where(~written, column, "blank", f"fill it in ({column.meaning})")
    if column.dtype in (DAY, INSTANT):
        yield _where(written, column, "no date", "write an existing day as 2026-11-16")
    elif column.dtype in ("boolean", "bool"):
        yield _where(written, column, "not yes or no", "write true or false")
    elif column.dtype != "str":
        yield _where(written, column, "no number", "write only the number, as 1234.5")


def _far_dates(values: pd.Series[Any], column: Column, years: int, day: date) -> Finding:
    middle = pd.Timestamp(day, tz="UTC" if column.dtype == INSTANT else None)
    past = (values < middle - pd.DateOffset(years=years)) & (column.name not in SINCE_EVER)
    future = (values > middle + pd.DateOffset(years=years)) & (column.name not in WITHOUT_END)
    remedy = f"correct the year, or raise gate.max_years ({years})"
    return _where(past | future, column, "far date", remedy)


def _out_of_range(values: pd.Series[Any], column: Column, max_units: int) -> Iterator[Finding]:
    if column.dtype == "int64":
        yield _where(values % 1 > 0, column, "not whole", f"write whole {column.unit or 'numbers'}")
    if column.above is not None:
        yield from _below(values, values <= column.above, column, "zero", f"more than {column.above:g}")
    if column.low is not None:
        yield from _below(values, values < column.low, column, "too small", f"{column.low:g} or more")
    if column.high is not None:
        yield _where(values > column.high, column, "too large", f"give {column.high:g} or less")
    if column.dtype == "int64" and column.unit == "units":
        remedy = f"correct it, or raise gate.max_units ({max_units})"
        yield _where(values > max_units, column, "too many", remedy)


def _below(
    values: pd.Series[Any], below: pd.Series[bool], column: Column, problem: str, wanted: str
) -> Iterator[Finding]:
    yield _where(below & (values < 0), column, "negative", f"give {wanted}")
    yield _where(below & (values >= 0), column, problem, f"give {wanted}")


def row_findings(values: pd.DataFrame) -> Iterator[Finding]:
    """Cells of one row that contradict each other."""
    for first, second, remedy in IN_ORDER:
        if first in values and second in values:
            yield _where(values[first] > values[second], first, "wrong order", remedy)
    if "from_warehouse" in values and "to_warehouse" in values:
        same = values["from_warehouse"].eq(values["to_warehouse"])
        yield _where(same, "to_warehouse", "same place", "name another warehouse, or take the row out")


def duplicate_findings(values: pd.DataFrame, key: list[str]) -> Iterator[Finding]:
    """Rows with one key: of identical ones the first stays, of contradicting ones none."""
    alike = values[values.duplicated(key, keep=False)]
    if alike.empty:
        return
    group = alike.groupby(key, dropna=False, sort=False).ngroup()
    versions = (~alike.duplicated()).groupby(group).transform("sum")
    name = key[-1] if len(key) == 1 else " + ".join(key)
    yield _where((versions == 1) & alike.duplicated(key), name, "duplicate", "take the repeated row out")
    yield _where(versions > 1, name, "contradiction", "keep the row that is right and take the others out")


def overlap_findings(values: pd.DataFrame, key: list[str]) -> Iterator[Finding]:
    """Rows of one key whose days overlap; a row without an end holds until the next begins."""
    if "valid_to" not in values or values.empty:
        return
    same = [name for name in key if name != "valid_from"]
    rows = close_open_ends(values, key).sort_values(key)
    end = rows["valid_to"].fillna(pd.Timestamp.max.floor("D").as_unit("us"))
    of_key = [rows[name] for name in same]
    latest_before = end.groupby(of_key).cummax().groupby(of_key).shift()
    next_start = rows.groupby(same)["valid_from"].shift(-1)
    overlaps = (rows["valid_from"] <= latest_before) | (end >= next_start)
    yield _where(overlaps, "valid_from", "overlap", "end one row the day before the other begins")


def tier_findings(values: pd.DataFrame, key: list[str]) -> Iterator[Finding]:
    """Price tiers of an offer at which a unit costs more than for a smaller quantity on the same day."""
    if values.empty:
        return
    same = ["supplier", "sku", "currency"]
    shown = [*same, "tier_from", "valid_from", "valid_to", "unit_cost"]
    rows = close_open_ends(values, key)[shown].reset_index(names="row")
    pairs = rows.merge(rows, on=same, suffixes=("", "_below"))
    together = ~(pairs["valid_to"] < pairs["valid_from_below"]) & ~(
        pairs["valid_to_below"] < pairs["valid_from"]
    )
    smaller = pairs["tier_from_below"] < pairs["tier_from"]
    dearer = pairs[together & smaller & (pairs["unit_cost"] > pairs["unit_cost_below"])]
    remedy = "ask what holds: a unit costs more from this quantity on than below it"
    yield Finding(pd.Index(sorted(set(dearer["row"]))), "unit_cost", "dearer tier", remedy)


def close_open_ends(values: pd.DataFrame, key: list[str]) -> pd.DataFrame:
    """A row without `valid_to` ends the day before the next row of its key begins; the last has no end.

    >>> rows = pd.DataFrame({"sku": "A", "valid_from": pd.to_datetime(["2026-01-01", "2026-02-01"])})
    >>> closed = close_open_ends(rows.assign(valid_to=pd.NaT), ["sku", "valid_from"])
    >>> closed["valid_to"].dt.strftime("%d %b").tolist()
    ['31 Jan', nan]
    """
    if "valid_to" not in values or values.empty:
        return values
    rows = values.sort_values(key)
    following = rows.groupby([name for name in key if name != "valid_from"])["valid_from"].shift(-1)
    return values.assign(valid_to=rows["valid_to"].fillna(following - DAY_LENGTH))
