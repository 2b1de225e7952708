"""Demand that its first warehouse cannot meet, and what the next ones serve of it, path by path."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Index = NDArray[np.int64]
Paths = NDArray[np.float32]
NOBODY = -1  # no further warehouse is asked


class Served(NamedTuple):
    """Units by path: `by_rank` (ranks, rows, paths) served by each warehouse asked, `unserved` (rows, paths)
    and `left` (stocks, paths) in stock."""

    by_rank: Paths
    unserved: Paths
    left: Paths


def overflow(stock: Paths, wanted: Paths, asked: Index) -> Served:
    """Serve demand within stock, every first warehouse before any second one.

    `stock` (stocks, paths) units; a row of `wanted` (rows, paths) is the demand of a region for a SKU, and
    the same row of `asked` (rows, ranks) names the stocks that may serve it, in the order in which they are
    asked, NOBODY where there is none. Rows that ask one stock at the same rank share it in proportion to what
    they still want, in fractions of units.

    10 here and 4 there; two regions want 12 and 3, the first from here, then there, the second from there.
    The second gets its 3 before the first gets the last unit there, and one is lost.

    >>> wanted = np.array([[12], [3]], dtype=np.float32)
    >>> found = overflow(np.array([[10], [4]], dtype=np.float32), wanted, np.array([[0, 1], [1, NOBODY]]))
    >>> found.by_rank[:, :, 0].tolist(), found.unserved[:, 0].tolist(), found.left[:, 0].tolist()
    ([[10.0, 3.0], [1.0, 0.0]], [1.0, 0.0], [0.0, 0.0])
    """
    left, unserved = stock.astype(np.float32), wanted.astype(np.float32)
    by_rank = np.zeros((asked.shape[1], *wanted.shape), dtype=np.float32)
    for rank, at in enumerate(asked.T):
        rows = np.flatnonzero(at != NOBODY)
        want, here = unserved[rows], at[rows]
        total = np.zeros_like(left)
        np.add.at(total, here, want)
        share = np.divide(left, total, out=np.ones_like(left), where=total > left)
        by_rank[rank, rows] = want * share[here]
        unserved[rows] = np.maximum(want - by_rank[rank, rows], 0)
        left = np.maximum(left - total * share, 0)
    return Served(by_rank, unserved, left)
