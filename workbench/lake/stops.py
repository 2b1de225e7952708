"""What is wrong with a whole file and stops the plan: too old, too short, nothing in it to use."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pandas as pd

from workbench.errors import WorkbenchError
from workbench.lake.mapping import Source
from workbench.lake.store import Lake
from workbench.policy import GatePolicy
from workbench.tables import INSTANT, Table


def last_rows(lake: Lake) -> dict[str, int]:
    """Rows that the file of each table had when it was last admitted; empty before the first time."""
    try:
        files = lake.read("files")
    except WorkbenchError:
        return {}
    return dict(files.set_index("table")["rows_in"])


def nothing_usable(table: Table, file: str, counts: dict[str, int]) -> str | None:
    """Why a table that is needed has no row, as a sentence."""
    if table.optional or counts["used"]:
        return None
    if not counts["rows_in"]:
        return f"{file} has a header and no rows, but {table.name} is needed; export it again."
    return (
        f"No row of {file} can be used for {table.name}: {counts['quarantined']:,} of {counts['rows_in']:,} "
        f"are in quarantine, {counts['out_of_scope']:,} are out of scope; mend what is said about it below."
    )


def too_old(
    table: Table, frame: pd.DataFrame, source: Source, day: date, gate: GatePolicy, zone: ZoneInfo
) -> str | None:
    """How far the latest day of a dated table lies behind; a table whose day is assumed has no age."""
    if table.dated_by is None or table.dated_by in source.assumed or frame.empty:
        return None
    dates = frame[table.dated_by]
    latest = (dates.dt.tz_convert(zone) if dates.dtype == INSTANT else dates).max().date()
    age = (day - latest).days
    if age <= gate.max_age_days:
        return None
    return (
        f"{source.file} is {age} days old for {day}: its latest {table.dated_by} is {latest}, and "
        f"gate.max_age_days allows {gate.max_age_days}; export it again."
    )


def too_short(table: Table, file: str, rows: int, before: int, gate: GatePolicy) -> str | None:
    """By how much a file has fewer rows than last time; a short optional one may shrink freely."""
    free = table.optional and before < gate.shrink_min_rows
    if free or rows >= before * (1 - gate.max_shrink):
        return None
    return (
        f"{file} has {rows:,} rows and had {before:,} last time, {1 - rows / before:.0%} fewer, and "
        f"gate.max_shrink allows {gate.max_shrink:.0%}; export it whole, or raise the limit if it is whole."
    )
