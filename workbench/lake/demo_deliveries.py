"""The demo's deliveries: parcels of four weeks that arrive as punctually as their services promise."""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.lake.demo_carriers import services
from workbench.lake.demo_days import PLAN_DAY
from workbench.lake.demo_network import REGIONS, rows
from workbench.lake.demo_orders import PLANNED

PARCELS = 4_000
DAYS = 28


def deliveries(rng: np.random.Generator) -> pd.DataFrame:
    """The table `deliveries`: on its day with the on-time rate, a day sooner one in four of these, else a
    geometric delay; what has not arrived before the plan's day is still on its way."""
    promise = services(1).set_index(["carrier", "service"])
    plan = rng.choice(len(PLANNED), PARCELS, p=[share for *_, share in PLANNED])
    carrier, service, _, _ = (np.array(column)[plan] for column in zip(*PLANNED, strict=True))
    promised = promise.loc[pd.MultiIndex.from_arrays([carrier, service])]
    sooner = (rng.random(PARCELS) < 0.25) & (promised["days"].to_numpy() > 1)
    delay = rng.geometric(promised["on_time_rate"].to_numpy()) - 1
    days = promised["days"].to_numpy() + np.where(delay == 0, -1 * sooner, delay)
    homes = rows(REGIONS).query("rank == 1").reset_index(drop=True)
    home = homes.iloc[rng.integers(0, len(homes), PARCELS)]
    handed_over = PLAN_DAY - pd.to_timedelta(np.sort(rng.integers(1, DAYS + 1, PARCELS))[::-1], unit="D")
    delivered = pd.Series(handed_over + pd.to_timedelta(days, unit="D"))
    return pd.DataFrame(
        {
            "order_id": [f"H{number}" for number in range(50_001, 50_001 + PARCELS)],
            "parcel": 1,
            "carrier": carrier,
            "service": service,
            "warehouse": home["warehouse"].to_numpy(),
            "region": home["region"].to_numpy(),
            "handed_over_on": handed_over,
            "delivered_on": delivered.where(delivered < PLAN_DAY),
        }
    )
