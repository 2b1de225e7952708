"""Split or consolidate: what split orders would cost in one parcel, and which others were nearly split."""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.agents.routing.lines import ways_by_order
from workbench.optimize.batch import NONE, Floats, Ints, Mask
from workbench.optimize.contest import Contest
from workbench.optimize.open_orders import contest
from workbench.optimize.route_plan import RoutePlan
from workbench.optimize.shipped import parcels_by, total_cost


def split_or_whole(plan: RoutePlan) -> pd.DataFrame:
    """Orders that leave split, beside their best single parcel, and those in one whose runner-up is a split.

    A row an order: order_id, parcels, ways (warehouse, carrier and service of each), cost (freight and
    handling, money), co2e_kg; the same of the other choice as other_parcels and so on, blank where no single
    parcel can hold the order; and `more`, what the other costs more, money, with CO2 equivalent, lateness and
    the prices of what is scarce. At 8.34 and 7.57 in two parcels and 22.56 in one it is 6.65.
    """
    rules = plan.case.costs.policy
    contested, orders = contest(plan.case, rules)
    of_plan = np.asarray(orders)[contested.plan_order]
    parcel_paid = contested.by_place(plan.prices).min(axis=0)
    paid = np.append(parcel_paid, 0.0)[contested.plan_parcels].sum(axis=1)
    several = (contested.plan_parcels != NONE).sum(axis=1) > 1
    own = _by_order(plan.parcels)
    split = own["parcels"] > 1
    whole_plan = _cheapest(of_plan, paid, ~several).reindex(own.index[split]).dropna()
    split_plan = _cheapest(of_plan, paid, several).reindex(own.index[~split]).dropna()
    found = pd.concat([whole_plan, split_plan]).astype("int64")
    others = _by_order(_parcels(plan, contested, found)).add_prefix("other_")
    beside = own.join(others, how="left")
    beside["more"] = beside["other_total"] - beside["total"]
    next_way = plan.parcels.groupby("order")["runner_up_cost"].min()
    nearly = ~split & (beside["more"] < next_way.fillna(np.inf))
    shown = beside[split | nearly].drop(columns=["total", "other_total"])
    return shown.join(plan.case.orders["order_id"]).reset_index(drop=True)


def _cheapest(order: Ints, paid: Floats, which: Mask) -> pd.Series[int]:
    """The cheapest of some plans by order; none where an order has none."""
    plans = np.flatnonzero(which & np.isfinite(paid))
    by_cost = plans[np.lexsort((paid[plans], order[plans]))]
    first = by_cost[np.diff(order[by_cost], prepend=NONE) != 0]
    return pd.Series(first, index=pd.Index(order[first]))


def _parcels(plan: RoutePlan, contested: Contest, found: pd.Series[int]) -> pd.DataFrame:
    """The parcels of plans, each by its cheapest way at the prices."""
    inside = contested.plan_parcels[found.to_numpy()]
    parcel = inside[inside != NONE]
    stock = contested.drawn[parcel] @ plan.prices.pool[contested.pool] + plan.prices.warehouse
    paid = contested.cost[:, :, parcel].transpose(2, 0, 1) + plan.prices.service + stock[:, :, None]
    way = paid.reshape(len(parcel), -1).argmin(axis=1) if len(parcel) else parcel
    place, service = np.divmod(way, contested.cost.shape[1])
    return parcels_by(plan.case, contested, plan.prices, parcel, place, service)


def _by_order(parcels: pd.DataFrame) -> pd.DataFrame:
    """What the parcels of each order come to, by order."""
    parts = {
        "cost": parcels["freight"] + parcels["handling"],
        "co2e_kg": parcels["co2e_kg"],
        "total": total_cost(parcels),
    }
    of_order = pd.DataFrame(parts).groupby(parcels["order"])
    return of_order.sum().assign(parcels=of_order.size(), ways=ways_by_order(parcels))
