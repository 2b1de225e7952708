import pandas as pd
import pytest

from tests.views.small_plan import judged_proposals
from tests.views.small_tables import HOSTILE, NAMES, SKUS, TODAY, lake_tables
from workbench.policy import Policy
from workbench.tables import TABLES
from workbench.views import item, item_html
from workbench.views.asked import Asked, asked
from workbench.views.figures import lead_times, stock
from workbench.views.item import Choice, choose

EMPTY = {name: table.empty() for name, table in TABLES.items()}
LIVE = {"run_id": "20261116-1"}


@pytest.fixture(scope="module")
def tables():
    return lake_tables()


@pytest.fixture(scope="module")
def proposals():
    judged = judged_proposals(Policy())
    return judged.assign(
        run_id="20261116-1", decided_by="Robin", decided_at=pd.Timestamp("2026-11-16T10:00Z")
    )


def own(table):
    return table[table["sku"] == SKUS[0]]


def test_the_product_asked_for_in_the_address_is_shown(tables, proposals):
    assert choose(asked("item", f"sku={SKUS[3]}"), SKUS[2], tables["products"], proposals) == Choice(SKUS[3])


def test_a_name_is_as_good_as_a_code_in_whatever_case(tables, proposals):
    assert choose(asked("item", "sku=yoga%20MAT"), "", tables["products"], proposals) == Choice(SKUS[2])


def test_a_name_that_two_products_have_names_none(tables, proposals):
    twins = tables["products"].assign(name="Lamp")
    assert choose(asked("item", "sku=Lamp"), "", twins, proposals).sku == ""


def test_without_a_wish_it_is_the_product_with_most_at_risk_in_what_waits(tables, proposals):
    # the order of 41 300 at risk is for the first two products
    assert choose(Asked(), "", tables["products"], proposals) == Choice(SKUS[0])
    assert choose(Asked(), SKUS[2], tables["products"], proposals) == Choice(SKUS[2])
    assert choose(Asked(), "", tables["products"], proposals.iloc[:0]) == Choice(SKUS[0])


def test_an_unknown_product_and_an_empty_plan_are_sentences(tables, proposals):
    unknown = choose(asked("item", "sku=%3Cb%3ENo"), "", tables["products"], proposals)
    assert (unknown.sku, "no product <b>No" in unknown.refusal) == ("", True)
    said = item_html.heading(unknown, tables["products"])
    assert "wb-alone" in said
    assert "<b>" not in said
    assert "no product" in choose(Asked(), "", EMPTY["products"], proposals.iloc[:0]).refusal
    assert choose(asked("item", "no=1"), "", tables["products"], proposals).refusal


def test_what_a_product_is_stands_as_text(tables):
    choice = Choice(SKUS[NAMES.index(HOSTILE)])
    for html in (item_html.picker(choice, tables["products"]), item_html.heading(choice, tables["products"])):
        assert "<script>" not in html
        assert "&lt;script&gt;" in html


def test_the_tiles_say_what_there_is_and_what_is_wanted(tables, proposals):
    about = proposals[[SKUS[0] in skus for skus in proposals["skus"]]]
    of_it = [own(tables[name]) for name in ("stock", "demand", "projection", "prices", "landed_offers")]
    tiles = {tile.label: tile for tile in item.item_tiles(*of_it, about, LIVE, "USD")}

    assert (tiles["On hand"].value, tiles["On hand"].unit) == ("111", "units")  # 0 + 37 + 74
    assert tiles["Expected demand"].unit == "units a day"
    assert tiles["Landed cost from"].value == "11.00"
    assert tiles["Runs out"].value == "Mon 16 Nov"
    assert tiles["Waits for a person"].tone == "mind"
    assert {tile.link for tile in tiles.values()} == {"#Stock", "#Demand", "#Suppliers", "#Decisions"}


def test_a_product_of_which_nothing_is_known_has_every_tile(proposals):
    empty = [EMPTY[name] for name in ("stock", "demand", "projection", "prices", "landed_offers")]
    tiles = item.item_tiles(*empty, proposals.iloc[:0], None, "USD")

    assert [tile.value for tile in tiles] == ["0", "0", "–", "not soon", "–", "0"]


def test_its_decisions_say_who_when_and_how_much_of_it(proposals):
    order = proposals[proposals["subject"] == "PO-S01"]
    html = item_html.decisions_html(order, SKUS[0], LIVE, Policy().business, "USD")

    assert "Robin" in html
    assert "Mon\xa016\xa0Nov\xa02026,\xa0" in html
    assert "2\u202f400" in html  # two warehouses, 1 200 units each
    assert "live plan" in html
    later = item_html.decisions_html(order, SKUS[0], {"run_id": "20261117-1"}, Policy().business, "USD")
    assert "plan 20261116-1" in later


def test_what_waits_stands_above_what_was_done_later(proposals):
    waits, done = proposals[proposals["kind"] == "purchase_order"].iloc[[0]], proposals.iloc[[0]]
    done = done.assign(decision="executed", title="Ship it.", decided_at=pd.Timestamp("2026-11-16T11:00Z"))
    rows = pd.concat([done, waits.assign(decision="escalated", title="Order it.")])
    html = item_html.decisions_html(rows, SKUS[0], LIVE, Policy().business, "USD")

    assert html.index("Order it.") < html.index("Ship it.")


def test_what_is_on_the_way_says_what_is_overdue(tables):
    late = tables["inbound"].assign(promised_on=pd.Timestamp("2026-11-09"))
    args = tables["warehouses"], tables["suppliers"], TODAY

    assert "overdue" in item_html.arrivals_html(late, *args)
    assert "confirmed" in item_html.arrivals_html(tables["inbound"], *args)
    assert "Lumen Works" in item_html.arrivals_html(tables["inbound"], *args)


def test_a_channel_may_promise_what_stands_there_at_its_last_price(tables):
    raised = tables["prices"].assign(valid_from=pd.Timestamp("2026-11-01"), price=31.5)
    both = pd.concat([own(tables["prices"]), own(raised)])
    promises = own(tables["available_to_promise"])
    html = item_html.channels_html(
        promises, EMPTY["channel_shares"], both, tables["channels"], tables["warehouses"], TODAY, "USD"
    )

    assert html.count("<tr>") == 3  # heading, shop and amazon
    assert "31.50" in html
    assert "29.00" not in html


def test_every_table_and_figure_of_the_page_can_be_empty(tables):
    where = tables["warehouses"], tables["suppliers"]
    htmls = [
        item_html.stock_html(EMPTY["stock"], tables["warehouses"]),
        item_html.arrivals_html(EMPTY["inbound"], *where, TODAY),
        item_html.channels_html(
            *(EMPTY[name] for name in ("available_to_promise", "channel_shares", "prices")),
            tables["channels"],
            tables["warehouses"],
            TODAY,
            "USD",
        ),
        item_html.offers_html(EMPTY["landed_offers"], *reversed(where), "USD"),
    ]
    assert all("wb-quiet" in html for html in htmls)
    nobody = lead_times.lead_times(EMPTY["receipts"], EMPTY["landed_offers"], tables["suppliers"])
    nothing = stock.promises(EMPTY["available_to_promise"], tables["channels"], SKUS[0])
    assert all(len(figure.layout.annotations) == 1 for figure in (nobody, nothing))


def test_promises_of_a_lone_day_stand_on_an_axis_of_days_and_none_are_said(tables):
    rows = tables["available_to_promise"]
    rows = rows[(rows["sku"] == rows["sku"].iloc[0]) & (rows["date"] == rows["date"].min())]
    first, last = stock.promises(rows.assign(units=6.0), tables["channels"], SKUS[0]).layout.xaxis.range
    none = stock.promises(rows.assign(units=0.0), tables["channels"], SKUS[0])

    assert (last - first).days == 8
    assert "None may be promised" in none.layout.annotations[0].text


def test_a_delivery_counts_once_however_many_lines_it_has(tables):
    receipts = tables["receipts"].assign(supplier="S01")
    two_lines = pd.concat([receipts, receipts.assign(sku=SKUS[1])])
    figure = lead_times.lead_times(two_lines, tables["landed_offers"], tables["suppliers"])

    assert sorted(figure.data[0].x) == [48, 50, 56]  # received 12, 10 and 4 days ago, ordered 60 days ago
    assert list(figure.data[1].x) == [21.0]
