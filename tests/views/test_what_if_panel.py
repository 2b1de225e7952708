"""The sliders, on answers made by hand: S01 is bought for 100 and S02 for 50; a change leaves S02 out."""

from types import SimpleNamespace

import pandas as pd
import pytest

from workbench.agents.replenishment.what_if import Change
from workbench.policy import Policy
from workbench.views import show, what_if_panel
from workbench.views.what_if_panel import WhatIfPanel
from workbench.views.what_if_records import compared, lines_changed, suppliers, totals, whom

NAMES = {"S01": "Lumen Works", "S02": "<b>Nordic</b>"}
WHO = [
    {"name": "all of CN", "suppliers": ["S01", "S02"], "duty": 0.1, "days": 20.0},
    {"name": "S02 · Nordic", "suppliers": ["S02"], "duty": 0.1, "days": 20.0},
]


def answer(s01, s02, units):
    figures = pd.DataFrame(
        {
            "lines": [2, 1, 3],
            "orders": [2, int(s02 > 0), 2 + int(s02 > 0)],
            "spend": [s01, s02, s01 + s02],
            "gain": [20.0, s02 / 5, 20 + s02 / 5],
            "cost": 1.0,
            "fill_rate": [0.98, 0.95 if s02 else 0.6, 0.97 if s02 else 0.9],
            "cover_days": [30.0, 20.0, 26.0],
        },
        index=pd.Index(["S01", "S02", "all suppliers"], name="supplier"),
    )
    orders = pd.DataFrame({"supplier": ["S01", "S01", "S02"], "line": [0, 1, 2], "units": units})
    return SimpleNamespace(figures=figures, chosen=SimpleNamespace(orders=orders[orders["units"] > 0]))


NOW, LATER = answer(100.0, 50.0, [12, 24, 6]), answer(100.0, 0.0, [12, 24, 0])


@pytest.fixture
def asked():
    return []


@pytest.fixture
def panel(asked):
    def ask(change):
        asked.append(change)
        return LATER

    return WhatIfPanel(ask, NOW, WHO, NAMES, Policy(), 200.0)


def move(panel, **moved):
    panel.hear({"ask": "what_if", "number": 1, **moved})


def figure(panel, name):
    return next(record for record in panel.result["totals"] if record["name"] == name)


def test_before_anything_moves_before_and_after_are_the_same(panel):
    assert figure(panel, "Spend")["before"] == figure(panel, "Spend")["after"] == "150"
    assert figure(panel, "Spend")["by"] == "unchanged"
    assert figure(panel, "Lines changed")["after"] == "0"


def test_a_moved_slider_shows_before_and_after_and_draws_the_figure_anew(panel, asked):
    before = panel.sheet.outputs
    move(panel, budget=120)

    assert asked == [Change(budget=120.0)]
    assert (figure(panel, "Spend")["after"], figure(panel, "Spend")["by"]) == ("100", "−50")
    assert figure(panel, "Fill rate")["after"] == "90.0"
    assert figure(panel, "Lines changed")["after"] == "1"
    assert panel.result["suppliers"][0]["supplier"].startswith("S02")
    assert panel.result["suppliers"][0]["cells"][0] == "50 → 0"
    assert panel.sheet.outputs != before
    assert panel.result["number"] == 1


def test_service_lead_time_and_duty_become_the_change(panel, asked):
    move(panel, service=0.97, who="all of CN", later=10, duty=0.35)

    (change,) = asked
    assert (change.rules.aim, change.rules.fill_rate_target) == ("fill_rate", 0.97)
    assert change.later == {"S01": 10, "S02": 10}
    assert change.duty_rate == {"S01": 0.35, "S02": 0.35}
    assert change.budget is None


def test_a_duty_of_nothing_is_a_duty(panel, asked):
    move(panel, who="S02 · Nordic", duty=0)

    assert asked[0].duty_rate == {"S02": 0.0}


def test_back_to_how_it_is_asks_nobody(panel, asked):
    move(panel, budget=120)
    move(panel, budget=None, service=None, who="", later=None, duty=None)

    assert len(asked) == 1
    assert figure(panel, "Spend")["by"] == "unchanged"


@pytest.mark.parametrize(
    "message",
    [
        {"budget": -1},
        {"budget": "much"},
        {"budget": float("nan")},
        {"service": 99},
        {"who": "S02 · Nordic", "later": 400},
        {"who": "nobody", "duty": 0.1},
        {"later": 3},
    ],
)
def test_what_no_slider_can_say_is_refused_in_words_and_what_stood_stays(panel, asked, message):
    move(panel, **message)

    assert panel.result["fault"]
    assert figure(panel, "Spend")["after"] == "150"
    assert not asked


def test_a_fault_is_shown_and_raises_under_test(panel):
    def break_down(_change):
        raise ZeroDivisionError

    panel._ask = break_down
    with pytest.raises(ZeroDivisionError):
        move(panel, budget=1)

    assert "ZeroDivisionError" in panel.result["fault"]


def test_the_service_slider_says_what_orders_aim_at_until_it_is_moved(panel):
    aimed = Policy.model_validate({"replenishment": {"aim": "fill_rate", "fill_rate_target": 0.9}})
    other = WhatIfPanel(lambda _: LATER, NOW, WHO, NAMES, aimed, 200.0)

    assert panel.controls["service"]["now"] == 0.97
    assert "margin" in panel.controls["service"]["said"]
    assert (other.controls["service"]["now"], other.controls["service"]["said"]) == (0.9, "90.0\xa0%")


def test_without_a_budget_its_slider_begins_at_no_limit():
    panel = WhatIfPanel(lambda _: LATER, NOW, WHO, NAMES, Policy(), float("inf"))

    assert panel.controls["budget"]["now"] is None
    assert panel.controls["budget"]["high"] >= 150


def test_a_line_that_is_ordered_in_one_of_two_or_otherwise_is_changed():
    before = pd.DataFrame({"supplier": ["S01", "S01", "S02"], "line": [0, 1, 2], "units": [12, 24, 6]})
    after = pd.DataFrame({"supplier": ["S01", "S01", "S03"], "line": [0, 1, 5], "units": [12, 36, 6]})

    assert lines_changed(before, after).to_dict() == {"S01": 1, "S02": 1, "S03": 1}


def test_a_supplier_that_only_one_answer_knows_counts_nothing_in_the_other():
    other = answer(100.0, 0.0, [12, 24, 0])
    other.figures = other.figures.drop(index="S02")
    sides = compared(NOW, other)

    assert list(sides.index) == ["S01", "S02", "all suppliers"]
    assert sides.loc["S02", "spend_after"] == 0
    assert [row["supplier"][:3] for row in suppliers(sides, NAMES)] == ["S02", "S01"]
    assert totals(sides, "USD")[0]["unit"] == "USD"


def test_suppliers_are_offered_by_country_and_one_by_one_with_their_duty_today():
    table = pd.DataFrame(
        {"supplier": ["S1", "S2", "S3"], "name": ["A", "B", "C"], "country": ["CN", "CN", "US"]}
    )
    offers = pd.DataFrame({"supplier": ["S1", "S2", "S3"], "duty_rate": [0.1, 0.3, 0.0]})
    choices = whom(table, offers, pd.DataFrame([[10, 20], [20, 20], [4, 6]]).to_numpy())

    assert [choice["name"] for choice in choices] == ["all of CN", "S1 · A", "S2 · B", "S3 · C"]
    assert (choices[0]["duty"], choices[0]["days"]) == (0.2, 17.5)


def test_headless_the_figures_stand_there_plainly(monkeypatch):
    shown = []
    monkeypatch.setattr(show, "html", shown.append)
    monkeypatch.setattr(what_if_panel, "WhatIfPanel", None)
    monkeypatch.setattr(what_if_panel, "answer", lambda _market, _chosen: NOW)
    situation = SimpleNamespace(
        market=object(),
        chosen=object(),
        landed_offers=pd.DataFrame(),
        limits=None,
        vendors=SimpleNamespace(table=pd.DataFrame({"supplier": [], "name": []})),
    )
    what_if_panel.what_if_panel(situation, policy=Policy(), headless=True)

    assert "all suppliers" in shown[0]
    assert "97" in shown[0]


def test_with_nothing_offered_it_says_so(monkeypatch):
    shown = []
    monkeypatch.setattr(show, "html", shown.append)
    situation = SimpleNamespace(market=None, landed_offers=None, vendors=SimpleNamespace(table=None))
    what_if_panel.what_if_panel(situation, policy=Policy())

    assert "Nothing is offered" in shown[0]
