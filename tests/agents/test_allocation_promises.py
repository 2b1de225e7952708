"""What channels may promise, worked out by hand."""

import numpy as np
import pandas as pd
import pytest

from tests.agents.allocating import AS_OF, MONDAY, business, by_day, stock, wanted, worlds
from tests.rows import table
from workbench.agents.allocation.promises import available_to_promise
from workbench.errors import TableError
from workbench.policy import Policy
from workbench.tables import TABLES, validate

RISK = 0.1  # of 20 paths, two may lack


def promises(*, risk=RISK, inbound=(), **changes):
    tables = business(**changes)
    names = ("demand_paths", "regions", "channels", "warehouses", "prices")
    found = available_to_promise(
        tables["stock"],
        tables["channel_shares"],
        table("inbound", *inbound),
        *(tables[name] for name in names),
        policy=Policy(allocation={"oversell_risk": risk}),
        as_of=AS_OF,
    )
    return validate("available_to_promise", found)


def of(found, channel, day=0, warehouse="E"):
    row = found[(found["channel"] == channel) & (found["warehouse"] == warehouse)]
    return row.set_index("date").loc[MONDAY + pd.Timedelta(days=day)]


def arrival(units, day, **other):
    row = {"reference": f"PO{day}", "kind": "purchase_order", "sku": "A", "warehouse": "E", "quantity": units}
    return row | {"promised_on": MONDAY + pd.Timedelta(days=day), "confirmed": True} | other


TWO = wanted(("A", "shop", "east", worlds(*range(1, 21))), ("A", "market", "east", by_day([2.0] * 14)))
THERE = table("stock", stock("A", "E", 30))
FENCE = table("channel_shares", {"sku": "A", "warehouse": "E", "channel": "market", "quantity": 5})


def test_of_the_pool_so_much_is_kept_as_others_want_at_the_stated_risk():
    # the shop wants 1 to 20, each as likely: more than 18 with a chance of a tenth
    found = promises(demand_paths=TWO, stock=THERE)
    row = of(found, "market")
    assert (row["ring_fenced"], row["pooled"], row["kept"], row["units"]) == (0, 30, 18, 12)
    assert row["reason"] == "pooled stock"
    assert of(promises(demand_paths=TWO, stock=THERE, risk=0.0), "market")["units"] == 10
    # the market wants 2 a day for sure
    assert [of(found, "shop", day)["units"] for day in (0, 1, 9)] == [28, 26, 10]


def test_the_chance_that_a_promise_out_of_the_pool_finds_nothing_is_within_the_risk():
    row = of(promises(demand_paths=TWO, stock=THERE), "market")
    shop = np.arange(1, 21)
    assert (shop + row["units"] > 30).mean() <= RISK
    assert (shop + row["units"] + 1 > 30).mean() > RISK


def test_a_fence_is_its_channels_own_and_others_want_of_the_pool_only_what_it_lacks():
    found = promises(demand_paths=TWO, stock=THERE, channel_shares=FENCE)
    row = of(found, "market")
    assert (row["ring_fenced"], row["pooled"], row["units"]) == (5, 25, 5 + 25 - 18)
    # the market's 2 a day come out of its fence until the third day, when it wants 1 of the pool
    assert [of(found, "shop", day)["kept"] for day in (0, 1, 2, 3)] == [0, 0, 1, 3]


def test_what_arrives_counts_from_its_day_on_and_never_when_overdue_or_undated():
    late = [arrival(40, 3), arrival(99, -1), arrival(99, 9, reference="?", promised_on=None)]
    found = promises(demand_paths=TWO, stock=table("stock", stock("A", "E", 0)), inbound=late)
    assert [of(found, "market", day)["units"] for day in (2, 3)] == [0, 22]
    assert of(found, "market", 2)["reason"] == "nothing there"
    assert of(found, "market", 3)["reason"] == "dated arrivals"


def test_what_is_backordered_is_owed_first():
    row = of(promises(demand_paths=TWO, stock=table("stock", stock("A", "E", 30, backordered=15))), "market")
    assert (row["kept"], row["units"], row["reason"]) == (30, 0, "kept for other channels")


def test_fences_that_exceed_what_is_there_promise_no_more_than_there_is():
    row = of(
        promises(demand_paths=TWO, stock=table("stock", stock("A", "E", 3)), channel_shares=FENCE), "market"
    )
    assert (row["ring_fenced"], row["pooled"], row["units"]) == (3, 0, 3)


def test_without_stock_or_demand_there_is_nothing_to_promise():
    names = TABLES["available_to_promise"].names
    assert list(promises(stock=TABLES["stock"].empty()).columns) == names
    assert promises(demand_paths=business()["demand_paths"].iloc[:0]).empty


def test_a_negative_fence_or_arrival_is_named_with_what_to_do():
    with pytest.raises(TableError, match="channel_shares, A at E, quantity: found -5; give units, 0 or more"):
        promises(demand_paths=TWO, stock=THERE, channel_shares=FENCE.assign(quantity=-5))
    with pytest.raises(TableError, match="inbound, A at E, quantity: found -1"):
        promises(demand_paths=TWO, stock=THERE, inbound=[arrival(-1, 2)])


def test_rows_in_another_order_promise_the_same():
    shuffled = TWO.sample(frac=1.0, random_state=1, ignore_index=True)
    pd.testing.assert_frame_equal(
        promises(demand_paths=TWO, stock=THERE), promises(demand_paths=shuffled, stock=THERE)
    )
