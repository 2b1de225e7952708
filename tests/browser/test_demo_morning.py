"""The planner's morning on the demo's real plan, in a browser, and the plan made anew from the page."""

import json

import pytest

from tests.browser.approving import GOOD, ROW, WRONG, press, seen
from workbench.release import export, release
from workbench.runs.business import now
from workbench.views.numerals import sentence

pytestmark = pytest.mark.browser
RUN = "20261116-1"
UNDONE, REJECTED = "SH-outage-MERIDIAN", "NS-BEA-029"
LIMIT = "Robin (planner) may decide on proposals of replenishment up to 60\u202f000.00 USD"
REPLAN = 900_000  # milliseconds; a loaded machine plans the demo slowly


@pytest.fixture(scope="module")
def plans(planned_demo):
    """The folder that holds the demo, planned."""
    return planned_demo.folder.parent


@pytest.mark.timeout(1200)
def test_a_morning_on_the_demo(serve, visit, tmp_path):
    server = serve("demo")
    queue = server.business.desk.waiting()
    opened = visit(server)
    page = opened.open("approvals", ROW)
    page.locator(".wb-item h3").wait_for()
    assert page.locator(f"{ROW} >> nth=0").get_attribute("data-id") == queue["proposal_id"].iloc[0]
    assert seen(page, ".wb-item h3") == sentence(queue["title"].iloc[0]).replace("\u202f", " ")
    opened.picture("demo_approvals")

    orders = queue[queue["kind"] == "purchase_order"].sort_values("value")["subject"].tolist()
    smallest, largest = orders[0], orders[-1]
    refused_above_the_limit(server, page, largest)
    lines = changed_and_approved(server, page, smallest)
    rejected_with_a_reason(server, page)
    many_approved_together(server, page, queue)
    approved_and_undone(server, page)
    approve(server, page, orders[1])
    opened.assert_clean()
    gone, stays = [smallest, orders[1]], [largest, REJECTED, UNDONE]
    the_ledger_and_the_exported_plan_agree(server, tmp_path, gone, stays, lines)
    planned_again_from_the_page(server, page)


def row(server, subject):
    """A proposal as it stands in the ledger."""
    return server.business.desk.queue().set_index("subject").loc[subject]


def show(page, server, subject):
    """Open an item of the queue, found by its title."""
    proposal = row(server, subject)
    page.locator(f"tr[data-id='{proposal['proposal_id']}']").click()
    page.wait_for_function(
        "title => document.querySelector('.wb-item h3')?.textContent === title",
        arg=sentence(proposal["title"]),
    )


def refused_above_the_limit(server, page, subject):
    show(page, server, subject)
    refusal = page.inner_text(".wb-refused")
    assert LIMIT in refusal
    assert "Alex (buyer lead) may" in refusal
    assert page.locator("[data-ask=approve], [data-ask=reject]").count() == 0


def changed_and_approved(server, page, subject):
    """One pack more of the first line than proposed; the quantities that its lines have then."""
    show(page, server, subject)
    field = page.locator(".wb-lines input >> nth=0")
    quantity = int(field.input_value()) + int(field.get_attribute("step"))
    field.fill(str(quantity))
    page.locator("[data-part=live] .wb-live").wait_for()
    assert page.locator(".wb-line-fault:not(:empty)").count() == 0
    press(page, "approve")
    page.locator("[data-ask=undo]").wait_for()
    assert "Approved" in seen(page, GOOD)
    assert row(server, subject)["decision"] == "changed"
    lines = [line["quantity"] for line in row(server, subject)["decided_lines"]]
    assert lines[0] == quantity
    assert row(server, subject)["approved_quantity"] == sum(lines)
    return lines


def rejected_with_a_reason(server, page):
    show(page, server, REJECTED)
    press(page, "reject")
    page.locator(WRONG).wait_for()
    assert row(server, REJECTED)["decision"] == "escalated"
    page.locator("textarea").fill("it is taken off the list in spring")
    press(page, "reject")
    page.locator("[data-ask=undo]").wait_for()
    assert row(server, REJECTED)["decision"] == "rejected"
    assert row(server, REJECTED)["decision_reason"] == "it is taken off the list in spring"


def many_approved_together(server, page, queue):
    moves = queue[queue["kind"] == "transfer"]["proposal_id"].tolist()
    assert len(moves) > 1
    page.locator("input[type=search]").fill("TR-")
    press(page, "together")
    page.locator("textarea").fill("all small")
    press(page, "approve_all")
    page.locator(f"{GOOD}:has-text('{len(moves)} items approved')").wait_for()
    page.locator("input[type=search]").fill("")
    standing = server.business.desk.queue().set_index("proposal_id").loc[moves]
    assert set(standing["decision"]) == {"approved"}
    assert set(standing["decision_reason"]) == {"all small"}
    press(page, "undo_together")
    page.locator(f"{GOOD}:has-text('{len(moves)} items undone together')").wait_for()
    undone = server.business.desk.queue().set_index("proposal_id").loc[moves]
    assert set(undone["decision"]) == {"undone"}


def approved_and_undone(server, page):
    approve(server, page, UNDONE)
    press(page, "undo")
    page.locator("[data-ask=approve]").wait_for()
    assert row(server, UNDONE)["decision"] == "undone"


def approve(server, page, subject):
    show(page, server, subject)
    press(page, "approve")
    page.locator("[data-ask=undo]").wait_for()
    assert row(server, subject)["decision"] == "approved"


def the_ledger_and_the_exported_plan_agree(server, folder, gone, stays, lines):
    """What was approved leaves, in the quantities that were approved, and nothing that was not."""
    business = server.business
    release(business.ledger, business.policy, now())
    queue = business.desk.queue().set_index("subject")
    assert queue.loc[gone, "released"].all()
    assert not queue.loc[stays, "released"].any()
    releases = business.ledger.releases(now().replace(year=2020)).set_index("proposal_id")
    assert [line["quantity"] for line in releases.loc[f"{gone[0]}-{RUN}", "content"]] == lines

    export(business.ledger, RUN, folder)
    plan = json.loads((folder / "plan.json").read_text())
    exported = {row["proposal_id"]: row["decision"] for row in plan["proposals"]}
    assert exported == dict(queue[["proposal_id", "decision"]].to_numpy().tolist())


def planned_again_from_the_page(server, page):
    """The policy moves on: what rests on the old one is planned again, and decided on the new plan."""
    policy = server.folder / "policy.toml"
    policy.write_text(policy.read_text().replace("outage_share_limit = 0.3", "outage_share_limit = 0.25"))
    show(page, server, UNDONE)
    press(page, "approve")
    page.locator(".wb-moved [data-ask=again]").click()
    page.locator(".wb-moved:has-text('Planning again')").wait_for()
    page.locator(".wb-moved").wait_for(state="hidden", timeout=REPLAN)

    page.locator(f"{GOOD}:has-text('Planned again')").wait_for()
    assert server.business.live()["run_id"] == "20261116-2"
    assert page.locator("h4:text('Planned again: what changed')").count() == 1
    approve(server, page, UNDONE)
    assert row(server, UNDONE)["proposal_id"] == f"{UNDONE}-20261116-2"
