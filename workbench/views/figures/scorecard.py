"""How often agents were right, how sure they said they were, and what they left to people."""

from __future__ import annotations

from math import log10
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from workbench.policy import ScorecardPolicy
from workbench.views.figures.canvas import canvas, label, nothing, paint, plain, write_beside
from workbench.views.look import ACCENT, AMBER, GREEN, MUTED, QUIET
from workbench.views.numerals import count, money, number, percent
from workbench.views.scorecard import accuracy, by_rule, reliability
from workbench.views.words import spoken


def right(outcomes: pd.DataFrame, bar: float, empty: str) -> go.Figure:
    """Share of matured decisions that were right with its interval, by kind, against the bar."""
    title = "How often were they right?"
    if outcomes.empty:
        return nothing(title, empty)
    rows = accuracy(outcomes)[::-1]
    names = [label(f"{spoken(kind)}") for kind in rows["kind"]]
    note = f"% of matured decisions with 95 % interval; dotted: the bar of {percent(bar)}"
    figure = canvas(title, note, across=True)
    figure.add_scatter(
        x=100 * rows["share"],
        y=names,
        mode="markers",
        marker={"symbol": "diamond", "size": 11, "color": ACCENT},
        error_x=_interval(rows),
        customdata=list(zip(rows["right"], rows["n"], strict=True)),
        hovertemplate="%{y}: %{x:.1f} %, %{customdata[0]} of %{customdata[1]}<extra></extra>",
        showlegend=False,
        cliponaxis=False,
    )
    write_beside(figure, names, 100 * rows["high"], [f"of {number(n)}" for n in rows["n"]], room=1.2)
    figure.add_vline(x=100 * bar, line={"color": MUTED, "dash": "dot", "width": 1.5})
    return figure.update_xaxes(range=[0, 115], tickvals=[0, 25, 50, 75, 100], ticksuffix=" %")


def calibration(outcomes: pd.DataFrame, empty: str) -> go.Figure:
    """Confidence claimed against the share that came true, by tenth of confidence, with counts."""
    title = "Are they as sure as they should be?"
    if outcomes.empty:
        return nothing(title, empty)
    bins = reliability(outcomes)
    figure = canvas(title, "came true by confidence claimed; on the line is honest; beside it how many")
    figure.add_scatter(
        x=[0, 100],
        y=[0, 100],
        mode="lines",
        line={"color": MUTED, "dash": "dot", "width": 1.5},
        hoverinfo="skip",
        showlegend=False,
    )
    figure.add_scatter(
        x=100 * bins["claimed"],
        y=100 * bins["share"],
        mode="markers+text",
        marker={"size": 11, "color": ACCENT, "symbol": "diamond"},
        error_y=_interval(bins),
        text=[f"  {number(n)}" for n in bins["n"]],
        textposition="middle right",
        textfont={"size": 12, "color": MUTED},
        hovertemplate="claimed %{x:.0f} %, came true %{y:.0f} %<extra></extra>",
        showlegend=False,
        cliponaxis=False,
    )
    figure.update_xaxes(range=[0, 106], ticksuffix=" %", title="claimed")
    return figure.update_yaxes(range=[0, 104], ticksuffix=" %", title="came true")


def escalations(rows: pd.DataFrame, targets: ScorecardPolicy, top: int = 9) -> go.Figure:
    """Share of all proposals that each rule sent to a person; of several rules the first counts."""
    title = "Why were people asked?"
    rules = by_rule(rows) if len(rows) else pd.DataFrame()
    if rules.empty:
        return nothing(title, "No decision was left to a person.")
    rules = rules.head(top)[::-1]
    band = f"{number(100 * targets.escalated_low)} to {percent(targets.escalated_high)}"
    total = percent(rows["escalated"].mean(), 1)
    figure = canvas(title, f"% of all proposals by rule; {total} in all, {band} is healthy", across=True)
    names = [label(spoken(rule)) for rule in rules["rule"]]
    figure.add_bar(
        y=names,
        x=100 * rules["share"],
        orientation="h",
        marker=paint(AMBER, "/"),
        hovertemplate="%{y}: %{x:.1f} % of all proposals<extra></extra>",
        showlegend=False,
    )
    words = [f"{percent(share, 1)}, {number(n)}" for share, n in zip(rules["share"], rules["n"], strict=True)]
    write_beside(figure, names, 100 * rules["share"], words, room=1.4)
    return figure.update_xaxes(showticklabels=False, showgrid=False, ticks="")


def untouched(rows: pd.DataFrame, targets: ScorecardPolicy) -> go.Figure:
    """Share of proposals that were carried out as proposed without a person, by agent, against the target."""
    title = "What could people leave alone?"
    if rows.empty:
        return nothing(title, "No agent has proposed anything.")
    share = 1 - rows.groupby("agent")["touched"].mean()
    counts = rows.groupby("agent").size()
    agents = list(dict.fromkeys(rows["agent"]))[::-1]
    names = [spoken(agent) for agent in agents]
    target = targets.untouched_target
    figure = canvas(
        title, f"% of proposals carried out as proposed; dotted: the target of {percent(target)}", across=True
    )
    figure.add_bar(
        y=names,
        x=[100 * share[agent] for agent in agents],
        orientation="h",
        marker=paint(GREEN),
        hovertemplate="%{y}: %{x:.1f} %<extra></extra>",
        showlegend=False,
    )
    words = [f"{percent(share[agent])} of {number(counts[agent])}" for agent in agents]
    ends = pd.Series([100 * share[agent] for agent in agents])
    write_beside(figure, names, ends, words, room=1.0)
    figure.add_vline(x=100 * target, line={"color": MUTED, "dash": "dot", "width": 1.5})
    return figure.update_xaxes(range=[0, 130], tickvals=[0, 25, 50, 75, 100], ticksuffix=" %")


def answers(rows: pd.DataFrame, targets: ScorecardPolicy) -> go.Figure:
    """Minutes from an escalation to the first answer, by agent, on a scale that holds days too."""
    title = "How long did questions wait?"
    answered = rows.dropna(subset="minutes")
    if answered.empty:
        return nothing(title, "No question has been answered yet.")
    note = f"minutes to a person's answer; ◆ median; dotted: the target of {number(targets.response_minutes)}"
    figure = canvas(title, note, across=True)
    minutes = answered.assign(minutes=answered["minutes"].clip(lower=0.1))
    names = minutes["agent"].map(spoken)
    figure.add_scatter(
        x=minutes["minutes"],
        y=names,
        mode="markers",
        marker={"symbol": "circle-open", "size": 9, "color": QUIET, "line": {"width": 1.5}},
        hovertemplate="%{y}: %{x:,.1f} min<extra></extra>",
        showlegend=False,
    )
    middle = minutes.groupby("agent")["minutes"].median()
    figure.add_scatter(
        x=middle,
        y=[spoken(agent) for agent in middle.index],
        mode="markers+text",
        marker={"symbol": "diamond", "size": 12, "color": ACCENT},
        text=[f"{number(value, 1 if value < 10 else 0)} min" for value in middle],
        textposition="top center",
        textfont={"size": 12, "color": MUTED},
        hovertemplate="%{y}: median %{x:,.1f} min<extra></extra>",
        showlegend=False,
        cliponaxis=False,
    )
    figure.add_vline(x=targets.response_minutes, line={"color": MUTED, "dash": "dot", "width": 1.5})
    ticks = {
        "0.1": "",
        "1": "1 min",
        "10": "10 min",
        "60": "1 h",
        "480": "8 h",
        "1440": "1 day",
        "10080": "1 week",
    }
    drawn = [*minutes["minutes"], targets.response_minutes]
    # room on both sides of the least and the most, so that answers near the target do not fill the axis
    ends = [log10(min(drawn) / 6), log10(max(drawn) * 6)]
    return figure.update_xaxes(
        range=ends,
        type="log",
        tickvals=[float(at) for at in ticks],
        ticktext=list(ticks.values()),
        nticks=None,
    )


def regret(outcomes: pd.DataFrame, currency: str, empty: str) -> go.Figure:
    """Money that decisions cost more than the best alternative recorded with them, by kind."""
    title = "What did being wrong cost?"
    if outcomes.empty:
        return nothing(title, empty)
    rows = accuracy(outcomes).sort_values("regret", kind="stable")
    names = [label(spoken(kind)) for kind in rows["kind"]]
    figure = canvas(
        title, f"regret in {plain(currency)}: cost above the best recorded alternative", across=True
    )
    figure.add_bar(
        y=names,
        x=rows["regret"],
        orientation="h",
        marker=paint(ACCENT),
        hovertemplate="%{y}: %{x:,.0f} " + plain(currency) + "<extra></extra>",
        showlegend=False,
    )
    words = [
        f"{money(total, currency)}, {count(n - right, 'was wrong', 'were wrong')}"
        for total, n, right in zip(rows["regret"], rows["n"], rows["right"], strict=True)
    ]
    write_beside(figure, names, rows["regret"], words, room=1.7)
    return figure.update_xaxes(showticklabels=False, showgrid=False, ticks="")


def _interval(rows: pd.DataFrame) -> dict[str, Any]:
    """The bar from `low` to `high` around each `share`, in percent."""
    return {
        "type": "data",
        "symmetric": False,
        "array": 100 * (rows["high"] - rows["share"]),
        "arrayminus": 100 * (rows["share"] - rows["low"]),
        "color": QUIET,
        "thickness": 3,
        "width": 6,
    }
