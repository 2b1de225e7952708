"""What a change would do to what is bought from whom."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go

from workbench.views.figures.canvas import canvas, dumbbell, label, nothing
from workbench.views.look import HEIGHT

TOP = 12


def spend_moved(sides: pd.DataFrame, names: Mapping[str, str], currency: str) -> go.Figure:
    """Spend by supplier as it is ○ and as it would be ●, largest first; from `what_if_records.compared`."""
    title = "What would be bought from whom?"
    spends = sides.iloc[:-1][["spend_before", "spend_after"]]
    shown = spends[spends.max(axis=1) > 0]
    shown = shown.loc[shown.max(axis=1).nlargest(TOP).index[::-1]]
    if shown.empty:
        return nothing(title, "Nothing would be ordered.")
    left_out = int((spends.max(axis=1) > 0).sum()) - len(shown)
    note = f"landed value by supplier, {currency}: as it is ○ to as it would be ●"
    note += f"; the {TOP} largest" if left_out else ""
    figure = canvas(title, note, across=True)
    labels = [f"{code} {label(names.get(code, ''), 22)}".strip() for code in shown.index]
    ends = {"spend_before": "as it is", "spend_after": "as it would be"}
    dumbbell(figure, labels, shown, ends, "%{x:,.0f} " + currency)
    return figure.update_layout(height=max(HEIGHT, 130 + 26 * len(shown)))
