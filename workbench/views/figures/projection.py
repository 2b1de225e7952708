"""One SKU over the days ahead: what will be there, what is due, what is late, and when to order."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from workbench.views.figures.canvas import canvas, nothing, place
from workbench.views.look import ACCENT, AMBER, INK, MUTED, RED
from workbench.views.numerals import count, number, units

Points = Callable[[str], pd.DataFrame]


def stock_projection(
    projection: pd.DataFrame,
    inbound: pd.DataFrame,
    warehouses: pd.DataFrame,
    sku: str,
    *,
    points: Points | None = None,
    ordered: pd.DataFrame | None = None,
) -> go.Figure:
    """Stock of a SKU over the horizon, a panel a warehouse: median, fan of its paths, what is due and late.

    `points` gives a SKU's reorder points (columns warehouse and reorder_point, units), `ordered` are today's
    purchase order lines; where they are given they are drawn.
    """
    title = f"When does {sku} run out?"
    own = projection[projection["sku"] == sku].sort_values(["warehouse", "hours"])
    if own.empty:
        return nothing(title, "No projection: this SKU has neither stock nor demand.")
    codes = list(own["warehouse"].unique())
    panels = make_subplots(
        cols=len(codes),
        shared_yaxes=True,
        subplot_titles=[
            _overdue(own, _at(inbound, sku, code)) + place(code, warehouses, "warehouse") for code in codes
        ],
    )
    bare = not own["q0900"].any() and points is None
    note = "units on hand by days from now; the band holds 80 % of the sample paths"
    if bare:
        note += ": on nine of ten nothing is there"
    if points is not None:
        note += "; the reorder point counts orders on the way too"
    figure = go.Figure(panels).update_layout(canvas(title, note).layout)
    reorder = {} if points is None else points(sku).set_index("warehouse")["reorder_point"].to_dict()
    for column, code in enumerate(codes, start=1):
        rows = own[own["warehouse"] == code]
        traces = [
            *_projected(rows),
            *_reorder_point(rows, reorder.get(code)),
            *_due(rows, _at(inbound, sku, code)),
            *_ordered(rows, _at(ordered, sku, code)),
        ]
        figure.add_traces(traces, rows=1, cols=column)
    figure.update_annotations(font={"size": 12, "color": MUTED})
    if bare:
        figure.update_yaxes(range=[0, 1], tickvals=[0])
    return _once(figure.update_yaxes(rangemode="tozero").update_layout(margin_t=136, legend_y=1.16))


def _at(lines: pd.DataFrame | None, sku: str, warehouse: str) -> pd.DataFrame:
    if lines is None:
        return pd.DataFrame({"quantity": [], "promised_on": [], "expected_on": []})
    return lines[(lines["sku"] == sku) & (lines["warehouse"] == warehouse)]


def _projected(rows: pd.DataFrame) -> list[go.Scatter]:
    """Fan and median at one warehouse."""
    days = rows["hours"] / 24
    fan = go.Scatter(
        x=pd.concat([days, days[::-1]]),
        y=pd.concat([rows["q0100"], rows["q0900"][::-1]]),
        fill="toself",
        fillcolor="rgba(29, 91, 140, 0.18)",
        line={"width": 0},
        hoverinfo="skip",
        name="80 % of paths",
    )
    median = go.Scatter(
        x=days,
        y=rows["q0500"],
        name="median",
        line={"color": ACCENT, "width": 2.5},
        customdata=rows["stockout_probability"] * 100,
        hovertemplate="day %{x:.0f}: %{y:,.0f} units; run out on %{customdata:.0f} % of paths<extra></extra>",
    )
    return [fan, median]


def _reorder_point(rows: pd.DataFrame, point: float | None) -> list[go.Scatter]:
    if point is None:
        return []
    last = rows["hours"].max() / 24
    return [
        go.Scatter(
            x=[0, last],
            y=[point, point],
            mode="lines+text",
            text=["", number(point)],
            textposition="top left",
            textfont={"size": 11, "color": INK},
            name="reorder point",
            line={"color": INK, "width": 1.5, "dash": "dash"},
            hovertemplate=f"reorder point: {units(point)}<extra></extra>",
        )
    ]


def _due(rows: pd.DataFrame, inbound: pd.DataFrame) -> list[go.Scatter]:
    """What is due by its day, and what is overdue at today. What has no day cannot be drawn."""
    today, last = rows["date"].min(), rows["date"].max()
    dated = inbound.dropna(subset=["promised_on"])
    ahead = dated[(dated["promised_on"] >= today) & (dated["promised_on"] <= last)]
    due = ahead.groupby("promised_on")["quantity"].sum()
    late = dated[dated["promised_on"] < today]
    traces = []
    if len(due):
        days_ahead = [(day - today).days for day in due.index]
        traces.append(_marks(days_ahead, list(due), "arrival due", "triangle-up", AMBER))
    if len(late):
        traces.append(
            go.Scatter(
                x=[0],
                y=[0],
                mode="markers",
                name="overdue",
                marker={"symbol": "x", "size": 12, "color": RED, "line": {"width": 1, "color": "#ffffff"}},
                hovertemplate=f"{_told(late, today)}<extra></extra>",
                cliponaxis=False,
            )
        )
    return traces


def _overdue(rows: pd.DataFrame, inbound: pd.DataFrame) -> str:
    """The line above a warehouse's name that tells what is overdue there; empty where nothing is."""
    today = rows["date"].min()
    late = inbound[inbound["promised_on"] < today]
    return "" if late.empty else f"<span style='font-size:11px;color:{RED}'>{_told(late, today)}</span><br>"


def _told(late: pd.DataFrame, today: pd.Timestamp) -> str:
    days = (today - late["promised_on"].min()).days
    orders = count(late["reference"].nunique(), "order", "orders")
    return f"{orders} overdue: {units(late['quantity'].sum())}, {count(days, 'day', 'days')} late"


def _ordered(rows: pd.DataFrame, ordered: pd.DataFrame) -> list[go.Scatter]:
    """What is ordered today, on the median day of its arrival."""
    today, last = rows["date"].min(), rows["date"].max()
    seen = ordered[ordered["expected_on"] <= last] if len(ordered) else ordered
    if not len(seen):
        return []
    arriving = seen.groupby("expected_on")["quantity"].sum()
    days = [(day - today).days for day in arriving.index]
    return [_marks(days, list(arriving), "today's order", "triangle-up-open", ACCENT)]


def _marks(days: list[int], quantities: list[float], name: str, symbol: str, colour: str) -> go.Scatter:
    """Marks on the ground line, a quantity each."""
    return go.Scatter(
        x=days,
        y=[0] * len(days),
        mode="markers",
        name=name,
        marker={"symbol": symbol, "size": 13, "color": colour, "line": {"width": 2, "color": colour}},
        text=[units(quantity) for quantity in quantities],
        hovertemplate=f"%{{text}}, {name}, day %{{x}}<extra></extra>",
        cliponaxis=False,
    )


def _once(figure: go.Figure) -> go.Figure:
    """Every name once in the legend, however many warehouses there are."""
    named: set[str] = set()
    for trace in figure.data:
        trace.legendgroup = trace.name
        trace.showlegend = bool(trace.name) and trace.name not in named
        named.add(trace.name)
    return figure
