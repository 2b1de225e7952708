"""Allocation: which units belong to which channel, and where they should stand."""

from workbench.agents.allocation.agent import allocate
from workbench.agents.allocation.hindsight import hindsight
from workbench.agents.allocation.promises import available_to_promise

__all__ = ["allocate", "available_to_promise", "hindsight"]
