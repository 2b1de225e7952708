"""How far to trust the forecast: how good it was, where it is unsure, and what made it better."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from workbench.demand.paths import KEYS, aggregate, matrix
from workbench.views.figures.canvas import (
    canvas,
    dumbbell,
    label,
    nothing,
    paint,
    pair,
    product_names,
    write_beside,
)
from workbench.views.look import ACCENT, AMBER, GREEN, MUTED, QUIET
from workbench.views.numerals import NOTHING, money, percent
from workbench.views.words import spoken

SPEEDS = ("slow", "medium", "fast", "all")
UNTRIED = "No model could be tried on the past: there is too little of it."
WITHIN = 3.0  # points; bands within these of what they promise are called honest
STEPS = {
    "naive": ("last week again", QUIET, "/"),
    "statistical": ("best statistical model", MUTED, "."),
    "engine": ("the engine", ACCENT, ""),
    "override": ("planners' changes", AMBER, "x"),
}


def unsure(
    demand_paths: pd.DataFrame,
    demand_models: pd.DataFrame,
    prices: pd.DataFrame,
    products: pd.DataFrame,
    currency: str,
    top: int = 12,
) -> go.Figure:
    """The SKUs whose 80 % band of units over the horizon is widest in money, as a share of what is expected.

    The band is that of each path's sum. Priced at the mean of a SKU's selling prices; a SKU without a price
    counts at the mean of all. What has never been seen is hatched.
    """
    title = "Where is the engine unsure?"
    if demand_paths.empty:
        return nothing(title, "No forecast has been made yet.")
    keys, sums = aggregate(demand_paths[KEYS], matrix(demand_paths), ["sku"])
    expected = sums.mean(axis=1, dtype=np.float64)
    low, middle, high = np.quantile(sums, (0.1, 0.5, 0.9), axis=1) / np.maximum(expected, 1e-9) * 100
    price = keys["sku"].map(prices.groupby("sku")["price"].mean()).fillna(prices["price"].mean()).fillna(0.0)
    rows = keys.assign(low=low, middle=middle, high=high, worth=(high - low) / 100 * expected * price)
    rows["new"] = rows["sku"].isin(demand_models.loc[demand_models["never_seen"], "sku"])
    rows = rows[expected > 0].nlargest(top, "worth")[::-1]
    names = product_names(rows["sku"], products)
    days = demand_paths["date"].nunique()
    note = f"80 % band of the units of {days} days, % of those expected; beside it, how wide it is in money"
    figure = canvas(title, note, across=True)
    for new, said, colour, pattern in (
        (False, "80 % of paths", ACCENT, ""),
        (True, "80 % of paths, a pattern never seen", AMBER, "/"),
    ):
        own = rows[rows["new"] == new]
        if len(own):
            figure.add_bar(
                y=product_names(own["sku"], products),
                x=own["high"] - own["low"],
                base=own["low"],
                orientation="h",
                name=said,
                marker=paint(colour, pattern),
                customdata=own["high"],
                hovertemplate="%{y}: %{base:.0f} to %{customdata:.0f} % of what is expected<extra></extra>",
            )
    figure.add_scatter(
        x=rows["middle"],
        y=names,
        mode="markers",
        name="median",
        marker={"symbol": "line-ns", "size": 13, "line": {"width": 2, "color": "#ffffff"}},
        hoverinfo="skip",
        showlegend=False,
    )
    figure.add_vline(x=100, line={"color": MUTED, "dash": "dot", "width": 1})
    figure.update_layout(barmode="overlay").update_yaxes(categoryorder="array", categoryarray=names)
    return write_beside(figure, names, rows["high"], [money(v, currency) for v in rows["worth"]], room=1.3)


def error_by_class(backtest: pd.DataFrame) -> go.Figure:
    """Error and bias of what was served on past days, by class of series."""
    title = "How good was it last time?"
    own = backtest[backtest["model"] == "served"].set_index("speed").reindex(SPEEDS).dropna(subset="wape")
    if own.empty:
        return nothing(title, UNTRIED)
    figure = canvas(title, "on past days not learnt from, % of units sold; bias: above 0 is too much")
    for column, name, colour, pattern in (
        ("wape", "error (WAPE)", ACCENT, ""),
        ("bias", "bias", AMBER, "/"),
    ):
        figure.add_bar(
            x=[_class(speed) for speed in own.index],
            y=own[column] * 100,
            name=name,
            marker=paint(colour, pattern),
            text=[percent(value, 1) for value in own[column]],
            textposition="outside",
            cliponaxis=False,
            hovertemplate="%{x}: %{text} " + name + "<extra></extra>",
        )
    return figure.update_yaxes(showticklabels=False, showgrid=False, zeroline=True)


def backtest_error(backtest: pd.DataFrame) -> go.Figure:
    """Error of every model on past days, by class of series; `served` is what the choice gave."""
    title = "How far off on days it had not seen?"
    if backtest["wape"].isna().all():
        return nothing(title, UNTRIED)
    error = backtest.set_index(["model", "speed"])["wape"].unstack()  # noqa: PD010 - a key must not repeat
    error = error[[speed for speed in SPEEDS if speed in error]].dropna(axis="columns", how="all")
    order = error["all"].sort_values(ascending=False, kind="stable").index if "all" in error else error.index
    error = error.loc[[*order.drop("served", errors="ignore"), *order.intersection(["served"])]]
    names = ["<b>as served</b>" if model == "served" else label(spoken(model)) for model in error.index]
    figure = canvas(title, "sum of absolute daily errors, % of units sold; darker is worse")
    figure.add_heatmap(
        z=error * 100,
        x=[_class(speed) for speed in error.columns],
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


def model_mix(demand_models: pd.DataFrame) -> go.Figure:
    """How much of what sells each model serves: its share of series beside its share of recent units."""
    title = "Which model serves what?"
    if demand_models.empty:
        return nothing(title, "No forecast has been made yet.")
    mix = demand_models.groupby("model").agg(series=("sku", "size"), units=("recent", "sum"))
    mix = (mix / mix.sum().clip(lower=1e-9)).sort_values("units")
    names = [label(spoken(model)) for model in mix.index]
    figure = canvas(title, "share of all series, and of the units of recent weeks", across=True)
    bars = {"units": ("of units", ACCENT, ""), "series": ("of series", QUIET, "/")}
    return pair(figure, names, mix * 100, bars, " %")


def coverage(coverage: pd.DataFrame) -> go.Figure:
    """How far the share of past sums that the bands held is from what they promise, a panel a band."""
    title = "Do the bands hold what they promise?"
    known = coverage.dropna(subset="covered")
    if known.empty:
        return nothing(title, "No past days to check the bands on: there is too little history.")
    shares = sorted(known["share"].unique())
    panels = make_subplots(
        cols=len(shares), shared_yaxes=True, subplot_titles=[f"{percent(share)} band" for share in shares]
    )
    note = (
        f"points that bands of past sums held more (+) or fewer (−) than they should; shaded: ± {WITHIN:.0f}"
    )
    figure = go.Figure(panels).update_layout(canvas(title, note).layout)
    marks = zip(SPEEDS, ("circle-open", "diamond", "square"), (MUTED, AMBER, ACCENT), strict=False)
    for speed, symbol, colour in marks:
        for column, share in enumerate(shares, start=1):
            rows = known[(known["speed"] == speed) & (known["share"] == share)].sort_values("days")
            trace = go.Scatter(
                x=[f"{days} d" for days in rows["days"]],
                y=(rows["covered"] - rows["share"]) * 100,
                mode="lines+markers",
                name=_class(speed),
                legendgroup=speed,
                showlegend=column == 1,
                line={"color": colour, "width": 1},
                marker={"symbol": symbol, "size": 9, "color": colour, "line": {"width": 1, "color": colour}},
                text=[percent(covered, 1) for covered in rows["covered"]],
                hovertemplate="sums of %{x}: %{text} held<extra></extra>",
            )
            figure.add_trace(trace, row=1, col=column)
    figure.add_hrect(y0=-WITHIN, y1=WITHIN, fillcolor=GREEN, opacity=0.12, line_width=0, layer="below")
    figure.update_annotations(font={"size": 12, "color": MUTED})
    widest = max(float((known["covered"] - known["share"]).abs().max()) * 115, 2 * WITHIN)
    figure.update_yaxes(range=[-widest, widest], zeroline=True, zerolinecolor=MUTED)
    return figure.update_layout(margin_t=120, legend_y=1.09)


def value_added(value_added: pd.DataFrame) -> go.Figure:
    """Error after each step from the naive rule to planners' changes, and what the step changed in it."""
    title = "What does every step add?"
    if value_added.empty:
        return nothing(title, UNTRIED)
    classes = [speed for speed in SPEEDS if speed in set(value_added.dropna(subset="wape")["speed"])]
    note = "error (WAPE) in % of units sold, and its change by the step"
    if "override" not in set(value_added["step"]):
        note += "; no forecast that a planner changed has come true yet"
    figure = canvas(title, note)
    for step, (name, colour, pattern) in STEPS.items():
        rows = value_added[value_added["step"] == step].set_index("speed").reindex(classes)
        if rows["wape"].notna().any():
            figure.add_bar(
                x=[_class(speed) for speed in classes],
                y=rows["wape"] * 100,
                name=name,
                marker=paint(colour, pattern),
                text=[_step(*values) for values in rows[["wape", "change"]].itertuples(index=False)],
                textposition="outside",
                textfont={"size": 11},
                cliponaxis=False,
                customdata=[percent(value, 1) for value in rows["wape_before"]],
                hovertemplate="%{x}: %{y:.1f} %, the step before on the same days %{customdata}"
                + f"<extra>{name}</extra>",
            )
    return figure.update_layout(bargap=0.2).update_yaxes(showticklabels=False, showgrid=False)


def signal_worth(signal_worth: pd.DataFrame) -> go.Figure:
    """Error of the global model on past days without each kind of signal, and with it."""
    title = "What are the signals worth?"
    rows = signal_worth.dropna(subset=["wape_with", "wape_without"])
    if rows.empty:
        return nothing(title, "No signal could be tried: there is none, or too little history.")
    rows = rows.sort_values("change", ascending=False, kind="stable")
    ends = {"wape_without": "without it", "wape_with": "with it"}
    figure = canvas(title, "error (WAPE) on past days, % of units sold: without ○ to with ●", across=True)
    figure = dumbbell(
        figure,
        ["All of them" if kind == "all" else label(spoken(kind)) for kind in rows["kind"]],
        rows[list(ends)] * 100,
        ends,
        "%{x:.2f} %",
        [f"error {_signed(change)}" for change in rows["change"]],
    )
    low, high = rows[list(ends)].min().min() * 100, rows[list(ends)].max().max() * 100
    room = max(high - low, 1.0)  # the whole axis from 0 would hide what signals do
    return figure.update_xaxes(range=[max(low - 0.3 * room, 0.0), high + 0.6 * room])


def _step(error: float, change: float) -> str:
    """Error of a step, and below it what the step changed."""
    if pd.isna(error):
        return ""
    return percent(error) if pd.isna(change) else f"{percent(error)}<br>{_signed(change, 0)}"


def _signed(change: float, digits: int = 1) -> str:
    """A change of an error with its sign: minus is better."""
    if pd.isna(change):
        return NOTHING
    return ("+" if change > 0 else "") + percent(change, digits)


def _class(speed: str) -> str:
    return "All" if speed == "all" else f"{spoken(speed)} sellers"
