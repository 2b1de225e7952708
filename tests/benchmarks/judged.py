"""Decisions looked at later: how often the four agents were right, and as sure as they should have been.

Run as `python -m tests.benchmarks.judged [--days 30] [--seed 1]`. A business of three products, two channels
and two warehouses is planned day after day by the real agents on paths that are honest: what then sells is
drawn from the same distribution. Orders and parcels take days of their own. After the last plan the daily
plan's judge looks at all of them. Printed are accuracy with its 95 % interval, regret, the share left
untouched and escalated, and the expected calibration error.
"""

import argparse
import datetime as dt
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
from rich.console import Console
from rich.table import Table

from tests.agents.conftest import MONDAY, PATHS, every_table
from tests.rows import table
from tests.runs.decided_day import files_of, open_business, plan_day
from workbench.demand.paths import KEYS, with_paths
from workbench.release import release
from workbench.runs.outcomes import judge_matured
from workbench.views.scorecard import accuracy, calibration_error, record

AFTER = 60  # days after the last plan by which all of it has come true
RULES = {
    "allocation": {"transfer_min_gain": 20.0, "share_min_gain": 20.0, "attention_min_gain": 60.0},
    "demand": {"paths": PATHS},
    "business": {"plan_hour": 4},
}


def play(folder: Path, days: int, seed: int):
    """The business after `days` plans, all of which have come true and been judged."""
    business, rng = open_business(folder, **RULES), np.random.default_rng(seed)
    rates = _rates(rng)
    sales = _sales(rates, days + AFTER, rng)
    receipts, parcels = [], []
    for number in range(days):
        day = MONDAY.date() + dt.timedelta(days=number)
        at = business.policy.business.as_of(day)
        run_id = plan_day(business, day, _tables(number, rates, rng))
        proposals = _answered(business, run_id, at, rng)
        release(business.ledger, business.policy, at + dt.timedelta(hours=2))
        receipts += _received(proposals, day, rng)
        parcels += _delivered(proposals, day, rng)
    last = MONDAY.date() + dt.timedelta(days=days + AFTER)
    files = {"receipts": table("receipts", *receipts), "deliveries": table("deliveries", *parcels)}
    judge_matured(business, files_of(business, sales=sales, **files), last)
    return business


def _rates(rng):
    """Units a day by SKU, channel and region."""
    keys = every_table()["demand_paths"][KEYS[:3]].drop_duplicates(ignore_index=True)
    return keys.assign(rate=rng.uniform(0.3, 4.0, len(keys)))


def _sales(rates, days, rng):
    dates = pd.DataFrame({"date": pd.date_range(MONDAY, periods=days, unit="us")})
    rows = rates.merge(dates, how="cross")
    sold = rows.assign(units=rng.poisson(rows["rate"]), in_stock=pd.NA)
    return sold[["date", *KEYS[:3], "units", "in_stock"]].astype({"in_stock": "boolean"})


def _tables(number, rates, rng):
    """The tables of a day: other stock, other recent sales, paths drawn anew, orders of its own."""
    tables = {name: _later(frame, number) for name, frame in every_table().items()}
    keys = tables["demand_paths"][KEYS]
    rate = keys.merge(rates, on=KEYS[:3], validate="many_to_one")["rate"].to_numpy()
    tables["demand_paths"] = with_paths(
        keys, rng.poisson(rate[:, None], (len(keys), PATHS)).astype(np.float32)
    )
    models = tables["demand_models"].merge(rates, on=KEYS[:3], validate="one_to_one")
    recent = models["rate"] * rng.uniform(0.8, 1.2, len(models))
    tables["demand_models"] = tables["demand_models"].assign(recent=recent.to_numpy(), never_seen=False)
    units = rng.integers(5, 150, len(tables["stock"]))
    tables["stock"] = tables["stock"].assign(
        on_hand=units + 2, available=units, inventory_position=units, backordered=0
    )
    tables["channel_shares"] = tables["channel_shares"].head(0)
    tables["spikes"] = tables["spikes"].head(0 if rng.random() > 0.1 else 1)
    tables["outstanding"] = tables["outstanding"].head(0)
    lines = tables["open_lines"]
    tables["open_lines"] = lines.assign(order_id=f"{number}-" + lines["order_id"])
    tables["disruptions"] = tables["disruptions"].head(0 if rng.random() > 0.1 else 1)
    return tables


def _later(frame, days):
    """A table with all its days so much later; what holds from a day long ago still does."""
    columns = frame.select_dtypes(["datetime", "datetimetz"]).columns.difference(["valid_from", "valid_to"])
    return frame.assign(**{name: frame[name] + pd.Timedelta(days=days) for name in columns})


def _answered(business, run_id, at, rng):
    """The run's proposals after a person has answered most of what waits, some minutes later."""
    waiting = business.ledger.proposals(run_id).query("decision == 'escalated'")
    for proposal_id in waiting["proposal_id"]:
        answer = rng.choice(["approved", "rejected", ""], p=[0.75, 0.15, 0.1])
        if answer:
            when = at + dt.timedelta(minutes=float(rng.lognormal(1.5, 1.0)))
            business.ledger.decide(proposal_id, answer, "Ann", when, reason="as seen")
    return business.ledger.proposals(run_id)


def _received(proposals, day, rng):
    orders = proposals[
        (proposals["kind"] == "purchase_order") & proposals["decision"].isin(["executed", "approved"])
    ]
    for order in orders.to_dict("records"):
        took = int(rng.integers(5, 10))
        for line in pd.DataFrame(order["lines"]).drop_duplicates("sku").to_dict("records"):
            yield {
                "purchase_order_id": order["proposal_id"],
                **{name: line[name] for name in ("supplier", "sku", "warehouse")},
                "ordered_on": pd.Timestamp(day),
                "received_on": pd.Timestamp(day) + pd.Timedelta(days=took),
                "quantity_ordered": line["quantity"],
                "quantity_received": line["quantity"],
            }


def _delivered(proposals, day, rng):
    batches = proposals[
        (proposals["kind"] == "shipment") & proposals["decision"].isin(["executed", "approved"])
    ]
    for lines in batches["lines"]:
        for line in pd.DataFrame(lines).drop_duplicates(["order_id", "parcel"]).to_dict("records"):
            took = int(rng.choice([1, 2, 3, 5], p=[0.5, 0.3, 0.15, 0.05]))
            yield {
                **{name: line[name] for name in ("order_id", "parcel", "carrier", "service", "warehouse")},
                "region": "east",
                "handed_over_on": pd.Timestamp(day),
                "delivered_on": pd.Timestamp(day) + pd.Timedelta(days=took),
            }


def main():
    """Play and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    with TemporaryDirectory() as folder:
        business = play(Path(folder) / "judged", asked.days, asked.seed)
        outcomes, rows = business.ledger.outcomes(), record(*business.ledger.history())
    shown = Table(title=f"{asked.days} plans, {len(rows)} proposals, {len(outcomes)} judged")
    for heading in ("kind", "judged", "right", "95 % interval", "regret", "claimed", "calibration error"):
        shown.add_column(heading, justify="left" if heading == "kind" else "right")
    for row in accuracy(outcomes).to_dict("records"):
        own = outcomes[outcomes["kind"] == row["kind"]]
        shown.add_row(
            row["kind"],
            f"{row['n']}",
            f"{row['share']:.1%}",
            f"{row['low']:.1%} to {row['high']:.1%}",
            f"{row['regret']:,.0f}",
            f"{own['confidence'].mean():.1%}",
            f"{calibration_error(own):.3f}",
        )
    console = Console(width=120)
    console.print(shown)
    minutes = rows["minutes"].dropna()
    right, alone, asked_for = (
        f"{share:.1%}"
        for share in (outcomes["correct"].mean(), 1 - rows["touched"].mean(), rows["escalated"].mean())
    )
    console.print(
        f"right {right} of {len(outcomes)}; untouched {alone}; escalated {asked_for}; answered in "
        f"{minutes.median():.1f} min (median of {len(minutes)}); "
        f"expected calibration error {calibration_error(outcomes):.3f}"
    )


if __name__ == "__main__":
    main()
