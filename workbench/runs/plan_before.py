"""The plan that was live before a run's own: what its forecast is compared with."""

from __future__ import annotations

from workbench.lake.store import Snapshot
from workbench.runs.business import Business


def plan_before(business: Business, run_id: str) -> Snapshot:
    """Tables of the last plan published before this run's, as it read and made them.

    Of a run that is still in the making it is the live plan. Without one every table is empty.
    """
    published = list(business.ledger.manifests()["run_id"])
    earlier = published[: published.index(run_id)] if run_id in published else published
    return business.lake.snapshot(business.versions(earlier[-1]) if earlier else {})
