"""Ways to falsify a ledger's file behind its back, each with the row that must be named as the first broken.

The attacker writes the SQLite file directly, knows the code, and may write the whole chain anew; what he
cannot reach are the heads in published plans.
"""

import sqlite3
from contextlib import closing

from tests.ledger.making import AT, DAY, judged, order
from workbench.ledger.chain import GENESIS, link
from workbench.ledger.ledger import Ledger
from workbench.ledger.record import RECORDS, key, record
from workbench.ledger.schema import PLACE

KINDS = ("edit", "delete", "reorder", "insert", "truncate", "rebuild")


def published_ledger(path, plans, proposals):
    """The heads by run of a new ledger with so many published plans; a few rows follow the last."""
    ledger = Ledger(f"sqlite:///{path}")
    heads = {}
    for number in range(1, plans + 1):
        run_id = f"{DAY:%Y%m%d}-{number}"
        ledger.start_run(run_id, DAY, "inputs", {"sales": number}, "policy", AT)
        ledger.record(run_id, judged(*(order(f"S{item}") for item in range(proposals))), AT)
        heads[run_id] = ledger.publish(run_id, {"proposals": proposals}, AT)["head"]
        for item in range(0, proposals, 2):
            ledger.decide(f"PO-S{item}-{run_id}", "approved", "Ann", AT, reason="as proposed")
        ledger.log("noted", run_id, {"number": number}, AT)
    return heads


class Tampering:
    """A copy of a ledger's file opened to falsify it: `rng` picks where, up to the last published head."""

    def __init__(self, path, rng):
        self._database = sqlite3.connect(path)
        self._database.row_factory = sqlite3.Row
        self._rng = rng
        entries = self._database.execute("SELECT * FROM chain ORDER BY seq").fetchall()
        self._names = [entry["table_name"] for entry in entries]
        self._keys = [f"{entry['table_name']} {entry['row_key']}" for entry in entries]
        self._manifests = [seq for seq, name in enumerate(self._names, start=1) if name == "manifests"]
        self._reach = self._manifests[-1]

    def does(self, kind):
        """Falsify in this way; the beginnings of sentences of which `verify` must give one."""
        with closing(self._database), self._database:
            return getattr(self, f"_{kind}")()

    def _pick(self):
        return int(self._rng.integers(1, self._reach))

    def _at(self, seq):
        name = self._names[seq - 1]
        return name, PLACE.get(name, "seq")

    def _named(self, seq):
        return f"{self._keys[seq - 1]}: "

    def _edit(self):
        """Another value in a column of a row, or in the chain itself."""
        seq = self._pick()
        name, place = self._at(seq)
        column = str(self._rng.choice([column for column in RECORDS[name].columns if column != place]))
        if self._rng.random() < 0.2:
            name, place, column = "chain", "seq", str(self._rng.choice(["table_name", "row_key", "hash"]))
        where = f"FROM {name} WHERE {place} = {seq}"
        before = self._database.execute(f"SELECT {column} {where}").fetchone()[0]
        after = before + 1 if isinstance(before, int | float) else f"{before or ''} "
        if isinstance(before, str) and self._rng.random() < 0.3:
            after = before.encode()  # the same bytes under another type
        self._database.execute(f"UPDATE {name} SET {column} = ? WHERE {place} = {seq}", [after])
        key_now = self._key_now(seq)
        return {self._named(seq), key_now}

    def _key_now(self, seq):
        """How the row in a place, or its entry in the chain, calls itself after an edit."""
        name, place = self._at(seq)
        row = self._database.execute(f"SELECT * FROM {name} WHERE {place} = {seq}").fetchone()
        return f"{name} {key(name, dict(row))}: "

    def _delete(self):
        """A row, its entry in the chain, or both."""
        seq = self._pick()
        name, place = self._at(seq)
        what = self._rng.choice(["row", "entry", "both"])
        if what != "entry":
            self._database.execute(f"DELETE FROM {name} WHERE {place} = {seq}")
        if what != "row":
            self._database.execute(f"DELETE FROM chain WHERE seq = {seq}")
        return {self._named(seq + 1 if what == "both" else seq)}

    def _reorder(self):
        """Two rows change places, with or without their entries in the chain."""
        first, second = sorted(self._rng.choice(range(1, self._reach), 2, replace=False).tolist())
        moved = [(first, -1), (second, first), (-1, second)]
        tables = {self._names[first - 1], self._names[second - 1]}
        if self._rng.random() < 0.5:
            tables.add("chain")
        for table in tables:
            place = PLACE.get(table, "seq")
            for old, new in moved:
                self._database.execute(f"UPDATE {table} SET {place} = {new} WHERE {place} = {old}")
        return {self._named(first), self._named(second), self._key_at(first)}

    def _key_at(self, seq):
        for name in RECORDS:
            place = PLACE.get(name, "seq")
            row = self._database.execute(f"SELECT * FROM {name} WHERE {place} = {seq}").fetchone()
            if row:
                return f"{name} {key(name, dict(row))}: "
        raise AssertionError(seq)

    def _insert(self):
        """A decision of the attacker's own, at the end, before the beginning or in another's place."""
        number = int(self._rng.choice([-1, 0, len(self._names) + 1, self._pick()]))
        known = self._database.execute("SELECT * FROM decisions LIMIT 1").fetchone()
        row = {**dict(known), "decision_id": number, "decided_by": "Mallory"}
        taken = number > 0 and number <= len(self._names) and self._names[number - 1] == "decisions"
        if taken:
            self._database.execute(f"DELETE FROM decisions WHERE decision_id = {number}")
        marks = ", ".join("?" * len(row))
        self._database.execute(f"INSERT INTO decisions VALUES ({marks})", list(row.values()))
        return {f"decisions {number}: "}

    def _truncate(self):
        """Everything from a row on is gone."""
        seq = self._pick()
        for name in ("chain", *RECORDS):
            self._database.execute(f"DELETE FROM {name} WHERE {PLACE.get(name, 'seq')} >= {seq}")
        return {self._lost(seq)}

    def _rebuild(self):
        """A row is edited, deleted or doubled, and the whole chain written anew, heads and all."""
        seq = self._pick()
        rows = []
        for place, name in enumerate(self._names, start=1):
            query = f"SELECT * FROM {name} WHERE {PLACE.get(name, 'seq')} = {place}"
            rows.append((name, dict(self._database.execute(query).fetchone())))
        name, row = rows[seq - 1]
        if self._rng.random() < 0.5 or name == "manifests":
            column = next(c for c in ("reason", "subject", "inputs", "summary", "content") if c in row)
            row[column] = f"{row[column]} "
        else:
            del rows[seq - 1]
        for table in ("chain", *RECORDS):
            self._database.execute(f"DELETE FROM {table}")
        previous = GENESIS
        for place, (name, row) in enumerate(rows, start=1):
            row[PLACE.get(name, "seq")] = place
            if name == "manifests":
                row["head"] = previous
            previous = link(previous, record(name, row))
            self._put(name, row)
            self._put(
                "chain", {"seq": place, "table_name": name, "row_key": key(name, row), "hash": previous}
            )
        return {self._lost(seq + 1)}

    def _put(self, name, row):
        marks = ", ".join("?" * len(row))
        self._database.execute(f"INSERT INTO {name} ({', '.join(row)}) VALUES ({marks})", list(row.values()))

    def _lost(self, seq):
        """The first published head that no longer fits when a row before it is not what it was."""
        manifest = next(place for place in self._manifests if place >= seq)
        return self._named(manifest)
