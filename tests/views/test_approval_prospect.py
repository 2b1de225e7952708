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


def test_a_forecast_tells_when_what_is_planned_is_sold_out_and_how_far_apart_it_is(business, setting):
    """30 November is 14 days ahead, 5 December 19; both series together come first, without a day."""
    figure = prospect(one(business, "NS-"), setting)
    whole, bar, _ = figure["bars"]

    assert whole["name"] == "All 2 series together"
    assert whole["units"] == "\u221240 · 120 · 280"
    assert whole["days"] == [None, None, None]
    assert bar["days"] == [14, 19, None]
    assert bar["units"] == "\u221220 · 60 · 140"
    assert bar["money"] == "300 · 900 · 2\u202f100"
    assert figure["units"].startswith("wanted beyond plan")


def test_a_shipment_tells_when_parcels_come_if_they_wait_and_what_is_late_then(business, setting):
    """Promised for the 19th, three days ahead; the latest of 60 is there on the 21st, 7 come late."""
    figure = prospect(one(business, "SH-ALL-MERIDIAN-ground"), setting)
    whole, bar = figure["bars"][:2]

    assert whole["name"] == "All 60 parcels together"
    assert (whole["days"], whole["arrives"]) == ([5, 5, 5], None)
    assert (whole["units"], whole["money"]) == ("7 · 7 · 7", "160 · 160 · 320")
    assert (bar["days"], bar["arrives"]) == ([4, 4, 4], 3)
    assert (bar["units"], bar["money"]) == ("1 · 1 · 1", "6 · 6 · 12")
    assert bar["product"] == "1\u00a0unit · by 19 Nov"
    assert figure["more"] == 60 - SHOWN
    assert figure["last"] == 7


def test_lines_in_one_parcel_are_one_bar(business, setting):
    proposal = one(business, "SH-ALL-MERIDIAN-ground")
    first, second = proposal["lines"][0], proposal["lines"][9]
    together = [first, second | {"order_id": first["order_id"], "line": 2}]
    (bar,) = prospect(proposal | {"lines": together}, setting)["bars"]

    assert (bar["units"], bar["money"]) == ("2 · 2 · 2", "12 · 12 · 24")


def test_a_parcel_that_is_late_already_has_no_promise_to_come(business, setting):
    proposal = one(business, "SH-ALL-MERIDIAN-ground")
    late = proposal["lines"][0] | {"promised_on": "2026-11-14"}
    (bar,) = prospect(proposal | {"lines": [late]}, setting)["bars"]

    assert bar["arrives"] is None
    assert bar["product"].endswith("by 14 Nov")


def test_lines_that_were_recorded_without_it_have_no_figure(business, setting):
    proposal = one(business, "SH-ALL-MERIDIAN-ground")
    lines = [{name: line[name] for name in line if "_q0" not in name} for line in proposal["lines"]]
    assert prospect(proposal | {"lines": lines}, setting) is None
