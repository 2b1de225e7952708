"""The one look: colours, the plotly template and the stylesheet that every page shares."""

from __future__ import annotations

from pathlib import Path

import plotly.graph_objects as go
import plotly.io as pio

INK = "#17212b"
MUTED = "#566371"
LINE = "#dde3e9"
ACCENT = "#1d5b8c"
QUIET = "#9db7cc"  # the accent's pale companion: what was, beside what will be
AMBER = "#b8741a"
RED = "#a63a4a"
GREEN = "#2f7a5c"
# apart in hue and in lightness, so that they stay apart in print and for colour-blind readers
SERIES = (ACCENT, "#d08b2c", "#4a9b86", "#7d5a96", RED, "#73808c", "#a9c24b")
# what colour says is said by pattern too
PATTERNS = ("", "/", ".", "x", "-", "\\", "+")
SYMBOLS = ("circle", "square", "diamond", "cross", "triangle-up", "star", "x")

FONT = '"Inter", "Segoe UI", "Helvetica Neue", Arial, "Liberation Sans", system-ui, sans-serif'
STYLESHEET = (
    Path(__file__).parent / "share/voila/templates/workbench/look.css"
)  # the page template includes it
TEMPLATE = "workbench"
HEIGHT = 400  # of every figure, so that they stand in rows; the stylesheet has the same
BARE = 190  # of one that only says why it is empty


def _template() -> go.layout.Template:
    axis = {
        "showgrid": False,
        "gridcolor": "#ebeff3",
        "zeroline": False,
        "linecolor": LINE,
        "tickcolor": LINE,
        "ticks": "outside",
        "ticklen": 4,
        "ticklabelstandoff": 4,
        "tickfont": {"size": 12, "color": MUTED},
        "title": {"font": {"size": 12, "color": MUTED}, "standoff": 10},
        "automargin": True,
    }
    layout = {
        "font": {"family": FONT, "size": 13, "color": INK},
        "title": {
            "x": 0,
            "xref": "container",
            "xanchor": "left",
            "pad": {"l": 14, "t": 24},
            "y": 1,
            "yanchor": "top",
        },
        "title_font": {"size": 15, "color": INK, "weight": 600},
        "colorway": list(SERIES),
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "margin": {"l": 20, "r": 28, "t": 98, "b": 18},
        "height": HEIGHT,
        "separators": ".\u202f",
        "hovermode": "closest",
        "hoverlabel": {"bgcolor": "#ffffff", "bordercolor": LINE, "font": {"color": INK, "family": FONT}},
        "legend": {
            "orientation": "h",
            "x": 0,
            "xanchor": "left",
            "y": 1.01,
            "yanchor": "bottom",
            "font": {"size": 12, "color": MUTED},
            "traceorder": "normal",
        },
        "xaxis": axis,
        "yaxis": {**axis, "showgrid": True, "ticks": "", "showline": False, "tickformat": ","},
        "bargap": 0.35,
        "barcornerradius": 2,
    }
    return go.layout.Template(layout=layout)


pio.templates[TEMPLATE] = _template()


def stylesheet() -> str:
    """The stylesheet as the text of a `<style>` element's content."""
    return STYLESHEET.read_text(encoding="utf-8")
