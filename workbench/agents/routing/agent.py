"""Which warehouse ships each open order line by which service, in one parcel or several."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import numpy as np
import pandas as pd

from workbench.agents.routing.holds import holds
from workbench.agents.routing.shipments import shipments
from workbench.optimize.assignment import Assignment, assign
from workbench.optimize.batch import NONE, Ints
from workbench.optimize.held_orders import held_orders
from workbench.optimize.open_orders import OpenOrders, open_orders
from workbench.optimize.order_options import batch, lateness_cost, outlay
from workbench.optimize.outages import outage_shares
from workbench.optimize.ways import disrupted, ways
from workbench.policy import Policy
from workbench.tables import PROPOSALS, proposals_table


def route(  # noqa: PLR0913 - an agent's signature is the list of what it knows
    open_lines: pd.DataFrame,
    stock: pd.DataFrame,
    products: pd.DataFrame,
    warehouses: pd.DataFrame,
    regions: pd.DataFrame,
    services: pd.DataFrame,
    zones: pd.DataFrame,
    rates: pd.DataFrame,
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
    Orders behind a carrier's outage, and those with a SKU that is `doubtful`, come in proposals of their own.
    Kinds: shipment, hold_orders. Beside the common columns:
    `expected_cost`, of the proposal as the alternatives' is counted, money.
    """
    if open_lines.empty:
        return PROPOSALS.empty().assign(expected_cost=pd.Series(dtype="float64"))
    served = zones.merge(regions[["region", "warehouse"]], on=["region", "warehouse"], validate="many_to_one")
    leaving = ways(services, served, disruptions, policy.business, as_of)
    case = open_orders(open_lines, stock, products, warehouses, leaving, rates, policy.routing, doubtful)
    out = disrupted(disruptions, "carrier", policy.business, as_of).index
    case.orders["outage"], case.orders["outage_share"] = outage_shares(case, out)
    choices, orders, found = _assigned(case, policy)
    shipped = _shipped(case, choices, found)
    held = held_orders(case, orders[found.held], shipped, policy.business.day(as_of))
    return proposals_table(
        [*shipments(case, shipped, choices, found, policy, seed), *holds(case, held, policy)]
    )


def _assigned(case: OpenOrders, policy: Policy) -> tuple[pd.DataFrame, Ints, Assignment]:
    """The usable options with what they cost at the prices of what is scarce, the orders that have a plan,
    and the assignment of these orders to those options."""
    usable = case.options[~(case.options["carrier_down"] | case.options["warehouse_down"])]
    quantity = case.lines["quantity"].to_numpy(dtype=np.float64)
    problem, kept, orders = batch(usable, case.parcels, case.pools, quantity, case.limits, policy.routing)
    found = assign(problem)
    choices = usable.iloc[kept].reset_index(drop=True)
    choices["scarcity"] = problem.use @ found.prices
    choices["outlay"] = outlay(choices, policy.routing) + choices["scarcity"]
    choices["late_cost"] = lateness_cost(choices, policy.routing)
    choices["service_code"] = choices.groupby(["carrier", "service"]).ngroup()
    return choices, orders, found


def _shipped(case: OpenOrders, choices: pd.DataFrame, found: Assignment) -> pd.DataFrame:
    """Every parcel that leaves: its option, its number within the order, its runner-up among the choices."""
    order, place = np.nonzero(found.option != NONE)
    chosen = found.option[order, place]
    rows = choices.loc[chosen].assign(number=place + 1)
    others = choices.drop(index=chosen.tolist()).assign(priced=lambda rest: rest["cost"] + rest["scarcity"])
    runner_up = others.groupby("parcel")["priced"].idxmin()
    rows["runner_up"] = rows["parcel"].map(runner_up).fillna(NONE).astype("int64")
    about = case.orders[["order_id", "promised_on", "outage", "outage_share", "doubtful"]]
    return rows.reset_index(drop=True).join(about, on="order", validate="many_to_one")
