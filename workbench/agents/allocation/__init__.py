"""Allocation: which units belong to which channel, and where they should stand."""

from workbench.agents.allocation.agent import allocate

__all__ = ["allocate"]
