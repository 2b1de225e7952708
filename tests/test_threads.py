"""One thread for BLAS, whatever the machine: plans are as fast as they can be, and the same everywhere."""

import os
import subprocess
import sys

import pytest

ASKED = "import workbench, os; print(os.environ['OPENBLAS_NUM_THREADS'])"


@pytest.mark.parametrize(("own", "expected"), [({}, "1"), ({"OPENBLAS_NUM_THREADS": "3"}, "3")])
def test_blas_works_on_one_thread_unless_the_machine_says_otherwise(own, expected):
    others = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
    told = subprocess.run([sys.executable, "-c", ASKED], env=others | own, capture_output=True, check=True)
    assert told.stdout.decode().strip() == expected
