"""The demo's frame: where it sells, stores, buys and how it ships. Only exchange rates are drawn."""

from __future__ import annotations

from io import StringIO

import numpy as np
import pandas as pd

from workbench.lake.demo_days import DATES, SOLD_DAYS, day

# a marketplace keeps a share of the price; the own shop pays for the card
CHANNELS = """
channel,name,fee_rate,fee_per_order_line,broken_promise_cost,minimum_presence
shop,Own shop,0.029,0.30,5,0
amazon,Amazon,0.15,0.00,15,2
walmart,Walmart,0.12,0.00,12,2
ebay,eBay,0.1325,0.40,8,1
tiktok,TikTok Shop,0.08,0.00,10,2
"""

# Columbus is nobody's first choice: it takes what the other three cannot serve
REGIONS = """
region,warehouse,rank
west,RNO,1
west,DFW,2
central,DFW,1
central,CMH,2
east,MDT,1
east,CMH,2
"""

WAREHOUSES = """
warehouse,name,country,capacity_m3,orders_per_day,handling_cost
RNO,Reno NV,US,110,1400,2.35
DFW,Dallas TX,US,105,1400,2.10
CMH,Columbus OH,US,40,800,2.20
MDT,Harrisburg PA,US,150,2000,2.45
"""

LANES = """
from_warehouse,to_warehouse,cost_per_unit,cost_per_move,days,units_per_day
RNO,DFW,0.62,140,3,1200
RNO,CMH,0.78,170,4,1200
RNO,MDT,0.85,190,5,1200
DFW,RNO,0.62,140,3,1200
DFW,CMH,0.52,120,2,1200
DFW,MDT,0.60,140,3,1200
CMH,RNO,0.78,170,4,1200
CMH,DFW,0.52,120,2,1200
CMH,MDT,0.34,90,1,1200
MDT,RNO,0.85,190,5,1200
MDT,DFW,0.60,140,3,1200
MDT,CMH,0.34,90,1,1200
"""

# lead_time_spread is how much real lead times vary (log scale); the export does not say it, receipts show it
SUPPLIERS = """
supplier,name,country,currency,minimum_order_value,order_weekdays,lead_time_days,units_per_order,payment_days,email,lead_time_spread
S01,Ningbo Hearthware Co.,CN,CNY,15000,0,20,,45,orders@ningbo-hearthware.example,0.12
S02,Yiwu Brightland Trading,CN,CNY,8000,0 3,18,,30,sales@yiwu-brightland.example,0.15
S03,Shenzhen Lumen Works,CN,CNY,12000,0,17,60000,30,desk@lumen-works.example,0.10
S04,Dongguan Playcraft Ltd.,CN,CNY,12000,0,19,,30,orders@playcraft.example,0.14
S05,Saigon Canvas & Camp,VN,USD,2500,0,18,,45,export@saigon-canvas.example,0.12
S06,Binh Duong Timber Toys,VN,USD,2000,1,18,,30,export@bd-timber.example,0.13
S07,Tirupur Loom Mills,IN,INR,150000,0,20,,60,orders@tirupur-loom.example,0.10
S08,Moradabad Brass & Steel,IN,INR,120000,0,19,,45,orders@moradabad-bs.example,0.16
S09,Puebla Talavera SA,MX,MXN,30000,0 2 4,8,,30,pedidos@puebla-talavera.example,0.18
S10,Monterrey Mascotas SA,MX,MXN,30000,0,7,,30,pedidos@mty-mascotas.example,0.15
S11,Ohio Paper & Bindery,US,USD,1500,0 2,5,,30,orders@ohio-bindery.example,0.20
S12,=Vermont+Botanicals LLC,US,USD,1200,3,6,,15,orders@vt-botanicals.example,0.20
"""

# by HS heading; paper goods from China end here and go on by a planted row
TARIFFS = """
origin,destination,hs_prefix,valid_from,valid_to,duty_rate
CN,US,7323,2024-01-01,,0.27
CN,US,8201,2024-01-01,,0.25
CN,US,9405,2024-01-01,,0.139
CN,US,9503,2024-01-01,,0.10
CN,US,4820,2024-01-01,2026-11-22,0.20
VN,US,6306,2024-01-01,,0.088
VN,US,9503,2024-01-01,,0.04
IN,US,6302,2024-01-01,,0.067
IN,US,8201,2024-01-01,,0.05
MX,US,6911,2024-01-01,,0
MX,US,4201,2024-01-01,,0
US,US,4820,2024-01-01,,0
US,US,3304,2024-01-01,,0
"""

CURRENCIES = {"CNY": 0.139, "INR": 0.0117, "MXN": 0.0532, "USD": 1.0}
FREIGHT = {
    "CN": (0.20, 165.0),
    "VN": (0.20, 175.0),
    "IN": (0.25, 185.0),
    "MX": (0.15, 85.0),
    "US": (0.10, 45.0),
}


def rows(text: str) -> pd.DataFrame:
    """A table written as CSV text; keys that look like numbers stay text."""
    kept = {"hs_prefix": "str", "zone": "str", "order_weekdays": "str"}
    return pd.read_csv(StringIO(text.strip()), dtype=kept, keep_default_na=False, na_values=[""])


def warehouses(scale: int) -> pd.DataFrame:
    """The table `warehouses`; room and hands grow with the number of SKUs."""
    frame = rows(WAREHOUSES)
    return frame.assign(
        capacity_m3=frame["capacity_m3"] * scale, orders_per_day=frame["orders_per_day"] * scale
    )


def suppliers() -> pd.DataFrame:
    """The table `suppliers`, as the business knows it."""
    return rows(SUPPLIERS).drop(columns="lead_time_spread")


def fx_rates(rng: np.random.Generator) -> pd.DataFrame:
    """The table `fx_rates`: USD per unit of currency, a random walk with a step a week."""
    mondays = DATES[:SOLD_DAYS:7]
    frames = []
    for currency, rate in CURRENCIES.items():
        steps = rng.normal(0.0, 0.0 if currency == "USD" else 0.004, len(mondays)).cumsum()
        frames.append(
            pd.DataFrame({"currency": currency, "date": day(mondays), "rate": (rate * (1 + steps)).round(6)})
        )
    return pd.concat(frames, ignore_index=True)
