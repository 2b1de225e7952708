"""What a page says when there is nothing to show, or something to mind."""

from __future__ import annotations

from html import escape

from workbench.views.tiles import Tone


def notice(title: str, text: str = "", tone: Tone = "") -> str:
    """A notice as HTML; its text is escaped."""
    body = "".join(f"<p>{escape(line)}</p>" for line in text.splitlines() if line)
    kind = f" wb-{tone}" if tone else ""
    return f'<section class="wb wb-notice{kind}"><h2>{escape(title)}</h2>{body}</section>'


def alone(html: str) -> str:
    """What is all there is to say: the stylesheet hides whatever else the page would show."""
    return f'<div class="wb-alone">{html}</div>'


NO_PLAN = alone(
    notice("No plan has been published yet.", "Run `workbench plan`, then open this page again.", "mind")
)
