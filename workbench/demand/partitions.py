"""Work done part by part: here on several cores, on a cluster where the caller has set one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from joblib import Parallel, delayed

Part = TypeVar("Part")
Answer = TypeVar("Answer")


def each(
    work: Callable[[Part], Answer], parts: Sequence[Part], *, jobs: int, threads: bool = False
) -> list[Answer]:
    """What `work` answers to every part, in their order; `jobs` parts at a time.

    `threads` asks for threads instead of processes, for work that numpy does outside Python's lock. Inside
    `joblib.parallel_config(backend="dask")` the parts go to the cluster instead: `work` must be importable
    (or a partial of something that is), and the numbers must not depend on where a part is done.
    """
    if jobs == 1 or len(parts) <= 1:
        return [work(part) for part in parts]
    prefer = "threads" if threads else "processes"
    return list(Parallel(n_jobs=jobs, prefer=prefer)(delayed(work)(part) for part in parts))
