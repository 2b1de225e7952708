"""Plans that weigh cost, CO2 equivalent and lateness otherwise, so that a planner can pick one."""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.optimize.batch import NONE, Floats, Mask
from workbench.optimize.contest import Prices
from workbench.optimize.open_orders import OpenOrders, contest
from workbench.optimize.route_plan import RoutePlan
from workbench.optimize.settlement import settle
from workbench.optimize.way_costs import repriced
from workbench.policy import Policy, RoutingPolicy
from workbench.tables import TABLES, validate

# times the policy's own weights; emissions of a parcel cost so little beside its freight that their price
# must rise far before another way is chosen
LATENESS_FACTORS = (0.25, 0.5, 1.0, 2.0, 4.0)
CO2E_FACTORS = (1.0, 10.0, 100.0)
MOST_ORDERS = 200_000  # settled in all plans together, so that a large day tries fewer plans
FEWEST_PLANS = 5
AIMS = ["cost", "co2e_kg", "order_days_late", "orders_held"]  # all of them better low
NEAR = 0.01  # of what the policy's own plan comes to: less than that sets no two plans apart


def frontier(plan: RoutePlan, *, policy: Policy) -> pd.DataFrame:
    """Plans of the day under other weights of CO2 equivalent and lateness, table `routing_frontier`.

    No plan is listed that another one equals or beats in cost, CO2 equivalent, lateness and orders held
    together, a hundredth of the policy's own `plan` counting as nothing; that plan always is: `current`. With
    its two weights in the policy, `route` makes the plan of a row anew. A weight that the policy sets to 0 is
    varied around the house's default.
    """
    case, prices = plan.case, plan.prices
    if case.orders.empty:
        return TABLES["routing_frontier"].empty()
    own, *others = _weights(policy.routing, len(case.orders))
    rows = [_row(own, case, plan.parcels)]
    for rules in others:
        parcels, prices = _plan(case, rules, prices)
        rows.append(_row(rules, case, parcels))
    plans = pd.DataFrame(rows).assign(current=np.arange(len(rows)) == 0)
    kept = plans[_undominated(_steps(plans)) | plans["current"]].sort_values(AIMS, ignore_index=True)
    types = {column.name: column.dtype for column in TABLES["routing_frontier"].columns}
    return validate("routing_frontier", kept.assign(plan=kept.index + 1)[list(types)].astype(types))


def _weights(own: RoutingPolicy, orders: int) -> list[RoutingPolicy]:
    """The policy's own rules, then those with other weights, nearest to its own first."""
    house = RoutingPolicy()
    late = own.lateness_cost_per_day or house.lateness_cost_per_day
    green = own.co2e_price or house.co2e_price
    pairs = [(a, b) for a in LATENESS_FACTORS for b in CO2E_FACTORS]
    pairs.sort(key=lambda pair: abs(np.log(pair[0])) + abs(np.log(pair[1])))
    others = [
        own.model_copy(update={"lateness_cost_per_day": a * late, "co2e_price": b * green}) for a, b in pairs
    ]
    most = max(MOST_ORDERS // orders, FEWEST_PLANS)
    return [own, *(rules for rules in others if rules != own)][:most]


def _plan(case: OpenOrders, rules: RoutingPolicy, start: Prices) -> tuple[pd.DataFrame, Prices]:
    """The parcels of a plan under these rules, and its prices; `start`: those of another plan."""
    costs = repriced(case.costs, rules)
    contested, _ = contest(case._replace(costs=costs), rules)
    taken, prices, _ = settle(contested, start)
    order, number = np.nonzero(taken.parcel != NONE)
    return costs.details(*(part[order, number] for part in taken)), prices


def _row(rules: RoutingPolicy, case: OpenOrders, sent: pd.DataFrame) -> dict[str, float]:
    """What the parcels of a plan under these rules come to."""
    shipped = sent.groupby("order").size()
    return {
        "co2e_price": rules.co2e_price,
        "lateness_cost_per_day": rules.lateness_cost_per_day,
        "cost": float((sent["freight"] + sent["handling"]).sum()),
        "co2e_kg": float(sent["co2e_kg"].sum()),
        "order_days_late": float((sent["days_late"] * sent["share"]).sum()),
        "parcels": len(sent),
        "orders_held": len(case.orders) - len(shipped),
        "split_rate": float((shipped > 1).mean()) if len(shipped) else 0.0,
    }


def _steps(plans: pd.DataFrame) -> Floats:
    """The aims, (plans, aims), in steps that set plans apart: of the first plan's cost and so on, orders."""
    step = NEAR * plans[AIMS].iloc[0].astype("float64")
    step = step.where(step > 0, NEAR)
    step["orders_held"] = 1.0
    steps: Floats = (plans[AIMS] / step).round().to_numpy(dtype=np.float64)
    return steps


def _undominated(aims: Floats) -> Mask:
    """Rows, (plans,), that no other row equals or beats in every column; of equal rows the first counts.

    >>> _undominated(np.array([[5.0, 2.0], [7.0, 1.0], [7.0, 2.0], [5.0, 2.0]])).tolist()
    [True, True, False, False]
    """
    at_least = (aims[:, None] <= aims[None]).all(axis=2)
    better = at_least & (aims[:, None] < aims[None]).any(axis=2)
    earlier = np.triu(at_least & at_least.T, k=1)
    return ~np.asarray((better | earlier).any(axis=0), dtype=np.bool_)
