import datetime as dt
import shutil

import pytest

from tests.conftest import PROJECT
from workbench.runs.business import Business
from workbench.runs.daily_plan import plan

DEMO_DAY = dt.date(2026, 11, 16)


@pytest.fixture(scope="session")
def planned_demo(tmp_path_factory):
    """The demo business with the plan of its day published, by the real notebooks."""
    folder = tmp_path_factory.mktemp("demo") / "demo"
    shutil.copytree(PROJECT / "data" / "demo", folder, ignore=shutil.ignore_patterns(".workbench"))
    business = Business(folder)
    plan(business, DEMO_DAY, {}, lambda _: None)
    return business
