"""How far each agent is on its way to the next level of autonomy, and what is missing."""

from __future__ import annotations

import pandas as pd

from workbench.authority.autonomy import levels, since_last_change
from workbench.formulas.proportions import wilson
from workbench.policy import AutonomyPolicy, Policy
from workbench.tables import LEVELS

MOST = 10_000  # decisions; who needs more is not on the way


def progress(changes: pd.DataFrame, evidence: pd.DataFrame, policy: Policy) -> pd.DataFrame:
    """The rows of `autonomy.levels` that can be earned, with matured, correct, low and missing.

    `changes`: the table `authority_changes`; `evidence`: outcomes with `proposed_as`. Counted are decisions
    that were proposed after the last change. `low`: lower end of the 95 % interval of accuracy, blank without
    a decision; `missing`: decisions that must yet mature, all of them right, for the next level to be
    proposed: 0 where it is earned, blank at the highest level and where the way is too long.
    """
    rows = []
    for row in levels(changes, policy).to_dict("records"):
        agent, kind, level = row["agent"], row["kind"], row["level"]
        if kind == "unconfirmed_release":
            continue  # a question to a person, which is never right or wrong
        history = changes[(changes["agent"] == agent) & (changes["kind"] == kind)]
        judged = since_last_change(history, evidence, kind) if len(history) else _of_kind(evidence, kind)
        correct, matured = int(judged["correct"].sum()), len(judged)
        rows.append(
            row
            | {
                "matured": matured,
                "correct": correct,
                "low": wilson(correct, matured)[0] if matured else None,
                "missing": None if level == LEVELS[-1] else still_missing(correct, matured, policy.autonomy),
            }
        )
    return pd.DataFrame(rows).astype({"low": "float64", "missing": "Int64"})


def still_missing(correct: int, matured: int, rules: AutonomyPolicy) -> int | None:
    """Fewest further decisions, all of them right, after which the next level is earned; None: too many.

    With a bar of 88 % and 100 decisions at least: 95 right of 100 are enough, of 94 right it takes 5 more.

    >>> still_missing(95, 100, AutonomyPolicy()), still_missing(94, 100, AutonomyPolicy())
    (0, 5)
    """
    for more in range(max(rules.least_decisions - matured, 0), MOST):
        if wilson(correct + more, matured + more)[0] >= rules.bar:
            return more
    return None


def _of_kind(evidence: pd.DataFrame, kind: str) -> pd.DataFrame:
    found: pd.DataFrame = evidence[evidence["kind"] == kind]
    return found
