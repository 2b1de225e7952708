"""The small plan, made once and copied for every test that decides on it."""

import shutil

import pytest

from tests.views.small_plan import TWO_PLANNERS, publish
from workbench.runs.business import Business
from workbench.views.approval_setting import setting_of


@pytest.fixture(scope="session")
def made_once(tmp_path_factory):
    folder = tmp_path_factory.mktemp("made") / "small"
    publish(folder)
    return folder


@pytest.fixture(scope="session")
def made_for_two(tmp_path_factory):
    folder = tmp_path_factory.mktemp("made") / "two"
    publish(folder, policy=TWO_PLANNERS)
    return folder


@pytest.fixture
def business(made_once, tmp_path):
    """A published plan of its own."""
    return Business(shutil.copytree(made_once, tmp_path / "small"))


@pytest.fixture
def business_of_two(made_for_two, tmp_path):
    """A published plan of its own, on which two may decide."""
    return Business(shutil.copytree(made_for_two, tmp_path / "two"))


@pytest.fixture
def queue(business):
    """What stands at its desk."""
    return business.desk.queue()


@pytest.fixture
def setting(business):
    """What the approval panel shows its items in."""
    return setting_of(business)
