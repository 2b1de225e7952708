"""What tests of allocation plan: a SKU at two warehouses, worth 10 a unit after its cost in the own shop."""

from datetime import UTC, datetime

import numpy as np
import pandas as pd

from tests.rows import table
from workbench.agents.allocation import allocate
from workbench.demand.paths import with_paths
from workbench.policy import Policy

MONDAY = pd.Timestamp("2026-11-16")
AS_OF = datetime(2026, 11, 16, 4, tzinfo=UTC)
PATHS = 20
INPUTS = (
    "stock",
    "channel_shares",
    "demand_paths",
    "regions",
    "channels",
    "lanes",
    "warehouses",
    "products",
    "prices",
    "inbound",
    "offers",
    "serving_costs",
)
# nothing is too small to be proposed; a unit's cost is left out so that prices are margins
EAGER = {"transfer_min_gain": 0.0, "share_min_gain": 0.0, "attention_min_gain": 0.0, "unit_cost_share": 0.0}


def stock(sku, warehouse, available, **other):
    columns = dict.fromkeys(("reserved", "backordered", "in_transfer", "on_order"), 0)
    row = columns | {"sku": sku, "warehouse": warehouse, "on_hand": available, "available": available}
    return row | {"inventory_position": available} | other


def wanted(*series):
    """Series of (sku, channel, region, units by day or by world): whole on the first day unless by day."""
    keys, paths = [], []
    for sku, channel, region, units in series:
        by_day = np.zeros((28, PATHS), dtype=np.float32)
        by_day[: len(units)] = units
        dates = pd.date_range(MONDAY, periods=28, unit="us")
        keys.append(pd.DataFrame({"sku": sku, "channel": channel, "region": region, "date": dates}))
        paths.append(by_day)
    return with_paths(pd.concat(keys, ignore_index=True), np.concatenate(paths))


def by_day(units):
    """The same units in every world, a row a day."""
    return np.repeat(np.asarray(units, dtype=np.float32)[:, None], PATHS, axis=1)


def worlds(*units):
    """All on the first day, the worlds in turn."""
    return np.tile(np.asarray(units, dtype=np.float32), PATHS // len(units))[None]


def business(**changes):
    """East is served by E, west by W; a lane of 2 days at 1 a unit leads from E to W."""
    lane = {"from_warehouse": "E", "to_warehouse": "W", "cost_per_unit": 1.0, "days": 2}
    tables = {
        "stock": table("stock", stock("A", "E", 100), stock("A", "W", 0)),
        "channel_shares": table("channel_shares"),
        "demand_paths": wanted(("A", "shop", "east", worlds(20)), ("A", "shop", "west", by_day([3.0] * 14))),
        "regions": table(
            "regions",
            {"region": "east", "warehouse": "E", "rank": 1},
            {"region": "east", "warehouse": "W", "rank": 2},
            {"region": "west", "warehouse": "W", "rank": 1},
        ),
        "channels": table(
            "channels",
            {"channel": "market", "name": "Market", "fee_rate": 0.5, "fee_per_order_line": 1.0},
            {"channel": "shop", "name": "Shop"},
        ),
        "lanes": table("lanes", lane),
        "warehouses": table(
            "warehouses",
            {"warehouse": "E", "name": "East", "country": "US"},
            {"warehouse": "W", "name": "West", "country": "US"},
        ),
        "products": table("products", *({"sku": sku, "name": f"Lamp {sku}"} for sku in "ABC")),
        "prices": table(
            "prices",
            *(
                {"sku": "A", "channel": channel, "valid_from": MONDAY, "price": price}
                for channel, price in (("shop", 10.0), ("market", 14.0))
            ),
        ),
        "inbound": table("inbound"),
        "offers": table("offers"),
        "serving_costs": table("serving_costs"),
    }
    return tables | changes


def policy(**changes):
    return Policy.model_validate({"allocation": EAGER | changes})


def plan(tables=None, rules=None, **other):
    tables = business() if tables is None else tables
    return allocate(*(tables[name] for name in INPUTS), policy=rules or policy(), as_of=AS_OF, **other)


def proposal(proposals, subject):
    return proposals.set_index("subject").loc[subject]
