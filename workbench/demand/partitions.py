"""Work done part by part: here on several cores, on a cluster where the caller has joined one.

What bounds the memory: a part is a block of series (`sampling.PARTITION` of them), at most two parts for
every job are under way at a time, and each carries its own rows only, never the whole history. What remains
whole is what goes in and what comes out.
"""

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

    `threads` asks for threads instead of processes, for work that is done outside Python's lock. Inside
    `joblib.parallel_config(backend="dask")` every part goes to the cluster instead, whatever `jobs` and
    `threads` say: `work` must be importable (or a partial of something that is), what a partial holds travels
    with every part, and the numbers must not depend on where a part is done.
    """
    parallel = Parallel(
        n_jobs=max(1, min(jobs, len(parts))),  # one job works right here, in this process
        prefer="threads" if threads else "processes",
        batch_size=1,  # parts are large already
    )
    return list(parallel(delayed(work)(part) for part in parts))
