"""What is known of each series that a forecast is about: its paths over the horizon, its price, its usual."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.agents.demand_sensing.unadopted import Worlds, sold_out, unadopted
from workbench.demand.paths import KEYS, aggregate, matrix
from workbench.policy import Policy

SERIES = ["sku", "channel", "region"]
PAIR = ["sku", "channel"]


@dataclass(frozen=True)
class Outlook:
    """A row a series, sorted, and what it sells over the horizon in each path (series, paths), in units.

    `series` holds demand_models' columns, `price`, `loss` (money per unit forecast too much or too little),
    `mean` and `usual` (units over the horizon: expected, and if the recent weeks went on). `out`: the day on
    which a path has wanted more than `usual`, as from `sold_out`, counted from `first`.
    """

    series: pd.DataFrame
    sums: Worlds
    out: Worlds
    first: date
    policy: Policy

    def of(self, rows: NDArray[np.bool_] | pd.Series[bool]) -> Outlook:
        """The same for some series."""
        kept = np.asarray(rows, dtype=bool)
        return Outlook(
            self.series[kept].reset_index(drop=True), self.sums[kept], self.out[kept], self.first, self.policy
        )

    def cost(self, plan: pd.Series[float], weight: pd.Series[float] | float = 1.0) -> Worlds:
        """Money that planning on `plan` (series,) costs in each path."""
        loss = (self.series["loss"] * weight).to_numpy(dtype=np.float64)
        return np.asarray(loss @ np.abs(self.sums - plan.to_numpy(dtype=np.float64)[:, None]))

    @property
    def apart(self) -> Worlds:
        """Units wanted beyond the recent weeks' (series, paths); below 0 fewer."""
        return np.asarray(self.sums - self.series["usual"].to_numpy(dtype=np.float64)[:, None])

    @property
    def value(self) -> float:
        """Expected sales over the horizon, money."""
        return float((self.series["mean"] * self.series["price"]).sum())

    def lines(self, quantity: pd.Series[float], apart: Worlds, out: Worlds) -> list[dict[str, Any]]:
        """Lines of a proposal that adopts `quantity` (series,), and what comes without; as of `unadopted`."""
        lost = np.abs(apart) * self.series["loss"].to_numpy(dtype=np.float64)[:, None]
        named = {name: self.series[name].tolist() for name in SERIES} | {
            "quantity": quantity.round(2).tolist()
        }
        columns = named | unadopted(apart, lost, out, self.first)
        return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]


def outlook_of(
    demand_paths: pd.DataFrame,
    demand_models: pd.DataFrame,
    prices: pd.DataFrame,
    channels: pd.DataFrame,
    policy: Policy,
    as_of: datetime,
) -> Outlook:
    """The series of some paths with what is known of each; the paths may be what came true."""
    keys, sums = aggregate(demand_paths[KEYS], matrix(demand_paths), SERIES)
    series = keys.merge(demand_models, on=SERIES, how="left", validate="one_to_one")
    series = series.merge(channels[["channel", "fee_rate"]], on="channel", how="left", validate="many_to_one")
    price = _prices(series, prices, pd.Timestamp(policy.business.day(as_of)))
    series = series.assign(
        price=price,
        loss=price * (1 - series["fee_rate"].fillna(0.0)) * policy.demand.error_cost,
        mean=sums.mean(axis=1, dtype=np.float64),
        usual=series["recent"] * demand_paths["date"].nunique(),
    )
    out = sold_out(demand_paths, series[SERIES], series["usual"].to_numpy(np.float64), np.zeros(sums.shape))
    return Outlook(series, sums.astype(np.float64), out, demand_paths["date"].min().date(), policy)


def _prices(series: pd.DataFrame, prices: pd.DataFrame, day: pd.Timestamp) -> pd.Series[float]:
    """Price of the day (series,); where a channel has none, the SKU's in others, else the usual one."""
    valid = prices[(prices["valid_from"] <= day) & ~(prices["valid_to"] < day)].sort_values("valid_from")
    own = valid.groupby(["sku", "channel"])["price"].last()
    found = series[["sku", "channel"]].join(own, on=["sku", "channel"], validate="many_to_one")["price"]
    elsewhere = series["sku"].map(valid.groupby("sku")["price"].median())
    return found.fillna(elsewhere).fillna(valid["price"].median()).fillna(0.0)
