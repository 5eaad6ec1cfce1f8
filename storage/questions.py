"""Questions that no guide answered, and the everyday names that officers made of them."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update

from messages.vietnamese import fold
from storage import guide_tables
from storage.connection import INSERTS
from storage.database import Conflict, Store
from storage.work import Work

OPEN, ANSWERED, LET_GO = 0, 1, 2
"""States of a question."""

LONGEST = 300
"""Characters of a question that are kept: enough to know what was meant."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question that no guide answered.

    Attributes:
        words: how it was asked first.
        nearest: codes of the procedures nearest to it, best first.
        times: how often it was asked.
        state: OPEN, ANSWERED or LET_GO.
    """

    id: int
    words: str
    nearest: tuple[str, ...]
    times: int
    last_at: datetime
    state: int


@dataclass(frozen=True, slots=True)
class Unanswered:
    """Keep a question for the officers, once for all who ask it alike."""

    words: str
    nearest: tuple[str, ...] = ()

    async def apply(self, work: Work) -> None:
        """Write it, or count it where it stands already."""
        table = guide_tables.questions
        digest = work.box.digest("questions", " ".join(fold(self.words).split()))
        insert = INSERTS[work.connection.dialect.name](table).values(
            digest=digest,
            words=work.box.seal("questions.words", self.words[:LONGEST]),
            nearest=" ".join(self.nearest),
            first_at=work.now,
            last_at=work.now,
        )
        again = {"times": table.c.times + 1, "last_at": work.now}
        await work.connection.execute(
            insert.on_conflict_do_update(index_elements=["digest"], set_=again)
        )


@dataclass(frozen=True, slots=True)
class Settle:
    """Let a question lead to a procedure from now on, or let it go.

    Attributes:
        question: as it was read.
        code: the procedure of which its words become an everyday name, "" = let go.
    """

    question: Question
    code: str = ""

    async def apply(self, work: Work) -> None:
        """Write both; raises Conflict where another officer settled it meanwhile."""
        table = guide_tables.questions
        done = await work.connection.execute(
            update(table)
            .where(table.c.id == self.question.id, table.c.state == self.question.state)
            .values(
                state=ANSWERED if self.code else LET_GO,
                settled_by=work.person_id,
                settled_at=work.now,
            )
        )
        if done.rowcount != 1:
            raise Conflict(f"question {self.question.id}")
        if self.code:
            work.add(
                guide_tables.aliases,
                code=self.code,
                words=work.box.seal("aliases.words", self.question.words),
                question_id=self.question.id,
                added_by=work.person_id,
                added_at=work.now,
            )


@dataclass(frozen=True, slots=True)
class Reopen:
    """Take back what an officer made of a question; its everyday name is dropped."""

    question: Question

    async def apply(self, work: Work) -> None:
        """Write it, where the question still stands as it was read."""
        questions, aliases = guide_tables.questions, guide_tables.aliases
        done = await work.connection.execute(
            update(questions)
            .where(questions.c.id == self.question.id, questions.c.state == self.question.state)
            .values(state=OPEN, settled_by=None, settled_at=None)
        )
        if done.rowcount != 1:
            raise Conflict(f"question {self.question.id}")
        await work.connection.execute(
            update(aliases)
            .where(aliases.c.question_id == self.question.id, aliases.c.dropped_at.is_(None))
            .values(dropped_at=work.now)
        )


async def open_questions(store: Store, limit: int) -> list[Question]:
    """List the open questions, those asked most often first."""
    table = guide_tables.questions
    query = (
        select(table)
        .where(table.c.state == OPEN)
        .order_by(table.c.times.desc(), table.c.last_at.desc(), table.c.id)
        .limit(limit)
    )
    async with store.reading() as connection:
        return [_question(store, row) for row in await connection.execute(query)]


async def question(store: Store, number: int) -> Question | None:
    """Find a question by its number."""
    table = guide_tables.questions
    async with store.reading() as connection:
        row = (await connection.execute(select(table).where(table.c.id == number))).first()
    return _question(store, row) if row else None


def _question(store: Store, row: Any) -> Question:  # noqa: ANN401 - a row of questions
    return Question(
        id=row.id,
        words=store.box.unseal("questions.words", row.words),
        nearest=tuple(row.nearest.split()),
        times=row.times,
        last_at=row.last_at,
        state=row.state,
    )


async def learned_until(store: Store) -> tuple[int, int]:
    """Give two numbers that differ whenever an everyday name came or went."""
    table = guide_tables.aliases
    async with store.reading() as connection:
        row = (
            await connection.execute(
                select(func.coalesce(func.max(table.c.id), 0), func.count(table.c.dropped_at))
            )
        ).one()
    return int(row[0]), int(row[1])


async def learned(store: Store) -> Mapping[str, tuple[str, ...]]:
    """Give the everyday names that officers added, by the procedure's code."""
    table = guide_tables.aliases
    found: dict[str, list[str]] = defaultdict(list)
    async with store.reading() as connection:
        rows = await connection.execute(
            select(table.c.code, table.c.words)
            .where(table.c.dropped_at.is_(None))
            .order_by(table.c.id)
        )
        for code, words in rows:
            found[code].append(store.box.unseal("aliases.words", words))
    return {code: tuple(names) for code, names in found.items()}
