"""What an agent may do by itself: earned on evidence, lost on doubt, and stopped by a person at once.

Four levels: `shadow` is recorded and never carried out, `recommend` waits for a person whatever it is,
`guarded` is carried out inside every limit of the policy, `autonomous` below its confidence threshold too.
The limits in money, outages and buffers, and what was never seen, hold at every level.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pandas as pd

from workbench.authority.people import limit_of
from workbench.authority.rests_on import digest, own_limits
from workbench.errors import LedgerError
from workbench.formulas.proportions import wilson
from workbench.ledger.ledger import Ledger
from workbench.policy import Policy
from workbench.tables import AGENT_OF, AGENTS, LEVELS

BY_ITSELF = "workbench"
Change = dict[str, Any]


def level_of(changes: pd.DataFrame, policy: Policy, agent: str, kind: str) -> str:
    """The level of an agent's kind of decision: as last promoted or demoted, else where the policy starts it.

    `changes`: the table `authority_changes`.
    """
    earned = _of(changes, agent, kind)
    earned = earned[earned["cause"].isin(["promoted", "demoted", "failed_gate"])]
    return str(earned["level"].iloc[-1]) if len(earned) else policy.autonomy.levels[kind]


def proposed_level(changes: pd.DataFrame, agent: str, kind: str) -> str | None:
    """The level that the workbench proposes for an agent's kind of decision and nobody has accepted yet."""
    last = _of(changes, agent, kind).tail(1)
    return str(last["level"].iloc[0]) if last["cause"].eq("proposed").any() else None


def levels(changes: pd.DataFrame, policy: Policy) -> pd.DataFrame:
    """A row a kind of decision: agent, kind, level, stopped, and `proposed`, empty where nothing is."""
    return pd.DataFrame(
        {
            "agent": agent,
            "kind": kind,
            "level": level_of(changes, policy, agent, kind),
            "stopped": is_stopped(changes, agent),
            "proposed": proposed_level(changes, agent, kind) or "",
        }
        for kind, agent in AGENT_OF.items()
    )


def is_stopped(changes: pd.DataFrame, agent: str) -> bool:
    """Whether a person has stopped the agent and nobody has let it go on."""
    pressed = changes[(changes["agent"] == agent) & changes["cause"].isin(["stopped", "resumed"])]
    return len(pressed) > 0 and pressed["cause"].iloc[-1] == "stopped"


def limits_digest(policy: Policy, agent: str) -> str:
    """Hash of an agent's own sections of the policy and of the limits that it acts within."""
    return digest(own_limits(policy, agent))


def due_changes(
    changes: pd.DataFrame, evidence: pd.DataFrame, policy: Policy, agent: str, code: str, at: datetime
) -> list[Change]:
    """What the workbench itself changes for an agent now: rows of `authority_changes`.

    `evidence`: outcomes with `proposed_as`, in order of maturing; `code`: hash of the agent's code. Other
    code or other limits than before void what was earned; accuracy that is surely below the policy's bar
    costs a level; accuracy that is surely at or above it, over enough decisions, has the next one proposed.
    """
    limits = limits_digest(policy, agent)
    found: list[Change] = []
    for kind in (kind for kind, who in AGENT_OF.items() if who == agent):
        history = _of(changes, agent, kind)
        known = history[history["code"].notna()]
        stands = {
            "agent": agent,
            "kind": kind,
            "actor": BY_ITSELF,
            "code": code,
            "limits": limits,
            "changed_at": at,
        }
        level = level_of(changes, policy, agent, kind)
        if known.empty or (known["code"].iloc[-1], known["limits"].iloc[-1]) != (code, limits):
            found.append(stands | _anew(known, level, policy.autonomy.levels[kind], code))
            continue
        judged = since_last_change(history, evidence, kind)
        proposed = history["cause"].iloc[-1] == "proposed"
        if change := _drift(judged, level, policy) or (None if proposed else _earned(judged, level, policy)):
            found.append(stands | change)
    return found


def since_last_change(history: pd.DataFrame, evidence: pd.DataFrame, kind: str) -> pd.DataFrame:
    """Outcomes of what was proposed after the last change that says something of the agent.

    A failed gate says nothing of it: what it had shown before still counts.
    """
    last = history.loc[~history["cause"].isin(["proposed", "failed_gate"]), "change_id"].max()
    since: pd.DataFrame = evidence[(evidence["kind"] == kind) & (evidence["proposed_as"] > last)]
    return since


def _anew(known: pd.DataFrame, level: str, start: str, code: str) -> Change:
    """What holds for an agent that is not the one that earned its level."""
    if known.empty:
        reason = "the policy's level" if level == start else f"lowered to {level} before it began"
        return {"cause": "started", "level": level, "reason": reason}
    what = "its code" if known["code"].iloc[-1] != code else "its section of the policy, or its limits,"
    if _rank(level) > _rank(start):
        return {"cause": "demoted", "level": start, "reason": f"{what} changed: {level} was earned before"}
    return {"cause": "started", "level": level, "reason": f"{what} changed; what it earns counts from now on"}


def _drift(judged: pd.DataFrame, level: str, policy: Policy) -> Change | None:
    rules = policy.autonomy
    last = judged.tail(rules.least_decisions)
    high = wilson(int(last["correct"].sum()), len(last))[1]
    if _rank(level) <= _rank("recommend") or len(last) < rules.drift_decisions or high >= rules.bar:
        return None
    return {
        "cause": "demoted",
        "level": LEVELS[_rank(level) - 1],
        "reason": f"drift: {_counted(last)}, at most {high:.1%} at 95 %; the bar is {rules.bar:.1%}",
    }


def _earned(judged: pd.DataFrame, level: str, policy: Policy) -> Change | None:
    rules = policy.autonomy
    low = wilson(int(judged["correct"].sum()), len(judged))[0]
    if level == LEVELS[-1] or len(judged) < rules.least_decisions or low < rules.bar:
        return None
    return {
        "cause": "proposed",
        "level": LEVELS[_rank(level) + 1],
        "reason": f"{_counted(judged)}, at least {low:.1%} at 95 %; the bar is {rules.bar:.1%}",
    }


def _counted(judged: pd.DataFrame) -> str:
    return f"{int(judged['correct'].sum())} of {len(judged)} matured decisions were correct"


def accept(ledger: Ledger, policy: Policy, person: str, agent: str, kind: str, at: datetime) -> None:
    """Promote an agent as the workbench proposed, in the name of a person with the right role.

    Raises LedgerError when nothing is proposed, or the person may not decide on what the agent then does.
    """
    changes = ledger.authority_changes()
    history = _of(changes, agent, kind)
    judged = since_last_change(history, ledger.evidence(), kind)
    proposed = proposed_level(changes, agent, kind)
    if not proposed or _earned(judged, level_of(changes, policy, agent, kind), policy) is None:
        raise LedgerError(
            f"No promotion of {agent} on {kind} is proposed and still earned; nothing was changed."
        )
    most = policy.authority.purchase_order_limit if kind in ("purchase_order", "redirect") else 0.0
    _refuse_without_limit(policy, person, agent, most, policy.business.day(at))
    last = history.iloc[-1]
    kept = {name: last[name] for name in ("agent", "kind", "level", "reason", "code", "limits")}
    ledger.change_authority([kept | {"cause": "promoted", "actor": person, "changed_at": at}])


def after_failed_gate(ledger: Ledger, policy: Policy, why: str, at: datetime) -> int:
    """Lower every agent below where the policy starts it, to recommend at least: its inputs were not fit.

    What it does then waits for a person until one accepts a promotion, which is proposed on what it has shown
    before and since. A gate that fails again lowers nothing further. The kinds of decision that were lowered
    are counted.
    """
    changes = ledger.authority_changes()
    rows = [
        {
            "agent": AGENT_OF[kind],
            "kind": kind,
            "level": lowered,
            "cause": "failed_gate",
            "reason": f"failed gate: {why}",
            "actor": BY_ITSELF,
            "changed_at": at,
        }
        for kind, start in policy.autonomy.levels.items()
        for lowered in [LEVELS[max(_rank(start) - 1, _rank("recommend"))]]
        if _rank(level_of(changes, policy, AGENT_OF[kind], kind)) > _rank(lowered)
    ]
    ledger.change_authority(rows)
    return len(rows)


def stop(ledger: Ledger, agent: str, actor: str, at: datetime, reason: str) -> None:
    """Stop an agent at once: whatever it would do by itself, or has done and has not left, stays."""
    _press(ledger, "stopped", agent, actor, at, reason)


def resume(ledger: Ledger, agent: str, actor: str, at: datetime, reason: str) -> None:
    """Let a stopped agent go on."""
    _press(ledger, "resumed", agent, actor, at, reason)


def _press(ledger: Ledger, cause: str, agent: str, actor: str, at: datetime, reason: str) -> None:
    if agent not in AGENTS:
        raise LedgerError(f"{agent!r} is no agent; give one of {', '.join(AGENTS)}.")
    if not actor or not reason.strip():
        raise LedgerError(f"{agent}: say who {'stops' if cause == 'stopped' else 'resumes'} it, and why.")
    if is_stopped(ledger.authority_changes(), agent) == (cause == "stopped"):
        return
    row = {"agent": agent, "cause": cause, "reason": reason.strip(), "actor": actor, "changed_at": at}
    ledger.change_authority([row])


def _refuse_without_limit(policy: Policy, person: str, agent: str, least: float, day: date) -> None:
    limit = limit_of(policy, person, agent, day)
    if not limit or limit < least:
        raise LedgerError(
            f"{person or 'Nobody known'} may decide on proposals of {agent} up to {limit:,.2f}; who lets it "
            f"act by itself needs a limit of {max(least, 0.01):,.2f} (people.roles)."
        )


def _of(changes: pd.DataFrame, agent: str, kind: str) -> pd.DataFrame:
    return changes[(changes["agent"] == agent) & (changes["kind"] == kind)]


def _rank(level: str) -> int:
    return LEVELS.index(level)
