"""The plan that was live before a run's own: what it is compared with, and may begin from."""

from __future__ import annotations

from workbench.lake.store import Snapshot
from workbench.runs.business import Business


def plan_before(business: Business, run_id: str) -> Snapshot:
    """Tables of the last plan published before this run's, as it read and made them.

    Of a run that is still in the making it is the live plan. Without one every table is empty.
    """
    before = run_before(business, run_id)
    return business.lake.snapshot({} if before is None else business.versions(before))


def run_before(business: Business, run_id: str) -> str | None:
    """The run of the last plan published before this run's; None: there is none."""
    published = [str(earlier) for earlier in business.ledger.manifests()["run_id"]]
    earlier = published[: published.index(run_id)] if run_id in published else published
    return earlier[-1] if earlier else None
