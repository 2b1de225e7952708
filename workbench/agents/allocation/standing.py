"""Where stock stands and what is wanted of it: one item is a SKU at a warehouse."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.agents.allocation.asked import REGIONAL, Asked, asked_in_turn, rows_of
from workbench.demand.paths import KEYS, aggregate, matrix
from workbench.demand.serving import first_warehouse
from workbench.errors import TableError
from workbench.formulas.stock import WHERE
from workbench.policy import AllocationPolicy

Index = NDArray[np.int64]
Money = NDArray[np.float64]
Paths = NDArray[np.float32]
SERIES = [*WHERE, "channel"]
FEES = ["fee_rate", "fee_per_order_line", "broken_promise_cost"]


@dataclass(frozen=True)
class Standing:
    """Stock and demand of the day.

    `items`: sku, warehouse and the stock columns, sorted, and `assumed`, whether the costs of serving demand
    that falls on it are. `series`: item (its row), channel, `value` (money per unit sold; blank without a
    price) and in the same order `wanted` (series, paths), units over the cover days. `wanted_until` gives the
    same for so many days from today. `value` (items,): what a unit of the demand that falls on an item
    brings, money. `regional_on` gives units by SKU and region on a day, in days from today, and `asked` who
    serves them.
    """

    items: pd.DataFrame
    series: pd.DataFrame
    wanted: Paths
    presence: pd.Series[int]
    wanted_until: Callable[[int], Paths]
    value: Money
    regional_on: Callable[[int], Paths]
    asked: Asked

    def of_items(self, wanted: Paths) -> Paths:
        """Sums over the channels of every item, shape (items, paths), of what is by series."""
        rows, sums = aggregate(self.series[["item"]], wanted, ["item"])
        whole = np.zeros((len(self.items), wanted.shape[1]), dtype=np.float32)
        whole[rows["item"].to_numpy(np.int64)] = sums
        return whole


def standing_of(
    stock: pd.DataFrame,
    demand_paths: pd.DataFrame,
    regions: pd.DataFrame,
    channels: pd.DataFrame,
    warehouses: pd.DataFrame,
    prices: pd.DataFrame,
    serving_costs: pd.DataFrame,
    *,
    rules: AllocationPolicy,
    day: date,
) -> Standing:
    """Stock beside demand: that of channels falls on the first warehouse of its region, as in the rest of
    the plan, that of regions on the one from which routing serves it at least cost.

    Raises TableError for a region without a warehouse, a channel or warehouse that its table does not know,
    and demand paths of another day.
    """
    keys = demand_paths[KEYS].reset_index(drop=True)
    keys = keys.assign(warehouse=first_warehouse(keys["region"], regions))
    keys = keys.assign(ahead=(keys["date"] - pd.Timestamp(day)).dt.days)
    _starts_today(keys, day)
    paths = matrix(demand_paths)
    # sums in one order whatever the order of the rows, to the last bit
    order = np.lexsort([keys[name].factorize(sort=True)[0] for name in ("date", "region", "channel", "sku")])
    keys = keys.iloc[order]

    def wanted_in(first: int, last: int, by: list[str]) -> tuple[pd.DataFrame, Paths]:
        rows = ((keys["ahead"] >= first) & (keys["ahead"] < last)).to_numpy()
        return aggregate(keys[rows], paths[order[rows]], by)

    series, wanted = wanted_in(0, rules.cover_days, SERIES)
    places, regional = wanted_in(0, rules.cover_days, REGIONAL)
    items = _items(stock, series)
    asked = asked_in_turn(places, regions, items, serving_costs, rules.overflow_cost)
    series = series.assign(item=rows_of(series, items))
    series = series.assign(value=_net_values(series, channels, warehouses, prices, day, rules))

    def between(first: int, last: int, rows: pd.DataFrame, by: list[str]) -> Paths:
        found, sums = wanted_in(first, last, by)
        whole = np.zeros((len(rows), paths.shape[1]), dtype=np.float32)
        at = pd.MultiIndex.from_frame(rows[by]).get_indexer(pd.MultiIndex.from_frame(found[by]))
        whole[at[at >= 0]] = sums[at >= 0]  # what is wanted only after the cover days is no row here
        return whole

    places = places.assign(warehouse=first_warehouse(places["region"], regions))
    by_item = _mean(series["value"].fillna(0.0).to_numpy(), wanted, series["item"].to_numpy(), len(items))
    value = _mean(by_item[rows_of(places, items)], regional, asked.first, len(items))
    presence = channels.set_index("channel")["minimum_presence"]
    return Standing(
        items.assign(assumed=np.isin(np.arange(len(items)), asked.first[asked.assumed])),
        series,
        wanted,
        presence,
        lambda days: between(0, days, series, SERIES),
        value,
        lambda ahead: between(ahead, ahead + 1, places, REGIONAL),
        asked,
    )


def _items(stock: pd.DataFrame, series: pd.DataFrame) -> pd.DataFrame:
    keys = pd.concat([stock[WHERE], series[WHERE]]).drop_duplicates().sort_values(WHERE, ignore_index=True)
    columns = ["available", "in_transfer", "backordered", "on_order"]
    items = keys.merge(stock[[*WHERE, *columns]], on=WHERE, how="left", validate="one_to_one")
    return items.fillna(dict.fromkeys(columns, 0)).astype(dict.fromkeys(columns, "int64"))


def _mean(values: Money, units: Paths, of: Index, size: int) -> Money:
    """Mean of the values of what each is `of`, by units expected, (size,); 0 where none are."""
    weight = units.mean(axis=1, dtype=np.float64)
    total = np.bincount(of, weights=weight * values, minlength=size)
    mean: Money = total / np.maximum(np.bincount(of, weights=weight, minlength=size), 1e-9)
    return mean


def _net_values(
    series: pd.DataFrame,
    channels: pd.DataFrame,
    warehouses: pd.DataFrame,
    prices: pd.DataFrame,
    day: date,
    rules: AllocationPolicy,
) -> pd.Series[float]:
    """Worth of a unit: its margin, at least 0, and what its lack would break; blank without a price.

    The margin is the price less fees, handling and the unit's cost. An order line is taken to hold one unit,
    so that its fee and handling are never too small.
    """
    fees = _known(series, channels, "channel", FEES, "channels")
    handling = _known(series, warehouses, "warehouse", ["handling_cost"], "warehouses")["handling_cost"]
    priced = series.merge(prices_on(prices, day), on=["sku", "channel"], how="left", validate="many_to_one")[
        "price"
    ]
    unit_cost = rules.unit_cost_share * priced.groupby(series["sku"]).transform("mean")
    net = priced * (1 - fees["fee_rate"]) - fees["fee_per_order_line"] - handling - unit_cost
    return net.clip(lower=0.0) + rules.broken_share * fees["broken_promise_cost"]


def _known(
    series: pd.DataFrame, table: pd.DataFrame, key: str, columns: list[str], name: str
) -> pd.DataFrame:
    found = series[[key]].merge(
        table[[key, *columns]], on=key, how="left", validate="many_to_one", indicator=True
    )
    unknown = found.loc[found["_merge"] == "left_only", key]
    if len(unknown):
        raise TableError(name, f"{key} {unknown.min()}", key, "nothing", f"add the {key} to the table")
    return found[columns]


def prices_on(prices: pd.DataFrame, day: date) -> pd.DataFrame:
    """Prices that hold on the day, by SKU and channel."""
    today = pd.Timestamp(day)
    holds = prices[(prices["valid_from"] <= today) & ~(prices["valid_to"] < today)]
    newest = holds.sort_values(["sku", "channel", "valid_from"])
    return newest.drop_duplicates(["sku", "channel"], keep="last")[["sku", "channel", "price"]]


def _starts_today(keys: pd.DataFrame, day: date) -> None:
    if len(keys) and keys["ahead"].min() != 0:
        span = f"{keys['date'].min().date()} to {keys['date'].max().date()}"
        raise TableError("demand_paths", "all rows", "date", span, f"make the demand paths of {day} first")
