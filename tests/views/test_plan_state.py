from datetime import UTC, datetime

import pandas as pd
import pytest

from workbench.authority.identity import Identity
from workbench.ledger.runs import GATE_STOPPED
from workbench.policy import BusinessPolicy
from workbench.tables import TABLES
from workbench.views.plan_state import plan_html, step_html

CHICAGO = BusinessPolicy(name="Lamps & <more>", time_zone="America/Chicago")
LIVE = {
    "run_id": "20261116-1",
    "date": pd.Timestamp("2026-11-16"),
    "published_at": pd.Timestamp("2026-11-16T10:00Z"),
}
NO_EVENTS = TABLES["events"].empty()


def at(hour, day=16):
    return datetime(2026, 11, day, hour, 0, tzinfo=UTC)


def stopped(hour):
    row = {
        "event_id": 1,
        "run_id": None,
        "kind": GATE_STOPPED,
        "subject": "2026-11-17",
        "detail": {"stops": ["sales.parquet is <missing>."]},
        "happened_at": pd.Timestamp(at(hour)),
    }
    return pd.DataFrame([row])


def test_the_plan_of_today_is_live_with_its_local_time_and_age():
    html = plan_html(LIVE, NO_EVENTS, CHICAGO, at(13))

    assert "Plan of Mon 16 Nov 2026, published 04:00, 3\xa0h old" in html
    assert ">live<" in html


def test_an_older_plan_says_that_it_is_not_of_today():
    assert "live, not of today" in plan_html(LIVE, NO_EVENTS, CHICAGO, at(13, 18))


def test_today_is_the_business_day_not_the_utc_day():
    assert ">live<" in plan_html(LIVE, NO_EVENTS, CHICAGO, at(4, 17))


def test_a_stop_of_the_gate_since_is_told_with_its_reasons():
    html = plan_html(LIVE, stopped(12), CHICAGO, at(13))

    assert "The gate stopped the plan of 2026-11-17." in html
    assert "sales.parquet is &lt;missing&gt;." in html
    assert "The plan of Mon 16 Nov 2026 stands" in html


def test_a_stop_before_the_plan_was_published_is_past():
    assert "gate stopped" not in plan_html(LIVE, stopped(9), CHICAGO, at(13))


def test_before_the_first_plan_the_page_says_what_to_do():
    html = plan_html(None, NO_EVENTS, CHICAGO, at(13))

    assert "No plan has been published yet" in html
    assert "workbench plan" in html


def test_a_stop_before_the_first_plan_is_told_too():
    assert "No plan is live." in plan_html(None, stopped(12), CHICAGO, at(13))


@pytest.mark.parametrize(("exploring", "says"), [(True, "exploring"), (False, "part of the plan")])
def test_a_notebook_says_whether_it_counts(exploring, says):
    html = step_html(LIVE["date"].date(), CHICAGO, exploring=exploring)

    assert says in html
    assert "Lamps &amp; &lt;more&gt;" in html


def test_who_is_there_is_named_or_why_nobody_is():
    named = plan_html(LIVE, NO_EVENTS, CHICAGO, at(13), Identity("<b>Robin</b>"))
    assert "Signed in: &lt;b&gt;Robin&lt;/b&gt;" in named
    assert "You may look." in plan_html(LIVE, NO_EVENTS, CHICAGO, at(13), Identity("", "You may look."))
