"""Notices to many: who agreed to be sent what, and how far the writing of letters has come."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    and_,
    delete,
    exists,
    func,
    or_,
    select,
    text,
    update,
)

from messages.envelope import Address
from storage.civic_tables import notices, subscriptions
from storage.connection import INSERTS
from storage.database import Conflict, Store
from storage.outbox import Recipient
from storage.privacy_tables import consents
from storage.tables import outbox, people
from storage.work import Work


class NoticeState(StrEnum):
    """Where a notice is."""

    DRAFT = "draft"
    APPROVED = "approved"
    ENDED = "ended"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that is sent to many.

    Attributes:
        code: by which officials speak of it; its letters carry it as well.
        kind: "notice", "greeting" or "calendar".
        audience: the topic whose subscribers get it.
        text: what it says.
        state: where it is.
        people: how many there were when it was confirmed.
        drafted_by: who wrote it.
        starts_at: when its letters begin, None until it is approved.
        reached: the number of the last person whose letter is written.
        written: how many letters are written.
    """

    code: str
    kind: str
    audience: str
    text: str
    state: NoticeState
    people: int
    drafted_by: int
    starts_at: datetime | None
    reached: int
    written: int


@dataclass(frozen=True, slots=True)
class Subscribe:
    """A person says yes or no to a topic.

    Attributes:
        topic: what it is about; "" with a no = everything.
        yes: whether they want it.
        people: all their addresses; a no holds at each, a yes at the one where it was said.
        version: of the text to which they said yes; NĐ 356/2025/NĐ-CP, Đ.6 asks for the proof.
    """

    topic: str
    yes: bool
    people: tuple[int, ...] = ()
    version: str = ""

    async def apply(self, work: Work) -> None:
        """Write it; twice changes nothing."""
        await work.flush()
        table = subscriptions
        if self.yes:
            insert = INSERTS[work.connection.dialect.name](table)
            values = {"person_id": work.person_id, "topic": self.topic, "since": work.now}
            new = await work.connection.execute(insert.values(**values).on_conflict_do_nothing())
            if new.rowcount == 1:
                work.add(
                    consents,
                    person_id=work.person_id,
                    purpose=self.topic,
                    version=self.version,
                    given_at=work.now,
                    withdrawn_at=None,
                )
            return
        ids = self.people or (work.person_id,)
        gone = delete(table).where(table.c.person_id.in_(ids))
        if self.topic:
            gone = gone.where(table.c.topic == self.topic)
        await work.connection.execute(gone)
        agreed = consents.c.person_id.in_(ids), consents.c.withdrawn_at.is_(None)
        taken_back = update(consents).where(*agreed).values(withdrawn_at=work.now)
        if self.topic:
            taken_back = taken_back.where(consents.c.purpose == self.topic)
        await work.connection.execute(taken_back)


@dataclass(frozen=True, slots=True)
class DraftNotice:
    """Somebody confirms a notice.

    Attributes:
        code: drawn by the turn.
        kind: "notice", "greeting" or "calendar".
        audience: the topic.
        text: what it says.
        people: the number that was confirmed.
        starts_at: when it begins where it needs nobody's approval, None where it does.
        after: when it is to begin once it is approved, None = at once.
    """

    code: str
    kind: str
    audience: str
    text: str
    people: int
    starts_at: datetime | None = None
    after: datetime | None = None

    async def apply(self, work: Work) -> None:
        """Write it."""
        work.add(
            notices,
            code=self.code,
            kind=self.kind,
            audience=self.audience,
            fingerprint=fingerprint(work, self.audience, self.text),
            text=work.box.seal("notices.text", self.text),
            state=NoticeState.APPROVED if self.starts_at else NoticeState.DRAFT,
            people=self.people,
            drafted_by=work.person_id,
            drafted_at=work.now,
            starts_at=self.starts_at or self.after,
            reached=0,
            written=0,
        )


def fingerprint(keeper: Work | Store, audience: str, text: str) -> str:
    """Give the keyed hash by which the same notice to the same people is found."""
    return keeper.box.digest("notice", f"{audience}|{' '.join(text.split())}")[:64]


@dataclass(frozen=True, slots=True)
class DecideNotice:
    """A leader approves a notice or turns it down; Conflict where that was decided before."""

    code: str
    to: NoticeState
    starts_at: datetime | None = None

    async def apply(self, work: Work) -> None:
        """Write it where it is still a draft."""
        await work.flush()
        changed = await work.connection.execute(
            update(notices)
            .where(notices.c.code == self.code, notices.c.state == NoticeState.DRAFT)
            .values(state=self.to, approved_by=work.person_id, starts_at=self.starts_at)
        )
        if changed.rowcount != 1:
            raise Conflict(self.code)


@dataclass(frozen=True, slots=True)
class StopNotice:
    """Somebody stops a notice: no further letter is written, those that wait are not sent."""

    code: str

    async def apply(self, work: Work) -> None:
        """End it where it runs, and close its letters that nobody is sending."""
        await work.flush()
        await work.connection.execute(
            update(notices)
            .where(notices.c.code == self.code, notices.c.state == NoticeState.APPROVED)
            .values(state=NoticeState.ENDED, ended_at=work.now)
        )
        await work.connection.execute(
            update(outbox)
            .where(
                outbox.c.ticket == self.code,
                text("outbox.priority = 1"),
                outbox.c.state.in_([0, 3]),
                outbox.c.lease.is_(None),
            )
            .values(state=2, reason="stopped")
        )


@dataclass(frozen=True, slots=True)
class Advance:
    """The letters up to a person are written with this turn; Conflict where another wrote them.

    With the letters in one transaction, so that a restart goes on exactly after the last one.
    """

    seen: Notice
    reached: int
    letters: int
    ended: bool = False

    async def apply(self, work: Work) -> None:
        """Write how far it is."""
        await work.flush()
        changed = await work.connection.execute(
            update(notices)
            .where(
                notices.c.code == self.seen.code,
                notices.c.reached == self.seen.reached,
                notices.c.state == NoticeState.APPROVED,
            )
            .values(
                reached=self.reached,
                written=self.seen.written + self.letters,
                **({"state": NoticeState.ENDED, "ended_at": work.now} if self.ended else {}),
            )
        )
        if changed.rowcount != 1:
            raise Conflict(self.seen.code)


class NoticeReader:
    """What may be asked about notices.

    Args:
        store: the database.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    async def one(self, code: str) -> Notice | None:
        """Find a notice."""
        found = await self._read(select(notices).where(notices.c.code == code))
        return found[0] if found else None

    async def newest(self, limit: int = 10) -> list[Notice]:
        """List notices, the newest first."""
        return await self._read(select(notices).order_by(notices.c.drafted_at.desc()).limit(limit))

    async def same(self, audience: str, text: str, since: datetime) -> Notice | None:
        """Find the same notice to the same people since a moment, unless it was turned down."""
        found = await self._read(
            select(notices)
            .where(
                notices.c.fingerprint == fingerprint(self._store, audience, text),
                notices.c.drafted_at >= since,
                notices.c.state != NoticeState.DECLINED,
            )
            .limit(1)
        )
        return found[0] if found else None

    async def _read(self, query: Select[Any]) -> list[Notice]:
        async with self._store.reading() as connection:
            return [self._notice(row) for row in await connection.execute(query)]

    def _notice(self, row: Row[Any]) -> Notice:
        return Notice(
            code=row.code,
            kind=row.kind,
            audience=row.audience,
            text=self._store.box.unseal("notices.text", row.text),
            state=NoticeState(row.state),
            people=row.people,
            drafted_by=row.drafted_by,
            starts_at=row.starts_at,
            reached=row.reached,
            written=row.written,
        )

    async def topics_of(self, person_ids: Sequence[int]) -> frozenset[str]:
        """Give what a person said yes to, at any of their addresses."""
        async with self._store.reading() as connection:
            rows = await connection.execute(
                select(subscriptions.c.topic)
                .where(subscriptions.c.person_id.in_(person_ids))
                .distinct()
            )
            return frozenset(rows.scalars())

    async def audience(
        self, topic: str, windows: Mapping[str, timedelta], now: datetime
    ) -> Mapping[str, tuple[int, int]]:
        """Count who would get a notice: channel → (may be written to, shut out by the platform).

        Args:
            topic: whose subscribers.
            windows: channel → how long after a person's last message it takes a notice.
            now: the moment.
        """
        may = _may_be_written_to(windows, now)
        async with self._store.reading() as connection:
            rows = await connection.execute(
                select(people.c.channel, may, func.count())
                .join(subscriptions, subscriptions.c.person_id == people.c.id)
                .where(*_of(topic))
                .group_by(people.c.channel, may)
            )
            found: dict[str, tuple[int, int]] = {}
            for channel, open_, count in rows:
                before = found.get(channel, (0, 0))
                found[channel] = (
                    before[0] + (count if open_ else 0),
                    before[1] + (0 if open_ else count),
                )
            return found

    async def next_people(
        self,
        topic: str,
        after: int,
        limit: int,
        *,
        windows: Mapping[str, timedelta],
        now: datetime,
    ) -> list[Recipient]:
        """Give the next subscribers who may be written to, in the order of their numbers."""
        may = _may_be_written_to(windows, now)
        async with self._store.reading() as connection:
            rows = await connection.execute(_next_of(topic, after).where(may).limit(limit))
            return [
                Recipient(row.id, Address(row.channel, row.address), row.language) for row in rows
            ]

    async def fates(self, code: str) -> Mapping[int, int]:
        """Count a notice's letters by what became of them (the outbox's states)."""
        async with self._store.reading() as connection:
            rows = await connection.execute(
                select(outbox.c.state, func.count())
                .where(outbox.c.ticket == code, text("outbox.priority = 1"))
                .group_by(outbox.c.state)
            )
            return {row.state: row[1] for row in rows}


def _next_of(topic: str, after: int) -> Select[int, str, str, str]:
    # By the numbers of the subscriptions, whose index then gives the next few in order.
    return (
        select(people.c.id, people.c.channel, people.c.address, people.c.language)
        .join(subscriptions, subscriptions.c.person_id == people.c.id)
        .where(*_of(topic), subscriptions.c.person_id > after)
        .order_by(subscriptions.c.person_id)
    )


def _of(topic: str) -> tuple[ColumnElement[bool], ...]:
    """Who follows a topic and is there; of a human being's several addresses the first."""
    other, others = people.alias("other"), subscriptions.alias("others")
    follows = exists().where(others.c.person_id == other.c.id, others.c.topic == topic)
    twice = exists().where(
        other.c.joined_to == people.c.joined_to,
        other.c.id < people.c.id,
        other.c.gone_at.is_(None),
        follows,
    )
    # Most have one address: nothing is to be looked for, least of all among all who follow.
    is_first = or_(people.c.joined_to.is_(None), ~twice)
    return (subscriptions.c.topic == topic, people.c.gone_at.is_(None), is_first)


def _may_be_written_to(windows: Mapping[str, timedelta], now: datetime) -> ColumnElement[bool]:
    shut = [
        and_(
            people.c.channel == channel,
            or_(
                people.c.last_message_at.is_(None),
                people.c.last_message_at < now - window,
            ),
        )
        for channel, window in windows.items()
    ]
    return ~or_(*shut) if shut else people.c.id.is_not(None)
