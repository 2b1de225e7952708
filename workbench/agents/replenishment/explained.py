"""What a line of an order covers, what pulling it forward costs, who else sells it, what comes without it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.agents.replenishment.choosing import Chosen
from workbench.agents.replenishment.market import Market
from workbench.tables import WITHOUT_ORDER, quantile_column

Units = NDArray[np.float64]
PULLED = ("supplier minimum", "group minimum", "container")  # what a line is pulled forward for


def explained(rows: pd.DataFrame, chosen: Chosen, market: Market, day: date) -> pd.DataFrame:
    """The columns of purchase_order_lines that explain a line, in the order of `rows`, chosen options.

    Need is what is short from the line's arrival until its next order can arrive. 70 ordered against a need
    of 60 in half the worlds and 80 in the others: demand_quantile 0.5, uncovered 5. Days are text, None
    where stock lasts for the horizon.
    """
    line = rows["line"].to_numpy(np.int64)
    units = rows["units"].to_numpy(float)[:, None]
    need = market.run.exposure.need[line].astype(np.float64)
    return pd.DataFrame(
        {
            "quantity_alone": rows["wanted"].to_numpy(np.int64),
            "demand_quantile": (need <= units + 1e-3).mean(axis=1),
            "uncovered": np.maximum(need - units, 0).mean(axis=1).round(2),
            "pull_cost": _pull_cost(rows, chosen),
            **_fallback(line, market),
            **_without(line, market, day),
        }
    )


def _pull_cost(rows: pd.DataFrame, chosen: Chosen) -> Units:
    """Expected gain that a line gives up because it was pulled forward, money; 0 where it was not."""
    best = rows["line"].map(chosen.wanted.set_index("line")["gain"]).fillna(0.0).to_numpy(np.float64)
    given_up = np.maximum(best - rows["gain"].to_numpy(np.float64), 0.0).round(2)
    pulled = (rows["bound_by"].isin(PULLED) & (rows["units"] > rows["wanted"])).to_numpy(bool)
    return np.asarray(np.where(pulled, given_up, 0.0), dtype=np.float64)


def _fallback(line: NDArray[np.int64], market: Market) -> dict[str, list[Any]]:
    """The supplier that a line was not given to, and what a unit costs there; None where there is none."""
    other = market.lines["fallback"].to_numpy(np.int64)[line]
    names = market.lines["supplier"].to_numpy()[other]
    landed = market.lines["landed_cost"].to_numpy(float)[other].round(4)
    there = other >= 0
    return {
        "fallback": [str(name) if known else None for name, known in zip(names, there, strict=True)],
        "fallback_landed_cost": [
            float(cost) if known else None for cost, known in zip(landed, there, strict=True)
        ],
    }


def _without(line: NDArray[np.int64], market: Market, day: date) -> dict[str, list[Any]]:
    """Day of stock-out, units and money missed if the line is not ordered, at the quantiles that are told."""
    item = market.lines["item"].to_numpy(np.int64)[line]
    first_short = market.run.first_short[item]
    missed = market.run.at_risk[line].astype(np.float64)
    shortage = market.lines["shortage"].to_numpy(float)[line]
    days = np.where(np.isnan(first_short), np.inf, first_short)
    told: dict[str, list[Any]] = {}
    for probability in WITHOUT_ORDER:
        name = quantile_column(probability)
        units = _at(missed, probability)
        told[f"out_on_{name}"] = [_date(day, ahead) for ahead in _at(days, probability).tolist()]
        told[f"missed_{name}"] = units.round(2).tolist()
        told[f"lost_{name}"] = (units * shortage).round(2).tolist()
    return told


def _at(worlds: Units, probability: float) -> Units:
    """The value of a world, not one between two of them: days and units that do happen."""
    found: Units = np.quantile(worlds, probability, axis=1, method="inverted_cdf")
    return found


def _date(day: date, ahead: float) -> str | None:
    return (day + timedelta(days=round(ahead))).isoformat() if np.isfinite(ahead) else None
