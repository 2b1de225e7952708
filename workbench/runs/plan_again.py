"""Planning again when what a plan rests on has moved, and what came out otherwise than before."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from workbench.errors import WorkbenchError
from workbench.runs.business import Business
from workbench.runs.daily_plan import Published, Say, plan

WHICH = ["subject", "agent", "kind"]
SAID = ["title", "money_at_risk", "quantity", "value", "decision"]
NOT_PROPOSED = "not proposed"


@dataclass(frozen=True)
class PlannedAgain:
    """The business with its plan live now, the run that was live before, and where they differ.

    `business` is opened anew: a desk of before decides no more. `changes` as of `changes_between`.
    """

    business: Business
    published: Published
    before: str
    changes: pd.DataFrame


def plan_again(business: Business, say: Say) -> PlannedAgain:
    """Make the live plan's day anew, with the present inputs and policy, and publish it.

    Raises WorkbenchError when no plan is live, and as `plan` does: AlreadyPublished when nothing has moved.
    """
    live = business.live()
    if live is None:
        raise WorkbenchError(f"No plan is live in {business.folder.name}; run `workbench plan` first.")
    before = str(live["run_id"])
    present = Business(business.folder)  # reads the policy as it is now
    old = present.ledger.proposals(before)
    published = plan(present, pd.Timestamp(live["date"]).date(), {}, say)
    new = present.ledger.proposals(published.run_id)
    return PlannedAgain(present, published, before, changes_between(old, new))


def changes_between(old: pd.DataFrame, new: pd.DataFrame) -> pd.DataFrame:
    """Where the proposals of two plans differ, a row a subject, the most money at risk first.

    Both as `Ledger.proposals` has them. Columns: subject, agent, kind, title, money_at_risk, and old and new
    `quantity` (units), `value` (money, to the cent) and `decision`, each as `old_quantity` and so on. Where
    only one plan has the subject, the other's decision is "not proposed", of 0 units worth 0.
    """
    both = old[[*WHICH, *SAID]].merge(
        new[[*WHICH, *SAID]], on=WHICH, how="outer", suffixes=("_old", "_new"), validate="one_to_one"
    )
    changes = both[WHICH].copy()
    for name in ("title", "money_at_risk"):
        changes[name] = both[f"{name}_new"].fillna(both[f"{name}_old"])
    for age in ("old", "new"):
        changes[f"{age}_quantity"] = both[f"quantity_{age}"].fillna(0.0)
        changes[f"{age}_value"] = both[f"value_{age}"].fillna(0.0).round(2)
        changes[f"{age}_decision"] = both[f"decision_{age}"].fillna(NOT_PROPOSED)
    differs = [changes[f"old_{name}"] != changes[f"new_{name}"] for name in ("quantity", "value", "decision")]
    found = changes[differs[0] | differs[1] | differs[2]]
    return found.sort_values(["money_at_risk", "subject"], ascending=[False, True], ignore_index=True)
