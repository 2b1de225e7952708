"""What all tests share: where the project and the real data lie, and what happens where they are absent."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# a busy machine draws examples slowly: that is no fault of the code
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")

PROJECT = Path(__file__).parents[1]
REAL_DATA = PROJECT.parent / "shared" / "data"
CHROMIUM = Path("/usr/bin/chromium")
NEEDS = {
    "browser": (CHROMIUM, "WORKBENCH_REQUIRE_BROWSER", "needs Chromium: apt-get install chromium"),
    "real_data": (REAL_DATA, "WORKBENCH_REQUIRE_DATA", "needs the real data beside the project"),
}


def pytest_runtest_setup(item):
    """Skip a test whose browser or data are absent, and say so; where they are required it fails."""
    for marker, (path, required, reason) in NEEDS.items():
        if item.get_closest_marker(marker) and not path.exists():
            if os.environ.get(required) == "1":
                pytest.fail(f"{reason}, and {required}=1", pytrace=False)
            pytest.skip(reason)


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real data, read-only."""
    return REAL_DATA
