"""A record of decisions to count: ten proposals of two agents, six of them judged."""

import pandas as pd

from workbench.tables import DAY, INSTANT, TABLES

START = pd.Timestamp("2026-11-16 10:00", tz="UTC")


def proposed():
    """P0 to P9: P0 to P5 replenishment's, the others allocation's; P0 and P6 were escalated by a rule."""
    rules = {"P0": "purchase_order_limit", "P6": "buffer_share_limit"}
    rows = [
        {
            "proposal_id": f"P{number}",
            "agent": "replenishment" if number < 6 else "allocation",
            "kind": "purchase_order" if number < 6 else "transfer",
            "run_id": "20261116-1",
            "date": pd.Timestamp("2026-11-16"),
            "rule": rules.get(f"P{number}", ""),
        }
        for number in range(10)
    ]
    return pd.DataFrame(rows).astype({"date": DAY})


def decided():
    """P0 is approved after 4 minutes and taken back, P6 waits, P1 was carried out and all others too."""
    first = [
        (f"P{number}", "escalated" if number in (0, 6) else "executed", "agent", START)
        for number in range(10)
    ]
    later = [
        ("P0", "approved", "Ann", START + pd.Timedelta(minutes=4)),
        ("P0", "undone", "Ann", START + pd.Timedelta(minutes=9)),
        ("P0", "rejected", "Bob", START + pd.Timedelta(minutes=20)),
    ]
    columns = ["proposal_id", "decision", "decided_by", "decided_at"]
    return pd.DataFrame([*first, *later], columns=columns).astype({"decided_at": INSTANT})


def outcomes(rights=(True, True, True, False, True, True), claimed=0.9):
    """Purchase orders P0 on that cost 100 where the best cost 90, or 150 where they were wrong."""
    rows = [
        {
            "proposal_id": f"P{number}",
            "agent": "replenishment",
            "kind": "purchase_order",
            "confidence": claimed,
            "correct": right,
            "realised_cost": 100.0 if right else 150.0,
            "best_cost": 90.0,
            "best_action": "Do nothing.",
            "tolerance": 20.0,
            "regret": 10.0 if right else 60.0,
            "decided_cost": 130.0 if number == 3 else None,
            "matured_on": pd.Timestamp("2026-12-14"),
            "judged_at": START,
        }
        for number, right in enumerate(rights)
    ]
    table = TABLES["outcomes"]
    return pd.DataFrame(rows, columns=table.names).astype({c.name: c.dtype for c in table.columns})


def maturing(*kinds):
    """Still to be judged from 30 November on."""
    rows = {"proposal_id": [f"Q{n}" for n in range(len(kinds))], "kind": list(kinds)}
    frame = pd.DataFrame(rows, dtype="str")
    return frame.assign(matures_on=pd.Series([pd.Timestamp("2026-11-30")] * len(kinds), dtype=DAY))
