import numpy as np
import pandas as pd
import pytest

from tests.views.small_tables import SKUS, lake_tables
from workbench.views.order_book import book_of, ground_of, of_orders, reach_of, tried

PO1, PO4 = "PO-S01-20261116-1", "PO-S04-20261116-1"


@pytest.fixture(scope="module")
def tables():
    return lake_tables()


@pytest.fixture
def queue(business):
    return business.desk.queue("replenishment")


def ground(tables, budget=90_000.0, **changed):
    own = tables | changed
    names = ("stock", "demand", "regions", "products", "suppliers", "landed_offers")
    return ground_of(*(own[name] for name in names), budget, room={}, container_fill=0.8, market=None)


def test_the_book_has_the_lines_of_orders_that_still_buy(business):
    assert len(book_of(business.desk.queue("replenishment"))) == 16

    business.desk.reject(PO1, "no room")

    book = book_of(business.desk.queue("replenishment"))
    assert len(book) == 12
    assert PO1 not in set(book["proposal_id"])


def test_a_quantity_changes_value_and_cover_of_its_line_alone(queue, tables):
    book, here = book_of(queue), ground(tables)
    before, after = tried(book, here, {}), tried(book, here, {(PO1, 1): 2_400.0})
    changed = (before["value"] != after["value"]).to_numpy()

    assert after.loc[changed, ["proposal_id", "position"]].to_numpy().tolist() == [[PO1, 1]]
    # landed at 11.00 by the offer that is in the tables
    assert after.loc[changed, "value"].item() == pytest.approx(2_400 * 11.0)


def test_cover_is_what_is_there_and_to_come_over_the_rate(tables):
    day = pd.Timestamp("2026-11-16")
    stock = tables["stock"].iloc[[0]].assign(sku="A", warehouse="RNO", inventory_position=60)
    demand = pd.DataFrame(
        {"sku": "A", "region": "west", "date": [day, day + pd.Timedelta("1D")], "mean": [8.0, 4.0]}
    )
    regions = pd.DataFrame({"region": ["west"], "warehouse": ["RNO"], "rank": [1]})
    reach = reach_of(stock, demand, regions).loc[("A", "RNO")]

    assert reach["position"] / reach["rate"] == 10.0  # 60 units at 6 a day


def test_both_lines_of_a_sku_at_a_warehouse_cover_it_together(queue, tables):
    book = book_of(queue)
    twice = pd.concat([book.iloc[[0]], book.iloc[[0]].assign(proposal_id="PO-other")], ignore_index=True)
    here = ground(tables)
    here.reach.loc[(book["sku"][0], book["warehouse"][0])] = [0.0, 100.0]

    assert tried(twice, here, {})["cover"].tolist() == [24.0, 24.0]  # 2 × 1200 at 100 a day


def test_where_nothing_is_expected_to_sell_cover_has_no_end(queue, tables):
    lines = tried(book_of(queue), ground(tables, demand=tables["demand"].iloc[:0]), {})

    assert np.isinf(lines["cover"]).all()


def test_a_larger_quantity_pays_the_price_of_its_tier(queue, tables):
    offers = tables["landed_offers"]
    cheaper = offers.assign(tier_from=2_000, landed_cost=9.0, unit_cost_base=8.0)
    here = ground(tables, landed_offers=pd.concat([offers, cheaper]))
    lines = tried(book_of(queue), here, {(PO1, 0): 1_992.0, (PO1, 1): 2_004.0})

    assert lines["landed_cost"].head(2).tolist() == [11.0, 9.0]
    assert lines["order_value"].head(2).tolist() == [19_920.0, 16_032.0]


def test_what_nobody_offers_any_more_keeps_its_price(queue, tables):
    lines = tried(book_of(queue), ground(tables), {})
    last = lines[lines["proposal_id"] == PO4].iloc[0]

    assert last["landed_cost"] == pytest.approx(6.2 * 1.1)
    assert np.isnan(last["order_value"])


def test_a_suppliers_minimum_counts_all_its_orders_of_the_day(queue, tables):
    offers = tables["landed_offers"].assign(minimum_order_value_base=50_000.0)
    book = book_of(queue)
    book.loc[book["position"] == 0, "proposal_id"] = book["proposal_id"] + "-check"
    orders = of_orders(
        tried(book, ground(tables, landed_offers=offers), {}), ground(tables, landed_offers=offers)
    )

    # four lines of 1200 at 10.00 a unit come to 48 000
    assert orders.loc[[PO1, f"{PO1}-check"], "missing"].tolist() == [2_000.0, 2_000.0]


def test_an_order_of_nothing_breaks_no_minimum(queue, tables):
    here = ground(tables, landed_offers=tables["landed_offers"].assign(minimum_order_value_base=50_000.0))
    none = {(PO1, position): 0.0 for position in range(4)}
    order = of_orders(tried(book_of(queue), here, none), here).loc[PO1]

    assert (order["missing"], order["lines"], order["value"]) == (0.0, 0, 0.0)


def test_lines_of_an_empty_desk_are_none(queue, tables):
    here = ground(tables)

    assert of_orders(tried(book_of(queue.iloc[:0]), here, {}), here).empty


def test_skus_of_the_small_plan_are_in_its_tables(queue):
    assert set(book_of(queue)["sku"]) == set(SKUS)
