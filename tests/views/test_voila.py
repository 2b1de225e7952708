import re
import sys
from pathlib import Path
from urllib.parse import urlsplit

import nbformat

from tests.conftest import PROJECT
from workbench.policy import IdentityPolicy
from workbench.views import voila
from workbench.views.look import stylesheet

TOKEN = "any"  # noqa: S105
ONE_PERSON = IdentityPolicy()
TEMPLATE = voila.SHARE / "voila/templates/workbench"
PAGES = PROJECT / "notebooks" / "dashboards"
SCRIPTS = sorted(Path(voila.__file__).parent.glob("*.js"))
SHEETS = sorted(Path(voila.__file__).parent.glob("*.css"))  # a widget's own
KEPT = "wb-approvals"  # what a browser keeps of the approvals, no class


def test_the_command_names_folder_port_token_and_who_is_there(tmp_path):
    assert voila.arguments(tmp_path, 8866, TOKEN, ONE_PERSON) == [
        sys.executable,
        "-c",
        "from workbench.views.voila import main; main()",
        str(tmp_path),
        "8866",
        TOKEN,
        ONE_PERSON.model_dump_json(),
    ]


def test_only_this_machine_with_a_token_and_without_files_sources_or_tracebacks(tmp_path):
    for name in ("extra", "item", "approvals", "scorecard", "overview"):
        (tmp_path / f"{name}.ipynb").touch()
    settings = voila.settings(tmp_path, 8866, TOKEN)

    assert settings.Voila.ip == "127.0.0.1"
    assert settings.Voila.token == TOKEN
    assert settings.Voila.port_retries == 0
    assert settings.VoilaConfiguration.file_allowlist == []
    assert settings.VoilaConfiguration.strip_sources
    assert not settings.VoilaConfiguration.show_tracebacks
    assert not settings.VoilaConfiguration.preheat_kernel
    assert settings.VoilaConfiguration.resources["pages"] == [
        "overview",
        "approvals",
        "item",
        "scorecard",
        "extra",
    ]
    assert settings.KernelProvisionerFactory.default_provisioner_name == "workbench-forked"
    assert settings.MappingKernelManager.cull_idle_timeout > 0


def test_the_charts_are_drawn_by_the_installed_plotly(tmp_path):
    settings = voila.settings(tmp_path, 8866, TOKEN).VoilaConfiguration
    name = Path(urlsplit(settings.resources["plotly"]).path).name

    assert (Path(settings.extra_labextensions_path[0]) / name).is_file()


def test_a_page_that_only_reads_says_so():
    pages = [nbformat.read(page, 4) for page in PAGES.glob("*.ipynb")]
    reads = ["read_only=True" in "".join(cell.source for cell in page.cells) for page in pages]

    assert reads.count(True) == 3
    assert [page.metadata.get("workbench", {}).get("only_reads", False) for page in pages] == reads


def test_nothing_a_page_is_made_of_names_another_machine():
    files = [*TEMPLATE.iterdir(), *SCRIPTS]

    assert len(files) > 5
    for file in files:
        assert not re.search(
            r"https?://(?!www\.w3\.org/2000/svg)|//cdn|@import|url\(", file.read_text(encoding="utf-8")
        ), file


def test_every_class_of_the_panels_is_in_the_stylesheet():
    used = set(re.findall(r"wb-[a-z-]+[a-z]", "".join(script.read_text("utf-8") for script in SCRIPTS)))
    styles = stylesheet() + "".join(sheet.read_text("utf-8") for sheet in SHEETS)

    assert not {name for name in used - {KEPT} if f".{name}" not in styles}
