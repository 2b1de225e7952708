"""The planner's morning in a browser: the ledger and what leaves the building agree with every click."""

import json
import time

import pytest

from tests.browser.approving import GOOD, ROW, WRONG, change, decided, pick, press, said, seen
from tests.browser.conftest import SECONDS, TOKEN
from workbench.release import export, release
from workbench.runs.business import now

pytestmark = pytest.mark.browser


def test_a_morning_at_the_desk(serve, visit, tmp_path):
    server = serve("two")
    opened = visit(server)
    page = opened.open("approvals", ROW)
    page.locator(".wb-item h3").wait_for()
    assert page.locator(f"{ROW} >> nth=0").get_attribute("data-id") == "PO-S01-20261116-1"

    change_and_wait_for_another(server, page)
    reject(server, page)
    approve_less(server, page)
    approve_and_undo(server, page)
    nothing_is_left_to_settle(page)
    opened.pictures("approvals_decided")
    opened.assert_clean()
    leave_the_building(server, tmp_path)


def change_and_wait_for_another(server, page):
    """A change worth more than the four-eyes amount is kept, and waits for somebody else."""
    change(page, "601")
    page.locator(".wb-line-fault:text('packs of 12')").wait_for()
    change(page, "600")
    page.locator("[data-part=live] :text('67 584 USD → 59 136 USD')").wait_for()
    page.locator("[data-part=live] :text('four eyes')").wait_for()
    assert page.inner_text("[data-ask=approve]") == "Approve with changes"
    page.locator("textarea").fill("half at Reno is enough")
    page.locator("[data-part=code]").select_option("quantity")
    press(page, "approve")
    assert "another person" in said(page, GOOD)

    amended = decided(server, "PO-S01")
    assert amended["decision"] == "amended"
    assert amended["decided_lines"][0]["quantity"] == 600
    assert (amended["decision_reason"], amended["reason_code"]) == ("half at Reno is enough", "quantity")
    assert page.locator("[data-ask=approve]").count() == 0
    assert "Ana may" in page.inner_text(".wb-refused")


def reject(server, page):
    pick(page, "NS-SKU-007")
    press(page, "reject")
    page.locator(WRONG).wait_for()  # no reason yet: nothing left the page
    assert decided(server, "NS-SKU-007")["decision"] == "escalated"
    page.locator("textarea").press_sequentially("a <b>fad</b>, it will not last")
    press(page, "reject")
    said(page, GOOD)
    assert decided(server, "NS-SKU-007")["decision"] == "rejected"
    assert decided(server, "NS-SKU-007")["decision_reason"] == "a <b>fad</b>, it will not last"


def approve_less(server, page):
    pick(page, "TR-MDT-RNO")
    change(page, "120")
    press(page, "approve")
    said(page, GOOD)
    assert decided(server, "TR-MDT-RNO")["approved_quantity"] == 120


def approve_and_undo(server, page):
    pick(page, "SH-ALL-MERIDIAN")
    press(page, "approve")
    page.locator("[data-ask=undo]").wait_for()
    press(page, "undo")
    page.locator("[data-ask=approve]").wait_for()
    assert decided(server, "SH-ALL-MERIDIAN")["decision"] == "undone"


def nothing_is_left_to_settle(page):
    """What was undone waits again, beside the order that another must see."""
    page.locator("[data-filter=show]").select_option("decided")
    assert page.locator(ROW).count() == 2
    page.locator("[data-filter=show]").select_option("waiting")
    assert page.locator(ROW).count() == 2
    assert page.locator("[data-ask=together]").is_hidden()


def leave_the_building(server, folder):
    """Of all that only the smaller transfer was approved, and it is what the exported plan says."""
    business = server.business
    release(business.ledger, business.policy, now())
    gone = business.desk.queue().set_index("proposal_id")["released"]
    assert gone["TR-MDT-RNO-20261116-1"]
    assert not gone["PO-S01-20261116-1"]
    assert not gone["NS-SKU-007-tiktok-20261116-1"]
    assert not gone["SH-ALL-MERIDIAN-express-20261116-1"]
    releases = business.ledger.releases(now().replace(year=2020))
    ours = releases[releases["proposal_id"] == "TR-MDT-RNO-20261116-1"]
    assert [line["quantity"] for line in ours["content"]] == [120]
    export(business.ledger, "20261116-1", folder)
    plan = json.loads((folder / "plan.json").read_text())
    stands = {row["proposal_id"]: row["decision"] for row in plan["proposals"]}
    assert stands["TR-MDT-RNO-20261116-1"] == "changed"
    assert stands["PO-S01-20261116-1"] == "amended"
    assert stands["NS-SKU-007-tiktok-20261116-1"] == "rejected"


def test_above_the_limit_nothing_is_offered_and_nothing_is_taken(serve, visit):
    server = serve("limited")
    opened = visit(server)
    page = opened.open("approvals", ROW)
    page.locator(".wb-refused").wait_for()
    opened.picture("approvals_above_limit")

    assert "planner may decide on proposals of replenishment up to 50\u202f000.00 USD" in page.inner_text(
        ".wb-refused"
    )
    assert "Ana may" in page.inner_text(".wb-refused")
    assert page.locator("[data-ask=approve], [data-ask=reject]").count() == 0
    page.locator("[data-ask=together]").click()
    assert "Left out: 1 item" in seen(page, ".wb-item")
    assert decided(server, "PO-S01")["decision"] == "escalated"
    opened.assert_clean()


def test_many_are_settled_together_after_a_look_at_what_they_are(serve, visit):
    server = serve("crowded")
    opened = visit(server)
    page = opened.open("approvals", ROW)
    assert page.locator(ROW).count() < 40  # of 404: only those in sight are drawn
    page.locator("input[type=search]").fill("W001")
    assert page.locator(ROW).count() == 10
    press(page, "together")
    opened.picture("approvals_together")
    card = seen(page, ".wb-item")
    assert "Find: W001" in card
    assert "900 USD" in card  # ten transfers of 90
    assert page.locator(".wb-item tbody tr").count() == 5
    assert (server.business.desk.queue()["decision"] == "approved").sum() == 0

    page.locator("textarea").fill("all small")
    press(page, "approve_all")
    assert "10 items approved" in said(page, GOOD)
    page.locator("input[type=search]").fill("")
    page.locator("[data-filter=show]").select_option("decided")
    assert page.locator(ROW).count() == 10
    approved = server.business.desk.queue().query("decision == 'approved'")
    assert sorted(approved["proposal_id"]) == [f"TR-MDT-W{n:04d}-20261116-1" for n in range(10, 20)]
    assert set(approved["decision_reason"]) == {"all small"}

    opened.assert_clean()


def test_what_was_settled_together_is_undone_together_on_another_page_too(serve, visit):
    server = serve("crowded")
    chosen = [f"TR-MDT-W{n:04d}-20261116-1" for n in range(10, 20)]
    server.business.desk.approve_all(chosen, "all small")
    opened = visit(server)
    page = opened.open("approvals", ROW)
    page.locator("[data-filter=show]").select_option("decided")
    page.locator(f"tr[data-id='{chosen[3]}']").click()
    page.locator("[data-ask=undo_together]").wait_for()
    assert "Undo all 10" in page.inner_text("[data-ask=undo_together]")
    press(page, "undo_together")
    page.locator(f"{GOOD}:has-text('10 items undone together')").wait_for()
    queue = server.business.desk.queue().set_index("proposal_id")
    assert set(queue.loc[chosen, "decision"]) == {"undone"}
    opened.assert_clean()


def test_the_keyboard_is_enough(serve, visit):
    """From the first row to the last word without a mouse: open, approve, undo, reject, snooze, find."""
    server = serve("small")
    page = visit(server).open("approvals", ROW)
    page.locator(f"{ROW}:focus").wait_for()  # the queue takes the keys by itself
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.locator(".wb-item :text('· NS-SKU-007-tiktok ·')").wait_for()
    page.keyboard.press("a")
    page.locator("[data-ask=undo]").wait_for()
    assert decided(server, "NS-SKU-007")["decision"] == "approved"
    page.keyboard.press("u")
    page.locator("[data-ask=approve]").wait_for()
    assert decided(server, "NS-SKU-007")["decision"] == "undone"

    page.keyboard.press("r")
    page.locator("textarea:focus").wait_for()
    page.keyboard.type("a fad, and no more")
    page.keyboard.press("Control+Enter")
    page.locator("[data-ask=undo]").wait_for()
    assert decided(server, "NS-SKU-007")["decision"] == "rejected"

    keys_put_off_and_find(server, page)


def keys_put_off_and_find(server, page):
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    page.locator(".wb-item :text('· TR-MDT-RNO ·')").wait_for()
    page.keyboard.press("s")
    said(page, GOOD)
    assert server.business.desk.queue().set_index("subject").loc["TR-MDT-RNO", "snoozed_until"] is not None
    assert "TR-MDT-RNO-20261116-1" not in set(server.business.desk.waiting()["proposal_id"])
    assert page.locator("tr[data-id^=TR-MDT-RNO]").count() == 0

    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.locator("input[type=search]:focus").wait_for()
    page.keyboard.type("S01")
    assert page.locator(ROW).count() == 1


def test_a_page_that_is_left_half_made_takes_its_kernel_along(serve, visit):
    server = serve("crowded")
    others = server.kernels()
    page = visit(server).page
    page.goto(f"{server.url('approvals')}?token={TOKEN}", wait_until="commit")
    page.locator("#jupyter-config-data").wait_for(state="attached")
    assert page.evaluate("document.readyState") != "complete"
    assert server.kernels() - others
    page.goto("about:blank")
    deadline = time.monotonic() + SECONDS
    while server.kernels() - others and time.monotonic() < deadline:
        time.sleep(0.1)

    assert not server.kernels() - others


def test_a_kernel_that_dies_is_said_and_what_was_typed_is_there_after_a_reload(serve, visit):
    server = serve("small")
    opened = visit(server)
    page = opened.open("approvals", ROW)
    pick(page, "TR-MDT-RNO")
    change(page, "120")
    page.locator("textarea").fill("half of it will do")
    page.locator("[data-part=code]").select_option("no_room")
    for kernel in server.kernels():
        kernel.kill()

    page.locator(".wb-lost:not([hidden])").wait_for(timeout=12_000)
    opened.picture("approvals_connection_lost")
    press(page, "approve")
    assert "nothing was sent" in said(page, WRONG)
    page.locator(".wb-lost button").click()
    page.locator(".wb-item :text('· TR-MDT-RNO ·')").wait_for()

    assert page.locator(".wb-lines input").input_value() == "120"
    assert page.locator("textarea").input_value() == "half of it will do"
    assert page.locator("[data-part=code]").input_value() == "no_room"
    assert decided(server, "TR-MDT-RNO")["decision"] == "escalated"
    press(page, "approve")
    said(page, GOOD)
    assert decided(server, "TR-MDT-RNO")["approved_quantity"] == 120


def test_an_agent_is_stopped_and_let_go_on(serve, visit):
    server = serve("small")
    opened = visit(server)
    page = opened.open("approvals", "[data-ask=stop][data-agent=routing]")
    stop = page.locator("[data-ask=stop][data-agent=routing]")
    stop.scroll_into_view_if_needed()
    stop.click()
    page.locator(f"{WRONG}:text('own words')").wait_for()
    page.get_by_label("Reason", exact=True).last.fill("rates of MERIDIAN look wrong")
    stop.click()
    page.locator("[data-ask=resume][data-agent=routing]").wait_for()
    opened.picture("approvals_agents")
    assert server.business.ledger.authority_changes()["cause"].iloc[-1] == "stopped"
    page.get_by_label("Reason", exact=True).last.fill("put right")
    page.locator("[data-ask=resume][data-agent=routing]").click()
    page.locator("[data-ask=stop][data-agent=routing]").wait_for()
    assert server.business.ledger.authority_changes()["cause"].iloc[-1] == "resumed"
    opened.assert_clean()
