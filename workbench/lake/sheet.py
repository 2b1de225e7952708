"""A file on its way to a table: what was found in it, what that says, and which rows do not pass."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from workbench.errors import GateStop
from workbench.lake.cells import by_value, numbers, texts
from workbench.lake.faults import Finding
from workbench.lake.mapping import TRANSLATED, Source
from workbench.lake.reading import Raw
from workbench.lake.timestamps import local_times
from workbench.tables import DAY, INSTANT, Column, Table

BLANK_ROWS = "blank rows"
CHANNEL_SKU = Column("channel_sku", "str", "", "the channel's own code, which `listings` translates")
# pandas types that can miss a value until the row is judged
LOOSE = {"int64": "float64", "bool": "boolean"}
_TRUTHS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


@dataclass
class Sheet:
    """Rows of a file by row number.

    `cells` are as found and `frame` is what they say, both under our names; a value that cannot be read is
    missing, and whole numbers are float64 until the row is judged. `columns` are those that it is judged by:
    the table's, with `channel_sku` in place of `sku` where the file speaks the channel's language.
    """

    table: Table
    file: str
    columns: list[Column]
    key: list[str]
    cells: pd.DataFrame
    frame: pd.DataFrame
    broken: pd.DataFrame
    notes: list[str]
    findings: list[Finding] = field(default_factory=list)
    out_of_scope: dict[str, int] = field(default_factory=dict)

    @property
    def translated(self) -> bool:
        """Whether the file has the channel's codes instead of SKUs."""
        return CHANNEL_SKU in self.columns

    def note(self, findings: Iterable[Finding]) -> None:
        """Remember findings that name at least one row."""
        self.findings += [finding for finding in findings if len(finding.rows)]

    def bad(self) -> pd.Index:
        """Numbers of the rows with a finding."""
        rows = [finding.rows for finding in self.findings]
        return pd.Index([], dtype="int64").append(rows).unique()

    def good(self) -> pd.DataFrame:
        """Values of the rows without a finding so far."""
        bad = self.bad()
        return self.frame if bad.empty else self.frame[~self.frame.index.isin(bad)]

    def leave_out(self, rows: pd.Index, reason: str) -> None:
        """Take rows that are none of this plan's business out, and count them."""
        if rows.empty:
            return
        self.out_of_scope[reason] = len(rows)
        self.cells, self.frame = self.cells.drop(rows), self.frame.drop(rows)
        self.findings = [found._replace(rows=found.rows.difference(rows)) for found in self.findings]

    def counts(self) -> dict[str, int]:
        """What became of the rows: rows_in = used + quarantined + out_of_scope."""
        quarantined = len(self.bad()) + len(self.broken)
        out_of_scope = sum(self.out_of_scope.values())
        rows_in = len(self.frame) + len(self.broken) + out_of_scope
        return {
            "rows_in": rows_in,
            "used": rows_in - quarantined - out_of_scope,
            "quarantined": quarantined,
            "out_of_scope": out_of_scope,
        }


def lay_out(raw: Raw, table: Table, source: Source, zone: ZoneInfo) -> Sheet:
    """A file under our names, converted; day and month of slashed dates are told apart by the whole column.

    Raises GateStop when a required column is missing or a header stands twice.
    """
    columns = _columns(raw, table, source)
    cells = pd.DataFrame({c.name: _cells(raw, source, c) for c in columns}, index=raw.cells.index)
    frame = pd.DataFrame({c.name: _filled(cells[c.name], c, zone) for c in columns}, index=cells.index)
    return Sheet(
        table=table,
        file=source.file,
        columns=columns,
        key=["channel_sku" if name == "sku" and CHANNEL_SKU in columns else name for name in table.key],
        cells=cells,
        frame=frame,
        broken=raw.broken,
        notes=[*raw.notes, *_trimmed(cells, source.file)],
        out_of_scope={BLANK_ROWS: raw.blank} if raw.blank else {},
    )


def said(cells: pd.Series[Any]) -> pd.Series[bool]:
    """Whether cells hold anything at all."""
    return texts(cells).notna()


def _columns(raw: Raw, table: Table, source: Source) -> list[Column]:
    headers = list(raw.cells.columns)
    has = {name for name in [*table.names, "channel_sku"] if source.header(name) in headers}
    has |= set(source.constants)
    speaks_channel = table.name in TRANSLATED and "sku" not in has and "channel_sku" in has
    columns = [CHANNEL_SKU if c.name == "sku" and speaks_channel else c for c in table.columns]
    wanted = [source.header(c.name) for c in columns if c.name in has]
    twice = sorted({header for header in wanted if headers.count(header) > 1})
    missing = [c for c in columns if c.name not in has and (c.required or c.name in source.columns)]
    if not missing and not twice:
        return columns
    faults = [f"has no column {source.header(c.name)!r} ({c.name}: {c.meaning})" for c in missing]
    faults += [f"has the column {header!r} twice" for header in twice]
    known = ", ".join(repr(header) for header in headers)
    raise GateStop(
        f"{source.file} {'; '.join(faults)}. Its headers are {known}: add the column, or say in mapping.toml "
        f"under [tables.{table.name}] which header it has."
    )


def _cells(raw: Raw, source: Source, column: Column) -> pd.Series[Any]:
    header = source.header(column.name)
    if column.name not in source.constants and header in raw.cells.columns:
        return raw.cells[header]
    constant = source.constants.get(column.name)
    return pd.Series(None if constant is None else str(constant), index=raw.cells.index, dtype="str")


def _filled(cells: pd.Series[Any], column: Column, zone: ZoneInfo) -> pd.Series[Any]:
    """What the cells say; blank ones take the dictionary's default."""
    dtype: Any = LOOSE.get(column.dtype, column.dtype)
    values: pd.Series[Any] = _read(cells, column, zone).astype(dtype)
    if column.required or column.default is None or not values.isna().any():
        return values
    blank = values.isna()
    blank[blank] = ~said(cells[blank])
    values[blank] = column.default
    return values


def _read(cells: pd.Series[Any], column: Column, zone: ZoneInfo) -> pd.Series[Any]:
    """What the cells say by the column's type; an instant without an offset is in UTC, as its name says."""
    answers: pd.Series[Any]
    if column.dtype == DAY:
        answers = local_times(cells, zone).dt.normalize()
    elif column.dtype == INSTANT:
        answers = local_times(cells, ZoneInfo("UTC")).dt.tz_localize("UTC")
    elif column.dtype in ("boolean", "bool"):
        answers = by_value(cells, lambda found: found.astype("str").str.strip().str.lower().map(_TRUTHS))
    else:
        answers = texts(cells) if column.dtype == "str" else numbers(cells)
    return answers


def _trimmed(cells: pd.DataFrame, file: str) -> list[str]:
    texts_of_it = [cells[name] for name in cells if isinstance(cells[name].dtype, pd.StringDtype)]
    count = sum(
        int(by_value(column, lambda found: found.astype("str").str.contains(r"^\s|\s$")).eq(True).sum())
        for column in texts_of_it
    )
    return [f"{file}: blanks around {count:,} cells were taken off."] if count else []
