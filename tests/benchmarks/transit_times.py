"""Transit times learnt from Olist's deliveries by distance, and how well they are calibrated on the others.

`python -m tests.benchmarks.transit_times [--out FOLDER]`
"""

import argparse
import time
from pathlib import Path

import numpy as np
import pandas as pd

from tests.conftest import PROJECT
from workbench.formulas.transit_times import transit_times
from workbench.optimize.lateness import chance_late, expected_days_late

FOLDER = PROJECT.parent / "shared" / "data" / "olist"
EARTH_KM = 6371.0
ZONES_KM = (0, 25, 75, 150, 300, 450, 600, 800, 1000, 1500, 2200, 5000)  # zone edges
HORIZON = 120  # days
WEIGHTS = (0.1, 5, 20, 100, 1000)  # parcels that a zone's service is believed to be
SERVICE_WEIGHT = 20
PROMISE_WEIGHT = 20
TEST_SHARE = 0.3
SEED = 1
WINDOWS = (1000, 90)  # days that a temporal split learns from
LEVELS = (0.5, 0.8, 0.95)
DAY_COUNTS = (3, 5, 7, 10, 14, 20, 30)


def deliveries(folder: Path = FOLDER) -> pd.DataFrame:
    """Delivered orders of one seller: handed_over (day), days from then to delivery, promised days, km."""
    orders = pd.read_parquet(folder / "olist_orders_dataset.parquet").query("order_status == 'delivered'")
    days = {
        name: pd.to_datetime(orders[f"order_{column}"]).dt.normalize()
        for name, column in [
            ("handed_over", "delivered_carrier_date"),
            ("delivered", "delivered_customer_date"),
            ("promised", "estimated_delivery_date"),
        ]
    }
    rows = orders[["order_id", "customer_id"]].assign(**days).dropna()
    rows = rows[rows["delivered"] >= rows["handed_over"]]
    items = pd.read_parquet(folder / "olist_order_items_dataset.parquet")[["order_id", "seller_id"]]
    items = items.drop_duplicates()
    one_seller = items[~items["order_id"].duplicated(keep=False)]
    rows = rows.merge(one_seller, on="order_id", validate="one_to_one")
    customers = pd.read_parquet(folder / "olist_customers_dataset.parquet")
    sellers = pd.read_parquet(folder / "sellers.parquet")
    rows = rows.merge(customers[["customer_id", "customer_zip_code_prefix"]], validate="many_to_one")
    rows = rows.merge(sellers[["seller_id", "seller_zip_code_prefix"]], validate="many_to_one")
    places = pd.read_parquet(folder / "geolocation_zip_centroids.parquet").set_index(
        "geolocation_zip_code_prefix"
    )[["geolocation_lat", "geolocation_lng"]]
    ends = [places.reindex(rows[f"{who}_zip_code_prefix"]).to_numpy() for who in ("seller", "customer")]
    return pd.DataFrame(
        {
            "handed_over": rows["handed_over"],
            "days": (rows["delivered"] - rows["handed_over"]).dt.days,
            "promised_days": (rows["promised"] - rows["handed_over"]).dt.days,
            "km": kilometres(*ends),
        }
    ).dropna(ignore_index=True)


def kilometres(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Great-circle distance of (rows, 2) latitudes and longitudes in degrees (haversine)."""
    (lat, lng), (other_lat, other_lng) = np.radians(first).T, np.radians(second).T
    chord = np.sin((other_lat - lat) / 2) ** 2
    chord += np.cos(lat) * np.cos(other_lat) * np.sin((other_lng - lng) / 2) ** 2
    return 2 * EARTH_KM * np.arcsin(np.sqrt(chord))


def fitted(train: pd.DataFrame, zones: np.ndarray, *, service_weight: float) -> np.ndarray:
    """Chances by day of every zone, learnt from the parcels of the training part."""
    keys = {"carrier": "olist", "service": "parcel"}
    parcels = train[["zone", "days", "delivered"]].assign(**keys)
    promise = {**keys, "days": int(train["promised_days"].median()), "on_time_rate": 0.9}
    return transit_times(
        parcels,
        pd.DataFrame([promise]),
        pd.DataFrame({"zone": zones}).assign(**keys),
        promise_weight=PROMISE_WEIGHT,
        service_weight=service_weight,
        horizon=HORIZON,
    ).pmf


def judged(pmf: np.ndarray, test: pd.DataFrame) -> dict[str, object]:
    """Calibration on parcels that were not learnt from; randomised PIT (Czado, Gneiting & Held, 2009)."""
    row, days = test["zone"].to_numpy(), np.minimum(test["days"].to_numpy(), HORIZON - 1)
    cdf = np.cumsum(pmf, axis=1)
    upper = cdf[row, days]
    lower = upper - pmf[row, days]
    pit = lower + np.random.default_rng(SEED).random(len(row)) * (upper - lower)
    histogram = np.histogram(pit, bins=10, range=(0, 1))[0] / len(pit)
    crps = ((cdf[row] - (np.arange(HORIZON) >= days[:, None])) ** 2).sum(axis=1).mean()
    coverage = {level: float((np.abs(pit - 0.5) <= level / 2).mean()) for level in LEVELS}
    late = []
    for limit in DAY_COUNTS:
        allowed = np.full(len(row), float(limit))
        late.append((limit, chance_late(pmf, row, allowed).mean(), (days > limit).mean()))
    promised = test["promised_days"].to_numpy(dtype=float)
    return {
        "log score": float(-np.log(np.maximum(pmf[row, days], 1e-9)).mean()),
        "crps": float(crps),
        "coverage": coverage,
        "pit": histogram.round(3).tolist(),
        "late": late,
        "promise": (
            float(chance_late(pmf, row, promised).mean()),
            float((test["days"].to_numpy() > promised).mean()),
            float(expected_days_late(pmf, row, promised).mean()),
            float(np.maximum(test["days"].to_numpy() - promised, 0).mean()),
        ),
        "by chance": by_chance(pmf, row, days),
    }


def by_chance(pmf: np.ndarray, row: np.ndarray, days: np.ndarray) -> list[tuple[float, float, int]]:
    """Chance late claimed and share late found, by tenth of the claim, over all limits of DAY_COUNTS."""
    claimed = np.concatenate([chance_late(pmf, row, np.full(len(row), float(k))) for k in DAY_COUNTS])
    found = np.concatenate([days > k for k in DAY_COUNTS])
    tenth = np.minimum((claimed * 10).astype(int), 9)
    table = pd.DataFrame({"tenth": tenth, "claimed": claimed, "found": found}).groupby("tenth")
    return [
        (float(part["claimed"].mean()), float(part["found"].mean()), len(part))
        for _, part in table
        if len(part) >= 50
    ]


def split_at_random(rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Seven in ten to learn from, the others to judge by."""
    test = np.random.default_rng(SEED).random(len(rows)) < TEST_SHARE
    return rows[~test].assign(delivered=True), rows[test]


def split_in_time(rows: pd.DataFrame, *, window: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What the last `window` days told on a day, parcels then on their way included, and what came after."""
    cut = rows["handed_over"].quantile(1 - TEST_SHARE).normalize()
    before = rows[rows["handed_over"].between(cut - pd.Timedelta(days=window), cut, inclusive="left")]
    age = (cut - before["handed_over"]).dt.days - 1
    known = before.assign(delivered=before["days"] <= age, days=np.minimum(before["days"], age))
    return known, rows[rows["handed_over"] >= cut]


def main() -> None:
    """Print the figures; with --out also the chances by zone as CSV."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    rows = deliveries()
    rows["zone"] = np.clip(np.digitize(rows["km"], ZONES_KM) - 1, 0, len(ZONES_KM) - 2)
    zones = np.arange(len(ZONES_KM) - 1)
    print(
        f"{len(rows):,} delivered orders; days: mean {rows['days'].mean():.2f}, "
        f"quantiles {rows['days'].quantile([0.05, 0.5, 0.95, 0.99]).tolist()}"
    )
    splits = {"random": split_at_random(rows)}
    splits |= {f"temporal, last {window} days": split_in_time(rows, window=window) for window in WINDOWS}
    for name, (train, test) in splits.items():
        print(
            f"\n{name}: learnt from {len(train):,} ({(~train['delivered']).sum()} on their way), "
            f"judged on {len(test):,}"
        )
        for weight in WEIGHTS:
            began = time.process_time()
            pmf = fitted(train, zones, service_weight=weight)
            spent, found = time.process_time() - began, judged(pmf, test)
            print(
                f"  zone shrunk by {weight:g}: log score {found['log score']:.4f}, "
                f"CRPS {found['crps']:.3f} days, {spent * 1000:.0f} ms"
            )
            if weight == SERVICE_WEIGHT:
                show(found)
        pooled = judged(
            fitted(train.assign(zone=0), np.zeros(1, int), service_weight=0)[np.zeros(len(zones), int)], test
        )
        print(
            f"  one distribution for all: log score {pooled['log score']:.4f}, CRPS {pooled['crps']:.3f} days"
        )
    if arguments.out:
        arguments.out.mkdir(parents=True, exist_ok=True)
        pmf = fitted(rows.assign(delivered=True), zones, service_weight=SERVICE_WEIGHT)
        pd.DataFrame(pmf, index=ZONES_KM[:-1]).to_csv(
            arguments.out / "transit_times.csv", index_label="from_km"
        )


def show(found: dict[str, object]) -> None:
    """Calibration in lines."""
    print(
        "    coverage " + ", ".join(f"{level:.0%}: {share:.1%}" for level, share in found["coverage"].items())
    )
    print(f"    PIT by tenth {found['pit']}")
    print(
        "    late after k days, claimed / found: "
        + ", ".join(f"{k}: {claim:.3f} / {share:.3f}" for k, claim, share in found["late"])
    )
    print("    by tenth of the claim: " + ", ".join(f"{c:.2f} / {f:.2f}" for c, f, _ in found["by chance"]))
    claim, share, expected, real = found["promise"]
    print(
        f"    after the promised day: chance {claim:.3f} / {share:.3f}, days late {expected:.3f} / {real:.3f}"
    )


if __name__ == "__main__":
    main()
