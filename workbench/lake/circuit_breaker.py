"""Who fails again and again is left alone for a while, then tried once (Nygard, Release It!, chapter 5)."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path


@dataclass
class Breaker:
    """Failures in a row of one service, and until when it is cut off.

    After the cut-off one more failure cuts it off anew, and a success forgets all failures.

    >>> now = datetime.fromisoformat("2026-11-16T10:00:00+00:00")
    >>> breaker = Breaker()
    >>> for _ in range(2): breaker.failed(now, most=2, rest=timedelta(minutes=15))
    >>> breaker.is_cut_off(now), breaker.is_cut_off(now + timedelta(minutes=15))
    (True, False)
    """

    failures: int = 0
    cut_off_until: str = ""  # ISO 8601; empty: it is not

    def is_cut_off(self, now: datetime) -> bool:
        """Whether it is to be left alone at this instant."""
        return bool(self.cut_off_until) and now < datetime.fromisoformat(self.cut_off_until)

    def failed(self, now: datetime, *, most: int, rest: timedelta) -> None:
        """Count a failure; the `most`-th in a row cuts it off for `rest`."""
        self.failures += 1
        if self.failures >= most:
            self.cut_off_until = (now + rest).isoformat()

    def succeeded(self) -> None:
        """Forget all failures."""
        self.failures, self.cut_off_until = 0, ""


def load_breakers(path: Path) -> dict[str, Breaker]:
    """The breakers that the last plan left, by carrier; none where the file is absent or cannot be read."""
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        return {name: Breaker(**fields) for name, fields in kept.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def save_breakers(path: Path, breakers: dict[str, Breaker]) -> None:
    """Keep the breakers for the next plan."""
    path.write_text(json.dumps({name: asdict(one) for name, one in breakers.items()}), encoding="utf-8")
