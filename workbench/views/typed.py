"""What a person has typed into a page, read."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from workbench.errors import LedgerError


def quantity(written: Any) -> float:
    """A quantity as it was typed, units. Raises LedgerError for what is none.

    >>> quantity("600")
    600.0
    """
    try:
        units = float(written)
    except (TypeError, ValueError) as error:
        raise LedgerError(f"{written!r} is no quantity; give a number of 0 or more.") from error
    if not math.isfinite(units) or units < 0:
        raise LedgerError(f"{written} is no quantity; give a number of 0 or more.")
    return units


def quantities(given: Mapping[str, Any]) -> dict[int, float] | None:
    """Quantities by line position as the page sends them; None where nothing was changed."""
    return {int(position): quantity(written) for position, written in given.items()} or None
