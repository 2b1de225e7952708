"""The planning workbench: what a brand should do today, how sure that is, and what waits for a person."""

import os

# our own threads share the cores: BLAS's beside them would only wait for each other, which takes a fit of
# small matrices twenty times as long, and the last bit of a sum would follow the number of cores
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
