"""What agents did in the shadow, beside what people did: the record that a level is first given on."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from workbench.release.shadow import compared
from workbench.runs.business import Business
from workbench.tables import INPUTS

COLUMNS = ["agent", "kind", "proposals", "n", "right", "proposed", "done"]


def shadow_record(business: Business) -> pd.DataFrame:
    """A row an agent and kind of decision that stood in the shadow.

    `proposals` recorded; of these `n` that can be compared with what people had done by the next plan of a
    later day, and `right`, those of which they did every line to the unit; `proposed` and `done`, what these
    are worth as proposed and, in proportion to their units, as done; money.
    """
    parts = list(_by_run(business))
    if not parts:
        return pd.DataFrame(columns=COLUMNS)
    found = pd.concat(parts, ignore_index=True)
    return found.groupby(["agent", "kind"], as_index=False)[COLUMNS[2:]].sum()


def _by_run(business: Business) -> Iterator[pd.DataFrame]:
    """The same of every published run that has something in the shadow."""
    ledger, manifests = business.ledger, business.ledger.manifests()
    proposed, decided = ledger.history()
    ids = decided.loc[decided["decision"] == "shadowed", "proposal_id"]
    for run_id in proposed.loc[proposed["proposal_id"].isin(ids), "run_id"].unique():
        day = ledger.run(run_id)["date"]
        later = manifests.loc[manifests["date"] > pd.Timestamp(day), "run_id"].head(1)
        yield _counted(business, str(run_id), str(later.iloc[0]) if len(later) else None)


def _counted(business: Business, run_id: str, later: str | None) -> pd.DataFrame:
    proposals = business.ledger.proposals(run_id).query("decision == 'shadowed'")
    counted = proposals[["proposal_id", "agent", "kind", "value"]].assign(proposals=1)
    empty = pd.DataFrame({"proposal_id": pd.Series(dtype="str"), "same": 0.0, "share": 0.0})
    units = empty if later is None else _agreeing(business, proposals, run_id, later)
    rows = counted.merge(units, on="proposal_id", how="left", validate="one_to_one")
    known = rows["same"].notna()
    return rows.assign(
        n=known.astype("int64"),
        right=rows["same"].fillna(0.0).astype("int64"),
        proposed=rows["value"].where(known, 0.0),
        done=(rows["value"] * rows["share"]).fillna(0.0),
    )[COLUMNS]


def _agreeing(business: Business, proposals: pd.DataFrame, run_id: str, later: str) -> pd.DataFrame:
    """By proposal: `same`, whether every line was done to the unit; `share`, units done of those proposed."""
    read, then = (
        business.lake.snapshot({name: at for name, at in business.versions(run).items() if name in INPUTS})
        for run in (run_id, later)
    )
    lines = compared(proposals, read, then)
    lines = lines.assign(same=lines["proposed"] == lines["done"])
    by_proposal = lines.groupby("proposal_id", as_index=False).agg(
        same=("same", "all"), proposed=("proposed", "sum"), done=("done", "sum")
    )
    share = by_proposal["done"].astype("float64") / by_proposal["proposed"].where(by_proposal["proposed"] > 0)
    return by_proposal.assign(same=by_proposal["same"].astype("float64"), share=share)[
        ["proposal_id", "same", "share"]
    ]
