"""Which warehouse ships each open order line by which service, in one parcel or several."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import NamedTuple

import numpy as np
import pandas as pd

from workbench.agents.routing.holds import holds
from workbench.agents.routing.shipments import shipments
from workbench.formulas.transit_times import LANE, TransitTimes, transit_times
from workbench.optimize.batch import NONE
from workbench.optimize.contest import settle
from workbench.optimize.held_orders import held_orders
from workbench.optimize.open_orders import contest, open_orders
from workbench.optimize.outages import outage_shares
from workbench.optimize.scarcity import price_table, start_prices
from workbench.optimize.seen_parcels import seen_parcels
from workbench.optimize.shipped import shipped_parcels
from workbench.optimize.ways import disrupted, ways
from workbench.policy import Policy, RoutingPolicy
from workbench.tables import PROPOSALS, TABLES, proposals_table

HORIZON_DAYS = 60  # in which every parcel has arrived


class Routes(NamedTuple):
    """`proposals`, and `prices`: what one more of everything scarce would save, table `scarcity_prices`."""

    proposals: pd.DataFrame
    prices: pd.DataFrame


def route(  # noqa: PLR0913 - an agent's signature is the list of what it knows
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
    seed: int = 0,
    doubtful: Collection[str] = (),
) -> pd.DataFrame:
    """Proposals to ship the open order lines, one a warehouse, service and day, and to hold what cannot go.

    Only the warehouses that `regions` lists may serve a region. An order leaves whole or waits. A way costs
    freight, handling, CO2 equivalent and expected lateness; stock and the day's capacities are shared by all.
    How long parcels take is learnt from `deliveries`. Orders behind a carrier's outage, and those with a SKU
    that is `doubtful`, come in proposals of their own. Kinds: shipment, hold_orders. Beside the common
    columns: `expected_cost`, of the proposal as the alternatives' is counted, money.
    """
    tables = (open_lines, stock, products, warehouses, regions, services, zones, rates, deliveries)
    no_prices = TABLES["scarcity_prices"].empty()
    return reroute(
        *tables, disruptions, no_prices, policy=policy, as_of=as_of, seed=seed, doubtful=doubtful
    ).proposals


def reroute(  # noqa: PLR0913
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
    last_prices: pd.DataFrame,
    *,
    policy: Policy,
    as_of: datetime,
    seed: int = 0,
    doubtful: Collection[str] = (),
) -> Routes:
    """As `route`, from the `last_prices` of an earlier plan (table `scarcity_prices`), and with the new ones.

    With few new orders, or a little other stock, the last prices are nearly right: that saves most of the
    time.
    """
    if open_lines.empty:
        nothing = PROPOSALS.empty().assign(expected_cost=pd.Series(dtype="float64"))
        return Routes(nothing, TABLES["scarcity_prices"].empty())
    served = zones.merge(regions[["region", "warehouse"]], on=["region", "warehouse"], validate="many_to_one")
    leaving = ways(services, served, disruptions, policy.business, as_of)
    today = policy.business.day(as_of)
    transit = _transit(leaving, services, zones, deliveries, policy.routing, today)
    case = open_orders(
        open_lines, stock, products, warehouses, leaving, rates, transit, policy.routing, doubtful
    )
    out = disrupted(disruptions, "carrier", policy.business, as_of).index
    case.orders["outage"], case.orders["outage_share"] = outage_shares(case, out)
    contested, orders = contest(case, policy.routing)
    taken, prices, found = settle(contested, start_prices(case, last_prices))
    parcels, runners_up = shipped_parcels(case, contested, taken, prices)
    lost_out = np.asarray(orders)[(taken.parcel == NONE).all(axis=1)]
    held = held_orders(case, lost_out, parcels, today)
    records = [*shipments(case, parcels, runners_up, found, policy, seed), *holds(case, held, policy)]
    return Routes(proposals_table(records), price_table(case, prices))


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
