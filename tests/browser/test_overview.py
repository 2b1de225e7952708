import shutil
import time

import pytest

from tests.browser.conftest import SECONDS, TOKEN, visiting
from tests.conftest import PROJECT

pytestmark = pytest.mark.browser
CHART = ".js-plotly-plot .main-svg"
DRAWN = "document.querySelectorAll('.jp-RenderedPlotly .main-svg').length >= 4"
# what stands on a page once it is whole
WHOLE = {"approvals": ".wb-queue-table tbody tr", "item": ".wb-item-name", "scorecard": ".wb-plan"}


@pytest.fixture
def served(serve):
    return serve()


@pytest.fixture(scope="module", params=[(1280, "light"), (1920, "dark"), (820, "light"), (820, "dark")])
def overview(request, chromium, running, plans):
    """The page, open and drawn, at three widths, light and dark."""
    width, theme = request.param
    folder = running.folder / ".workbench"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(plans / "small" / ".workbench", folder)
    with visiting(chromium, running, width, 3600) as opened:
        opened.page.emulate_media(color_scheme=theme)
        page = opened.open("overview", CHART)
        page.wait_for_function(DRAWN)
        opened.picture(f"overview_{width}_{theme}")
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


def test_every_tile_leads_to_what_is_behind_it(served, visit):
    page = visit(served).open("overview", ".wb-tile")
    tiles = page.locator("a.wb-tile")
    links = tiles.evaluate_all("tiles => tiles.map(tile => tile.getAttribute('href'))")

    assert len(links) == page.locator(".wb-tile").count() == 12
    for link in links:
        if link.startswith("#"):
            assert page.locator(f"h2[id='{link[1:]}']").count() == 1, link
    for link in {link for link in links if not link.startswith("#")}:
        name = link.partition(".")[0]
        if (PROJECT / "notebooks" / "dashboards" / f"{name}.ipynb").exists():
            other = visit(served).page
            other.goto(f"{served.address}/voila/render/{link}{'&' if '?' in link else '?'}token={TOKEN}")
            other.locator(WHOLE[name]).first.wait_for()
    assert "item.ipynb?sku=SKU-007" in links


def test_a_tile_opens_the_approvals_with_its_filter(served, visit):
    page = visit(served).open("overview", ".wb-tile")
    page.locator("a.wb-tile", has_text="Ordered today").click()
    page.locator(".wb-queue-table tbody tr").first.wait_for()

    assert page.url.endswith("approvals.ipynb?agent=replenishment")
    assert page.locator("select[data-filter='agent']").input_value() == "Replenishment"
    assert "Order 4800 units" in page.inner_text(".wb-queue-table")
    assert "Move 240 units" not in page.inner_text(".wb-queue-table")


def test_the_theme_is_the_systems_until_one_is_chosen_and_then_it_stays(served, visit):
    page = visit(served).page
    page.emulate_media(color_scheme="dark")
    page.goto(f"{served.url('overview')}?token={TOKEN}")
    paper = "getComputedStyle(document.body).backgroundColor"

    page.locator(".wb-tile").first.wait_for()
    assert page.evaluate("document.documentElement.dataset.wbTheme") == "dark"
    assert page.evaluate(paper) == "rgb(17, 23, 29)"
    page.locator(".wb-theme").click()
    assert page.evaluate(paper) == "rgb(245, 247, 249)"
    page.goto(served.url("item"))
    page.locator(".wb-tile").first.wait_for()
    assert page.evaluate("document.documentElement.dataset.wbTheme") == "light"


def test_on_paper_it_is_light_and_whole(served, visit):
    page = visit(served).page
    page.emulate_media(color_scheme="dark")
    page.goto(f"{served.url('overview')}?token={TOKEN}")
    page.wait_for_function(DRAWN)
    page.emulate_media(media="print", color_scheme="dark")

    assert page.evaluate("getComputedStyle(document.querySelector('.wb-tile')).color") == "rgb(23, 33, 43)"
    assert page.locator(".wb-nav").is_hidden()
    assert page.evaluate("document.documentElement.scrollHeight") > 2000


def test_once_the_page_is_whole_its_kernel_ends(served, visit):
    others = served.kernels()
    opened = visit(served)
    opened.open("overview", CHART)
    deadline = time.monotonic() + SECONDS
    while served.kernels() - others and time.monotonic() < deadline:
        time.sleep(0.1)

    assert not served.kernels() - others
    opened.assert_clean()


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
    page = opened.open("overview", ".wb-alone")
    opened.picture("overview_no_plan")

    assert "No plan has been published yet" in page.inner_text("body")
    assert "Waiting" not in page.inner_text("body")
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
