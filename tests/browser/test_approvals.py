import pytest

from workbench.release import release
from workbench.runs.business import now

pytestmark = pytest.mark.browser
ROW = "tr[data-id]"
GOOD, WRONG = ".wb-answer.wb-good", ".wb-answer.wb-wrong"


@pytest.fixture
def server(serve):
    """The small plan, undecided."""
    return serve()


def decision(server, start):
    queue = server.business.desk.queue()
    return queue[queue["proposal_id"].str.startswith(start)].iloc[0]


def press(page, ask):
    page.locator(f"[data-ask={ask}]").click()


def pick(page, start):
    page.locator(f"tr[data-id^='{start}']").click()
    page.locator(f".wb-item :text('· {start}')").wait_for()


@pytest.mark.parametrize("width", [1280, 1920])
def test_the_queue_shows_the_largest_money_at_risk_first(server, visit, width):
    opened = visit(server, width)
    page = opened.open("approvals", ROW)
    page.locator(".wb-item h3").wait_for()
    opened.picture(f"approvals_{width}")

    assert page.locator(f"{ROW} >> nth=0").get_attribute("data-id") == "PO-S01-20261116-1"
    assert page.locator(ROW).count() == 4
    assert "purchase_order_limit" in page.inner_text(".wb-why")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    opened.assert_clean()


def test_a_morning_at_the_desk(server, visit):
    """Approve with another quantity, reject in own words, undo: ledger and release agree with every click."""
    opened = visit(server)
    page = opened.open("approvals", ROW)
    change_and_approve(page)
    opened.picture("approvals_decided")
    changed = decision(server, "PO-S01")
    assert changed["decision"] == "changed"
    assert changed["decided_lines"][0]["quantity"] == 600
    assert changed["decision_reason"] == "half at Reno is enough"

    reject(server, page)
    rejected = decision(server, "TR-MDT-RNO")
    assert rejected["decision"] == "rejected"
    assert rejected["decision_reason"] == "Harrisburg <b>needs</b> it next week"

    approve_and_undo(page)
    assert decision(server, "SH-ALL-MERIDIAN-express")["decision"] == "undone"

    opened.assert_clean()
    release_and_check(server)


def change_and_approve(page):
    pick(page, "PO-S01")
    page.locator(".wb-lines input >> nth=0").fill("600")
    assert page.inner_text("[data-ask=approve]") == "Approve with changes"
    page.locator("textarea").fill("half at Reno is enough")
    press(page, "approve")
    page.locator(GOOD).wait_for()


def reject(server, page):
    pick(page, "TR-MDT-RNO")
    press(page, "reject")
    page.locator(WRONG).wait_for()  # no reason yet: nothing left the page
    assert decision(server, "TR-MDT-RNO")["decision"] == "escalated"
    page.locator("textarea").press_sequentially("Harrisburg <b>needs</b> it next week")
    press(page, "reject")
    page.locator(GOOD).wait_for()


def approve_and_undo(page):
    pick(page, "SH-ALL-MERIDIAN")
    press(page, "approve")
    page.locator(GOOD).wait_for()
    press(page, "undo")
    page.locator("[data-ask=approve]").wait_for()


def release_and_check(server):
    business = server.business
    release(business.ledger, business.policy, now())
    gone = business.desk.queue().set_index("proposal_id")["released"]
    assert gone["PO-S01-20261116-1"]
    assert not gone["TR-MDT-RNO-20261116-1"]
    assert not gone["SH-ALL-MERIDIAN-express-20261116-1"]
    releases = business.ledger.releases(now().replace(year=2020))
    ours = releases[releases["proposal_id"] == "PO-S01-20261116-1"]
    assert [line["quantity"] for line in ours["content"]] == [600, 1_200, 1_200, 1_200]


def test_a_quantity_that_fits_no_pack_is_refused_and_stays_typed(server, visit):
    page = visit(server).open("approvals", ROW)
    pick(page, "PO-S01")
    page.locator(".wb-lines input >> nth=0").fill("601")
    press(page, "approve")

    assert "packs of 12" in page.locator(WRONG).inner_text()
    assert page.locator(".wb-lines input >> nth=0").input_value() == "601"
    assert decision(server, "PO-S01")["decision"] == "escalated"


def test_who_comes_second_is_told_who_was_first(server, visit):
    page = visit(server).open("approvals", ROW)
    pick(page, "PO-S01")
    server.business.desk.reject("PO-S01-20261116-1", "no room for it")
    press(page, "approve")

    assert "rejected by planner" in page.locator(WRONG).inner_text()
    assert page.locator("[data-ask=undo]").count() == 1


def test_the_keyboard_is_enough(server, visit):
    page = visit(server).open("approvals", ROW)
    page.locator(".wb-item h3").wait_for()
    page.locator(f"{ROW} >> nth=0").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.locator(".wb-item :text('· NS-SKU-007-tiktok ·')").wait_for()
    page.locator("textarea").focus()
    page.keyboard.type("seen it, it is real")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.locator(GOOD).wait_for()

    assert decision(server, "NS-SKU-007")["decision"] == "approved"
    assert page.evaluate("document.activeElement.dataset.ask") == "next"


def test_hundreds_of_items_filtered_and_the_right_one_decided(serve, visit):
    server = serve("crowded")
    page = visit(server).open("approvals", ROW)
    page.locator("select >> nth=1").select_option("Allocation")
    assert page.locator(ROW).count() == 401
    pick(page, "TR-MDT-W0017")
    press(page, "approve")
    page.locator(GOOD).wait_for()

    decided = server.business.desk.queue().query("decision == 'approved'")["proposal_id"].tolist()
    assert decided == ["TR-MDT-W0017-20261116-1"]


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

    assert "<script>" in page.inner_text(".wb-item")
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
