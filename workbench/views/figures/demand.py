"""What was sold, what is expected, what changed, and which model says so."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from workbench.demand.paths import aggregate, matrix
from workbench.views.figures.canvas import canvas, label, nothing, paint, plain
from workbench.views.look import ACCENT, AMBER, MUTED, PATTERNS, QUIET, RED, SERIES
from workbench.views.numerals import count, number, percent
from workbench.views.words import spoken

SPEEDS = ("slow", "medium", "fast", "all")
BANDS = ((0.025, 0.975, 0.13), (0.1, 0.9, 0.2))


def fan(
    sales: pd.DataFrame,
    demand_paths: pd.DataFrame,
    promotions: pd.DataFrame,
    sku: str,
    *,
    day: date,
    history_days: int = 84,
) -> go.Figure:
    """One SKU over all channels: units sold a day, then the fan of its demand paths.

    Days on which it could not be bought are shaded, promotions marked with a bar at the foot. Quantiles are
    those of the summed paths, never sums of quantiles.
    """
    start = pd.Timestamp(day) - timedelta(days=history_days)
    own = sales[(sales["sku"] == sku) & (sales["date"] >= start) & (sales["date"] < pd.Timestamp(day))]
    ahead = demand_paths[demand_paths["sku"] == sku]
    title = f"What could be wanted of {sku}?"
    if own.empty and ahead.empty:
        return nothing(
            title, "Nothing was sold and nothing is expected: is the SKU spelt as in the products?"
        )
    figure = canvas(title, "units a day, all channels; bands hold 80 % and 95 % of the sample paths")
    sold = (
        own.groupby("date")["units"].sum().reindex(pd.date_range(start, periods=history_days), fill_value=0)
    )
    figure.add_scatter(
        x=sold.index, y=sold, name="sold", line={"color": MUTED, "width": 1.5}, hovertemplate="%{y:,.0f} sold"
    )
    if not ahead.empty:
        _add_fan(figure, *aggregate(ahead.drop(columns="paths"), matrix(ahead), ["date"]))
    _shade(figure, own.loc[~own["in_stock"].fillna(True).astype(bool), "date"].unique())
    _mark_promotions(figure, promotions[promotions["sku"] == sku], start, ahead["date"].max())
    figure.add_vline(x=pd.Timestamp(day), line={"color": MUTED, "dash": "dot", "width": 1})
    return figure.update_layout(hovermode="x unified").update_yaxes(rangemode="tozero")


def what_changed(
    demand: pd.DataFrame, demand_models: pd.DataFrame, products: pd.DataFrame, top: int = 12
) -> go.Figure:
    """The SKUs whose expected units a day differ most from those of their recent weeks."""
    title = "What changed most?"
    if demand.empty or demand_models.empty:
        return nothing(title, "No forecast has been made yet.")
    days = demand["date"].nunique()
    moves = pd.DataFrame(
        {
            "expected": demand.groupby("sku")["mean"].sum() / days,
            "recent": demand_models.groupby("sku")["recent"].sum(),
        }
    ).fillna(0.0)
    moves["change"] = moves["expected"] - moves["recent"]
    moves = moves.loc[moves["change"].abs().sort_values(ascending=False, kind="stable").index[:top]][::-1]
    names = _names(moves.index, products)
    figure = canvas(title, "units a day: recent weeks ○ to the coming weeks ●", across=True)
    figure.add_scatter(
        x=[value for pair in zip(moves["recent"], moves["expected"], strict=True) for value in (*pair, None)],
        y=[name for name in names for _ in range(3)],
        mode="lines",
        line={"color": QUIET, "width": 2},
        hoverinfo="skip",
        showlegend=False,
    )
    for column, symbol, name in (
        ("recent", "circle-open", "recent weeks"),
        ("expected", "circle", "expected"),
    ):
        figure.add_scatter(
            x=moves[column],
            y=names,
            mode="markers",
            name=name,
            marker={"symbol": symbol, "size": 10, "color": ACCENT, "line": {"width": 2}},
            hovertemplate="%{y}: %{x:,.1f} a day<extra></extra>",
        )
    return figure.update_xaxes(rangemode="tozero")


def model_mix(demand_models: pd.DataFrame) -> go.Figure:
    """How much of what sells each model serves: its share of series beside its share of recent units."""
    title = "Which model serves what?"
    if demand_models.empty:
        return nothing(title, "No forecast has been made yet.")
    mix = demand_models.groupby("model").agg(series=("sku", "size"), units=("recent", "sum"))
    mix = (mix / mix.sum().clip(lower=1e-9)).sort_values("units")
    names = [label(spoken(model)) for model in mix.index]
    figure = canvas(title, "share of all series, and of the units of recent weeks", across=True)
    _pair(
        figure,
        names,
        mix * 100,
        {"units": ("of units", ACCENT, ""), "series": ("of series", QUIET, "/")},
        " %",
    )
    return figure


def backtest_error(backtest: pd.DataFrame) -> go.Figure:
    """Error of every model on past days, by class of series; `served` is what the choice gave."""
    title = "How far off on days it had not seen?"
    if backtest.empty:
        return nothing(title, "No model could be tried on the past: there is too little of it.")
    error = backtest.set_index(["model", "speed"])["wape"].unstack()  # noqa: PD010 - a key must not repeat
    error = error[[speed for speed in SPEEDS if speed in error]]
    order = error["all"].sort_values(ascending=False, kind="stable").index if "all" in error else error.index
    error = error.loc[[*order.drop("served", errors="ignore"), *order.intersection(["served"])]]
    names = [
        "<b>chosen by series</b>" if model == "served" else label(spoken(model)) for model in error.index
    ]
    figure = canvas(title, "sum of absolute daily errors, % of units sold; darker is worse")
    figure.add_heatmap(
        z=error * 100,
        x=[f"{spoken(speed)} sellers" if speed != "all" else "All" for speed in error.columns],
        y=names,
        colorscale=[[0, "#eef4f8"], [1, "#7fa6c4"]],
        showscale=False,
        xgap=3,
        ygap=3,
        text=[[percent(value) for value in row] for row in error.to_numpy()],
        texttemplate="%{text}",
        hovertemplate="%{y}, %{x}: %{z:.1f} %<extra></extra>",
    )
    return figure.update_yaxes(showgrid=False).update_xaxes(side="top", ticks="", showline=False)


def spikes(spikes: pd.DataFrame, products: pd.DataFrame) -> go.Figure:
    """Series that run away: what was ordered in the window beside what was expected in it."""
    title = "What runs away today?"
    if spikes.empty:
        return nothing(title, "Nothing does: every series keeps to what was expected of it.")
    rows = spikes.sort_values("units").reset_index(drop=True)
    names = [
        f"{name}  ·  {label(channel, 16)}"
        for name, channel in zip(_names(rows["sku"], products), rows["channel"], strict=True)
    ]
    figure = canvas(title, "units ordered in the window beside those expected", across=True)
    _pair(figure, names, rows, {"units": ("ordered", RED, ""), "expected": ("expected", QUIET, "/")}, "")
    return figure


def by_channel(demand: pd.DataFrame, channels: pd.DataFrame) -> go.Figure:
    """Expected units a day by channel."""
    title = "Where will it be wanted?"
    if demand.empty:
        return nothing(title, "No forecast has been made yet.")
    daily = demand.pivot_table(index="date", columns="channel", values="mean", aggfunc="sum")
    names = channels.set_index("channel")["name"]
    figure = canvas(title, "expected units a day by channel")
    for number_, channel in enumerate(daily.sum().sort_values(ascending=False).index):
        figure.add_bar(
            x=daily.index,
            y=daily[channel],
            name=label(names.get(channel, channel), 20),
            marker=paint(SERIES[number_ % len(SERIES)], PATTERNS[number_ % len(PATTERNS)]),
            hovertemplate="%{y:,.0f}",
        )
    return figure.update_layout(barmode="stack", hovermode="x unified", bargap=0.2)


def _add_fan(figure: go.Figure, days: pd.DataFrame, paths: np.ndarray) -> None:
    for low, high, strength in BANDS:
        edges = np.quantile(paths, (low, high), axis=1)
        figure.add_scatter(
            x=pd.concat([days["date"], days["date"][::-1]]),
            y=np.concatenate([edges[0], edges[1][::-1]]),
            fill="toself",
            fillcolor=f"rgba(29, 91, 140, {strength})",
            line={"width": 0},
            hoverinfo="skip",
            name=f"{high - low:.0%} of paths".replace("%", " %"),
        )
    figure.add_scatter(
        x=days["date"],
        y=np.quantile(paths, 0.5, axis=1),
        name="median",
        line={"color": ACCENT, "width": 2.5},
        hovertemplate="%{y:,.0f} expected (median)",
    )


def _shade(figure: go.Figure, days: Iterable[pd.Timestamp]) -> None:
    """Shade the days without stock, and say in the legend what the shade is."""
    without = sorted(pd.Timestamp(day) for day in days)
    for day in without:
        figure.add_vrect(
            x0=day - timedelta(hours=12),
            x1=day + timedelta(hours=12),
            fillcolor=RED,
            opacity=0.14,
            line_width=0,
            layer="below",
        )
    if without:
        figure.add_scatter(
            x=[None],
            y=[None],
            mode="markers",
            marker={"symbol": "square", "size": 11, "color": RED, "opacity": 0.3},
            name=count(len(without), "day out of stock", "days out of stock"),
        )


def _mark_promotions(
    figure: go.Figure, promotions: pd.DataFrame, start: pd.Timestamp, end: pd.Timestamp
) -> None:
    """A bar at the foot of the figure for every promotion in sight."""
    last = promotions["valid_to"].fillna(end)
    seen = promotions[(last >= start) & (promotions["valid_from"] <= end)].drop_duplicates(
        ["valid_from", "valid_to"]
    )
    for index, row in enumerate(seen.to_dict("records")):
        figure.add_scatter(
            x=[max(row["valid_from"], start), end if pd.isna(row["valid_to"]) else row["valid_to"]],
            y=[0, 0],
            mode="lines+markers",
            line={"color": AMBER, "width": 5},
            marker={"symbol": "line-ns", "size": 10, "line": {"color": AMBER, "width": 2}},
            name="promotion",
            legendgroup="promotion",
            showlegend=index == 0,
            hovertemplate=f"promotion, {plain(percent(row['discount']))} off<extra></extra>",
        )


def _pair(
    figure: go.Figure,
    names: list[str],
    values: pd.DataFrame,
    bars: dict[str, tuple[str, str, str]],
    unit: str,
) -> None:
    """Two bars a name, written at their ends; `bars` gives each column its name, colour and pattern."""
    for column, (name, colour, pattern) in reversed(bars.items()):
        figure.add_bar(
            y=names,
            x=values[column],
            name=name,
            orientation="h",
            marker=paint(colour, pattern),
            text=[number(value) + unit for value in values[column]],
            textposition="outside",
            cliponaxis=False,
            hovertemplate="%{y}: %{x:,.0f}" + unit + "<extra></extra>",
        )
    room = float(values[list(bars)].max().max()) * 1.25
    figure.update_layout(legend_traceorder="reversed").update_xaxes(
        showticklabels=False, showgrid=False, ticks="", range=[0, room]
    )


def _names(skus: Iterable[str], products: pd.DataFrame) -> list[str]:
    """Name and SKU of products, as labels; the SKU keeps like names apart."""
    names = products.set_index("sku")["name"]
    return [f"{label(names.get(sku, ''), 28)} {label(sku, 16)}".strip() for sku in skus]
