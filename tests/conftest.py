"""What all tests share: where the project and the real data lie, and what happens where they are absent."""

import datetime as dt
import os
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from workbench.runs.business import Business
from workbench.runs.daily_plan import plan

# a busy machine draws examples slowly: that is no fault of the code
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")

PROJECT = Path(__file__).parents[1]
REAL_DATA = PROJECT.parent / "shared" / "data"
DEMO_DAY = dt.date(2026, 11, 16)
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


@pytest.fixture(scope="session")
def planned_demo(tmp_path_factory):
    """The demo business with the plan of its day published, by the real notebooks."""
    folder = tmp_path_factory.mktemp("demo") / "demo"
    shutil.copytree(PROJECT / "data" / "demo", folder, ignore=shutil.ignore_patterns(".workbench"))
    business = Business(folder)
    plan(business, DEMO_DAY, {}, lambda _: None)
    return business
