"""How long suppliers take, beside what they promise."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from workbench.views.figures.canvas import canvas, label, nothing
from workbench.views.look import ACCENT, INK
from workbench.views.numerals import count


def lead_times(receipts: pd.DataFrame, offers: pd.DataFrame, suppliers: pd.DataFrame) -> go.Figure:
    """Days from order to receipt of every delivery of a product's suppliers, with the days they promise.

    The lines of an order to one warehouse are one delivery.
    """
    title = "How long do its suppliers take?"
    own = suppliers[suppliers["supplier"].isin(offers["supplier"])].sort_values("supplier", ascending=False)
    if own.empty:
        return nothing(title, "Nobody offers it.")
    orders = receipts[receipts["supplier"].isin(own["supplier"])].drop_duplicates(
        ["supplier", "purchase_order_id", "warehouse", "received_on"]
    )
    days = (orders["received_on"] - orders["ordered_on"]).dt.days
    names, figure = (
        [],
        canvas(title, "days from order to receipt: every delivery, and │ as promised", across=True),
    )
    for row in own.to_dict("records"):
        taken = days[orders["supplier"] == row["supplier"]]
        name = f"{label(row['name'], 26)}<br>{count(len(taken), 'delivery', 'deliveries')}"
        names.append(name)
        figure.add_box(
            x=taken,
            y=[name] * len(taken),
            orientation="h",
            boxpoints="all",
            jitter=0.5,
            pointpos=0,
            marker={"size": 4, "color": ACCENT, "opacity": 0.45},
            line={"color": ACCENT, "width": 1.5},
            fillcolor="rgba(29, 91, 140, 0.12)",
            hovertemplate="%{x} days<extra></extra>",
            showlegend=False,
        )
    figure.add_scatter(
        x=own["lead_time_days"],
        y=names,
        mode="markers",
        name="promised",
        marker={"symbol": "line-ns", "size": 30, "line": {"width": 3, "color": INK}},
        hovertemplate="promised: %{x:.0f} days<extra></extra>",
        showlegend=False,
    )
    return figure.update_xaxes(rangemode="tozero")
