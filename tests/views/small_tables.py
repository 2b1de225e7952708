"""Tables of the lake beside the small plan, which the pages read."""

from datetime import date, timedelta

import numpy as np
import pandas as pd

from workbench.demand.paths import quantiles, with_paths
from workbench.tables import DAY, TABLES

TODAY = date(2026, 11, 16)
HOSTILE = "<script>document.title='owned'</script><img src=x onerror=alert(1)>"
NAMES = [
    "Desk lamp",
    "Floor lamp",
    "Yoga mat",
    "Water bottle",
    "Pet bed",
    "Table runner",
    HOSTILE,
    "Trail pack",
]
SKUS = [f"SKU-{number:03d}" for number in range(1, len(NAMES) + 1)]
WAREHOUSES = {"RNO": "Reno", "DFW": "Dallas", "MDT": "Harrisburg"}
CHANNELS = {"shop": "Own shop", "amazon": "Amazon", "tiktok": "TikTok Shop"}
SUPPLIERS = {"S01": "Lumen Works", "S02": "Nordic Home", "S03": "Pacific Goods", "S04": "Atlas Textiles"}


def lake_tables():
    """Tables of the lake that the pages read."""
    return {
        "products": frame("products", sku=SKUS, name=NAMES),
        "warehouses": frame(
            "warehouses",
            warehouse=list(WAREHOUSES),
            name=list(WAREHOUSES.values()),
            country="US",
            orders_per_day=[50.0, 80.0, 45.0],
        ),
        "channels": frame("channels", channel=list(CHANNELS), name=list(CHANNELS.values())),
        "suppliers": frame(
            "suppliers",
            supplier=list(SUPPLIERS),
            name=list(SUPPLIERS.values()),
            country="CN",
            currency="USD",
            lead_time_days=21.0,
        ),
        "prices": frame(
            "prices",
            sku=SKUS,
            channel="shop",
            valid_from=day(-400),
            valid_to=pd.NaT,
            price=[29.0, 89.0, 24.0, 18.0, 49.0, 22.0, 35.0, 120.0],
        ),
        "cash": frame("cash", date=[day(-20)], budget=[90_000.0]),
        "disruptions": frame(
            "disruptions",
            kind=["carrier"],
            name=["MERIDIAN"],
            starts_at=[pd.Timestamp("2026-11-16T08:10Z")],
            ends_at=[pd.Timestamp("2026-11-19T08:00Z")],
            note=["Line-haul stopped by a strike at the hubs."],
        ),
        "routing_frontier": frame(
            "routing_frontier",
            plan=[1, 2, 3],
            co2e_price=[10.0, 0.1, 0.1],
            lateness_cost_per_day=[2.0, 2.0, 4.0],
            cost=[900.0, 910.0, 1000.0],
            co2e_kg=[70.0, 80.0, 95.0],
            order_days_late=[120.0, 90.0, 30.0],
            parcels=[135, 135, 136],
            orders_held=4,
            split_rate=[0.0, 0.0, 1 / 135],
            current=[False, False, True],
        ),
        "tariffs": frame(
            "tariffs",
            origin="CN",
            destination="US",
            hs_prefix="9405",
            valid_from=[day(-300), day(7)],
            valid_to=[day(6), pd.NaT],
            duty_rate=[0.076, 0.389],
        ),
        "receipts": receipts(),
        "purchase_orders": frame(
            "purchase_orders",
            purchase_order_id=["OLD-1"],
            sku=SKUS[:1],
            supplier="S03",
            warehouse="RNO",
            quantity=[200],
            quantity_received=[0],
            ordered_on=[day(-40)],
            promised_on=[day(-9)],
        ),
        "promotions": frame(
            "promotions",
            sku=SKUS[:1],
            channel="shop",
            valid_from=[day(-20)],
            valid_to=[day(-14)],
            discount=[0.2],
        ),
        "sales": sales(),
        **demand_tables(),
        **trust_tables(),
        "stock": stock(),
        "available_to_promise": frame(
            "available_to_promise",
            channel=["shop", "shop", "amazon", "amazon"],
            sku=SKUS[:2] * 2,
            warehouse="RNO",
            date=[day(0)] * 4,
            units=[40, 12, 0, 9],
            ring_fenced=[0, 12, 0, 0],
            pooled=[60, 5, 60, 5],
            arriving=[0, 0, 0, 30],
            kept=[20, 5, 60, 26],
            reason=["pooled stock", "ring-fenced stock", "kept for other channels", "dated arrivals"],
        ),
        "inbound": frame(
            "inbound",
            reference=["PO-9"],
            kind="purchase_order",
            sku=SKUS[:1],
            warehouse="RNO",
            supplier="S01",
            quantity=[400],
            ordered_on=[day(-10)],
            promised_on=[day(9)],
            confirmed=[True],
            redirected=[False],
        ),
        "projection": projection(),
        "spikes": frame(
            "spikes",
            sku=[SKUS[6]],
            channel=["tiktok"],
            since=[pd.Timestamp("2026-11-16T00:00Z")],
            found_at=[pd.Timestamp("2026-11-16T01:30Z")],
            units=[5_400.0],
            expected=[6.0],
            chance=[0.0],
        ),
        "quarantine": frame(
            "quarantine",
            table=["sales", "prices"],
            file=["sales.parquet", "prices.csv"],
            row=[812, 44],
            column=["units", "price"],
            found=["-4", HOSTILE],
            problem=["negative", "not_a_number"],
            remedy=["give units ordered, 0 or more", "give the price"],
            sku=[SKUS[1], None],
            date=[day(-3), pd.NaT],
            value=[356.0, 0.0],
        ),
        "assumptions": frame(
            "assumptions",
            table=["services"],
            column=["on_time_rate"],
            assumed=["95 % on time, because the file says nothing"],
        ),
        "regions": frame("regions", region="east", warehouse=["MDT", "DFW", "RNO"], rank=[1, 2, 3]),
        "lanes": frame(
            "lanes",
            from_warehouse=["RNO", "DFW"],
            to_warehouse="MDT",
            cost_per_unit=0.4,
            cost_per_move=60.0,
            days=3,
        ),
        "offers": frame(
            "offers", supplier="S01", sku=SKUS, valid_from=day(-300), unit_cost=9.0, currency="USD"
        ),
        "files": frame(
            "files",
            file=["sales.parquet"],
            table=["sales"],
            rows_in=[960],
            used=[959],
            quarantined=[1],
            out_of_scope=[0],
        ),
        "landed_offers": landed(),
    }


def frame(name, /, **columns):
    """A table of the dictionary: what is not given has the dictionary's default."""
    table = TABLES[name]
    rows = pd.DataFrame(columns)
    defaults = {c.name: c.default for c in table.columns if c.name not in rows and not c.required}
    filled = rows.assign(
        **{name_: pd.Series([value] * len(rows), dtype="object") for name_, value in defaults.items()}
    )
    return filled.astype({c.name: c.dtype for c in table.columns if c.dtype != "paths" and c.name in filled})[
        [c.name for c in table.columns]
    ]


def day(offset):
    return pd.Timestamp(TODAY) + timedelta(days=offset)


def sales():
    rng = np.random.default_rng(7)
    grid = pd.MultiIndex.from_product(
        [pd.date_range(day(-120), day(-1)), SKUS], names=["date", "sku"]
    ).to_frame(index=False)
    season = 1 + 0.3 * np.sin(grid["date"].dt.day_of_week / 7 * 6.28)
    out = (grid["sku"] == SKUS[0]) & grid["date"].between(day(-40), day(-36))
    units = np.where(out, 0, rng.poisson(20 * season)).astype(int)
    return frame(
        "sales",
        date=grid["date"].astype(DAY),
        sku=grid["sku"],
        channel="shop",
        region="east",
        units=units,
        in_stock=~out,
    )


def demand_tables():
    rng = np.random.default_rng(8)
    keys = pd.MultiIndex.from_product([SKUS, CHANNELS, ["east"], pd.date_range(day(0), day(27))]).to_frame(
        index=False
    )
    keys.columns = ["sku", "channel", "region", "date"]
    keys = keys.astype({"date": DAY, "sku": "str", "channel": "str", "region": "str"})
    paths = with_paths(keys, rng.poisson(7, (len(keys), 40)).astype(np.float32))
    series = keys.drop(columns="date").drop_duplicates()
    fast = series["channel"] != "tiktok"
    models = frame(
        "demand_models",
        **series,
        model=np.where(fast, "prophet", "smoothing"),
        error=0.31,
        runner_up="seasonal_naive",
        runner_up_error=0.42,
        history_days=300,
        censored_days=5,
        recent=np.where(fast, 5.0, 11.0),
        never_seen=False,
    )
    backtest = frame(
        "backtest",
        speed=[speed for speed in ("slow", "fast", "all") for _ in range(3)],
        model=["served", "prophet", "smoothing"] * 3,
        serves=[24, 16, 8] * 3,
        wape=[0.9, 0.95, 1.1, 0.2, 0.22, 0.3, 0.31, 0.34, 0.42],
        bias=0.01,
        series_days=672,
    )
    return {"demand_paths": paths, "demand": quantiles(paths), "demand_models": models, "backtest": backtest}


def trust_tables():
    """How good the forecast was; the fast model is unlucky in its bands."""
    steps = ("naive", "statistical", "engine")
    grid = pd.MultiIndex.from_product([("slow", "medium", "fast"), (1, 7, 14, 28), (0.5, 0.8, 0.95)])
    bands = grid.to_frame(index=False, name=["speed", "days", "share"])
    return {
        "value_added": frame(
            "value_added",
            speed=[speed for speed in ("slow", "fast", "all") for _ in steps],
            step=[*steps] * 3,
            wape=[1.2, 1.0, 0.9, 0.3, 0.25, 0.2, 0.5, 0.4, 0.3],
            bias=0.01,
            wape_before=[None, 1.2, 1.0, None, 0.3, 0.25, None, 0.5, 0.4],
            change=[None, -1 / 6, -0.1, None, -1 / 6, -0.2, None, -0.2, -0.25],
            series_days=672,
        ),
        "coverage": frame(
            "coverage",
            **bands,
            covered=bands["share"] + np.where(bands["speed"] == "fast", -0.05, 0.01),
            sums=1000,
        ),
        "blend": frame(
            "blend",
            source=["series", "curve", "prophet"],
            weight=[0.25, 0.65, 0.1],
            weekly_error=[0.08, 0.05, 0.12],
        ),
        "signal_worth": frame(
            "signal_worth",
            kind=["all", "social_mentions", "weather"],
            days_ahead=[0.0, -1.0, 3.0],
            wape_with=0.30,
            wape_without=[0.33, 0.32, 0.299],
            change=[-1 / 11, -1 / 16, 1 / 299],
            series_days=672,
        ),
        "assumed_demand": frame(
            "assumed_demand",
            sku=[SKUS[0]] * 5 + [SKUS[6]],
            channel="shop",
            region="east",
            date=[*pd.date_range(day(-40), day(-36)), day(-2)],
            sold=[0, 0, 0, 0, 0, 3],
            wanted=[20.0, 21.0, 22.0, 20.0, 20.0, 5.5],
        ),
    }


def stock():
    grid = pd.MultiIndex.from_product([SKUS, WAREHOUSES], names=["sku", "warehouse"]).to_frame(index=False)
    on_hand = (np.arange(len(grid)) * 37 % 400).astype(int)
    counts = dict.fromkeys(("reserved", "backordered", "in_transfer", "on_order"), 0)
    return frame("stock", **grid, on_hand=on_hand, available=on_hand, inventory_position=on_hand, **counts)


def projection():
    grid = stock()[["sku", "warehouse", "on_hand"]].merge(
        pd.DataFrame({"hours": [4, *range(24, 29 * 24, 24)]}), how="cross"
    )
    left = (grid["on_hand"] - grid["hours"] / 24 * 12).clip(lower=0)
    out = (grid["hours"] / 24 * 12 / (grid["on_hand"] + 1)).clip(upper=1)
    lost = (grid["hours"] / 24 * 12 - grid["on_hand"]).clip(lower=0)
    quantile = {"q0100": left * 0.7, "q0500": left, "q0900": left * 1.2 + 5}
    keys = grid[["sku", "warehouse", "hours"]]
    date = (pd.Timestamp(TODAY) + pd.to_timedelta(grid["hours"], unit="h")).dt.normalize()
    return frame(
        "projection",
        **keys,
        date=date.astype(DAY),
        mean=left,
        **quantile,
        stockout_probability=out,
        lost_units=lost,
    )


def receipts():
    return frame(
        "receipts",
        purchase_order_id=["R1", "R2", "R3"],
        supplier="S03",
        sku=SKUS[0],
        warehouse="RNO",
        ordered_on=day(-60),
        promised_on=[day(-20), day(-15), day(-10)],
        received_on=[day(-12), day(-4), day(-10)],
        quantity_ordered=100,
        quantity_received=100,
    )


def landed():
    grid = pd.MultiIndex.from_product(
        [["S01"], SKUS, WAREHOUSES], names=["supplier", "sku", "warehouse"]
    ).to_frame(index=False)
    return frame(
        "landed_offers",
        **grid,
        tier_from=1,
        minimum_order_quantity=12,
        order_multiple=12,
        unit_cost=10.0,
        currency="USD",
        unit_cost_base=10.0,
        freight_per_unit=0.5,
        duty_rate=0.05,
        landed_cost=11.0,
        minimum_order_value_base=0.0,
        minimum_group="",
        minimum_group_value_base=0.0,
    )
