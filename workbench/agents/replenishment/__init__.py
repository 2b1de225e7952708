"""The replenishment agent."""

from workbench.agents.replenishment.agent import replenish
from workbench.agents.replenishment.hindsight import (
    as_it_was,
    days_to_judge,
    hindsight,
    not_before,
    overdue_after,
)
from workbench.agents.replenishment.situation import situation_of

__all__ = [
    "as_it_was",
    "days_to_judge",
    "hindsight",
    "not_before",
    "overdue_after",
    "replenish",
    "situation_of",
]
