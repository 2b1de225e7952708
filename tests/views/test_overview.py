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


def test_orders_bought_against_the_budget_and_customers_who_wait(proposals, tables):
    found = overview.order_tiles(proposals, tables["cash"], day=TODAY, currency="USD")

    assert values(found)["Ordered today"] == ("90\u202f644", "USD")
    assert found[0].tone == "wrong"
    assert values(found)["Orders late or on hold"] == ("20", "of 139")


def test_stock_is_valued_at_what_it_costs_to_buy_today():
    stock = pd.DataFrame({"sku": ["A", "B"], "warehouse": "RNO", "on_hand": [10, 5]})
    offers = pd.DataFrame({"sku": ["A", "A"], "warehouse": "RNO", "landed_cost": [4.0, 3.0]})

    assert overview.stock_value(stock, offers) == 30.0  # 10 at the cheapest 3; nobody offers B


def test_an_empty_plan_has_every_tile(nothing):
    tiles = [
        *overview.decision_tiles(nothing, "USD"),
        *overview.order_tiles(nothing, EMPTY["cash"], day=TODAY, currency="USD"),
        *overview.stock_tiles(
            EMPTY["stock"], EMPTY["landed_offers"], EMPTY["projection"], EMPTY["prices"], "USD"
        ),
        *overview.input_tiles(EMPTY["spikes"], EMPTY["quarantine"], EMPTY["assumptions"], "USD"),
    ]

    assert len(tiles) == 8
    assert all(tile.value == "0" for tile in tiles)


def test_what_waits_and_what_was_done_are_apart(proposals):
    waits, done = overview.waiting(proposals), overview.done_by_itself(proposals)

    assert sorted(waits["money_at_risk"], reverse=True) == [41_300.0, 9_900.0, 3_100.0, 621.0]
    assert len(waits) + len(done) == len(proposals)


def test_the_largest_money_at_risk_comes_first_in_a_table(proposals):
    html = proposals_html(proposals, "USD", "none")

    assert html.index("Order 4800 units") < html.index("TikTok Shop.") < html.index("Order 960 units")
