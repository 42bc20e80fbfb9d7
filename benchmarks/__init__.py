"""How fast, and against whom: `python -m benchmarks` runs everything and writes benchmarks/latest.json.

One thread is used: the variables are set before numpy is imported.
"""

import os

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")
