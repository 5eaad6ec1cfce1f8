"""What handlers may ask of the store: frozen records, never rows or sessions."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, bindparam, func, select

from messages.envelope import Address
from storage import tables
from storage.channel_facts import Fact, fact
from storage.data_register import DataRegister
from storage.database import Store
from storage.desk_reader import DeskReader
from storage.dossiers import Dossiers
from storage.dossiers_apologies import Apologies
from storage.dossiers_counts import DossierCounts, dossier_counts
from storage.dossiers_following import Following
from storage.evidence import Tally, tallies
from storage.guidance_counts import GuidanceCount, guidance_counts
from storage.households import HouseholdReader
from storage.initiatives import InitiativeReader
from storage.letter_book import LetterBook
from storage.media import LOST
from storage.notices import NoticeReader
from storage.people_reader import PeopleReader
from storage.published import Published, since
from storage.questions import Question, open_questions, question
from storage.receipts import Correspondence, known_parts, letters_about
from storage.report_reader import ReportReader
from storage.sender_looks import SenderLooks
from storage.surveys import SurveyReader
from storage.ticket_counts import TicketCounts, ticket_counts
from storage.tickets import (
    OPEN,
    Event,
    File,
    Happening,
    State,
    Ticket,
    Words,
    ticket_of,
)
from storage.together import Together
from storage.weeks import WeekReader


def _newest_of_each() -> Select[Any]:
    """The tickets that people brought, numbered from the newest; takes `people` and `most`."""
    table = tables.tickets
    newest = (table.c.received_at.desc(), table.c.code)
    nth = func.row_number().over(partition_by=table.c.person_id, order_by=newest).label("nth")
    whose = table.c.person_id.in_(bindparam("people", expanding=True))
    rows = select(table, nth).where(whose).subquery()
    return select(rows).where(rows.c.nth <= bindparam("most")).order_by(rows.c.nth)


# Asked in most turns: to build such a statement anew costs as much as to run it.
_TICKETS_OF = _newest_of_each()


class Reader(PeopleReader):
    """Reads for one turn or one page; every answer is what is committed at that moment.

    Args:
        store: the database; each question raises StoreUnavailable where it cannot be read.

    Attributes:
        dossiers: what may be asked about dossiers.
        following: what may be asked about whose they are.
        apologies: what may be asked about the letters of late ones.
        data: what may be asked about requests and incidents with personal data.
        senders: what decides who sees who brought a ticket.
    """

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self.reports = ReportReader(store)
        self.households = HouseholdReader(store)
        self.initiatives = InitiativeReader(store)
        self.letters = LetterBook(store)
        self.notices = NoticeReader(store)
        self.weeks = WeekReader(store)
        self.surveys = SurveyReader(store)
        self.dossiers = Dossiers(store)
        self.following = Following(store)
        self.apologies = Apologies(store)
        self.desk = DeskReader(store)
        self.data = DataRegister(store)
        self.senders = SenderLooks(store)
        self._tickets_of = Together(self._read_tickets_of)

    async def ticket(self, code: str) -> Ticket | None:
        """Find a ticket by its code."""
        found = await self._tickets(select(tables.tickets).where(tables.tickets.c.code == code))
        return found[0] if found else None

    async def tickets_of(self, person_id: int, limit: int = 10) -> list[Ticket]:
        """List what a person brought, the newest first."""
        return await self._tickets_of.get((person_id, limit))

    async def _read_tickets_of(
        self, asked: Collection[tuple[int, int]]
    ) -> Mapping[tuple[int, int], list[Ticket]]:
        found: dict[int, list[Ticket]] = {who: [] for who, _ in asked}
        values = {"people": list(found), "most": max(limit for _, limit in asked)}
        async with self._store.reading() as connection:
            for row in await connection.execute(_TICKETS_OF, values):
                found[row.person_id].append(ticket_of(row, self._store.box))
        return {(who, limit): found[who][:limit] for who, limit in asked}

    async def queue(
        self, *, units: Sequence[str], officer_id: int, limit: int = 1000
    ) -> list[Ticket]:
        """List what an officer has to do: their own first, then what nobody has, by deadline.

        Args:
            units: the units they serve; empty = all.
            officer_id: who asks.
            limit: at most so many.
        """
        return await self.desk.queue(units=units, officer_id=officer_id, limit=limit)

    async def all_tickets(self) -> list[Ticket]:
        """List every ticket in the order in which they came."""
        table = tables.tickets
        return await self._tickets(select(table).order_by(table.c.received_at, table.c.code))

    async def tickets_of_kind(self, kind: str, limit: int) -> list[Ticket]:
        """List the newest tickets of a kind."""
        table = tables.tickets
        newest = select(table).where(table.c.kind == kind).order_by(table.c.received_at.desc())
        return await self._tickets(newest.limit(limit))

    async def open_tickets_of(self, people: Collection[int]) -> list[Ticket]:
        """List what people brought at any of these addresses and the commune has not ended yet."""
        table = tables.tickets
        theirs = table.c.person_id.in_(people), table.c.state.in_(OPEN)
        return await self._tickets(select(table).where(*theirs).order_by(table.c.received_at))

    async def _tickets(self, query: Select[tuple[object, ...]]) -> list[Ticket]:
        async with self._store.reading() as connection:
            rows = await connection.execute(query)
            return [ticket_of(row, self._store.box) for row in rows]

    async def words(self, code: str) -> list[Words]:
        """Give what the person wrote about a ticket, each message in its newest version."""
        table = tables.ticket_words
        async with self._store.reading() as connection:
            rows = await connection.execute(
                select(table).where(table.c.code == code).order_by(table.c.id)
            )
            newest: dict[str, Words] = {}
            for row in rows:
                text = self._store.box.unseal("ticket_words.words", row.words) if row.words else ""
                newest[row.message_id] = Words(row.message_id, row.version, row.at, text)
        return list(newest.values())

    async def history(self, code: str) -> list[Happening]:
        """Give a ticket's history in order."""
        table = tables.ticket_events
        async with self._store.reading() as connection:
            rows = await connection.execute(
                select(table).where(table.c.code == code).order_by(table.c.id)
            )
            return [
                Happening(
                    id=row.id,
                    at=row.at,
                    event=Event(row.event),
                    actor_id=row.actor_id,
                    state=State(row.state),
                    unit=row.unit,
                    on_time=row.on_time,
                    note=self._store.box.unseal("ticket_events.note", row.note) if row.note else "",
                )
                for row in rows
            ]

    async def files(self, code: str) -> list[File]:
        """List a ticket's photos and documents."""
        table, media, box = tables.ticket_files, tables.media, self._store.box
        async with self._store.reading() as connection:
            rows = await connection.execute(
                select(table, media.c.mime)
                .join(media, media.c.hash == table.c.hash, isouter=True)
                .where(table.c.code == code)
                .order_by(table.c.id)
            )
            return [
                File(
                    kind=row.kind,
                    name=box.unseal("ticket_files.name", row.name) if row.name else "",
                    hash=row.hash or "",
                    at=row.at,
                    reason=row.reason or "",
                    mime=row.mime or "",
                    lost=row.state == LOST,
                    proof=row.proof,
                )
                for row in rows
            ]

    async def ticket_with_message(self, person_id: int, message_id: str) -> str:
        """Find the code of the person's ticket that a message of theirs belongs to, "" for none."""
        words, tickets = tables.ticket_words, tables.tickets
        async with self._store.reading() as connection:
            found = await connection.execute(
                select(words.c.code)
                .join(tickets, tickets.c.code == words.c.code)
                .where(words.c.message_id == message_id, tickets.c.person_id == person_id)
                .limit(1)
            )
            return str(found.scalar() or "")

    async def ticket_of_letter(self, to: Address, external_id: str) -> str:
        """Find the code of the ticket that a sent letter was about, "" for none."""
        parts, outbox = tables.outbox_parts, tables.outbox
        async with self._store.reading() as connection:
            found = await connection.execute(
                select(outbox.c.ticket)
                .join(parts, parts.c.letter_id == outbox.c.id)
                .where(
                    parts.c.channel == to.channel,
                    parts.c.address == to.id,
                    parts.c.external_id == external_id,
                )
            )
            return str(found.scalar() or "")

    async def letters_about(self, code: str) -> list[Correspondence]:
        """List what officials wrote to the citizen about a ticket, and how far it came."""
        async with self._store.reading() as connection:
            return await letters_about(connection, code)

    async def known_parts(self, to: Address, message_ids: Collection[str]) -> frozenset[str]:
        """Tell which of a platform's message ids are of letters that we sent to a person."""
        async with self._store.reading() as connection:
            return await known_parts(connection, to, message_ids)

    async def channel_fact(self, channel: str, name: str) -> Fact | None:
        """Give what a platform told of itself, None where nothing is known."""
        return await fact(self._store, channel, name)

    async def last_answered(self, person_id: int) -> Ticket | None:
        """Find the person's ticket that was answered last and not rated since."""
        table = tables.tickets
        found = await self._tickets(
            select(table)
            .where(
                table.c.person_id == person_id,
                table.c.answered_at.is_not(None),
                table.c.rating.is_(None),
            )
            .order_by(table.c.answered_at.desc())
            .limit(1)
        )
        return found[0] if found else None

    async def tallies(self, start: date, end: date) -> Mapping[str, Tally]:
        """Count evidence by kind, from a day to a day, both included."""
        async with self._store.reading() as connection:
            return await tallies(connection, start, end)

    async def guidance_counts(self, start: date, end: date) -> Sequence[GuidanceCount]:
        """Count how often each guide was scanned and shown, by place and channel."""
        async with self._store.reading() as connection:
            return await guidance_counts(connection, start, end)

    async def ticket_counts(self, start: datetime, end: datetime, now: datetime) -> TicketCounts:
        """Count tickets from a moment to a moment, the second not included."""
        async with self._store.reading() as connection:
            return await ticket_counts(connection, start, end, now)

    async def dossier_counts(self, start: datetime, end: datetime, now: datetime) -> DossierCounts:
        """Count dossiers from a moment to a moment, the second not included."""
        async with self._store.reading() as connection:
            return await dossier_counts(connection, start, end, now)

    async def to_take_over(
        self, *, units: Sequence[str], officer_id: int, now: datetime, limit: int = 20
    ) -> list[Ticket]:
        """List what others have that is past its deadline, or whose holder has no role any more.

        Args:
            units: the units of which the tickets are; empty = all.
            officer_id: who asks; their own are left out.
            now: what the deadlines are compared with.
            limit: at most so many.
        """
        return await self.desk.to_take_over(
            units=units, officer_id=officer_id, now=now, limit=limit
        )

    async def open_questions(self, limit: int = 10) -> list[Question]:
        """List questions that no guide answered, those asked most often first."""
        return await open_questions(self._store, limit)

    async def question(self, number: int) -> Question | None:
        """Find a question that no guide answered by its number."""
        return await question(self._store, number)

    async def published(self) -> Mapping[str, Published]:
        """Tell of each subject since when it is public and when it changed."""
        return await since(self._store)

    async def days_of(self, kind: str, start: date, end: date) -> frozenset[date]:
        """Give the days on which a kind of evidence was written."""
        table = tables.evidence_counts
        async with self._store.reading() as connection:
            days = await connection.execute(
                select(table.c.day)
                .where(
                    table.c.kind == kind,
                    table.c.day >= start.isoformat(),
                    table.c.day <= end.isoformat(),
                )
                .distinct()
            )
            return frozenset(date.fromisoformat(day) for day in days.scalars())
