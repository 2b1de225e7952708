"""The small plan, made once and copied for every test that decides on it."""

import shutil

import pytest

from tests.views.small_plan import publish
from workbench.runs.business import Business


@pytest.fixture(scope="session")
def made_once(tmp_path_factory):
    folder = tmp_path_factory.mktemp("made") / "small"
    publish(folder)
    return folder


@pytest.fixture
def business(made_once, tmp_path):
    """A published plan of its own."""
    return Business(shutil.copytree(made_once, tmp_path / "small"))
