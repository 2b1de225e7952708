"""What the ledger stands: how fast it is proved, tamperings, writers that race, and writers that are killed.

Run as `python -m tests.benchmarks.ledger [--only verify tampering race kills]`. The ledger to be proved has
the rows of daily plans: proposals with their lines, decisions, what was released. In the race every item is
wanted by `--rivals` of the `--writers` at about the same moment. PostgreSQL is tried where
WORKBENCH_TEST_POSTGRES names a server, as in the tests.
"""

import argparse
import os
import resource
import shutil
import time
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from rich.console import Console
from rich.table import Table

from tests.ledger.databases import BOTH, SERVER, database
from tests.ledger.making import AT, DAY, judged, order
from tests.ledger.racing import FORK, decided, decided_once, items, killed, race
from tests.ledger.tampering import KINDS, Tampering, published_ledger
from workbench.ledger.ledger import Ledger

PLAN = 1_000  # proposals of a plan
ROWS_OF_A_PLAN = 3 * PLAN + 3


def _databases():
    """URL by kind, of every kind that there is here."""
    kinds = [kind for kind in BOTH if kind == "sqlite" or os.environ.get(SERVER)]
    for kind in kinds:
        with TemporaryDirectory() as folder, database(kind, Path(folder)) as url:
            yield kind, url


def _filled(url, plans):
    """A ledger of so many published plans, carried out and released line by line: 3,003 rows each."""
    ledger, proposals = Ledger(url), judged(*(order(f"S{item}") for item in range(PLAN)), decision="executed")
    content = order()["lines"][0]
    heads = {}
    for number in range(1, plans + 1):
        run_id = f"{DAY:%Y%m%d}-{number}"
        ledger.start_run(run_id, DAY, "inputs", {"sales": number}, "policy", AT)
        first = ledger.rows() + PLAN + 1
        ledger.record(run_id, proposals, AT)
        heads[run_id] = ledger.publish(run_id, {"proposals": PLAN}, AT)["head"]
        lines = [
            {
                "proposal_id": f"{subject}-{run_id}",
                "decision_id": first + place,
                "line": 0,
                "content": content,
            }
            for place, subject in enumerate(proposals["subject"])
        ]
        ledger.release(run_id, lines, AT)
        ledger.log("released", run_id, {"lines": PLAN}, AT, run_id)
    return ledger, heads


def proved(asked):
    """Rows, seconds and memory of a proof, with one process and with two."""
    table = Table(
        "database", "rows", "written in", "processes", "seconds", "CPU, seconds", "MiB", title="proof"
    )
    for kind, url in _databases():
        began = time.perf_counter()
        ledger, heads = _filled(url, -(-asked.rows // ROWS_OF_A_PLAN))
        wrote = time.perf_counter() - began
        for processes in (1, 2):
            seconds, worked, memory, fault = _alone(ledger, heads, processes)
            if fault:
                raise SystemExit(fault)
            table.add_row(
                *(kind, f"{ledger.rows():,}", f"{wrote:.0f} s", f"{processes}"),
                *(f"{seconds:.1f}", f"{worked:.1f}", f"{memory:,.0f}"),
            )
    return table


def _alone(ledger, heads, processes):
    """Seconds, CPU seconds and the peak memory of a process that does nothing else, and what it found."""
    ours, theirs = FORK.Pipe()

    def work():
        began = time.perf_counter()
        fault = ledger.verify(heads, processes)
        used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        worked = sum(use.ru_utime + use.ru_stime for use in used)
        memory = sum(use.ru_maxrss for use in used) / 1024
        theirs.send((time.perf_counter() - began, worked, memory, fault))

    worker = FORK.Process(target=work)
    worker.start()
    found = ours.recv()
    worker.join()
    return found


def tampered(asked):
    """Of random tamperings how many were found, and of how many the first broken row or head was named."""
    table = Table("kind", "tried", "found", "first one named", title="tamperings")
    rng = np.random.default_rng(asked.seed)
    tried, found, named = Counter(), Counter(), Counter()
    with TemporaryDirectory() as folder:
        whole, copy = Path(folder, "whole.db"), Path(folder, "copy.db")
        heads = published_ledger(whole, plans=4, proposals=10)
        for number in range(asked.tamperings):
            kind = KINDS[number % len(KINDS)]
            shutil.copy(whole, copy)
            starts = Tampering(copy, rng).does(kind)
            fault = Ledger(f"sqlite:///{copy}").verify(heads)
            tried[kind] += 1
            found[kind] += fault is not None
            named[kind] += fault is not None and fault.startswith(tuple(starts))
    for kind in KINDS:
        table.add_row(kind, f"{tried[kind]:,}", f"{found[kind]:,}", f"{named[kind]:,}")
    table.add_row("all", *(f"{sum(counts.values()):,}" for counts in (tried, found, named)))
    return table


def raced(asked):
    """Items decided once by many writers at once, and what an attempt took."""
    table = Table("database", "items", "writers", "attempts", "decided once", "seconds", title="race")
    for kind, url in _databases():
        ids = items(url, asked.items)
        began = time.perf_counter()
        won = race(url, ids, asked.writers, asked.rivals)
        seconds = time.perf_counter() - began
        attempts = asked.items * asked.rivals
        once = "all, chain whole" if decided_once(url, won) else "NO"
        table.add_row(kind, f"{asked.items:,}", f"{asked.writers}", f"{attempts:,}", once, f"{seconds:,.0f}")
    return table


def died(asked):
    """Writers killed while they wrote: what they had told of and the ledger does not know."""
    table = Table("database", "kills", "decisions told", "decisions lost", "chain", title="kill -9")
    for kind, url in _databases():
        ids = items(url, 25 * asked.kills)
        told = killed(url, ids, asked.kills, np.random.default_rng(asked.seed))
        lost = set(told) - decided(url)
        fault = Ledger(url).verify() or "whole"
        table.add_row(kind, f"{asked.kills}", f"{len(told):,}", f"{len(lost):,}", fault)
    return table


PARTS = {"verify": proved, "tampering": tampered, "race": raced, "kills": died}


def main():
    """Print one table a part."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--tamperings", type=int, default=10_000)
    parser.add_argument("--items", type=int, default=10_000)
    parser.add_argument("--writers", type=int, default=64)
    parser.add_argument("--rivals", type=int, default=8)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    for part in asked.only:
        Console(width=120).print(PARTS[part](asked))


if __name__ == "__main__":
    main()
