import shutil

import pytest

from tests.benchmarks.judged import play
from tests.browser.conftest import visiting

pytestmark = pytest.mark.browser
CHART = ".js-plotly-plot .main-svg"
FIGURES = 7


def drawn(opened, name):
    """The page with all of its figures, and a picture of it."""
    page = opened.open("scorecard", CHART)
    page.wait_for_function(f"document.querySelectorAll('{CHART}').length >= {FIGURES}")
    opened.picture(name)
    return page


@pytest.fixture(scope="module")
def judged(tmp_path_factory):
    """A business with a week of plans that have all come true and been judged."""
    folder = tmp_path_factory.mktemp("judged") / "business"
    play(folder, days=7, seed=1)
    return folder


@pytest.fixture(scope="module", params=[1280, 1920])
def scorecard(request, chromium, running, judged):
    """The page of that business, open and drawn, at both widths."""
    folder = running.folder / ".workbench"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(judged / ".workbench", folder)
    with visiting(chromium, running, request.param, 3000) as opened:
        drawn(opened, f"scorecard_{request.param}")
        yield opened


def test_it_shows_how_decisions_came_true_without_an_error_or_a_request_to_elsewhere(scorecard):
    text = scorecard.page.inner_text("body")

    assert "Decisions that were right" in text
    assert "How often were they right?" in text
    assert "Purchase order" in text
    assert "Missing to the next level" in text
    assert scorecard.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    scorecard.assert_clean()


def test_it_shows_no_source_and_nothing_to_click(scorecard):
    for leak in ("from workbench", "import ", "Traceback"):
        assert leak not in scorecard.page.inner_text("body")
    assert scorecard.page.locator("button, input, textarea, select").count() == 0


def test_before_a_decision_has_matured_it_says_when_the_first_may(serve, visit):
    opened = visit(serve("small"), 1280, 3000)
    page = drawn(opened, "scorecard_empty")

    text = page.inner_text("body")
    assert "No decision has matured yet; the first may on" in text
    assert "0 of 100" in text
    opened.assert_clean()


def test_before_the_first_plan_it_says_what_to_do(serve, visit):
    opened = visit(serve("unplanned"))
    page = opened.open("scorecard", ".wb-alone")

    assert "No plan has been published yet" in page.inner_text("body")
    assert "Were they right?" not in page.inner_text("body")
    opened.assert_clean()
