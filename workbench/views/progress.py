"""How far an agent is from its next level, in words."""

from __future__ import annotations

import pandas as pd

from workbench.policy import Policy
from workbench.views.numerals import NOTHING, count, number, percent


def on_the_way(progress: pd.DataFrame, policy: Policy) -> dict[str, list[str]]:
    """How far each row of the authority's `progress` is from the next level, in words."""
    rules = policy.autonomy
    return {
        "counted": [f"{number(n)} of {number(rules.least_decisions)}" for n in progress["matured"]],
        "bar": [
            f"{percent(low, 1) if pd.notna(low) else NOTHING} against {percent(rules.bar)}"
            for low in progress["low"]
        ],
        "missing": [
            _missing(level, more) for level, more in zip(progress["level"], progress["missing"], strict=True)
        ],
    }


def _missing(level: str, more: int | None) -> str:
    if level == "autonomous":
        return "the highest level"
    if pd.isna(more):
        return "too far from the bar"
    if more == 0:
        return "nothing: a person may promote it"
    return count(more, "more that is right", "more, if all are right")
