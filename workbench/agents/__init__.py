"""Pure functions over tables; one file an agent."""
