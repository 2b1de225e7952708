"""Input files as they are: CSV of any common flavour, or Parquet; every row keeps its number in the file."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from workbench.errors import GateStop

FIRST_ROW = 2  # the header is row 1
SEPARATORS = (",", ";", "\t", "|")
SHOWN_TEXT = 80  # characters of what was found that are kept


class Raw(NamedTuple):
    """A file as found: `cells` by its own headers, indexed by row number.

    `broken` are rows that do not fit the header, with the columns `row` and `found`; `blank` is how many rows
    said nothing at all; `notes` are sentences about the file as a whole.
    """

    cells: pd.DataFrame
    broken: pd.DataFrame
    blank: int
    notes: list[str]

    @property
    def rows(self) -> int:
        """Rows in the file."""
        return len(self.cells) + len(self.broken) + self.blank


def read(path: Path, name: str) -> Raw:
    """Read a CSV or Parquet file; `name` is what the planner calls it.

    Raises GateStop with a sentence when it is missing, has no bytes or cannot be read.
    """
    if not path.is_file():
        raise GateStop(f"{name} is missing; put it into the folder, or correct its name in mapping.toml.")
    if path.stat().st_size == 0:
        raise GateStop(f"{name} has no bytes; export it again.")
    try:
        return _csv(path, name) if path.suffix.lower() == ".csv" else _parquet(path)
    except UnicodeError as error:
        raise GateStop(f"{name} is no text file; save it as CSV in UTF-8, or name it .parquet.") from error
    except (pa.ArrowException, OSError) as error:
        reason = str(error).splitlines()[0].rstrip(".")
        raise GateStop(f"{name} cannot be read ({reason}); export it again.") from error


def _parquet(path: Path) -> Raw:
    table = pq.read_table(path)
    for at, field in enumerate(table.schema):
        table = table.set_column(at, field.name, table.column(at).cast(_plain(field.type)))
    return _raw(table, [], [])


def _plain(kind: pa.DataType) -> pa.DataType:
    """The nearest type that pandas has without objects."""
    if pa.types.is_dictionary(kind):
        return _plain(kind.value_type)
    if pa.types.is_date(kind):
        return pa.timestamp("us")
    if pa.types.is_timestamp(kind):
        return pa.timestamp("us", kind.tz)
    return pa.float64() if pa.types.is_decimal(kind) else kind


def _csv(path: Path, name: str) -> Raw:
    text, notes = _decode(path.read_bytes(), name)
    text = text if text.endswith("\n") else text + "\n"  # else a header alone is no CSV to the parser
    separator = _separator(text)
    broken: list[tuple[int, str]] = []

    def set_aside(row: pacsv.InvalidRow) -> str:
        broken.append((row.number, str(row.text)[:SHOWN_TEXT]))
        return "skip"

    headers = next(csv.reader(io.StringIO(text), delimiter=separator), [])
    table = pacsv.read_csv(
        pa.BufferReader(text.encode()),
        read_options=pacsv.ReadOptions(use_threads=False),  # only so does a broken row know its number
        parse_options=pacsv.ParseOptions(
            delimiter=separator,
            newlines_in_values=True,
            ignore_empty_lines=False,
            invalid_row_handler=set_aside,
        ),
        convert_options=pacsv.ConvertOptions(
            column_types=dict.fromkeys(headers, pa.string()), strings_can_be_null=False
        ),
    )
    return _raw(table, broken, notes)


def _decode(data: bytes, name: str) -> tuple[str, list[str]]:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16"), []
    try:
        return data.decode("utf-8-sig"), []
    except UnicodeDecodeError:
        note = f"{name} is not in UTF-8 and was read as Windows-1252; save it as UTF-8 if letters look wrong."
        return data.decode("cp1252"), [note]  # undefined bytes raise: then it is no text at all


def _separator(text: str) -> str:
    """What stands most often between the headers.

    >>> _separator("sku;price, net;units")
    ';'
    """
    header = text.split("\n", 1)[0]
    return max(SEPARATORS, key=header.count)


def _raw(table: pa.Table, broken: list[tuple[int, str]], notes: list[str]) -> Raw:
    """The table with trimmed headers and row numbers, which go on over rows that were set aside."""
    set_aside = pd.DataFrame(broken, columns=["row", "found"]).astype({"row": "int64", "found": "str"})
    last = FIRST_ROW + table.num_rows + len(broken)
    rows = pd.RangeIndex(FIRST_ROW, last).difference(pd.Index(set_aside["row"]))
    columns = {at: column.to_pandas().set_axis(rows) for at, column in enumerate(table.columns)}
    cells = pd.DataFrame(columns, index=rows)
    blank = _blank_rows(cells)
    headers = [str(header).strip() for header in table.column_names]
    return Raw(cells.drop(blank).set_axis(headers, axis=1), set_aside, len(blank), notes)


def _blank_rows(cells: pd.DataFrame) -> pd.Index:
    """Rows without a single cell that says something."""
    rows = cells
    for at in range(cells.shape[1]):  # each column looks only at what the earlier ones left
        column = rows.iloc[:, at]
        rows = rows[column.isna() | column.eq("")]
    return rows.index
