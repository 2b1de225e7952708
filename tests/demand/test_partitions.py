"""Work part by part: the same answers, in order, wherever a part is done."""

import os
from threading import get_ident

import pytest

from workbench.demand.partitions import each


@pytest.mark.parametrize(("jobs", "threads"), [(1, False), (2, False), (2, True)])
def test_answers_come_in_the_order_of_the_parts(jobs, threads):
    assert each(abs, [-3, 2, -1, 0], jobs=jobs, threads=threads) == [3, 2, 1, 0]
    assert each(abs, [], jobs=jobs, threads=threads) == []


def test_one_job_or_one_part_works_in_this_very_process():
    here = [], []  # a copy in another process would be filled instead
    assert each(here[0].append, [1, 2], jobs=1) == [None, None]
    each(here[1].append, [1], jobs=2)
    assert here == ([1, 2], [1])


def test_several_jobs_work_in_processes_or_in_threads_as_asked():
    def place(_):
        return os.getpid(), get_ident()

    mine = place(None)
    assert {pid for pid, _ in each(place, range(4), jobs=2)}.isdisjoint({mine[0]})
    beside = each(place, range(4), jobs=2, threads=True)
    assert {pid for pid, _ in beside} == {mine[0]}
    assert mine not in beside


def test_a_fault_in_a_part_is_the_callers():
    with pytest.raises(ZeroDivisionError):
        each(lambda part: 1 / part, [1, 0], jobs=2)
