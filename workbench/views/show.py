"""Putting things on a page: the same call in JupyterLab, in Voilà and in a notebook run headless."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import ipywidgets as widgets
import plotly.graph_objects as go
from IPython.display import HTML, display, publish_display_data

from workbench.views.guard import guarded
from workbench.views.look import HEIGHT, stylesheet

PLOTLY = "application/vnd.plotly.v1+json"
CONFIG = {"displayModeBar": False, "typesetMath": False}  # a name with dollar signs is no formula


def put(thing: object) -> None:
    """Show a widget, or whatever else Jupyter knows how to show."""
    display(thing)  # type: ignore[no-untyped-call]


def html(*parts: str) -> None:
    """Show HTML made by views, which has been escaped."""
    put(HTML("\n".join(parts)))  # type: ignore[no-untyped-call]


def look() -> None:
    """Bring the stylesheet to this page; Voilà's template has it, JupyterLab has not."""
    html(f"<style>{stylesheet()}</style>")


def figures(*each: go.Figure) -> None:
    """Show figures, side by side where there is room; the stylesheet sees to that."""
    for figure in each:
        publish_display_data(bundle(figure))  # type: ignore[no-untyped-call]


def chosen(
    label: str, options: Sequence[str], *draws: Callable[[str], go.Figure], headless: bool = False
) -> None:
    """Show the figures drawn of the first option, with a field to choose or type another."""
    if not options:
        return
    if headless:
        figures(*(draw(options[0]) for draw in draws))
        return
    field = widgets.Combobox(value=options[0], options=list(options), description=label, ensure_option=True)
    field.add_class("wb-picker")
    sheets = [sheet(draw(options[0])) for draw in draws]
    said = widgets.Label()

    def redraw(change: dict[str, Any]) -> None:
        for place, draw in zip(sheets, draws, strict=True):
            redraw_in(place, draw(change["new"]))
        said.value = ""

    field.observe(guarded(redraw, lambda sentence: setattr(said, "value", sentence)), names="value")
    put(widgets.VBox([widgets.HBox([field, said]), cards(sheets)]))


def bundle(figure: go.Figure) -> dict[str, Any]:
    """A figure as a MIME bundle: a FigureWidget would cost 5 MB a figure and is blank in Voilà at times."""
    chart = json.loads(figure.to_json())
    chart["layout"].setdefault("height", HEIGHT)  # or the renderer takes its own
    return {PLOTLY: {**chart, "config": CONFIG}, "text/plain": figure.layout.title.text or "figure"}


def sheet(figure: go.Figure) -> widgets.Output:
    """A place on the page that holds a figure and can be drawn anew."""
    place = widgets.Output(outputs=(_output(figure),))
    place.add_class("wb-figure")
    return place


def redraw_in(place: widgets.Output, figure: go.Figure) -> None:
    """Put another figure where one stands."""
    place.outputs = (_output(figure),)


def _output(figure: go.Figure) -> dict[str, Any]:
    """A figure that follows the window, of which a widget's output is told nothing."""
    data = bundle(figure)
    data[PLOTLY] |= {"config": CONFIG | {"responsive": True}}
    return {"output_type": "display_data", "data": data, "metadata": {}}


def cards(sheets: list[widgets.Output]) -> widgets.GridBox:
    """Sheets side by side where there is room."""
    columns = "repeat(auto-fit, minmax(min(100%, 520px), 1fr))"
    return widgets.GridBox(sheets, layout={"grid_template_columns": columns, "grid_gap": "16px"})
