import pandas as pd
import pytest

from tests.views.small_plan import judged_proposals
from tests.views.small_tables import TODAY, lake_tables
from workbench.policy import Policy
from workbench.tables import TABLES
from workbench.views import overview
from workbench.views.proposals_html import proposals_html

EMPTY = {name: table.empty() for name, table in TABLES.items()}


@pytest.fixture(scope="module")
def tables():
    return lake_tables()


@pytest.fixture(scope="module")
def proposals():
    return judged_proposals(Policy())


@pytest.fixture
def nothing(proposals):
    return proposals.iloc[:0]


def values(tiles):
    return {tile.label: (tile.value, tile.unit) for tile in tiles}


def test_what_waits_and_what_was_done(proposals):
    found = values(overview.decision_tiles(proposals, "USD"))

    assert found["At risk in what waits"] == ("54\u202f921", "USD")  # 41 300 + 9 900 + 3 100 + 621
    assert found["Done by the agents"] == ("10", "of 14")


def test_what_is_bought_against_the_budget_and_who_delivers_late(proposals, tables):
    found = pd.DataFrame({"what": ["Supplier late"] * 2, "about": ["Pacific Goods", "Nordic Home"]})
    tiles = overview.buying_tiles(proposals, tables["cash"], found, day=TODAY, currency="USD")

    assert values(tiles) == {"Ordered today": ("90\u202f644", "USD"), "Late suppliers": ("2", "suppliers")}
    assert tiles[0].tone == "wrong"
    assert tiles[1].note == "Pacific Goods first, and 1\xa0other"


def test_customers_who_wait(proposals):
    assert values(overview.order_tiles(proposals))["Orders late or on hold"] == ("20", "of 139")


def test_the_fill_rate_is_what_stock_meets_of_what_is_wanted():
    projection = pd.DataFrame({"sku": "A", "warehouse": ["E", "E", "W"], "hours": [4, 672, 672]})
    projection = projection.assign(lost_units=[1.0, 4.0, 6.0])
    assumed = pd.DataFrame({"sold": [2], "wanted": [7.0]})
    (tile,) = overview.service_tiles(200.0, projection, pd.DataFrame({"units": [60, 35]}), assumed, 28)

    assert tile.value == "95.0\xa0%"  # 10 of 200 are missed
    assert tile.note.startswith("95.0\xa0% in the last 28 days")  # 95 sold, 5 more were wanted


def test_the_forecast_is_judged_by_what_was_served(tables):
    (tile,) = overview.forecast_tiles(tables["backtest"])

    assert (tile.value, tile.unit) == ("31\xa0%", "of units sold")
    assert tile.note.endswith("in sum 1.0\xa0% too much")


def test_what_people_decided_is_apart_from_what_agents_did(proposals):
    decided = proposals.assign(decision=["approved", "rejected", "changed", *proposals["decision"][3:]])
    tile = {tile.label: tile for tile in overview.decision_tiles(decided, "USD")}["Decided by people"]

    assert (tile.value, tile.note) == ("3", "2 approved, 1 rejected")


def test_stock_is_valued_at_what_it_costs_to_buy_today():
    stock = pd.DataFrame({"sku": ["A", "B"], "warehouse": "RNO", "on_hand": [10, 5]})
    offers = pd.DataFrame({"sku": ["A", "A"], "warehouse": "RNO", "landed_cost": [4.0, 3.0]})

    assert overview.stock_value(stock, offers) == 30.0  # 10 at the cheapest 3; nobody offers B


def test_an_empty_plan_has_every_tile(nothing):
    tiles = every_tile(nothing, EMPTY)

    assert len(tiles) == 12
    assert {tile.value for tile in tiles} == {"0", "–"}
    assert all(tile.link for tile in tiles)


def test_every_tile_leads_somewhere(proposals, tables):
    tiles = every_tile(proposals, tables)

    assert {tile.link for tile in tiles} >= {
        "approvals.ipynb",
        "approvals.ipynb?agent=routing",
        "item.ipynb?sku=SKU-007",
        "scorecard.ipynb",
        "#Trouble",
    }
    assert all(tile.link for tile in tiles)


def every_tile(proposals, tables):
    found = pd.DataFrame(columns=["what", "about", "says"])
    return [
        *overview.decision_tiles(proposals, "USD"),
        *overview.buying_tiles(proposals, tables["cash"], found, day=TODAY, currency="USD"),
        *overview.order_tiles(proposals),
        *overview.stock_tiles(
            tables["stock"], tables["landed_offers"], tables["projection"], tables["prices"], "USD"
        ),
        *overview.service_tiles(
            tables["demand"]["mean"].sum(),
            tables["projection"],
            tables["sales"],
            tables["assumed_demand"],
            28,
        ),
        *overview.forecast_tiles(tables["backtest"]),
        *overview.input_tiles(tables["spikes"], tables["quarantine"], tables["assumptions"], "USD"),
    ]


def test_what_waits_and_what_was_done_are_apart(proposals):
    waits, done = overview.waiting(proposals), overview.done_by_itself(proposals)

    assert sorted(waits["money_at_risk"], reverse=True) == [41_300.0, 9_900.0, 3_100.0, 621.0]
    assert len(waits) + len(done) == len(proposals)


def test_the_largest_money_at_risk_comes_first_in_a_table(proposals):
    html = proposals_html(proposals, "USD", "none")

    assert html.index("Order 4800 units") < html.index("TikTok Shop.") < html.index("Order 960 units")
