"""How much of what: every line's best quantity, then all of them together under the limits they share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from math import inf

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.agents.replenishment.market import Market
from workbench.errors import TableError
from workbench.formulas.lot_sizes import lot_size
from workbench.formulas.stock import WHERE
from workbench.optimize.purchase_budget import Choice, best_of_each, keeps
from workbench.optimize.purchase_limits import Limits
from workbench.optimize.purchase_options import best_options, with_terms
from workbench.optimize.purchase_quantities import choose_quantities


@dataclass(frozen=True)
class Chosen:
    """The options that were chosen (with `wanted`, the line's best units, and `bound_by`), and how well."""

    orders: pd.DataFrame
    wanted: pd.DataFrame
    choice: Choice
    limits: Limits


def limits_of(
    market: Market,
    stock: pd.DataFrame,
    inbound: pd.DataFrame,
    products: pd.DataFrame,
    warehouses: pd.DataFrame,
    suppliers: pd.DataFrame,
    cash: pd.DataFrame,
    day: date,
    container_fill: float,
) -> Limits:
    """Budget, free room, and the suppliers' minimums, capacities and containers of one business day."""
    minimum = market.tiers.groupby("supplier")["minimum_order_value_base"].max()
    grouped = market.tiers[market.tiers["minimum_group"] != ""]
    group_minimum = grouped.groupby(["supplier", "minimum_group"])["minimum_group_value_base"].max()
    container = suppliers.dropna(subset="container_m3").set_index("supplier")["container_m3"]
    capacity = suppliers.dropna(subset="units_per_order").set_index("supplier")["units_per_order"]
    return Limits(
        budget=_budget(cash, day),
        room=_room(market, stock, inbound, products, warehouses),
        minimum=dict(minimum[minimum > 0]),
        group_minimum=dict(group_minimum[group_minimum > 0]),
        capacity=dict(capacity),
        container=dict(container[container > 0]),
        container_fill=container_fill,
    )


def choose_orders(market: Market, limits: Limits) -> Chosen:
    """The orders of greatest expected gain within the limits."""
    lines, tiers, curve, money = market.lines, market.tiers, market.curve, market.money
    may_order = (lines["takes_orders"] & (lines["role"] != "rejected")).to_numpy(bool)
    best = best_options(tiers, curve, money, np.flatnonzero(may_order[tiers["line"]]))
    wanted = with_terms(best.loc[best_of_each(best)].reset_index(drop=True), tiers, lines)
    if keeps(wanted, limits):
        gain = float(wanted["gain"].sum())
        choice = Choice(np.arange(len(wanted)), gain, gain)
        return Chosen(_explained(wanted, wanted, market, limits), wanted, choice, limits)
    options, choice = choose_quantities(tiers, lines, curve, money, best, limits)
    orders = with_terms(options.loc[choice.options].reset_index(drop=True), tiers, lines)
    return Chosen(_explained(orders, wanted, market, limits), wanted, choice, limits)


def _budget(cash: pd.DataFrame, day: date) -> float:
    """The latest budget on or before the day; without one there is no limit."""
    known = cash[cash["date"] <= pd.Timestamp(day)].sort_values("date")
    if known.empty:
        return inf
    last = known.iloc[-1]
    if not last["budget"] >= 0:
        row = f"date {last['date'].date()}"
        raise TableError("cash", row, "budget", float(last["budget"]), "give 0 or more, or take the row out")
    return float(last["budget"])


def _room(
    market: Market,
    stock: pd.DataFrame,
    inbound: pd.DataFrame,
    products: pd.DataFrame,
    warehouses: pd.DataFrame,
) -> dict[str, float]:
    """m³ free by warehouse with a limit when orders arrive: what stands there then, and on the way before.

    What nobody offers counts with all that is there and on the way.
    """
    limited = warehouses.dropna(subset="capacity_m3").set_index("warehouse")["capacity_m3"]
    parts = [stock[WHERE].assign(units=stock["on_hand"]), inbound[WHERE].assign(units=inbound["quantity"])]
    units = pd.concat(parts).groupby(WHERE)["units"].sum().astype("float64")
    offered = market.lines.drop_duplicates("item")
    on_arrival = pd.Series(
        market.run.on_arrival[offered.index], index=pd.MultiIndex.from_frame(offered[WHERE])
    )
    held = on_arrival.combine_first(units).rename_axis(WHERE).rename("units").reset_index()
    held = held[held["warehouse"].isin(limited.index)]
    volume = held["sku"].map(products.set_index("sku")["volume_m3"])
    if volume.isna().any():
        sku = held.loc[volume.isna(), "sku"].min()
        raise TableError("products", f"SKU {sku}", "volume_m3", "nothing", "add the product with its volume")
    used = (held["units"] * volume.astype("float64")).groupby(held["warehouse"]).sum()
    return {str(name): max(0.0, float(room - used.get(name, 0.0))) for name, room in limited.items()}


def _explained(orders: pd.DataFrame, wanted: pd.DataFrame, market: Market, limits: Limits) -> pd.DataFrame:
    """The orders with `wanted`, `marginal_return` (money) and `bound_by`, what set the quantity."""
    line, tier = orders["line"].to_numpy(np.int64), orders["tier"].to_numpy(np.int64)
    units = orders["units"].to_numpy(np.int64)
    terms = market.tiers.iloc[tier]
    pack = terms["order_multiple"].to_numpy(np.int64)
    money = market.money.take(tier)
    less, gain, more, without = (
        market.curve.gain(line, units + change, money) for change in (-1, 0, 1, -pack)
    )
    last_pack = gain - without
    best = orders["line"].map(wanted.set_index("line")["units"]).fillna(0).to_numpy(np.int64)
    start = terms["tier_from"].to_numpy(np.int64)
    first_from = market.tiers.groupby("line")["tier_from"].min().to_numpy(np.int64)[line]
    least = lot_size(1, terms["minimum_order_quantity"], pack)
    bound_by = np.select(
        [
            units > best,
            units < best,
            (start > first_from) & (units == lot_size(start, 1, pack)) & (last_pack < 0),
            (units == least) & (last_pack < 0),
            (pack > 1) & ((less >= gain) | (more > gain)),
        ],
        [
            _pulled_by(orders, wanted, limits),
            _shared_limit(orders, wanted, limits),
            "price tier",
            "minimum",
            "multiple",
        ],
        "demand",
    )
    return orders.assign(wanted=best, marginal_return=last_pack, bound_by=bound_by)


def _pulled_by(orders: pd.DataFrame, wanted: pd.DataFrame, limits: Limits) -> NDArray[np.str_]:
    """What lines with more than is wanted were pulled forward for, by order."""
    value = wanted.groupby(["supplier", "group"])["order_value"].sum()
    groups = {key for key, least in limits.group_minimum.items() if value.get(key, 0.0) < least}
    keys = zip(orders["supplier"], orders["group"], strict=True)
    of_group = np.array([key in groups for key in keys], dtype=bool)
    ships = orders["supplier"].isin(list(limits.container))
    total = wanted.groupby("supplier")["order_value"].sum()
    short = {name for name, least in limits.minimum.items() if total.get(name, 0.0) < least}
    return np.select(
        [of_group, ships & ~orders["supplier"].isin(list(short))],
        ["group minimum", "container"],
        "supplier minimum",
    )


def _shared_limit(orders: pd.DataFrame, wanted: pd.DataFrame, limits: Limits) -> NDArray[np.str_]:
    """The limit that what is wanted would break, by order: budget, room, container, else capacity."""
    volume = wanted.groupby("warehouse")["volume_m3"].sum()
    full = {name for name, m3 in volume.items() if m3 > limits.room.get(str(name), inf)}
    if wanted["value"].sum() > limits.budget:
        return np.full(len(orders), "budget")
    ships = orders["supplier"].isin(list(limits.container))
    return np.select([orders["warehouse"].isin(list(full)), ships], ["room", "container"], "capacity")
