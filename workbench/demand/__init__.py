"""What could be wanted: models, backtests, sample paths, spikes, the projection of stock."""

import os

# LightGBM's threads would spin while they wait, which on a busy machine takes five times as long; read when
# its library is loaded, hence here
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
