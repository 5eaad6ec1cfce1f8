"""Answers by household: one of each to one question, the newest one counts."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select, update

from storage.civic_tables import household_answers as table
from storage.civic_tables import survey_takers
from storage.connection import INSERTS
from storage.database import Store
from storage.evidence import Evidence
from storage.work import Work

ANSWERED = "household.answered"
"""The kind of evidence that a household's first answer to a question is."""

LONGEST_PLACE = 32


def taker_hash(keeper: Work | Store, person_id: int) -> str:
    """Give the keyed hash by which it is known that a person has answered."""
    return keeper.box.digest("taker", str(person_id))[:64]


@dataclass(frozen=True, slots=True)
class HouseholdAnswer:
    """A household answers a question.

    Attributes:
        question: with its round.
        village: where the household is.
        household: by what it is told from others, in one form; only a keyed hash of it is kept.
        answer: yes or no.
        source: "chat", or "list" where somebody wrote it down for them.
    """

    question: str
    village: str
    household: str
    answer: bool
    source: str

    async def apply(self, work: Work) -> None:
        """Write it, in place of an earlier answer; only the first is evidence."""
        await work.flush()
        connection = work.connection
        household = work.box.digest("household", f"{self.village}|{self.household}")[:64]
        insert = INSERTS[connection.dialect.name]
        key = {"question": self.question, "village": self.village, "household": household}
        said = {"answer": self.answer, "source": self.source, "answered_at": work.now}
        new = await connection.execute(insert(table).values(**key, **said).on_conflict_do_nothing())
        if self.source == "chat":
            taker = taker_hash(work, work.person_id)
            await connection.execute(
                insert(survey_takers)
                .values(survey="household", round=self.question, taker=taker)
                .on_conflict_do_nothing()
            )
        if new.rowcount == 1:
            place = self.village[:LONGEST_PLACE]
            await Evidence(ANSWERED, place=place, value=int(self.answer)).apply(work)
            return
        await connection.execute(
            update(table)
            .where(
                table.c.question == self.question,
                table.c.village == self.village,
                table.c.household == household,
            )
            .values(**said)
        )


@dataclass(frozen=True, slots=True)
class Counted:
    """The answers of a village: how many, and how many say yes."""

    answers: int
    yes: int


class HouseholdReader:
    """What may be asked about households.

    Args:
        store: the database.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    async def has_answered(self, person_id: int, question: str) -> bool:
        """Whether a person has answered for their household in the chat."""
        async with self._store.reading() as connection:
            found = await connection.execute(
                select(survey_takers.c.taker).where(
                    survey_takers.c.survey == "household",
                    survey_takers.c.round == question,
                    survey_takers.c.taker == taker_hash(self._store, person_id),
                )
            )
            return found.first() is not None

    async def counts(self, question: str) -> Mapping[str, Counted]:
        """Count the answers to a question by village."""
        async with self._store.reading() as connection:
            rows = await connection.execute(
                select(table.c.village, table.c.answer, func.count())
                .where(table.c.question == question)
                .group_by(table.c.village, table.c.answer)
                .order_by(table.c.village)
            )
            found: dict[str, Counted] = {}
            for village, answer, number in rows:
                before = found.get(village, Counted(0, 0))
                found[village] = Counted(
                    before.answers + number, before.yes + (number if answer else 0)
                )
        return found
