"""Hostile names, notes and codes on every page: shown as words, never as elements, handlers or fields."""

import re

import pandas as pd
import pytest

from tests.conftest import PROJECT
from tests.hostile import STRINGS
from tests.views import hostile_plan, small_plan
from tests.views.hostile_plan import of_kind, skeleton, written
from workbench.authority.identity import Identity
from workbench.policy import BusinessPolicy
from workbench.views import tables_html
from workbench.views.figures.canvas import canvas, label, nothing, plain, product_names
from workbench.views.notices import notice
from workbench.views.plan_state import plan_html, step_html
from workbench.views.show import bundle
from workbench.views.tiles import Tile, tiles

PAGES = [f"dashboards/{path.stem}" for path in sorted((PROJECT / "notebooks/dashboards").glob("*.ipynb"))]
STEPS = ["1_demand_sensing", "2_allocation", "3_replenishment", "4_routing"]
FIELD = re.compile(r"%\{.*?\}")


def _html_of(text):
    """A text through everything that makes HTML."""
    frame = pd.DataFrame({"a": [text], "b": [text]}, dtype="object")
    headings = {"a": tables_html.text(text), "b": tables_html.code(text)}
    live = {"date": pd.Timestamp("2026-11-16"), "published_at": pd.Timestamp("2026-11-16T10:00Z")}
    stop = {"kind": "gate stopped", "subject": text, "detail": {"stops": [text]}}
    events = pd.DataFrame([stop], dtype="object").assign(happened_at=pd.Timestamp("2026-11-16T11:00Z"))
    business = BusinessPolicy(name=text or "x", planner=text)
    now = small_plan.NOW
    return [
        tables_html.table_html(frame, headings, text),
        tables_html.table_html(frame.iloc[:0], headings, text),
        tiles([Tile(text, text, text, text)]),
        notice(text, text),
        plan_html(live, events, business, now, Identity(text, "")),
        plan_html(live, events, business, now, Identity("", text)),
        step_html(now.date(), business, exploring=True),
    ]


def test_every_maker_of_html_only_makes_its_own_elements():
    own = [skeleton(html) for html in _html_of("words")]
    assert len(STRINGS) >= 300
    for text in STRINGS:
        for html, expected in zip(_html_of(text), own, strict=True):
            assert skeleton(html) <= expected | {("p",)}, (text[:80], html[:400])


def test_every_text_of_a_figure_is_read_as_words():
    for text in STRINGS:
        products = pd.DataFrame({"sku": [text], "name": [text]}, dtype="object")
        names = [plain(text), label(text), *product_names([text], products)]
        for figure in (canvas(text, text), nothing(text, text)):
            names += [word for _, word in written(figure.to_plotly_json()["layout"]["title"])]
        assert {tag for name in names for tag, *_ in skeleton(name)} <= {"br", "span"}, text[:80]
    drawn = bundle(canvas("x"))[hostile_plan.PLOTLY]
    assert drawn["config"]["typesetMath"] is False, "a dollar sign in a name is no formula"


def _checked(things, own):
    html, figures, _ = of_kind(things)
    own_html, own_figures, _ = of_kind(own)
    assert html
    expected = set().union(*(skeleton(part) for part in own_html))
    for part in html:
        assert skeleton(part) <= expected, skeleton(part) - expected
    own_texts = [text for figure in own_figures for _, text in written(figure)]
    elements = set().union(*(skeleton(text) for text in own_texts))
    fields = {field for text in own_texts for field in FIELD.findall(text)}
    for name, text in (pair for figure in figures for pair in written(figure)):
        assert skeleton(text) <= elements, (name, text)
        if name.endswith("template"):
            assert set(FIELD.findall(text)) <= fields, (name, text)


@pytest.fixture(scope="module")
def plain_plan(tmp_path_factory):
    return small_plan.publish(tmp_path_factory.mktemp("plain") / "business").folder


@pytest.fixture(scope="module", params=range(0, len(STRINGS), 60))
def hostile(request, tmp_path_factory):
    """Plans in which every text stands in another field than in the plan before."""
    return hostile_plan.publish(tmp_path_factory.mktemp("hostile") / "business", request.param).folder


@pytest.mark.parametrize("page", PAGES)
def test_a_dashboard_shows_hostile_texts_as_words(monkeypatch, plain_plan, page, hostile):
    own = hostile_plan.shown(monkeypatch, page, plain_plan)
    _checked(hostile_plan.shown(monkeypatch, page, hostile), own)


@pytest.mark.timeout(900)
@pytest.mark.parametrize("step", STEPS)
def test_an_executed_notebook_shows_hostile_texts_as_words(tmp_path, monkeypatch, plain_plan, step):
    monkeypatch.setenv("WORKBENCH_HEADLESS", "1")
    folder = hostile_plan.publish(tmp_path / "business", 10 * len(step)).folder
    own = hostile_plan.shown(monkeypatch, step, plain_plan)
    _checked(hostile_plan.shown(monkeypatch, step, folder), own)
