"""What tried quantities do to the room of warehouses and the containers of suppliers, in sentences."""

from __future__ import annotations

import math

import pandas as pd

from workbench.agents.replenishment.fill_up import fill_up
from workbench.views.numerals import SPACE, count, money, number, percent, units
from workbench.views.order_book import Ground

DUST = 1e-6  # m³; less is a rounding of the sums
TOLD = 5  # lines to add that are named one by one


def limits_broken(lines: pd.DataFrame, ground: Ground, proposal_id: str, currency: str) -> list[str]:
    """Sentences on what the order breaks of room and containers, which all tried `lines` of a day share."""
    own = lines[(lines["proposal_id"] == proposal_id) & (lines["quantity"] > 0)]
    said = [_room(lines, ground, str(warehouse)) for warehouse in sorted(set(own["warehouse"]))]
    suppliers = sorted(set(own["supplier"]))
    said.extend(_container(lines, ground, str(supplier), currency) for supplier in suppliers)
    return [sentence for sentence in said if sentence]


def _room(lines: pd.DataFrame, ground: Ground, warehouse: str) -> str:
    """What all orders to a warehouse need more than is free there; empty where they fit."""
    free = ground.room.get(warehouse, math.inf)
    needed = float(lines.loc[lines["warehouse"] == warehouse, "volume_m3"].sum())
    if needed <= free + DUST:
        return ""
    return (
        f"{warehouse} has {_m3(free)} free when orders arrive, all that is ordered for it needs "
        f"{_m3(needed)}: {_m3(needed - free)} too much. Order less for {warehouse}, or make room there."
    )


def _container(lines: pd.DataFrame, ground: Ground, supplier: str, currency: str) -> str:
    """How far a supplier's last container is from full enough, and what to add; empty where it is."""
    terms = ground.terms.reindex([supplier]).to_dict("records")[0]
    size, fill = float(terms["container"]), ground.container_fill
    if math.isnan(size):
        return ""
    ordered = lines[lines["supplier"] == supplier]
    volume = float(ordered["volume_m3"].sum())
    full = int((volume + DUST) // size)
    last, missing = volume - full * size, (full + fill) * size - volume
    if last <= DUST or missing <= DUST:
        return ""
    start = (
        f"{terms['name']} ships in containers of {_m3(size)}: container {full + 1} is filled to "
        f"{percent(last / size)}, {percent(fill)} is asked for and {_m3(missing)} are missing."
    )
    return f"{start} {_added(ordered, ground, missing, size - last, currency)}"


def _added(ordered: pd.DataFrame, ground: Ground, missing: float, left: float, currency: str) -> str:
    """What to add so that a container is full enough, and what that costs."""
    added = fill_up(ordered, ground.market, missing) if ground.market else None
    if added is None or not missing - DUST <= added["volume_m3"].sum() <= left + DUST:
        return "No whole packs of its lines fill it: take out what is in it, or add another SKU."
    named = [
        f"{units(line['units'])} of {line['sku']} at {line['warehouse']}"
        for line in added.head(TOLD).to_dict("records")
    ]
    if len(added) > TOLD:
        named.append(count(len(added) - TOLD, "more line", "more lines"))
    gain = float(added["gain"].sum())
    worth = f"{'gains' if gain >= 0 else 'gives up'} {money(abs(gain), currency)} of expected gain"
    return (
        f"Adding {', '.join(named)} fills it: that is {money(added['value'].sum(), currency)} more to pay "
        f"and {worth}."
    )


def _m3(volume: float) -> str:
    return f"{number(volume, 1)}{SPACE}m³"
