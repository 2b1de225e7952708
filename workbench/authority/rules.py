"""What an agent may do by itself: a table of rules, each of which may send a proposal to a person."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from workbench.authority.autonomy import is_stopped, level_of
from workbench.authority.day_totals import (
    Buffer,
    Proposal,
    exact,
    largest_share,
    moved_by_buffer,
    shares_of,
    spent_by_supplier,
    suppliers_of,
)
from workbench.ledger.decisions import CARRIED_OUT
from workbench.policy import Policy
from workbench.tables import TABLES

WITHIN_LIMITS = "Inside every limit of the policy."


@dataclass(frozen=True)
class Setting:
    """What a proposal is judged against beside itself.

    `doubtful`: why an input behind a SKU is in doubt. `assumed`: sentences on what was assumed.
    `spent`: money in purchase orders of the business day, new and redirected, by supplier. `moved`: share of
    a buffer that moves on the business day, without proposals that exceed the limit on their own. `changes`:
    the ledger's table `authority_changes`.
    """

    policy: Policy
    doubtful: Mapping[str, str]
    assumed: Sequence[str]
    spent: Mapping[str, float]
    moved: Mapping[Buffer, float]
    changes: pd.DataFrame

    def level(self, row: Proposal) -> str:
        """What its agent may do by itself with such a proposal."""
        return level_of(self.changes, self.policy, row["agent"], row["kind"])


def judge(
    proposals: pd.DataFrame,
    policy: Policy,
    *,
    doubtful: Mapping[str, str],
    assumed: Sequence[str],
    earlier: pd.DataFrame,
    changes: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """The proposals with `decision` (executed, escalated or shadowed), `decision_reason` and `rule`.

    `rule` is the first that hit, empty where none did. The reason names every rule that hit with its limit
    and the value found. `doubtful` maps a SKU to a phrase that says why an input behind it is in doubt;
    `assumed` holds what was assumed of the tables read; `earlier` are the proposals of the business day's
    earlier plans and steps with their decisions: what was carried out of them, as a person changed it, counts
    against the limits of a day. `changes`: what agents may do by themselves, as it changed; without it every
    kind has the policy's level.
    """
    rows = proposals.to_dict("records")
    done = [row for row in earlier.to_dict("records") if row["decision"] in CARRIED_OUT]
    # a step beyond the limit waits by itself; what moves inside the limit need not wait with it
    inside = [row for row in rows if largest_share(row) <= policy.authority.buffer_share_limit]
    changes = TABLES["authority_changes"].empty() if changes is None else changes
    spent, moved = spent_by_supplier([*rows, *done]), moved_by_buffer([*inside, *done])
    setting = Setting(policy, doubtful, assumed, spent, moved, changes)
    hits = [_hits(row, setting) for row in rows]
    shadowed = [setting.level(row) == "shadow" for row in rows]
    added = {
        "decision": [_decision(hit, shadow) for hit, shadow in zip(hits, shadowed, strict=True)],
        "decision_reason": [" ".join(hit.values()) or WITHIN_LIMITS for hit in hits],
        "rule": [next(iter(hit), "") for hit in hits],
    }
    return proposals.assign(
        **{name: pd.Series(values, index=proposals.index, dtype="str") for name, values in added.items()}
    )


def _decision(hits: Mapping[str, str], shadow: bool) -> str:
    if shadow:
        return "shadowed"
    return "escalated" if hits else "executed"


def all_waiting(judged: pd.DataFrame, why: str) -> pd.DataFrame:
    """The judged proposals, with everything that would have been carried out waiting for a person."""
    would = judged["decision"] == "executed"
    return judged.assign(
        decision=judged["decision"].mask(would, "escalated"),
        decision_reason=judged["decision_reason"].mask(would, f"{why.rstrip('.')} (stopped)."),
        rule=judged["rule"].mask(would, "stopped"),
    )


def _hits(row: Proposal, setting: Setting) -> dict[str, str]:
    found = ((name, rule(row, setting)) for name, rule in RULES.items())
    return {name: sentence for name, sentence in found if sentence}


def _purchase_order_limit(row: Proposal, setting: Setting) -> str | None:
    """Purchase orders to one supplier and what is redirected of its orders on one day count together, so that
    splitting evades nothing."""
    limit = setting.policy.authority.purchase_order_limit
    currency = setting.policy.business.base_currency
    above = [supplier for supplier in suppliers_of(row) if not setting.spent[supplier] <= limit]
    if not above:
        return None
    return (
        f"Purchase orders of this day to {above[0]} come to {setting.spent[above[0]]:,.2f} {currency}; "
        f"above {limit:,.2f} {currency} they need a person (purchase_order_limit)."
    )


def _no_lines(row: Proposal, _setting: Setting) -> str | None:
    if row["kind"] != "purchase_order" or row["lines"]:
        return None
    return "It has no lines: nothing can be ordered until a person finds a supplier or a price (no_lines)."


def _never_seen(row: Proposal, setting: Setting) -> str | None:
    if not row["never_seen"]:
        return None
    demand = setting.policy.demand
    return (
        "It rests on a pattern never seen: recent weeks outside the "
        f"{_percent(demand.never_seen_band)} band of their own past, or less than "
        f"{demand.min_history_days} days of history (never_seen)."
    )


def _outage_share_limit(row: Proposal, setting: Setting) -> str | None:
    limit = setting.policy.authority.outage_share_limit
    if exact(row["outage_share"]) < limit or row["outage_share"] == 0:
        return None
    return (
        f"The outage behind it touches {_percent(row['outage_share'])} of all open orders; "
        f"from {_percent(limit)} on it needs a person (outage_share_limit)."
    )


def _buffer_share_limit(row: Proposal, setting: Setting) -> str | None:
    """Moves of one day out of one buffer count together, except those beyond the limit on their own."""
    limit = setting.policy.authority.buffer_share_limit
    of_the_day = (setting.moved.get(buffer, 0.0) for buffer in shares_of(row))
    share = exact(max([largest_share(row), *of_the_day]))
    if share <= limit:
        return None
    return (
        f"It brings what moves of a buffer on this day to {_percent(share)}; "
        f"above {_percent(limit)} it needs a person (buffer_share_limit)."
    )


def _confidence(row: Proposal, setting: Setting) -> str | None:
    threshold = setting.policy.authority.confidence[row["agent"]]
    if setting.level(row) == "autonomous":
        threshold = min(threshold, setting.policy.autonomy.autonomous_confidence)
    if row["confidence"] >= threshold:
        return None
    return (
        f"Its confidence is {_percent(row['confidence'])}; below {_percent(threshold)} "
        f"{row['agent'].replace('_', ' ')} needs a person (confidence)."
    )


def _unconfirmed(row: Proposal, setting: Setting) -> str | None:
    if row["kind"] != "unconfirmed_release" and row.get("unconfirmed") is not True:
        return None
    days = ", ".join(f"{kind} {days}" for kind, days in setting.policy.release.confirm_days.items())
    return (
        f"What was released has not shown up in any file within the policy's days ({days}); "
        "somebody has to ask (unconfirmed)."
    )


def _bad_input(row: Proposal, _setting: Setting) -> str | None:
    faults = row.get("bad_input")
    if not isinstance(faults, str) or not faults:
        return None
    return f"It rests on input that cannot be right: {faults.rstrip('.')} (bad_input)."


def _doubtful(row: Proposal, setting: Setting) -> str | None:
    touched = [f"{sku} ({setting.doubtful[sku]})" for sku in row["skus"] if sku in setting.doubtful]
    return f"It rests on inputs in doubt: {_some(touched, ', ')} (doubtful)." if touched else None


def _assumed(_row: Proposal, setting: Setting) -> str | None:
    some = _some(setting.assumed, "; ")
    return f"It rests on what was assumed: {some} (assumed)." if setting.assumed else None


def _level(row: Proposal, setting: Setting) -> str | None:
    level = setting.level(row)
    if level not in ("shadow", "recommend"):
        return None
    where = "is only recorded" if level == "shadow" else "waits for a person"
    return f"Of {row['agent']} every {row['kind']} {where}: its level is {level}, below guarded (level)."


def _stopped(row: Proposal, setting: Setting) -> str | None:
    if not is_stopped(setting.changes, row["agent"]):
        return None
    last = setting.changes[setting.changes["agent"] == row["agent"]].query("cause == 'stopped'").iloc[-1]
    when = f"{last['changed_at']:%Y-%m-%d at %H:%M} UTC"
    return f"{row['agent']} was stopped by {last['actor']} on {when}: {last['reason']} (stopped)."


# in order of weight: the first that hits stands for the proposal
RULES: dict[str, Callable[[Proposal, Setting], str | None]] = {
    "stopped": _stopped,
    "purchase_order_limit": _purchase_order_limit,
    "unconfirmed": _unconfirmed,
    "bad_input": _bad_input,
    "no_lines": _no_lines,
    "outage_share_limit": _outage_share_limit,
    "never_seen": _never_seen,
    "buffer_share_limit": _buffer_share_limit,
    "confidence": _confidence,
    "doubtful": _doubtful,
    "assumed": _assumed,
    "level": _level,
}


def _percent(share: float) -> str:
    return f"{100 * share:.4g} %"


def _some(phrases: Sequence[str], mark: str, shown: int = 3) -> str:
    more = len(phrases) - shown
    return mark.join([*phrases[:shown], *([f"and {more} more"] if more > 0 else [])])
