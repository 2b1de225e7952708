"""The demo's carriers: three with seven services, their zones and rate bands."""

from __future__ import annotations

import itertools

import pandas as pd

from workbench.lake.demo_network import rows

# start, per_zone and per_kg make the rate card
SERVICES = """
carrier,service,cut_off_hour,days,on_time_rate,parcels_per_day,co2e_per_parcel,co2e_per_kg,start,per_zone,per_kg
MERIDIAN,GROUND,16,4,0.95,900,0.42,0.11,4.90,0.42,0.52
MERIDIAN,TWODAY,15,2,0.96,400,0.95,0.48,8.60,0.75,1.05
MERIDIAN,NEXTDAY,14,1,0.97,150,1.90,1.10,17.50,1.90,2.10
SWIFTLINE,GROUND,17,4,0.93,700,0.38,0.10,5.10,0.40,0.50
SWIFTLINE,EXPRESS,15,2,0.95,300,0.88,0.45,8.95,0.72,1.00
POSTLINE,ECONOMY,13,6,0.90,1200,0.30,0.09,4.10,0.30,0.58
POSTLINE,PRIORITY,14,3,0.93,500,0.70,0.35,6.40,0.55,0.80
"""

# 2 is next door, 8 is across the country
ZONES = """
warehouse,west,central,east
RNO,2,5,8
DFW,5,2,6
CMH,7,4,3
MDT,8,5,2
"""
BANDS_KG = (0.0, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 30.0)
_CARD = ["start", "per_zone", "per_kg"]


def services(scale: int) -> pd.DataFrame:
    """The table `services`; capacity grows with the number of SKUs."""
    frame = rows(SERVICES).drop(columns=_CARD)
    return frame.assign(parcels_per_day=frame["parcels_per_day"] * scale)


def zones() -> pd.DataFrame:
    """The table `zones`: every carrier counts zones alike."""
    table = rows(ZONES).melt(id_vars="warehouse", var_name="region", value_name="zone")
    carriers = pd.DataFrame({"carrier": sorted(set(rows(SERVICES)["carrier"]))})
    table = carriers.merge(table.assign(zone="zone " + table["zone"].astype("str")), how="cross")
    return table.sort_values(["carrier", "warehouse", "region"], ignore_index=True)


def rates() -> pd.DataFrame:
    """The table `rates`: start + zone share + weight, charged at the upper end of the band.

    Ground of Meridian, zone 2, 1 to 2 kg: 4.90 + 2 x 0.42 + 2 x 0.52 = 6.78.

    >>> rates().query("service == 'GROUND' and zone == 'zone 2' and weight_from_kg == 1")["charge"].tolist()
    [6.78, 6.9]
    """
    numbers = pd.DataFrame({"number": [2, 3, 4, 5, 6, 7, 8]})
    bands = pd.DataFrame(list(itertools.pairwise(BANDS_KG)), columns=["weight_from_kg", "weight_to_kg"])
    card = (
        rows(SERVICES)[["carrier", "service", *_CARD]].merge(numbers, how="cross").merge(bands, how="cross")
    )
    charge = card["start"] + card["per_zone"] * card["number"] + card["per_kg"] * card["weight_to_kg"]
    card = card.assign(zone="zone " + card["number"].astype("str"), charge=charge.round(2))
    return card[["carrier", "service", "zone", "weight_from_kg", "weight_to_kg", "charge"]]
