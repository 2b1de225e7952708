"""A business made up to be bought for: SKU-locations, suppliers, offers in three price tiers, demand."""

from datetime import UTC, date, datetime
from typing import NamedTuple

import numpy as np
import pandas as pd

from tests.rows import table
from workbench.demand.paths import with_paths
from workbench.formulas.landed_cost import landed_offers
from workbench.tables import TABLES

DAY = date(2026, 11, 16)
AS_OF = datetime(2026, 11, 16, 10, tzinfo=UTC)
WAREHOUSES = 4
HORIZON = 28
PATHS = 300


class Inputs(NamedTuple):
    """The tables of `replenish`, in its order."""

    stock: pd.DataFrame
    inbound: pd.DataFrame
    demand_paths: pd.DataFrame
    regions: pd.DataFrame
    warehouses: pd.DataFrame
    products: pd.DataFrame
    suppliers: pd.DataFrame
    landed_offers: pd.DataFrame
    receipts: pd.DataFrame
    prices: pd.DataFrame
    cash: pd.DataFrame
    outstanding: pd.DataFrame


def business(locations: int, suppliers: int, *, seed: int, sources: float = 0.0) -> Inputs:
    """Inputs without a budget and without supplier minimums, of `locations` SKU-locations.

    `sources`: share of the SKUs that a second supplier offers too. Paths are Poisson around a gamma level of
    their own, unit costs lognormal, packs of 1 to 24, minimums of 0 to 6 packs; stock lasts from nothing to
    past the next order.
    """
    random = np.random.default_rng(seed)
    skus = np.array([f"K{number:05d}" for number in range(locations // WAREHOUSES)])
    names = np.array([f"S{number:03d}" for number in range(suppliers)])
    houses = np.array([f"W{number}" for number in range(WAREHOUSES)])
    level = random.lognormal(0.0, 1.2, (len(skus), WAREHOUSES))
    products = rows(
        "products",
        sku=skus,
        name=skus,
        hs_code="61",
        volume_m3=random.lognormal(-6, 0.7, len(skus)),
        category=random.choice(["chairs", "lamps", "rugs"], len(skus)),
    )
    terms = rows(
        "suppliers",
        supplier=names,
        name=names,
        country=random.choice(["CN", "VN", "PT", "US"], suppliers),
        currency="USD",
        lead_time_days=random.integers(4, 25, suppliers).astype(float),
        order_weekdays="0 1 2 3 4",
    )
    home = random.integers(0, suppliers, len(skus))
    cost = random.lognormal(2.2, 0.8, len(skus))
    second = np.flatnonzero(random.random(len(skus)) < sources)
    daily = level.mean(axis=1)
    other = names[(home[second] + 1) % suppliers]
    offers = pd.concat(
        [
            _offers(skus, names[home], cost, daily, random),
            _offers(skus[second], other, cost[second] * 1.04, daily[second], random),
        ]
    )
    tariffs = rows(
        "tariffs",
        origin=["CN", "VN"],
        destination="US",
        hs_prefix="61",
        valid_from=pd.Timestamp("2026-01-01"),
        duty_rate=[0.12, 0.08],
    )
    warehouses = rows("warehouses", warehouse=houses, name=houses, country="US")
    landed = landed_offers(
        offers,
        terms,
        products,
        warehouses,
        tariffs,
        table("fx_rates"),
        day=DAY,
        base_currency="USD",
    )
    return Inputs(
        stock=_stock(skus, houses, level, random),
        inbound=table("inbound"),
        demand_paths=_paths(skus, houses, level, random),
        regions=rows("regions", region=houses, warehouse=houses, rank=1),
        warehouses=warehouses,
        products=products,
        suppliers=terms,
        landed_offers=landed,
        receipts=table("receipts"),
        prices=rows(
            "prices",
            sku=skus,
            channel="shop",
            valid_from=pd.Timestamp("2026-01-01"),
            price=cost * random.uniform(1.4, 2.4, len(skus)),
        ),
        cash=table("cash"),
        outstanding=table("outstanding"),
    )


def rows(table_name: str, **columns) -> pd.DataFrame:
    """A table of the dictionary from whole columns; what is left out takes its default."""
    made = TABLES[table_name]
    frame = pd.DataFrame(columns)
    rest = {c.name: None if c.required else c.default for c in made.columns if c.name not in columns}
    return frame.assign(**rest)[made.names].astype({c.name: c.dtype for c in made.columns})


def _offers(skus, suppliers, cost, daily, random):
    """Three price tiers a SKU: from one, from about a week's and from about three weeks' demand."""
    pack = random.choice([1, 2, 6, 12, 24], len(skus), p=[0.3, 0.2, 0.2, 0.2, 0.1])
    minimum = np.maximum(1, pack * random.integers(0, 7, len(skus)))
    second = np.maximum(2, np.ceil(daily * random.uniform(5, 10, len(skus)))).astype(np.int64)
    third = np.maximum(second + 1, np.ceil(daily * random.uniform(15, 25, len(skus)))).astype(np.int64)
    off = random.uniform(0.01, 0.05, (2, len(skus)))
    tiers = [
        rows(
            "offers",
            supplier=suppliers,
            sku=skus,
            tier_from=tier_from,
            valid_from=pd.Timestamp("2026-01-01"),
            unit_cost=cost * factor,
            currency="USD",
            freight_per_unit=cost * 0.05,
            minimum_order_quantity=minimum,
            order_multiple=pack,
        )
        for tier_from, factor in ((1, 1.0), (second, 1 - off[0]), (third, 1 - off.sum(axis=0)))
    ]
    return pd.concat(tiers)


def _stock(skus, houses, level, random):
    units = np.rint(level * random.uniform(0, 35, level.shape)).astype(np.int64).ravel()
    return rows(
        "stock",
        sku=np.repeat(skus, len(houses)),
        warehouse=np.tile(houses, len(skus)),
        on_hand=units,
        reserved=0,
        backordered=0,
        in_transfer=0,
        on_order=0,
        available=units,
        inventory_position=units,
    )


def _paths(skus, houses, level, random):
    """One row a SKU, region and day; every path has a level of its own."""
    lasting = random.gamma(8.0, 1 / 8.0, (*level.shape, 1, PATHS)).astype(np.float32)
    keys = pd.MultiIndex.from_product(
        [skus, houses, pd.date_range(DAY, periods=HORIZON)], names=["sku", "region", "date"]
    ).to_frame(index=False)
    keys = keys.assign(channel="shop", date=keys["date"].astype("datetime64[us]"))
    paths = np.empty((len(keys), PATHS), dtype=np.float32)
    per_sku = len(houses) * HORIZON
    for sku in range(len(skus)):
        mean = np.broadcast_to(level[sku, :, None, None] * lasting[sku], (len(houses), HORIZON, PATHS))
        paths[sku * per_sku : (sku + 1) * per_sku] = random.poisson(mean).reshape(per_sku, PATHS)
    return with_paths(keys[["sku", "channel", "region", "date"]], paths)
