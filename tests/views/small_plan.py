"""A published plan made by hand, in a folder of its own: small, quick, and with hostile names in it."""

from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from tests.views.small_tables import CHANNELS, HOSTILE, SKUS, SUPPLIERS, TODAY, WAREHOUSES, lake_tables
from workbench.authority import judge
from workbench.policy import Policy
from workbench.runs.business import Business
from workbench.tables import proposals_table

NOW = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
RUN = "20261116-1"
SERVICES = (("MERIDIAN", "ground"), ("MERIDIAN", "express"), ("SWIFT", "ground"))

# one person who may decide everything, and two of whom one sees what the other has changed
ALONE = "[people]\nfour_eyes_amount = 1_000_000\n"
TWO_PLANNERS = """
[people]
four_eyes_amount = 25_000

[people.members]
planner = ["planner"]
Ana = ["planner"]
"""
# one person who may not decide on the largest order, which is worth 67,584
LIMITED = """
[people.roles.planner]
demand_sensing = 50_000
allocation = 50_000
replenishment = 50_000
routing = 50_000

[people.roles.head]
replenishment = 1_000_000

[people.members]
planner = ["planner"]
Ana = ["head"]
"""


def publish(folder: Path, more: int = 0, policy: str = ALONE) -> Business:
    """The business with its plan live; `more` transfers wait beside what is made by hand."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "policy.toml").write_text(policy)
    business = Business(folder)
    versions = {name: business.lake.write(name, table) for name, table in lake_tables().items()}
    judged = judged_proposals(business.policy, more)
    business.ledger.start_run(RUN, TODAY, "inputs", versions, business.policy.digest(), NOW)
    business.ledger.record(RUN, judged, NOW)
    business.ledger.publish(RUN, {"proposals": len(judged)}, NOW)
    return business


def judged_proposals(policy: Policy, more: int = 0) -> pd.DataFrame:
    """Proposals of every agent with the authority's decision on each."""
    records = [*purchase_orders(), *transfers(more), channel_share(), *shipments(), held(), *forecasts()]
    return judge(proposals_table(records), policy, doubtful={}, assumed=[], earlier=pd.DataFrame())


def proposal(agent, kind, subject, title, lines, **given):
    common = {
        "agent": agent,
        "kind": kind,
        "subject": subject,
        "title": title,
        "skus": sorted({line["sku"] for line in lines}),
        "quantity": float(sum(line["quantity"] for line in lines)),
        "value": 0.0,
        "confidence": 0.86,
        "reason": "cover",
        "if_nothing": "1 240 units of demand are expected to meet no stock by 14 Dec.",
        "money_at_risk": 1000.0,
        "alternatives": [{"action": "do nothing", "cost": 5200.0}, {"action": "half of it", "cost": 3100.0}],
        "evidence": ["Median lead time 21 days over 40 deliveries.", "28 units a day expected, 12 to 51."],
        "lines": lines,
    }
    return common | given


def purchase_orders():
    sizes = {
        "S01": (4_800, 12.8, 41_300.0),
        "S02": (960, 9.4, 8_200.0),
        "S03": (480, 21.0, 5_400.0),
        "S04": (300, 6.2, 900.0),
    }
    for number, (supplier, (units, cost, at_risk)) in enumerate(sizes.items()):
        lines = [
            {
                "sku": sku,
                "supplier": supplier,
                "warehouse": warehouse,
                "quantity": units // 4,
                "order_multiple": 12,
                "minimum_order_quantity": 24,
                "unit_cost": cost,
                "currency": "USD",
                "landed_cost": cost * 1.1,
                "value": units // 4 * cost * 1.1,
                "expected_on": f"2026-12-{7 + number:02d}",
                "protection_interval": 28.0,
                "covers": 0.94,
                "marginal_return": 210.0,
                "bound_by": "demand",
                "tiers": [[1, cost, cost * 1.1], [2000, cost * 0.9, cost]],
                **without_it(at_risk / 4),
            }
            for sku in SKUS[2 * number : 2 * number + 2]
            for warehouse in ("RNO", "MDT")
        ]
        title = (
            f"Order {units} units of 2 products from {SUPPLIERS[supplier]}, to arrive by {7 + number} Dec."
        )
        value = sum(line["value"] for line in lines)
        yield proposal(
            "replenishment",
            "purchase_order",
            f"PO-{supplier}",
            title,
            lines,
            value=value,
            money_at_risk=at_risk,
        )


def without_it(at_risk):
    """When stock runs out without a line, what is missed then and what that costs, early, middling, late."""
    days = ("2026-11-27", "2026-12-02", "2026-12-10")
    told = zip(("q0100", "q0500", "q0900"), days, (0.2, 1.0, 2.5), strict=True)
    return {
        name: value
        for quantile, out_on, times in told
        for name, value in {
            f"out_on_{quantile}": out_on,
            f"missed_{quantile}": 40.0 * times,
            f"lost_{quantile}": at_risk * times,
        }.items()
    }


def transfers(more):
    lanes = [("MDT", "RNO", 240, 0.5, SKUS[4], 3_100.0), ("DFW", "RNO", 60, 0.1, SKUS[5], 400.0)]
    lanes += [
        ("MDT", f"W{number:04d}", 10 + number, 0.6, SKUS[number % 8], 10.0 + number) for number in range(more)
    ]
    for start, end, units, share, sku, at_risk in lanes:
        line = {
            "sku": sku,
            "from_warehouse": start,
            "to_warehouse": end,
            "quantity": units,
            "expected_on": "2026-11-19",
            "cost": 90.0,
            "gain": at_risk * 0.8,
            "missed_q0100": units / 4,
            "missed_q0500": units / 2,
            "missed_q0900": float(units),
            "lost_q0100": at_risk / 4,
            "lost_q0500": at_risk / 2,
            "lost_q0900": at_risk,
        }
        yield proposal(
            "allocation",
            "transfer",
            f"TR-{start}-{end}",
            f"Move {units} units of 1 product from {start} to {end}, to arrive on 19 Nov.",
            [line],
            value=90.0,
            buffer_share=share,
            money_at_risk=at_risk,
        )


def channel_share():
    lines = [
        {"sku": sku, "warehouse": "RNO", "channel": channel, "quantity": new, "quantity_before": before}
        for sku in SKUS[:2]
        for channel, new, before in (("amazon", 120, 150), ("tiktok", 60, 30))
    ]
    return proposal(
        "allocation",
        "channel_share",
        "CS-RNO-tiktok",
        "Give TikTok Shop 60 units more at Reno.",
        lines,
        buffer_share=0.12,
    )


def shipments():
    for number, (carrier, service) in enumerate(SERVICES):
        lines = [
            shipment_line(
                f"O-{number}{order:03d}", list(WAREHOUSES)[order % 3], carrier, service, late=order % 9 == 0
            )
            for order in range(60 - 15 * number)
        ]
        touched = (
            {"outage_share": 0.41, "reason": "carrier_outage"} if number == 1 else {"reason": "cheapest"}
        )
        title = f"Ship {len(lines)} orders by {carrier} {service}."
        yield proposal(
            "routing",
            "shipment",
            f"SH-ALL-{carrier}-{service}",
            title,
            lines,
            value=310.0,
            money_at_risk=620.0 + number,
            in_all=unsent("2026-11-21", 7.0, 160.0),
            **touched,
        )


def shipment_line(order_id, warehouse, carrier, service, *, late):
    return {
        "order_id": order_id,
        "line": 1,
        "parcel": 1,
        "sku": SKUS[3],
        "warehouse": warehouse,
        "carrier": carrier,
        "service": service,
        "quantity": 1,
        "cost": 6.4,
        "co2e_kg": 0.8,
        "expected_on": "2026-11-19",
        "days_late": 2.0 if late else 0.0,
        "runner_up": warehouse and f"{warehouse} SWIFT express",
        "runner_up_cost": 0.4 if warehouse else None,
        "stock_price": 0.0,
        "capacity_price": 0.25 if warehouse else 0.0,
        "promised_on": "2026-11-19",
        **unsent(*(("2026-11-20", 1.0, 6.0) if late else ("2026-11-19", 0.0, 2.0))),
    }


def unsent(delivered_on, missed, lost):
    """What comes of a line that waits: it is there a day later, and at P90 costs twice as much."""
    told = zip(("q0100", "q0500", "q0900"), (1, 1, 2), strict=True)
    return {
        name: value
        for quantile, times in told
        for name, value in {
            f"delivered_on_{quantile}": delivered_on,
            f"missed_{quantile}": missed,
            f"lost_{quantile}": lost * times,
        }.items()
    }


def held():
    lines = [
        shipment_line(f"H-{number}", None, None, None, late=False) | {"expected_on": None}
        for number in range(4)
    ]
    return proposal(
        "routing",
        "hold_orders",
        "HO-no_stock",
        "Hold 4 orders: no warehouse has the product.",
        lines,
        reason="no_stock",
    )


def forecasts():
    for channel, named in CHANNELS.items():
        new = channel == "tiktok"
        lines = [
            {"sku": sku, "channel": channel, "region": "east", "quantity": 210.4} | unadopted()
            for sku in SKUS[: 2 if new else 6]
        ]
        yield proposal(
            "demand_sensing",
            "adopt_forecast",
            f"AF-{channel}" if not new else f"NS-{SKUS[6]}-{channel}",
            f"Adopt the forecast of {len(lines)} products on {named}.",
            lines,
            never_seen=new,
            evidence=[f"{HOSTILE} sold 5 400 units in 90 minutes."],
            money_at_risk=9_900.0 if new else 0.0,
            in_all={
                name: 2 * value for name, value in unadopted().items() if name.startswith(("beyond", "lost"))
            },
        )


def unadopted():
    """What comes of a series that stays planned as it is: half sold out, 60 units apart, 900 lost."""
    return {
        **{"out_on_q0100": "2026-11-30", "beyond_q0100": -20.0, "lost_q0100": 300.0},
        **{"out_on_q0500": "2026-12-05", "beyond_q0500": 60.0, "lost_q0500": 900.0},
        **{"out_on_q0900": None, "beyond_q0900": 140.0, "lost_q0900": 2_100.0},
    }


def one(queue, start):
    """The proposal of a queue whose id begins so."""
    return next(p for p in queue.to_dict("records") if p["proposal_id"].startswith(start))
