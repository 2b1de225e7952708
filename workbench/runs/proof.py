"""The ledger proved against the plans that were published from it."""

from __future__ import annotations

import json
from typing import NamedTuple

from workbench.errors import WorkbenchError
from workbench.runs.business import Business


class Proof(NamedTuple):
    """Rows of the ledger, published plans whose heads were compared, and the first fault in a sentence."""

    rows: int
    heads: int
    fault: str | None


def prove(business: Business) -> Proof:
    """Prove the ledger's chain of a business folder, and that every published plan's head stands in it.

    Raises WorkbenchError for a plan.json that cannot be read.
    """
    heads = published_heads(business)
    ledger = business.ledger
    fault = ledger.verify(heads, business.policy.run.processes)
    return Proof(ledger.rows(), len(heads), fault)


def published_heads(business: Business) -> dict[str, str]:
    """The ledger's head by run, as it stands in every plan.json of the folder, in order of publishing."""
    plans = []
    for path in business.state.glob("runs/*/*/plan.json"):
        try:
            plan = json.loads(path.read_bytes())
            plans.append((str(plan["published_at"]), str(plan["run_id"]), str(plan["head"])))
        except (ValueError, KeyError, TypeError) as error:
            raise WorkbenchError(
                f"{path.relative_to(business.folder)} cannot be read as a published plan; "
                "bring it back from a copy, its head proves the ledger."
            ) from error
    return {run_id: head for _, run_id, head in sorted(plans)}
