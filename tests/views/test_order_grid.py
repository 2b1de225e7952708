from dataclasses import replace

import pandas as pd
import pytest

from workbench.views import order_grid as module
from workbench.views import show
from workbench.views.approval_panel import ApprovalPanel
from workbench.views.approval_setting import setting_of
from workbench.views.figures.buying import budget_of
from workbench.views.numerals import money
from workbench.views.order_book import OFFER, ground_of
from workbench.views.order_grid import OrderGrid, order_grid

PO, SMALL = "PO-S01-20261116-1", "PO-S04-20261116-1"


def ground(business, minimum=0.0):
    tables = business.snapshot()
    offers = tables.landed_offers.assign(minimum_order_value_base=minimum)
    budget = budget_of(tables.cash, business.live()["date"])
    return ground_of(
        tables.stock,
        tables.demand,
        tables.regions,
        tables.products,
        tables.suppliers,
        offers,
        budget,
        room={},
        container_fill=0.8,
        market=None,
    )


@pytest.fixture
def desk(business):
    return business.desk


@pytest.fixture
def grid(business, desk):
    return OrderGrid(desk, business.policy, business.snapshot().products, ground(business))


def decision(business, proposal_id=PO):
    return business.desk.queue().set_index("proposal_id").loc[proposal_id]


def attempt(grid, quantities, proposal_id=PO):
    grid.hear({"ask": "try", "id": proposal_id, "quantities": quantities, "number": 1})


def test_the_largest_money_at_risk_is_open_first_and_its_lines_stand_there(grid):
    assert grid.order["id"] == PO
    assert grid.orders[0]["id"] == PO
    assert len(grid.order["lines"]) == len(grid.live["lines"]) == 4


def test_another_quantity_changes_cost_and_budget_at_once(grid):
    before = grid.sums["share"]
    attempt(grid, {"0": "2400"})

    assert grid.live["lines"]["0"]["cells"][1] == "26\u202f400"  # 2400 at 11.00
    assert grid.sums["share"] > before
    assert grid.orders[0]["changed"]


def test_above_the_budget_it_says_by_how_much(grid):
    attempt(grid, {"0": "12000"})

    assert grid.sums["over"]
    assert "above the budget" in grid.sums["note"]
    assert any("budget" in warning for warning in grid.live["warnings"])


def test_a_quantity_that_fits_no_pack_is_said_in_words_with_the_ones_that_do(grid):
    attempt(grid, {"0": "601"})

    (fault,) = grid.live["lines"]["0"]["faults"]
    assert "packs of 12" in fault
    assert "600 or 612" in fault


@pytest.mark.parametrize("written", ["", "many", "-4", "nan", "inf", None])
def test_what_is_no_quantity_is_said_and_counts_as_it_was(grid, written):
    value = grid.live["lines"]["0"]["cells"][1]
    attempt(grid, {"0": written})

    assert "no quantity" in grid.live["lines"]["0"]["faults"][0]
    assert grid.live["lines"]["0"]["cells"][1] == value


def test_below_the_suppliers_minimum_it_says_what_is_missing(business, desk):
    grid = OrderGrid(desk, business.policy, business.snapshot().products, ground(business, 50_000.0))

    # 4 × 1200 units at 10.00 come to 48 000
    assert grid.orders[0]["short"]
    assert "2\u202f000\u00a0USD are missing to Lumen Works's minimum" in grid.live["warnings"][0]


def test_what_was_tried_stays_when_another_order_is_looked_at(grid):
    attempt(grid, {"0": "600"})
    grid.hear({"ask": "open", "id": SMALL})
    assert grid.live["id"] == grid.order["id"] == SMALL

    grid.hear({"ask": "open", "id": PO})

    assert grid.order["typed"] == {"0": "600"}


def test_tried_quantities_become_the_decision(business, grid):
    grid.hear(
        {"ask": "approve", "id": PO, "quantities": {"1": "600"}, "reason": "half is enough", "number": 2}
    )

    assert decision(business)["decision"] == "changed"
    assert decision(business)["decided_lines"][1]["quantity"] == 600
    assert decision(business)["decision_reason"] == "half is enough"
    assert grid.answer["tone"] == "good"
    assert not grid.order["waits"]
    assert grid.order["lines"][1]["quantity"] == 600


def test_the_desk_refuses_what_fits_no_pack_and_nothing_is_written(business, grid):
    grid.hear({"ask": "approve", "id": PO, "quantities": {"0": "601"}, "reason": "why not"})

    assert "packs of 12" in grid.answer["text"]
    assert decision(business)["decision"] == "escalated"


def test_what_breaks_the_budget_needs_words(business, grid):
    message = {"ask": "approve", "id": PO, "quantities": {"0": "12000"}, "reason": " "}
    grid.hear(message)

    assert "Say why" in grid.answer["text"]
    assert decision(business)["decision"] == "escalated"

    grid.hear(message | {"reason": "the season needs it"})

    assert decision(business)["decision"] == "changed"


def test_an_order_that_does_not_wait_cannot_be_approved_again(business, grid):
    assert decision(business, SMALL)["decision"] == "executed"

    grid.hear({"ask": "approve", "id": SMALL, "quantities": {"0": "24"}, "reason": "less"})

    assert grid.answer["tone"] == "wrong"
    assert decision(business, SMALL)["decision"] == "executed"


def test_what_is_tried_is_what_the_ledger_records_and_the_approval_panel_shows(business, desk):
    tables, first = business.snapshot(), ground(business)
    (_, cost, landed), (start, cheaper, cheaper_landed) = decision(business)["lines"][0]["tiers"]
    usual = first.offers.assign(unit_cost=cost, landed_cost=landed)
    tier = first.offers.assign(tier_from=start, unit_cost=cheaper, landed_cost=cheaper_landed)
    offers = pd.concat([usual, tier]).sort_values([*OFFER, "tier_from"], ignore_index=True)
    grid = OrderGrid(desk, business.policy, tables.products, replace(first, offers=offers))
    panel = ApprovalPanel(desk, setting_of(business))
    attempt(grid, {"0": "2400"})
    tried = grid.live["facts"][0]

    grid.hear({"ask": "approve", "id": PO, "quantities": {"0": "2400"}, "reason": "a better price"})

    decided = decision(business)["decided_lines"]
    assert (decided[0]["unit_cost"], decided[0]["value"]) == (cheaper, 2400 * cheaper_landed)
    assert tried == ["Landed value", money(sum(line["value"] for line in decided), "USD")]
    assert ["Value", tried[1], ""] in panel.item["facts"]


def test_a_decision_in_the_approval_panel_is_seen_here_and_the_other_way_round(business, desk, grid):
    panel = ApprovalPanel(desk, setting_of(business))
    panel.hear({"ask": "approve", "id": PO, "reason": ""})
    assert not grid.order["waits"]

    panel.hear({"ask": "undo", "id": PO, "reason": ""})
    grid.hear({"ask": "approve", "id": PO, "quantities": {}, "reason": ""})

    assert decision(business)["decision"] == "approved"
    assert panel.item["may"] == ["undo"]


@pytest.mark.parametrize("message", [{}, {"ask": "release", "id": PO}, {"ask": "approve", "id": "no such"}])
def test_a_message_that_no_page_sends_is_refused(grid, message):
    grid.hear(message)

    assert grid.answer["tone"] == "wrong"


def test_a_fault_is_shown_and_raises_under_test(grid, monkeypatch):
    def break_down(*_given):
        raise ZeroDivisionError

    monkeypatch.setattr(grid._desk, "approve", break_down)

    with pytest.raises(ZeroDivisionError):
        grid.hear({"ask": "approve", "id": PO})

    assert "ZeroDivisionError" in grid.answer["text"]


def test_with_nothing_ordered_it_stands_empty(business, desk):
    for proposal_id in ("PO-S01", "PO-S02", "PO-S03", "PO-S04"):
        if decision(business, f"{proposal_id}-20261116-1")["decision"] == "escalated":
            desk.reject(f"{proposal_id}-20261116-1", "not today")
    grid = OrderGrid(desk, business.policy, business.snapshot().products, ground(business))

    assert PO not in [row["id"] for row in grid.orders]


def test_headless_the_same_stands_there_plainly(business, desk, monkeypatch):
    shown = []
    monkeypatch.setattr(show, "html", shown.append)
    monkeypatch.setattr(module, "OrderGrid", None)

    order_grid(
        desk,
        policy=business.policy,
        products=business.snapshot().products,
        ground=ground(business, 50_000.0),
        headless=True,
    )

    assert "Lumen Works" in shown[0]
    assert "2\u202f000" in shown[0]
    assert shown[0].count("<table") == 2
