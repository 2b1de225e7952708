"""How often an agent was right before, where it decided on the same kind of thing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from workbench.formulas.proportions import wilson
from workbench.views.numerals import count, percent

NONE_MATURED = "no matured decision yet"


def measured(proposal: Mapping[Any, Any], outcomes: pd.DataFrame) -> str:
    """The share of right decisions of the proposal's agent and kind with its 95 % Wilson interval."""
    same = outcomes[(outcomes["agent"] == proposal["agent"]) & (outcomes["kind"] == proposal["kind"])]
    if same.empty:
        return NONE_MATURED
    right, of = int(same["correct"].sum()), len(same)
    low, high = wilson(right, of)
    return (
        f"measured: {percent(right / of)} of {count(of, 'such decision', 'such decisions')} right, "
        f"{percent(low)} to {percent(high)}"
    )
