"""Plans to pick from, on six orders: plan 1 sends two of them otherwise than plan 3, which is today's."""

from types import SimpleNamespace

import pandas as pd
import pytest

from tests.views.small_tables import lake_tables
from workbench.authority.routing_weights import last_pick
from workbench.errors import WorkbenchError
from workbench.ledger.door import PICKED
from workbench.views import show
from workbench.views.figures import shipping
from workbench.views.frontier_panel import FrontierPanel, frontier_panel
from workbench.views.frontier_records import against, listed

PLANS = lake_tables()["routing_frontier"]
ROAD, RAIL, BOTH = "RNO SWIFT road", "RNO SWIFT rail", "MDT SWIFT road + RNO SWIFT road"
WAYS = {1: [RAIL, RAIL, RAIL, BOTH, "", ROAD], 2: [ROAD] * 6, 3: [ROAD, ROAD, RAIL, BOTH, "", ROAD]}
COST = {1: [4.0, 4.0, 5.0, 9.0, 0.0, 6.0], 2: [6.0] * 6, 3: [6.0, 6.0, 5.0, 9.0, 0.0, 6.0]}
ORDERS = pd.concat(
    pd.DataFrame({"plan": plan, "order_id": list("abcdef"), "way": ways, "cost": COST[plan]})
    for plan, ways in WAYS.items()
).assign(co2e_kg=1.0, days_late=0.5)


class Planning:
    """Plans again, or fails; what the panel said meanwhile is kept."""

    def __init__(self):
        self.fails, self.seen = None, []

    def __call__(self, say):
        say("4/4 routing")
        self.seen.append(self.panel.planning)
        if self.fails:
            raise WorkbenchError(self.fails)
        changes = pd.DataFrame({"agent": ["routing", "routing", "allocation"]})
        return SimpleNamespace(published=SimpleNamespace(run_id="20261116-2"), changes=changes)


@pytest.fixture
def planning():
    return Planning()


@pytest.fixture
def panel(business, planning):
    planning.panel = FrontierPanel(PLANS, ORDERS, business.desk, "USD", planning)
    return planning.panel


def ask(panel, what, plan=1, **more):
    panel.hear({"ask": what, "plan": plan, "number": 7, **more})
    return panel.answer


def test_todays_plan_is_open_first_and_the_others_say_how_far_they_are_from_it(panel):
    assert (panel.plan["plan"], panel.plan["current"], panel.plan["moves"]) == (3, True, [])
    assert panel.plan["facts"][0] == ["Freight and handling, USD", "32 → 32", "0"]
    first = panel.plans[0]
    assert (first["plan"], first["current"]) == (1, False)
    assert first["cells"][:2] == [["900", "−100"], ["70", "−25"]]
    assert panel.headings[0] == ["Cost", "USD"]
    assert panel.may_not == ""


def test_an_opened_plan_shows_what_changes_by_warehouse_and_service_and_is_marked(panel):
    assert ask(panel, "open")["tone"] == "good"

    cost, _, _, moved = panel.plan["facts"]
    assert cost == ["Freight and handling, USD", "32 → 28", "−4"]
    assert moved == ["Orders that change way", "2", "of 6"]
    assert panel.plan["moves"] == [[ROAD, RAIL, "2"]]
    drawn = show.sheet(shipping.frontier(PLANS, "USD", 1)).outputs[0]["data"]
    assert panel.sheet.outputs[0]["data"] == drawn


def test_what_has_left_the_building_is_not_counted():
    found = against(ORDERS, 1, 3, {"a", "z"}, "USD")

    assert found["facts"][0][1] == "26 → 24"
    assert found["facts"][3] == ["Orders that change way", "1", "of 5; 1\N{NO-BREAK SPACE}has left and stays"]


def test_orders_that_would_leave_or_wait_are_moves_too():
    found = against(ORDERS, 2, 3, set(), "USD")

    assert ["waits", ROAD, "1"] in found["moves"]
    assert [BOTH, ROAD, "1"] in found["moves"]


def test_of_very_many_ways_the_rest_is_counted_together():
    names = [f"W{number:03d}" for number in range(50)]
    frame = {"order_id": names, "cost": 1.0, "co2e_kg": 1.0, "days_late": 0.0}
    orders = pd.concat(
        [pd.DataFrame(frame | {"plan": 1, "way": names}), pd.DataFrame(frame | {"plan": 2, "way": "X"})]
    )
    moves = against(orders, 2, 1, set(), "USD")["moves"]

    assert len(moves) == 41
    assert moves[-1] == ["other ways", "", "10"]


def test_a_plan_that_is_used_is_kept_with_who_and_why_and_the_day_is_planned_again(business, panel, planning):
    said = ask(panel, "use", reason="greener this week")
    panel.work.join(timeout=60)

    assert said["tone"] == "good"
    picked = last_pick(business.ledger, business.live()["date"])
    assert picked["weights"] == {"lateness_cost_per_day": "2.0", "co2e_price": "10.0"}
    assert (picked["by"], picked["reason"]) == ("planner", "greener this week")
    assert planning.seen == ["Planning again … 4/4 routing"]
    assert panel.planning == ""
    assert panel.came["tone"] == "good"
    assert "20261116-2 is live" in panel.came["text"]
    assert "2\N{NO-BREAK SPACE}batches differ" in panel.came["text"]


def test_where_planning_fails_the_page_says_why_and_that_the_pick_holds(panel, planning):
    planning.fails = "A plan is being made in small right now; wait for it to end."
    ask(panel, "use", reason="greener")
    panel.work.join(timeout=60)

    assert panel.came["tone"] == "wrong"
    assert "A plan is being made" in panel.came["text"]
    assert "holds for the next plan of the day" in panel.came["text"]
    assert panel.planning == ""


@pytest.mark.parametrize(
    ("message", "sentence"),
    [
        ({"ask": "use", "plan": 1, "reason": " "}, "own words"),
        ({"ask": "use", "plan": 3, "reason": "as it is"}, "today's already"),
        ({"ask": "use", "plan": 9, "reason": "why not"}, "no plan of the list"),
        ({"ask": "use", "plan": {"x": 1}, "reason": "why not"}, "no plan of the list"),
        ({"ask": "format", "plan": 1}, "open or use"),
    ],
)
def test_what_cannot_be_picked_is_refused_and_nothing_is_kept(business, panel, message, sentence):
    panel.hear({**message, "number": 1})

    assert panel.answer["tone"] == "wrong"
    assert sentence in panel.answer["text"]
    assert business.ledger.events(PICKED).empty


def test_nobody_who_is_known_sees_why_nothing_can_be_picked_and_a_click_is_refused(business, planning):
    desk = business.desk
    desk.person = ""
    panel = planning.panel = FrontierPanel(PLANS, ORDERS, desk, "USD", planning)

    assert "Nobody is known here" in panel.may_not
    assert ask(panel, "use", reason="greener")["tone"] == "wrong"
    assert business.ledger.events(PICKED).empty
    assert not planning.seen


def test_headless_and_without_orders_the_same_stands_there_plainly(business, planning, monkeypatch):
    shown = []
    monkeypatch.setattr(show, "put", lambda thing: shown.append(type(thing).__name__))
    monkeypatch.setattr(show, "html", lambda *parts: shown.append(parts[0]))
    monkeypatch.setattr(show, "figures", lambda *_: shown.append("figure"))
    given = {"desk": business.desk, "currency": "USD", "plan_again": planning}
    frontier_panel(PLANS, ORDERS, **given, headless=True)
    frontier_panel(PLANS.iloc[:0], ORDERS.iloc[:0], **given)
    figure, table, _, nothing = shown
    assert (figure, "lateness_cost_per_day" in table) == ("figure", True)
    assert "No order waits to be shipped." in nothing

    frontier_panel(PLANS, ORDERS, **given)
    assert shown[-1] == "VBox"


def test_the_list_names_the_weights_that_make_each_plan():
    assert [row["cells"][-1][0] for row in listed(PLANS)] == ["10.00", "0.10", "0.10"]
