"""How orders leave: by which warehouse and service, what is late or held, and what capacity that takes."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from workbench.views.figures.canvas import canvas, label, nothing, paint, plain, tint, write_totals
from workbench.views.look import ACCENT, AMBER, INK, MUTED, PATTERNS, QUIET, RED, SERIES
from workbench.views.numerals import SPACE, number, percent
from workbench.views.words import spoken

SHAPES = ("circle", "diamond", "square", "triangle-up", "cross", "x", "star")


def by_warehouse_and_service(shipments: pd.DataFrame, warehouses: pd.DataFrame) -> go.Figure:
    """Orders by warehouse, a colour and pattern each service; `shipments` are shipment lines."""
    title = "How do orders leave?"
    sent = shipments.dropna(subset=["warehouse"])
    if sent.empty:
        return nothing(title, "No open order can be shipped today.")
    sent = sent.assign(way=sent["carrier"].fillna("") + " " + sent["service"].fillna(""))
    table = sent.pivot_table(
        index="warehouse", columns="way", values="order_id", aggfunc="nunique", fill_value=0
    )
    table = table.loc[
        table.sum(axis=1).sort_values(kind="stable").index, table.sum().sort_values(ascending=False).index
    ]
    names = warehouses.set_index("warehouse")["name"]
    figure = canvas(title, "orders by warehouse and service", across=True)
    for index, way in enumerate(table.columns):
        figure.add_bar(
            y=[label(names.get(code, code), 22) for code in table.index],
            x=table[way],
            name=label(way.strip(), 24),
            orientation="h",
            marker=paint(SERIES[index % len(SERIES)], PATTERNS[index % len(PATTERNS)]),
            hovertemplate="%{y}: %{x:,.0f} orders by " + label(way.strip(), 24) + "<extra></extra>",
        )
    return figure.update_layout(barmode="stack")


def late_and_held(shipments: pd.DataFrame, proposals: pd.DataFrame) -> go.Figure:
    """Orders that will miss their promise or are on hold, by reason; `proposals` are the routing agent's."""
    title = "What is late or held, and why?"
    troubled = trouble(shipments, proposals)
    if troubled.empty:
        return nothing(title, "Every open order is served, and within its promise.")
    table = troubled.pivot_table(
        index="reason", columns="state", values="order_id", aggfunc="nunique", fill_value=0
    )
    table = table.loc[table.sum(axis=1).sort_values(kind="stable").index]
    labels = [label(spoken(reason)) for reason in table.index]
    figure = canvas(title, "orders by reason", across=True)
    for state, colour, pattern in (("late", AMBER, "/"), ("on hold", RED, "")):
        if state in table:
            figure.add_bar(
                y=labels,
                x=table[state],
                name=state,
                orientation="h",
                marker=paint(colour, pattern),
                hovertemplate="%{y}: %{x:,.0f} orders " + state + "<extra></extra>",
            )
    totals = dict(zip(labels, table.sum(axis=1), strict=True))
    return write_totals(figure.update_layout(barmode="stack"), totals)


def trouble(shipments: pd.DataFrame, proposals: pd.DataFrame) -> pd.DataFrame:
    """Orders that are late or on hold: one row an order and state, columns order_id, state, reason.

    State is `late` or `on hold`; the reason is that of the proposal that carries the order.
    """
    rows = shipments.merge(
        proposals[["proposal_id", "reason"]], on="proposal_id", how="left", validate="many_to_one"
    )
    held = rows["warehouse"].isna()
    troubled = rows[held | (rows["days_late"] > 0)]
    state = held[troubled.index].map({True: "on hold", False: "late"})
    return troubled.assign(state=state)[["order_id", "state", "reason"]].drop_duplicates(ignore_index=True)


def capacity_used(shipments: pd.DataFrame, warehouses: pd.DataFrame) -> go.Figure:
    """Orders that each warehouse ships today against the orders it can ship."""
    title = "How full is the day?"
    limited = warehouses.dropna(subset=["orders_per_day"]).sort_values("warehouse", ascending=False)
    if limited.empty:
        return nothing(title, "No warehouse states how many orders it can ship a day.")
    orders = shipments.groupby("warehouse")["order_id"].nunique().reindex(limited["warehouse"], fill_value=0)
    names = [label(name, 22) for name in limited["name"]]
    figure = canvas(title, "orders shipped today; the line is what the warehouse can ship", across=True)
    figure.add_bar(
        y=names,
        x=limited["orders_per_day"],
        orientation="h",
        width=0.62,
        marker={"color": "#eef2f5"},
        hoverinfo="skip",
        showlegend=False,
    )
    figure.add_bar(
        y=names,
        x=orders.to_numpy(),
        orientation="h",
        width=0.34,
        marker={"color": ACCENT},
        showlegend=False,
        hovertemplate="%{y}: %{x:,.0f} orders<extra></extra>",
    )
    figure.add_scatter(
        y=names,
        x=limited["orders_per_day"],
        mode="markers+text",
        marker={"symbol": "line-ns", "size": 26, "line": {"color": INK, "width": 2}},
        text=[
            f"  {number(used)} of {number(limit)}  ·  {percent(used / limit) if limit else 'no capacity'}"
            for used, limit in zip(orders, limited["orders_per_day"], strict=True)
        ],
        textposition="middle right",
        cliponaxis=False,
        hoverinfo="skip",
        showlegend=False,
    )
    top = max(float(limited["orders_per_day"].max()), float(orders.max()))
    return figure.update_layout(barmode="overlay").update_xaxes(
        range=[0, top * 1.8], showticklabels=False, ticks=""
    )


def parcels(shipments: pd.DataFrame) -> go.Figure:
    """How many orders leave in one parcel and how many in several."""
    title = "One parcel or several?"
    sent = shipments.dropna(subset=["warehouse"])
    if sent.empty:
        return nothing(title, "No open order can be shipped today.")
    counts = sent.groupby("order_id")["parcel"].nunique().value_counts().sort_index()
    figure = canvas(
        title, f"orders by parcels; {percent((counts[counts.index > 1].sum()) / counts.sum(), 1)} are split"
    )
    figure.add_bar(
        x=[number(parcels_) for parcels_ in counts.index],
        y=counts,
        width=0.5,
        marker={"color": [ACCENT if parcels_ == 1 else QUIET for parcels_ in counts.index]},
        text=[number(value) for value in counts],
        textposition="outside",
        cliponaxis=False,
        hovertemplate="%{x} parcels: %{y:,.0f} orders<extra></extra>",
    )
    return figure.update_xaxes(title_text="parcels of an order", type="category").update_yaxes(
        showticklabels=False, showgrid=False
    )


def frontier(plans: pd.DataFrame, currency: str, picked: int | None = None) -> go.Figure:
    """Cost against CO2 equivalent of the plans of `routing_frontier`; colour and shape: how late they are.

    A ring is round today's plan, and a square round the one that is `picked` on the page.
    """
    title = "What would less cost, less CO2e or less delay take?"
    if plans.empty:
        return nothing(title, "No order waits to be shipped.")
    figure = canvas(title, "a mark a plan, numbered as in the table; the ring is today's")
    for index, (_, these) in enumerate(plans.groupby("lateness_cost_per_day")):
        weight = these["lateness_cost_per_day"].iloc[0]
        colour, shape = SERIES[index % len(SERIES)], SHAPES[index % len(SHAPES)]
        figure.add_scatter(
            x=these["co2e_kg"],
            y=these["cost"],
            mode="lines+markers+text",
            name=f"a day late at {number(weight, 2)}{SPACE}{plain(currency)}: {_late(these)}",
            line={"color": tint(colour, 0.5), "width": 1, "dash": "dot"},
            marker={"color": colour, "symbol": shape, "size": 11},
            text=these["plan"].astype("str"),
            textposition="bottom right",
            textfont={"size": 12, "color": MUTED},
            customdata=these[["plan", "order_days_late", "orders_held"]],
            hovertemplate=f"plan %{{customdata[0]}}: %{{y:,.0f}} {plain(currency)}, %{{x:,.0f}} kg, "
            "%{customdata[1]:,.0f} days late, %{customdata[2]:,.0f} orders held<extra></extra>",
            cliponaxis=False,
        )
    own = plans[plans["current"]]
    figure.add_scatter(
        x=own["co2e_kg"],
        y=own["cost"],
        mode="markers+text",
        marker={"symbol": "circle-open", "size": 22, "color": INK, "line": {"width": 2}},
        text="<b>today's plan</b>  ",
        textposition="middle left",
        textfont={"color": INK},
        hoverinfo="skip",
        showlegend=False,
        cliponaxis=False,
    )
    chosen = plans[plans["plan"] == picked]
    figure.add_scatter(
        x=chosen["co2e_kg"],
        y=chosen["cost"],
        mode="markers",
        marker={"symbol": "square-open", "size": 28, "color": ACCENT, "line": {"width": 3}},
        hoverinfo="skip",
        showlegend=False,
        cliponaxis=False,
    )
    beside = {"orientation": "v", "x": 1.02, "xanchor": "left", "y": 1.0, "yanchor": "top"}
    figure.update_layout(legend=beside).update_xaxes(title_text="CO2e, kg", tickformat=",", nticks=7)
    return figure.update_yaxes(title_text=f"freight and handling, {plain(currency)}", tickformat=",")


def _late(plans: pd.DataFrame) -> str:
    """How late some plans are expected to be, from the least to the most."""
    least, most = (number(plans["order_days_late"].agg(end)) for end in ("min", "max"))
    return f"{least if least == most else f'{least} to {most}'}{SPACE}days late"
