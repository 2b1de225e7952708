"""What an earlier plan chose, found again among the orders that are open now."""

import numpy as np
import pandas as pd
import pytest

from tests.benchmarks.routing import NAMES, assignment
from tests.benchmarks.routing_business import AS_OF, DAY, business, more_orders
from tests.benchmarks.routing_check import checked
from workbench.optimize import route_plan, settlement
from workbench.optimize.batch import NONE
from workbench.optimize.last_plan import NO_PLAN, LastPlan, last_choices
from workbench.optimize.open_orders import contest
from workbench.optimize.route_plan import day_case, plan_routes
from workbench.policy import Policy
from workbench.tables import TABLES, validate

POLICY = Policy()
ORDERS = 150


@pytest.fixture(scope="module")
def tables():
    return business("tight", ORDERS, 1) | {"deliveries": TABLES["deliveries"].empty()}


def planned(tables, last=NO_PLAN):
    known = [tables[name] for name in NAMES]
    empty = TABLES["inbound"].empty()
    return plan_routes(*known, tables["disruptions"], empty, last, policy=POLICY, as_of=AS_OF)


@pytest.fixture(scope="module")
def first(tables):
    return planned(tables)


@pytest.fixture(scope="module")
def sent(first):
    return assignment(first)


def kept(tables, lines):
    case = day_case(*(tables[name] for name in NAMES), tables["disruptions"], policy=POLICY, as_of=AS_OF)
    contested, orders = contest(case, POLICY.routing)
    taken = last_choices(case, contested, lines)
    ids = case.orders.loc[orders, "order_id"].to_numpy()
    return case, taken, set(ids[(taken.parcel != NONE).any(axis=1)])


def test_all_that_was_sent_is_found_again_by_its_way(tables, sent):
    case, taken, found = kept(tables, sent)
    assert found == set(sent["order_id"])
    there = taken.parcel != NONE
    assert there.sum() == len(sent.drop_duplicates(["order_id", "parcel"]))
    names = case.costs.places["warehouse"].to_numpy()[taken.place[there]]
    by_parcel = sent.drop_duplicates(["order_id", "parcel"])["warehouse"]
    assert sorted(names) == sorted(by_parcel)


def test_an_order_with_other_lines_or_ways_has_no_choice(tables, sent):
    several = sent.loc[sent["line"] == 2, "order_id"].iloc[0]
    lost = sent["order_id"].iloc[0]
    changed = sent[(sent["order_id"] != several) | (sent["line"] != 2)].copy()
    changed.loc[changed["order_id"] == lost, "service"] = "by pigeon"
    assert kept(tables, changed)[2] == set(sent["order_id"]) - {several, lost}


def test_orders_that_are_no_longer_open_are_left_out(tables, sent):
    gone = sent["order_id"].iloc[0]
    lines = tables["open_lines"]
    fewer = tables | {"open_lines": lines[lines["order_id"] != gone].reset_index(drop=True)}
    assert kept(fewer, sent)[2] == set(sent["order_id"]) - {gone}


def test_nothing_to_keep(tables):
    case = day_case(*(tables[name] for name in NAMES), tables["disruptions"], policy=POLICY, as_of=AS_OF)
    contested, _ = contest(case, POLICY.routing)
    assert last_choices(case, contested, TABLES["planned_ways"].empty()) is None


def test_new_orders_and_lost_stock_break_nothing(tables, first):
    """Ten new orders, and one warehouse has lost half of what it had."""
    lines = pd.concat([tables["open_lines"], more_orders(10, ORDERS, 1)], ignore_index=True)
    stock = tables["stock"].copy()
    stock.loc[stock["warehouse"] == stock["warehouse"].iloc[0], "on_hand"] //= 2
    now = tables | {"open_lines": lines, "stock": stock}
    again = planned(now, first.as_last())
    _, broken = checked(now, assignment(again), POLICY.routing, DAY)
    assert not broken
    assert again.found.bound <= planned(now).found.cost
    assert assignment(again)["order_id"].nunique() + len(again.held) == ORDERS + 10


def test_what_is_kept_is_a_table_of_the_lake(first, sent):
    kept = first.as_last()
    validate("scarcity_prices", kept.prices)
    assert len(validate("planned_ways", kept.ways)) == len(sent)


def test_where_most_orders_are_new_all_are_settled_as_without_a_last_plan(tables, first, monkeypatch):
    """Of the last plan only a tenth of the orders is known: its choices bind nobody, not even the one that
    went by the dearest service, which would stay there if it were kept and not weighed again."""
    kept = first.as_last()
    few = kept.ways[kept.ways["order_id"] < f"O{ORDERS // 10:07d}"].copy()
    few.loc[few["order_id"] == "O0000012", ["carrier", "service"]] = ["BRAVO", "NEXTDAY"]
    again = planned(tables, LastPlan(kept.prices, few))
    pd.testing.assert_frame_equal(assignment(again), assignment(first))

    monkeypatch.setattr(route_plan, "MOST_NEW", 1.0)
    monkeypatch.setattr(settlement, "WORTH_A_LOOK", np.inf)
    bound = assignment(planned(tables, LastPlan(kept.prices, few)))
    assert bound.loc[bound["order_id"] == "O0000012", "service"].unique().tolist() == ["NEXTDAY"]


def test_a_last_plan_that_has_become_dear_is_not_kept():
    """There is stock enough for every order to keep its way, but each goes by the dearest service."""
    tables = business("ordinary", ORDERS, 1) | {"deliveries": TABLES["deliveries"].empty()}
    tables["stock"] = tables["stock"].assign(on_hand=1000)
    first = planned(tables)
    ways = first.as_last().ways.assign(carrier="BRAVO", service="NEXTDAY")
    services = tables["services"].assign(parcels_per_day=float(ORDERS))
    tables = tables | {"services": services}
    again = planned(tables, LastPlan(first.as_last().prices, ways))
    assert again.found.cost == pytest.approx(planned(tables).found.cost)
