import shutil

import pytest

from tests.browser.conftest import TOKEN, visiting

pytestmark = pytest.mark.browser
DRAWN = "document.querySelectorAll('.jp-RenderedPlotly .main-svg').length >= 5"
NAME = ".wb-item-name"


@pytest.fixture
def served(serve):
    return serve()


def asking(served, query):
    return f"{served.url('item')}?token={TOKEN}&{query}"


@pytest.fixture(scope="module", params=[(1280, "dark"), (1920, "light"), (820, "light"), (820, "dark")])
def item(request, chromium, running, plans):
    """The page, open and drawn, at three widths, light and dark."""
    width, theme = request.param
    folder = running.folder / ".workbench"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(plans / "small" / ".workbench", folder)
    with visiting(chromium, running, width, 3600) as opened:
        opened.page.emulate_media(color_scheme=theme)
        opened.page.goto(asking(running, "sku=SKU-001"))
        opened.page.wait_for_function(DRAWN)
        opened.picture(f"item_{width}_{theme}")
        yield opened


def test_it_shows_one_product_whole(item):
    text = item.page.inner_text("body")

    for part in ("Desk lamp", "Demand", "Stock", "Channels", "Suppliers", "Decisions", "Order 4800 units"):
        assert part in text
    for shown in ("PO-9", "Lumen Works", "Own shop", "live plan", "What could be wanted of SKU-001?"):
        assert shown in text
    assert item.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    item.assert_clean()


def test_another_product_is_chosen_by_typing_a_part_of_its_name_or_code(served, visit):
    opened = visit(served)
    opened.page.goto(asking(served, ""))
    opened.page.locator(NAME).wait_for()
    assert opened.page.inner_text(NAME) == "Desk lamp"  # most is at risk in what waits for it
    assert opened.page.locator("#wb-skus option[value='SKU-003']").inner_text() == "Yoga mat"

    opened.page.fill("#wb-sku", "yoga mat")
    opened.page.keyboard.press("Enter")
    opened.page.locator(NAME, has_text="Yoga mat").wait_for()
    assert opened.page.url.endswith("item.ipynb?sku=yoga+mat")


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("sku=NOPE", "knows no product NOPE"),
        ("sku=" + "A" * 101, "longer than 100 characters"),
        ("sku=%3Cscript%3Edocument.title%3D%27owned%27%3C%2Fscript%3E", "knows no product <script>"),
        ("sku=SKU-001&sku=SKU-002", "says sku twice"),
        ("sku=SKU-001&run=x", "this page does not have"),
        ("sku=%FF", "no list of names and values"),
    ],
)
def test_an_address_that_cannot_be_followed_is_answered_in_a_sentence_and_nothing_else(
    query, says, served, visit
):
    opened = visit(served)
    opened.page.goto(asking(served, query))
    opened.page.locator(".wb-alone").wait_for()

    assert says in opened.page.inner_text(".wb-alone")
    assert opened.page.title() == "Item"
    assert opened.page.locator("h2[id='Demand']").is_hidden()
    assert opened.page.locator("#wb-sku").is_visible()


def test_a_hostile_product_name_is_text(served, visit):
    opened = visit(served)
    opened.page.goto(asking(served, "sku=SKU-007"))
    opened.page.wait_for_function(DRAWN)

    assert "<script>" in opened.page.inner_text(NAME)
    assert opened.page.title() == "Item"
    assert opened.page.locator("img[src='x']").count() == 0
    opened.assert_clean()


def test_its_kernel_cannot_write(served, visit):
    before = served.business.ledger.head()
    opened = visit(served)
    opened.page.goto(asking(served, "sku=SKU-001"))
    opened.page.wait_for_function(DRAWN)

    assert opened.page.locator("button").count() == 1  # it opens another product
    assert served.business.ledger.head() == before


def test_before_the_first_plan_it_says_what_to_do(serve, visit):
    opened = visit(serve("unplanned"))
    page = opened.open("item", ".wb-alone")

    assert "No plan has been published yet" in page.inner_text("body")
    opened.assert_clean()
