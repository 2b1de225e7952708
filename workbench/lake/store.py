"""The lake: every table as a Delta table, every write a version, read at pinned versions."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from deltalake import (
    CommitProperties,
    DeltaTable,
    PostCommitHookProperties,
    WriterProperties,
    write_deltalake,
)
from deltalake.exceptions import DeltaError
from numpy.typing import NDArray
from pyarrow.dataset import Dataset
from pyarrow.dataset import field as column_of

from workbench.errors import WorkbenchError
from workbench.tables import TABLES, Table, paths_dtype, validate

CONTENT = "content"  # name of the content hash in a commit's metadata
BATCH_ROWS = 16_384  # rows held at once while writing and reading paths: 20 MB at 300 paths
_WRITER = WriterProperties(compression="ZSTD", compression_level=1, max_row_group_size=BATCH_ROWS)
_READ_AHEAD = {"batch_readahead": 2, "fragment_readahead": 1}
Rows = tuple[str, Any, Any]  # a column, and the least and the most of its values
# a version that a decision rests on must stay readable for as long as the decision is
_KEEP_LOG = PostCommitHookProperties(cleanup_expired_logs=False)


class Lake:
    """The versioned tables of one business, below `root`.

    A write is one atomic Delta commit: after a crash the table stands at its last whole version.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def write(self, name: str, frame: pd.DataFrame) -> int:
        """Store a table and return its version; rows come to lie in the order of the table's key.

        The same content, in whatever row order, writes nothing and returns the current version. Raises
        WorkbenchError for a table that is not in the dictionary, `pandera.errors.SchemaErrors` for a frame
        that does not keep to it.
        """
        table = _entry(name)
        ordered = _ordered(table, validate(name, frame.astype(_dtypes(table, frame))))
        digest = content_hash(ordered)
        path = self.root / name
        if DeltaTable.is_deltatable(str(path)):
            current = DeltaTable(path)
            if current.history(1)[0].get(CONTENT) == digest:
                return current.version()
        write_deltalake(
            path,
            _arrow(ordered).to_reader(max_chunksize=BATCH_ROWS),
            mode="overwrite",
            schema_mode="overwrite",
            writer_properties=_WRITER,
            commit_properties=CommitProperties(custom_metadata={CONTENT: digest}),
            post_commithook_properties=_KEEP_LOG,
        )
        return DeltaTable(path).version()

    def read(self, name: str, version: int | None = None, rows: Rows | None = None) -> pd.DataFrame:
        """A table at a version (default: its latest), with the dictionary's types, in the order of its key.

        `rows`: the column and the values, least and most, of the rows to read. Raises WorkbenchError when the
        lake has no such table or version.
        """
        table, stored = _entry(name), self._stored(name, version)
        return _frame(table, stored, rows if rows and rows[0] in table.names else None)

    def total(self, name: str, column: str, version: int | None = None) -> float:
        """The sum of a column, read alone; 0 for an empty table. Raises as `read` does."""
        values = self._stored(name, version).to_pyarrow_dataset().to_table(columns=[column]).column(0)
        return float(pc.sum(values).as_py() or 0.0)

    def written_at(self, name: str, version: int) -> datetime:
        """The UTC instant at which a version of a table was written. Raises as `read` does."""
        milliseconds = self._stored(name, version).history(1)[0]["timestamp"]
        return datetime.fromtimestamp(milliseconds / 1000, UTC)

    def _stored(self, name: str, version: int | None) -> DeltaTable:
        try:
            return DeltaTable(self.root / name, version=version)
        except (DeltaError, OSError) as error:
            which = "" if version is None else f" version {version} of"
            raise WorkbenchError(
                f"The lake {self.root} has no{which} table {name}; plan again to write it."
            ) from error

    def versions(self) -> dict[str, int]:
        """The latest version of every table in the lake."""
        paths = {name: self.root / name for name in TABLES}
        return {
            name: DeltaTable(path).version()
            for name, path in paths.items()
            if DeltaTable.is_deltatable(str(path))
        }

    def snapshot(self, versions: Mapping[str, int]) -> Snapshot:
        """The tables pinned at these versions, whatever is written later."""
        return Snapshot(self, versions)


class Snapshot:
    """Tables at pinned versions, as attributes, read when first asked for.

    A table of the dictionary without a version is empty; another name is an AttributeError.
    """

    def __init__(self, lake: Lake, versions: Mapping[str, int], rows: Rows | None = None) -> None:
        self.versions = dict(versions)
        self._lake = lake
        self._rows = rows
        self._read: dict[str, pd.DataFrame] = {}

    def only(self, column: str, least: Any, most: Any) -> Snapshot:
        """The same tables, of which those with this column have only its rows from `least` to `most`.

        Others are hardly read: rows lie in the order of the key, and files tell what their parts hold.
        """
        return Snapshot(self._lake, self.versions, (column, least, most))

    def total(self, name: str, column: str) -> float:
        """The sum of a column, read alone; 0 for an empty table."""
        version = self.versions.get(name)
        return 0.0 if version is None else self._lake.total(name, column, version)

    def __getattr__(self, name: str) -> pd.DataFrame:
        if name.startswith("_") or name not in TABLES:
            raise AttributeError(f"{name} is no table of the dictionary")
        if name not in self._read:
            version = self.versions.get(name)
            self._read[name] = (
                TABLES[name].empty() if version is None else self._lake.read(name, version, self._rows)
            )
        return self._read[name]


def content_hash(frame: pd.DataFrame) -> str:
    """SHA-256 of column names, types and values in row order; the index does not count."""
    digest = hashlib.sha256()
    for name, column in frame.items():
        kind = "" if frame.empty else str(column.dtype)
        digest.update(f"{name}\0{kind}\0{len(column)}\0".encode())
        for block in _blocks(column):
            digest.update(np.ascontiguousarray(block).data)
    return digest.hexdigest()


def _blocks(column: pd.Series[Any]) -> Iterator[NDArray[Any]]:
    """The column's values, or hashes of them, as arrays small enough to be copied."""
    if not _is_paths(column):
        yield pd.util.hash_pandas_object(column, index=False).to_numpy()
        return
    for chunk in pa.chunked_array(pa.array(column)).chunks:
        for start in range(0, len(chunk), BATCH_ROWS):
            yield chunk.slice(start, BATCH_ROWS).flatten().to_numpy(zero_copy_only=False)


def _is_paths(column: pd.Series[Any]) -> bool:
    return isinstance(column.dtype, pd.ArrowDtype) and pa.types.is_nested(column.dtype.pyarrow_dtype)


def _entry(name: str) -> Table:
    if name not in TABLES:
        raise WorkbenchError(f"{name} is no table of the dictionary; add it to workbench/tables.py.")
    return TABLES[name]


def _dtypes(table: Table, frame: pd.DataFrame) -> dict[str, str]:
    """The dictionary's types of the frame's columns; paths have theirs from their number."""
    return {c.name: c.dtype for c in table.columns if c.dtype != "paths" and c.name in frame}


def _order(table: Table, frame: pd.DataFrame) -> NDArray[np.intp]:
    """Positions of the frame's rows in the order of the key."""
    keys = frame[list(table.key)].reset_index(drop=True)
    return keys.sort_values(list(table.key), kind="stable").index.to_numpy()


def _ordered(table: Table, frame: pd.DataFrame) -> pd.DataFrame:
    """The frame in the order of its key; one that is in order already is not copied."""
    order = _order(table, frame)
    return frame if (order == np.arange(len(frame))).all() else frame.iloc[order].reset_index(drop=True)


def _arrow(frame: pd.DataFrame) -> pa.Table:
    """The frame as Arrow, without a copy where pandas holds Arrow already."""
    table = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)
    for at, field in enumerate(table.schema):
        if pa.types.is_null(field.type):  # an empty `paths` column has no type of its own
            table = table.set_column(at, field.name, table.column(at).cast(pa.list_(pa.float32())))
    return table


def _frame(table: Table, stored: DeltaTable, rows: Rows | None = None) -> pd.DataFrame:
    """A stored table in the order of its key, which Delta does not keep.

    A column that the dictionary has since got holds what stands in for a blank.
    """
    dataset = stored.to_pyarrow_dataset()
    if rows is not None:
        key, least, most = rows
        dataset = dataset.filter((column_of(key) >= least) & (column_of(key) <= most))
    lists = [field.name for field in dataset.schema if pa.types.is_list(field.type)]
    plain = [name for name in dataset.schema.names if name not in lists]
    frame: pd.DataFrame = dataset.to_table(columns=plain).to_pandas()
    known = dataset.schema.names
    later = {c.name: c.default for c in table.columns if not c.required and c.name not in known}
    frame = frame.assign(**later)
    frame = frame.astype(_dtypes(table, frame))
    order = _order(table, frame)
    ordered = frame.iloc[order].reset_index(drop=True)
    for name in lists:
        column = _paths(dataset, name, order) if len(frame) else pd.Series(dtype="object")
        ordered.insert(dataset.schema.names.index(name), name, column)
    return ordered


def _paths(dataset: Dataset, name: str, order: NDArray[np.intp]) -> pd.Series[Any]:
    """A column of lists as one block in the given order, batch by batch: it is never held twice."""
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    values, filled = np.zeros((0, 0), dtype=np.float32), 0
    for batch in dataset.to_batches(columns=[name], batch_size=BATCH_ROWS, **_READ_AHEAD):
        block = batch.column(0).flatten().to_numpy().reshape(len(batch) or 1, -1)[: len(batch)]
        if not filled:
            values = np.empty((len(order), block.shape[1]), dtype=np.float32)
        values[place[filled : filled + len(batch)]] = block
        filled += len(batch)
    array = pa.FixedSizeListArray.from_arrays(pa.array(values.reshape(-1)), values.shape[1])
    return pd.Series(pd.arrays.ArrowExtensionArray(array), dtype=paths_dtype(values.shape[1]))
