"""What the agents did by themselves, and what people decided or still have to."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from workbench.views.figures.canvas import canvas, nothing, paint
from workbench.views.look import ACCENT, AMBER, GREEN, MUTED
from workbench.views.numerals import number
from workbench.views.words import BY_A_PERSON, WAITING, spoken

STANDS = (
    ("done by the agent", ["executed"], ACCENT, ""),
    ("decided by a person", list(BY_A_PERSON), GREEN, "x"),
    ("waits for a person", list(WAITING), AMBER, "/"),
    ("expired", ["expired"], MUTED, "."),
    ("only recorded", ["shadowed"], MUTED, "+"),
)


def by_agent(proposals: pd.DataFrame) -> go.Figure:
    """Number of proposals by agent and what became of them."""
    title = "What did the agents do, and what waits?"
    if proposals.empty:
        return nothing(title, "No agent has proposed anything.")
    agents = list(dict.fromkeys(proposals["agent"]))[::-1]
    figure = canvas(title, "proposals by agent", across=True)
    for name, decisions, colour, pattern in STANDS:
        counts = proposals[proposals["decision"].isin(decisions)].groupby("agent").size()
        counts = counts.reindex(agents, fill_value=0)
        if counts.sum():
            figure.add_bar(
                y=[spoken(agent) for agent in agents],
                x=counts,
                name=name,
                orientation="h",
                marker=paint(colour, pattern),
                text=[number(value) if value else "" for value in counts],
                textposition="inside",
                insidetextanchor="middle",
                textangle=0,
                hovertemplate="%{y}: %{x} " + name + "<extra></extra>",
            )
    return figure.update_layout(barmode="stack")
