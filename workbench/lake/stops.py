"""What is wrong with a whole file and stops the plan: gone, of another day, too short, nothing to use."""

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


def not_mapped(table: Table, before: int, gate: GatePolicy) -> str | None:
    """Why a table may not do without a file: it is needed, or had `before` rows last time."""
    if not table.optional:
        return (
            f"No file fills {table.name} ({table.meaning}); add one under [tables.{table.name}] in "
            "mapping.toml."
        )
    if not before:
        return None
    limit = "" if before < gate.shrink_min_rows else f", and {_may_be_empty(before)}"
    return (
        f"No file fills {table.name}, which had {before:,} rows last time; map it again under "
        f"[tables.{table.name}] in mapping.toml, or, when there are none any more, name a file there that "
        f"has only the header{limit}."
    )


def of_another_day(
    table: Table, frame: pd.DataFrame, source: Source, day: date, gate: GatePolicy, zone: ZoneInfo
) -> str | None:
    """How far the latest day of a dated table lies from the planned one; one that is assumed says nothing.

    What comes after the planned day was left out of sales and orders before; stock cannot be told back.
    """
    if table.dated_by is None or table.dated_by in source.assumed or frame.empty:
        return None
    dates = frame[table.dated_by]
    local = dates.dt.tz_convert(zone).dt.tz_localize(None) if dates.dtype == INSTANT else dates
    latest = local.max().date()
    if latest > day:
        later = (local.dt.normalize() > pd.Timestamp(day)).sum()
        return (
            f"{source.file} is of a later day than {day}, which is planned: in {later:,} of {len(dates):,} "
            f"rows {table.dated_by} is after it, up to {latest}; plan {latest}, or put the export of {day} "
            "in its place."
        )
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
    # the quotient rounds as the limit did when it was read, so that 4 of 10 rows are exactly 0.4
    if free or rows >= before or (before - rows) / before < gate.max_shrink:
        return None
    remedy = _may_be_empty(before) if table.optional and not rows else "raise gate.max_shrink"
    return (
        f"{file} has {rows:,} rows and had {before:,} last time, {1 - rows / before:.0%} fewer, and "
        f"gate.max_shrink stops a plan from {gate.max_shrink:.0%} on; export it whole, or {remedy} if it is "
        "whole."
    )


def _may_be_empty(before: int) -> str:
    return f"raise gate.shrink_min_rows above {before}"
