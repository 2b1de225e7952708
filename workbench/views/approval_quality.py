"""What is in doubt of the data behind a proposal, in sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import pandas as pd

from workbench.views.approval_setting import Setting
from workbench.views.numerals import count, units

TOLD = 4  # rows of a sort that are named one by one
DOUBTS = re.compile(r"It rests on inputs in doubt: (.+?) \(doubtful\)\.")
RULES = re.compile(r"\((\w+)\)\.")  # every sentence of the authority ends with its rule


def flags(proposal: Mapping[Any, Any], setting: Setting) -> list[str]:
    """Quarantined rows, unconfirmed releases, assumptions and patterns never seen behind it."""
    rules = RULES.findall(str(proposal["decision_reason"]))
    said = [*_quarantined(proposal, setting), *_unconfirmed(proposal, setting)]
    if "assumed" in (*rules, proposal.get("rule")):
        assumptions = setting.tables.assumptions
        said += [
            f"Assumed: {row['table']}.{row['column']}: {row['assumed']}."
            for row in assumptions.to_dict("records")
        ]
    if proposal["never_seen"]:
        said.append("Never seen: its recent weeks lie outside their own past, or it has too little of one.")
    # what the agent's own steps found in doubt, where nothing of the above says it
    return said or [f"In doubt: {what}." for what in DOUBTS.findall(str(proposal["decision_reason"]))]


def _quarantined(proposal: Mapping[Any, Any], setting: Setting) -> Iterator[str]:
    """Rows on its SKUs that did not pass the gate and are young enough to count."""
    rows = setting.tables.quarantine
    oldest = pd.Timestamp(setting.day - timedelta(days=setting.policy.gate.quarantine_window_days))
    young = rows["date"].isna() | (rows["date"] >= oldest)
    behind = rows[rows["sku"].isin(proposal["skus"]) & young]
    for row in behind.head(TOLD).to_dict("records"):
        yield (
            f"Quarantined: {row['file']} row {row['row']}, {row['column']} of {row['sku']}: "
            f"{row['problem']}, found {row['found']!r}; {row['remedy']}."
        )
    yield from _more(behind, "row", "rows", "in quarantine")


def _unconfirmed(proposal: Mapping[Any, Any], setting: Setting) -> Iterator[str]:
    """Releases of its SKUs that no file has confirmed in time."""
    released = setting.tables.outstanding
    overdue = released[released["sku"].isin(proposal["skus"]) & released["overdue"].astype(bool)]
    for row in overdue.head(TOLD).to_dict("records"):
        what = f"{units(row['quantity'])} of {row['sku']} from {row['proposal_id']}"
        yield f"Unconfirmed: {what} stand in no file yet."
    yield from _more(overdue, "release", "releases", "unconfirmed")


def _more(rows: pd.DataFrame, one: str, many: str, what: str) -> Iterator[str]:
    if len(rows) > TOLD:
        yield f"And {count(len(rows) - TOLD, f'more {one}', f'more {many}')} {what}."
