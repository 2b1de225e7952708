"""What every proposal of allocation says of itself: costs on the paths, confidence, alternatives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.policy import Policy
from workbench.tables import WITHOUT_ORDER, quantile_column

Money = NDArray[np.float64]
Record = dict[str, Any]
NOTHING, HALF_WAY, HALF_MOVED = "Do nothing.", "Go half of the way.", "Move half of every line."
HALF_REDIRECTED, MOVED_LATER = "Redirect half of every line.", "Let it arrive as planned, then move it."


@dataclass(frozen=True)
class Verdict:
    """A plan's cost and its alternatives' by action, doing nothing among them, each by path; money."""

    chosen: Money
    nothing: Money
    others: Mapping[str, Money]

    @property
    def gain(self) -> float:
        """What the plan is expected to bring over doing nothing."""
        return float(self.nothing.mean() - self.chosen.mean())

    def common(self, tolerance: float) -> Record:
        """The columns of a proposal that follow from the costs.

        `confidence` is the share of paths in which the plan costs at most `tolerance` (fraction of what it is
        expected to bring) more than the best alternative; `money_at_risk` is what doing nothing forgoes.
        """
        best_other = np.min([self.nothing, *self.others.values()], axis=0)
        slack = tolerance * max(self.gain, 0.0)
        actions = {NOTHING: self.nothing, **self.others}
        alternatives = [
            {"action": action, "cost": round(float(cost.mean()), 2)} for action, cost in actions.items()
        ]
        return {
            "agent": "allocation",
            "confidence": float((self.chosen <= best_other + slack).mean()),
            "money_at_risk": max(self.gain, 0.0),
            "alternatives": sorted(alternatives, key=lambda other: float(other["cost"])),
        }


def without(missed: NDArray[np.floating[Any]], lost: Money) -> dict[str, list[float]]:
    """Columns of lines that tell what comes if nothing is done: units missed and money lost by quantile.

    Both (lines, paths); each quantile is a world's, not one between two of them.

    >>> without(np.array([[1.0, 4.0]]), np.array([[10.0, 40.0]]))["missed_q0500"]
    [1.0]
    """
    amounts = {"missed": missed, "lost": lost}
    return {
        f"{name}_{quantile_column(p)}": np.quantile(worlds, p, axis=1, method="inverted_cdf")
        .astype(np.float64)
        .round(2)
        .tolist()
        for p in WITHOUT_ORDER
        for name, worlds in amounts.items()
    }


@dataclass(frozen=True)
class Today:
    """What every proposal of a day is written against; `doubtful` are SKUs with quarantined input."""

    day: date
    policy: Policy
    doubtful: frozenset[str] = frozenset()

    def money(self, amount: float) -> str:
        """An amount as people read it."""
        return f"{amount:,.0f} {self.policy.business.base_currency}"

    def price(self, amount: float) -> str:
        """What one unit costs, as people read it."""
        return f"{amount:,.2f} {self.policy.business.base_currency} a unit"

    def checked(self, subject: str, *, doubtful: bool) -> str:
        """The subject; one on doubtful SKUs is told apart."""
        return f"{subject}-check" if doubtful else subject


def served_sentence(assumed: pd.Series[bool], today: Today) -> str:
    """Who serves the demand that the moves of some lines meet; `assumed`: lines without a priced way."""
    priced = (
        "Without the move each day's demand leaves from the warehouse with stock that costs least, as "
        "routing prices its ways"
    )
    by_rank = (
        f"no way has a price, so the next warehouse of a region is assumed to cost "
        f"{today.price(today.policy.allocation.overflow_cost)} more than the one before"
    )
    if not assumed.any():
        return f"{priced}."
    if assumed.all():
        return f"{by_rank[0].upper()}{by_rank[1:]}."
    return f"{priced}; for {count(int(assumed.sum()), 'SKU')} {by_rank}."


def count(number: int, one: str) -> str:
    """A number with its noun.

    >>> count(1, "SKU"), count(1200, "SKU")
    ('1 SKU', '1,200 SKUs')
    """
    return f"{number:,} {one if number == 1 else one + 's'}"


def percent(share: float) -> str:
    """A share as people read it.

    >>> percent(0.2), percent(0.034)
    ('20 %', '3.4 %')
    """
    return f"{100 * share:.3g} %"
