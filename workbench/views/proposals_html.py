"""Proposals as plain tables: what is proposed, what it is worth, and what became of it."""

from __future__ import annotations

import pandas as pd

from workbench.views.tables_html import Heading, code, date, figure, key, share, table_html, text, told
from workbench.views.words import DECISIONS


def proposals_html(proposals: pd.DataFrame, currency: str, empty: str, most: int = 200) -> str:
    """The `most` largest proposals by money at risk; `empty` is said where there is none."""
    headings = {
        "money_at_risk": figure("At risk", currency),
        "title": told("What is proposed"),
        "kind": code("Kind"),
        "value": figure("Value", currency),
        "confidence": share("Confidence"),
        "decision": Heading("Decision", write=lambda decision: DECISIONS[decision]),
        "decision_reason": told("Why"),
        "if_nothing": told("If nothing is done"),
    }
    ranked = proposals.sort_values(["money_at_risk", "proposal_id"], ascending=[False, True])
    return table_html(ranked, headings, empty, most)


def redirects_html(lines: pd.DataFrame, currency: str, empty: str) -> str:
    """Redirect lines, those that bring most first; `empty` is said where there is none."""
    headings = {
        "purchase_order_id": text("Purchase order"),
        "sku": key("SKU"),
        "quantity": figure("Redirected", "units"),
        "on_order": figure("On order", "units"),
        "from_warehouse": text("From"),
        "to_warehouse": text("To"),
        "expected_on": date("Due"),
        "gain": figure("Gain", currency),
        "decision": Heading("Decision", write=lambda decision: DECISIONS[decision]),
    }
    return table_html(lines.sort_values(["gain", "sku"], ascending=[False, True]), headings, empty)
