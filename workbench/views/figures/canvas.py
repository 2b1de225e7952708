"""The sheet every figure is drawn on: a question as title, the unit below it, and what an empty one says."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

import plotly.graph_objects as go

from workbench.views.look import LINE, MUTED, TEMPLATE
from workbench.views.numerals import number


def canvas(title: str, note: str = "", *, across: bool = False) -> go.Figure:
    """An empty figure with its title and, smaller below it, the unit or how to read it.

    `across`: its bars run from left to right, a name beside each.
    """
    text = (
        f"{plain(title)}<br><span style='font-size:12px;font-weight:400;color:{MUTED}'>{plain(note)}</span>"
    )
    figure = go.Figure(layout={"template": TEMPLATE, "title": {"text": text}})
    if across:
        figure.update_yaxes(showgrid=False).update_xaxes(showgrid=True, tickformat=",", nticks=6)
    return figure


def nothing(title: str, sentence: str) -> go.Figure:
    """A figure that has nothing to show and says why."""
    figure = canvas(title)
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False)
    return figure.add_annotation(
        text=plain(sentence),
        x=0.5,
        y=0.5,
        xref="paper",
        yref="paper",
        showarrow=False,
        font={"size": 14, "color": MUTED},
        bordercolor=LINE,
        borderwidth=1,
        borderpad=18,
    )


def plain(text: object) -> str:
    """Text from data, so that a figure shows it as it is instead of reading it as markup.

    >>> plain("<b>6 & 7</b>")
    '&lt;b&gt;6 &amp; 7&lt;/b&gt;'
    """
    return escape(str(text), quote=False)


def label(text: object, width: int = 34) -> str:
    """A name short enough to stand beside a bar.

    >>> label("A name of thirty letters or so", 12)
    'A name of t…'
    """
    whole = str(text)
    return plain(whole if len(whole) <= width else whole[: width - 1] + "…")


def paint(colour: str, pattern: str = "") -> dict[str, Any]:
    """The marker of bars, solid or hatched: what the colour says, the pattern says too."""
    if not pattern:
        return {"color": colour}
    return {
        "color": tint(colour),
        "pattern": {"shape": pattern, "fillmode": "overlay", "fgcolor": colour, "size": 7},
    }


def tint(colour: str, strength: float = 0.3) -> str:
    """A colour on white paper at this strength.

    >>> tint("#000000", 0.2)
    '#cccccc'
    """
    parts = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return "#" + "".join(f"{round(255 - strength * (255 - part)):02x}" for part in parts)


def write_totals(figure: go.Figure, totals: Mapping[str, float]) -> go.Figure:
    """Write the sum of its parts at the end of every bar across, with room for it."""
    figure.add_scatter(
        x=list(totals.values()),
        y=list(totals),
        mode="text",
        text=["  " + number(total) for total in totals.values()],
        textposition="middle right",
        showlegend=False,
        hoverinfo="skip",
        cliponaxis=False,
    )
    return figure.update_xaxes(range=[0, max(totals.values()) * 1.2])
