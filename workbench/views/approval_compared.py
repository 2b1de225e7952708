"""A proposal as it was beside what a newer plan makes of its subject."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workbench.views.approval_setting import Setting
from workbench.views.lines import standing_lines
from workbench.views.numerals import NOTHING, money, number, percent, sentence, units

# what tells the lines of a proposal apart, where they have it
KEY = (
    "sku",
    "warehouse",
    "from_warehouse",
    "to_warehouse",
    "channel",
    "region",
    "order_id",
    "line",
    "parcel",
)
TOLD = 12  # lines, those that changed most first

Proposal = Mapping[Any, Any]


def compared(before: Proposal, now: Proposal, setting: Setting) -> list[list[str]]:
    """What changed, then and now, in words; the first row says it where nothing did."""
    pairs = {
        "Action": [sentence(proposal["title"]) for proposal in (before, now)],
        "At risk": [money(proposal["money_at_risk"], setting.currency) for proposal in (before, now)],
        "Value": [money(proposal["value"], setting.currency) for proposal in (before, now)],
        "Quantity": [units(proposal["quantity"]) for proposal in (before, now)],
        "Confidence": [percent(proposal["confidence"]) for proposal in (before, now)],
    }
    rows = [[name, then, since] for name, (then, since) in pairs.items() if then != since]
    return [*rows, *_lines(before, now, setting)] or [["Nothing", "as before", "as before"]]


def _lines(before: Proposal, now: Proposal, setting: Setting) -> list[list[str]]:
    """Lines whose quantity is another, gone or new."""
    then, since = _quantities(before), _quantities(now)
    changed = [key for key in {**then, **since} if then.get(key) != since.get(key)]
    changed.sort(key=lambda key: (-abs(since.get(key, 0.0) - then.get(key, 0.0)), key))
    rows = [
        [_name(key, setting), _written(then.get(key)), _written(since.get(key))] for key in changed[:TOLD]
    ]
    left = len(changed) - len(rows)
    return [*rows, *([[f"And {number(left)} more lines", NOTHING, NOTHING]] if left > 0 else [])]


def _quantities(proposal: Proposal) -> dict[tuple[str, ...], float]:
    return {
        tuple(str(line[name]) for name in KEY if line.get(name) is not None): float(line["quantity"])
        for line in standing_lines(proposal)
    }


def _name(key: tuple[str, ...], setting: Setting) -> str:
    first, *others = key
    return " ".join([setting.named(first), *others])


def _written(quantity: float | None) -> str:
    return NOTHING if quantity is None else units(quantity)
