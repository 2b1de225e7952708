"""Dirty rows of every kind the gate knows: each goes to the end of its file and must end in quarantine.

Those that name a product of ours name one of `DOUBTFUL`, slow sellers, so that little else waits for them.
"""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from workbench.lake.demo_situations import DOUBTFUL

ONE, OTHER = DOUBTFUL

# what stands in a dirty row where nothing else is said
_PLAIN = {
    "products": {
        "category": "Garden tools",
        "country_of_origin": "IN",
        "weight_kg": "0.8",
        "volume_m3": "0.004",
    },
    "listings": {"channel": "shop", "channel_sku": "GIFT-GARDEN", "units": "1"},
    "lanes": {"cost_per_unit": "0.5", "cost_per_move": "90", "days": "1"},
    "offers": {
        "supplier": "S08",
        "tier_from": "1",
        "valid_from": "2026-01-01",
        "unit_cost": "410",
        "currency": "INR",
        "freight_per_unit": "0.9",
        "minimum_order_quantity": "12",
        "order_multiple": "12",
    },
    "receipts": {"supplier": "S08", "sku": ONE, "quantity_ordered": "24", "quantity_received": "24"},
    "inventory": {"reserved": "0", "backordered": "0", "counted_on": "2026-11-16"},
    "purchase_orders": {
        "supplier": "S08",
        "ordered_on": "2026-10-26",
        "promised_on": "2026-12-14",
        "quantity_received": "0",
    },
    "order_lines": {
        "line": "1",
        "ordered_at": "2026-11-14T18:20:00Z",
        "channel": "shop",
        "region": "west",
        "channel_sku": ONE,
        "quantity": "1",
        "status": "shipped",
    },
    "sales": {
        "date": "2025-06-03",
        "sku": ONE,
        "channel": "shop",
        "region": "west",
        "units": "1",
        "in_stock": "true",
    },
}

# table | column | what must be found in it | cells
_ROWS = f"""
products | name | blank | sku=GAR-901
products | weight_kg | no number | sku=GAR-902, name=Fern Rake, weight_kg=12 oz
listings | units | not whole | channel=ebay, channel_sku=EB-HALF, sku={ONE}, units=2.5
listings | sku | unknown | sku=GAR-903
listings | channel_sku | broken bundle | sku={OTHER}
regions | rank | too small | region=east, warehouse=RNO, rank=0.5
lanes | to_warehouse | same place | from_warehouse=RNO, to_warehouse=RNO
suppliers | lead_time_days | no number | supplier=S13, name=Pune Tools, country=IN, currency=INR, lead_time_days=3 weeks
offers | supplier | partner quarantined | supplier=S13, sku={ONE}
offers | supplier | unknown | supplier=S77, sku={ONE}
offers | valid_from | wrong order | sku={ONE}, tier_from=400, valid_from=2026-10-01, valid_to=2026-01-31
offers | valid_from | overlap | sku={OTHER}, tier_from=500, valid_to=2026-12-31
offers | valid_from | overlap | sku={OTHER}, tier_from=500, valid_from=2026-07-01, valid_to=2027-06-30
offers | minimum_order_quantity | zero | sku={OTHER}, tier_from=600, minimum_order_quantity=0
offers | unit_cost | dearer tier | sku={ONE}, tier_from=700, valid_from=2024-01-01, unit_cost=690
fx_rates | date | no date | currency=MXN, date=2026-02-30, rate=0.0531
fx_rates | date | far date | currency=MXN, date=2062-11-09, rate=0.0531
receipts | ordered_on | wrong order | purchase_order_id=PX1, warehouse=RNO, ordered_on=2026-02-16, received_on=2026-01-29
receipts | warehouse | unknown | purchase_order_id=PX2, warehouse=SEA, ordered_on=2026-03-02, received_on=2026-03-20
inventory | reserved | wrong order | sku={ONE}, warehouse=CMH, on_hand=3, reserved=9
inventory | on_hand | no number | sku={OTHER}, warehouse=CMH, on_hand=12 pcs
inventory | sku | unknown | sku=GAR-999, warehouse=RNO, on_hand=40
channel_stock | channel | unknown | sku={ONE}, warehouse=RNO, channel=etsy, quantity=2
transfers | to_warehouse | unknown | transfer_id=TX1, sku={OTHER}, from_warehouse=MDT, to_warehouse=ATL, quantity=6, expected_on=2026-11-18
purchase_orders | quantity | too many | purchase_order_id=PX3, sku={OTHER}, warehouse=MDT, quantity=250000
purchase_orders | quantity | negative | purchase_order_id=PX4, sku={ONE}, warehouse=DFW, quantity=-12
prices | price | negative | sku={ONE}, channel=tiktok, valid_from=2026-01-05, price=-24.99
promotions | discount | too large | sku={OTHER}, channel=shop, valid_from=2027-01-11, valid_to=2027-01-15, discount=20
promotions | valid_from | wrong order | sku={OTHER}, channel=shop, valid_from=2027-02-20, valid_to=2027-02-02, discount=0.2
calendar | region | unknown | date=2026-12-26, region=north, event=Boxing Day
order_lines | status | not in list | order_id=X1, status=packed
order_lines | channel_sku | unlisted | order_id=X2, channel_sku=GAR-NEW
order_lines | quantity | not whole | order_id=X3, quantity=1.5
order_lines | ordered_at | no date | order_id=X4, ordered_at=2026-11-31T10:00:00Z
order_lines | order_id | broken order | order_id=X6, status=open
order_lines | quantity | zero | order_id=X6, line=2, status=open, quantity=0
zones | carrier | unknown | carrier=GHOST, warehouse=RNO, region=west, zone=zone 2
rates | weight_from_kg | wrong order | carrier=POSTLINE, service=ECONOMY, zone=zone 9, weight_from_kg=5, weight_to_kg=2, charge=9.9
rates | weight_from_kg | overlapping band | carrier=POSTLINE, service=PRIORITY, zone=zone 9, weight_from_kg=0, weight_to_kg=2, charge=8.9
rates | weight_from_kg | overlapping band | carrier=POSTLINE, service=PRIORITY, zone=zone 9, weight_from_kg=1, weight_to_kg=5, charge=9.9
disruptions | name | unknown | kind=carrier, name=GHOST, starts_at=2026-11-15T00:00:00Z, note=Gone.
cash | budget | negative | date=2026-09-07, budget=-40000
sales | units | negative | units=-3
sales | units | too many | date=2025-06-04, units=400000
sales | sku | unknown | sku=GAR-904
sales | region | unknown | region=north
sales | in_stock | not yes or no | date=2025-06-05, in_stock=perhaps
sales | date | far date | date=2062-06-06
sales | date + sku + channel + region | contradiction | date=2025-06-07, units=2
sales | date + sku + channel + region | contradiction | date=2025-06-07, units=5
sales | date + sku + channel + region | duplicate | date=2025-06-08
sales | date + sku + channel + region | duplicate | date=2025-06-08
sales | date | out of scope | date=2026-11-18
order_lines | ordered_at | out of scope | order_id=X5, ordered_at=2026-11-16T12:30:00Z
returns | channel | unknown | date=2025-06-20, sku={ONE}, channel=etsy, region=west, units=1
"""  # noqa: E501  # a row a line

# a row with too few cells, as it stands in products.csv
INCOMPLETE = "GAR-905,Fern Spade,Garden tools\n"


class Dirt(NamedTuple):
    """A dirty row: its cells by column (blank where not named), and what must be found in one of them.

    Of rows with one key and the same content (`duplicate`) the first is good; what is of a later time than
    the plan is out of its scope.
    """

    table: str
    column: str
    problem: str
    cells: dict[str, str]


def _read(line: str) -> Dirt:
    table, column, problem, cells = line.split(" | ")
    said = dict(cell.split("=", 1) for cell in cells.split(", "))
    return Dirt(table, column, problem, _PLAIN.get(table, {}) | said)


DIRT = tuple(_read(line) for line in _ROWS.strip().splitlines())


def dirty_rows(table: str, columns: list[str]) -> pd.DataFrame:
    """The dirty rows of a table as text, in the order in which they stand at the end of its file."""
    cells = [dirt.cells for dirt in DIRT if dirt.table == table]
    return pd.DataFrame(cells, columns=columns, dtype="str").fillna("")
