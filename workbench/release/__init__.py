"""What leaves the building: releases of the live plan, what no file has confirmed yet, exports."""

from workbench.release.confirmations import confirm, outstanding
from workbench.release.exports import export
from workbench.release.releases import Released, release

__all__ = ["Released", "confirm", "export", "outstanding", "release"]
