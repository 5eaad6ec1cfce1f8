"""Tickets: what people brought, what was done about it, and every change as a row of history."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, func, select, update

from messages.envelope import Attachment
from storage import desk_tables, tables
from storage.database import Conflict
from storage.sealing import Box
from storage.ticket_files import add_files
from storage.work import Work


class State(StrEnum):
    """Where a ticket is."""

    NEW = "new"
    ASSIGNED = "assigned"
    IN_PROGRESS = "in_progress"
    NEED_INFO = "need_info"
    RESOLVED = "resolved"
    CLOSED = "closed"
    REJECTED = "rejected"
    TRANSFERRED = "transferred"
    WITHDRAWN = "withdrawn"
    DUPLICATE = "duplicate"


OPEN = (State.NEW, State.ASSIGNED, State.IN_PROGRESS, State.NEED_INFO)
"""States in which the commune still owes an answer."""


BREACH = "data_breach"
"""The kind of an incident with personal data: an official records it, and nobody brought it."""


class Event(StrEnum):
    """What happened to a ticket."""

    RECEIVED = "received"
    CLAIMED = "claimed"
    RELEASED = "released"
    FORWARDED = "forwarded"
    TRANSFERRED = "transferred"
    ASKED = "asked"
    SUPPLEMENTED = "supplemented"
    EDITED = "edited"
    NOTED = "noted"
    ANSWERED = "answered"
    REJECTED = "rejected"
    RATED = "rated"
    COMMENTED = "commented"
    REOPENED = "reopened"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"
    DRAFTED = "drafted"  # an answer waits for a leader
    RETURNED = "returned"  # who gave it back
    MERGED = "merged"  # it is the same matter as another ticket


RESPONSES = frozenset(
    {
        Event.CLAIMED,
        Event.FORWARDED,
        Event.TRANSFERRED,
        Event.ASKED,
        Event.ANSWERED,
        Event.REJECTED,
        Event.DRAFTED,
        Event.MERGED,
    }
)
"""By which an official first responds to a ticket."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket as it was read; every change of it says which state it saw.

    Attributes:
        code: PAyymm-XXXX.
        person_id: who brought it.
        kind: feedback, petition, praise and so on.
        category: an id of commune.toml.
        unit: an id of commune.toml.
        state: where it is.
        level: how often it was raised by a dissatisfied citizen.
        source: the channel, or the hotline, letter box or counter it came by.
        anonymous: whether officials are not told the name.
        place: where, in words.
        village: an id of commune.toml, "" where none was chosen.
        latitude: degrees north, None without a pin.
        longitude: degrees east, None without a pin.
        received_at: when we took it.
        due_at: its deadline.
        answered_at: when it was last answered.
        closed_at: when it ended.
        assignee_id: the officer who has it.
        rating: the rating of the last answer.
        urgency: "normal", "urgent" or "complex".
        respond_by: until when an official should have responded, None where no clock runs.
        responded_at: when one first did.
        forward_by: until when it should have been passed on where others are competent.
        waiting_since: since when its clock stands still because the citizen was asked.
        due_before: the deadline when that wait began; `due_at` is then the latest it may become.
        waited: working minutes by which earlier waits have moved the deadline.
        duplicate_of: the ticket of which it is a duplicate, "" for none.
    """

    code: str
    person_id: int
    kind: str
    category: str
    unit: str
    state: State
    level: int
    source: str
    anonymous: bool
    place: str
    village: str
    latitude: float | None
    longitude: float | None
    received_at: datetime
    due_at: datetime
    answered_at: datetime | None
    closed_at: datetime | None
    assignee_id: int | None
    rating: int | None
    urgency: str = "normal"
    respond_by: datetime | None = None
    responded_at: datetime | None = None
    forward_by: datetime | None = None
    waiting_since: datetime | None = None
    due_before: datetime | None = None
    waited: int = 0
    duplicate_of: str = ""

    @property
    def is_open(self) -> bool:
        """Whether the commune still owes an answer."""
        return self.state in OPEN


@dataclass(frozen=True, slots=True)
class Words:
    """What a person wrote about a ticket in one message, in its newest version."""

    message_id: str
    version: int
    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Happening:
    """One row of a ticket's history."""

    id: int
    at: datetime
    event: Event
    actor_id: int | None
    state: State
    unit: str
    on_time: bool | None
    note: str


@dataclass(frozen=True, slots=True)
class File:
    """A photo or document of a ticket.

    Attributes:
        kind: what it was sent as.
        name: its file name, "" where it has none.
        hash: of its content, "" until it was fetched.
        at: when it was sent.
        reason: why it was not fetched so far.
        mime: its media type by its content, "" until it was fetched.
        lost: whether it never will be.
        proof: whether an official sent it, of what was done.
    """

    kind: str
    name: str
    hash: str
    at: datetime
    reason: str
    mime: str = ""
    lost: bool = False
    proof: bool = False


def ticket_of(row: Row[Any], box: Box) -> Ticket:
    """Read a row of the table of tickets."""
    return Ticket(
        code=row.code,
        person_id=row.person_id,
        kind=row.kind,
        category=row.category,
        unit=row.unit,
        state=State(row.state),
        level=row.level,
        source=row.source,
        anonymous=row.anonymous,
        place=box.unseal("tickets.place", row.place) if row.place else "",
        village=row.village,
        latitude=row.latitude,
        longitude=row.longitude,
        received_at=row.received_at,
        due_at=row.due_at,
        answered_at=row.answered_at,
        closed_at=row.closed_at,
        assignee_id=row.assignee_id,
        rating=row.rating,
        urgency=row.urgency,
        respond_by=row.respond_by,
        responded_at=row.responded_at,
        forward_by=row.forward_by,
        waiting_since=row.waiting_since,
        due_before=row.due_before,
        waited=row.waited,
        duplicate_of=row.duplicate_of or "",
    )


def _happen(
    work: Work,
    code: str,
    event: Event,
    state: State,
    *,
    note: str = "",
    unit: str = "",
    on_time: bool | None = None,
) -> None:
    """Write a row of history."""
    work.add(
        tables.ticket_events,
        code=code,
        at=work.now,
        event=event,
        actor_id=work.person_id,
        state=state,
        unit=unit,
        on_time=on_time,
        note=work.box.seal("ticket_events.note", note) if note else None,
    )


def _words(work: Work, code: str, message_id: str, version: int, text: str) -> None:
    work.add(
        tables.ticket_words,
        code=code,
        message_id=message_id,
        version=version,
        at=work.now,
        words=work.box.seal("ticket_words.words", text),
    )


@dataclass(frozen=True, slots=True)
class NewTicket:
    """A person brings a matter.

    Attributes:
        code: drawn by the turn; where it is taken the turn runs again and draws another.
        kind: feedback, petition, praise and so on.
        category: an id of commune.toml.
        unit: the unit that answers.
        words: what the person wrote, message id and text of each.
        due_at: the deadline.
        source: the channel, or the hotline, letter box or counter.
        attachments: photos and documents; those without a ref (locations) are left out.
        anonymous: whether officials are not told the name.
        place: where, in words.
        village: an id of commune.toml.
        latitude: degrees north.
        longitude: degrees east.
        respond_by: until when an official should respond.
        forward_by: until when it should be passed on where others are competent.
        named: the officials whom it names and who must not see it.
    """

    code: str
    kind: str
    category: str
    unit: str
    words: tuple[tuple[str, str], ...]
    due_at: datetime
    source: str
    attachments: tuple[Attachment, ...] = ()
    anonymous: bool = False
    place: str = ""
    village: str = ""
    latitude: float | None = None
    longitude: float | None = None
    respond_by: datetime | None = None
    forward_by: datetime | None = None
    named: tuple[int, ...] = ()

    async def apply(self, work: Work) -> None:
        """Write the ticket, its words, its files and the first row of its history."""
        work.add(
            tables.tickets,
            code=self.code,
            person_id=work.person_id,
            kind=self.kind,
            category=self.category,
            unit=self.unit,
            state=State.NEW,
            source=self.source,
            anonymous=self.anonymous,
            place=work.box.seal("tickets.place", self.place) if self.place else None,
            village=self.village,
            latitude=self.latitude,
            longitude=self.longitude,
            received_at=work.now,
            due_at=self.due_at,
            respond_by=self.respond_by,
            forward_by=self.forward_by,
        )
        for person_id in self.named:
            work.add(desk_tables.ticket_named, code=self.code, person_id=person_id)
        for message_id, text in self.words:
            _words(work, self.code, message_id, 1, text)
        add_files(work, self.code, self.attachments)
        _happen(work, self.code, Event.RECEIVED, State.NEW, unit=self.unit)


@dataclass(frozen=True, slots=True)
class Change:
    """A ticket changes; fails with Conflict where it is not as the turn saw it.

    Attributes:
        seen: the ticket as the turn read it.
        event: what happens.
        state: where it leads, None = stays.
        note: words of the history, sealed: an answer, a question, a reason.
        on_time: of an answer, whether it came before the deadline.
        values: further columns: unit, category, assignee_id, level, due_at, answered_at, closed_at,
            rating and so on. The first response is noted by itself.
    """

    seen: Ticket
    event: Event
    state: State | None = None
    note: str = ""
    on_time: bool | None = None
    values: dict[str, Any] = field(default_factory=dict)

    async def apply(self, work: Work) -> None:
        """Change it where it is still as seen, and write the row of history."""
        await work.flush()
        table = tables.tickets
        state = self.state or self.seen.state
        values = dict(self.values)
        if self.event in RESPONSES and self.seen.responded_at is None:
            values["responded_at"] = work.now
        changed = await work.connection.execute(
            update(table)
            .where(
                table.c.code == self.seen.code,
                table.c.state == self.seen.state,
                table.c.unit == self.seen.unit,
                # None compares as IS NULL.
                table.c.assignee_id.is_(None)
                if self.seen.assignee_id is None
                else table.c.assignee_id == self.seen.assignee_id,
            )
            .values(state=state, **values)
        )
        if changed.rowcount != 1:
            raise Conflict(self.seen.code)
        _happen(
            work,
            self.seen.code,
            self.event,
            state,
            note=self.note,
            unit=str(self.values.get("unit", self.seen.unit)),
            on_time=self.on_time,
        )


@dataclass(frozen=True, slots=True)
class AddWords:
    """A person writes more about their ticket, or edits what they wrote.

    Attributes:
        code: of the ticket.
        message_id: the platform's id of the message.
        text: what it says now, "" for files alone.
        attachments: what came with it.
        edits: whether it is a new version of a message that the ticket has.
        told: whether another effect of the turn writes the row of history.
    """

    code: str
    message_id: str
    text: str
    attachments: tuple[Attachment, ...] = ()
    edits: bool = False
    told: bool = False

    async def apply(self, work: Work) -> None:
        """Write the words as a new version and a row of history."""
        await work.flush()
        words = tables.ticket_words
        newest = (
            await work.connection.execute(
                select(func.max(words.c.version)).where(
                    words.c.code == self.code, words.c.message_id == self.message_id
                )
            )
        ).scalar()
        if self.text:
            _words(work, self.code, self.message_id, (newest or 0) + 1, self.text)
        add_files(work, self.code, self.attachments)
        if self.told:
            return
        state = (
            await work.connection.execute(
                select(tables.tickets.c.state).where(tables.tickets.c.code == self.code)
            )
        ).scalar_one()
        _happen(work, self.code, Event.EDITED if self.edits else Event.SUPPLEMENTED, State(state))


@dataclass(frozen=True, slots=True)
class Note:
    """A row of history that changes nothing else: an internal note, a comment on a rating."""

    seen: Ticket
    event: Event
    note: str

    async def apply(self, work: Work) -> None:
        """Write it."""
        _happen(work, self.seen.code, self.event, self.seen.state, note=self.note)
