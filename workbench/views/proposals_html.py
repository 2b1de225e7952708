"""Proposals as a plain table: what is proposed, what it is worth, and what became of it."""

from __future__ import annotations

import pandas as pd

from workbench.views.tables_html import Heading, code, figure, share, table_html, text
from workbench.views.words import DECISIONS


def proposals_html(proposals: pd.DataFrame, currency: str, empty: str, most: int = 200) -> str:
    """The `most` largest proposals by money at risk; `empty` is said where there is none."""
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
    ranked = proposals.sort_values(["money_at_risk", "proposal_id"], ascending=[False, True])
    return table_html(ranked, headings, empty, most)
