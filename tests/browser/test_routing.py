"""The routing notebook in a browser: another plan of the day opened by keyboard, used, and planned with."""

import shutil

import pytest

from tests.browser.conftest import Server
from tests.conftest import PROJECT
from workbench.authority.routing_weights import last_pick
from workbench.runs.replay import replay

pytestmark = pytest.mark.browser
PAGE, ROW = "4_routing", ".wb-frontier tr[data-plan]"
GOOD, WRONG = ".wb-frontier .wb-answer.wb-good", ".wb-frontier .wb-answer.wb-wrong"
WHY = "the strike lasts, and cheap will do"
REPLAN = 900_000  # milliseconds; a loaded machine plans the demo slowly


@pytest.fixture
def server(planned_demo, tmp_path):
    """The planned demo, undecided, and the notebooks of the plan's steps."""
    folder = shutil.copytree(planned_demo.folder, tmp_path / "demo")
    server = Server(folder, PROJECT / "notebooks")
    yield server
    server.stop()


@pytest.mark.timeout(1500)
def test_another_plan_of_the_day_is_picked_by_keyboard_and_becomes_todays(server, visit):
    opened = visit(server)
    page = opened.open(PAGE, ROW)
    page.locator('.wb-frontier h3:text("is today\'s")').wait_for()
    assert page.locator("[data-ask=use]").count() == 0
    opened_by_keyboard(page)
    opened.picture("routing_frontier")

    page.locator("[data-ask=use]").click()
    page.locator(WRONG).wait_for()  # no reason yet
    day = server.business.live()["date"]
    assert last_pick(server.business.ledger, day) is None
    page.locator(".wb-frontier textarea").fill(WHY)
    page.locator("[data-ask=use]").click()
    page.locator(".wb-planning").wait_for()
    page.locator(GOOD, has_text="is live and routes so").wait_for(timeout=REPLAN)  # not that the pick is kept
    opened.picture("routing_frontier_used")

    recorded_and_replayed_alike(server.business, day)
    opened.assert_clean()


def opened_by_keyboard(page):
    today = page.locator(f"{ROW}[aria-selected=true]")
    today.scroll_into_view_if_needed()
    today.focus()
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    page.locator(".wb-frontier h3:text('Plan 1 against')").wait_for()
    assert page.locator(".wb-frontier .wb-item tbody tr").count() > 0


def recorded_and_replayed_alike(business, day):
    run_id = business.live()["run_id"]
    assert run_id == "20261116-2"
    picked = last_pick(business.ledger, day)
    assert (picked["by"], picked["reason"]) == (business.person, WHY)
    assert business.ledger.run(run_id)["parameters"] == picked["weights"]
    replayed = replay(business, run_id, "routing")
    assert replayed.same
    assert (replayed.different, replayed.other) == ({}, ())
