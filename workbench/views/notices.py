"""What a page says when there is nothing to show, or something to mind."""

from __future__ import annotations

from html import escape

from workbench.views.tiles import Tone


def notice(title: str, text: str = "", tone: Tone = "") -> str:
    """A notice as HTML; its text is escaped."""
    body = "".join(f"<p>{escape(line)}</p>" for line in text.splitlines() if line)
    kind = f" wb-{tone}" if tone else ""
    return f'<section class="wb wb-notice{kind}"><h2>{escape(title)}</h2>{body}</section>'


# the stylesheet hides what would come below it
NO_PLAN = '<div class="wb-no-plan">{}</div>'.format(
    notice("No plan has been published yet.", "Run `workbench plan`, then open this page again.", "mind")
)
