"""Sheets of single tables from a few lines of text, judged without the rest of a business."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd

from tests.lake.tiny_business import DAY
from workbench.lake.judging import judge
from workbench.lake.mapping import Source
from workbench.lake.reading import read
from workbench.lake.references import Known
from workbench.lake.sheet import Sheet, lay_out
from workbench.policy import Policy
from workbench.tables import INPUTS

UTC = ZoneInfo("UTC")


def sheet(folder: Path, table: str, text: str | bytes, zone: ZoneInfo = UTC, **source: dict) -> Sheet:
    """The file's sheet before it is judged."""
    file = folder / f"{table}.csv"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return lay_out(read(file, file.name), INPUTS[table], Source(file=file.name, **source), zone)


def parquet_sheet(folder: Path, table: str, frame: pd.DataFrame) -> Sheet:
    """The same for a Parquet file."""
    file = folder / f"{table}.parquet"
    frame.to_parquet(file, index=False)
    return lay_out(read(file, file.name), INPUTS[table], Source(file=file.name), UTC)


def judged(folder: Path, table: str, text: str, known: Known | None = None) -> Sheet:
    """The file's sheet, judged by itself or against what is known."""
    made = sheet(folder, table, text)
    judge(made, known or Known("USD"), None, Policy(), DAY)
    return made


def found(made: Sheet) -> list[tuple[int, str, str]]:
    """Row, column and problem of every finding, sorted."""
    return sorted((row, column, problem) for rows, column, problem, _ in made.findings for row in rows)
