"""One SKU on order for E that W will lack: packs of 10, a redirect at 0.5 a unit and 5 an order."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.agents.allocating import (
    AS_OF,
    INPUTS,
    MONDAY,
    business,
    by_day,
    plan,
    policy,
    proposal,
    stock,
    wanted,
)
from tests.rows import table
from workbench.agents.allocation import hindsight
from workbench.demand.paths import matrix, with_paths
from workbench.errors import TableError

RULES = {"redirect_cost_per_unit": 0.5, "redirect_cost_per_order": 5.0}
DUE = MONDAY + pd.Timedelta(days=8)


def order(**changes):
    row = {"reference": "P1", "kind": "purchase_order", "sku": "A", "warehouse": "E", "supplier": "S"}
    row |= {"quantity": 100, "ordered_on": "2026-11-02", "promised_on": DUE}
    return row | {"confirmed": True, "redirected": False} | changes


def offer(**changes):
    row = {"supplier": "S", "sku": "A", "valid_from": MONDAY, "unit_cost": 4.0, "currency": "USD"}
    return row | {"order_multiple": 10} | changes


def inbound_for_one(*orders, **changes):
    """E has 30 and sells 1 a day, W has 24 and sells 3 a day; no lane leads anywhere."""
    return business(
        **{
            "stock": table("stock", stock("A", "E", 30, on_order=100), stock("A", "W", 24)),
            "demand_paths": wanted(
                ("A", "shop", "east", by_day([1.0] * 28)), ("A", "shop", "west", by_day([3.0] * 28))
            ),
            "inbound": table("inbound", *(orders or [order()])),
            "offers": table("offers", offer()),
            "lanes": table("lanes"),
        }
        | changes
    )


def redirects(proposals):
    return proposals[proposals["kind"] == "redirect"]


def test_units_on_order_go_where_they_are_lacking_from_the_arrival_on():
    proposals = plan(inbound_for_one(), policy(**RULES))
    assert proposals["subject"].tolist() == ["RD-P1-E-W"]
    row = proposals.iloc[0]
    # W sells its 24 by day 8 and lacks 3 × 14 = 42 of the fourteen days from then on: four packs of ten
    assert row["lines"] == [
        {
            "purchase_order_id": "P1",
            "sku": "A",
            "supplier": "S",
            "from_warehouse": "E",
            "to_warehouse": "W",
            "quantity": 40,
            "on_order": 100,
            "order_multiple": 10,
            "expected_on": "2026-11-24",
            "landed_cost": 0.0,
            "value": 0.0,
            "cost": 20.0,
            "gain": 380.0,
        }
        | {f"missed_{q}": 42.0 for q in ("q0100", "q0500", "q0900")}
        | {f"lost_{q}": 420.0 for q in ("q0100", "q0500", "q0900")}
    ]
    assert (row["quantity"], row["confidence"], row["reason"]) == (40.0, 1.0, "needed_elsewhere")
    # 42 lost at 10; half is two packs
    assert row["money_at_risk"] == pytest.approx(420 - (20 + 20 + 5))
    assert row["alternatives"] == [
        {"action": "Redirect half of every line.", "cost": 220 + 10 + 5.0},
        {"action": "Do nothing.", "cost": 420.0},
    ]


def test_a_move_after_the_arrival_is_weighed_beside_it():
    lane = {"from_warehouse": "E", "to_warehouse": "W", "cost_per_unit": 1.0, "days": 2, "cost_per_move": 9.0}
    tables = inbound_for_one(lanes=table("lanes", lane))
    row = proposal(plan(tables, policy(**RULES)), "RD-P1-E-W")
    # two days of 3 are lost on the way, 36 sell of the 40 that move
    later = {"action": "Let it arrive as planned, then move it.", "cost": 60 + 40 + 9.0}
    assert later in row["alternatives"]


def test_transfers_leave_what_a_redirect_meets():
    lane = {"from_warehouse": "E", "to_warehouse": "W", "cost_per_unit": 1.0, "days": 2}
    tables = inbound_for_one(
        stock=table("stock", stock("A", "E", 300, on_order=100), stock("A", "W", 0)),
        lanes=table("lanes", lane),
    )
    never = plan(tables, policy(**RULES, redirect_notice_days=9))
    both = plan(tables, policy(**RULES))
    assert never["subject"].tolist() == ["TR-E-W"]  # 12 days of 3
    assert proposal(never, "TR-E-W")["quantity"] == 36
    # the 18 of the six days before the order arrives still go by lane
    assert proposal(both, "RD-P1-E-W")["quantity"] == 40
    assert proposal(both, "TR-E-W")["quantity"] == 18


@pytest.mark.parametrize(
    "changes",
    [
        {"promised_on": MONDAY + pd.Timedelta(days=6)},
        {"promised_on": pd.NaT},
        {"confirmed": False},
        {"redirected": True},
        {"kind": "transfer", "supplier": None},
        {"quantity": 9},
    ],
    ids=["within the notice", "undated", "in no file", "redirected before", "a transfer", "less than a pack"],
)
def test_what_nobody_can_send_elsewhere_stays(changes):
    assert redirects(plan(inbound_for_one(order(**changes)), policy(**RULES))).empty


def test_a_redirect_must_bring_what_the_policy_asks_for():
    assert len(redirects(plan(inbound_for_one(), policy(**RULES, transfer_min_gain=375.0))))
    assert redirects(plan(inbound_for_one(), policy(**RULES, transfer_min_gain=376.0))).empty


def test_what_is_on_its_way_to_the_other_warehouse_is_counted():
    # 25 arrive at W two days later by themselves: 17 are lacking, one pack goes whole
    second = order(reference="P2", warehouse="W", quantity=25, promised_on=DUE + pd.Timedelta(days=2))
    row = proposal(plan(inbound_for_one(order(), second), policy(**RULES)), "RD-P1-E-W")
    assert row["quantity"] == 10


def test_no_more_goes_than_finds_room():
    small = table(
        "warehouses",
        {"warehouse": "E", "name": "East", "country": "US"},
        {"warehouse": "W", "name": "West", "country": "US", "capacity_m3": 0.1},
    )
    # 24 lamps of 0.002 m³ stand there, 26 more fit: two packs
    assert redirects(plan(inbound_for_one(warehouses=small), policy(**RULES)))["quantity"].tolist() == [20.0]


def test_no_order_crosses_a_border():
    abroad = business()["warehouses"].assign(country=["US", "CA"])
    assert redirects(plan(inbound_for_one(warehouses=abroad), policy(**RULES))).empty


def test_lines_on_doubtful_skus_stand_apart():
    proposals = plan(inbound_for_one(), policy(**RULES), doubtful=["A"])
    assert redirects(proposals)["subject"].tolist() == ["RD-P1-E-W-check"]


def test_an_order_that_stock_knows_nothing_of_is_named():
    tables = inbound_for_one(order(warehouse="X"))
    with pytest.raises(TableError, match=r"stock, A at X, on_order: .*with P1: 100 are on order there"):
        plan(tables, policy(**RULES))


def test_the_order_of_rows_does_not_matter():
    tables = inbound_for_one(
        order(), order(reference="P2", quantity=30), order(reference="P3", warehouse="W")
    )
    turned = {name: tables[name].iloc[::-1] for name in INPUTS}
    assert plan(turned, policy(**RULES)).to_json() == plan(tables, policy(**RULES)).to_json()


@settings(max_examples=40, deadline=None)
@given(
    orders=st.lists(
        st.tuples(st.sampled_from("EW"), st.integers(1, 90), st.integers(7, 20)), min_size=1, max_size=4
    ),
    there=st.tuples(st.integers(0, 60), st.integers(0, 60)),
    daily=st.tuples(st.integers(0, 6), st.integers(0, 6)),
    pack=st.integers(1, 12),
)
def test_no_unit_is_redirected_twice_and_the_guardrail_stays(orders, there, daily, pack):
    lines = [
        order(
            reference=f"P{at}", warehouse=place, quantity=units, promised_on=MONDAY + pd.Timedelta(days=due)
        )
        for at, (place, units, due) in enumerate(orders)
    ]
    lanes = [
        {"from_warehouse": one, "to_warehouse": other, "cost_per_unit": 1.0, "days": 2}
        for one, other in ("EW", "WE")
    ]
    tables = inbound_for_one(
        *lines,
        stock=table("stock", *(stock("A", place, units) for place, units in zip("EW", there, strict=True))),
        demand_paths=wanted(
            *(
                ("A", "shop", region, by_day([float(units)] * 28))
                for region, units in zip(("east", "west"), daily, strict=True)
            )
        ),
        offers=table("offers", offer(order_multiple=pack)),
        lanes=table("lanes", *lanes),
    )
    proposals = plan(tables, policy(**RULES))
    on_order = {line["reference"]: line["quantity"] for line in lines}
    moved = [line for lines in redirects(proposals)["lines"] for line in lines]
    assert len({line["purchase_order_id"] for line in moved}) == len(moved)  # one way an order line
    for line in moved:
        assert line["quantity"] <= line["on_order"] == on_order[line["purchase_order_id"]]
        assert line["quantity"] % pack == 0
    receives = {line["to_warehouse"] for line in moved}
    assert receives.isdisjoint(line["from_warehouse"] for line in moved)
    buffers = dict(zip("EW", there, strict=True))
    for row in proposals[proposals["kind"] == "transfer"].to_dict("records"):
        assert not {line["from_warehouse"] for line in row["lines"]} & receives
        if row["reason"] == "wrong_warehouse":
            assert all(line["quantity"] <= 0.2 * buffers[line["from_warehouse"]] for line in row["lines"])


def came_true(tables, world):
    paths = tables["demand_paths"]
    return with_paths(paths.drop(columns="paths"), matrix(paths)[:, [world]])


def test_a_redirect_is_judged_as_it_was_claimed_and_as_a_person_changed_it():
    lane = {"from_warehouse": "E", "to_warehouse": "W", "cost_per_unit": 1.0, "days": 2, "cost_per_move": 9.0}
    tables = inbound_for_one(lanes=table("lanes", lane))
    rules = policy(**RULES)
    proposals = redirects(plan(tables, rules))
    names = ("stock", "channel_shares", "regions", "channels", "lanes", "warehouses", "prices", "inbound")
    names += ("serving_costs",)

    def judged(instead):
        given = proposals.assign(instead=pd.Series([instead], dtype="object"))
        known = [tables[name] for name in names]
        return hindsight(given, came_true(tables, 0), *known, policy=rules, as_of=AS_OF)["RD-P1-E-W"]

    found = judged(None)
    assert (found.chosen, found.decided) == (20 + 20 + 5, None)
    claimed = {other["action"]: other["cost"] for other in proposals["alternatives"].iloc[0]}
    assert found.others == pytest.approx(claimed)
    assert judged([]).decided == found.others["Do nothing."]
    halved = [{**line, "quantity": 20} for line in proposals["lines"].iloc[0]]
    assert judged(halved).decided == found.others["Redirect half of every line."]
