"""A widget that Voilà's script did not find."""

import nbformat
import pytest

from tests.browser.conftest import Server

pytestmark = pytest.mark.browser
GONE = """
from IPython.display import display
display({"application/vnd.jupyter.widget-view+json": {"model_id": "gone", "version_major": 2}}, raw=True)
"""


@pytest.fixture
def page_of_a_lost_widget(tmp_path):
    """A page that shows a widget which is not there."""
    (tmp_path / "pages").mkdir()
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(GONE)])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python", "language": "python"}
    nbformat.write(notebook, tmp_path / "pages" / "lost.ipynb")
    (tmp_path / "business").mkdir()
    server = Server(tmp_path / "business", tmp_path / "pages")
    yield server
    server.stop()


def test_the_page_says_so_and_offers_to_reload(page_of_a_lost_widget, visit):
    page = visit(page_of_a_lost_widget).open("lost", "[role=alert]")
    assert "A part of this page did not arrive." in page.inner_text("[role=alert]")
    with page.expect_navigation():
        page.click("[role=alert] button")
