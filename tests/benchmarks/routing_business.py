"""A seeded business for routing at scale: 10 warehouses, 3,000 SKUs, 6 services, 40 regions."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime

import numpy as np
import pandas as pd

AS_OF = datetime(2026, 11, 16, 10, tzinfo=UTC)
DAY = pd.Timestamp("2026-11-16")
# times the batch's units in stock; share of the SKUs that have less, and how much of the batch these have
REGIMES = {"ordinary": (6.0, 0.1, 1.0), "tight": (1.25, 0.0, 1.25), "peak": (1.1, 0.15, 0.8)}
WAREHOUSES, SKUS, REGIONS = 10, 3_000, 40
BANDS_KG = (0.0, 0.25, 0.5, 1.0, 2.0, 3.0, 5.0, 7.5, 10.0, 15.0, 20.0, 30.0, 70.0, 300.0)
# carrier, service, days, on time, base, per zone, per kg, CO2e a parcel, CO2e a kg, share of the parcels
SERVICES = (
    ("ALPHA", "GROUND", 4, 0.95, 4.9, 0.42, 0.52, 0.42, 0.11, 0.45),
    ("ALPHA", "EXPRESS", 2, 0.96, 8.6, 0.75, 1.05, 0.95, 0.48, 0.20),
    ("BRAVO", "GROUND", 4, 0.93, 5.1, 0.40, 0.50, 0.38, 0.10, 0.35),
    ("BRAVO", "NEXTDAY", 1, 0.97, 17.5, 1.90, 2.10, 1.90, 1.10, 0.10),
    ("CHARLIE", "ECONOMY", 6, 0.90, 4.1, 0.30, 0.58, 0.30, 0.09, 0.50),
    ("CHARLIE", "PRIORITY", 3, 0.93, 6.4, 0.55, 0.80, 0.70, 0.35, 0.30),
)
LINES = (0.62, 0.24, 0.09, 0.05)  # chance of an order of 1, 2, 3 and 4 lines


def business(regime: str, orders: int, seed: int) -> dict[str, pd.DataFrame]:
    """The tables that routing reads, by name; the same seed gives the same tables."""
    rng = np.random.default_rng(seed)
    tables = {"products": _products(rng), **_network(rng, orders), **_carriers(orders)}
    tables["zones"] = _zones(tables.pop("distances"))
    tables["open_lines"] = _open_lines(rng, orders, 0)
    tables["stock"] = _stock(rng, tables["open_lines"], *REGIMES[regime])
    empty = {
        "kind": "str",
        "name": "str",
        "starts_at": "datetime64[us, UTC]",
        "ends_at": "datetime64[us, UTC]",
    }
    tables["disruptions"] = pd.DataFrame({name: pd.Series(dtype=dtype) for name, dtype in empty.items()})
    return tables


def more_orders(orders: int, first: int, seed: int) -> pd.DataFrame:
    """Open lines that come in later, numbered from `first` on."""
    return _open_lines(np.random.default_rng([seed, 1]), orders, first)


def _names(letter: str, count: int) -> list[str]:
    return [f"{letter}{number:04d}" for number in range(count)]


def _products(rng: np.random.Generator) -> pd.DataFrame:
    weight = np.exp(rng.normal(-0.7, 0.9, SKUS)).clip(0.05, 20.0).round(3)
    litres = weight * np.exp(rng.normal(1.4, 0.5, SKUS))
    return pd.DataFrame(
        {"sku": _names("S", SKUS), "weight_kg": weight, "volume_m3": (litres / 1000).round(5)}
    )


def _network(rng: np.random.Generator, orders: int) -> dict[str, pd.DataFrame]:
    """Warehouses that could ship 1.5 times the batch together, regions, and the distances between them."""
    places, homes = rng.random((WAREHOUSES, 2)) * [4000, 2500], rng.random((REGIONS, 2)) * [4000, 2500]
    share = rng.dirichlet(np.full(WAREHOUSES, 5.0))
    warehouses = pd.DataFrame(
        {
            "warehouse": _names("W", WAREHOUSES),
            "orders_per_day": np.ceil(1.5 * orders * share),
            "handling_cost": rng.uniform(1.6, 2.6, WAREHOUSES).round(2),
        }
    )
    distance = np.linalg.norm(places[:, None] - homes[None], axis=2)
    rows = list(itertools.product(warehouses["warehouse"], _names("R", REGIONS)))
    distances = pd.DataFrame(rows, columns=["warehouse", "region"]).assign(km=distance.ravel())
    ranked = distances.sort_values(["region", "km"], ignore_index=True)
    regions = ranked[["region", "warehouse"]].assign(rank=ranked.groupby("region").cumcount() + 1)
    return {"warehouses": warehouses, "regions": regions, "distances": distances}


def _carriers(orders: int) -> dict[str, pd.DataFrame]:
    bands = list(itertools.pairwise(BANDS_KG))
    services, rates = [], []
    for carrier, service, days, on_time, base, per_zone, per_kg, each, per_mass, share in SERVICES:
        services.append(
            {
                "carrier": carrier,
                "service": service,
                "cut_off_hour": 16.0,
                "days": days,
                "on_time_rate": on_time,
                "parcels_per_day": np.ceil(share * orders / WAREHOUSES),
                "co2e_per_parcel": each,
                "co2e_per_kg": per_mass,
                "dimensional_kg_per_m3": 200.0,
                "surcharge_share": 0.0,
            }
        )
        rates += [
            (carrier, service, f"zone {zone}", low, high, round(base + per_zone * zone + per_kg * high, 2))
            for zone in range(1, 10)
            for low, high in bands
        ]
    names = ["carrier", "service", "zone", "weight_from_kg", "weight_to_kg", "charge"]
    cards = pd.DataFrame(rates, columns=names).assign(surcharged=False)
    return {"services": pd.DataFrame(services), "rates": cards}


def _zones(distances: pd.DataFrame) -> pd.DataFrame:
    zone = 1 + np.searchsorted([100, 300, 600, 1000, 1500, 2000, 2600, 3300], distances["km"])
    rows = distances[["warehouse", "region"]].assign(zone=[f"zone {number}" for number in zone])
    carriers = pd.DataFrame({"carrier": ["ALPHA", "BRAVO", "CHARLIE"]})
    return rows.merge(carriers, how="cross").assign(surcharge=0.0)


def _open_lines(rng: np.random.Generator, orders: int, first: int) -> pd.DataFrame:
    lines = rng.choice(len(LINES), orders, p=LINES) + 1
    order = np.repeat(np.arange(orders), lines)
    popularity = 1 / (np.arange(SKUS) + 20.0)
    sku = rng.choice(SKUS, len(order), p=popularity / popularity.sum())
    people = np.random.default_rng(7).dirichlet(np.full(REGIONS, 2.0))
    region = rng.choice(REGIONS, orders, p=people)
    promised = DAY + pd.to_timedelta(
        rng.choice([2, 3, 4, 5, 7], orders, p=[0.08, 0.12, 0.2, 0.4, 0.2]), unit="D"
    )
    frame = pd.DataFrame({"order": order, "sku": np.array(_names("S", SKUS))[sku]}).drop_duplicates()
    number = frame.groupby("order").cumcount() + 1
    return (
        pd.DataFrame(
            {
                "order_id": [f"O{first + one:07d}" for one in frame["order"]],
                "line": number,
                "region": np.array(_names("R", REGIONS))[region[frame["order"]]],
                "sku": frame["sku"],
                "quantity": rng.choice([1, 2, 3], len(frame), p=[0.8, 0.15, 0.05]),
                "promised_on": promised[frame["order"]].astype("datetime64[us]"),
                "warehouse": None,
                "carrier": None,
                "service": None,
            }
        )
        .astype({"warehouse": "str", "carrier": "str", "service": "str"})
        .reset_index(drop=True)
    )


def _stock(
    rng: np.random.Generator, lines: pd.DataFrame, times: float, scarce: float, scarce_times: float
) -> pd.DataFrame:
    """Units of every SKU: some times what the batch wants of it, strewn over the warehouses."""
    wanted = lines.groupby("sku")["quantity"].sum().reindex(_names("S", SKUS), fill_value=0).to_numpy()
    is_scarce = rng.random(SKUS) < scarce
    total = np.floor(np.where(is_scarce, scarce_times, times) * wanted).astype(np.int64)
    shares = rng.dirichlet(np.full(WAREHOUSES, 1.0), SKUS)
    units = np.array([rng.multinomial(*pair) for pair in zip(total, shares, strict=True)])
    rows = list(itertools.product(_names("S", SKUS), _names("W", WAREHOUSES)))
    frame = pd.DataFrame(rows, columns=["sku", "warehouse"])
    return frame.assign(on_hand=units.ravel(), reserved=0)
