import json

import ipywidgets as widgets
import plotly.graph_objects as go

from workbench.views import show
from workbench.views.figures.canvas import canvas


def drawn(option):
    return canvas(option).add_bar(x=[1], y=[2])


def test_a_figure_is_a_plain_bundle_that_json_can_carry():
    bundle = show.bundle(drawn("A"))

    assert json.loads(json.dumps(bundle))[show.PLOTLY]["data"][0]["type"] == "bar"
    assert bundle[show.PLOTLY]["layout"]["height"] == 400


def test_figures_need_no_widget(monkeypatch):
    published = []
    monkeypatch.setattr(show, "publish_display_data", published.append)

    show.figures(drawn("A"), drawn("B"))

    assert [list(bundle) for bundle in published] == [[show.PLOTLY, "text/plain"]] * 2


def test_only_a_figure_within_a_widget_follows_the_window_by_itself():
    """The page sees to the others, and in JupyterLab they would lose their height."""
    within = show.sheet(drawn("A")).outputs[0]["data"][show.PLOTLY]

    assert within["config"] == show.CONFIG | {"responsive": True}
    assert show.bundle(drawn("A"))[show.PLOTLY]["config"] == show.CONFIG


def test_another_choice_draws_anew(monkeypatch):
    put = []
    monkeypatch.setattr(show, "put", put.append)

    show.chosen("SKU", ["A", "B"], drawn)
    field, said = put[0].children[0].children
    (sheet,) = put[0].children[1].children
    field.value = "B"

    assert "B" in sheet.outputs[0]["data"]["text/plain"]
    assert said.value == ""


def test_headless_the_first_choice_is_drawn_without_widgets(monkeypatch):
    published = []
    monkeypatch.setattr(show, "publish_display_data", published.append)
    monkeypatch.setattr(widgets, "Combobox", None)

    show.chosen("SKU", ["A", "B"], drawn, headless=True)

    assert "A" in published[0]["text/plain"]


def test_without_a_choice_nothing_is_shown(monkeypatch):
    monkeypatch.setattr(show, "put", None)

    show.chosen("SKU", [], lambda _: go.Figure())
