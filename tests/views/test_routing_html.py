"""Routing's tables: plans to pick from, who waits and why, what is late, split or was close."""

import pandas as pd
import pytest

from tests.views.small_plan import judged_proposals
from tests.views.small_tables import lake_tables
from workbench.policy import Policy
from workbench.tables import TABLES
from workbench.views import routing_html
from workbench.views.lines import lines_of


@pytest.fixture(scope="module")
def proposals():
    return judged_proposals(Policy())


@pytest.fixture
def shipments(proposals):
    return lines_of(proposals, "shipment", "hold_orders")


def rows(page):
    """Cells of the rows of every table of the page, row by row."""
    found = []
    for row in page.split("<tr>")[1:]:
        cells = [cell.split(">", 1)[1].split("</td>")[0] for cell in row.split("<td")[1:]]
        found += [cells] if cells else []
    return found


def test_a_plan_is_shown_with_the_values_that_make_it_and_what_it_changes():
    page = routing_html.frontier_html(lake_tables()["routing_frontier"], "USD")
    cheapest, _, own = rows(page)

    assert cheapest[:7] == ["1", "2.00", "10.00", "900", "−100", "70", "−25"]
    assert own[:7] == ["3 (today&#x27;s)", "4.00", "0.10", "1\u202f000", "0", "95", "0"]
    assert "policy.toml" in page


def test_a_dearer_plan_says_so_with_a_sign():
    plans = lake_tables()["routing_frontier"].assign(current=[True, False, False])

    assert rows(routing_html.frontier_html(plans, "USD"))[2][4] == "+100"


def test_without_plans_there_is_nothing_to_pick():
    page = routing_html.frontier_html(TABLES["routing_frontier"].empty(), "USD")

    assert "No order waits to be shipped." in page
    assert "policy.toml" not in page


def test_orders_on_hold_are_summed_by_what_they_wait_for_and_then_named(shipments, proposals):
    held = shipments["warehouse"].isna()
    known = shipments.assign(
        expected_on=shipments["expected_on"].mask(held & (shipments["order_id"] == "H-2"), "2026-11-24")
    )
    together, first, *others = rows(routing_html.waiting_html(known, proposals))

    assert together[1:] == [
        "4",
        "no warehouse has the units, or too many would have to send a parcel each",
        "4",
        "Tue\xa024\xa0Nov\xa02026",
    ]
    assert (first[0], first[-1]) == ("H-2", "Tue\xa024\xa0Nov\xa02026")  # the one that can leave comes first
    assert [(row[0], row[-1]) for row in others] == [("H-0", "–"), ("H-1", "–"), ("H-3", "–")]


def test_a_late_order_tells_its_promise_and_why(shipments, proposals):
    found = rows(routing_html.late_html(shipments, proposals))

    assert len(found) == 7 + 5 + 4  # every ninth of 60, 45 and 30
    assert found[0][2:5] == ["Tue\xa017\xa0Nov\xa02026", "Thu\xa019\xa0Nov\xa02026", "2"]


def splits(*orders):
    names = ["order_id", "parcels", "ways", "cost", "other_ways", "other_cost", "more"]
    return pd.DataFrame(orders, columns=names)


def test_a_split_order_is_told_with_one_parcel_beside_it_and_what_it_saves():
    page = routing_html.split_html(
        splits(
            ("S-1", 2, "RNO <C> van + MDT <C> van", 15.91, "RNO <C> van", 22.56, 6.65),
            ("S-2", 2, "RNO C van + DFW C van", 9.0, None, None, None),
            ("W-1", 1, "RNO C van", 15.0, "RNO C van + MDT C van", 15.91, 0.91),
        ),
        "USD",
    )
    first, second, close = rows(page)

    assert first == [
        "S-1",
        "RNO &lt;C&gt; van + MDT &lt;C&gt; van",
        "15.91",
        "RNO &lt;C&gt; van",
        "22.56",
        "6.65",
    ]
    assert second == ["S-2", "RNO C van + DFW C van", "9.00", "no warehouse can send all of it", "–", "–"]
    assert close == ["W-1", "RNO C van", "15.00", "RNO C van + MDT C van", "15.91", "0.91"]
    told = page.replace("\N{NO-BREAK SPACE}", " ")
    assert "2 orders are split. 1 of them could leave in one parcel: splitting saves 6.65 USD there" in told
    assert "One parcel saves 0.91 USD" in told


def test_where_nothing_is_split_a_sentence_says_so():
    page = routing_html.split_html(splits(), "USD")

    assert "Every order that leaves goes in one parcel, and of none a split was the next best way." in page
    assert "saves" not in page
    assert "<table" not in page


def test_what_scarce_things_cost_most_comes_first_with_its_next_best_way(shipments):
    dear = shipments["order_id"] == "O-1007"
    told = shipments.assign(stock_price=shipments["stock_price"].mask(dear, 3.0))
    first, second = rows(routing_html.decided_html(told, "USD"))[:2]

    assert first[0] == "O-1007"
    assert first[2:] == ["6.40", f"{first[1].split()[0]} SWIFT express", "0.40", "3.00", "0.25"]
    assert second[-2:] == ["0.00", "0.25"]


def test_a_carrier_says_where_its_rates_come_from():
    told = pd.DataFrame({"carrier": ["SWIFT"], "told": ["3 of 4 rates are live; <1> is of the card."]})

    assert rows(routing_html.rate_sources_html(told)) == [
        ["SWIFT", "3 of 4 rates are live; &lt;1&gt; is of the card."]
    ]


@pytest.mark.parametrize("told", ["waiting", "late", "decided"])
def test_without_orders_a_sentence_stands_in_place_of_the_table(shipments, proposals, told):
    last = proposals if told in ("waiting", "late") else "USD"
    page = getattr(routing_html, f"{told}_html")(shipments.iloc[:0], last)

    assert "<table" not in page
    assert "rder" in page
