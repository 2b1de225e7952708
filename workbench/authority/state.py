"""Whether what a plan was made on is still so."""

from __future__ import annotations

from workbench.errors import StateMoved
from workbench.ledger.ledger import Ledger
from workbench.policy import Policy


def refuse_if_moved(ledger: Ledger, policy: Policy, run_id: str) -> None:
    """Raise StateMoved when a plan was made with another policy, or a run has begun from newer inputs."""
    newer = ledger.newer_inputs(run_id)
    if newer is not None:
        what = f"run {newer} has begun from newer inputs or another policy"
    elif ledger.run(run_id)["policy"] != policy.digest():
        what = "the policy is not the one that it was made with"
    else:
        return
    raise StateMoved(
        f"Plan {run_id} rests on what is no longer so: {what}. Nothing was recorded; plan again, "
        "and decide on what it proposes then."
    )
