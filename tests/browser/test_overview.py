import shutil

import pytest

from tests.browser.conftest import TOKEN, visiting

pytestmark = pytest.mark.browser
CHART = ".js-plotly-plot .main-svg"


@pytest.fixture
def served(serve):
    return serve()


@pytest.fixture(scope="module", params=[1280, 1920])
def overview(request, chromium, running, plans):
    """The page, open and drawn, at both widths."""
    folder = running.folder / ".workbench"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(plans / "small" / ".workbench", folder)
    with visiting(chromium, running, request.param, 3600) as opened:
        page = opened.open("overview", CHART)
        page.wait_for_function("document.querySelectorAll('.js-plotly-plot .main-svg').length >= 8")
        opened.picture(f"overview_{request.param}")
        yield opened


def test_it_shows_the_plan_without_an_error_or_a_request_to_elsewhere(overview):
    text = overview.page.inner_text("body")

    assert "Plan of Mon 16 Nov 2026" in text
    assert "At risk in what waits" in text
    assert "54\u202f921" in text
    assert overview.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    overview.assert_clean()


def test_it_shows_no_source_and_no_traceback(overview):
    for leak in ("from workbench", "import ", "Traceback", "Error"):
        assert leak not in overview.page.inner_text("body")
    assert "from workbench" not in overview.page.content()


def test_there_is_nothing_to_click_that_changes_anything(overview):
    assert overview.page.locator("button, input, textarea, select").count() == 0


def test_what_is_planted_is_in_sight(overview):
    text = overview.page.inner_text("body")

    for trouble in ("MERIDIAN", "Supplier late", "38.9\xa0%", "Quarantined rows", "Order 4800 units"):
        assert trouble in text


def test_a_hostile_product_name_is_text(overview):
    assert overview.page.title() == "Overview"
    assert overview.page.locator("img[src='x']").count() == 0
    assert "<script>" in overview.page.inner_text("body")


def test_the_charts_follow_the_window(served, visit):
    page = visit(served, 1920).open("overview", CHART)
    page.set_viewport_size({"width": 1280, "height": 900})

    charts = "[...document.querySelectorAll('.js-plotly-plot .main-svg')]"
    page.wait_for_function(f"{charts}.every(chart => chart.getBoundingClientRect().right < 1280)")


def test_before_the_first_plan_it_says_what_to_do(serve, visit):
    opened = visit(serve("unplanned"))
    page = opened.open("overview", ".wb-no-plan")
    opened.picture("overview_no_plan")

    assert "No plan has been published yet" in page.inner_text("body")
    assert "What waits" not in page.inner_text("body")
    opened.assert_clean()


def test_without_the_token_there_is_a_login_and_nothing_else(served, visit):
    page = visit(served).page
    page.goto(served.url("overview"))

    assert "/login" in page.url
    assert "54\u202f921" not in page.content()


def test_the_front_door_leads_to_the_overview(served, visit):
    page = visit(served).page
    page.goto(f"{served.address}/?token={TOKEN}")

    page.wait_for_url("**/overview.ipynb")


def test_an_unknown_page_says_so_in_our_look(served, visit):
    page = visit(served).page
    page.goto(f"{served.address}/voila/tree/nothing?token={TOKEN}")

    assert page.locator(".wb-notice").count() == 1


@pytest.mark.parametrize("path", ["voila/files/overview.ipynb", "voila/files/picture.png"])
def test_no_file_is_served(served, visit, path):
    assert visit(served).page.goto(f"{served.address}/{path}?token={TOKEN}").status in (403, 404)
