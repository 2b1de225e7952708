"""What is wrong with a rate card, a service or a warehouse beyond its single cells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from workbench.lake.faults import EXAMPLES, Finding
from workbench.lake.sheet import Sheet
from workbench.policy import AssumptionsPolicy

CARD = ["carrier", "service", "zone"]
CO2E = ("co2e_per_parcel", "co2e_per_kg")


def band_findings(values: pd.DataFrame) -> Iterator[Finding]:
    """Weight bands of a carrier's service and zone that overlap: no parcel may have two prices."""
    if values.empty:
        return
    bands, before = _bands(values)
    after = bands.groupby(CARD)["weight_from_kg"].shift(-1)
    overlaps = (bands["weight_from_kg"] < before) | (bands["weight_to_kg"] > after)
    rows = bands.index[overlaps].sort_values()
    yield Finding(rows, "weight_from_kg", "overlapping band", "end one band where the next one begins")


def band_gaps(rates: Sheet) -> list[str]:
    """A sentence on rows before which a gap lies, counting the bands of quarantined rows as there."""
    values = rates.frame.dropna(subset=[*CARD, "weight_from_kg", "weight_to_kg"])
    if values.empty:
        return []
    bands, before = _bands(values)
    begins = before.fillna(0.0)
    gap = bands[(bands["weight_from_kg"] > begins) & ~bands.index.isin(rates.bad())].sort_index()
    if gap.empty:
        return []
    first = gap.iloc[0]
    return [
        f"{rates.file}, weight_from_kg, {_rows(gap.index)}: there is a gap before the band, the first for "
        f"{first['carrier']} {first['service']} {first['zone']} from {begins[gap.index[0]]:g} to "
        f"{first['weight_from_kg']:g} kg; let each band begin where the one before it ends, or orders of "
        "such weights go by other services or wait."
    ]


def fill_co2e(services: Sheet, policy: AssumptionsPolicy) -> None:
    """Give services without a CO2 equivalent the policy's, so that silence is no advantage, and say so."""
    for column in CO2E:
        values = services.frame[column]
        blank = values.index[values.isna() & ~values.index.isin(services.bad())]
        if blank.empty:
            continue
        assumed, unit = getattr(policy, column), services.table[column].unit
        services.frame.loc[blank, column] = assumed
        services.notes.append(
            f"{services.file}, {column}, {_rows(blank)}: blank, so {assumed:g} {unit} are "
            f"assumed (assumptions.{column}); ask the carrier and fill it in."
        )


def unreachable(tables: Mapping[str, pd.DataFrame], files: Mapping[str, str]) -> list[str]:
    """Warehouses that no service leaves and regions that none reaches, once there are zones at all."""
    zones = tables["zones"]
    if zones.empty:
        return []
    told: list[str] = []
    for column, home, lost in (
        ("warehouse", "warehouses", "nothing is shipped from there"),
        ("region", "regions", "its orders wait"),
    ):
        alone = sorted(set(tables[home][column]) - set(zones[column]))
        told += [
            f"{files['zones']}: no row names {column} {name}, so {lost}; add its zones, a row a carrier."
            for name in alone
        ]
    return told


def _bands(values: pd.DataFrame) -> tuple[pd.DataFrame, pd.Series[float]]:
    """Bands in order of weight, and where those before each end; blank for the first of its card."""
    bands = values.sort_values([*CARD, "weight_from_kg", "weight_to_kg"])
    cards = [bands[name] for name in CARD]
    before = bands["weight_to_kg"].groupby(cards).cummax().groupby(cards).shift()
    return bands, before


def _rows(rows: pd.Index) -> str:
    """Row numbers as a sentence has them.

    >>> _rows(pd.Index([2])), _rows(pd.Index([2, 3, 5, 8]))
    ('row 2', '4 rows (2, 3, 5, …)')
    """
    if len(rows) == 1:
        return f"row {rows[0]}"
    shown = ", ".join(str(row) for row in rows[:EXAMPLES])
    return f"{len(rows):,} rows ({shown}{', …' if len(rows) > EXAMPLES else ''})"
