"""Plans that weigh cost, CO2 equivalent and lateness otherwise, so that a planner can pick one."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from workbench.agents.routing.lines import ways_by_order
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


class Frontier(NamedTuple):
    """`plans`: table `routing_frontier`. `orders`: what every order does in each of them, a row a plan and
    order: plan, order_id, way (warehouse, carrier and service of its parcels; empty: it waits), cost (freight
    and handling, money), co2e_kg and days_late (expected, of the whole order)."""

    plans: pd.DataFrame
    orders: pd.DataFrame


def frontier(plan: RoutePlan, *, policy: Policy) -> Frontier:
    """Plans of the day under other weights of CO2 equivalent and lateness.

    No plan is listed that another one equals or beats in cost, CO2 equivalent, lateness and orders held
    together, a hundredth of the own `plan` counting as nothing; that plan always is: `current`. With its two
    weights in the policy, `route` makes the plan of a row anew. They are varied around the `policy`'s, whose
    own are among them where the plan was made under others; one that it sets to 0 around the house's default.
    """
    case, prices = plan.case, plan.prices
    if case.orders.empty:
        return Frontier(TABLES["routing_frontier"].empty(), _orders(case, plan.parcels).assign(plan=0))
    own, *others = _weights(case.costs.policy, policy.routing, len(case.orders))
    rows, orders = [_row(own, case, plan.parcels)], [_orders(case, plan.parcels)]
    for rules in others:
        parcels, prices = _plan(case, rules, prices)
        rows.append(_row(rules, case, parcels))
        orders.append(_orders(case, parcels))
    plans = pd.DataFrame(rows).assign(current=np.arange(len(rows)) == 0)
    kept = plans[_undominated(_steps(plans)) | plans["current"]].sort_values(AIMS)
    done = pd.concat([orders[row].assign(plan=number) for number, row in enumerate(kept.index, start=1)])
    kept = kept.reset_index(drop=True)
    types = {column.name: column.dtype for column in TABLES["routing_frontier"].columns}
    table = validate("routing_frontier", kept.assign(plan=kept.index + 1)[list(types)].astype(types))
    return Frontier(table, done.reset_index(drop=True))


def _weights(made_with: RoutingPolicy, own: RoutingPolicy, orders: int) -> list[RoutingPolicy]:
    """The rules that the plan was made with, then those with other weights, nearest to the policy's first."""
    house = RoutingPolicy()
    late = own.lateness_cost_per_day or house.lateness_cost_per_day
    green = own.co2e_price or house.co2e_price
    pairs = [(a, b) for a in LATENESS_FACTORS for b in CO2E_FACTORS]
    pairs.sort(key=lambda pair: abs(np.log(pair[0])) + abs(np.log(pair[1])))
    others = [
        own.model_copy(update={"lateness_cost_per_day": a * late, "co2e_price": b * green}) for a, b in pairs
    ]
    most = max(MOST_ORDERS // orders, FEWEST_PLANS)
    return [made_with, *(rules for rules in others if rules != made_with)][:most]


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


def _orders(case: OpenOrders, sent: pd.DataFrame) -> pd.DataFrame:
    """As `Frontier.orders`, of the parcels of one plan."""
    parts = {
        "cost": sent["freight"] + sent["handling"],
        "co2e_kg": sent["co2e_kg"],
        "days_late": sent["days_late"] * sent["share"],
    }
    found = pd.DataFrame(parts).groupby(sent["order"]).sum().reindex(case.orders.index).fillna(0.0)
    ways = ways_by_order(sent).reindex(case.orders.index).fillna("")
    return found.assign(way=ways, order_id=case.orders["order_id"])


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
