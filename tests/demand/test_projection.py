"""Stock walked through demand paths and arrivals, by hand."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.demand.conftest import AS_OF, DAY, table
from workbench.demand.paths import with_paths
from workbench.demand.projection import project
from workbench.policy import DemandPolicy, Policy
from workbench.tables import TABLES, validate

POLICY = Policy(demand=DemandPolicy(horizon_days=7))
REGIONS = table(
    "regions",
    [
        {"region": "north", "warehouse": "A", "rank": 1},
        {"region": "north", "warehouse": "B", "rank": 2},
        {"region": "south", "warehouse": "B", "rank": 1},
    ],
)


def stock_of(available, warehouse="A", reserved=0, backordered=0):
    row = {"sku": "S", "warehouse": warehouse, "on_hand": available + reserved, "reserved": reserved}
    row |= {"backordered": backordered, "available": available, "in_transfer": 0, "on_order": 0}
    return pd.DataFrame([row | {"inventory_position": available - backordered}])


def demand_of(paths, region="north"):
    """Demand of each path, the same every day."""
    days = pd.date_range(DAY, periods=7, unit="us")
    keys = pd.DataFrame({"sku": "S", "channel": "shop", "region": region, "date": days})
    return with_paths(keys, np.tile(np.asarray(paths, dtype=np.float32), (7, 1)))


def inbound_of(quantity, promised_on, warehouse="A"):
    row = {
        "reference": "P",
        "kind": "purchase_order",
        "sku": "S",
        "warehouse": warehouse,
        "quantity": quantity,
    }
    return table("inbound", [row | {"promised_on": promised_on, "confirmed": True}])


def projected(stock, demand, inbound=None, warehouse="A"):
    inbound = TABLES["inbound"].empty() if inbound is None else inbound
    table = validate("projection", project(stock, inbound, demand, REGIONS, policy=POLICY, as_of=AS_OF))
    return table[table["warehouse"] == warehouse].set_index("hours")


def test_demand_is_served_from_what_is_available():
    found = projected(stock_of(10), demand_of([3.0]))
    assert found["mean"].tolist() == [9.5, 7, 4, 1, 0, 0, 0, 0]
    assert found["lost_units"].tolist() == [0, 0, 0, 0, 2, 5, 8, 11]
    assert found["stockout_probability"].tolist() == [0, 0, 0, 0, 1, 1, 1, 1]
    assert found.index.tolist() == [4, 24, 48, 72, 96, 120, 144, 168]
    assert found["date"].iloc[[0, 1]].tolist() == [
        pd.Timestamp(DAY),
        pd.Timestamp(DAY) + pd.Timedelta(days=1),
    ]


def test_the_stock_of_4_24_and_72_hours_follows_from_the_same_paths():
    """12 units a day: 2 in four hours, 12 in a day, 36 in three."""
    found = projected(stock_of(100), demand_of([12.0]))
    assert found.loc[[4, 24, 72], "mean"].tolist() == [98, 88, 64]


def test_paths_run_out_at_different_times():
    found = projected(stock_of(10), demand_of([1.0, 9.0]))
    assert found.loc[48, "stockout_probability"] == 0.5
    assert found.loc[48, "mean"] == 4
    assert (found.loc[48, "q0100"], found.loc[48, "q0900"]) == (0, 8)


def test_arrivals_come_on_their_promised_day():
    found = projected(stock_of(3), demand_of([3.0]), inbound_of(6, "2026-03-04"))
    assert found.loc[[24, 48, 72, 96], "mean"].tolist() == [0, 0, 3, 0]
    assert found.loc[72, "lost_units"] == 3


def test_an_overdue_arrival_comes_tomorrow_at_the_earliest():
    found = projected(stock_of(0), demand_of([3.0]), inbound_of(6, "2026-02-20"))
    assert found.loc[[24, 48], "mean"].tolist() == [0, 3]


def test_an_arrival_without_a_day_is_not_counted():
    assert projected(stock_of(0), demand_of([3.0]), inbound_of(6, None))["mean"].sum() == 0


def test_backordered_lines_are_served_first():
    found = projected(stock_of(0, backordered=4), demand_of([0.0]), inbound_of(6, "2026-03-03"))
    assert found.loc[[24, 48], "mean"].tolist() == [0, 2]


def test_demand_falls_on_the_first_warehouse_alone():
    stock = pd.concat([stock_of(10), stock_of(10, "B")])
    assert projected(stock, demand_of([3.0]), warehouse="B")["mean"].tolist() == [10.0] * 8
    assert projected(stock, demand_of([3.0], "south"), warehouse="B").loc[24, "mean"] == 7


def test_demand_without_stock_is_lost_and_shown():
    assert projected(stock_of(5, "B"), demand_of([2.0])).loc[168, "lost_units"] == 14


def test_nothing_in_nothing_out():
    names = ("stock", "inbound", "demand_paths", "regions")
    found = project(*(TABLES[name].empty() for name in names), policy=POLICY, as_of=AS_OF)
    assert found.empty
    assert list(found) == TABLES["projection"].names


def test_stock_without_demand_stays():
    assert projected(stock_of(10), TABLES["demand_paths"].empty())["mean"].tolist() == [10.0] * 8


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 50), st.lists(st.integers(0, 20), min_size=1, max_size=5), st.integers(0, 30))
def test_units_are_neither_made_nor_lost(available, paths, arriving):
    inbound = inbound_of(arriving, "2026-03-05") if arriving else None
    end = projected(stock_of(available), demand_of([float(path) for path in paths]), inbound).loc[168]
    assert available + arriving == pytest.approx(
        end["mean"] + 7 * np.mean(paths) - end["lost_units"], abs=1e-3
    )
