"""Voilà as the workbench serves it: this machine only, a token, our template, no source and no traceback.

`python -m workbench.views.voila FOLDER PORT TOKEN IDENTITY` is Voilà so set up, whatever is configured
elsewhere; IDENTITY is that section of the policy, as JSON.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from traitlets.config import Config
from voila.app import Voila

from workbench.policy import IdentityPolicy
from workbench.views.proxy import behind_proxy

SHARE = Path(__file__).parent / "share"
FIRST = "overview"
ADDRESS = "127.0.0.1"
CULL_AFTER = 600  # seconds that a kernel lives on after its page was left

# a page can reach this server and nothing else, whatever a notebook or a library asks for
CONTENT_SECURITY_POLICY = (
    "default-src 'self' data: blob:; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; "
    "style-src 'self' 'unsafe-inline'; connect-src 'self' blob: data: ws://127.0.0.1:* ws://localhost:*; "
    "frame-ancestors 'self'"
)
FAULT = "This part of the page could not be made. What went wrong stands where `workbench serve` was started."


def arguments(notebooks: Path, port: int, token: str, identity: IdentityPolicy) -> list[str]:
    """The command that serves the dashboards in a folder."""
    return [sys.executable, "-m", __name__, str(notebooks), str(port), token, identity.model_dump_json()]


def settings(notebooks: Path, port: int, token: str) -> Config:
    """How Voilà is set up.

    Standalone Voilà refuses to run a client's code. No file is served but the pages: the default would give
    every picture in the folder to anyone, without the token. Kernels are not started ahead: a started one
    tells its visitor the address, and so the token, of the one before.
    """
    pages = sorted((page.stem for page in notebooks.glob("*.ipynb")), key=lambda page: (page != FIRST, page))
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
                "resources": {"pages": pages},
                "file_allowlist": [],
                "strip_sources": True,
                "show_tracebacks": False,
                "preheat_kernel": False,
            },
            "VoilaExecutor": {"cell_error_instruction": FAULT},
            "MappingKernelManager": {"cull_idle_timeout": CULL_AFTER, "cull_interval": 60},
        }
    )


def main() -> None:
    """Start Voilà with our template among those it knows."""
    notebooks, port, token, section = sys.argv[1:]
    identity = IdentityPolicy.model_validate_json(section)
    config = settings(Path(notebooks), int(port), token)
    if identity.source == "header":
        config = behind_proxy(config, identity)
    known = os.environ.get("JUPYTER_PATH")
    os.environ["JUPYTER_PATH"] = os.pathsep.join([str(SHARE), *([known] if known else [])])
    Voila.launch_instance(argv=[notebooks], config=config)


if __name__ == "__main__":
    main()
