"""Which forecasts to adopt, which spikes to act on, and which patterns the engine has never seen."""

from workbench.agents.demand_sensing.agent import sense_demand
from workbench.agents.demand_sensing.hindsight import hindsight

__all__ = ["hindsight", "sense_demand"]
