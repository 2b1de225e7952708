"""The approval panel in JupyterLab, where it is the same as in Voilà."""

import json
import shutil

import pytest

from tests.browser.approving import GOOD, ROW, change, decided, pick, press, said
from tests.browser.conftest import TOKEN, WORKBENCH, Server
from tests.conftest import PROJECT

pytestmark = pytest.mark.browser
NOTEBOOK = PROJECT / "notebooks" / "dashboards" / "approvals.ipynb"
UNSAVED = "@jupyterlab/docmanager-extension/plugin.jupyterlab-settings"


class Lab(Server):
    """A running `workbench lab`, which keeps nothing and saves no notebook by itself."""

    def command(self, _pages):
        return [WORKBENCH, "lab", "--folder", str(self.folder)]

    def environment(self):
        place = self.folder.parent
        server = {"allow_root": True, "open_browser": False, "ip": "127.0.0.1", "port": self.port}
        config = {"ServerApp": server, "IdentityProvider": {"token": TOKEN}}
        (place / "jupyter_server_config.json").write_text(json.dumps(config))
        settings = place / "settings" / UNSAVED
        settings.parent.mkdir(parents=True)
        settings.write_text(json.dumps({"autosave": False}))
        return {
            "JUPYTER_CONFIG_DIR": str(place),
            "JUPYTERLAB_SETTINGS_DIR": str(place / "settings"),
            "JUPYTERLAB_WORKSPACES_DIR": str(place / "workspaces"),
        }

    def url(self, page):
        return f"{self.address}/lab/tree/dashboards/{page}.ipynb"


@pytest.fixture
def lab(tmp_path, plans):
    """JupyterLab on the small plan, undecided."""
    shutil.copytree(plans / "small", tmp_path / "business")
    server = Lab(tmp_path / "business")
    yield server
    server.stop()


def test_in_jupyterlab_too_a_quantity_is_changed_and_approved(lab, visit):
    stored = NOTEBOOK.read_bytes()
    opened = visit(lab)
    page = opened.open("approvals", ".jp-Notebook .jp-Cell")
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    page.locator(ROW).first.wait_for()
    opened.picture("lab_approvals")
    pick(page, "TR-MDT-RNO")
    change(page, "120")
    press(page, "approve")
    said(page, GOOD)

    assert decided(lab, "TR-MDT-RNO")["decision"] == "changed"
    assert decided(lab, "TR-MDT-RNO")["approved_quantity"] == 120
    assert opened.hosts <= {"127.0.0.1", None}
    assert NOTEBOOK.read_bytes() == stored
