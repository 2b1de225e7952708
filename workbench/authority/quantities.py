"""Other quantities than proposed: which are refused and why, and the lines that come of them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from workbench.errors import LedgerError
from workbench.tables import LINES_OF_KIND, TABLES

Line = dict[str, Any]
# what an agent proposes of these is what is there
ALL_THERE_IS = ("redirect", "transfer", "shipment", "hold_orders", "channel_share")
IN_PACKS = ("purchase_order", "redirect")


def changed_lines(
    kind: str, proposed: list[Line], quantities: Mapping[int, float], most_units: int
) -> list[Line]:
    """The lines with other quantities. Raises LedgerError with every fault at once."""
    faults = [
        fault
        for position, wanted in quantities.items()
        for fault in quantity_faults(kind, proposed, position, wanted, most_units)
    ]
    if faults:
        raise LedgerError(" ".join(faults))
    lines = [_with_quantity(line, quantities.get(row)) for row, line in enumerate(proposed)]
    if quantities and kind != "channel_share" and not any(line["quantity"] for line in lines):
        raise LedgerError("Every line is 0; reject the proposal instead, with a reason.")
    return lines


def quantity_faults(
    kind: str, proposed: list[Line], position: int, wanted: Any, most_units: int
) -> Iterator[str]:
    """Why a quantity (units) is refused for the line at `position`, in sentences; none where it is not."""
    if position not in range(len(proposed)):
        yield f"There is no line {position}; lines are 0 to {len(proposed) - 1}."
        return
    line = proposed[position]
    name = f"{line['sku']}: {wanted!r}"
    if (
        not isinstance(wanted, int | float | np.integer)
        or isinstance(wanted, bool)
        or not math.isfinite(wanted)
    ):
        yield f"{name} is no number; give units, 0 or more."
    elif wanted < 0:
        yield f"{name} is negative; give units, 0 or more."
    elif wanted % 1 and TABLES[LINES_OF_KIND[kind]]["quantity"].dtype == "int64":
        yield f"{name} is no whole number of units."
    elif too_many := _too_many(kind, line, float(wanted), most_units):
        yield too_many
    elif wanted > 0 and kind in IN_PACKS:
        yield from _misfit(line, float(wanted))


def _too_many(kind: str, line: Line, wanted: float, most_units: int) -> str | None:
    """Why so many cannot be; of a share that shrinks, as many as it has can."""
    proposed, before = line["quantity"], line.get("quantity_before", 0)
    start = f"{line['sku']}: {wanted:,.10g} units are"
    if kind not in ALL_THERE_IS:
        if wanted <= max(most_units, proposed):
            return None
        return (
            f"{start} above the {most_units:,} from which the policy takes a quantity for a typing error "
            f"(gate.max_units); {proposed:,.10g} were proposed."
        )
    if wanted <= max(proposed, before):
        return None
    if proposed < before:
        return f"{start} more than the {before:,} that it has; {proposed:,} were proposed."
    return f"{start} more than the {proposed:,} that were proposed; give {proposed:,} or fewer."


def _misfit(line: Line, wanted: float) -> Iterator[str]:
    pack = line["order_multiple"]
    least = line.get("minimum_order_quantity", pack)
    lowest = math.ceil(least / pack) * pack
    fitting = sorted({max(lowest, int(wanted // pack) * pack), max(lowest, math.ceil(wanted / pack) * pack)})
    if wanted not in fitting:
        yield (
            f"{line['sku']}: {wanted:g} units do not fit packs of {pack} and a minimum of {least}; "
            f"give {' or '.join(str(units) for units in fitting)}, or 0 to leave it out."
        )


def _with_quantity(line: Line, quantity: float | None) -> Line:
    if quantity is None:
        return line
    changed = {**line, "quantity": type(line["quantity"])(quantity)}
    if changed["quantity"] != line["quantity"]:
        changed |= _price(changed["quantity"], line)
    if "value" in line and "landed_cost" in line:
        changed["value"] = changed["quantity"] * changed["landed_cost"]
    return changed


def _price(quantity: float, line: Line) -> Line:
    """What a unit costs at the tier that the quantity reaches; a line without tiers keeps its price."""
    tiers = line.get("tiers", [])
    reached = [tier for tier in tiers if tier[0] <= quantity] or tiers[:1]
    return dict(zip(("unit_cost", "landed_cost"), reached[-1][1:], strict=True)) if reached else {}


def units_moved(kind: str, lines: list[Line]) -> float:
    """Units bought, moved or shipped; of a channel's share the units that change hands."""
    if kind == "channel_share":
        return float(sum(abs(line["quantity"] - line["quantity_before"]) for line in lines))
    return float(sum(line["quantity"] for line in lines))


def worth(proposal: Mapping[Any, Any], lines: list[Line]) -> float:
    """What a proposal is worth with these lines; where lines have no value, in proportion to its units."""
    if lines and all("value" in line for line in lines):
        return math.fsum(line["value"] for line in lines)
    kind, value = str(proposal["kind"]), float(proposal["value"])
    before = units_moved(kind, proposal["lines"])
    return value * units_moved(kind, lines) / before if before else value


def standing_lines(proposal: Mapping[Any, Any]) -> list[Line]:
    """The lines as they were last decided on, else as proposed."""
    decided: list[Line] | None = proposal["decided_lines"]
    proposed: list[Line] = proposal["lines"]
    return proposed if decided is None else decided


def changed_quantities(proposal: Mapping[Any, Any]) -> dict[int, float]:
    """Quantities by line that stand otherwise than they were proposed."""
    pairs = zip(proposal["lines"], standing_lines(proposal), strict=True)
    return {
        position: after["quantity"]
        for position, (before, after) in enumerate(pairs)
        if after["quantity"] != before["quantity"]
    }
