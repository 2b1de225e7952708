"""The routing benchmark's checker finds what is broken, and agrees on the cost of a plan that is not."""

import pandas as pd
import pytest

from tests.benchmarks.routing import NAMES, assignment
from tests.benchmarks.routing_business import AS_OF, DAY, business
from tests.benchmarks.routing_check import checked
from tests.benchmarks.routing_tables import read_tables
from workbench.optimize.last_plan import NO_PLAN
from workbench.optimize.route_plan import plan_routes
from workbench.policy import Policy
from workbench.tables import TABLES

POLICY = Policy()
NOTHING = TABLES["inbound"].empty(), NO_PLAN


@pytest.fixture(scope="module")
def tables():
    return business("tight", 200, 1) | {"deliveries": TABLES["deliveries"].empty()}


@pytest.fixture(scope="module")
def plan(tables):
    known = [tables[name] for name in NAMES]
    return plan_routes(*known, tables["disruptions"], *NOTHING, policy=POLICY, as_of=AS_OF)


@pytest.fixture(scope="module")
def sent(plan):
    return assignment(plan)


def test_a_plan_breaks_nothing_and_costs_what_it_says(tables, plan, sent):
    cost, broken = checked(tables, sent, POLICY.routing, DAY)
    assert not broken
    late = plan.parcels["days_late"] * plan.parcels["late_cost"]
    carbon = plan.parcels["co2e_kg"] * POLICY.routing.co2e_price
    claimed = (plan.parcels["freight"] + plan.parcels["handling"] + carbon + late).sum()
    assert cost == pytest.approx(claimed)
    assert plan.found.bound <= plan.found.cost
    assert plan.found.gap < 0.05
    assert sent["order_id"].nunique() + len(plan.held) == 200


def _all_from(sent, tables):
    """Every line from the place that has least of its SKU."""
    least = tables["stock"].sort_values("on_hand").drop_duplicates("sku").set_index("sku")["warehouse"]
    return sent.assign(warehouse=sent["sku"].map(least))


@pytest.mark.parametrize(
    ("spoil", "kind"),
    [
        (lambda sent, _: sent.assign(quantity=0).iloc[1:], "order sent in part"),
        (lambda sent, _: pd.concat([sent, sent.head(1)]), "unknown or doubled line"),
        (lambda sent, _: sent.assign(service="none"), "no price"),
        (lambda sent, _: sent.assign(warehouse="W9999"), "warehouse not of the region"),
        (_all_from, "more than the stock"),
    ],
)
def test_what_is_broken_is_found(tables, sent, spoil, kind):
    several = sent[sent.groupby("order_id")["line"].transform("size") > 1]
    _, broken = checked(tables, spoil(several, tables), POLICY.routing, DAY)
    assert broken[kind] > 0


def test_a_full_day_is_found(tables, sent):
    few = tables | {"warehouses": tables["warehouses"].assign(orders_per_day=1.0)}
    assert checked(few, sent, POLICY.routing, DAY)[1]["more than a warehouse's day"] > 0
    few = tables | {"services": tables["services"].assign(parcels_per_day=1.0)}
    assert checked(few, sent, POLICY.routing, DAY)[1]["more than a service's day"] > 0


def test_tables_from_a_folder_are_planned_alike(tables, plan, tmp_path):
    for name in NAMES:
        tables[name].to_csv(tmp_path / f"{name}.csv", index=False)
    read = read_tables(tmp_path)
    known = [read[name] for name in NAMES]
    again = plan_routes(*known, TABLES["disruptions"].empty(), *NOTHING, policy=POLICY, as_of=AS_OF)
    assert again.found.cost == pytest.approx(plan.found.cost, rel=1e-6)
