"""Proposals as a plain table: what is proposed, what it is worth, and what became of it."""

from __future__ import annotations

import pandas as pd

from workbench.views.tables_html import Heading, code, figure, share, table_html, text
from workbench.views.words import DECISIONS


def proposals_html(proposals: pd.DataFrame, currency: str, empty: str) -> str:
    """The proposals in the order given; `empty` is said where there is none."""
    headings = {
        "money_at_risk": figure("At risk", currency),
        "title": text("What is proposed"),
        "kind": code("Kind"),
        "value": figure("Value", currency),
        "confidence": share("Confidence"),
        "decision": Heading("Decision", write=lambda decision: DECISIONS[decision]),
        "decision_reason": text("Why"),
        "if_nothing": text("If nothing is done"),
    }
    return table_html(proposals, headings, empty)
