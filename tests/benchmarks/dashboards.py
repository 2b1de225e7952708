"""Dashboards: time until a page is ready, time until a click is answered, and memory a visitor.

`python -m tests.benchmarks.dashboards` prints the median of some loads of every page in headless Chromium,
each with an empty cache, on a warm server: an empty page (plain: its kernel is started anew, as Voilà does),
the pages on the plan of a business folder, and approvals with 1,000 waiting items. Ready means that the page
is whole: all tables stand there and all charts are drawn. Memory is a kernel's while it lives: those of pages
that only read end then. Needs Debian's Chromium and a published plan.
"""

import argparse
import statistics
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

import nbformat
from playwright.sync_api import sync_playwright

from tests.browser.conftest import FLAGS, TOKEN, Server, visiting
from tests.conftest import CHROMIUM
from tests.views.small_plan import publish
from workbench.runs.business import Business
from workbench.runs.daily_plan import NOTEBOOKS
from workbench.views import voila

PLAIN = "from tests.benchmarks.dashboards import plain; plain()"
PAGES = NOTEBOOKS / "dashboards"
WAITING = 1000
CHARTS = "[...document.querySelectorAll('.jp-RenderedPlotly')]"
DRAWN = f"{CHARTS}.every(chart => chart.querySelector('.main-svg'))"
WHOLE = "document.body && !document.querySelector('#loading')"  # Voilà takes that away with the last cell
READY = {
    "empty": "document.body?.innerText.includes('It is ready.')",
    "overview": f"{WHOLE} && document.querySelector('.wb-tiles') && {CHARTS}.length >= 4 && {DRAWN}",
    "item": f"{WHOLE} && document.querySelector('.wb-tiles') && {CHARTS}.length >= 5 && {DRAWN}",
    "scorecard": f"{WHOLE} && document.querySelector('.wb-plan') && {CHARTS}.length > 0 && {DRAWN}",
    "approvals": "document.querySelector('.wb-queue-table tr') && document.querySelector('.wb-item h3')",
}
ANSWERED = """async (at) => {
  const rows = document.querySelectorAll('.wb-queue-table tr[data-id]');  // those in sight
  const row = rows[at % rows.length];
  const title = () => document.querySelector('.wb-item h3')?.textContent;
  const before = title(), start = performance.now();
  row.click();
  while (title() === before) await new Promise(requestAnimationFrame);
  return performance.now() - start;
}"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--loads", type=int, default=7)
    parser.add_argument("--clicks", type=int, default=30)
    parser.add_argument("--folder", default="data/demo")
    given = parser.parse_args()
    business = Business(given.folder)
    if business.live() is None:
        parser.error(f"No plan has been published in {business.folder.name}: run `workbench plan` first.")
    with tempfile.TemporaryDirectory() as place, sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        crowded = publish(Path(place) / "crowded", more=WAITING)
        empty = _empty_page(Path(place) / "pages")
        with mock.patch.object(voila, "START", PLAIN), _serving(crowded.folder, empty) as server:
            _measure(chromium, server, "empty", "empty page, plain Voilà", given.loads)
        with _serving(crowded.folder, empty) as server:
            _measure(chromium, server, "empty", "empty page", given.loads)
        with _serving(business.folder) as server:
            for page in ("overview", "item", "scorecard"):
                if (PAGES / f"{page}.ipynb").exists():
                    _measure(chromium, server, page, page, given.loads)
        with _serving(crowded.folder) as server:
            waiting = len(crowded.desk.waiting())
            _measure(chromium, server, "approvals", f"approvals, {waiting:,} waiting", given.loads)
            _click(chromium, server, given.clicks)
        chromium.close()


def plain() -> None:
    """Voilà as the workbench serves it, but for its kernels: they are started anew."""
    folder, port, token, _ = sys.argv[1:]
    settings = voila.settings(Path(folder), int(port), token)
    del settings["KernelProvisionerFactory"]
    voila.launch(folder, settings)


def _empty_page(folder: Path) -> Path:
    folder.mkdir()
    hello = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("print('It is ready.')")])
    hello.metadata["kernelspec"] = {"name": "python3", "language": "python", "display_name": "Python 3"}
    nbformat.write(hello, folder / "empty.ipynb")
    return folder


@contextmanager
def _serving(folder: Path, pages: Path = PAGES):
    with tempfile.TemporaryDirectory() as place:
        link = Path(place) / "business"  # its log comes to lie beside it
        link.symlink_to(folder)
        server = Server(link, pages)
        try:
            yield server
        finally:
            server.stop()


def _measure(chromium, server, page: str, name: str, loads: int) -> None:
    seconds, memory = [], []
    for load in range(loads + 2):
        with visiting(chromium, server) as opened:
            others = server.kernels()
            if load > loads:
                opened.page.add_init_script("navigator.sendBeacon = () => true")  # its kernel lives on
            start = time.perf_counter()
            opened.page.goto(f"{server.url(page)}?token={TOKEN}", wait_until="commit")
            opened.page.wait_for_function(READY[page], polling=50)
            if load > loads:
                memory += [kernel.memory_full_info() for kernel in server.kernels() - others]
            elif load:  # the first warms the server
                seconds.append(time.perf_counter() - start)
    rss, own = (sum(getattr(each, kind) for each in memory) / 2**20 for kind in ("rss", "uss"))
    print(
        f"{name:28} ready in {statistics.median(seconds):.2f} s ({min(seconds):.2f} to {max(seconds):.2f}), "
        f"a visitor {rss:.0f} MiB, {own:.0f} of them its own",
        flush=True,
    )


def _click(chromium, server, clicks: int) -> None:
    with visiting(chromium, server) as opened:
        opened.page.goto(f"{server.url('approvals')}?token={TOKEN}")
        opened.page.wait_for_function(READY["approvals"], polling=50)
        times = [opened.page.evaluate(ANSWERED, at) for at in range(1, clicks + 1)]
    ranked = sorted(times)
    print(
        f"a click is answered in {statistics.median(times):.0f} ms, nine of ten in "
        f"{ranked[int(0.9 * len(ranked))]:.0f} ms"
    )


if __name__ == "__main__":
    main()
