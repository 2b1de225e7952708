"""Seconds and peak memory of every step of the plan, for the demo business at 1x, 4x and 16x its SKUs.

Run as `python -m tests.benchmarks.plan [--scales 1 4 16]`. Memory is what the plan's
process and all that it has started hold, sampled ten times a second.
"""

import argparse
import datetime as dt
import tempfile
import threading
import time
from pathlib import Path

import psutil
from rich.console import Console
from rich.table import Table

from workbench.lake import demo
from workbench.runs.business import Business
from workbench.runs.daily_plan import plan

DAY = dt.date(2026, 11, 16)


class Watch:
    """Time and peak memory from one mark to the next."""

    def __init__(self):
        self.rows = []
        self._peak = 0
        self._began = time.monotonic()
        self._running = True
        threading.Thread(target=self._sample, daemon=True).start()

    def _sample(self):
        me = psutil.Process()
        while self._running:
            total = 0
            for process in [me, *me.children(recursive=True)]:
                try:
                    total += process.memory_info().rss
                except psutil.NoSuchProcess:
                    continue
            self._peak = max(self._peak, total)
            time.sleep(0.1)

    def mark(self, text):
        now = time.monotonic()
        self.rows.append((text, now - self._began, self._peak / 2**20))
        self._began, self._peak = now, 0

    def stop(self):
        self._running = False


def measure(scale: int):
    """The rows of one scale: what was done, seconds, MiB."""
    with tempfile.TemporaryDirectory() as folder:
        demo.write(Path(folder), scale=scale)
        watch = Watch()
        plan(Business(folder), DAY, {}, watch.mark)
        watch.mark("publish, release, export")
        watch.stop()
        return watch.rows


def main():
    """Print one table a scale."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scales", type=int, nargs="+", default=[1, 4, 16])
    for scale in parser.parse_args().scales:
        rows = measure(scale)
        table = Table("step", "seconds", "peak MiB", title=f"demo business × {scale}")
        for text, seconds, memory in rows:
            table.add_row(text, f"{seconds:.1f}", f"{memory:,.0f}")
        table.add_row("all", f"{sum(r[1] for r in rows):.1f}", f"{max(r[2] for r in rows):,.0f}")
        Console().print(table)


if __name__ == "__main__":
    main()
