"""The demo business: a folder of files as a brand with five channels would export them. Seeded, no clock.

`python -m workbench.lake.demo FOLDER` writes it again, the same bytes every time. What is planted in it
stands in `demo_situations.py` and `demo_dirt.py`, and for readers in `data/README.md`.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from workbench.lake import (
    demo_carriers,
    demo_catalogue,
    demo_deliveries,
    demo_demand,
    demo_network,
    demo_orders,
    demo_sales,
    demo_situations,
    demo_stock,
    demo_trade,
)
from workbench.lake.demo_days import PLAN_DAY, TIME_ZONE, holidays
from workbench.lake.demo_dirt import INCOMPLETE, dirty_rows
from workbench.lake.demo_signals import signals
from workbench.lake.mapping import FILE, Mapping, Source
from workbench.policy import AllocationPolicy, BusinessPolicy, PeoplePolicy, Policy
from workbench.tables import INPUTS

SEED = 20261116
LARGE = ("sales", "returns", "signals")  # Parquet; the rest is CSV
RECEIPTS_FROM = pd.Timestamp("2025-11-16")  # the purchasing system keeps a year
BUDGET = 340_000  # money that the orders of a day may bind, for 300 SKUs
PEOPLE = {
    "roles": {
        "planner": {
            "demand_sensing": 1_000_000.0,
            "allocation": 100_000.0,
            "replenishment": 60_000.0,
            "routing": 100_000.0,
        },
        "buyer_lead": {"replenishment": 500_000.0},
        "logistics": {"allocation": 100_000.0, "routing": 100_000.0},
    },
    "members": {
        "Robin (planner)": ["planner"],
        "Alex (buyer lead)": ["buyer_lead"],
        "Sam (logistics)": ["logistics"],
        "Kim (sales)": [],
    },
    "delegations": [{"giver": "Robin (planner)", "taker": "Sam (logistics)", "until": "2026-12-31"}],
}

# the warehouse system has its own headers
HEADERS = {
    "inventory": {
        "sku": "Item",
        "warehouse": "Site",
        "on_hand": "Qty on hand",
        "reserved": "Qty allocated",
        "backordered": "Qty backordered",
        "counted_on": "As of",
    }
}


def write(folder: Path, *, scale: int = 1) -> None:
    """Write the whole business folder: input files, `mapping.toml` and `policy.toml`.

    `scale` multiplies the SKUs (300) for benchmarks; the planted situations stay what they are. Files that
    stand there already are replaced.
    """
    folder.mkdir(parents=True, exist_ok=True)
    sources = {}
    for name, frame in tables(scale).items():
        source = Source(file=f"{name}.{'parquet' if name in LARGE else 'csv'}", columns=HEADERS.get(name, {}))
        sources[name] = source
        if name in LARGE:
            _write_parquet(folder / source.file, name, frame)
        else:
            _write_csv(folder / source.file, name, frame, source)
    (folder / FILE).write_text(Mapping(tables=sources).toml(), encoding="utf-8")
    (folder / "policy.toml").write_text(policy().toml(), encoding="utf-8")


def policy() -> Policy:
    """The demo's policy: the house defaults, its name, people and time zone, and far ways to stock."""
    return Policy(
        business=BusinessPolicy(name="Larkfield Goods", planner="Robin (planner)", time_zone=TIME_ZONE),
        allocation=AllocationPolicy(overflow_cost=2.0),
        people=PeoplePolicy.model_validate(PEOPLE),
    )


def tables(scale: int = 1) -> dict[str, pd.DataFrame]:
    """Every input table before its dirty rows, by name; `order_lines` speaks the channels' codes."""
    draws = [np.random.default_rng(seed) for seed in np.random.SeedSequence(SEED).spawn(11)]
    goods = demo_catalogue.catalogue(scale, draws[0])
    events = holidays(goods.regions, goods.channels)
    known = signals(goods, draws[1])
    deals = demo_demand.promotions(goods, draws[2])
    mean = demo_demand.expected(goods, deals, known, events.factors)
    bought = demo_trade.trade(goods, mean, demo_demand.wanted(mean, draws[3]), draws[4])
    receipts, open_orders = demo_trade.purchasing(goods, bought)
    stock = demo_stock.left_over(goods, bought.stock, draws[5])
    last = demo_orders.last_days(goods, bought, stock, draws[6])
    listings = demo_catalogue.listings(goods)
    made = {
        **_network(scale, draws[7]),
        "products": demo_catalogue.products(goods.book),
        "listings": listings,
        "offers": demo_catalogue.offers(goods.book, draws[8]),
        "receipts": receipts[receipts["received_on"] >= RECEIPTS_FROM],
        "inventory": demo_stock.inventory(goods, stock, last.lines),
        "channel_stock": demo_stock.channel_stock(goods, stock),
        "transfers": demo_stock.transfers(goods, draws[5]),
        "purchase_orders": demo_stock.keyed_for_one(demo_stock.without_misplaced(open_orders)),
        "sales": demo_sales.sales(goods, last.sales, bought.short),
        "returns": demo_sales.returns(goods, bought.sales, draws[9]),
        "prices": demo_catalogue.prices(goods, draws[8]),
        "promotions": deals,
        "calendar": events.table,
        "order_lines": demo_orders.order_lines(goods, last.lines, listings, draws[6]),
        "deliveries": demo_deliveries.deliveries(draws[10]),
        "signals": known.table,
    }
    return {name: made[name] for name in INPUTS}


def _network(scale: int, rng: np.random.Generator) -> dict[str, pd.DataFrame]:
    return {
        "channels": demo_network.rows(demo_network.CHANNELS),
        "regions": demo_network.rows(demo_network.REGIONS),
        "warehouses": demo_network.warehouses(scale),
        "lanes": demo_network.rows(demo_network.LANES),
        "suppliers": demo_network.suppliers(),
        "tariffs": demo_situations.changed(demo_network.rows(demo_network.TARIFFS)),
        "fx_rates": demo_network.fx_rates(rng),
        "services": demo_carriers.services(scale),
        "zones": demo_carriers.zones(),
        "rates": demo_carriers.rates(),
        "disruptions": demo_situations.disruptions(),
        "cash": pd.DataFrame(
            {"date": pd.date_range(end=PLAN_DAY, periods=8, freq="7D"), "budget": BUDGET * scale}
        ),
    }


def _write_csv(path: Path, name: str, frame: pd.DataFrame, source: Source) -> None:
    """Plain CSV with the file's headers, dirty rows at its end."""
    columns = list(frame.columns)
    text = frame.to_csv(
        index=False, header=[source.header(c) for c in columns], date_format="%Y-%m-%d", lineterminator="\n"
    )
    text += dirty_rows(name, columns).to_csv(index=False, header=False, lineterminator="\n")
    if name == "products":
        text += INCOMPLETE
    path.write_text(text, encoding="utf-8", newline="\n")


def _write_parquet(path: Path, name: str, frame: pd.DataFrame) -> None:
    """Parquet without pandas' own metadata; dirty rows at its end, typed like the rest."""
    dirt = dirty_rows(name, list(frame.columns)).astype(frame.dtypes.to_dict())
    whole = pa.Table.from_pandas(pd.concat([frame, dirt], ignore_index=True), preserve_index=False)
    for at, field in enumerate(whole.schema):
        whole = whole.set_column(at, field.name, whole.column(at).cast(_slim(field)))
    pq.write_table(whole.replace_schema_metadata(None), path, compression="zstd", compression_level=9)


def _slim(field: pa.Field) -> pa.DataType:
    """The smallest type that says the same."""
    if pa.types.is_string(field.type) or pa.types.is_large_string(field.type):
        return pa.dictionary(pa.int32(), pa.string())
    if pa.types.is_timestamp(field.type) and field.type.tz is None:
        return pa.date32()
    return pa.int32() if pa.types.is_integer(field.type) else field.type


if __name__ == "__main__":
    write(Path(sys.argv[1]))
