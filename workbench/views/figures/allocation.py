"""Stock before and after the moves, what lies beyond the guardrail, and what may be promised."""

from __future__ import annotations

from datetime import date

import pandas as pd
import plotly.graph_objects as go

from workbench.views.figures.canvas import canvas, label, nothing, paint, place
from workbench.views.look import ACCENT, AMBER, RED
from workbench.views.numerals import number, percent
from workbench.views.words import WAITING

CHANGED = [[0, "#f3d9b8"], [0.5, "#f5f7f9"], [1, "#bcd4e6"]]  # leaves, stays, arrives
PLENTY = [[0, "#f5f7f9"], [1, "#8fb3cf"]]
TOP = 10  # categories, and days, that a page has room for


def before_and_after(
    stock: pd.DataFrame, transfers: pd.DataFrame, warehouses: pd.DataFrame, products: pd.DataFrame
) -> go.Figure:
    """Available units by category and warehouse, before → after the proposed transfers; these are lines.

    A cell's colour is the share of its units that the moves add or take.
    """
    title = "Which stock stands where, and where should it?"
    if stock.empty:
        return nothing(title, "There is no stock.")
    category = products.set_index("sku")["category"]

    def matrix(rows: pd.DataFrame, where: str, units: str) -> pd.DataFrame:
        groups = rows.assign(category=rows["sku"].map(category).fillna("uncategorised"))
        return groups.pivot_table(index="category", columns=where, values=units, aggfunc="sum", fill_value=0)

    before = matrix(stock, "warehouse", "available")
    before = before.loc[before.sum(axis=1).nlargest(TOP).sort_values(kind="stable").index]
    came, left = (matrix(transfers, f"{end}_warehouse", "quantity") for end in ("to", "from"))
    moved = came.reindex_like(before).fillna(0) - left.reindex_like(before).fillna(0)
    share = (moved / before.where(before > 0, 1)).clip(-1, 1)
    reach = max(float(share.abs().max().max()), 0.01)
    texts = [
        [
            f"{number(was)} → {number(was + change)}" if change else number(was)
            for was, change in zip(row, changes, strict=True)
        ]
        for row, changes in zip(before.to_numpy(), moved.to_numpy(), strict=True)
    ]
    figure = canvas(title, "available units, today → after the moves proposed; blue gains, amber gives")
    figure.add_heatmap(
        z=share,
        x=[place(code, warehouses, "warehouse") for code in before.columns],
        y=[label(name, 22) for name in before.index],
        zmin=-reach,
        zmax=reach,
        colorscale=CHANGED,
        showscale=False,
        xgap=2,
        ygap=2,
        text=texts,
        texttemplate="%{text}",
        textfont={"size": 12},
        hovertemplate="%{y}, %{x}: %{text} units<extra></extra>",
    )
    return figure.update_yaxes(showgrid=False)


def guardrail(proposals: pd.DataFrame, limit: float, currency: str) -> go.Figure:
    """What moves bring, those inside the guardrail and those beyond it that wait for a person, by kind."""
    title = "What does the guardrail let through, and what lies beyond?"
    moves = proposals[proposals["kind"].isin(["transfer", "channel_share"])]
    if moves.empty:
        return nothing(title, "No unit needs to move today.")
    beyond = moves["reason"] == "beyond_guardrail"
    waits = moves["decision"].isin(WAITING)
    groups = {
        "moved by itself": (~beyond & ~waits, ACCENT, ""),
        "inside, waits all the same": (~beyond & waits, AMBER, "/"),
        "beyond, waits": (beyond, RED, "x"),
    }
    kinds = {"transfer": "between warehouses", "channel_share": "between channels"}
    figure = canvas(
        title,
        f"expected to bring, {currency}; at most {percent(limit)} of a buffer moves without a person",
        across=True,
    )
    for name, (which, colour, pattern) in groups.items():
        gain = moves[which].groupby("kind")["money_at_risk"].agg(["sum", "count"])
        gain = gain.reindex(list(kinds), fill_value=0)
        figure.add_bar(
            y=list(kinds.values()),
            x=gain["sum"],
            name=name,
            orientation="h",
            marker=paint(colour, pattern),
            customdata=gain["count"],
            text=[number(money) if money else "" for money in gain["sum"]],
            textposition="outside",
            cliponaxis=False,
            hovertemplate="%{y}, "
            + name
            + ": %{x:,.0f} "
            + currency
            + " in %{customdata} proposals<extra></extra>",
        )
    most = max(float(max(bar.x)) for bar in figure.data)
    return figure.update_xaxes(
        showticklabels=False, showgrid=False, ticks="", range=[0, max(most, 1.0) * 1.25]
    )


def promises(
    available_to_promise: pd.DataFrame, channels: pd.DataFrame, risk: float, sku: str = ""
) -> go.Figure:
    """Units that each channel may promise by day, of one SKU or of all."""
    title = "What may each channel promise, by when?"
    rows = available_to_promise
    if sku:
        rows = rows[rows["sku"] == sku]
    if rows.empty:
        return nothing(title, f"Nothing is promised of {sku}." if sku else "Nothing is wanted of any stock.")
    table = rows.pivot_table(index="channel", columns="date", values="units", aggfunc="sum", fill_value=0)
    table = table[table.columns[::2]] if len(table.columns) > TOP else table
    whose = f"units of {label(sku, 24)}" if sku else "units of all SKUs"
    note = f"{whose}; kept back so that a promise fails with a chance of at most {percent(risk)}"
    figure = canvas(title, note)
    figure.add_heatmap(
        z=table,
        x=[f"{day:%d %b}" for day in table.columns],
        y=[place(code, channels, "channel") for code in table.index],
        colorscale=PLENTY,
        showscale=False,
        xgap=2,
        ygap=2,
        text=[[number(units) for units in row] for row in table.to_numpy()],
        texttemplate="%{text}",
        textfont={"size": 12},
        hovertemplate="%{y} by %{x}: %{text} units<extra></extra>",
    )
    return figure.update_yaxes(showgrid=False).update_xaxes(type="category")


def promised_by_reason(available_to_promise: pd.DataFrame, channels: pd.DataFrame, day: date) -> go.Figure:
    """How many SKUs at warehouses each channel may promise on a day, by what that rests on or why not."""
    title = "What do today's promises rest on?"
    rows = available_to_promise[available_to_promise["date"] == pd.Timestamp(day)]
    if rows.empty:
        return nothing(title, "Nothing is wanted of any stock.")
    table = rows.pivot_table(index="channel", columns="reason", values="sku", aggfunc="count", fill_value=0)
    colours = {
        "ring-fenced stock": (ACCENT, ""),
        "pooled stock": ("#9db7cc", ""),
        "dated arrivals": ("#4a9b86", "."),
        "kept for other channels": (AMBER, "/"),
        "nothing there": (RED, "x"),
    }
    figure = canvas(
        title, "SKUs at warehouses, by what most of it rests on, or why there is none", across=True
    )
    for reason, (colour, pattern) in colours.items():
        if reason in table:
            figure.add_bar(
                y=[place(code, channels, "channel") for code in table.index],
                x=table[reason],
                name=reason,
                orientation="h",
                marker=paint(colour, pattern),
                hovertemplate="%{y}: %{x:,.0f} " + reason + "<extra></extra>",
            )
    # five entries need two rows: below the bars they stand in nobody's way
    return figure.update_layout(barmode="stack", legend={"orientation": "h", "y": -0.12, "yanchor": "top"})
