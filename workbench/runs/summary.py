"""What a plan says in figures, for its manifest and for the person at the shell."""

from __future__ import annotations

from typing import Any

from workbench.runs.business import Business

# what is only believed or spread binds no money
BINDING = ("purchase_order", "transfer", "shipment")


def summary_of(business: Business, run_id: str) -> dict[str, Any]:
    """Proposals, their decisions, value and money at risk (base currency), in all and by agent, of a run."""
    proposals = business.ledger.proposals(run_id)
    waits = proposals["decision"] == "escalated"
    snapshot = business.lake.snapshot(business.versions(run_id))
    by_agent = proposals.assign(waits=waits).groupby("agent")
    value = proposals["value"].where(proposals["kind"].isin(BINDING), 0.0)
    assumed = snapshot.assumptions
    return {
        "proposals": len(proposals),
        "executed": int((proposals["decision"] == "executed").sum()),
        "waiting": int(waits.sum()),
        "value_executed": round(float(value[proposals["decision"] == "executed"].sum()), 2),
        "value_waiting": round(float(value[waits].sum()), 2),
        "money_at_risk_waiting": round(float(proposals.loc[waits, "money_at_risk"].sum()), 2),
        "quarantined_rows": len(snapshot.quarantine),
        "assumptions": list(assumed["table"] + "." + assumed["column"] + ": " + assumed["assumed"]),
        "agents": {
            str(agent): {"proposals": len(rows), "waiting": int(rows["waits"].sum())}
            for agent, rows in by_agent
        },
    }
