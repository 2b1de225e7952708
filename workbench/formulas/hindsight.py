"""Whether a decision was right, once it is known what it and its alternatives really cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Hindsight:
    """Costs in the world that came true, money: of what was proposed, and of the recorded alternatives.

    `others` are by action, doing nothing among them; `tolerance` is what the policy lets a right decision
    cost more than the best of them. `decided`: cost of what a person did instead, None where it was done as
    proposed. `came`: whether what was to come did come in time; else it was wrong, whatever it cost.
    12 against 10 are right with a tolerance of 2 and cost a regret of 2 all the same.

    >>> found = Hindsight(12.0, {"Do nothing.": 15.0, "Order half.": 10.0}, tolerance=2.0)
    >>> found.correct, found.best_action, found.regret
    (True, 'Order half.', 2.0)
    """

    chosen: float
    others: Mapping[str, float]
    tolerance: float
    decided: float | None = None
    came: bool = True

    @property
    def best_action(self) -> str:
        """The cheapest of the alternatives; of equals the first."""
        return min(self.others, key=lambda action: self.others[action])

    @property
    def best_cost(self) -> float:
        """What it cost, money."""
        return self.others[self.best_action]

    @property
    def correct(self) -> bool:
        """Whether the decision came in time and cost no more than the best alternative and the tolerance."""
        return self.came and self.chosen <= self.best_cost + self.tolerance

    @property
    def regret(self) -> float:
        """What the decision cost more than the best alternative, at least 0, money."""
        return max(self.chosen - self.best_cost, 0.0)
