"""Voilà as the workbench serves it: this machine only, a token, our template, no source and no traceback.

`main`, given folder, port, token and identity (that section of the policy, as JSON), is Voilà so set up,
whatever is configured elsewhere.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import plotly
from tornado.web import RequestHandler
from traitlets.config import Config
from voila.app import Voila

from workbench.policy import IdentityPolicy
from workbench.views import forked_kernels
from workbench.views.proxy import behind_proxy

SHARE = Path(__file__).parent / "share"
ORDER = ("overview", "approvals", "item", "scorecard")  # of pages; others come after them
ADDRESS = "127.0.0.1"
CHARTS = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"  # as it is installed
CULL_AFTER = 600  # seconds that a kernel lives on after its page was left

# a page can reach this server and nothing else, whatever a notebook or a library asks for
CONTENT_SECURITY_POLICY = (
    "default-src 'self' data: blob:; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; "
    "style-src 'self' 'unsafe-inline'; connect-src 'self' blob: data: ws://127.0.0.1:* ws://localhost:*; "
    "frame-ancestors 'self'"
)
START = f"from {__name__} import main; main()"  # not -m: every forked kernel would import that module again
FAULT = "This part of the page could not be made. What went wrong stands where `workbench serve` was started."


def arguments(notebooks: Path, port: int, token: str, identity: IdentityPolicy) -> list[str]:
    """The command that serves the dashboards in a folder."""
    return [sys.executable, "-c", START, str(notebooks), str(port), token, identity.model_dump_json()]


def settings(notebooks: Path, port: int, token: str) -> Config:
    """How Voilà is set up.

    Standalone Voilà refuses to run a client's code. No file is served but the pages: the default would give
    every picture in the folder to anyone, without the token. Kernels are not started ahead: a started one
    tells its visitor the address, and so the token, of the one before. They are forked instead.
    """
    names = sorted(page.stem for page in notebooks.glob("*.ipynb"))
    pages = [*(name for name in ORDER if name in names), *(name for name in names if name not in ORDER)]
    return Config(
        {
            "Voila": {
                "config_file_paths": [],
                "ip": ADDRESS,
                "port": port,
                "port_retries": 0,
                "token": token,
                "open_browser": False,
                "tornado_settings": {"headers": {"Content-Security-Policy": CONTENT_SECURITY_POLICY}},
            },
            "VoilaConfiguration": {
                "template": "workbench",
                "allow_template_override": "NO",
                "allow_theme_override": "NO",
                "classic_tree": True,
                "resources": {
                    "pages": pages,
                    "plotly": f"/voila/labextensions/{CHARTS.name}?v={plotly.__version__}",
                },
                "extra_labextensions_path": [str(CHARTS.parent)],
                "file_allowlist": [],
                "strip_sources": True,
                "show_tracebacks": False,
                "preheat_kernel": False,
                "prelaunch_hook": _may_end_its_kernel,
            },
            "VoilaExecutor": {"cell_error_instruction": FAULT},
            "KernelProvisionerFactory": {"default_provisioner_name": forked_kernels.NAME},
            "MappingKernelManager": {"cull_idle_timeout": CULL_AFTER, "cull_interval": 60},
        }
    )


def _may_end_its_kernel(handler: RequestHandler, **_: object) -> None:
    """Give a page the cookie without which Voilà refuses to end its kernel, and which Voilà never sets."""
    handler.xsrf_token  # noqa: B018


def main() -> None:
    """Start Voilà, with what its kernels are forked from."""
    notebooks, port, token, section = sys.argv[1:]
    identity = IdentityPolicy.model_validate_json(section)
    config = settings(Path(notebooks), int(port), token)
    if identity.source == "header":
        config = behind_proxy(config, identity)  # takes the secret away before anything is started
    forked_kernels.be_ready(Path(notebooks))
    launch(notebooks, config)


def launch(notebooks: str, config: Config) -> None:
    """Start Voilà with our template among those it knows."""
    known = os.environ.get("JUPYTER_PATH")
    os.environ["JUPYTER_PATH"] = os.pathsep.join([str(SHARE), *([known] if known else [])])
    Voila.launch_instance(argv=[notebooks], config=config)
