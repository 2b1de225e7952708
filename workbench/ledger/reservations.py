"""Units that are spoken for, so that no two agents give the same unit away.

A run's stock stands in `stock_left`: units on hand, and how many of them are left. Whoever takes some lowers
what is left on the condition that there is so much, in the transaction that also writes the reservation, so
that units = units left + all reservations that count, whoever writes at the same moment or dies while
writing. This is working state beside the chain; who decided what stays in the chain.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import pandas as pd
from sqlalchemy import ColumnElement, Connection, RowMapping, and_, delete, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from workbench.errors import LedgerError, StateMoved
from workbench.ledger.canonical import canonical, instant
from workbench.ledger.schema import STATE, encoded, frame

LEFT, RESERVATIONS, ANSWERS = (STATE[name] for name in ("stock_left", "reservations", "reservation_answers"))
NEW_ROW: Mapping[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
SHIPPED = "shipped"  # a promise that ended because it was kept
OPENING = "opening"  # the key of what was promised when the run began
DECIDED = "decision/"  # how the keys of what a person decided begin
RECORDED = "plan/"  # how the keys of what agents carry out begin
BY_PLAN = (OPENING, RECORDED, DECIDED)
AT_ONCE = 300  # holders that one statement names: databases bound its length
Place = tuple[str, str]  # sku, warehouse


class Wanted(NamedTuple):
    """Units of a SKU at a warehouse for somebody, `holder`."""

    holder: str
    sku: str
    warehouse: str
    units: int

    @property
    def place(self) -> Place:
        """Where it is wanted from."""
        return self.sku, self.warehouse


def open_stock(
    connection: Connection,
    run_id: str,
    on_hand: Iterable[tuple[str, str, int]],
    promised: Sequence[Wanted],
    at: datetime,
) -> None:
    """The stock that a run is made on: (sku, warehouse, units on hand), and what of it is promised already.

    Once more for the same run replaces what an earlier start, killed before it had begun, left behind.
    """
    _forget(connection, LEFT.c.run_id == run_id, RESERVATIONS.c.run_id == run_id, ANSWERS.c.run_id == run_id)
    taken = _by_place(promised)
    rows = [
        {
            "run_id": run_id,
            "sku": sku,
            "warehouse": warehouse,
            "units": units,
            "units_left": units - taken[sku, warehouse],
            "state_version": 0,
        }
        for sku, warehouse, units in on_hand
    ]
    if rows:
        connection.execute(insert(LEFT), [encoded("stock_left", row) for row in rows])
    _write(connection, run_id, OPENING, promised, at, None)


def forget_others(connection: Connection, live: str) -> None:
    """Drop the state of every run but the one that has become live: its stock is no longer given away."""
    _forget(connection, LEFT.c.run_id != live, RESERVATIONS.c.run_id != live, ANSWERS.c.run_id != live)


def reserve(
    connection: Connection,
    run_id: str,
    key: str,
    wanted: Sequence[Wanted],
    at: datetime,
    expires_at: datetime | None,
    versions: Mapping[Place, int] | None = None,
) -> str | None:
    """Reserve all that is wanted or nothing; None when it is, else a sentence that says what is lacking.

    A key that comes again gets the answer of the first time, granted or refused, whatever has happened since.
    Raises LedgerError when it comes again for something else.
    """
    asked = sorted([*item] for item in wanted)
    answer = {"run_id": run_id, "reservation_key": key, "asked": asked}
    new = NEW_ROW[connection.dialect.name](ANSWERS).values(encoded("reservation_answers", answer))
    which = and_(ANSWERS.c.run_id == run_id, ANSWERS.c.reservation_key == key)
    is_new = new.on_conflict_do_nothing().returning(ANSWERS.c.reservation_key)
    if connection.execute(is_new).first() is None:
        before = connection.execute(select(ANSWERS).where(which)).mappings().one()
        if before["asked"] != canonical(asked):
            raise LedgerError(f"{key} has asked for other units before; take a new key for a new request.")
        refusal: str | None = before["refusal"]
        return refusal
    try:
        with connection.begin_nested():
            take(connection, run_id, key, wanted, at, expires_at, versions)
    except StateMoved as refused:
        connection.execute(update(ANSWERS).where(which).values(refusal=str(refused)))
        return str(refused)
    return None


def take(
    connection: Connection,
    run_id: str,
    key: str,
    wanted: Sequence[Wanted],
    at: datetime,
    expires_at: datetime | None = None,
    versions: Mapping[Place, int] | None = None,
    shipped: Mapping[str, int] | None = None,
) -> None:
    """Take all that is wanted in the transaction of the connection.

    `versions`: the state versions of the places as the plan read them. `shipped`: units that leave for order
    lines, by holder of what was promised to them: that promise is kept with these units, wherever they leave
    from, and what it held elsewhere is free. Raises StateMoved when a place has changed since the plan read
    it, or has too few units left, and LedgerError for less than one unit; the caller then rolls back.
    """
    for item in wanted:
        if item.units < 1:
            raise LedgerError(
                f"{item.holder}: {item.units} units of {item.sku} cannot be reserved; ask for 1."
            )
    change = Counter(_by_place(wanted))
    kept = _kept(connection, run_id, shipped or {})
    change.subtract(_by_place(kept))
    # in one order for everybody, so that no two wait for each other
    for place in sorted(change):
        if not _lowered(connection, run_id, place, change[place], versions):
            left = connection.scalar(select(LEFT.c.units_left).where(_here(run_id, place))) or 0
            raise StateMoved(
                f"{change[place]:,} units of {place[0]} at {place[1]} cannot be given to "
                f"{_holders(wanted, place)}: {left:,} are left, and this stock may have changed since the "
                "plan read it. Plan again."
            )
    _write(connection, run_id, key, wanted, at, expires_at)
    _write(connection, run_id, key, kept, at, None, ended=SHIPPED)


def end(connection: Connection, run_id: str, holder: str) -> None:
    """Give back all that counts for a holder."""
    rows = select(RESERVATIONS).where(
        RESERVATIONS.c.run_id == run_id, RESERVATIONS.c.holder == holder, RESERVATIONS.c.ended.is_(None)
    )
    _end(connection, run_id, connection.execute(rows.with_for_update()).mappings().all(), "released")


def undo(connection: Connection, run_id: str, holder: str) -> None:
    """Give back all that counts for a holder, and promise order lines again what it had shipped of them.

    What of that stood elsewhere and has been given to somebody since is not promised again.
    """
    keys = select(RESERVATIONS.c.reservation_key).where(
        RESERVATIONS.c.run_id == run_id, RESERVATIONS.c.holder == holder, RESERVATIONS.c.ended.is_(None)
    )
    rows = select(RESERVATIONS).where(
        RESERVATIONS.c.run_id == run_id,
        RESERVATIONS.c.reservation_key.in_(keys),
        RESERVATIONS.c.ended == SHIPPED,
    )
    # in one order for everybody, so that no two wait for each other
    by_place = rows.order_by(RESERVATIONS.c.sku, RESERVATIONS.c.warehouse, RESERVATIONS.c.holder)
    promised = connection.execute(by_place.with_for_update()).mappings().all()
    end(connection, run_id, holder)
    for row in promised:
        place = row["sku"], row["warehouse"]
        here = select(LEFT.c.units_left).where(_here(run_id, place)).with_for_update()
        units = min(row["units"], connection.scalar(here) or 0)
        if units and _lowered(connection, run_id, place, units, None):
            connection.execute(update(RESERVATIONS).where(_is(row)).values(units=units, ended=None))


def expire(connection: Connection, run_id: str, at: datetime) -> None:
    """Give back what has expired by an instant, but for what somebody else is giving back right now."""
    rows = select(RESERVATIONS).where(
        RESERVATIONS.c.run_id == run_id,
        RESERVATIONS.c.ended.is_(None),
        RESERVATIONS.c.expires_at <= instant(at),
    )
    found = connection.execute(rows.with_for_update(skip_locked=True)).mappings().all()
    _end(connection, run_id, found, "expired")


def left(connection: Connection, run_id: str) -> pd.DataFrame:
    """The table `stock_left` of a run, by SKU and warehouse; no row: the run opened none."""
    rows = select(LEFT).where(LEFT.c.run_id == run_id).order_by(LEFT.c.sku, LEFT.c.warehouse)
    return frame("stock_left", connection.execute(rows).mappings())


def of_run(connection: Connection, run_id: str) -> pd.DataFrame:
    """The table `reservations` of a run, ended ones too."""
    rows = select(RESERVATIONS).where(RESERVATIONS.c.run_id == run_id)
    return frame("reservations", connection.execute(rows.order_by(*RESERVATIONS.primary_key)).mappings())


def taken_since(connection: Connection, run_id: str, skus: Collection[str], at: str) -> RowMapping | None:
    """The first units of these SKUs that others than the run's plan have reserved after an instant."""
    theirs = [~RESERVATIONS.c.reservation_key.startswith(key) for key in BY_PLAN]
    rows = select(RESERVATIONS).where(
        RESERVATIONS.c.run_id == run_id,
        RESERVATIONS.c.sku.in_(skus),
        RESERVATIONS.c.ended.is_(None),
        RESERVATIONS.c.reserved_at > at,
        *theirs,
    )
    return connection.execute(rows.order_by(RESERVATIONS.c.reserved_at).limit(1)).mappings().one_or_none()


def is_open(connection: Connection, run_id: str) -> bool:
    """Whether a run opened its stock; a plan of before there were reservations did not."""
    return connection.execute(select(LEFT.c.sku).where(LEFT.c.run_id == run_id).limit(1)).first() is not None


def _forget(connection: Connection, *which: ColumnElement[bool]) -> None:
    for table, rows in zip((LEFT, RESERVATIONS, ANSWERS), which, strict=True):
        connection.execute(delete(table).where(rows))


def _write(
    connection: Connection,
    run_id: str,
    key: str,
    wanted: Sequence[Wanted],
    at: datetime,
    expires_at: datetime | None,
    ended: str | None = None,
) -> None:
    """One reservation a holder and place; `ended` where it only tells what has been."""
    units: Counter[tuple[str, str, str]] = Counter()
    for item in wanted:
        units[item.holder, *item.place] += item.units
    rows = [
        {
            "run_id": run_id,
            "reservation_key": key,
            "holder": holder,
            "sku": sku,
            "warehouse": warehouse,
            "units": number,
            "reserved_at": at,
            "expires_at": expires_at,
            "ended": ended,
        }
        for (holder, sku, warehouse), number in units.items()
    ]
    if rows:
        connection.execute(insert(RESERVATIONS), [encoded("reservations", row) for row in rows])


def _kept(connection: Connection, run_id: str, shipped: Mapping[str, int]) -> list[Wanted]:
    """Lower what is promised to order lines by what leaves for them; the units that this frees."""
    free: list[Wanted] = []
    leaving = Counter(shipped)
    for start in range(0, len(shipped), AT_ONCE):
        rows = select(RESERVATIONS).where(
            RESERVATIONS.c.run_id == run_id,
            RESERVATIONS.c.ended.is_(None),
            or_(
                RESERVATIONS.c.reservation_key == OPENING, RESERVATIONS.c.reservation_key.startswith(DECIDED)
            ),
            RESERVATIONS.c.holder.in_(sorted(shipped)[start : start + AT_ONCE]),
        )
        for row in connection.execute(rows.with_for_update()).mappings().all():
            units = min(row["units"], leaving[row["holder"]])
            if not units:
                continue
            leaving[row["holder"]] -= units
            free.append(Wanted(row["holder"], row["sku"], row["warehouse"], units))
            connection.execute(
                update(RESERVATIONS).where(_is(row)).values(units=RESERVATIONS.c.units - units)
            )
    return free


def _lowered(
    connection: Connection, run_id: str, place: Place, units: int, versions: Mapping[Place, int] | None
) -> bool:
    """Whether what is left at a place could be lowered: the one condition that lets no unit go twice."""
    conditions = [_here(run_id, place), LEFT.c.units_left >= units]
    if versions is not None:
        conditions.append(LEFT.c.state_version == versions.get(place, -1))
    lowered = update(LEFT).where(*conditions)
    values = {"units_left": LEFT.c.units_left - units, "state_version": LEFT.c.state_version + 1}
    return connection.execute(lowered.values(values)).rowcount == 1


def _end(connection: Connection, run_id: str, rows: Sequence[RowMapping], why: str) -> None:
    free: Counter[Place] = Counter()
    for row in rows:
        free[row["sku"], row["warehouse"]] += row["units"]
        connection.execute(update(RESERVATIONS).where(_is(row)).values(ended=why))
    for place in sorted(free):
        _lowered(connection, run_id, place, -free[place], None)


def _by_place(wanted: Iterable[Wanted]) -> Counter[Place]:
    units: Counter[Place] = Counter()
    for item in wanted:
        units[item.place] += item.units
    return units


def _holders(wanted: Sequence[Wanted], place: Place) -> str:
    return ", ".join(sorted({item.holder for item in wanted if item.place == place})[:3])


def _here(run_id: str, place: Place) -> ColumnElement[bool]:
    return and_(LEFT.c.run_id == run_id, LEFT.c.sku == place[0], LEFT.c.warehouse == place[1])


def _is(row: RowMapping) -> ColumnElement[bool]:
    """The reservation of this very row."""
    return and_(*(column == row[column.name] for column in RESERVATIONS.primary_key))
