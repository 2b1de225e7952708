"""The project's tables from a folder of CSV or Parquet files, blanks filled as the dictionary says."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from workbench.tables import REQUIRED, TABLES

# a table may come as the input that it is made of
MADE_OF = {"open_lines": "order_lines", "stock": "inventory"}
WANTED = ("open_lines", "stock", "products", "warehouses", "regions", "services", "zones", "rates")
MAY_LACK = ("deliveries", "disruptions")


def read_tables(folder: Path) -> dict[str, pd.DataFrame]:
    """All tables that routing reads, by name. Raises FileNotFoundError for one that is not there."""
    found = {name: _table(folder, name) for name in WANTED}
    if "status" in found["open_lines"]:
        found["open_lines"] = found["open_lines"].query("status == 'open'").reset_index(drop=True)
    return found | {name: _table(folder, name) for name in MAY_LACK if _file(folder, name)}


def _file(folder: Path, name: str) -> Path | None:
    names = [name, *([MADE_OF[name]] if name in MADE_OF else [])]
    paths = [folder / f"{each}{end}" for each in names for end in (".csv", ".parquet")]
    return next((path for path in paths if path.exists()), None)


def _table(folder: Path, name: str) -> pd.DataFrame:
    path = _file(folder, name)
    if path is None:
        raise FileNotFoundError(f"{folder}: neither {name}.csv nor {name}.parquet")
    text = {column.name: "str" for column in TABLES[name].columns if column.dtype == "str"}
    frame = pd.read_csv(path, dtype=text) if path.suffix == ".csv" else pd.read_parquet(path)
    for column in TABLES[name].columns:
        default = None if column.default is REQUIRED else column.default
        if column.name not in frame:
            frame[column.name] = default
        elif default is not None:
            frame[column.name] = frame[column.name].fillna(default)
        if column.dtype.startswith("datetime64"):
            frame[column.name] = pd.to_datetime(frame[column.name], utc="UTC" in column.dtype)
        if column.dtype in ("str", "float64") or column.dtype.startswith("datetime64"):
            frame[column.name] = frame[column.name].astype(column.dtype)
    return frame
