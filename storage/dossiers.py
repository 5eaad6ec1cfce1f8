"""Dossiers as the last import shows them: what is kept of each, and what may be asked."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, ScalarSelect, Select, and_, bindparam, func, or_, select

from storage.connection import Reading
from storage.database import Store
from storage.dossiers_tables import dossier_imports, dossiers
from storage.sealing import Box
from storage.tables import milliseconds

LOADING, DONE, DROPPED = 0, 1, 2
"""States of an import."""


class Stage(StrEnum):
    """Where a dossier is, in the steps that the national system knows."""

    REGISTERED = "registered"
    RECEIVED = "received"
    PROCESSING = "processing"
    SUPPLEMENT = "supplement"
    PAYMENT = "payment"
    READY = "ready"
    RETURNED = "returned"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    STOPPED = "stopped"
    OTHER = "other"


WITH_US = (Stage.REGISTERED, Stage.RECEIVED, Stage.PROCESSING, Stage.OTHER)
"""Stages in which the commune has to act: past its due date such a dossier is late. While the
citizen is to bring or pay something it is theirs to act."""


@dataclass(frozen=True, slots=True)
class Exported:
    """A dossier as an export tells it.

    Attributes:
        code: in one form, see `in_one_form`.
        stage: where it is.
        status: the same in the export's own words.
        applicant: whose it is.
        digits: the last four of the telephone on it, "" where the export has none.
        procedure: the name of the procedure.
        field: of the procedure ("Hộ tịch").
        unit: an id of commune.toml, "" where the export names none we know.
        holder: who has it now, in the export's words.
        note: what the export adds for the citizen.
        received_at: when it was received.
        due_at: until when it is due; of a day without hour its last moment.
        finished_at: when the result was there; of a day without hour its first moment.
        online: whether it came online, None where the export does not say.
    """

    code: str
    stage: Stage
    status: str = ""
    applicant: str = ""
    digits: str = ""
    procedure: str = ""
    field: str = ""
    unit: str = ""
    holder: str = ""
    note: str = ""
    received_at: datetime | None = None
    due_at: datetime | None = None
    finished_at: datetime | None = None
    online: bool | None = None


@dataclass(frozen=True, slots=True)
class Dossier:
    """A dossier as it is kept.

    Attributes:
        id: the number of this version.
        exported: what the export told; its digits are not kept.
        factor: the keyed hash of code and digits, "" where the export had none.
        gone: whether a later export that covers its day of receipt lacks it.
        as_of: the day and hour of the data.
    """

    id: int
    exported: Exported
    factor: str
    gone: bool
    as_of: datetime

    @property
    def late(self) -> bool:
        """Whether it was finished after its due date, or was due and not finished in the data."""
        due, done = self.exported.due_at, self.exported.finished_at
        if due is None or self.gone or self.exported.stage is Stage.WITHDRAWN:
            return False
        if done is not None:
            return done > due
        return due < self.as_of and self.exported.stage in WITH_US

    @property
    def notable(self) -> str:
        """What a follower is told once: the stage, and that it is late."""
        gone = "|gone" if self.gone else ""
        return f"{self.exported.stage}{'|late' if self.late else ''}{gone}"


@dataclass(frozen=True, slots=True)
class Import:
    """An import that readers see, or saw."""

    id: int
    as_of: datetime
    rows: int
    new: int
    changed: int
    gone: int


def in_one_form(code: str) -> str:
    """Write a code as it is kept: capitals, no blanks, plain hyphens."""
    return "".join(code.upper().translate(_HYPHENS).split())


_HYPHENS = {ord(dash): "-" for dash in "‐‑‒–—−"}  # what keyboards and Word make of a hyphen


def factor_of(box: Box, code: str, digits: str) -> str:
    """Give the keyed hash by which the second factor of a code is compared."""
    return box.fingerprint("dossier.factor", f"{code}\0{digits}") if digits else ""


def code_hash(box: Box, code: str) -> str:
    """Give the keyed hash under which tries for a code are counted, whether it exists or not."""
    return box.digest("dossier.code", code)


def fingerprint(box: Box, one: Exported) -> str:
    """Give a keyed hash of everything that an export tells of a dossier."""
    parts = (
        one.stage,
        one.status,
        one.applicant,
        one.digits,
        one.procedure,
        one.field,
        one.unit,
        one.holder,
        one.note,
        *(str(milliseconds(moment)) if moment else "" for moment in _moments(one)),
        str(one.online),
    )
    return box.fingerprint("dossier", "\0".join((one.code, *parts)))


def _moments(one: Exported) -> tuple[datetime | None, ...]:
    return one.received_at, one.due_at, one.finished_at


# Made once: `json.dumps` would make one for each of a hundred thousand rows.
_write = json.JSONEncoder(ensure_ascii=False).encode


def row_of(box: Box, one: Exported, print_: str, import_id: int) -> dict[str, object]:
    """Give a dossier as a row of its table, sealed."""
    details = [one.status, one.applicant, one.procedure, one.holder, one.note]
    return {
        "code": one.code,
        "from_import": import_id,
        "fingerprint": print_,
        "factor": factor_of(box, one.code, one.digits),
        "stage": one.stage.value,
        "field": one.field,
        "unit": one.unit,
        "received_at": one.received_at,
        "due_at": one.due_at,
        "finished_at": one.finished_at,
        "online": one.online,
        "gone": False,
        "details": box.seal("dossiers.details", _write(details)),
    }


def current() -> ScalarSelect[int]:
    """The import that readers see."""
    table = dossier_imports
    found = select(func.max(table.c.id)).where(table.c.state == DONE)
    return found.scalar_subquery()


def visible() -> ColumnElement[bool]:
    """Whether a version is what readers see."""
    return and_(dossiers.c.from_import <= current(), dossiers.c.until_import > current())


def _as_of() -> ScalarSelect[datetime]:
    """The newest data that tell of a dossier: the last export that covers its day of receipt."""
    table = dossier_imports
    covers = or_(
        table.c.id == dossiers.c.from_import,
        and_(
            table.c.id > dossiers.c.from_import,
            table.c.covers_from <= dossiers.c.received_at,
            table.c.covers_to >= dossiers.c.received_at,
        ),
    )
    newest = select(func.max(table.c.as_of)).where(table.c.state == DONE, covers)
    return newest.correlate(dossiers).scalar_subquery()


def selected() -> Select[Any]:
    """The versions that readers see, with the day of their data."""
    return select(dossiers, _as_of().label("as_of")).where(visible())


_BY_CODE = selected().where(dossiers.c.code == bindparam("code"))
_BY_CODES = selected().where(dossiers.c.code.in_(bindparam("codes", expanding=True)))
_LAST = (
    select(dossier_imports)
    .where(dossier_imports.c.state == DONE)
    .order_by(dossier_imports.c.id.desc())
    .limit(1)
)


def dossier_of(row: Row[Any], box: Box) -> Dossier:
    """Read a row of `selected`."""
    sealed = row.details
    status, applicant, procedure, holder, note = (
        json.loads(box.unseal("dossiers.details", sealed)) if sealed else [""] * 5
    )
    return Dossier(
        id=row.id,
        exported=Exported(
            code=row.code,
            stage=Stage(row.stage),
            status=status,
            applicant=applicant,
            procedure=procedure,
            field=row.field,
            unit=row.unit,
            holder=holder,
            note=note,
            received_at=row.received_at,
            due_at=row.due_at,
            finished_at=row.finished_at,
            online=row.online,
        ),
        factor=row.factor,
        gone=row.gone,
        as_of=row.as_of,
    )


async def last_import(connection: Reading) -> Import | None:
    """Find the import that readers see."""
    row = (await connection.execute(_LAST)).first()
    if row is None:
        return None
    return Import(row.id, row.as_of, row.rows, row.new, row.changed, row.gone)


class Dossiers:
    """What handlers may ask about dossiers.

    Args:
        store: the database; each question raises StoreUnavailable where it cannot be read.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    async def last_import(self) -> Import | None:
        """Find the import that readers see, None before the first."""
        async with self._store.reading() as connection:
            return await last_import(connection)

    async def dossier(self, code: str) -> Dossier | None:
        """Find a dossier by its code in one form."""
        async with self._store.reading() as connection:
            row = (await connection.execute(_BY_CODE, {"code": code})).first()
        return dossier_of(row, self._store.box) if row else None

    async def by_codes(self, codes: Iterable[str]) -> Mapping[str, Dossier]:
        """Find dossiers by their codes; those that are not there are left out."""
        async with self._store.reading() as connection:
            rows = (await connection.execute(_BY_CODES, {"codes": list(codes)})).all()
        return {row.code: dossier_of(row, self._store.box) for row in rows}

    async def due_before(
        self, until: datetime, units: Collection[str], limit: int = 50
    ) -> Sequence[Dossier]:
        """List what units still have to finish by a moment, by due date.

        Args:
            until: the moment, itself included.
            units: the units; "" stands for dossiers of no unit we know.
            limit: at most so many.
        """
        query = (
            selected()
            .where(
                dossiers.c.gone.is_(False),
                dossiers.c.finished_at.is_(None),
                dossiers.c.due_at <= until,
                dossiers.c.stage.in_([stage.value for stage in WITH_US]),
                dossiers.c.unit.in_(units),
            )
            .order_by(dossiers.c.due_at, dossiers.c.code)
            .limit(limit)
        )
        async with self._store.reading() as connection:
            return [dossier_of(row, self._store.box) for row in await connection.execute(query)]

    def proves(self, dossier: Dossier | None, code: str, digits: str) -> bool:
        """Tell whether these are the last four digits of the telephone on a dossier.

        The same is computed for a code that does not exist.
        """
        given = factor_of(self._store.box, code, digits or "-")
        return dossier is not None and bool(dossier.factor) and dossier.factor == given
