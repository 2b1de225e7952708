"""Which warehouse ships each open order line by which service, in one parcel or several."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import pandas as pd

from workbench.agents.routing.holds import holds
from workbench.agents.routing.shipments import shipments
from workbench.optimize.last_plan import NO_PLAN
from workbench.optimize.route_plan import RoutePlan, plan_routes
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
    deliveries: pd.DataFrame,
    disruptions: pd.DataFrame,
    inbound: pd.DataFrame,
    *,
    policy: Policy,
    as_of: datetime,
    seed: int = 0,
    doubtful: Collection[str] = (),
) -> pd.DataFrame:
    """Proposals to ship the open order lines, one a warehouse, service and day, and to hold what cannot go.

    Only the warehouses that `regions` lists may serve a region. An order leaves whole or waits. A way costs
    freight, handling, CO2 equivalent and expected lateness; stock and the day's capacities are shared by all.
    How long parcels take is learnt from `deliveries`; `inbound` tells from when orders without stock could
    leave. Orders behind a carrier's outage, and those with a SKU
    that is `doubtful`, come in proposals of their own. Kinds: shipment, hold_orders. Beside the common
    columns: `expected_cost`, of the proposal as the alternatives' is counted, money, and `in_all`: what its
    lines tell of a day's waiting, of all together.
    """
    plan = plan_routes(
        open_lines,
        stock,
        products,
        warehouses,
        regions,
        services,
        zones,
        rates,
        deliveries,
        disruptions,
        inbound,
        NO_PLAN,
        policy=policy,
        as_of=as_of,
        doubtful=doubtful,
    )
    return proposed(plan, policy=policy, seed=seed)


def proposed(plan: RoutePlan, *, policy: Policy, seed: int = 0) -> pd.DataFrame:
    """What `route` proposes, of a plan that has been made."""
    if plan.case.orders.empty:
        return PROPOSALS.empty().assign(
            expected_cost=pd.Series(dtype="float64"), in_all=pd.Series(dtype="object")
        )
    return proposals_table([*shipments(plan, policy, seed), *holds(plan.case, plan.held, policy)])
