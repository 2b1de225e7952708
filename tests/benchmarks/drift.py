"""How often drift is told where there is none, and how soon else: `python -m tests.benchmarks.drift`.

Decisions mature one by one, each correct with a given probability, and are looked at after every one, as the
policy's defaults say: at most the newest 100, at least 20, demoted when Wilson's upper end is below the bar.
"""

import numpy as np

from workbench.formulas.proportions import wilson
from workbench.policy import AutonomyPolicy

RUNS, LENGTH = 2_000, 1_000
ACCURACIES = (0.95, 0.92, 0.9, 0.88, 0.8, 0.7, 0.5)


def first_alarm(correct: np.ndarray, rules: AutonomyPolicy) -> np.ndarray:
    """Matured decisions until the first alarm of every row; LENGTH + 1 where there is none."""
    window, least = rules.least_decisions, rules.drift_decisions
    high = np.array(
        [[wilson(right, trials)[1] if right <= trials else 1.0 for right in range(window + 1)]
         for trials in range(window + 1)]
    )  # fmt: skip
    total = np.concatenate([np.zeros((len(correct), 1), int), correct.cumsum(axis=1)], axis=1)
    seen = np.arange(1, correct.shape[1] + 1)
    trials = np.minimum(seen, window)
    alarms = (high[trials, total[:, seen] - total[:, seen - trials]] < rules.bar) & (seen >= least)
    return np.where(alarms.any(axis=1), alarms.argmax(axis=1) + 1, LENGTH + 1)


def main() -> None:
    rules = AutonomyPolicy()
    rng = np.random.default_rng(20261116)
    print(f"bar {rules.bar}, {RUNS} agents of each accuracy, {LENGTH} matured decisions each")
    for accuracy in ACCURACIES:
        first = first_alarm(rng.random((RUNS, LENGTH)) < accuracy, rules)
        told = first <= LENGTH
        when = f"{np.median(first[told]):.0f}" if told.any() else "-"
        print(f"accuracy {accuracy:.2f}: {told.mean():6.1%} demoted; median decision of the alarm: {when}")


if __name__ == "__main__":
    main()
