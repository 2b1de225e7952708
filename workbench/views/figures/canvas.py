"""The sheet every figure is drawn on, and the marks that several share.

A figure has a question as title and the unit below it; an empty one says why.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from textwrap import wrap
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from workbench.views.look import ACCENT, BARE, LINE, MUTED, QUIET, TEMPLATE
from workbench.views.numerals import number

WIDEST = 88  # letters of a note in a line: a figure may be half as wide as a page of 1280 pixels


def canvas(title: str, note: str = "", *, across: bool = False) -> go.Figure:
    """An empty figure with its title and, smaller below it, the unit or how to read it.

    `across`: its bars run from left to right, a name beside each.
    """
    lines = "<br>".join(plain(line) for line in wrap(note, WIDEST))
    text = f"{plain(title)}<br><span style='font-size:12px;font-weight:400;color:{MUTED}'>{lines}</span>"
    figure = go.Figure(layout={"template": TEMPLATE, "title": {"text": text}})
    if across:
        figure.update_yaxes(showgrid=False).update_xaxes(showgrid=True, tickformat=",", nticks=6)
    return figure


def nothing(title: str, sentence: str) -> go.Figure:
    """A figure that has nothing to show and says why."""
    figure = canvas(title).update_layout(height=BARE)
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


def dumbbell(
    figure: go.Figure,
    names: Sequence[str],
    values: pd.DataFrame,
    ends: Mapping[str, str],
    unit: str,
    beside: Sequence[str] = (),
) -> go.Figure:
    """A line a name from one column of `values` ○ to another ●, and words beside its right end.

    `ends` gives the two columns, in this order, the names they have in the legend. What one end does not know
    has no line. `unit` is how a value is written on hovering, as plotly has it.
    """
    first, last = (values[column] for column in ends)
    figure.add_scatter(
        x=[value for pair in zip(first, last, strict=True) for value in (*pair, None)],
        y=[name for name in names for _ in range(3)],
        mode="lines",
        line={"color": QUIET, "width": 2},
        hoverinfo="skip",
        showlegend=False,
    )
    for (column, said), symbol in zip(ends.items(), ("circle-open", "circle"), strict=True):
        figure.add_scatter(
            x=values[column],
            y=names,
            mode="markers",
            name=said,
            marker={"symbol": symbol, "size": 10, "color": ACCENT, "line": {"width": 2, "color": ACCENT}},
            hovertemplate=f"%{{y}}: {unit}<extra></extra>",
            cliponaxis=False,
        )
    if beside:
        write_beside(figure, names, values[list(ends)].max(axis=1), beside, room=1.5)
    # a mark at 0 keeps off the names
    return figure.update_xaxes(rangemode="tozero").update_yaxes(ticklabelstandoff=12)


def write_beside(
    figure: go.Figure, names: Sequence[str], ends: pd.Series[float], words: Sequence[str], *, room: float
) -> go.Figure:
    """Words to the right of the ends of what is drawn across, which gets `room` times its width."""
    figure.add_scatter(
        x=ends,
        y=names,
        mode="text",
        text=[f"   {plain(word)}" for word in words],
        textposition="middle right",
        textfont={"size": 12, "color": MUTED},
        showlegend=False,
        hoverinfo="skip",
        cliponaxis=False,
    )
    return figure.update_xaxes(range=[0, float(ends.max()) * room or 1.0])


def pair(
    figure: go.Figure,
    names: Sequence[str],
    values: pd.DataFrame,
    bars: dict[str, tuple[str, str, str]],
    unit: str = "",
) -> go.Figure:
    """Two bars a name, written at their ends; `bars` gives each column its name, colour and pattern."""
    for column, (name, colour, pattern) in reversed(bars.items()):
        figure.add_bar(
            y=names,
            x=values[column],
            name=name,
            orientation="h",
            marker=paint(colour, pattern),
            text=[f"  {number(value)}{unit}" for value in values[column]],
            textposition="outside",
            cliponaxis=False,
            hovertemplate="%{y}: %{x:,.0f}" + unit + "<extra></extra>",
        )
    room = float(values[list(bars)].max().max()) * 1.25
    figure.update_layout(legend_traceorder="reversed")
    return figure.update_xaxes(showticklabels=False, showgrid=False, ticks="", range=[0, room])


def dated(figure: go.Figure) -> go.Figure:
    """Days below the figure, written as on the rest of the page."""
    return figure.update_xaxes(tickformat="%-d %b\n%Y", hoverformat="%a %-d %b %Y")


def around(first: pd.Timestamp, last: pd.Timestamp) -> list[pd.Timestamp]:
    """A range of days with room on both sides, so that a lone day is no chart of milliseconds.

    >>> [f"{day:%d %b}" for day in around(pd.Timestamp("2026-11-16"), pd.Timestamp("2026-11-18"))]
    ['12 Nov', '22 Nov']
    """
    room = pd.Timedelta(days=4)
    return [first - room, last + room]


def product_names(skus: Iterable[str], products: pd.DataFrame) -> list[str]:
    """Name and SKU of products, as labels; the SKU keeps like names apart."""
    names = products.set_index("sku")["name"]
    return [f"{label(names.get(sku, ''), 28)} {label(sku, 16)}".strip() for sku in skus]


def place(code: str, table: pd.DataFrame, key: str) -> str:
    """The name of a warehouse or channel as a label; its code where the table has none."""
    return label(table.set_index(key)["name"].get(code, code), 22)
