"""The replenishment agent."""

from workbench.agents.replenishment.agent import replenish

__all__ = ["replenish"]
