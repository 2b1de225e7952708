"""The replenishment notebook in a browser: quantities tried and approved, sliders moved, no blank chart."""

import shutil

import pytest

from tests.browser.conftest import Server
from tests.conftest import PROJECT

pytestmark = pytest.mark.browser
PAGE, READY = "3_replenishment", ".wb-orders .wb-lines input"
PO = "PO-S01-20261116-1"
FIGURES_FIT = """[...document.querySelectorAll('.wb-figure')].every(
    place => place.querySelector('.main-svg').getBoundingClientRect().width <= place.clientWidth + 1)"""
GOOD, WRONG = ".wb-orders .wb-answer.wb-good", ".wb-orders .wb-answer.wb-wrong"


@pytest.fixture(scope="module")
def steps(tmp_path_factory):
    """The notebooks of the plan's steps, served for this module alone."""
    folder = tmp_path_factory.mktemp("stepped") / "business"
    folder.mkdir()
    (folder / "policy.toml").touch()
    server = Server(folder, PROJECT / "notebooks")
    yield server
    server.stop()


@pytest.fixture
def server(steps, plans):
    """The small plan, undecided."""
    shutil.rmtree(steps.folder / ".workbench", ignore_errors=True)
    shutil.copytree(plans / "small" / ".workbench", steps.folder / ".workbench")
    shutil.copy(plans / "small" / "policy.toml", steps.folder / "policy.toml")
    return steps


def decision(server):
    return server.business.desk.queue().set_index("proposal_id").loc[PO]


def answered(page):
    page.locator(".wb-whatif-status:text('Answered')").wait_for()
    page.locator(".wb-whatif[aria-busy=false]").wait_for()


@pytest.mark.parametrize("width", [1280, 1920])
def test_quantities_are_tried_live_sliders_answer_and_nothing_is_recorded(server, visit, width):
    opened = visit(server, width)
    page = opened.open(PAGE, READY)
    page.locator(".wb-orders .wb-lines input >> nth=0").fill("12000")
    page.locator(".wb-orders-bar b:text('Above the budget')").wait_for()
    page.locator(".wb-orders [role=alert]:text('above the day')").first.wait_for()
    page.locator(".wb-orders .wb-lines input >> nth=0").fill("601")
    page.locator(".wb-line-fault:text('packs of 12')").wait_for()
    opened.picture(f"replenishment_orders_{width}")

    before = page.inner_text(".wb-whatif .wb-facts")
    page.locator("[data-slider=budget]").focus()
    for _ in range(4):
        page.keyboard.press("PageDown")
    answered(page)
    page.wait_for_function(
        "before => document.querySelector('.wb-whatif .wb-facts').innerText !== before", arg=before
    )
    page.locator(".wb-whatif").scroll_into_view_if_needed()
    opened.picture(f"replenishment_what_if_{width}")

    assert page.locator(".wb-figure .js-plotly-plot").count() == 2
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.set_viewport_size({"width": width - 200, "height": 900})
    page.wait_for_function(FIGURES_FIT)
    assert decision(server)["decision"] == "escalated"
    opened.assert_clean()


def test_a_tried_quantity_becomes_the_decision(server, visit):
    page = visit(server).open(PAGE, READY)
    page.locator(".wb-orders .wb-lines input >> nth=0").fill("601")
    page.locator(".wb-orders [data-ask=approve]").click()
    page.locator(WRONG).wait_for()
    assert decision(server)["decision"] == "escalated"

    page.locator(".wb-orders .wb-lines input >> nth=0").fill("600")
    assert page.inner_text(".wb-orders [data-ask=approve]") == "Approve with these quantities"
    page.locator(".wb-orders textarea").fill("half at Reno is enough")
    page.locator(".wb-orders [data-ask=approve]").click()
    page.locator(GOOD).wait_for()

    assert decision(server)["decision"] == "changed"
    assert decision(server)["decided_lines"][0]["quantity"] == 600
    assert decision(server)["decision_reason"] == "half at Reno is enough"
