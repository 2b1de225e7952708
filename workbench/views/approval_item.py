"""One proposal whole, as a plain record: what the approval panel shows of the item that is open."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from workbench.views.approval_accuracy import measured
from workbench.views.approval_lines import MOST_LINES, columns_of, line_records, today_of
from workbench.views.approval_prospect import prospect
from workbench.views.approval_quality import flags
from workbench.views.approval_queue import milliseconds, stands, text, under
from workbench.views.approval_setting import Record, Setting
from workbench.views.lines import standing_lines
from workbench.views.numerals import MINUS, NOTHING, clock, count, money, percent, sentence, units
from workbench.views.numerals import day as written_day
from workbench.views.words import BY_A_PERSON, WAITING, spoken

# there is nothing to buy, move or ship in these
FIXED_KINDS = ("hold_orders", "unconfirmed_release")
SNOOZES = {"1 hour": 1, "2 hours": 2, "4 hours": 4}
NO_CHOICE = "Do nothing."


def item(proposal: Mapping[Any, Any], setting: Setting, may_not: str | None = None) -> Record:
    """One proposal whole; `may_not` says why the person at the desk may not decide it."""
    lines = standing_lines(proposal)
    return {
        "id": proposal["proposal_id"],
        "title": sentence(proposal["title"]),
        "under": f"{under(proposal)} · {proposal['subject']} · {spoken(proposal['reason'])}",
        "facts": _facts(proposal, setting),
        "stands": stands(proposal, setting.time_zone) + ".",
        "why": sentence(text(proposal["decision_reason"])),
        "if_nothing": sentence(proposal["if_nothing"]),
        "prospect": prospect(proposal, setting),
        "alternatives": _alternatives(proposal, setting.currency),
        "evidence": [sentence(told) for told in proposal["evidence"]],
        "as_of": _instant(setting.as_of, setting),
        "flags": flags(proposal, setting),
        "today": today_of(proposal),
        "columns": columns_of(proposal, setting.currency),
        "lines_title": _lines_title(len(lines)),
        "lines": line_records(proposal, setting),
        "waits": proposal["decision"] in WAITING,
        "editable": may_not is None
        and proposal["kind"] not in FIXED_KINDS
        and proposal["decision"] in WAITING,
        "may": [] if may_not else _may(proposal),
        "may_not": sentence(may_not or ""),
        "expires": milliseconds(proposal.get("expires_at")),
    }


def _facts(proposal: Mapping[Any, Any], setting: Setting) -> list[list[str]]:
    """Name, figure and what stands below it in small print."""
    decided = proposal["decision"] in ("changed", "amended")
    facts = [
        ["At risk if nothing is done", money(proposal["money_at_risk"], setting.currency), ""],
        ["Value", money(value_of(proposal) if decided else proposal["value"], setting.currency), ""],
        ["Quantity", units(proposal["approved_quantity"] if decided else proposal["quantity"]), ""],
        ["Confidence", percent(proposal["confidence"]), measured(proposal, setting.outcomes)],
    ]
    if not pd.isna(proposal.get("expires_at", pd.NaT)):
        facts.append(["Expires", _instant(proposal["expires_at"], setting), "when the next plan replaces it"])
    if proposal["outage_share"]:
        facts.append(["Touched by an outage", percent(proposal["outage_share"]), "of all open orders"])
    if proposal["buffer_share"]:
        facts.append(["Moves of a buffer", percent(proposal["buffer_share"]), ""])
    return facts


def value_of(proposal: Mapping[Any, Any]) -> float:
    """What a changed proposal is worth as it was decided; where lines have no value, as it was proposed."""
    return worth(standing_lines(proposal), float(proposal["value"]))


def worth(lines: Sequence[Mapping[str, Any]], otherwise: float) -> float:
    """The money in lines; `otherwise` where they have none."""
    priced = bool(lines) and all("value" in line for line in lines)
    return math.fsum(line["value"] for line in lines) if priced else otherwise


def _alternatives(proposal: Mapping[Any, Any], currency: str) -> list[list[str]]:
    """Action, cost and how much dearer than the proposal, which comes first; to do nothing is always one.

    Doing nothing costs the money at risk more than the proposal; so each tells the other where an agent says
    only one of them.
    """
    others = [(str(other["action"]), float(other["cost"])) for other in proposal["alternatives"]]
    nothing = [cost for action, cost in others if "nothing" in action.lower()]
    at_risk, told = float(proposal["money_at_risk"]), proposal.get("expected_cost")
    unsaid = told is None or pd.isna(told)
    base = (nothing[0] - at_risk if nothing else 0.0) if unsaid else float(told or 0.0)
    if not nothing:
        others.append((NO_CHOICE, base + at_risk))
    rows = [["As proposed", money(base, currency), NOTHING]]
    for action, cost in sorted(others, key=lambda other: other[1]):
        sign = "+" if cost >= base else MINUS
        told = sentence(action).rstrip(".")
        rows.append(
            [told[:1].upper() + told[1:], money(cost, currency), f"{sign}{money(abs(cost - base), currency)}"]
        )
    return rows


def _may(proposal: Mapping[Any, Any]) -> list[str]:
    if proposal["decision"] in WAITING:
        return ["approve", "reject", "snooze"]
    return ["undo"] if proposal["decision"] in BY_A_PERSON and not proposal["released"] else []


def _lines_title(lines: int) -> str:
    title = count(lines, "line", "lines")
    return title if lines <= MOST_LINES else f"{title}, the first {MOST_LINES} of them"


def _instant(instant: Any, setting: Setting) -> str:
    """An instant as people here read it: its day and local time."""
    if instant is None:
        return NOTHING
    when = pd.Timestamp(instant)
    return (
        f"{written_day(setting.policy.business.day(when.to_pydatetime()))}, {clock(when, setting.time_zone)}"
    )
