"""What was decided in one go: the same decision on several proposals, by one person at one instant."""

from __future__ import annotations

import pandas as pd

AT_ONCE = ["decision", "decided_by", "decided_at"]


def decided_together(queue: pd.DataFrame, proposal_id: str) -> pd.DataFrame:
    """The rows of a queue that stand as a proposal does since the same instant, its own too.

    Nothing that has been released, and no row for a proposal that the queue does not know.
    """
    alike = queue.merge(
        queue.loc[queue["proposal_id"] == proposal_id, AT_ONCE], on=AT_ONCE, validate="many_to_one"
    )
    return alike[~alike["released"].astype(bool)].reset_index(drop=True)
