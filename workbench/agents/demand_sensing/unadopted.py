"""What comes if a forecast is not adopted: when what is planned so far is sold out, units apart, the cost."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.demand.paths import matrix
from workbench.tables import WITHOUT_ORDER, quantile_column

Worlds = NDArray[np.float64]  # the last axis is the path


def sold_out(demand_paths: pd.DataFrame, keys: pd.DataFrame, planned: Worlds, more: Worlds) -> Worlds:
    """Day, from 0, on which more than `planned` (series,) has been wanted, infinite if never.

    Shape (series, paths). `keys` names the series, each with its rows in `demand_paths`; `more` (series,
    paths): units that are wanted beside these, spread evenly over the days. 2 a day against 5 planned: sold
    out on day 2, the third.
    """
    row = pd.MultiIndex.from_frame(keys).get_indexer(pd.MultiIndex.from_frame(demand_paths[list(keys)]))
    paths, days = matrix(demand_paths), np.sort(demand_paths["date"].unique())
    wanted = np.zeros(more.shape, dtype=np.float32)
    found = np.full(more.shape, np.inf)
    for ahead, day in enumerate(days):
        today = np.flatnonzero((demand_paths["date"] == day).to_numpy() & (row >= 0))
        wanted[row[today]] += paths[today]
        over = wanted + more * ((ahead + 1) / len(days)) > planned[:, None]
        found[over & np.isinf(found)] = ahead
    return found


def unadopted(apart: Worlds, lost: Worlds, out: Worlds, first: date) -> dict[str, list[Any]]:
    """Columns of `forecast_lines` that tell what comes without it, from (series, paths) of each.

    `apart`: units wanted beyond what is planned; `lost`: what that costs, money; `out` as from `sold_out`,
    counted from the day `first`. Each quantile is a world's, not one between two of them.
    """
    told: dict[str, list[Any]] = {}
    for probability in WITHOUT_ORDER:
        name = quantile_column(probability)
        told[f"out_on_{name}"] = [
            (first + timedelta(days=int(day))).isoformat() if np.isfinite(day) else None
            for day in _at(out, probability)
        ]
        told |= {f"beyond_{name}": _plain(apart, probability), f"lost_{name}": _plain(lost, probability)}
    return told


def in_all(apart: Worlds, lost: Worlds) -> dict[str, float]:
    """The same of a whole proposal, from its units apart and money lost by path, (paths,) each."""
    return {
        f"{name}_{quantile_column(p)}": _plain(worlds[None], p)[0]
        for p in WITHOUT_ORDER
        for name, worlds in (("beyond", apart), ("lost", lost))
    }


def _plain(worlds: Worlds, probability: float) -> list[float]:
    found: list[float] = (_at(worlds, probability).astype(np.float64).round(2) + 0.0).tolist()
    return found


def _at(worlds: Worlds, probability: float) -> Worlds:
    found: Worlds = np.quantile(worlds, probability, axis=1, method="inverted_cdf")
    return found
