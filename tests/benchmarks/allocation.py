"""Allocation's channel split at the size of a large brand: seconds, and what HiGHS finds on samples.

`OMP_NUM_THREADS=1 python -m tests.benchmarks.allocation [--scarce 0.3]`: 30,000 SKUs × 10 warehouses × 5
channels on 300 paths, path sums in memory (1.8 GB). `--scarce` is the share of SKUs and warehouses where not
every channel can have all that it could want.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence

import numpy as np
from scipy.optimize import linprog

from workbench.optimize.channel_split import split

ITEMS, CHANNELS, PATHS = 300_000, 5, 300
SEED = 20261116
AT_ONCE = 10_000
SAMPLES = 200
REPEATS = 3


def world(scarce: float):
    """Available units, demand, value and presence: Poisson counts, a swing that an item shares by path."""
    rng = np.random.default_rng(SEED)
    mean = rng.gamma(1.2, 8.0, (ITEMS, CHANNELS))
    demand = np.empty((ITEMS, CHANNELS, PATHS), dtype=np.float32)
    for start in range(0, ITEMS, AT_ONCE):
        rows = slice(start, start + AT_ONCE)
        swing = rng.gamma(4.0, 0.25, (len(mean[rows]), 1, PATHS))
        demand[rows] = rng.poisson(mean[rows][:, :, None] * swing)
    most = np.ceil(demand.max(axis=2)).sum(axis=1)
    presence = rng.integers(0, 2, (ITEMS, CHANNELS))
    some = mean.sum(axis=1) * rng.uniform(0.3, 1.1, ITEMS)
    enough = (most + CHANNELS) * rng.uniform(1.0, 3.0, ITEMS)
    available = np.where(rng.random(ITEMS) < scarce, some, enough).astype(np.int64)
    return available, demand, rng.uniform(1.0, 30.0, (ITEMS, CHANNELS)), presence


def worth(units, demand, value):
    """Expected money of a split of one item."""
    return float((value * np.minimum(demand.astype(float), units[:, None]).mean(axis=1)).sum())


def best(available, demand, value, least):
    """The same by HiGHS: a variable a unit, worth what the unit is expected to sell for."""
    most = np.maximum(np.ceil(demand.max(axis=1)).astype(int), least)
    units = [np.arange(count) for count in most]
    gain = [
        value[c] * np.clip(demand[c].astype(float) - units[c][:, None], 0, 1).mean(axis=1)
        for c in range(len(value))
    ]
    low = np.concatenate([(units[c] < least[c]).astype(float) for c in range(len(value))])
    found = linprog(
        -np.concatenate(gain),
        A_ub=np.ones((1, len(low))),
        b_ub=[available],
        bounds=np.column_stack([low, np.ones_like(low)]),
        method="highs",
    )
    assert found.status == 0, found.message
    return -found.fun


def violations(units, available, demand, presence):
    """Rules that a split breaks, counted from the inputs alone."""
    fits = presence.sum(axis=1) <= available
    most = np.maximum(np.ceil(demand.max(axis=2)), np.where(fits[:, None], presence, 0))
    return {
        "negative": int((units < 0).sum()),
        "more than there is": int((units.sum(axis=1) > available).sum()),
        "less than the presence": int((units < presence)[fits].sum()),
        "more than anybody wants": int((units > most).sum()),
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Print seconds, the largest gap to HiGHS and the violations."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scarce", type=float, default=0.3)
    given = parser.parse_args(arguments)
    available, demand, value, presence = world(given.scarce)
    contested = np.ceil(demand.max(axis=2)).sum(axis=1) > available
    print(f"{ITEMS:,} items × {CHANNELS} channels × {PATHS} paths, {contested.mean():.0%} contested")
    for _ in range(REPEATS):
        began, worked = time.perf_counter(), time.process_time()
        units = split(available, demand, value, presence)
        print(f"split: {time.perf_counter() - began:.2f} s, processor {time.process_time() - worked:.2f} s")
    print("violations:", violations(units, available, demand, presence))
    picked = np.random.default_rng(1).choice(np.flatnonzero(contested), SAMPLES, replace=False)
    gaps = []
    for row in picked:
        least = presence[row] if presence[row].sum() <= available[row] else np.zeros(CHANNELS, dtype=int)
        bound = best(available[row], demand[row], value[row], least)
        gaps.append(abs(worth(units[row], demand[row], value[row]) - bound) / max(bound, 1e-9))
    print(f"largest relative gap to HiGHS on {SAMPLES} contested items: {max(gaps):.1e}")


if __name__ == "__main__":
    main()
