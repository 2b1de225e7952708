"""The small plan with every name, note and code in it replaced, and what its pages show."""

import json
import re
from html.parser import HTMLParser
from itertools import cycle

import nbformat
import numpy as np

from tests.conftest import PROJECT
from tests.hostile import IN_TABLES
from tests.views import small_plan
from tests.views.small_tables import TODAY, lake_tables
from workbench.runs.business import Business
from workbench.tables import TABLES
from workbench.views import show

# what the agents or the gate take for more than a name
MEANT = {"country", "currency", "origin", "destination", "hs_prefix", "hs_code", "country_of_origin", "kind"}
MEANT |= {
    "order_weekdays",
    "closed_days",
    "model",
    "agent",
    "step",
    "category",
    "reason",
    "decision",
    "rule",
    "bound_by",
}
DAY = re.compile(r"\d{4}-\d\d-\d\d")
PLOTLY = "application/vnd.plotly.v1+json"


def publish(folder, offset):
    """The plan live, its texts replaced by hostile ones from the `offset`-th on; returns the business."""
    replaced = {}
    left = cycle([text for text in (*IN_TABLES[offset:], *IN_TABLES[:offset]) if text.strip("\x00 \n")])

    def new(text):
        if text not in replaced:
            replaced[text] = next(left)
        return replaced[text]

    tables = {name: _spoilt_table(name, table, new) for name, table in lake_tables().items()}
    folder.mkdir(parents=True)
    (folder / "policy.toml").touch()
    business = Business(folder)
    versions = {name: business.lake.write(name, table) for name, table in tables.items()}
    judged = small_plan.judged_proposals(business.policy)
    for column in ("title", "if_nothing", "evidence", "alternatives", "skus", "lines"):
        judged[column] = [_spoilt(value, new) for value in judged[column]]
    judged["decision_reason"] = [f"{new(text)} {text}" for text in judged["decision_reason"]]
    at = small_plan.NOW
    business.ledger.start_run(small_plan.RUN, TODAY, "inputs", versions, business.policy.digest(), at)
    business.ledger.record(small_plan.RUN, judged, at)
    business.ledger.publish(small_plan.RUN, {"proposals": len(judged)}, at)
    return business


def _spoilt_table(name, table, new):
    texts = [
        column.name
        for column in TABLES[name].columns
        if column.dtype == "str" and not column.one_of and column.name not in MEANT
    ]
    return table.assign(**{column: table[column].map(new, na_action="ignore") for column in texts})


def _spoilt(value, new, name=""):
    if isinstance(value, str):
        return value if name in MEANT or DAY.match(value) else new(value)
    if isinstance(value, dict):
        return {key: _spoilt(item, new, key) for key, item in value.items()}
    if isinstance(value, list | np.ndarray):
        return [_spoilt(item, new, name) for item in value]
    return value


def shown(monkeypatch, name, folder):
    """Everything that a notebook shows of a business: HTML, figures and widgets, in order."""
    things = []
    with monkeypatch.context() as here:
        here.setattr(show, "put", things.append)
        here.setattr(show, "publish_display_data", things.append)
        world = {}
        for cell in nbformat.read(PROJECT / "notebooks" / f"{name}.ipynb", 4).cells:
            if cell.cell_type == "code":
                exec(cell.source, world)  # noqa: S102
                world["folder"] = str(folder)
    return things


class _Skeleton(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.found = set()

    def handle_starttag(self, tag, attrs):
        # what a field holds and what an address asks for may be data; where it leads may not
        kept = {"value": "", "href": str(dict(attrs).get("href")).partition("?")[0]}
        self.found.add((tag, *(f"{name}={kept.get(name, value)}" for name, value in attrs)))

    def handle_decl(self, decl):
        self.found.add(("declaration", decl))

    def handle_comment(self, data):
        self.found.add(("comment", data))

    def handle_pi(self, data):
        self.found.add(("instruction", data))

    unknown_decl = handle_decl


def skeleton(html):
    """The elements of a text read as HTML, each with its attributes and their values; no words."""
    parser = _Skeleton()
    parser.feed(html)
    parser.close()
    return parser.found


def written(figure):
    """Every text of a figure, by the name under which it stands."""
    if isinstance(figure, dict):
        for name, value in figure.items():
            for below, text in written(value):
                yield below or name, text
    elif isinstance(figure, list):
        for value in figure:
            yield from written(value)
    elif isinstance(figure, str):
        yield "", figure


def of_kind(things):
    """The HTML, the figures and the widgets among what is shown."""
    html = [thing.data for thing in things if hasattr(thing, "data") and isinstance(thing.data, str)]
    figures = [json.loads(json.dumps(thing[PLOTLY])) for thing in things if isinstance(thing, dict)]
    widgets = [thing for thing in things if hasattr(thing, "traits")]
    return html, figures, widgets
