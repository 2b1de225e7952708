"""What could be wanted: models, backtests, sample paths, spikes, the projection of stock."""
