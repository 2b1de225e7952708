"""A business folder with one plan in it, made by the four agents on tables small enough to see through."""

import datetime as dt

import pandas as pd

from workbench.agents.allocation import allocate
from workbench.agents.demand_sensing import sense_demand
from workbench.agents.replenishment import replenish, situation_of
from workbench.agents.routing import route
from workbench.authority import judge
from workbench.demand.paths import quantiles
from workbench.policy import Policy
from workbench.runs.business import Business
from workbench.tables import TABLES

READ = {
    "demand_sensing": ("demand_paths", "demand_models", "spikes", "prices", "channels"),
    "allocation": (
        *("stock", "channel_shares", "demand_paths", "regions", "channels"),
        *("lanes", "warehouses", "products", "prices", "inbound", "offers", "serving_costs"),
    ),
    "replenishment": (
        *("stock", "inbound", "demand_paths", "regions", "warehouses", "products"),
        *("suppliers", "landed_offers", "receipts", "prices", "cash", "outstanding"),
    ),
    "routing": (
        *("open_lines", "stock", "products", "warehouses", "regions", "services"),
        *("zones", "rates", "deliveries", "disruptions", "inbound"),
    ),
}


def open_business(folder, **rules):
    """A business without files."""
    folder.mkdir()
    (folder / "policy.toml").write_text(Policy.model_validate(rules).toml())
    return Business(folder)


def plan_day(business, day: dt.date, tables, *, executed=False):
    """Publish a plan of these tables and return its run; `executed`: every proposal is carried out."""
    policy, ledger = business.policy, business.ledger
    as_of = policy.business.as_of(day)
    tables = tables | {"demand": quantiles(tables["demand_paths"])}
    versions = {name: business.lake.write(name, frame) for name, frame in tables.items() if name in TABLES}
    run_id = ledger.next_run_id(day)
    ledger.start_run(run_id, day, f"inputs of {day}", versions, policy.digest(), as_of)
    given = {agent: [tables[name] for name in names] for agent, names in READ.items()}
    about = {"policy": policy, "as_of": as_of, "seed": policy.run.seed}
    made = [sense_demand(*given["demand_sensing"], **about), allocate(*given["allocation"], **about)]
    made.append(replenish(situation_of(*given["replenishment"], **about), policy=policy))
    made.append(route(*given["routing"], **about))
    for proposals in made:
        judged = judge(proposals, policy, doubtful={}, assumed=[], earlier=pd.DataFrame())
        if executed:
            judged = judged.assign(decision="executed", decision_reason="")
        ledger.record(run_id, judged, as_of)
    ledger.publish(run_id, {}, as_of)
    return run_id


def files_of(business, **tables):
    """Newer input files, as the gate would admit them."""
    versions = {name: business.lake.write(name, frame) for name, frame in tables.items()}
    return business.lake.snapshot(versions)
