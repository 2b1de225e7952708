"""VN2's rules: what a week does to stock and costs, the official rule, and how a game is played.

Arrays have a value a series; a week is a column. The challenge and its own rule: N. Vandeput, 2025.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Units = NDArray[np.int64]
HOLDING, SHORTAGE = 0.2, 1.0  # money a unit left at the end of a week, and a unit of lost sales
ORDERS, WEEKS, SCORED = 6, 8, slice(2, 8)  # orders placed, weeks played, weeks that count
AVERAGE_WEEKS, COVER_WEEKS = 13, 4  # of the official rule


class State(NamedTuple):
    """Stock at the end of a week: `on_hand`, and what arrives before the next week and the one after it."""

    on_hand: Units
    due_1: Units
    due_2: Units


class Week(NamedTuple):
    """What a week left, and what it cost (series,)."""

    state: State
    held: NDArray[np.float64]
    lost: NDArray[np.float64]


def played(state: State, order: Units, demand: Units) -> Week:
    """One week: what is due arrives, demand is served as far as it goes, the order is on its way.

    An order placed before week X + 1 can be sold from week X + 3 on.
    """
    there = state.on_hand + state.due_1
    sold = np.minimum(there, demand)
    left = there - sold
    return Week(State(left, state.due_2, order), HOLDING * left, SHORTAGE * (demand - sold))


def opening(sales: Units) -> State:
    """The state that the challenge begins with, from the sales known then: two weeks of the year's mean."""
    mean = sales[:, -52:].mean(axis=1)
    on_hand = np.ceil(np.round(mean, 9)).astype(np.int64)
    due_2 = np.maximum(0, np.round(2 * mean - on_hand)).astype(np.int64)
    return State(on_hand, np.zeros_like(on_hand), due_2)


def official_order(sales: Units, in_stock: NDArray[np.bool_], weeks: pd.DatetimeIndex, state: State) -> Units:
    """The challenge's own rule: a mean of 13 deseasonalised weeks, and stock for four weeks of forecast.

    Weeks out of stock are left out; one factor a calendar week for all series.
    """
    known = np.where(in_stock, sales, np.nan)
    calendar = np.asarray(weeks.isocalendar().week, dtype=np.int64)
    season = pd.Series(np.nanmean(known, axis=0)).groupby(calendar).mean()
    season /= season.mean()
    recent = slice(-AVERAGE_WEEKS, None)
    level = _mean(known[:, recent] / season[calendar[recent]].to_numpy())
    ahead = weeks[-1] + pd.to_timedelta(7 * np.arange(1, COVER_WEEKS + 1), unit="D")
    cover = season.reindex(ahead.isocalendar().week.to_numpy(), fill_value=1.0).sum()
    there = state.on_hand + state.due_1 + state.due_2
    return np.round(np.maximum(level * cover - there, 0)).astype(np.int64)


def _mean(known: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean of each row, 0 where nothing is known."""
    count = (~np.isnan(known)).sum(axis=1)
    return np.nansum(known, axis=1) / np.maximum(count, 1)


def play(state: State, demand: Units, decide: Callable[[int, State], Units], orders: int) -> list[Week]:
    """Play the weeks of `demand` (series, weeks); `decide(week, state)` is asked before each of the first
    `orders` weeks, numbered from 0."""
    weeks = []
    for number, wanted in enumerate(demand.T):
        order = decide(number, state) if number < orders else np.zeros_like(wanted)
        weeks.append(played(state, order, wanted))
        state = weeks[-1].state
    return weeks


def cost(weeks: list[Week], in_stock: NDArray[np.bool_]) -> float:
    """What the weeks that count cost, money; a week of a series not `in_stock` (series, weeks) is free."""
    charged = [(week.held + week.lost) * known for week, known in zip(weeks, in_stock.T, strict=True)]
    return float(np.sum(charged[SCORED]))
