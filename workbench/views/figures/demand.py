"""What was sold, what is expected, what has changed, and what runs away."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from workbench.demand.paths import aggregate, matrix
from workbench.views.figures.canvas import (
    canvas,
    dated,
    dumbbell,
    label,
    nothing,
    paint,
    pair,
    plain,
    product_names,
)
from workbench.views.look import ACCENT, AMBER, MUTED, PATTERNS, QUIET, RED, SERIES
from workbench.views.numerals import count, number, percent, units

BANDS = ((0.025, 0.975, 0.13), (0.1, 0.9, 0.2))
HISTORY_DAYS = 84  # of the past that figures show beside the horizon
OFF_SCALE = 3.0  # times the usual height at which a day no longer stretches the axis


def fan(
    sales: pd.DataFrame,
    demand_paths: pd.DataFrame,
    promotions: pd.DataFrame,
    assumed_demand: pd.DataFrame,
    sku: str,
    *,
    day: date,
) -> go.Figure:
    """One SKU over all channels: units sold a day, then the fan of its demand paths.

    Days on which it could not be bought are shaded, with what is taken to have been wanted on them dotted;
    promotions are marked with a bar at the foot. Quantiles are those of the summed paths, never sums of
    quantiles.
    """
    start = pd.Timestamp(day) - timedelta(days=HISTORY_DAYS)
    own = sales[(sales["sku"] == sku) & (sales["date"] >= start) & (sales["date"] < pd.Timestamp(day))]
    ahead = demand_paths[demand_paths["sku"] == sku]
    title = f"What could be wanted of {sku}?"
    if own.empty and ahead.empty:
        return nothing(
            title, "Nothing was sold and nothing is expected: is the SKU spelt as in the products?"
        )
    figure = canvas(title, "units a day, all channels; bands hold 80 % and 95 % of the sample paths")
    days = pd.date_range(start, periods=HISTORY_DAYS)
    sold = own.groupby("date")["units"].sum().reindex(days, fill_value=0)
    sold = sold.where(days <= sales["date"].max())  # what is not on record yet is not nothing
    figure.add_scatter(
        x=sold.index, y=sold, name="sold", line={"color": MUTED, "width": 1.5}, hovertemplate="%{y:,.0f} sold"
    )
    _dot_assumed(figure, assumed_demand[assumed_demand["sku"] == sku], sold)
    if not ahead.empty:
        _add_fan(figure, *aggregate(ahead.drop(columns="paths"), matrix(ahead), ["date"]))
    _cut_record_days(figure, sold)
    _shade(figure, own.loc[~own["in_stock"].fillna(True).astype(bool), "date"].unique())
    _mark_promotions(figure, promotions[promotions["sku"] == sku], start, ahead["date"].max())
    figure.add_vline(x=pd.Timestamp(day), line={"color": MUTED, "dash": "dot", "width": 1})
    # room for a legend of three rows, which it needs beside another figure
    return dated(figure).update_layout(hovermode="x unified", margin_t=132).update_yaxes(rangemode="tozero")


def since_last_plan(changes: pd.DataFrame, products: pd.DataFrame, top: int = 12) -> go.Figure:
    """The SKUs whose forecast moved most between two plans, and why; rows of `demand.changes.changes`."""
    title = "What has changed since the last plan, and why?"
    moved = changes[(changes["after"] - changes["before"]).round(2) != 0].head(top)[::-1]
    if changes.empty:
        return nothing(title, "No earlier plan has a forecast of these days.")
    if moved.empty:
        return nothing(title, "Nothing has: every product's forecast is what it was.")
    figure = canvas(title, "units a day that both plans forecast: last plan ○ to this one ●", across=True)
    ends = {"before": "last plan", "after": "this plan"}
    names = product_names(moved["sku"], products)
    rise = moved["after"] - moved["before"]
    said = [
        f"{'+' if up > 0 else ''}{number(up, 1)}, {why}" for up, why in zip(rise, moved["why"], strict=True)
    ]
    return dumbbell(figure, names, moved, ends, "%{x:,.1f} a day", said)


def against_recent(
    demand: pd.DataFrame, demand_models: pd.DataFrame, products: pd.DataFrame, top: int = 12
) -> go.Figure:
    """The SKUs whose expected units a day differ most from those of their recent weeks."""
    title = "What will sell otherwise than lately?"
    if demand.empty or demand_models.empty:
        return nothing(title, "No forecast has been made yet.")
    moves = pd.DataFrame(
        {
            "expected": demand.groupby("sku")["mean"].sum() / demand["date"].nunique(),
            "recent": demand_models.groupby("sku")["recent"].sum(),
        }
    ).fillna(0.0)
    size = (moves["expected"] - moves["recent"]).abs()
    moves = moves.loc[size.sort_values(ascending=False, kind="stable").index[:top]][::-1]
    figure = canvas(title, "units a day: recent weeks ○ to the coming weeks ●", across=True)
    ends = {"recent": "recent weeks", "expected": "expected"}
    return dumbbell(figure, product_names(moves.index, products), moves, ends, "%{x:,.1f} a day")


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
    return dated(figure).update_layout(barmode="stack", hovermode="x unified", bargap=0.2)


def spikes(spikes: pd.DataFrame, products: pd.DataFrame) -> go.Figure:
    """Series that run away: what was ordered since it began beside what was expected."""
    title = "What runs away today?"
    if spikes.empty:
        return nothing(title, "Nothing does: every series keeps to what was expected of it.")
    rows = spikes.sort_values("units").reset_index(drop=True)
    names = [
        f"{name}  ·  {label(channel, 16)}"
        for name, channel in zip(product_names(rows["sku"], products), rows["channel"], strict=True)
    ]
    figure = canvas(title, "units ordered since it began, beside those expected", across=True)
    return pair(figure, names, rows, {"units": ("ordered", RED, ""), "expected": ("expected", QUIET, "/")})


def assumed(assumed_demand: pd.DataFrame, products: pd.DataFrame, *, day: date, top: int = 10) -> go.Figure:
    """The SKUs of which most was taken to have been wanted, beyond what was sold, on days out of stock."""
    title = "What would have sold, had it been there?"
    recent = assumed_demand[assumed_demand["date"] >= pd.Timestamp(day) - timedelta(days=HISTORY_DAYS)]
    sums = recent.groupby("sku")[["sold", "wanted"]].sum()
    more = (sums["wanted"] - sums["sold"]).sort_values(ascending=False, kind="stable")
    more = more[more > 0]
    if more.empty:
        return nothing(title, f"Nothing was missing on any of the last {HISTORY_DAYS} days.")
    note = (
        f"units on days out of stock or not on record in the last {HISTORY_DAYS} days; "
        f"{units(more.sum())} more than sold were assumed in all"
    )
    rows = sums.loc[more.index[:top]][::-1]
    return pair(
        canvas(title, note, across=True),
        product_names(rows.index, products),
        rows,
        {"wanted": ("assumed wanted", ACCENT, ""), "sold": ("sold", QUIET, "/")},
    )


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


def _cut_record_days(figure: go.Figure, sold: pd.Series[float]) -> None:
    """Keep the axis to the usual days and the fan where a day towers above both; such days are written."""
    fan = max((max(trace.y) for trace in figure.data if trace.fill), default=0.0)
    usual = max(float(sold.quantile(0.97)), float(fan), 1.0)
    towering = sold[sold > OFF_SCALE * usual]
    if len(towering):
        figure.add_scatter(
            x=towering.index,
            y=[1.2 * usual] * len(towering),
            mode="markers+text",
            marker={"symbol": "triangle-up", "size": 11, "color": MUTED},
            text=[f"{number(most)}   " for most in towering],
            textposition="middle left",
            name="off the scale",
            hoverinfo="skip",
        )
        figure.update_yaxes(range=[0, 1.3 * usual])


def _dot_assumed(figure: go.Figure, assumed: pd.DataFrame, sold: pd.Series[float]) -> None:
    """What is taken to have been wanted in all, on the days on which some of it could not be bought."""
    extra = (assumed["wanted"] - assumed["sold"]).groupby(assumed["date"]).sum()
    wanted = (sold.fillna(0) + extra).reindex(sold.index)
    if wanted.notna().any():
        figure.add_scatter(
            x=wanted.index,
            y=wanted,
            mode="lines+markers",
            line={"color": RED, "width": 1.5, "dash": "dot"},
            marker={"size": 4},
            name="assumed wanted",
            hovertemplate="%{y:,.1f} assumed wanted",
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
