"""The register of the commune's letters: drafts, approval with a number, files, delivery."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Row, Select, func, select, update

from storage.civic_tables import official_letters as table
from storage.database import Conflict, Store
from storage.sealing import Box
from storage.work import Work

FIELDS = TypeAdapter(dict[str, str])


class LetterState(StrEnum):
    """Where a letter of the commune is."""

    DRAFT = "draft"
    APPROVED = "approved"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class Files:
    """What a letter was set as: the hashes under which the store keeps it."""

    pdf: str
    picture: str
    word: str


@dataclass(frozen=True, slots=True)
class OfficialLetter:
    """A letter of the commune.

    Attributes:
        code: by which officials speak of it.
        kind: congratulation, condolence, thanks, apology or commendation.
        fields: what its form asks for.
        ticket: the ticket that it came from, "" for none.
        person_id: whom it is delivered to in the chat, None where it is printed.
        state: where it is.
        drafted_by: who wrote it.
        drafted_at: when.
        decided_at: when a leader approved it or turned it down.
        year: of its number.
        number: in the register of that year, None until it is approved.
        files: what it was set as, None until it is approved.
    """

    code: str
    kind: str
    fields: Mapping[str, str]
    ticket: str
    person_id: int | None
    state: LetterState
    drafted_by: int
    drafted_at: datetime
    decided_at: datetime | None
    year: int | None
    number: int | None
    files: Files | None


def occasion_hash(box: Box, kind: str, occasion: str) -> str:
    """Give the keyed hash of an occasion, by which a second letter for it is refused."""
    return box.digest("occasion", f"{kind}:{occasion}")[:64]


@dataclass(frozen=True, slots=True)
class DraftLetter:
    """Somebody drafts a letter; Conflict where there is one for its occasion.

    Attributes:
        code: drawn by the turn.
        kind: an id of the letter forms.
        occasion: what it is written for, in one form whoever writes it.
        fields: what the form asks for.
        ticket: the ticket that it came from.
        person_id: whom it is delivered to.
    """

    code: str
    kind: str
    occasion: str
    fields: Mapping[str, str]
    ticket: str = ""
    person_id: int | None = None

    async def apply(self, work: Work) -> None:
        """Write it."""
        work.add(
            table,
            code=self.code,
            kind=self.kind,
            occasion=occasion_hash(work.box, self.kind, self.occasion),
            fields=work.box.seal(
                "official_letters.fields", FIELDS.dump_json(dict(self.fields)).decode()
            ),
            ticket=self.ticket,
            person_id=self.person_id,
            state=LetterState.DRAFT,
            drafted_by=work.person_id,
            drafted_at=work.now,
        )


@dataclass(frozen=True, slots=True)
class ApproveLetter:
    """A leader approves a draft; Conflict where another decided, or has the number.

    Attributes:
        code: of the letter.
        year: of the number.
        number: the next of that year, as it stands in the files.
        files: what it was set as.
    """

    code: str
    year: int
    number: int
    files: Files

    async def apply(self, work: Work) -> None:
        """Write number and files where it is still a draft."""
        await _decide(
            work,
            self.code,
            state=LetterState.APPROVED,
            year=self.year,
            number=self.number,
            pdf=self.files.pdf,
            picture=self.files.picture,
            word=self.files.word,
        )


@dataclass(frozen=True, slots=True)
class DeclineLetter:
    """A leader turns a draft down; its occasion is free again."""

    code: str

    async def apply(self, work: Work) -> None:
        """Write it where it is still a draft."""
        await _decide(work, self.code, state=LetterState.DECLINED, occasion=None)


async def _decide(work: Work, code: str, **values: Any) -> None:  # noqa: ANN401 - columns
    await work.flush()
    changed = await work.connection.execute(
        update(table)
        .where(table.c.code == code, table.c.state == LetterState.DRAFT)
        .values(decided_by=work.person_id, decided_at=work.now, **values)
    )
    if changed.rowcount != 1:
        raise Conflict(code)


class LetterBook:
    """What may be asked about the commune's letters.

    Args:
        store: the database.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    async def one(self, code: str) -> OfficialLetter | None:
        """Find a letter by its code."""
        found = await self._read(select(table).where(table.c.code == code))
        return found[0] if found else None

    async def drafts(self, limit: int = 20) -> list[OfficialLetter]:
        """List what waits for a leader, the oldest first."""
        waiting = select(table).where(table.c.state == LetterState.DRAFT)
        return await self._read(waiting.order_by(table.c.drafted_at).limit(limit))

    async def register(self, year: int) -> list[OfficialLetter]:
        """List the letters of a year by number."""
        return await self._read(select(table).where(table.c.year == year).order_by(table.c.number))

    async def next_number(self, year: int) -> int:
        """Give the first number of a year that no letter has."""
        async with self._store.reading() as connection:
            last = await connection.execute(
                select(func.max(table.c.number)).where(table.c.year == year)
            )
            return int(last.scalar() or 0) + 1

    async def of_occasion(self, kind: str, occasion: str) -> OfficialLetter | None:
        """Find the letter that there is for an occasion, as draft or approved."""
        wanted = occasion_hash(self._store.box, kind, occasion)
        found = await self._read(select(table).where(table.c.occasion == wanted))
        return found[0] if found else None

    async def _read(self, query: Select[Any]) -> list[OfficialLetter]:
        async with self._store.reading() as connection:
            return [self._letter(row) for row in await connection.execute(query)]

    def _letter(self, row: Row[Any]) -> OfficialLetter:
        fields = self._store.box.unseal("official_letters.fields", row.fields)
        return OfficialLetter(
            code=row.code,
            kind=row.kind,
            fields=FIELDS.validate_json(fields),
            ticket=row.ticket,
            person_id=row.person_id,
            state=LetterState(row.state),
            drafted_by=row.drafted_by,
            drafted_at=row.drafted_at,
            decided_at=row.decided_at,
            year=row.year,
            number=row.number,
            files=Files(row.pdf, row.picture, row.word) if row.pdf else None,
        )
