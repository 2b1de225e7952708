"""The ways to run the agents."""
