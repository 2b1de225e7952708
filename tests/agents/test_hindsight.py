"""Looked at later, a decision costs what the agent said that it would cost in the world that came true."""

import numpy as np
import pandas as pd
import pytest

from tests.agents.conftest import MONDAY, PATHS
from tests.rows import table
from workbench.agents import allocation, demand_sensing, replenishment
from workbench.agents.allocation import allocate
from workbench.agents.demand_sensing import sense_demand
from workbench.agents.replenishment import as_it_was, days_to_judge, replenish, situation_of
from workbench.agents.routing import held, shipped
from workbench.agents.routing.lines import CANCEL
from workbench.demand.paths import matrix, with_paths
from workbench.policy import Policy, RoutingPolicy

EAGER = {"transfer_min_gain": 0.0, "share_min_gain": 0.0, "attention_min_gain": 0.0}
POLICY = Policy.model_validate({"allocation": EAGER})
PROMISED = ("stock", "channel_shares", "regions", "channels", "lanes", "warehouses", "prices", "inbound")
PROMISED += ("serving_costs",)


def came_true(business, world):
    """What was wanted, had this path been the world."""
    paths = business["demand_paths"]
    return with_paths(paths.drop(columns="paths"), matrix(paths)[:, [world]])


def recorded(proposals, **instead):
    """Proposals as they lie in the ledger; `instead`: what a person decided, by subject."""
    return proposals.assign(instead=[instead.get(subject) for subject in proposals["subject"]])


def in_every_world(judge):
    """What each proposal's hindsight is in each of the plan's own paths."""
    worlds = [judge(world) for world in range(PATHS)]
    return {name: [world[name] for world in worlds] for name in worlds[0]}


def claimed(proposal, action):
    return next(other["cost"] for other in proposal["alternatives"] if other["action"] == action)


def check_claims(proposals, found):
    """Over all paths hindsight costs on average what was claimed, and is right as often as claimed."""
    assert set(found) == set(proposals["proposal_id"])
    for proposal in proposals.to_dict("records"):
        worlds = found[proposal["proposal_id"]]
        for action in worlds[0].others:
            mean = np.mean([world.others[action] for world in worlds])
            assert mean == pytest.approx(claimed(proposal, action), rel=0.001, abs=0.02)
        right = np.mean([world.correct for world in worlds])
        assert right == pytest.approx(proposal["confidence"], abs=0.5 / PATHS)


@pytest.fixture(scope="module")
def sensed(business, as_of):
    names = ("demand_paths", "demand_models", "spikes", "prices", "channels")
    return sense_demand(*(business[name] for name in names), policy=POLICY, as_of=as_of)


def sensed_in(business, as_of, proposals, world):
    names = ("demand_models", "spikes", "prices", "channels")
    tables = [business[name] for name in names]
    return demand_sensing.hindsight(
        proposals, came_true(business, world), *tables, policy=POLICY, as_of=as_of
    )


def test_a_forecast_is_judged_as_it_was_claimed(business, as_of, sensed):
    adopted = recorded(sensed[sensed["kind"] == "adopt_forecast"])
    found = in_every_world(lambda world: sensed_in(business, as_of, adopted, world))
    check_claims(adopted, found)


def test_a_spike_that_was_followed_by_what_was_expected_was_right(business, as_of, sensed):
    spikes = recorded(sensed[sensed["kind"] == "act_on_spike"])
    (found,) = sensed_in(business, as_of, spikes, 0).values()
    wanted = came_true(business, 0)
    sold = matrix(wanted)[((wanted["sku"] == "B") & (wanted["channel"] == "shop")).to_numpy()].sum()
    echo = POLICY.demand.spike_echo * (60 - 4)
    base = spikes["quantity"].iloc[0] - echo
    loss = 30.0 * (1 - 0.03) * POLICY.demand.error_cost
    assert found.chosen == pytest.approx(loss * abs(sold - base - echo), rel=1e-4)
    assert found.others["keep the forecast as it is (do nothing)"] == pytest.approx(
        loss * abs(sold - base), rel=1e-4
    )
    assert found.decided is None


def test_what_a_planner_forecast_instead_is_counted_too(business, as_of, sensed):
    adopted = sensed[sensed["subject"] == "AF-shop"]
    (lines,) = adopted["lines"]
    doubled = [{**line, "quantity": 2 * line["quantity"]} for line in lines]
    (kept,) = sensed_in(business, as_of, recorded(adopted), 0).values()
    (changed,) = sensed_in(business, as_of, recorded(adopted, **{"AF-shop": doubled}), 0).values()
    (refused,) = sensed_in(business, as_of, recorded(adopted, **{"AF-shop": []}), 0).values()
    assert kept.decided is None
    assert changed.decided > changed.chosen == kept.chosen
    assert refused.decided == refused.others["keep planning on the recent weeks (do nothing)"]


@pytest.fixture(scope="module")
def allocated(business, as_of):
    names = (*PROMISED[:2], "demand_paths", *PROMISED[2:6], "products", "prices", "inbound", "offers")
    names += ("serving_costs",)
    return allocate(*(business[name] for name in names), policy=POLICY, as_of=as_of)


def allocated_in(business, as_of, proposals, world):
    tables = [business[name] for name in PROMISED]
    return allocation.hindsight(proposals, came_true(business, world), *tables, policy=POLICY, as_of=as_of)


def test_shares_and_transfers_are_judged_as_they_were_claimed(business, as_of, allocated):
    assert set(allocated["kind"]) == {"transfer", "channel_share"}
    found = in_every_world(lambda world: allocated_in(business, as_of, recorded(allocated), world))
    check_claims(allocated, found)


def test_a_transfer_that_was_refused_cost_what_doing_nothing_did(business, as_of, allocated):
    moved = allocated.loc[allocated["kind"] == "transfer", "subject"].iloc[0]
    found = allocated_in(business, as_of, recorded(allocated, **{moved: []}), 0)
    assert found[moved].decided == found[moved].others["Do nothing."]


def test_a_share_left_as_it_was_cost_what_doing_nothing_did(business, as_of, allocated):
    share = allocated[allocated["kind"] == "channel_share"].iloc[0]
    same = [{**line, "quantity": line["quantity_before"]} for line in share["lines"]]
    found = allocated_in(business, as_of, recorded(allocated, **{share["subject"]: same}), 0)
    assert found[share["subject"]].decided == found[share["subject"]].others["Do nothing."]


def test_the_order_of_proposals_does_not_matter(business, as_of, allocated):
    turned = recorded(allocated.sample(frac=1, random_state=1))
    assert allocated_in(business, as_of, turned, 3) == allocated_in(business, as_of, recorded(allocated), 3)
    assert pd.Index(allocated_in(business, as_of, turned, 3)).is_unique


BOUGHT = ("stock", "inbound", "regions", "products", "suppliers", "landed_offers", "receipts", "prices")
CERTAIN = Policy.model_validate({"replenishment": {"lead_time_spread": 0.0, "review_days": 14}})


@pytest.fixture(scope="module")
def certain(business):
    """The same business with suppliers that always deliver as promised, and nothing on its way."""
    empty = {name: business[name].head(0) for name in ("receipts", "inbound", "outstanding")}
    return {**business, **empty}


@pytest.fixture(scope="module")
def bought(certain, as_of):
    names = ("stock", "inbound", "demand_paths", "regions", "warehouses", "products", "suppliers")
    names += ("landed_offers", "receipts", "prices", "cash", "outstanding")
    situation = situation_of(*(certain[name] for name in names), policy=CERTAIN, as_of=as_of)
    return replenish(situation, policy=CERTAIN)


def bought_in(certain, as_of, proposals, world, receipts=None):
    receipts = certain["receipts"] if receipts is None else receipts
    before = as_it_was(*(certain[name] for name in BOUGHT), policy=CERTAIN, as_of=as_of)
    wanted = came_true(certain, world)
    return {
        row["proposal_id"]: replenishment.hindsight(row, wanted, before, receipts)
        for row in proposals.to_dict("records")
    }


def test_an_order_is_judged_as_it_was_claimed(certain, as_of, bought):
    assert len(bought)
    found = in_every_world(lambda world: bought_in(certain, as_of, recorded(bought), world))
    for proposal in bought.to_dict("records"):
        worlds = found[proposal["proposal_id"]]
        assert np.mean([world.chosen for world in worlds]) == pytest.approx(
            proposal["expected_cost"], rel=0.001
        )
        right = np.mean([world.correct for world in worlds])
        assert right == pytest.approx(proposal["confidence"], abs=0.5 / PATHS)


def test_an_order_is_judged_once_its_horizon_has_passed_and_the_next_order_could_be_there(
    certain, as_of, bought
):
    before = as_it_was(*(certain[name] for name in BOUGHT), policy=CERTAIN, as_of=as_of)
    order = bought[bought["supplier"] == "S"].iloc[0].to_dict()
    late = table(
        "receipts",
        {"purchase_order_id": order["proposal_id"], "supplier": "S", "sku": "A", "warehouse": "E"}
        | {"ordered_on": MONDAY, "received_on": MONDAY + pd.Timedelta(days=35)}
        | {"quantity_ordered": 50, "quantity_received": 50},
    )
    assert days_to_judge(order, before, certain["receipts"], 14) == 21  # 7 to arrive, ordered 14 days later
    assert days_to_judge(order, before, certain["receipts"], 28) == 28
    assert days_to_judge(order, before, late, 28) == 35


def test_an_order_that_came_too_late_cost_the_sales_it_was_to_save(certain, as_of, bought):
    order = bought[bought["supplier"] == "S"]
    line = order["lines"].iloc[0][0]
    came = {"purchase_order_id": order["proposal_id"].iloc[0], "supplier": "S", "ordered_on": MONDAY}
    came |= {"quantity_ordered": 50, "quantity_received": 50, "sku": line["sku"]}
    late = table(
        "receipts",
        came | {"warehouse": line["warehouse"], "received_on": MONDAY + pd.Timedelta(days=21)},
    )
    (in_time,) = bought_in(certain, as_of, recorded(order), 0).values()
    (too_late,) = bought_in(certain, as_of, recorded(order), 0, late).values()
    assert in_time.correct
    assert too_late.chosen - too_late.others["Do nothing."] > in_time.chosen - in_time.others["Do nothing."]


def test_of_an_order_what_a_person_ordered_instead_is_counted_too(certain, as_of, bought):
    order = bought[bought["supplier"] == "S"]
    subject, (lines,) = order["subject"].iloc[0], order["lines"]
    more = [{**line, "quantity": 20 * line["quantity"]} for line in lines]
    (changed,) = bought_in(certain, as_of, recorded(order, **{subject: more}), 0).values()
    (refused,) = bought_in(certain, as_of, recorded(order, **{subject: []}), 0).values()
    assert changed.decided > changed.chosen
    assert refused.decided == refused.others["Do nothing."]


WAY = {"warehouse": "E", "carrier": "FAST", "service": "parcel"}
ROUTING = RoutingPolicy(lateness_cost_per_day=4.0, hold_cost_per_day=6.0, co2e_price=0.0, tolerance=0.0)
DONE = table("order_lines")


def batch(*orders, other=12.0, instead=None):
    """A shipment of orders of one line each that costs 5 an order; the next best way costs `other` in all."""
    line = WAY | {"line": 1, "parcel": 1, "sku": "A", "quantity": 1, "cost": 5.0, "co2e_kg": 1.0}
    line |= {"stock_price": 0.0, "capacity_price": 0.0}
    return {
        "lines": [line | {"order_id": order} for order in orders],
        "alternatives": [
            {"action": "send each parcel by its next best warehouse and service", "cost": other},
            {"action": "do nothing: the orders wait until tomorrow", "cost": 20.0},
        ],
        "instead": instead,
    }


def to_ship(*orders):
    line = {"line": 1, "ordered_at": "2026-11-15T12:00Z", "channel": "shop", "region": "east", "sku": "A"}
    line |= {"quantity": 1, "promised_on": "2026-11-18"}
    return table("open_lines", *(line | {"order_id": order} for order in orders))


def delivered(*days, **changes):
    """Parcels of the orders 1, 2, … handed over on Monday; a day of None: still on its way."""
    row = WAY | {"parcel": 1, "region": "east", "handed_over_on": "2026-11-16"} | changes
    return table(
        "deliveries",
        *(row | {"order_id": str(n), "delivered_on": day} for n, day in enumerate(days, start=1)),
    )


def test_a_batch_that_came_in_time_was_right():
    came = delivered("2026-11-17", "2026-11-18")
    found, arrived = shipped(batch("1", "2"), to_ship("1", "2"), DONE, came, ROUTING)
    assert (found.chosen, found.correct, found.regret) == (10.0, True, 0.0)
    # a day later the second would have been late: two days' wait of 6 and 4 for being late
    assert found.others["do nothing: the orders wait until tomorrow"] == 26.0
    assert arrived == pd.Timestamp("2026-11-18")


def test_a_batch_that_came_late_is_measured_against_its_runner_up():
    found, _ = shipped(
        batch("1", "2"), to_ship("1", "2"), DONE, delivered("2026-11-17", "2026-11-20"), ROUTING
    )
    assert (found.chosen, found.correct, found.regret) == (18.0, False, 6.0)  # 2 days late at 4, against 12


def test_a_batch_on_its_way_is_not_judged():
    assert shipped(batch("1", "2"), to_ship("1", "2"), DONE, delivered("2026-11-17", None), ROUTING) is None


def test_a_batch_that_left_otherwise_is_not_judged():
    other = delivered("2026-11-17", carrier="SLOW")
    assert shipped(batch("1"), to_ship("1"), DONE, other, ROUTING) is None
    assert shipped(batch("1"), to_ship("1"), DONE, table("deliveries"), ROUTING) is None


def test_a_batch_waits_for_an_open_order_and_not_for_a_cancelled_one():
    came = delivered("2026-11-17")
    line = to_ship("2").iloc[0].to_dict()
    still_open = table("order_lines", line)
    cancelled = table("order_lines", line | {"status": "cancelled"})
    assert shipped(batch("1", "2"), to_ship("1", "2"), still_open, came, ROUTING) is None
    found, _ = shipped(batch("1", "2"), to_ship("1", "2"), cancelled, came, ROUTING)
    assert found.chosen == 5.0
    assert found.others["send each parcel by its next best warehouse and service"] == 6.0


def test_a_batch_that_was_refused_cost_the_wait():
    came = delivered("2026-11-17")
    found, _ = shipped(batch("1", instead=[]), to_ship("1"), DONE, came, ROUTING)
    assert found.decided == found.others["do nothing: the orders wait until tomorrow"] == 11.0


def test_a_batch_that_could_only_have_been_cancelled_is_compared_with_that():
    alone = batch("1", "2")
    alone["alternatives"][0] = {"action": CANCEL, "cost": 100.0}
    found, _ = shipped(alone, to_ship("1", "2"), DONE, delivered("2026-11-17", "2026-11-18"), ROUTING)
    assert found.others[CANCEL] == 2 * ROUTING.unserved_cost


def test_orders_were_held_rightly_unless_one_left_that_day():
    waiting = {"lines": [{"order_id": "1"}, {"order_id": "2"}]}
    later = delivered("2026-11-19", handed_over_on="2026-11-17")
    assert held(waiting, MONDAY, later, ROUTING).correct
    assert held(waiting, MONDAY, delivered("2026-11-17"), ROUTING) is None  # nothing of a later day is known
    left = pd.concat([later.assign(order_id="9"), delivered("2026-11-17")])
    found = held(waiting, MONDAY, left, ROUTING)
    assert (found.chosen, found.regret, found.correct) == (12.0, 6.0, False)
