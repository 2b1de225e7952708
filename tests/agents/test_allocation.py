"""One SKU worth 10 a unit after its cost in the own shop and less on a marketplace; two warehouses."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.agents.allocating import (
    EAGER,
    INPUTS,
    business,
    by_day,
    plan,
    policy,
    proposal,
    stock,
    wanted,
    worlds,
)
from tests.rows import table
from workbench.demand.paths import matrix, with_paths
from workbench.errors import TableError
from workbench.policy import Policy
from workbench.tables import LINES_OF_KIND, PROPOSALS, TABLES


def without(missed, lost):
    """What a line tells of P10, P50 and P90."""
    quantiles = ("q0100", "q0500", "q0900")
    names = [f"{what}_{q}" for what in ("missed", "lost") for q in quantiles]
    return dict(zip(names, [*missed, *lost], strict=True))


def contested(available=3, fenced=0, shop=(1, 3), market=(2,)):
    """Three units at E that shop (10 a unit) and market (14 × 0.5 - 1 = 6) both want."""
    shop, market = worlds(*shop), worlds(*market)
    row = {"sku": "A", "warehouse": "E", "channel": "market", "quantity": fenced}
    return business(
        stock=table("stock", stock("A", "E", available)),
        channel_shares=table("channel_shares", *([row] if fenced else [])),
        demand_paths=wanted(("A", "shop", "east", shop), ("A", "market", "east", market)),
        lanes=table("lanes"),
    )


def test_excess_goes_where_it_is_lacking_within_the_guardrail_and_the_rest_waits():
    proposals = plan()
    # 80 are spare at E; W wants 3 a day and has none: 42 less the 6 of the two days on the way
    inside, beyond = proposal(proposals, "TR-E-W"), proposal(proposals, "TR-E-W-A")
    assert inside["lines"] == [
        {
            "sku": "A",
            "from_warehouse": "E",
            "to_warehouse": "W",
            "quantity": 20,
            "expected_on": "2026-11-18",
            "cost": 20.0,
            "gain": 180.0,
            **without([36.0] * 3, [360.0] * 3),
            "buffer_share": 0.2,
        }
    ]
    assert (inside["buffer_share"], inside["money_at_risk"]) == (0.2, 180.0)
    assert (beyond["quantity"], beyond["buffer_share"]) == (16.0, 0.36)
    # 16 are lacking still, worth 160; half of the rest leaves 8 lacking and moves 8
    costs = {other["action"]: other["cost"] for other in beyond["alternatives"]}
    assert costs == {"Do nothing.": 160.0, "Move half of every line.": 88.0}


def test_confidence_is_the_share_of_worlds_in_which_no_alternative_was_better():
    # in one world of four W wants nothing: there doing nothing was better
    demand = wanted(
        ("A", "shop", "east", worlds(20)), ("A", "shop", "west", np.repeat(worlds(0, 9, 9, 9), 5, axis=0))
    )
    row = proposal(plan(business(demand_paths=demand)), "TR-E-W")
    assert row["confidence"] == 0.75


def test_what_is_on_its_way_or_wanted_too_late_or_owed_does_not_move():
    on_its_way = table("stock", stock("A", "E", 100), stock("A", "W", 0, in_transfer=42))
    assert plan(business(stock=on_its_way)).empty
    late = wanted(("A", "shop", "west", by_day([0.0] * 14 + [30.0])))
    assert plan(business(demand_paths=late)).empty
    owed = table("stock", stock("A", "E", 100), stock("A", "W", 0, backordered=100))
    assert plan(business(stock=owed)).empty
    fence = {"sku": "A", "warehouse": "E", "channel": "shop", "quantity": 95}
    moved = plan(business(channel_shares=table("channel_shares", fence)))
    assert proposal(moved, "TR-E-W")["quantity"] == 5


def test_a_move_must_bring_what_the_policy_asks_for():
    # 36 units at 10 less 1, twenty of them inside
    assert plan(rules=policy(transfer_min_gain=180.0))["subject"].tolist() == ["TR-E-W", "TR-E-W-A"]
    assert plan(rules=policy(transfer_min_gain=181.0))["subject"].tolist() == ["TR-E-W-A"]
    assert plan(rules=policy(attention_min_gain=145.0))["subject"].tolist() == ["TR-E-W"]
    lane = {"from_warehouse": "E", "to_warehouse": "W", "cost_per_unit": 1.0, "days": 2}
    dear = table("lanes", lane | {"cost_per_move": 400.0})
    assert plan(business(lanes=dear)).empty
    narrow = table("lanes", lane | {"units_per_day": 7.0})
    assert plan(business(lanes=narrow))["quantity"].tolist() == [7.0]
    # 7 lamps of 0.002 m³ fill the van
    small = table("lanes", lane | {"m3_per_day": 0.0145})
    assert plan(business(lanes=small))["quantity"].tolist() == [7.0]


def test_three_scarce_units_and_two_channels():
    # next units are worth 10, 5, 5 in the shop and 6, 6 on the market: the shop is worth one, which is
    # fenced; the market's two stay pooled. The guardrail lets none of three move (a fifth of them is 0.6).
    proposals = plan(contested())
    assert proposals["subject"].tolist() == ["CS-A-E-shop"]
    row = proposals.iloc[0]
    assert row["lines"] == [
        {
            "sku": "A",
            "warehouse": "E",
            "channel": "shop",
            "quantity": 1,
            "quantity_before": 0,
            # where the shop wants 3, 2 of 5 units find no stock: 6 in 10 of them the shop's
            **without([0.0, 0.0, 2.0], [0.0, 0.0, 16.8]),
        }
    ]
    assert row["buffer_share"] == pytest.approx(1 / 3)
    # pooled, 3 units meet 1 + 2 or 3 + 2 wanted: in the second world the shop lacks 1.2 and the market 0.8,
    # 16.8 of margin. With one fenced 2 meet 2 + 2: the shop lacks 1 and the market 1, 16. Half the worlds.
    assert row["money_at_risk"] == pytest.approx(0.4, abs=1e-5)


def test_a_fence_grows_and_shrinks_by_a_fifth_a_day_by_itself():
    proposals = plan(contested(available=30, fenced=20, shop=(30,), market=(20,)))
    shares = {row["subject"]: row["lines"][0] for row in proposals.to_dict("records")}
    # the shop earns more on every unit, the market's fence should go: 6 of 30 and 4 of 20 go today
    assert shares["CS-E-shop"]["quantity"] == 6
    assert shares["CS-E-market"]["quantity"] == 16
    assert shares["CS-A-E-market"] == {
        "sku": "A",
        "warehouse": "E",
        "channel": "market",
        "quantity": 0,
        "quantity_before": 16,
        # of 8 pooled units the shop draws 24 in 28: it lacks 17.14 at 10, the market 2.86 at 6
        **without([20.0] * 3, [188.57] * 3),
    }
    # only what is pooled today can be fenced: ten units
    assert shares["CS-A-E-shop"]["quantity"] == 10


def test_plenty_stays_pooled():
    assert plan(contested(available=5)).empty
    assert not plan(contested(available=4)).empty
    # short in half of the worlds, which a policy may bear
    assert plan(contested(available=4), policy(oversell_risk=0.5)).empty


def test_a_channel_without_a_price_keeps_its_share_and_is_named():
    tables = contested(
        available=40,
        shop=(
            30,
            50,
        ),
        market=(20,),
    )
    other = contested()["stock"].assign(sku="B", available=40, on_hand=40)
    demand = [("B", "shop", "east", worlds(30)), ("B", "market", "east", worlds(30))]
    demand += [("A", "shop", "east", worlds(30, 50)), ("A", "market", "east", worlds(20))]
    prices = tables["prices"]
    tables |= {
        "stock": pd.concat([tables["stock"], other], ignore_index=True),
        "demand_paths": wanted(*demand),
        "prices": pd.concat([prices, prices.assign(sku="B")[prices["channel"] == "shop"]], ignore_index=True),
    }
    proposals = plan(tables)
    assert {sku for skus in proposals["skus"] for sku in skus} == {"A"}
    assert any("B on market" in sentence for sentence in proposals.iloc[0]["evidence"])


def test_doubtful_skus_stand_apart():
    tables = business()
    twice = {
        "stock": pd.concat([tables["stock"], tables["stock"].assign(sku="B")], ignore_index=True),
        "prices": pd.concat([tables["prices"], tables["prices"].assign(sku="B")], ignore_index=True),
        "demand_paths": wanted(
            *(
                (sku, "shop", region, units)
                for sku in "AB"
                for region, units in (("east", worlds(20)), ("west", by_day([3.0] * 14)))
            )
        ),
    }
    proposals = plan(tables | twice, doubtful=["B"])
    skus = dict(zip(proposals["subject"], proposals["skus"], strict=True))
    assert skus == {"TR-E-W": ["A"], "TR-E-W-check": ["B"], "TR-E-W-A": ["A"], "TR-E-W-B-check": ["B"]}


def test_inputs_stay_and_the_order_of_rows_does_not_matter():
    for tables in (business(), contested(available=30, fenced=20, shop=(30,), market=(20,))):
        before = {name: frame.copy(deep=True) for name, frame in tables.items()}
        first = plan(tables)
        for name, frame in tables.items():
            pd.testing.assert_frame_equal(frame, before[name])
        again = plan({name: frame.iloc[::-1].reset_index(drop=True) for name, frame in tables.items()})
        assert first.to_json() == again.to_json()


def test_nothing_in_nothing_out():
    empty = plan({name: TABLES[name].empty() for name in INPUTS})
    assert empty.empty
    assert empty.columns.tolist() == PROPOSALS.names
    assert plan(business(demand_paths=TABLES["demand_paths"].empty())).empty


def test_lines_keep_to_the_dictionary():
    both = [
        plan(),
        plan(contested(available=30, fenced=20, shop=(30,), market=(20,))),
    ]
    for row in pd.concat(both).to_dict("records"):
        lines = TABLES[LINES_OF_KIND[row["kind"]]]
        frame = pd.DataFrame(row["lines"]).assign(proposal_id=row["proposal_id"])
        lines.schema().validate(frame.astype({c.name: c.dtype for c in lines.columns}), lazy=True)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"regions": table("regions")}, "regions, region east, warehouse"),
        ({"channels": table("channels")}, "channels, channel shop"),
        ({"warehouses": table("warehouses")}, "warehouses, warehouse E"),
    ],
)
def test_what_a_table_lacks_is_named(changes, sentence):
    with pytest.raises(TableError, match=sentence):
        plan(business(**changes))


def test_paths_of_another_day_are_refused():
    paths = business()["demand_paths"]
    later = with_paths(
        paths[["sku", "channel", "region"]].assign(date=paths["date"] + pd.Timedelta(days=1)), matrix(paths)
    )
    with pytest.raises(TableError, match="make the demand paths of 2026-11-16 first"):
        plan(business(demand_paths=later))


UNITS = st.integers(0, 60)


@settings(max_examples=60, deadline=None)
@given(
    available=st.tuples(UNITS, UNITS, UNITS),
    fenced=st.tuples(UNITS, UNITS, UNITS),
    demands=st.lists(st.tuples(UNITS, UNITS), min_size=6, max_size=6),
    limit=st.sampled_from([0.0, 0.1, 0.2, 0.5]),
)
def test_no_more_of_any_buffer_moves_inside_than_the_limit(available, fenced, demands, limit):
    warehouses, channels = ["E", "M", "W"], ["market", "shop"]
    regions = [{"region": name.lower(), "warehouse": name, "rank": 1} for name in warehouses]
    lanes = [
        {"from_warehouse": start, "to_warehouse": end, "cost_per_unit": 0.5, "days": 1}
        for start in warehouses
        for end in warehouses
        if start != end
    ]
    fences = [
        {"sku": "A", "warehouse": name, "channel": "market", "quantity": units}
        for name, units in zip(warehouses, fenced, strict=True)
    ]
    series = [(name.lower(), channel) for name in warehouses for channel in channels]
    tables = business(
        stock=table("stock", *(stock("A", *row) for row in zip(warehouses, available, strict=True))),
        channel_shares=table("channel_shares", *fences),
        regions=table("regions", *regions),
        lanes=table("lanes", *lanes),
        warehouses=table(
            "warehouses", *({"warehouse": name, "name": name, "country": "US"} for name in warehouses)
        ),
        demand_paths=wanted(
            *(
                ("A", channel, region, by_day([0, 1]) * worlds(*units))
                for (region, channel), units in zip(series, demands, strict=True)
            )
        ),
    )
    rules = Policy.model_validate({"allocation": EAGER, "authority": {"buffer_share_limit": limit}})
    proposals = plan(tables, rules)
    there = dict(zip(warehouses, available, strict=True))
    fence = dict(zip(warehouses, fenced, strict=True))
    moved = dict.fromkeys(warehouses, 0)
    for row in proposals.to_dict("records"):
        beyond = "-A" in row["subject"]
        assert (row["buffer_share"] > limit) == beyond
        for line in [] if beyond else row["lines"]:
            where = line.get("from_warehouse", line.get("warehouse"))
            change = line["quantity"] - line.get("quantity_before", 0)
            if change < 0:
                assert -change <= limit * fence[where] + 1e-9
            moved[where] += max(change, 0)
    for where, units in moved.items():
        assert units <= limit * there[where] + 1e-9


def roomy(capacity_m3, volume=0.5):
    """W has so much room; a unit takes half a cubic metre."""
    tables = business()
    warehouses = tables["warehouses"].assign(capacity_m3=[np.nan, capacity_m3])
    return business(warehouses=warehouses, products=tables["products"].assign(volume_m3=volume))


def test_no_more_moves_than_the_destination_has_room_for():
    # 20 may go inside the guardrail and more beyond it: 10 m³ in half cubic metres hold 20, 4.2 hold 8
    for capacity, inside in ((10.0, 20), (4.2, 8)):
        proposals = plan(roomy(capacity))
        assert proposals["subject"].tolist() == ["TR-E-W"]
        assert proposal(proposals, "TR-E-W")["quantity"] == inside
    assert plan(roomy(0.4)).empty
    assert proposal(plan(roomy(13.0)), "TR-E-W-A")["quantity"] == 6


def test_what_stands_at_the_destination_takes_its_room():
    tables = roomy(5.0) | {
        "stock": table("stock", stock("A", "E", 100), stock("A", "W", 0, on_hand=4, reserved=4))
    }
    assert proposal(plan(tables), "TR-E-W")["quantity"] == 6


def test_a_sku_in_stock_that_no_product_describes_is_named():
    with pytest.raises(TableError, match="products, SKU A, volume_m3: found 'nothing'; add the product"):
        plan(business(products=business()["products"].iloc[:0]))


def test_what_a_lacking_unit_breaks_is_part_of_its_worth():
    """The market's 6 come to 11 with a tenth of the 50 that a broken promise costs there: it goes first."""
    tables = contested()
    assert plan(tables)["subject"].tolist() == ["CS-A-E-shop"]
    dear = tables["channels"].assign(broken_promise_cost=[50.0, 0.0])
    proposals = plan(tables | {"channels": dear})
    assert len(proposals)
    assert all("market" in subject for subject in proposals["subject"])
    same = plan(tables | {"channels": dear}, rules=policy(broken_share=0.0))
    assert all("shop" in subject for subject in same["subject"])
