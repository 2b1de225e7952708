"""One SKU, 10 a day wanted in every world, a supplier 14 days away that is asked every 7 days."""

from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest

from tests.rows import table
from workbench.agents.replenishment import replenish, runout, situation_of
from workbench.demand.paths import with_paths
from workbench.errors import TableError
from workbench.formulas.landed_cost import landed_offers
from workbench.policy import Policy
from workbench.tables import TABLES, validate

MONDAY = pd.Timestamp("2026-11-16")
START = pd.Timestamp("2026-01-01")
AS_OF = datetime(2026, 11, 16, 4, tzinfo=UTC)
PATHS = 20
CERTAIN = {"lead_time_spread": 0.0, "review_days": 7}


def stock(on_hand=0, sku="A", warehouse="W", backordered=0):
    return {
        "sku": sku,
        "warehouse": warehouse,
        "on_hand": on_hand,
        "reserved": 0,
        "backordered": backordered,
        "in_transfer": 0,
        "on_order": 0,
        "available": on_hand,
        "inventory_position": on_hand - backordered,
    }


def demand(units=10.0, sku="A", region="east", days=28):
    """Units a day, the same in every world or one figure a world."""
    keys = pd.DataFrame(
        {"sku": sku, "channel": "shop", "region": region, "date": pd.date_range(MONDAY, periods=days)}
    )
    keys["date"] = keys["date"].astype("datetime64[us]")
    return keys, np.broadcast_to(np.asarray(units, dtype=np.float32), (days, PATHS))


def wanted(*series):
    keys = pd.concat([part for part, _ in series], ignore_index=True)
    return with_paths(keys, np.concatenate([paths for _, paths in series]))


def offer(**changes):
    made = {"supplier": "S", "sku": "A", "valid_from": START, "unit_cost": 5.0, "currency": "USD"}
    return made | changes


def supplier(**changes):
    made = {"supplier": "S", "name": "Smith", "country": "CN", "currency": "USD", "lead_time_days": 14.0}
    return made | changes


def on_order(quantity, reference="P1", **changes):
    made = {"reference": reference, "kind": "purchase_order", "sku": "A", "warehouse": "W", "supplier": "S"}
    return made | {"quantity": quantity, "confirmed": True} | changes


def release(kind="purchase_order", **changes):
    made = {
        "proposal_id": "PO-S-1",
        "line": 0,
        "kind": kind,
        "reference": "PO-S-1",
        "reference_line": 0,
        "sku": "A",
        "supplier": "S",
        "to_warehouse": "W",
        "quantity": 40,
        "released_at": pd.Timestamp("2026-11-06 10:00", tz="UTC"),
        "overdue": True,
    }
    return made | changes


def inputs(**changes):
    """The tables by position; a change replaces the rows of one."""
    rows = {
        "stock": [stock(140)],
        "inbound": [],
        "regions": [{"region": "east", "warehouse": "W", "rank": 1}],
        "warehouses": [{"warehouse": "W", "name": "W", "country": "US"}],
        "products": [{"sku": name, "name": name, "hs_code": "61"} for name in "ABC"],
        "suppliers": [supplier()],
        "offers": [offer()],
        "tariffs": [],
        "receipts": [],
        "prices": [{"sku": name, "channel": "shop", "valid_from": START, "price": 15.0} for name in "ABC"],
        "cash": [],
        "outstanding": [],
    }
    paths = changes.pop("demand_paths", None)
    assert set(changes) <= set(rows)
    tables = {name: table(name, *given) for name, given in (rows | changes).items()}
    landed = landed_offers(
        *(tables.pop(name) for name in ("offers",)),
        tables["suppliers"],
        tables["products"],
        tables["warehouses"],
        tables.pop("tariffs"),
        table("fx_rates"),
        day=MONDAY.date(),
        base_currency="USD",
    )
    order = ["stock", "inbound", "demand_paths", "regions", "warehouses", "products", "suppliers"]
    order += ["landed_offers", "receipts", "prices", "cash", "outstanding"]
    tables |= {"landed_offers": landed, "demand_paths": wanted(demand()) if paths is None else paths}
    return [tables[name] for name in order]


def plan(rules=None, seed=0, doubtful=(), **changes):
    policy = Policy.model_validate({"replenishment": CERTAIN | (rules or {})})
    situation = situation_of(*inputs(**changes), policy=policy, as_of=AS_OF, seed=seed)
    return replenish(situation, policy=policy, doubtful=doubtful)


def only(proposals):
    assert len(proposals) == 1
    return proposals.iloc[0]


def lines(proposals):
    rows = [line for lines in proposals["lines"] for line in lines]
    return pd.DataFrame(rows).set_index(["supplier", "sku", "warehouse"])["quantity"].to_dict()


def discontinued(last):
    return {"products": [{"sku": "A", "name": "A", "hs_code": "61", "discontinued_on": last}]}


# --- how much


def test_the_order_covers_the_days_from_its_arrival_to_the_next():
    order = only(plan())
    assert (order["subject"], order["kind"], order["quantity"]) == ("PO-S", "purchase_order", 70)
    line = order["lines"][0]
    assert line["expected_on"] == "2026-11-30"
    assert line["protection_interval"] == 21
    assert (line["covers"], line["bound_by"]) == (1.0, "demand")
    assert (line["landed_cost"], line["value"], order["value"]) == (5, 350, 350)
    typed = {column.name: column.dtype for column in TABLES["purchase_order_lines"].columns}
    validate("purchase_order_lines", pd.DataFrame([line]).assign(proposal_id="x").astype(typed))


def test_stock_beyond_arrival_is_taken_off():
    assert only(plan(stock=[stock(190)]))["quantity"] == 20


def test_what_is_lost_before_the_arrival_is_not_bought_again():
    assert only(plan(stock=[stock(0)]))["quantity"] == 70


def test_less_is_ordered_where_the_next_order_cannot_know_what_is_left(monkeypatch):
    worlds = {"stock": [stock(168)], "demand_paths": wanted(demand(np.linspace(8, 12, PATHS)))}
    dear = {"holding_rate": 20.0}  # else the last unit pays in the busiest world
    ordered = only(plan(dear, **worlds))["quantity"]
    monkeypatch.setattr(runout, "left_again", lambda need, *_: np.zeros(len(need)))
    assert 0 < ordered < only(plan(dear, **worlds))["quantity"]


def test_what_waits_before_the_arrival_is_bought_too():
    assert only(plan({"lost_share": 0.0}, stock=[stock(0)]))["quantity"] == 210


def test_backorders_are_bought_on_top():
    assert only(plan(stock=[stock(0, backordered=15)]))["quantity"] == 85


def test_enough_stock_orders_nothing():
    proposals = plan(stock=[stock(5000)])
    assert proposals.empty
    assert {"supplier", "expected_cost", "unconfirmed"} <= set(proposals)


def test_dated_stock_on_order_counts_when_it_arrives():
    early = on_order(60, promised_on=pd.Timestamp("2026-12-01"))
    late = on_order(60, promised_on=pd.Timestamp("2026-12-20"))
    assert only(plan(inbound=[early]))["quantity"] == 10
    assert only(plan(inbound=[late]))["quantity"] == 70


def test_lead_times_beyond_the_horizon_continue_every_world_at_its_own_level():
    worlds = np.repeat([5.0, 20.0], PATHS // 2)
    order = only(
        plan(stock=[stock(0)], suppliers=[supplier(lead_time_days=50.0)], demand_paths=wanted(demand(worlds)))
    )
    assert order["quantity"] == 140  # 7 days of the greater level
    assert any("The forecast ends on 2026-12-13" in sentence for sentence in order["evidence"])


def test_nothing_is_bought_for_the_days_after_the_last_on_sale():
    # there on 30 November, when the 140 in stock are gone: three days are left, 10 a day
    order = only(plan(**discontinued("2026-12-02")))
    assert order["quantity"] == 30
    assert order["lines"][0]["covers"] == 1.0
    told = "A at W is on sale until 2026-12-02: this is its last order, and what is left of it then is"
    assert any(told in sentence for sentence in order["evidence"])
    assert plan(**discontinued("2026-11-29")).empty


def test_the_last_day_on_sale_counts_beyond_the_horizon():
    late = {"stock": [stock(0)], "suppliers": [supplier(lead_time_days=50.0)]}
    assert only(plan(**late, **discontinued("2027-01-06")))["quantity"] == 20
    assert only(plan(**late))["quantity"] == 70
    assert plan(**late, **discontinued("2027-01-04")).empty


def test_what_the_last_order_leaves_is_written_off_at_once():
    # 35 or 140 are wanted in the week that the order covers; one unit earns 10 and costs 5
    worlds = {"stock": [stock(0)], "demand_paths": wanted(demand(np.repeat([5.0, 20.0], PATHS // 2)))}
    last = worlds | discontinued("2026-12-06")
    assert only(plan({"obsolete_loss": 1.0}, **worlds))["quantity"] == 140  # another week sells what is left
    assert only(plan({"obsolete_loss": 1.0, "stockout_penalty": 0.0}, **last))["quantity"] == 140
    dear = {"prices": [{"sku": "A", "channel": "shop", "valid_from": START, "price": 9.0}]}
    assert only(plan({"obsolete_loss": 1.0, "stockout_penalty": 0.0}, **last, **dear))["quantity"] == 35
    assert only(plan({"obsolete_loss": 0.0, "stockout_penalty": 0.0}, **last, **dear))["quantity"] == 140


def test_nothing_is_bought_ahead_for_days_off_sale():
    duty = {"origin": "CN", "destination": "US", "hs_prefix": "61", "valid_to": None}
    now, then = (
        duty | {"valid_from": START, "duty_rate": 0.1},
        duty | {"valid_from": MONDAY + pd.Timedelta(days=7), "duty_rate": 0.35},
    )
    dearer = {"rules": {"forward_buy_days": 28}, "tariffs": [now, then]}
    assert only(plan(**dearer))["quantity"] == 70 + 28 * 10
    # covered are seven days from 30 November on; another four are on sale
    assert only(plan(**dearer, **discontinued("2026-12-10")))["quantity"] == 110


def test_a_lead_time_of_0_serves_today():
    order = only(plan(stock=[stock(0)], suppliers=[supplier(lead_time_days=0.0)]))
    assert (order["quantity"], order["lines"][0]["expected_on"]) == (70, "2026-11-16")


def test_a_lead_time_of_400_days_is_planned_too():
    assert only(plan(stock=[stock(0)], suppliers=[supplier(lead_time_days=400.0)]))["quantity"] == 70


def test_receipts_change_the_lead_time_and_are_told():
    rows = [
        {
            "purchase_order_id": f"R{number}",
            "supplier": "S",
            "sku": "A",
            "warehouse": "W",
            "ordered_on": START + pd.Timedelta(days=number),
            "promised_on": START + pd.Timedelta(days=number + 14),
            "received_on": START + pd.Timedelta(days=number + 28),
            "quantity_ordered": 1,
            "quantity_received": 1,
        }
        for number in range(30)
    ]
    order = only(plan({"lead_time_weight": 0.0}, receipts=rows))
    assert order["lines"][0]["expected_on"] == "2026-12-14"
    assert "28 days, 28 to 28 in four of five cases (learnt from 30 deliveries); promised are 14" in str(
        order["evidence"]
    )


def test_a_supplier_without_receipts_is_named_with_its_promise():
    assert "assumed around the promise, because there is no receipt" in only(plan())["evidence"][0]


def test_a_fill_rate_is_sized_for_in_place_of_money():
    worlds = np.tile([6.0, 8.0, 10.0, 12.0], PATHS // 4)  # 42 to 84 units in the week
    rules = {"aim": "fill_rate", "obsolete_loss": 0.0}
    asked = {"stock": [stock(0)], "demand_paths": wanted(demand(worlds))}
    # 70 units leave 14 short in a quarter of the worlds, 3.5 of 63; 56 leave 14 and 28, 10.5 of 63
    assert only(plan(rules | {"fill_rate_target": 1 - 3.5 / 63}, **asked))["quantity"] == 70
    assert only(plan(rules | {"fill_rate_target": 1 - 10.5 / 63}, **asked))["quantity"] == 56


def test_a_cycle_service_is_sized_for_in_place_of_money():
    worlds = np.tile([6.0, 8.0, 10.0, 12.0], PATHS // 4)
    rules = {"aim": "cycle_service", "cycle_service_target": 0.75}
    assert only(plan(rules, stock=[stock(0)], demand_paths=wanted(demand(worlds))))["quantity"] == 70


# --- offers


def test_a_minimum_of_100_in_packs_of_12_orders_108():
    line = only(plan(offers=[offer(minimum_order_quantity=100, order_multiple=12)]))["lines"][0]
    assert (line["quantity"], line["bound_by"]) == (108, "minimum")


def test_packs_are_whole():
    line = only(plan(offers=[offer(order_multiple=16)]))["lines"][0]
    assert (line["quantity"], line["bound_by"]) == (80, "multiple")


def test_a_price_tier_within_reach_is_taken():
    line = only(plan(offers=[offer(), offer(tier_from=90, unit_cost=4.0)]))["lines"][0]
    assert (line["unit_cost"], line["quantity"], line["bound_by"]) == (4.0, 90, "price tier")


def test_a_tariff_next_week_buys_ahead_today():
    duty = {"origin": "CN", "destination": "US", "hs_prefix": "61", "valid_to": None}
    now, then = (
        duty | {"valid_from": START, "duty_rate": 0.1},
        duty | {"valid_from": MONDAY + pd.Timedelta(days=7), "duty_rate": 0.35},
    )
    order = only(plan({"forward_buy_days": 28}, tariffs=[now, then]))
    assert order["quantity"] == 70 + 280
    assert order["reason"] == "tariff_ahead"
    assert "Duty goes from 10.0% to 35.0% for orders from 2026-11-23 on" in str(order["evidence"])
    assert only(plan({"forward_buy_days": 28}, tariffs=[now]))["quantity"] == 70


def test_the_cheaper_supplier_is_chosen_and_the_other_named():
    order = only(
        plan(
            suppliers=[supplier(), supplier(supplier="T")],
            offers=[offer(), offer(supplier="T", unit_cost=4.9)],
        )
    )
    assert order["subject"] == "PO-T"
    assert any("next supplier (S)" in option["action"] for option in order["alternatives"])


def test_a_faster_supplier_bridges_until_the_cheap_one_delivers():
    orders = plan(
        stock=[stock(50)],
        suppliers=[supplier(lead_time_days=30.0), supplier(supplier="T", lead_time_days=5.0)],
        offers=[offer(), offer(supplier="T", unit_cost=7.0)],
    )
    assert lines(orders) == {("S", "A", "W"): 70, ("T", "A", "W"): 70}


def test_it_bridges_no_longer_than_that():
    orders = plan(
        stock=[stock(90)],
        suppliers=[supplier(), supplier(supplier="T", lead_time_days=9.0)],
        offers=[offer(), offer(supplier="T", unit_cost=5.1)],
    )
    assert lines(orders) == {("S", "A", "W"): 70, ("T", "A", "W"): 50}


def test_a_supplier_is_only_asked_on_its_weekdays():
    assert plan(suppliers=[supplier(order_weekdays="1 3")]).empty


def test_the_next_order_day_sets_how_long_the_order_must_last():
    assert only(plan({"review_days": 8}, suppliers=[supplier(order_weekdays="0")]))["quantity"] == 140


# --- shared limits


TWO = {
    "stock": [stock(140), stock(56, sku="B")],
    "offers": [offer(), offer(sku="B")],
    "demand_paths": wanted(demand(), demand(4.0, sku="B")),
}


def test_the_latest_budget_on_or_before_the_day_binds():
    cash = [{"date": MONDAY - pd.Timedelta(days=1), "budget": 300.0}]
    order = only(plan(**TWO, cash=[*cash, {"date": START, "budget": 9e9}]))
    assert order["value"] <= 300
    assert order["reason"] == "budget"
    assert {line["bound_by"] for line in order["lines"]} >= {"budget"}
    assert any("at most" in sentence and "gap" in sentence for sentence in order["evidence"])


def test_without_a_cash_row_there_is_no_limit():
    assert only(plan(**TWO))["value"] == 490


def test_a_budget_of_nothing_orders_nothing():
    assert plan(cash=[{"date": MONDAY, "budget": 0.0}]).empty


def test_a_full_warehouse_takes_no_more():
    full = [{"warehouse": "W", "name": "W", "country": "US", "capacity_m3": 0.08}]
    order = only(plan(warehouses=full))  # 0.002 m3 a unit: room for 40
    assert 0 < order["quantity"] <= 40
    assert order["lines"][0]["bound_by"] == "room"


def test_a_suppliers_capacity_binds():
    order = only(plan(suppliers=[supplier(units_per_order=30.0)]))
    assert 0 < order["quantity"] <= 30
    assert order["lines"][0]["bound_by"] == "capacity"


def test_lines_are_pulled_forward_to_the_suppliers_minimum():
    order = only(plan(suppliers=[supplier(minimum_order_value=600.0)]))
    assert order["value"] >= 600
    assert (order["reason"], order["lines"][0]["bound_by"]) == ("supplier_minimum", "supplier minimum")
    assert "pulled forward to reach the supplier's minimum of 600 USD" in str(order["evidence"])


def test_no_order_is_made_where_the_minimum_is_out_of_reach():
    assert plan(suppliers=[supplier(minimum_order_value=1e7)]).empty


def test_a_group_of_skus_is_pulled_to_its_minimum_and_each_line_says_what_it_costs():
    group = {"minimum_group": "g", "minimum_group_value": 450.0}
    order = only(plan(**TWO | {"offers": [offer(**group), offer(sku="B")]}))
    pulled, free = order["lines"]
    assert (pulled["sku"], pulled["bound_by"]) == ("A", "group minimum")
    assert 90 <= pulled["quantity"] <= 97  # the next eighth of 70
    assert pulled["pull_cost"] > 0
    assert (free["bound_by"], free["pull_cost"]) == ("demand", 0)
    assert "1 line is pulled forward to reach the minimum of their group" in str(order["evidence"])


def test_the_last_container_is_filled():
    # 0.002 m3 a unit: 70 units and 28 units are 0.196 m3
    order = only(plan(**TWO, suppliers=[supplier(container_m3=0.2)]))
    assert 0.9 * 0.2 <= order["quantity"] * 0.002 <= 0.2
    order = only(plan(**TWO, suppliers=[supplier(container_m3=0.25)]))
    assert 0.9 * 0.25 <= order["quantity"] * 0.002 <= 0.25
    assert "container" in {line["bound_by"] for line in order["lines"]}
    assert order["reason"] == "container"


# --- what a planner reads


def test_doing_nothing_is_told_with_its_day_units_and_money():
    order = only(plan())
    # 28 days of horizon: 14 served, 7 of this order and 7 more are missed, at 10 x 1.5 each
    assert order["money_at_risk"] == pytest.approx(14 * 10 * 15)
    assert "first A at W around 2026-11-30" in order["if_nothing"]
    assert "140 units" in order["if_nothing"]
    assert "2,100 USD" in order["if_nothing"]


def test_the_alternatives_cost_what_they_lose_on_the_same_paths():
    order = only(plan({"holding_rate": 0.0}))
    costs = {option["action"].split()[0]: option["cost"] for option in order["alternatives"]}
    assert costs == {"Order": 35 * 15, "Wait": 70 * 15, "Do": 140 * 15}
    assert order["expected_cost"] == 0


def test_confidence_is_the_share_of_worlds_in_which_the_order_is_right():
    worlds = np.where(np.arange(PATHS) < 5, 0.0, 10.0)  # a quarter of the worlds wants nothing
    rules = {"holding_rate": 2.0, "tolerance": 0.0, "forward_buy_days": 0}
    order = only(plan(rules, stock=[stock(0)], demand_paths=wanted(demand(worlds))))
    assert order["quantity"] == 70
    assert order["confidence"] == 0.75


def test_lines_on_doubtful_skus_stand_in_an_order_of_their_own():
    proposals = plan(**TWO, doubtful=["B"])
    assert proposals["subject"].tolist() == ["PO-S", "PO-S-check"]
    assert proposals["skus"].tolist() == [["A"], ["B"]]


def test_a_product_without_a_price_earns_the_policys_margin():
    order = only(plan({"default_margin": 0.5, "holding_rate": 0.0}, prices=[]))
    assert order["money_at_risk"] == pytest.approx(140 * 5 * 1.5)


# --- what nobody confirmed, dated or offers


def test_an_overdue_purchase_order_waits_for_a_person_and_marks_the_new_order():
    proposals = plan(outstanding=[release(), release(line=1, sku="B")]).set_index("subject")
    asked = proposals.loc["UR-PO-S-1"]
    assert (asked["kind"], asked["quantity"], asked["confidence"]) == ("unconfirmed_release", 80, 0)
    assert asked["lines"] == []
    assert len(asked["evidence"]) == 2
    assert "released 10 days ago" in asked["title"]
    assert proposals.loc["PO-S", "unconfirmed"]


@pytest.mark.parametrize("kind", ["transfer", "shipment", "channel_share"])
def test_overdue_releases_of_every_kind_are_asked_about(kind):
    row = release(kind, proposal_id="X-9", supplier=None, from_warehouse="V", channel="shop")
    proposals = plan(stock=[stock(5000)], outstanding=[row])
    assert only(proposals)["subject"] == "UR-X-9"


def test_a_day_of_unconfirmed_shipments_is_asked_about_once():
    about = {"proposal_id": "SH-9", "supplier": None, "from_warehouse": "W", "to_warehouse": None}
    rows = [release("shipment", line=n, reference=f"O{n}", quantity=1, **about) for n in range(30)]
    asked = only(plan(stock=[stock(5000)], outstanding=rows))
    assert (asked["subject"], asked["quantity"]) == ("UR-SH-9", 30)
    assert "shipment SH-9: 30 lines, released 10 days ago" in asked["title"]
    assert asked["evidence"][0] == "O0: 1 unit of A from W, released 2026-11-06 10:00 UTC."
    assert asked["evidence"][-1] == "And 20 more lines with 20 units."


def test_a_release_within_its_days_is_left_in_peace():
    assert plan(stock=[stock(5000)], outstanding=[release(overdue=False)]).empty


def test_an_unconfirmed_release_on_order_counts():
    row = on_order(60, ordered_on=MONDAY, promised_on=MONDAY + pd.Timedelta(days=14), confirmed=False)
    order = only(plan(inbound=[row]))
    assert (order["quantity"], bool(order["unconfirmed"])) == (10, False)


def test_stock_on_order_without_a_date_is_named_and_waits_for_a_person():
    order = only(plan(inbound=[on_order(60)]))
    assert order["quantity"] == 10
    assert order["unconfirmed"]
    assert "P1 with 60 units of A for W has no promised day" in str(order["evidence"])


def test_a_late_order_is_named():
    row = on_order(5, promised_on=pd.Timestamp("2026-11-10"), ordered_on=pd.Timestamp("2026-10-27"))
    assert "P1 with 5 units of these SKUs is 6 days late." in only(plan(inbound=[row]))["evidence"]


def test_a_sku_that_nobody_offers_is_named():
    asked = only(plan(offers=[]))
    assert (asked["subject"], asked["reason"], asked["quantity"]) == ("PO-nobody", "no_offer", 0)
    assert asked["evidence"] == ["A at W will miss 140 units and has no valid offer; add one to offers."]
    assert asked["confidence"] == 0


def test_finding_somebody_by_the_next_review_loses_what_is_missed_until_then():
    """10 a day are missed for 28 days, 70 of 280 until the next review; a unit is worth 15 x 0.4 x 1.5."""
    assert only(plan(offers=[], stock=[stock(0)]))["alternatives"] == [
        {
            "action": "Find somebody whose goods are there by the next review, 2026-11-23.",
            "cost": pytest.approx(70 * 9.0),
        },
        {"action": "Do nothing.", "cost": pytest.approx(280 * 9.0)},
    ]


def test_a_sku_that_sells_below_its_cost_is_named():
    asked = only(plan(offers=[offer(unit_cost=16.0)]))
    assert "it sells at 15.00 and costs 16.00 landed" in asked["evidence"][0]
    costs = {choice["action"]: choice["cost"] for choice in asked["alternatives"]}
    assert costs["Do nothing."] == 0
    assert costs["Buy 1 line at a loss and leave the rest."] == asked["alternatives"][-1]["cost"] == 140.0


# --- the contract


def test_demand_falls_on_the_first_warehouse_of_its_region():
    regions = [
        {"region": "east", "warehouse": "V", "rank": 2},
        {"region": "east", "warehouse": "W", "rank": 1},
        {"region": "west", "warehouse": "V", "rank": 1},
    ]
    both = [{"warehouse": name, "name": name, "country": "US"} for name in "VW"]
    orders = plan(
        regions=regions,
        warehouses=both,
        stock=[],
        demand_paths=wanted(demand(), demand(3.0, region="west")),
    )
    assert lines(orders) == {("S", "A", "W"): 70, ("S", "A", "V"): 21}


def test_a_region_without_a_warehouse_is_named():
    with pytest.raises(TableError, match="regions, region east, warehouse"):
        plan(regions=[])


def test_paths_of_another_day_are_refused():
    keys, paths = demand()
    stale = with_paths(keys.assign(date=keys["date"] - pd.Timedelta(days=1)), paths)
    with pytest.raises(TableError, match="demand_paths, all rows, date"):
        plan(demand_paths=stale)


def test_the_same_seed_gives_the_same_bytes_whatever_the_order_of_rows():
    random = np.random.default_rng(1)
    given = inputs(
        stock=[stock(150), stock(60, sku="B"), stock(90, sku="C")],
        offers=[offer(sku=name, minimum_order_quantity=5, order_multiple=5) for name in "ABC"],
        demand_paths=wanted(*(demand(random.gamma(3, 3, PATHS), sku=name) for name in "CAB")),
        inbound=[on_order(9, reference=name, promised_on=MONDAY) for name in ("P1", "P2")],
        cash=[{"date": MONDAY, "budget": 700.0}],
    )
    before = [frame.copy(deep=True) for frame in given]
    policy = Policy.model_validate({"replenishment": {"lead_time_spread": 0.3}})
    turned = [frame.iloc[::-1] for frame in given]
    first, second = (
        replenish(situation_of(*tables, policy=policy, as_of=AS_OF, seed=3), policy=policy)
        for tables in (given, turned)
    )
    assert first.to_json() == second.to_json()
    for frame, copy in zip(given, before, strict=True):
        pd.testing.assert_frame_equal(frame, copy)


def test_empty_tables_give_an_empty_answer_with_the_same_columns():
    names = ["stock", "inbound", "demand_paths", "regions", "warehouses", "products", "suppliers"]
    names += ["landed_offers", "receipts", "prices", "cash", "outstanding"]
    situation = situation_of(*(table(name) for name in names), policy=Policy(), as_of=AS_OF)
    empty = replenish(situation, policy=Policy())
    assert empty.empty
    assert list(empty) == list(plan())
