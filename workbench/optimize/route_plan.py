"""The way of every open order: what could be, what it costs, and what is best for all together."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import NamedTuple

import numpy as np
import pandas as pd

from workbench.formulas.transit_times import LANE, TransitTimes, transit_times
from workbench.optimize.assignment import Assignment
from workbench.optimize.batch import NONE
from workbench.optimize.contest import Contest, Prices, Taken
from workbench.optimize.held_orders import held_orders
from workbench.optimize.last_plan import LastPlan, last_choices
from workbench.optimize.open_orders import OpenOrders, contest, open_orders
from workbench.optimize.outages import outage_shares
from workbench.optimize.scarcity import price_table, start_prices
from workbench.optimize.seen_parcels import seen_parcels
from workbench.optimize.settlement import settle
from workbench.optimize.shipped import shipped_parcels
from workbench.optimize.ways import disrupted, ways
from workbench.policy import Policy, RoutingPolicy
from workbench.tables import TABLES

HORIZON_DAYS = 60  # in which every parcel has arrived
MOST_NEW = 0.1  # of the orders, that the last plan has no choice for
LOOSE = 0.01  # gap beyond which all orders are settled anew: what was kept is no longer good


class RoutePlan(NamedTuple):
    """`parcels` that leave and their `runners_up`, as from `shipped_parcels`; `held` orders with their
    reasons, as from `held_orders`; `prices` of what is scarce; `found`: cost, and the bound on any plan's."""

    case: OpenOrders
    parcels: pd.DataFrame
    runners_up: pd.DataFrame
    held: pd.DataFrame
    prices: Prices
    found: Assignment

    def as_last(self) -> LastPlan:
        """What a plan of nearly the same orders begins from."""
        inside = self.case.parcels.lines[self.parcels["parcel"].to_numpy()].tocoo()
        way = self.parcels[["order_id", "number", "warehouse", "carrier", "service"]].iloc[inside.row]
        line = self.case.lines[["line"]].iloc[inside.col]
        rows = pd.concat([way.reset_index(drop=True), line.reset_index(drop=True)], axis=1)
        rows = rows.rename(columns={"number": "parcel"}).sort_values(["order_id", "line"], ignore_index=True)
        return LastPlan(price_table(self.case, self.prices), rows[TABLES["planned_ways"].names])


def plan_routes(  # noqa: PLR0913 - one table each, as the agent that it serves
    open_lines: pd.DataFrame,
    stock: pd.DataFrame,
    products: pd.DataFrame,
    warehouses: pd.DataFrame,
    regions: pd.DataFrame,
    services: pd.DataFrame,
    zones: pd.DataFrame,
    rates: pd.DataFrame,
    deliveries: pd.DataFrame,
    disruptions: pd.DataFrame,
    inbound: pd.DataFrame,
    last: LastPlan,
    *,
    policy: Policy,
    as_of: datetime,
    doubtful: Collection[str] = (),
) -> RoutePlan:
    """The plan of all open lines, begun from the `last` one as far as that holds."""
    tables = (open_lines, stock, products, warehouses, regions, services, zones, rates, deliveries)
    case = day_case(*tables, disruptions, policy=policy, as_of=as_of, doubtful=doubtful)
    contested, orders = contest(case, policy.routing)
    taken, prices, found = _settled(case, contested, last)
    parcels, runners_up = shipped_parcels(case, contested, taken, prices)
    lost_out = np.asarray(orders)[(taken.parcel == NONE).all(axis=1)]
    return RoutePlan(
        case,
        parcels,
        runners_up,
        held_orders(case, lost_out, parcels, inbound, policy.business.day(as_of)),
        prices,
        found,
    )


def _settled(case: OpenOrders, contested: Contest, last: LastPlan) -> tuple[Taken, Prices, Assignment]:
    """What comes of the last plan's prices and choices, or of none where these leave too much to settle."""
    kept = last_choices(case, contested, last.ways)
    if kept is not None and (kept.parcel == NONE).all(axis=1).mean() <= MOST_NEW:
        settled = settle(contested, start_prices(case, last.prices), kept)
        if settled[2].gap <= LOOSE:
            return settled
    return settle(contested)


def day_case(  # noqa: PLR0913 - all that routing knows
    open_lines: pd.DataFrame,
    stock: pd.DataFrame,
    products: pd.DataFrame,
    warehouses: pd.DataFrame,
    regions: pd.DataFrame,
    services: pd.DataFrame,
    zones: pd.DataFrame,
    rates: pd.DataFrame,
    deliveries: pd.DataFrame,
    disruptions: pd.DataFrame,
    *,
    policy: Policy,
    as_of: datetime,
    doubtful: Collection[str] = (),
) -> OpenOrders:
    """The open orders, with the carrier whose outage each is behind, `outage`, and its `outage_share`.

    Only the warehouses that `regions` lists may serve a region.
    """
    served = zones.merge(regions[["region", "warehouse"]], on=["region", "warehouse"], validate="many_to_one")
    leaving = ways(services, served, disruptions, policy.business, as_of)
    today = policy.business.day(as_of)
    transit = _transit(leaving, services, zones, deliveries, policy.routing, today)
    case = open_orders(
        open_lines, stock, products, warehouses, leaving, rates, transit, policy.routing, doubtful
    )
    out = disrupted(disruptions, "carrier", policy.business, as_of).index
    case.orders["outage"], case.orders["outage_share"] = outage_shares(case, out)
    return case


def _transit(
    leaving: pd.DataFrame,
    services: pd.DataFrame,
    zones: pd.DataFrame,
    deliveries: pd.DataFrame,
    policy: RoutingPolicy,
    today: date,
) -> TransitTimes:
    """Transit times of every way."""
    lanes = leaving[LANE].drop_duplicates(ignore_index=True)
    found = transit_times(
        seen_parcels(deliveries, zones, today),
        services,
        lanes,
        promise_weight=policy.on_time_weight,
        service_weight=policy.transit_weight,
        horizon=HORIZON_DAYS,
    )
    row = pd.MultiIndex.from_frame(lanes).get_indexer(pd.MultiIndex.from_frame(leaving[LANE]))
    return TransitTimes(found.pmf[row], found.weight[row])
