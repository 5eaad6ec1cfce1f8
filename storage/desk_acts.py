"""What the desk changes beside tickets themselves: proof, the register, hand-over notes, shifts."""

from dataclasses import dataclass

from sqlalchemy import delete, update

from messages.envelope import Attachment
from storage import desk_tables, tables
from storage.desk_reader import Shift
from storage.ticket_files import OURS, add_files, add_kept
from storage.work import Work


@dataclass(frozen=True, slots=True)
class AddProof:
    """An official sends photos or documents of what was done about a ticket."""

    code: str
    attachments: tuple[Attachment, ...]

    async def apply(self, work: Work) -> None:
        """Write them down; those that are not here yet are fetched like a citizen's."""
        await work.flush()
        ours = tuple(one for one in self.attachments if one.ref.startswith(OURS))
        await add_kept(work, ours, proof_of=self.code)
        theirs = tuple(one for one in self.attachments if not one.ref.startswith(OURS))
        add_files(work, self.code, theirs, proof=True)


@dataclass(frozen=True, slots=True)
class Register:
    """What the register asks of who brings feedback on an administrative rule (NĐ 20/2008)."""

    code: str
    name: str
    address: str
    phone: str

    async def apply(self, work: Work) -> None:
        """Write it in place of what was there."""
        await work.flush()
        table, box = desk_tables.ticket_register, work.box
        await work.connection.execute(delete(table).where(table.c.code == self.code))
        work.add(
            table,
            code=self.code,
            name=box.seal("ticket_register.name", self.name),
            address=box.seal("ticket_register.address", self.address),
            phone=box.seal("ticket_register.phone", self.phone),
            at=work.now,
        )


@dataclass(frozen=True, slots=True)
class MoveDuplicates:
    """What was joined to a ticket goes with it when it is joined to another itself."""

    code: str
    into: str

    async def apply(self, work: Work) -> None:
        """Point its duplicates to the other."""
        table = tables.tickets
        await work.connection.execute(
            update(table).where(table.c.duplicate_of == self.code).values(duplicate_of=self.into)
        )


@dataclass(frozen=True, slots=True)
class HandOver:
    """An officer tells whoever is on duty next in a unit."""

    unit: str
    note: str

    async def apply(self, work: Work) -> None:
        """Write it down."""
        work.add(
            desk_tables.handovers,
            unit=self.unit,
            person_id=work.person_id,
            at=work.now,
            note=work.box.seal("handovers.note", self.note),
        )


@dataclass(frozen=True, slots=True)
class NewShift(Shift):
    """Somebody is put on the roster."""

    async def apply(self, work: Work) -> None:
        """Write it down; what replaced the same shift on that date before ends."""
        await work.flush()
        table = desk_tables.shifts
        if self.replaces:
            await work.connection.execute(
                update(table)
                .where(
                    table.c.replaces == self.replaces,
                    table.c.day == self.day,
                    table.c.ended_at.is_(None),
                )
                .values(ended_at=work.now)
            )
        work.add(
            table,
            code=self.code,
            unit=self.unit,
            channel=self.channel,
            weekday=self.weekday,
            day=self.day,
            begins=self.begins,
            ends=self.ends,
            name=self.name,
            person_id=self.person_id,
            volunteer=self.volunteer,
            replaces=self.replaces or None,
            made_at=work.now,
            ended_at=None,
        )


@dataclass(frozen=True, slots=True)
class EndShift:
    """A shift is taken off the roster."""

    code: str

    async def apply(self, work: Work) -> None:
        """Mark it ended; its past stays."""
        table = desk_tables.shifts
        await work.connection.execute(
            update(table)
            .where(table.c.code == self.code, table.c.ended_at.is_(None))
            .values(ended_at=work.now)
        )
