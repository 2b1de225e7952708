"""`workbench serve` on a plan of its own, and a browser that notes all it asks for and complains of."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest
from playwright.sync_api import sync_playwright

from tests.conftest import CHROMIUM, PROJECT
from tests.views.small_plan import ALONE, LIMITED, TWO_PLANNERS, publish
from workbench.policy import IdentityPolicy
from workbench.runs.business import Business
from workbench.views import voila

WORKBENCH = str(Path(sys.executable).parent / "workbench")
TOKEN = "a-token-for-tests"  # noqa: S105
SCREENSHOTS = PROJECT / "build" / "screenshots"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDTHS = (820, 1280, 1920)  # a tablet, a laptop, a screen on a desk
SECONDS = 60  # a loaded machine starts a kernel slowly


class Server:
    """A running `workbench serve` and the business behind it; `pages`: Voilà on another folder of them."""

    def __init__(self, folder: Path, pages: Path | None = None) -> None:
        self.folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self.log = folder.parent / "serve.log"
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                self.command(pages),
                env={**os.environ, **self.environment()},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._wait()

    def command(self, pages):
        """What is run."""
        if pages is not None:
            return voila.arguments(pages, self.port, TOKEN, IdentityPolicy())
        options = {"--folder": self.folder, "--port": self.port, "--token": TOKEN}
        return [WORKBENCH, "serve", *(str(word) for option in options.items() for word in option)]

    def environment(self):
        """What it finds in its environment beside what is there."""
        return {"WORKBENCH_FOLDER": str(self.folder)}

    def _wait(self):
        deadline = time.monotonic() + 3 * SECONDS  # two interpreters start, one after the other
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=2).close()
            except OSError:
                time.sleep(0.2)
            else:
                return
        raise TimeoutError(self.log.read_text())

    def stop(self):
        """End it; Voilà ends its kernels."""
        os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait(timeout=30)

    @property
    def business(self):
        """The same folder as the pages see it, read anew."""
        return Business(self.folder)

    def kernels(self):
        """The kernels of open pages: of the server's processes only a kernel leads a session of its own."""
        every = psutil.Process(self.process.pid).children(recursive=True)
        return {
            process for process in every if process.is_running() and os.getsid(process.pid) == process.pid
        }

    def url(self, page):
        return f"{self.address}/voila/render/{page}.ipynb"


class Visit:
    """One page opened in the browser, with what it asked for and what went wrong."""

    def __init__(self, page, server):
        self.page = page
        self.server = server
        self.hosts, self.faults = set(), []
        page.on("request", lambda request: self.hosts.add(urlsplit(request.url).hostname))
        page.on("requestfailed", self._failed)
        page.on("response", self._answered)
        page.on("pageerror", lambda error: self.faults.append(f"page: {error}"))
        page.on("console", self._said)

    def _failed(self, request):
        self.faults.append(f"failed: {request.url} {request.failure}")

    def _answered(self, response):
        if response.status >= 400:
            self.faults.append(f"{response.status}: {response.url}")

    def _said(self, message):
        if message.type == "error":
            self.faults.append(f"console: {message.text}")

    def open(self, name, ready):
        """Open a page and wait until what matches `ready` stands there."""
        self.page.goto(f"{self.server.url(name)}?token={TOKEN}")
        try:
            self.page.locator(ready).first.wait_for()
        except Exception as error:
            seen = self.page.inner_text("body")
            raise AssertionError(
                f"{name} is not ready: {self.faults}\n{seen}\n{self.server.log.read_text()}"
            ) from error
        return self.page

    def pictures(self, name, scheme="light"):
        """Keep screenshots at the three widths that pages are made for, in a colour scheme."""
        self.page.emulate_media(color_scheme=scheme)
        for width in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": 1000})
            # the page follows its window a moment later
            self.page.wait_for_function("document.documentElement.scrollWidth <= window.innerWidth")
            self.picture(f"{name}_{width}_{scheme}")

    def picture(self, name):
        """Keep a screenshot as a build output."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SCREENSHOTS / f"{name}.png")

    def assert_clean(self):
        """Nothing went wrong, and nothing left this machine; data and blob addresses have no host."""
        assert not self.faults
        assert self.hosts <= {"127.0.0.1", None}


@pytest.fixture(scope="session")
def chromium():
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield browser
        browser.close()


@contextmanager
def visiting(chromium, server, width=1280, height=900):
    """A browser of its own, with one page."""
    context = chromium.new_context(viewport={"width": width, "height": height})
    page = context.new_page()
    page.set_default_timeout(SECONDS * 1000)
    yield Visit(page, server)
    context.close()


@pytest.fixture
def visit(chromium):
    """Opens visits, and closes them when the test is over."""
    with ExitStack() as stack:
        yield lambda *given: stack.enter_context(visiting(chromium, *given))


@pytest.fixture(scope="session")
def plans(tmp_path_factory):
    """Business folders as they are before a test, by name: small, for two, limited, crowded, and unplanned.

    The next plan of all is due in about twelve hours, whenever the test runs.
    """
    folder = tmp_path_factory.mktemp("plans")
    due = f"[business]\nplan_hour = {(datetime.now(UTC).hour + 12) % 24}\n"
    publish(folder / "small", policy=due + ALONE)
    publish(folder / "two", policy=due + TWO_PLANNERS)
    publish(folder / "limited", policy=due + LIMITED)
    publish(folder / "crowded", more=400)
    (folder / "unplanned" / ".workbench").mkdir(parents=True)
    (folder / "unplanned" / "policy.toml").touch()
    return folder


@pytest.fixture(scope="session")
def running(tmp_path_factory):
    """The one server of the session: every page that is opened reads its folder anew."""
    folder = tmp_path_factory.mktemp("served") / "business"
    folder.mkdir()
    (folder / "policy.toml").touch()
    server = Server(folder)
    yield server
    server.stop()


@pytest.fixture
def serve(running, plans):
    """Puts a plan into the served folder in place of what was there."""

    def start(name="small"):
        shutil.rmtree(running.folder, ignore_errors=True)
        shutil.copytree(plans / name, running.folder, dirs_exist_ok=True)
        return running

    return start
