"""Whether what a plan was made on is still so."""

from __future__ import annotations

from collections.abc import Collection

from workbench.authority.rests_on import policy_read
from workbench.errors import StateMoved
from workbench.ledger.ledger import Ledger
from workbench.policy import Policy


def refuse_if_moved(ledger: Ledger, policy: Policy, run_id: str, agents: Collection[str]) -> None:
    """Raise StateMoved when a run has begun from newer inputs, or the policy moved that the agents read.

    Of a run that did not record what each agent read, all of the policy counts.
    """
    newer = ledger.newer_inputs(run_id)
    if newer is not None:
        what = f"run {newer} has begun from newer inputs or another policy"
    elif moved := _moved(ledger, policy, run_id, agents):
        what = f"the policy that {moved} reads is not the one that it was made with"
    else:
        return
    raise StateMoved(
        f"Plan {run_id} rests on what is no longer so: {what}. Nothing was recorded; plan again, "
        "and decide on what it proposes then."
    )


def _moved(ledger: Ledger, policy: Policy, run_id: str, agents: Collection[str]) -> str | None:
    """The first of the agents whose policy is another now."""
    run, now = ledger.run(run_id), policy_read(policy)
    then = run["policy_read"]
    if then is None:
        return next(iter(agents)) if run["policy"] != policy.digest() else None
    return next((agent for agent in agents if then[agent] != now[agent]), None)
