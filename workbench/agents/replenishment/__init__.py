"""The replenishment agent."""

from workbench.agents.replenishment.agent import replenish
from workbench.agents.replenishment.situation import situation_of

__all__ = ["replenish", "situation_of"]
