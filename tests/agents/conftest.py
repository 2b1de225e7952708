"""A business small enough to see through, with something to do for every agent."""

from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest

from tests.rows import table
from workbench.demand.paths import with_paths
from workbench.formulas.landed_cost import landed_offers
from workbench.optimize.serving_costs import serving_costs
from workbench.policy import Policy

AS_OF = datetime(2026, 11, 16, 4, tzinfo=UTC)
MONDAY = pd.Timestamp("2026-11-16")
START = "2026-01-01"
PATHS = 40
PRICED = ("demand_paths", "open_lines", "products", "warehouses", "regions", "services", "zones", "rates")
PRICED += ("deliveries", "disruptions")
# units a day by SKU in each channel and region; A is short in the east, B everywhere, C is plentiful
WANTED = {"A": 3.0, "B": 2.0, "C": 0.5}
ON_HAND = {("A", "E"): 4, ("A", "W"): 400, ("B", "E"): 60, ("B", "W"): 50, ("C", "E"): 80, ("C", "W"): 80}


def _demand_paths():
    keys = [
        {"sku": sku, "channel": channel, "region": region, "date": MONDAY + pd.Timedelta(days=ahead)}
        for sku in WANTED
        for channel in ("market", "shop")
        for region in ("east", "west")
        for ahead in range(28)
    ]
    frame = pd.DataFrame(keys).astype(
        {"sku": "str", "channel": "str", "region": "str", "date": "datetime64[us]"}
    )
    rate = frame["sku"].map(WANTED).to_numpy()[:, None]
    drawn = np.random.default_rng(7).poisson(rate, (len(frame), PATHS))
    return with_paths(frame, drawn.astype(np.float32))


def _demand_models():
    about = {"model": "seasonal", "error": 0.3, "runner_up": "naive", "runner_up_error": 0.4}
    return table(
        "demand_models",
        *(
            about
            | {"sku": sku, "channel": channel, "region": region, "history_days": 300, "censored_days": 0}
            | {"recent": 0.8 * rate, "never_seen": sku == "C" and channel == "shop"}
            for sku, rate in WANTED.items()
            for channel in ("market", "shop")
            for region in ("east", "west")
        ),
    )


def _spikes():
    spike = {"sku": "B", "channel": "shop", "units": 60.0, "expected": 4.0, "chance": 1e-6}
    return table("spikes", spike | {"since": "2026-11-15T18:00Z", "found_at": "2026-11-15T18:02Z"})


def _stock():
    rest = dict.fromkeys(("backordered", "in_transfer", "on_order"), 0)
    return table(
        "stock",
        *(
            rest
            | {"sku": sku, "warehouse": place, "on_hand": units + 2, "reserved": 2, "available": units}
            | {"inventory_position": units}
            for (sku, place), units in ON_HAND.items()
        ),
    )


def _open_lines():
    about = {"channel": "shop", "ordered_at": "2026-11-15T12:00Z", "quantity": 1, "promised_on": "2026-11-19"}
    return table(
        "open_lines",
        about
        | {"order_id": "1", "line": 1, "region": "east", "sku": "A", "warehouse": "E", "carrier": "SLOW"},
        about | {"order_id": "2", "line": 1, "region": "west", "sku": "A"},
        about | {"order_id": "2", "line": 2, "region": "west", "sku": "C"},
        about | {"order_id": "3", "line": 1, "region": "east", "sku": "C", "carrier": "DOWN"},
        about | {"order_id": "4", "line": 1, "region": "east", "sku": "B", "quantity": 999},
        about | {"order_id": "5", "line": 1, "region": "west", "sku": "B"},
    )


def _shipping():
    carriers = {"DOWN": 1, "FAST": 1, "SLOW": 4}
    return {
        "services": table(
            "services",
            *(
                {
                    "carrier": carrier,
                    "service": "parcel",
                    "days": days,
                    "co2e_per_parcel": 0.4,
                    "co2e_per_kg": 0.1,
                }
                for carrier, days in carriers.items()
            ),
        ),
        "zones": table(
            "zones",
            *(
                {"carrier": carrier, "warehouse": place, "region": region, "zone": f"{place}-{region}"}
                for carrier in carriers
                for place in "EW"
                for region in ("east", "west")
            ),
        ),
        "rates": table(
            "rates",
            *(
                {"carrier": carrier, "service": "parcel", "zone": f"{place}-{region}", "charge": price}
                | {"weight_from_kg": 0.0, "weight_to_kg": 30.0}
                for carrier, days in carriers.items()
                for place in "EW"
                for region in ("east", "west")
                for price in [9.0 - days + (0 if place.lower() == region[0] else 3)]
            ),
        ),
        "deliveries": table("deliveries"),
        "disruptions": table(
            "disruptions", {"kind": "carrier", "name": "DOWN", "starts_at": "2026-11-16T01:00Z"}
        ),
    }


def _buying(products, warehouses):
    suppliers = table(
        "suppliers",
        {"supplier": "S", "name": "S", "country": "US", "currency": "USD", "lead_time_days": 7.0},
        {"supplier": "T", "name": "T", "country": "US", "currency": "USD", "lead_time_days": 5.0},
    )
    offers = table(
        "offers",
        *(
            {"supplier": supplier, "sku": sku, "valid_from": START, "unit_cost": cost, "currency": "USD"}
            for supplier, sku, cost in (("S", "A", 12.0), ("S", "B", 10.0), ("T", "B", 10.5), ("T", "C", 4.0))
        ),
    )
    rates = table("fx_rates", {"currency": "USD", "date": START, "rate": 1.0})
    landed = landed_offers(
        offers,
        suppliers,
        products,
        warehouses,
        table("tariffs"),
        rates,
        day=MONDAY.date(),
        base_currency="USD",
    )
    receipts = table(
        "receipts",
        *(
            {"purchase_order_id": f"P{week}", "supplier": "S", "sku": "A", "warehouse": "E"}
            | {"ordered_on": day, "promised_on": day + pd.Timedelta(days=7)}
            | {"received_on": day + pd.Timedelta(days=6 + week % 4)}
            | {"quantity_ordered": 50, "quantity_received": 50}
            for week in range(8)
            for day in [pd.Timestamp("2026-08-03") + pd.Timedelta(weeks=week)]
        ),
    )
    arriving = {"reference": "P9", "kind": "purchase_order", "sku": "C", "warehouse": "E", "quantity": 20}
    dated = {"supplier": "T", "ordered_on": "2026-11-10", "promised_on": "2026-11-18", "confirmed": True}
    overdue = {"proposal_id": "PO-S-20261101-1", "line": 0, "kind": "purchase_order", "reference_line": 0}
    missing = {"reference": "PO-S-20261101-1", "sku": "A", "supplier": "S", "to_warehouse": "E"}
    released = {"quantity": 30, "released_at": "2026-11-01T05:00Z", "overdue": True}
    return {
        "suppliers": suppliers,
        "offers": offers,
        "landed_offers": landed,
        "receipts": receipts,
        "inbound": table("inbound", arriving | dated),
        "cash": table("cash", {"date": START, "budget": 100_000.0}),
        "outstanding": table("outstanding", overdue | missing | released),
    }


@pytest.fixture(scope="session")
def business():
    """Every table that an agent takes, by name."""
    return every_table()


def every_table():
    """The same, to be had where there is no fixture."""
    products = table("products", *({"sku": sku, "name": f"thing {sku}"} for sku in WANTED))
    warehouses = table(
        "warehouses",
        {"warehouse": "E", "name": "East", "country": "US", "handling_cost": 2.0},
        {"warehouse": "W", "name": "West", "country": "US", "handling_cost": 1.5},
    )
    tables = {
        "products": products,
        "warehouses": warehouses,
        "channels": table(
            "channels",
            {"channel": "market", "name": "Market", "fee_rate": 0.15, "minimum_presence": 1},
            {"channel": "shop", "name": "Shop", "fee_rate": 0.03},
        ),
        "regions": table(
            "regions",
            {"region": "east", "warehouse": "E", "rank": 1},
            {"region": "east", "warehouse": "W", "rank": 2},
            {"region": "west", "warehouse": "W", "rank": 1},
            {"region": "west", "warehouse": "E", "rank": 2},
        ),
        "lanes": table(
            "lanes",
            {"from_warehouse": "E", "to_warehouse": "W", "cost_per_unit": 0.5, "days": 2},
            {"from_warehouse": "W", "to_warehouse": "E", "cost_per_unit": 0.5, "days": 2},
        ),
        "prices": table(
            "prices",
            *(
                {"sku": sku, "channel": channel, "valid_from": START, "price": price}
                for sku, price in (("A", 40.0), ("B", 30.0), ("C", 15.0))
                for channel in ("market", "shop")
            ),
        ),
        "stock": _stock(),
        "channel_shares": table(
            "channel_shares", {"sku": "B", "warehouse": "E", "channel": "market", "quantity": 40}
        ),
        "demand_paths": _demand_paths(),
        "demand_models": _demand_models(),
        "spikes": _spikes(),
        "open_lines": _open_lines(),
        **_shipping(),
        **_buying(products, warehouses),
    }
    named = (tables[name] for name in PRICED)
    costs = serving_costs(*named, table("scarcity_prices"), policy=Policy(), as_of=AS_OF)
    return tables | {"serving_costs": costs}


@pytest.fixture(scope="session")
def as_of():
    """The instant at which the business plans."""
    return AS_OF
