from datetime import date

import pandas as pd
import pytest

from workbench.runs.business import Business
from workbench.views.approval_prospect import SHOWN, prospect


@pytest.fixture(scope="module")
def business(made_once):
    return Business(made_once)


def one(business, start):
    queue = business.desk.queue().to_dict("records")
    return next(p for p in queue if p["proposal_id"].startswith(start))


def test_an_order_tells_when_its_lines_run_out_and_what_is_lost(business, setting):
    """16 to 27 November are 11 days, to 2 December 16, to 10 December 24; 41,300 / 4 lines × 0.2, 1, 2.5."""
    figure = prospect(one(business, "PO-S01"), setting)
    bar = figure["bars"][0]

    assert setting.day == date(2026, 11, 16)
    assert bar["days"] == [11, 16, 24]
    assert bar["arrives"] == 21
    assert bar["money"] == "2\u202f065 · 10\u202f325 · 25\u202f812"
    assert bar["units"] == "8 · 40 · 100"
    assert "27 Nov; 2 Dec; 10 Dec" in bar["says"]
    assert figure["ticks"][:2] == [[0, "16 Nov"], [7, "23 Nov"]]


def test_what_does_not_run_out_within_the_horizon_has_no_day(business, setting):
    proposal = one(business, "PO-S01")
    lines = [line | {"out_on_q0900": None} for line in proposal["lines"]]
    bar = prospect(proposal | {"lines": lines}, setting)["bars"][0]

    assert bar["days"] == [11, 16, None]
    assert bar["says"].endswith("not within the horizon.")


def test_only_the_bars_with_most_to_lose_are_drawn(business, setting):
    proposal = one(business, "PO-S01")
    lines = [line | {"lost_q0500": float(n)} for n, line in enumerate(proposal["lines"] * 3)]
    figure = prospect(proposal | {"lines": lines}, setting)

    assert len(figure["bars"]) == SHOWN
    assert figure["more"] == 12 - SHOWN
    assert figure["bars"][0]["weight"] > figure["bars"][-1]["weight"]


def test_a_transfer_tells_when_its_destination_runs_out(business, setting):
    """The chance of having run out passes 10, 50 and 90 % on the second, third and fourth day.

    Units and money are the line's own: 240 units and 3,100 at P90, half of it at P50, a quarter at P10.
    """
    projection = pd.DataFrame(
        {
            "sku": "SKU-005",
            "warehouse": "RNO",
            "hours": [24, 48, 72, 96],
            "date": pd.date_range("2026-11-17", periods=4),
            "stockout_probability": [0.0, 0.2, 0.5, 0.95],
            "lost_units": [0.0, 2.0, 10.0, 40.0],
        }
    )
    tables = type("Tables", (), {"projection": projection, "products": setting.tables.products})()
    told = type(setting)(setting.policy, tables, "planner", setting.as_of, setting.outcomes)
    (bar,) = prospect(one(business, "TR-MDT-RNO"), told)["bars"]

    assert bar["days"] == [2, 3, 4]
    assert bar["units"] == "60 · 120 · 240"
    assert bar["money"] == "775 · 1\u202f550 · 3\u202f100"


def test_a_move_that_hardly_anybody_would_miss_has_no_figure(business, setting):
    proposal = one(business, "TR-MDT-RNO")
    lines = [line | {"missed_q0900": 0.4} for line in proposal["lines"]]
    assert prospect(proposal | {"lines": lines}, setting) is None


def test_a_forecast_has_no_figure(business, setting):
    assert prospect(one(business, "NS-"), setting) is None
