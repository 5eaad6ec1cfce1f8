"""Answers to surveys, kept apart from who gave them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from storage.civic_tables import survey_answers, survey_takers
from storage.connection import INSERTS
from storage.database import Conflict, Store
from storage.evidence import Evidence
from storage.work import Work


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer to one question, or one of several choices.

    Attributes:
        question: its id.
        choice: the id of what was chosen.
        value: the points of a scale.
        words: what was written.
    """

    question: str
    choice: str = ""
    value: int | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class SurveyResponse:
    """Somebody has answered a survey to its end; Conflict where they had in this round.

    Attributes:
        survey: its id.
        round: in which round.
        unit: the unit it is about, "" for none.
        source: the channel's kind: "chat" or "paper".
        answers: all of them.
        taker: by what a person is known at all their addresses; None for paper, of which as many
            come as are entered.
    """

    survey: str
    round: str
    unit: str
    source: str
    answers: Sequence[Answer]
    taker: int | None

    async def apply(self, work: Work) -> None:
        """Write that they have answered, and apart from it what."""
        await work.flush()
        if self.taker is not None:
            insert = INSERTS[work.connection.dialect.name](survey_takers)
            new = await work.connection.execute(
                insert.values(
                    survey=self.survey, round=self.round, taker=_hash(work, self.taker)
                ).on_conflict_do_nothing()
            )
            if new.rowcount != 1:
                raise Conflict(self.survey)
        for one in self.answers:
            work.add(
                survey_answers,
                survey=self.survey,
                round=self.round,
                unit=self.unit,
                source=self.source,
                question=one.question,
                choice=one.choice,
                value=one.value,
                words=work.box.seal("survey_answers.words", one.words) if one.words else None,
            )
        await Evidence("survey.answered", about=self.survey, unit=self.unit).apply(work)


def _hash(keeper: Work | Store, taker: int) -> str:
    return keeper.box.digest("taker", str(taker))[:64]


@dataclass(frozen=True, slots=True)
class Chosen:
    """How often something was chosen."""

    question: str
    choice: str
    value: int | None
    count: int


class SurveyReader:
    """What may be asked about surveys.

    Args:
        store: the database.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    async def has_answered(self, taker: int, survey: str, round_: str) -> bool:
        """Whether a person has answered a survey in a round."""
        async with self._store.reading() as connection:
            found = await connection.execute(
                select(survey_takers.c.taker).where(
                    survey_takers.c.survey == survey,
                    survey_takers.c.round == round_,
                    survey_takers.c.taker == _hash(self._store, taker),
                )
            )
            return found.first() is not None

    async def rounds(self, survey: str) -> list[str]:
        """List the rounds of which there are answers, the newest first."""
        table = survey_answers
        async with self._store.reading() as connection:
            rows = await connection.execute(
                select(table.c.round)
                .where(table.c.survey == survey)
                .distinct()
                .order_by(table.c.round.desc())
            )
            return list(rows.scalars())

    async def chosen(self, survey: str, round_: str, unit: str = "") -> list[Chosen]:
        """Count what was chosen in a round, of all units or of one."""
        table = survey_answers
        query = (
            select(table.c.question, table.c.choice, table.c.value, func.count())
            .where(table.c.survey == survey, table.c.round == round_, table.c.words.is_(None))
            .group_by(table.c.question, table.c.choice, table.c.value)
        )
        if unit:
            query = query.where(table.c.unit == unit)
        async with self._store.reading() as connection:
            return [Chosen(*row) for row in await connection.execute(query)]

    async def words(self, survey: str, round_: str, limit: int = 30) -> list[tuple[str, str]]:
        """Give what was written in a round, question and words, the newest first."""
        table, box = survey_answers, self._store.box
        async with self._store.reading() as connection:
            rows = await connection.execute(
                select(table.c.question, table.c.words)
                .where(
                    table.c.survey == survey,
                    table.c.round == round_,
                    table.c.words.is_not(None),
                )
                .order_by(table.c.id.desc())
                .limit(limit)
            )
            return [(row.question, box.unseal("survey_answers.words", row.words)) for row in rows]
