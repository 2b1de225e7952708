import pytest

from tests.browser.approving import GOOD, ROW, WRONG, change, decided, pick, press, said, seen
from tests.views.small_tables import TODAY
from workbench.runs.business import now

pytestmark = pytest.mark.browser
# a page that does not ask every 2.5 s what has become of it
NO_BEATS = "const every = setInterval; setInterval = (act, after) => after === 2500 ? 0 : every(act, after);"


@pytest.fixture
def server(serve):
    """The small plan, undecided."""
    return serve()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_queue_shows_the_largest_money_at_risk_first(server, visit, scheme):
    opened = visit(server)
    page = opened.open("approvals", ROW)
    page.locator(".wb-item h3").wait_for()
    opened.pictures("approvals", scheme)

    assert page.locator(f"{ROW} >> nth=0").get_attribute("data-id") == "PO-S01-20261116-1"
    assert page.locator(ROW).count() == 4
    assert "purchase order limit" in page.inner_text(".wb-why")
    assert page.locator(".wb-prospect-plot").count() == 4
    opened.assert_clean()


def test_units_and_money_are_switched_everywhere(server, visit):
    page = visit(server).open("approvals", ROW)
    page.locator(".wb-prospect").wait_for()
    assert "41 300" in seen(page, ROW)
    assert "lost, USD" in page.inner_text(".wb-prospect")
    page.locator("[data-switch=units]").click()

    assert "4 800" in seen(page, ROW)
    assert "missed, units" in page.inner_text(".wb-prospect")


def test_the_queue_is_grouped_and_filtered(server, visit):
    page = visit(server).open("approvals", ROW)
    page.locator("[data-filter=group]").select_option("rule")
    assert page.locator(".wb-group").count() == 4
    page.locator("[data-filter=rule]").select_option("Never seen")
    assert page.locator(ROW).count() == 1
    page.locator("[data-filter=rule]").select_option("")
    page.locator("[data-filter=expires]").select_option("4")

    assert page.inner_text(".wb-queue") == "Nothing fits the filter."


def test_what_is_snoozed_comes_back_among_the_waiting(server, visit):
    page = visit(server).open("approvals", ROW)
    pick(page, "TR-MDT-RNO")
    press(page, "snooze")
    page.locator("tr[data-id^=TR-MDT-RNO]").wait_for(state="detached")
    page.locator("[data-filter=show]").select_option("snoozed")

    assert page.locator(ROW).count() == 1
    assert decided(server, "TR-MDT-RNO")["decision"] == "escalated"


def test_where_the_state_moved_nothing_is_recorded_and_the_page_says_what(server, visit):
    page = visit(server).open("approvals", ROW)
    pick(page, "TR-MDT-RNO")
    ledger = server.business.ledger
    ledger.start_run("20261116-2", TODAY, "newer inputs", {}, server.business.policy.digest(), now())
    press(page, "approve")
    page.locator(".wb-moved:not([hidden])").wait_for()

    assert "20261116-2 has begun from newer inputs" in page.inner_text(".wb-moved")
    assert "plan" in page.inner_text(".wb-moved").lower()
    assert decided(server, "TR-MDT-RNO")["decision"] == "escalated"


def test_a_quantity_that_fits_no_pack_is_refused_and_stays_typed(server, visit):
    page = visit(server).open("approvals", ROW)
    pick(page, "PO-S01")
    change(page, "601")
    press(page, "approve")

    assert "packs of 12" in page.locator(WRONG).inner_text()
    assert page.locator(".wb-lines input >> nth=0").input_value() == "601"
    assert decided(server, "PO-S01")["decision"] == "escalated"


def test_what_another_decides_is_seen_while_one_types(server, visit):
    page = visit(server).open("approvals", ROW)
    pick(page, "TR-MDT-RNO")
    page.locator("textarea").press_sequentially("half of")
    server.business.desk.reject("PO-S01-20261116-1", "no room for it")
    page.locator("tr[data-id^='PO-S01']").wait_for(state="detached")
    page.keyboard.type(" it will do")

    assert page.locator("textarea").input_value() == "half of it will do"


def test_who_comes_second_is_told_who_was_first(server, visit):
    opened = visit(server)
    opened.page.add_init_script(NO_BEATS)
    page = opened.open("approvals", ROW)
    pick(page, "PO-S01")
    server.business.desk.reject("PO-S01-20261116-1", "no room for it")
    press(page, "approve")

    assert "rejected by planner" in page.locator(WRONG).inner_text()
    assert page.locator("[data-ask=undo]").count() == 1


def test_hundreds_of_items_filtered_and_the_right_one_decided(serve, visit):
    server = serve("crowded")
    page = visit(server).open("approvals", ROW)
    page.locator("[data-filter=agent]").select_option("Allocation")
    assert page.locator(".wb-queue table").get_attribute("aria-rowcount") == "402"
    page.locator(".wb-queue").evaluate("list => { list.scrollTop = list.scrollHeight; }")
    page.locator("tr[data-id^=TR-MDT-W0000]").wait_for()
    page.locator("input[type=search]").fill("W0017")
    pick(page, "TR-MDT-W0017")
    press(page, "approve")
    said(page, GOOD)

    approved = server.business.desk.queue().query("decision == 'approved'")["proposal_id"].tolist()
    assert approved == ["TR-MDT-W0017-20261116-1"]


def test_a_kernel_that_does_not_answer_is_said(server, visit):
    page = visit(server).open("approvals", ROW)
    pick(page, "PO-S01")
    page.clock.install()
    page.evaluate("WebSocket.prototype.send = () => {}")
    press(page, "approve")
    page.clock.fast_forward(20_000)

    assert "Reload the page" in page.locator(WRONG).inner_text()


def test_a_hostile_name_is_text_in_the_panel_too(server, visit):
    opened = visit(server)
    page = opened.open("approvals", ROW)
    pick(page, "NS-SKU-007")

    assert "<script>" in seen(page, ".wb-item")
    assert page.locator(".wb-panel script, .wb-panel img").count() == 0
    opened.assert_clean()


def test_with_nothing_waiting_it_says_so(server, visit):
    desk = server.business.desk
    for proposal_id in desk.waiting()["proposal_id"]:
        desk.approve(proposal_id)
    opened = visit(server)
    page = opened.open("approvals", ".wb-queue .wb-card")
    opened.picture("approvals_nothing_waits")

    assert "Nothing waits for a person." in page.inner_text(".wb-queue")
