"""What purchase orders are told from: worked out once for all lines of a day, then taken order by order."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.agents.replenishment.choosing import Chosen
from workbench.agents.replenishment.market import Market
from workbench.optimize.next_prices import price_changes, price_rise
from workbench.policy import Policy


@dataclass(frozen=True)
class Report:
    """Chosen options, a row each, and beside every row what is told of it.

    `lines` are the lines as the dictionary's purchase_order_lines, `records` the same one by one,
    `place` the rows of the market's lines, `usual` the tiers that their orders reach, `figures` as from
    `figures_of_lines`.
    """

    rows: pd.DataFrame
    lines: pd.DataFrame
    records: list[dict[Any, Any]]
    place: pd.DataFrame
    usual: pd.DataFrame
    figures: pd.DataFrame
    market: Market
    chosen: Chosen
    day: date
    horizon: int
    policy: Policy

    def part(self, start: int, stop: int) -> Report:
        """The report of the rows from `start` to `stop`."""
        names = ("rows", "lines", "place", "usual", "figures")
        tables = {name: getattr(self, name).iloc[start:stop].reset_index(drop=True) for name in names}
        return replace(self, records=self.records[start:stop], **tables)

    def money(self, amount: float) -> str:
        """An amount as people read it."""
        return f"{amount:,.0f} {self.policy.business.base_currency}"

    def on(self, days: float) -> str:
        """The day that lies so many days ahead."""
        return (self.day + timedelta(days=round(days))).isoformat()

    @cached_property
    def line(self) -> NDArray[np.int64]:
        """Places of the rows in the market."""
        return self.rows["line"].to_numpy(np.int64)


def report_of(
    rows: pd.DataFrame,
    lines: pd.DataFrame,
    market: Market,
    chosen: Chosen,
    day: date,
    horizon: int,
    policy: Policy,
) -> Report:
    """The report of chosen options `rows` and their `lines`, row by row."""
    line = rows["line"].to_numpy(np.int64)
    place = market.lines.iloc[line].reset_index(drop=True)
    usual = market.tiers.iloc[market.usual[line]].reset_index(drop=True)
    figures = figures_of_lines(rows, place, usual, market, pd.Timestamp(day))
    # None where there is nothing, whatever the other lines of the day have
    records = lines.astype(object).where(lines.notna(), None).to_dict("records")
    return Report(rows, lines, records, place, usual, figures, market, chosen, day, horizon, policy)


def figures_of_lines(
    rows: pd.DataFrame, place: pd.DataFrame, usual: pd.DataFrame, market: Market, today: pd.Timestamp
) -> pd.DataFrame:
    """What each line risks and buys ahead of.

    `missed` (units it could serve) and `lost` (money) without the order; `runs_out` (chance within the
    horizon) and `runs_out_in` (median days, infinite where the chance is below a half); `ahead` (units more
    than is needed until the next order can arrive); `reach` (days to the end of what the order covers);
    `price_rise` (money per unit, at the next order), `price_changes` and `duty_changes` (by then).
    """
    line = rows["line"].to_numpy(np.int64)
    missed = market.run.at_risk[line].mean(axis=1)
    first_short = market.run.first_short[place["item"].to_numpy(np.int64)]
    runs_out = (~np.isnan(first_short)).mean(axis=1)
    likely = np.flatnonzero(runs_out >= 0.5)
    runs_out_in = np.full(len(line), np.inf)
    runs_out_in[likely] = np.nanmedian(first_short[likely], axis=1) if len(likely) else np.inf
    units = rows["units"].to_numpy(float)[:, None]
    next_order = today + pd.to_timedelta(place["review"].to_numpy(), unit="D")
    return pd.DataFrame(
        {
            "missed": missed,
            "lost": missed * place["shortage"].to_numpy(float),
            "runs_out": runs_out,
            "runs_out_in": runs_out_in,
            "ahead": np.maximum(units - market.run.exposure.need[line], 0).mean(axis=1),
            "reach": market.lead_times[line].max(axis=1) + place["review"].to_numpy(float),
            "price_rise": price_rise(market.tiers, market.lines, market.usual, today)[line],
            "price_changes": price_changes(usual, place, today),
            "duty_changes": (usual["next_duty_from"] <= next_order).to_numpy(),
        }
    )
