"""Every figure: what it draws of a small plan, and that it says so when there is nothing to draw."""

import json
from functools import partial
from types import SimpleNamespace

import pytest

from tests.views.small_plan import judged_proposals
from tests.views.small_tables import HOSTILE, SKUS, TODAY, lake_tables
from workbench.demand.changes import changes
from workbench.policy import Policy
from workbench.tables import TABLES
from workbench.views.figures import allocation, buying, decisions, demand, projection, shipping, stock, trust
from workbench.views.lines import lines_of

EMPTY = {name: table.empty() for name, table in TABLES.items()}


def figures(tables, proposals):
    shipments = lines_of(proposals, "shipment", "hold_orders")
    transfers, shares = lines_of(proposals, "transfer"), lines_of(proposals, "channel_share")
    own, products, warehouses = tables, tables["products"], tables["warehouses"]
    return {
        "fan": partial(
            demand.fan,
            own["sales"],
            own["demand_paths"],
            own["promotions"],
            own["assumed_demand"],
            "SKU-001",
            day=TODAY,
        ),
        "since_last_plan": partial(demand.since_last_plan, moved(own), products),
        "against_recent": partial(demand.against_recent, own["demand"], own["demand_models"], products),
        "by_channel": partial(demand.by_channel, own["demand"], own["channels"]),
        "spikes": partial(demand.spikes, own["spikes"], products),
        "assumed": partial(demand.assumed, own["assumed_demand"], products, day=TODAY),
        "unsure": partial(
            trust.unsure, own["demand_paths"], own["demand_models"], own["prices"], products, "USD"
        ),
        "error_by_class": partial(trust.error_by_class, own["backtest"]),
        "backtest_error": partial(trust.backtest_error, own["backtest"]),
        "model_mix": partial(trust.model_mix, own["demand_models"]),
        "coverage": partial(trust.coverage, own["coverage"]),
        "value_added": partial(trust.value_added, own["value_added"]),
        "signal_worth": partial(trust.signal_worth, own["signal_worth"]),
        "stock_projection": partial(
            projection.stock_projection, own["projection"], own["inbound"], warehouses, "SKU-001"
        ),
        "stockouts": partial(stock.stockouts, own["projection"], own["prices"], products, "USD"),
        "risk_by_warehouse": partial(stock.risk_by_warehouse, own["projection"], warehouses),
        "by_warehouse": partial(stock.by_warehouse, own["stock"], transfers, warehouses),
        "before_and_after": partial(
            allocation.before_and_after, own["stock"], transfers, warehouses, products
        ),
        "guardrail": partial(allocation.guardrail, proposals, 0.2, "USD"),
        "promises": partial(allocation.promises, own["available_to_promise"], own["channels"], 0.02),
        "promised_by_reason": partial(
            allocation.promised_by_reason, own["available_to_promise"], own["channels"], TODAY
        ),
        "channel_shares": partial(stock.by_channel, shares, own["channels"]),
        "gains": partial(stock.gains, transfers, warehouses, "USD"),
        "by_supplier": partial(buying.by_supplier, proposals, own["suppliers"], "USD"),
        "against_budget": partial(buying.against_budget, proposals, own["cash"], day=TODAY, currency="USD"),
        "arrivals": partial(buying.arrivals, proposals, "USD"),
        "by_service": partial(shipping.by_warehouse_and_service, shipments, warehouses),
        "late_and_held": partial(shipping.late_and_held, shipments, proposals),
        "capacity_used": partial(shipping.capacity_used, shipments, warehouses),
        "parcels": partial(shipping.parcels, shipments),
        "frontier": partial(shipping.frontier, own["routing_frontier"], "USD"),
        "decisions": partial(decisions.by_agent, proposals),
    }


def moved(tables):
    """The plan before expected a fifth less of every product, and nothing of the hostile one."""
    factor = tables["demand"]["sku"].map(dict.fromkeys(SKUS, 0.8) | {SKUS[6]: 0.0}).astype("float64")
    before = tables | {"demand": tables["demand"].assign(mean=tables["demand"]["mean"] * factor)}
    return changes(SimpleNamespace(**before), SimpleNamespace(**tables))


@pytest.fixture(scope="module")
def tables():
    return lake_tables()


@pytest.fixture(scope="module")
def proposals():
    return judged_proposals(Policy())


@pytest.fixture(scope="module")
def drawn(tables, proposals):
    return {name: draw() for name, draw in figures(tables, proposals).items()}


NAMES = list(figures(EMPTY, judged_proposals(Policy()).iloc[:0]))


@pytest.mark.parametrize("name", NAMES)
def test_a_figure_has_its_question_as_title_and_something_drawn(drawn, name):
    assert drawn[name].layout.title.text.split("<br>")[0].endswith("?")
    assert drawn[name].data


@pytest.mark.parametrize("name", NAMES)
def test_without_rows_a_figure_says_so(proposals, name):
    figure = figures(EMPTY, proposals.iloc[:0])[name]()

    assert not figure.data
    assert figure.layout.annotations or "no budget" in figure.layout.title.text


@pytest.mark.parametrize("name", NAMES)
def test_names_from_data_are_never_markup(drawn, name):
    written = json.dumps(json.loads(drawn[name].to_json()))

    assert "<script" not in written
    assert "<img" not in written


def test_the_hostile_product_is_shown_as_it_is(drawn):
    assert HOSTILE.startswith("<script>")
    assert "&lt;script&gt;" in drawn["spikes"].data[0].y[0]


def test_stock_moves_from_where_it_leaves_to_where_it_arrives(tables, drawn):
    before, after = (dict(zip(bar.x, bar.y, strict=True)) for bar in drawn["by_warehouse"].data)

    assert after["Reno"] - before["Reno"] == 240 + 60
    assert after["Harrisburg"] - before["Harrisburg"] == -240
    assert sum(after.values()) == sum(before.values()) == tables["stock"]["available"].sum()


def test_the_matrix_tells_today_and_after_the_moves_in_one_cell(drawn):
    matrix = drawn["before_and_after"].data[0]
    (reno,) = (row[list(matrix.x).index("Reno")] for row in matrix.text)
    before, after = (int("".join(filter(str.isdigit, units))) for units in reno.split(" → "))
    assert after - before == 240 + 60


def test_the_guardrail_figure_adds_up_what_the_moves_bring(proposals, drawn):
    moves = proposals[proposals["kind"].isin(["transfer", "channel_share"])]
    drawn_money = sum(sum(bar.x) for bar in drawn["guardrail"].data)
    assert drawn_money == pytest.approx(moves["money_at_risk"].sum())


def test_promises_are_summed_over_skus_or_those_of_one(tables, drawn):
    table = tables["available_to_promise"]
    first = drawn["promises"].data[0].z[:, 0].sum()
    assert first == table.loc[table["date"] == table["date"].min(), "units"].sum()
    of_one = allocation.promises(table, tables["channels"], 0.02, SKUS[0])
    assert of_one.data[0].z[:, 0].sum() < first


def test_the_budget_figure_says_by_how_much_it_is_exceeded(drawn):
    assert "644\xa0USD above the budget" in drawn["against_budget"].layout.title.text


def test_rejected_orders_spend_nothing(proposals):
    rejected = proposals.assign(decision="rejected")

    assert buying.spending(rejected).empty


def test_the_budget_of_a_day_is_the_last_one_given(tables):
    assert buying.budget_of(tables["cash"], TODAY) == 90_000.0
    assert buying.budget_of(EMPTY["cash"], TODAY) is None


def test_plans_of_one_price_of_lateness_are_one_series_and_the_policys_own_has_a_ring(drawn):
    cheap, dear, own, picked = drawn["frontier"].data

    assert cheap.name == "a day late at 2.00\xa0USD: 90 to 120\xa0days late"
    assert dear.name == "a day late at 4.00\xa0USD: 30\xa0days late"
    assert (list(cheap.x), list(cheap.y), list(cheap.text)) == ([70.0, 80.0], [900.0, 910.0], ["1", "2"])
    assert cheap.marker.symbol != dear.marker.symbol
    assert (list(own.x), list(own.y), own.marker.symbol) == ([95.0], [1000.0], "circle-open")
    assert not len(picked.x)


def test_the_plan_that_is_picked_has_a_square(tables):
    square = shipping.frontier(tables["routing_frontier"], "USD", 1).data[-1]

    assert (list(square.x), list(square.y), square.marker.symbol) == ([70.0], [900.0], "square-open")


def test_late_and_held_orders_are_counted_once_each(proposals):
    found = shipping.trouble(lines_of(proposals, "shipment", "hold_orders"), proposals)

    assert found["state"].value_counts().to_dict() == {
        "late": 7 + 5 + 4,
        "on hold": 4,
    }  # every ninth of 60, 45 and 30


@pytest.mark.parametrize("name", ["fan", "by_channel", "arrivals"])
def test_days_below_a_figure_are_written_as_on_the_page(drawn, name):
    assert drawn[name].layout.xaxis.tickformat == "%-d %b\n%Y"


def test_lost_sales_are_priced(tables):
    lost = stock.lost_sales(tables["projection"], tables["prices"]).set_index("sku")
    last = tables["projection"].query("hours == 672 and sku == 'SKU-001'")["lost_units"].sum()

    assert lost.loc["SKU-001", "units"] == pytest.approx(last)
    assert lost.loc["SKU-001", "value"] == pytest.approx(29.0 * last)
