"""Sample paths as a table and as an array: row = series and day, column = path, path i the same world."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from workbench.tables import QUANTILES, paths_dtype, quantile_column

Paths = NDArray[np.float32]
KEYS = ["sku", "channel", "region", "date"]
ROWS_AT_ONCE = 16_384


def with_paths(keys: pd.DataFrame, paths: Paths) -> pd.DataFrame:
    """The keys with their paths beside them; `paths` has shape (rows, paths), units, no copy is made."""
    array = pa.FixedSizeListArray.from_arrays(
        pa.array(np.ascontiguousarray(paths, dtype=np.float32).ravel()), paths.shape[1]
    )
    column = pd.Series(
        pd.arrays.ArrowExtensionArray(array), index=keys.index, dtype=paths_dtype(paths.shape[1])
    )
    return keys.assign(paths=column)


def matrix(demand_paths: pd.DataFrame) -> Paths:
    """The paths of a table as an array of shape (rows, paths), in row order; an empty table gives (0, 0).

    >>> keys = pd.DataFrame({"sku": ["A", "B"]})
    >>> matrix(with_paths(keys, np.array([[1, 2], [3, 4]], dtype=np.float32))).tolist()
    [[1.0, 2.0], [3.0, 4.0]]
    """
    if demand_paths.empty:
        return np.zeros((0, 0), dtype=np.float32)
    chunks = pa.chunked_array(pa.array(demand_paths["paths"]))
    # to combine a single chunk would copy all paths
    whole = chunks.chunk(0) if chunks.num_chunks == 1 else chunks.combine_chunks()
    values = whole.flatten().to_numpy(zero_copy_only=False)
    return np.asarray(values, dtype=np.float32).reshape(len(demand_paths), -1)


def aggregate(keys: pd.DataFrame, paths: Paths, by: Sequence[str]) -> tuple[pd.DataFrame, Paths]:
    """Sum of paths over all rows that agree in `by`: its keys, sorted, and its paths, shape (groups, paths).

    Sums within a path, so that what moves together stays together.

    >>> keys = pd.DataFrame({"sku": ["B", "A", "B"]})
    >>> groups, sums = aggregate(keys, np.array([[1, 2], [3, 4], [5, 6]], dtype=np.float32), ["sku"])
    >>> groups["sku"].tolist(), sums.tolist()
    (['A', 'B'], [[3.0, 4.0], [6.0, 8.0]])
    """
    grouped = keys.groupby(list(by), sort=True, observed=True, dropna=False)
    group = grouped.ngroup().to_numpy()
    sums = np.zeros((grouped.ngroups, paths.shape[1]), dtype=np.float32)
    order = np.argsort(group, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(group[order]) > 0]) if len(order) else order
    for target, rows in enumerate(np.split(order, starts[1:])):
        if len(rows):
            sums[target] = paths[rows].sum(axis=0)
    return keys.iloc[order[starts]][list(by)].reset_index(drop=True), sums


def quantiles(demand_paths: pd.DataFrame) -> pd.DataFrame:
    """The table `demand`: mean and quantiles of every row's paths, in units.

    A quantile is the smallest path that at least its share of the paths do not exceed, so that a count stays
    a count: 100 paths of which 95 are 0 have a 97.5 % quantile above 0 and a 90 % quantile of 0.
    """
    paths = matrix(demand_paths)
    demand = demand_paths[KEYS].reset_index(drop=True)
    if demand.empty:
        return demand.assign(mean=0.0, **{quantile_column(p): 0.0 for p in QUANTILES})
    places = np.ceil(np.array(QUANTILES) * paths.shape[1]).astype(np.int64) - 1
    parts = range(0, len(paths), ROWS_AT_ONCE)  # sorting a copy of all paths would double the memory
    values = np.concatenate(
        [np.partition(paths[start : start + ROWS_AT_ONCE], places, axis=1)[:, places] for start in parts]
    ).astype(np.float64)
    columns = {quantile_column(p): values[:, place] for place, p in enumerate(QUANTILES)}
    return demand.assign(mean=paths.mean(axis=1, dtype=np.float64), **columns)
