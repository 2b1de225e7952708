"""Where stock stands, where it should, and whose it is."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from workbench.views.figures.canvas import (
    around,
    canvas,
    dated,
    dumbbell,
    nothing,
    paint,
    place,
    product_names,
)
from workbench.views.look import ACCENT, AMBER, QUIET, RED, SERIES, SYMBOLS
from workbench.views.numerals import number, units
from workbench.views.words import WAITING


def stockouts(
    projection: pd.DataFrame, prices: pd.DataFrame, products: pd.DataFrame, currency: str, top: int = 10
) -> go.Figure:
    """The SKUs that are expected to lose most sales for want of stock over the horizon, in money."""
    title = "What will run out, and what will that cost?"
    lost = lost_sales(projection, prices)
    lost = lost[lost["value"] > 0].nlargest(top, "value")[::-1]
    if lost.empty:
        return nothing(title, "Nothing is expected to run out over the horizon.")
    figure = canvas(title, f"sales expected to be lost over the horizon, {currency}", across=True)
    return _bars(
        figure,
        product_names(lost["sku"], products),
        lost["value"],
        [
            f"  {number(value)}  ·  {units(lost_units)}"
            for value, lost_units in zip(lost["value"], lost["units"], strict=True)
        ],
    )


def lost_sales(projection: pd.DataFrame, prices: pd.DataFrame) -> pd.DataFrame:
    """Expected units and money lost by SKU over the projection's horizon; columns sku, units, value.

    Priced at the mean of the SKU's selling prices over channels; a SKU without a price counts as 0 money.
    """
    last = projection.sort_values("hours").drop_duplicates(["sku", "warehouse"], keep="last")
    lost = last.groupby("sku", as_index=False).agg(units=("lost_units", "sum"))
    price = prices.groupby("sku", as_index=False).agg(price=("price", "mean"))
    priced = lost.merge(price, on="sku", how="left", validate="one_to_one")
    return priced.assign(value=priced["units"] * priced["price"].fillna(0.0))[["sku", "units", "value"]]


def by_warehouse(stock: pd.DataFrame, transfers: pd.DataFrame, warehouses: pd.DataFrame) -> go.Figure:
    """Available units by warehouse, before the proposed transfers and after; these are transfer lines."""
    title = "Where does stock stand, and where should it?"
    if stock.empty:
        return nothing(title, "There is no stock.")
    before = stock.groupby("warehouse")["available"].sum()
    moved = (
        transfers.groupby("to_warehouse")["quantity"]
        .sum()
        .sub(transfers.groupby("from_warehouse")["quantity"].sum(), fill_value=0)
    )
    after = before.add(moved, fill_value=0)
    names = [place(code, warehouses, "warehouse") for code in after.index]
    figure = canvas(title, "available units, before and after the moves proposed")
    for values, name, colour, pattern in (
        (before.reindex(after.index, fill_value=0), "today", QUIET, "/"),
        (after, "after the moves", ACCENT, ""),
    ):
        figure.add_bar(
            x=names,
            y=values,
            name=name,
            marker=paint(colour, pattern),
            text=[number(value) for value in values],
            textposition="outside",
            cliponaxis=False,
            hovertemplate="%{x}: %{y:,.0f} units<extra></extra>",
        )
    return figure.update_yaxes(showticklabels=False, showgrid=False)


def by_channel(shares: pd.DataFrame, channels: pd.DataFrame) -> go.Figure:
    """Units ring-fenced by channel, before the proposed shares and after; these are channel share lines."""
    title = "Whose stock is it?"
    if shares.empty:
        return nothing(title, "No channel's share needs to change today.")
    sums = shares.groupby("channel")[["quantity_before", "quantity"]].sum().sort_values("quantity")
    names = [place(code, channels, "channel") for code in sums.index]
    figure = canvas(title, "units of the buffers that change: today ○ to proposed ●", across=True)
    ends = {"quantity_before": "today", "quantity": "proposed"}
    return dumbbell(figure, names, sums, ends, "%{x:,.0f} units")


def promises(available_to_promise: pd.DataFrame, channels: pd.DataFrame, sku: str) -> go.Figure:
    """Units of a SKU that each channel may promise by each day, over all warehouses."""
    title = f"What may be promised of {sku}, and by when?"
    if available_to_promise.empty:
        return nothing(title, "No channel lists it, so none may promise any.")
    daily = available_to_promise.pivot_table(index="date", columns="channel", values="units", aggfunc="sum")
    if not daily.to_numpy().any():
        return nothing(
            title, f"None may be promised by {daily.index[-1]:%a %d %b}: every unit is spoken for."
        )
    figure = canvas(title, "units a channel may promise by a day; what one promises the others may not")
    for at, channel in enumerate(daily.iloc[0].sort_values(ascending=False, kind="stable").index):
        figure.add_scatter(
            x=daily.index,
            y=daily[channel],
            name=place(channel, channels, "channel"),
            mode="lines+markers",
            line={"color": SERIES[at % len(SERIES)], "width": 2, "shape": "hv"},
            marker={"symbol": SYMBOLS[at % len(SYMBOLS)], "size": 7},
            hovertemplate="%{y:,.0f}",
        )
    if len(daily) == 1:
        figure.update_xaxes(range=around(daily.index[0], daily.index[0]))
    return dated(figure).update_layout(hovermode="x unified").update_yaxes(rangemode="tozero")


def risk_by_warehouse(projection: pd.DataFrame, warehouses: pd.DataFrame) -> go.Figure:
    """How many SKUs are more likely than not to have run out, by warehouse and day from now."""
    title = "How many run out, where and when?"
    days = projection["hours"] / 24
    shown = projection[days.isin(range(1, 8)) | (days % 7 == 0)]  # every day of a week, then every week
    if shown.empty:
        return nothing(title, "No projection has been made yet.")
    out = shown.assign(out=shown["stockout_probability"] > 0.5).pivot_table(
        index="warehouse", columns="hours", values="out", aggfunc="sum"
    )
    figure = canvas(title, "SKUs more likely than not to have run out by then")
    figure.add_heatmap(
        z=out,
        x=[f"{int(hours) // 24}" for hours in out.columns],
        y=[place(code, warehouses, "warehouse") for code in out.index],
        colorscale=[[0, "#f5f7f9"], [1, RED]],
        showscale=False,
        xgap=2,
        ygap=2,
        texttemplate="%{z}",
        textfont={"size": 12},
        hovertemplate="%{y}, day %{x}: %{z} SKUs<extra></extra>",
    )
    return figure.update_yaxes(showgrid=False).update_xaxes(type="category", title_text="days from now")


def _bars(figure: go.Figure, names: list[str], values: pd.Series, texts: list[str]) -> go.Figure:
    figure.add_bar(
        y=names,
        x=values,
        orientation="h",
        marker={"color": ACCENT},
        text=texts,
        textposition="outside",
        cliponaxis=False,
        hovertemplate="%{y}: %{text}<extra></extra>",
    )
    return figure.update_xaxes(
        showticklabels=False, showgrid=False, ticks="", range=[0, float(values.max()) * 1.6]
    )


def gains(transfers: pd.DataFrame, warehouses: pd.DataFrame, currency: str) -> go.Figure:
    """Money that moving stock is expected to bring, by lane; what waits for a person is hatched."""
    title = "What do the moves bring?"
    if transfers.empty:
        return nothing(title, "No move between warehouses pays today.")
    lanes = transfers.assign(
        lane=[
            f"{place(start, warehouses, 'warehouse')} → {place(end, warehouses, 'warehouse')}"
            for start, end in zip(transfers["from_warehouse"], transfers["to_warehouse"], strict=True)
        ],
        waits=transfers["decision"].isin(WAITING),
    )
    table = lanes.pivot_table(index="lane", columns="waits", values="gain", aggfunc="sum", fill_value=0.0)
    table = table.loc[table.sum(axis=1).sort_values(kind="stable").index]
    figure = canvas(title, f"expected gain less the cost of moving, {currency}", across=True)
    for waits, name, colour, pattern in (
        (False, "moved", ACCENT, ""),
        (True, "waits for a person", AMBER, "/"),
    ):
        if waits in table:
            figure.add_bar(
                y=list(table.index),
                x=table[waits],
                name=name,
                orientation="h",
                marker=paint(colour, pattern),
                hovertemplate="%{y}: %{x:,.0f} " + currency + f" {name}<extra></extra>",
            )
    return figure.update_layout(barmode="stack")
