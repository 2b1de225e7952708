"""What proposals consist of, as one table: a row a line, with the decision on its proposal beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from workbench.tables import LINES_OF_KIND, TABLES


def lines_of(proposals: pd.DataFrame, *kinds: str) -> pd.DataFrame:
    """The lines of all proposals of these kinds, which share one lines table, with its columns.

    As they were decided, where a person changed them. `decision` of the proposal stands beside each line.
    Whole numbers come as float64, for a line may lack one.
    """
    table = TABLES[LINES_OF_KIND[kinds[0]]]
    chosen = proposals[proposals["kind"].isin(kinds)].to_dict("records")
    records = [
        {**line, "proposal_id": proposal["proposal_id"], "decision": proposal["decision"]}
        for proposal in chosen
        for line in standing_lines(proposal)
    ]
    types = {c.name: "float64" if c.dtype == "int64" else c.dtype for c in table.columns} | {
        "decision": "str"
    }
    return pd.DataFrame.from_records(records, columns=list(types)).astype(types)


def standing_lines(proposal: Mapping[Any, Any]) -> list[Mapping[str, Any]]:
    """The lines of a proposal as they were decided, or as proposed."""
    decided = proposal.get("decided_lines")
    return list(decided if isinstance(decided, list) else proposal["lines"])
