"""What counts together on a business day: money to one supplier, and what moves of one buffer."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

Proposal = dict[Any, Any]
Buffer = tuple[str, ...]


def spent_by_supplier(rows: Iterable[Proposal]) -> Mapping[str, float]:
    """Money in purchase orders, new and redirected ones, by supplier, to the cent."""
    values: defaultdict[str, list[float]] = defaultdict(list)
    for row in rows:
        for supplier in suppliers_of(row):
            values[supplier].append(_value(row))
    return {supplier: round(math.fsum(amounts), 2) for supplier, amounts in values.items()}


def suppliers_of(row: Proposal) -> list[str]:
    """Whose purchase order it is, or redirects; its subject where it has no line."""
    if row["kind"] not in ("purchase_order", "redirect"):
        return []
    return sorted({line["supplier"] for line in row["lines"]}) or [row["subject"]]


def _value(row: Proposal) -> float:
    """What an order is worth: as a person changed it, else as proposed."""
    changed = row.get("decided_lines")
    return math.fsum(line["value"] for line in changed) if isinstance(changed, list) else float(row["value"])


def moved_by_buffer(rows: Iterable[Proposal]) -> Mapping[Buffer, float]:
    """Share of every buffer that moves."""
    shares: defaultdict[Buffer, float] = defaultdict(float)
    for row in rows:
        for buffer, share in shares_of(row).items():
            shares[buffer] += share
    return shares


def shares_of(row: Proposal) -> Mapping[Buffer, float]:
    """What a proposal moves of which buffer, as a person changed it, else as proposed.

    A line that does not say what it moves stands under its proposal's share.
    """
    shares: defaultdict[Buffer, float] = defaultdict(float)
    changed = row.get("decided_lines")
    decided = changed if isinstance(changed, list) else row["lines"]
    for line, carried_out in zip(row["lines"], decided, strict=True):
        share, proposed = line.get("buffer_share", row["buffer_share"]), _units(line)
        if share and proposed:
            buffer = line["sku"], line.get("from_warehouse") or line["warehouse"], line.get("channel", "")
            shares[buffer] += share * _units(carried_out) / proposed
    return shares


def _units(line: Mapping[str, Any]) -> float:
    """Units that a line moves; of a channel's share those that change hands."""
    return float(abs(line["quantity"] - line.get("quantity_before", 0)))


def largest_share(row: Proposal) -> float:
    """What a proposal moves on its own of the buffer that it moves most of."""
    return exact(max([row["buffer_share"], *shares_of(row).values()]))


def exact(share: float) -> float:
    """A share without the dust of adding floats: 0.1 + 0.2 is 0.3."""
    return round(share, 9)
