"""Many who decide the same items at once, and writers that are killed while they write."""

import multiprocessing
import os
import signal
import time

from tests.ledger.making import AT, LATER, RUN, judged, order
from workbench.errors import AlreadyDecided
from workbench.ledger.ledger import Ledger

FORK = multiprocessing.get_context("fork")


def items(url, number):
    """The ids of the proposals, in order, of a live plan with so many that wait for a person."""
    ledger = Ledger(url)
    ledger.start_run(RUN, AT.date(), "inputs", {"sales": 1}, "policy", AT)
    ledger.record(RUN, judged(*(order(f"S{item}") for item in range(number))), AT)
    ledger.publish(RUN, {}, AT)
    return [f"PO-S{item}-{RUN}" for item in range(number)]


def _decide_all(url, person, ids, gate, told):
    ledger = Ledger(url)
    gate.wait()
    won = []
    for proposal_id in ids:
        try:
            ledger.decide(proposal_id, "approved", person, LATER)
        except AlreadyDecided as refused:
            assert " was approved by " in str(refused)
        else:
            won.append(proposal_id)
    told.put((person, won))


def race(url, ids, writers, rivals):
    """The items and who was told to have been first, of writers who go through the same items at once.

    Every item is wanted by so many rivals, all in the same order, so that they meet.
    """
    gate, told = FORK.Barrier(writers), FORK.Queue()
    wanted = [[] for _ in range(writers)]
    for item, proposal_id in enumerate(ids):
        for rival in range(rivals):
            wanted[(item + rival) % writers].append(proposal_id)
    racers = [
        FORK.Process(target=_decide_all, args=(url, f"person {number}", theirs, gate, told))
        for number, theirs in enumerate(wanted)
    ]
    for racer in racers:
        racer.start()
    won = dict(told.get() for _ in racers)
    for racer in racers:
        racer.join()
    return [(proposal_id, person) for person, theirs in won.items() for proposal_id in theirs]


def decided_once(url, won):
    """Whether every item has one decision of one person, who was told so, and the chain is whole."""
    ledger = Ledger(url)
    standing = ledger.proposals(RUN)
    by = dict(zip(standing["proposal_id"], standing["decided_by"], strict=True))
    rows = ledger.rows() - 1 - 2 * len(standing) - 1  # a run, proposals and their first decisions, a manifest
    return sorted(won) == sorted(by.items()) and rows == len(by) and ledger.verify() is None


def _decide_and_tell(url, person, ids, pipe):
    ledger = Ledger(url)
    for proposal_id in ids:
        ledger.decide(proposal_id, "approved", person, LATER)
        os.write(pipe, f"{proposal_id}\n".encode())


def killed(url, ids, kills, rng):
    """The decisions that writers told of before they were killed, each at a random moment of its writing.

    A writer tells of a decision once `decide` has returned, and the next goes on where it was killed.
    """
    told = []
    for number in range(kills):
        left = sorted(set(ids) - decided(url))
        ours, theirs = os.pipe()
        writer = FORK.Process(target=_decide_and_tell, args=(url, f"writer {number}", left, theirs))
        writer.start()
        os.close(theirs)
        heard = os.read(ours, 1)  # it is writing by now
        time.sleep(float(rng.exponential(0.03)))
        os.kill(writer.pid, signal.SIGKILL)
        writer.join()
        with os.fdopen(ours, "rb") as pipe:
            heard += pipe.read()
        told += heard.decode().split()
    return told


def decided(url):
    """The items that the ledger knows a decision of."""
    standing = Ledger(url).proposals(RUN)
    return set(standing.loc[standing["decision"] == "approved", "proposal_id"])
