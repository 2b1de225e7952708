"""Today's purchase orders with quantities tried out: what they cost, how long they last, what they break."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.agents.replenishment.market import Market
from workbench.demand.serving import first_warehouse
from workbench.formulas.lot_sizes import tier_at
from workbench.formulas.stock import WHERE
from workbench.tables import LINES_OF_KIND, TABLES
from workbench.views.lines import standing_lines
from workbench.views.words import WAITING

OFFER = ["supplier", "sku", "warehouse"]
GONE = ("rejected", "expired", "shadowed")  # such orders buy nothing


@dataclass(frozen=True)
class Ground:
    """What quantities are judged against: `reach` has position and rate by SKU and warehouse.

    `offers` are the table landed_offers; `terms` has name, minimum, capacity and container (m³) by supplier;
    `volume` m³ a unit by SKU; `budget` money, None without one; `room` m³ free by warehouse when orders
    arrive; `container_fill` the least fraction of a last container; `market` what a unit more gains, None
    where nothing is offered.
    """

    reach: pd.DataFrame
    offers: pd.DataFrame
    terms: pd.DataFrame
    volume: pd.Series[float]
    budget: float | None
    room: Mapping[str, float]
    container_fill: float
    market: Market | None


def ground_of(
    stock: pd.DataFrame,
    demand: pd.DataFrame,
    regions: pd.DataFrame,
    products: pd.DataFrame,
    suppliers: pd.DataFrame,
    landed_offers: pd.DataFrame,
    budget: float | None,
    *,
    room: Mapping[str, float],
    container_fill: float,
    market: Market | None,
) -> Ground:
    """The ground of a day's tables. A minimum (money) is of the unit cost, a capacity units of one order."""
    minimum = landed_offers.groupby("supplier")["minimum_order_value_base"].max()
    terms = suppliers.set_index("supplier")[["name", "units_per_order", "container_m3"]]
    terms = terms.rename(columns={"units_per_order": "capacity", "container_m3": "container"})
    terms = terms.assign(minimum=minimum.reindex(terms.index).fillna(0.0))
    known = landed_offers[landed_offers["landed_cost"].notna()]
    offers = known.sort_values([*OFFER, "tier_from"], ignore_index=True)
    volume = products.set_index("sku")["volume_m3"].astype("float64")
    reach = reach_of(stock, demand, regions)
    return Ground(reach, offers, terms, volume, budget, room, container_fill, market)


def reach_of(stock: pd.DataFrame, demand: pd.DataFrame, regions: pd.DataFrame) -> pd.DataFrame:
    """`position` (units there and to come) and `rate` (units expected a day), by SKU and warehouse."""
    served = demand.assign(warehouse=first_warehouse(demand["region"], regions))
    days = max(1, demand["date"].nunique())
    rate = served.groupby(WHERE)["mean"].sum() / days
    position = stock.set_index(WHERE)["inventory_position"].astype("float64")
    return pd.DataFrame({"position": position, "rate": rate}).fillna(0.0)


def book_of(queue: pd.DataFrame) -> pd.DataFrame:
    """The lines of all purchase orders of a desk that still buy, a row a line.

    The columns of purchase_order_lines, with `position` in its order, `proposed` (units, as it stands),
    `decision` and `waits` of the order.
    """
    orders = queue[(queue["kind"] == "purchase_order") & ~queue["decision"].isin(GONE)]
    rows = [
        {
            **line,
            "proposal_id": order["proposal_id"],
            "position": position,
            "decision": order["decision"],
            "waits": order["decision"] in WAITING,
        }
        for order in orders.to_dict("records")
        for position, line in enumerate(standing_lines(order))
    ]
    # as float64, for a line of an older plan may lack a number
    types = {
        column.name: "float64" if column.dtype == "int64" else column.dtype
        for column in TABLES[LINES_OF_KIND["purchase_order"]].columns
    } | {"position": "int64", "decision": "str", "waits": "bool"}
    book = pd.DataFrame.from_records(rows, columns=list(types)).astype(types)
    return book.assign(proposed=book["quantity"])


def tried(book: pd.DataFrame, ground: Ground, quantities: Mapping[tuple[str, int], float]) -> pd.DataFrame:
    """The book with other quantities (units by proposal and position), priced and measured anew.

    `landed_cost` and `value` follow the price tier that the quantity reaches; where nobody offers the line
    any more it keeps its price. `order_value` is its value at unit cost, which a supplier's minimum counts;
    `cover_before` and `cover` are the days that what is there and to come lasts without and with all lines
    of the SKU there, at the rate expected; infinite where nothing is expected to sell.
    """
    keys = zip(book["proposal_id"], book["position"], strict=True)
    given = pd.Series([quantities.get(key, np.nan) for key in keys], index=book.index, dtype="float64")
    units = given.fillna(book["quantity"])
    priced = _priced(book.assign(quantity=units), ground.offers)
    where = pd.MultiIndex.from_frame(priced[WHERE])
    reach = ground.reach.reindex(where).fillna(0.0)
    bought = priced.groupby(WHERE)["quantity"].transform("sum").to_numpy(float)
    position, rate = reach["position"].to_numpy(float), reach["rate"].to_numpy(float)
    volume = priced["sku"].map(ground.volume).astype("float64").fillna(0.0)
    return priced.assign(
        value=priced["quantity"] * priced["landed_cost"],
        order_value=priced["quantity"] * priced["unit_cost_base"],
        volume_m3=priced["quantity"] * volume,
        cover_before=_days(position, rate),
        cover=_days(position + bought, rate),
    )


def of_orders(lines: pd.DataFrame, ground: Ground) -> pd.DataFrame:
    """The orders of tried lines, a row each, in the order of the lines, indexed by proposal.

    supplier, name, waits, lines, quantity (units), value (money, landed), volume_m3, expected_on (last line),
    pulled (lines that the supplier's minimum pulled forward) and pull_cost (money); and of its supplier, over
    all its orders of the day: order_value (money, at unit cost), minimum, missing to it, capacity (units) and
    units above_capacity.
    """
    counted = lines[lines["quantity"] > 0]
    orders = lines.groupby("proposal_id", sort=False).agg(
        supplier=("supplier", "first"),
        decision=("decision", "first"),
        waits=("waits", "first"),
        value=("value", "sum"),
        quantity=("quantity", "sum"),
        volume_m3=("volume_m3", "sum"),
        expected_on=("expected_on", "max"),
        pull_cost=("pull_cost", "sum"),
    )
    by_order = counted.groupby("proposal_id")
    pulled = counted[counted["bound_by"] == "supplier minimum"].groupby("proposal_id").size()
    by_supplier = counted.groupby("supplier")[["order_value", "quantity"]].sum()
    of_supplier = by_supplier.reindex(orders["supplier"]).fillna(0.0)
    terms = ground.terms.reindex(orders["supplier"])
    order_value = of_supplier["order_value"].to_numpy(float)
    minimum = terms["minimum"].fillna(0.0).to_numpy(float)
    units, capacity = of_supplier["quantity"].to_numpy(float), terms["capacity"].to_numpy(float)
    return orders.assign(
        name=terms["name"].fillna("").to_numpy(),
        lines=by_order.size().reindex(orders.index).fillna(0).astype("int64"),
        pulled=pulled.reindex(orders.index).fillna(0).astype("int64"),
        order_value=order_value,
        minimum=minimum,
        # an order of nothing breaks no minimum
        missing=np.where(units > 0, np.maximum(minimum - order_value, 0.0), 0.0).round(2),
        capacity=capacity,
        above_capacity=np.nan_to_num(np.maximum(units - capacity, 0.0)),
    )


def _priced(lines: pd.DataFrame, offers: pd.DataFrame) -> pd.DataFrame:
    """The lines at the price of the tier that they reach; `unit_cost_base` is blank where none is known."""
    wanted = pd.MultiIndex.from_frame(lines[OFFER])
    offered = offers[pd.MultiIndex.from_frame(offers[OFFER]).isin(wanted)].reset_index(drop=True)
    keys = pd.MultiIndex.from_frame(offered[OFFER].drop_duplicates())
    line, found = keys.get_indexer(pd.MultiIndex.from_frame(offered[OFFER])), keys.get_indexer(wanted)
    known = np.flatnonzero(found >= 0)
    units = np.floor(lines["quantity"].to_numpy(float)[known]).astype(np.int64)
    tier = offered.iloc[tier_at(units, found[known], line, offered["tier_from"])] if len(known) else offered
    landed, unit = lines["landed_cost"].to_numpy(float, copy=True), np.full(len(lines), np.nan)
    landed[known], unit[known] = tier["landed_cost"].to_numpy(float), tier["unit_cost_base"].to_numpy(float)
    return lines.assign(landed_cost=landed, unit_cost_base=unit)


def _days(units: np.ndarray, rate: np.ndarray) -> np.ndarray:
    """Days that units last at a rate a day."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(rate > 0, np.maximum(units, 0) / rate, np.inf)
