"""Pages full of hostile texts in a real browser: nothing of them runs, opens or leaves."""

import pytest

from tests.hostile import IN_TABLES
from tests.views import hostile_plan

pytestmark = pytest.mark.browser
RUNS = (
    "() => window.wasOwned || document.title.includes('owned') || !!document.querySelector('.wb-page dialog')"
)
WATCH = "window.wasOwned = false; window.owned = () => { window.wasOwned = true; };"


@pytest.mark.parametrize("offset", [0, len(IN_TABLES) // 2])
def test_nothing_of_hostile_texts_runs_opens_or_leaves(serve, visit, plans, offset):
    hostile_plan.publish(plans / f"hostile {offset}", offset)
    opened = visit(serve(f"hostile {offset}"))
    page, dialogs = opened.page, []
    page.add_init_script(WATCH)
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    opened.open("approvals", "tr[data-id]")
    for row in range(page.locator("tr[data-id]").count()):
        page.locator("tr[data-id]").nth(row).click()
        page.locator(".wb-item h3").wait_for()
    assert not page.evaluate(RUNS)
    opened.open("overview", ".wb-tile")
    page.locator(".js-plotly-plot").first.wait_for()
    page.mouse.move(400, 500)
    assert not page.evaluate(RUNS)
    assert not dialogs
    assert opened.hosts <= {"127.0.0.1", None}
    assert not [fault for fault in opened.faults if "owned" in fault]
