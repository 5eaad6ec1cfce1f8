"""The commune's surveys, from `surveys/*.toml`: questions, branches, when they are open."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from handlers.commune import BadCommune, Bilingual, Problem, read_file
from handlers.toml_records import Id, Record, Sourced
from messages.text import Text, _
from scoring.toml_lines import Place, line_at

FOLDER = "surveys"
END = "end"

MOST_QUESTIONS = 12
"""People who are asked more leave in the middle."""


class Option(Record):
    """An answer that may be chosen; `next` leads to another question than the following one."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9_]{1,24}$")]
    title: Bilingual
    next: str = ""


class Question(Record):
    """One question.

    Attributes:
        options: of a single or multiple choice, and the names of a scale's points from 1.
        next: which question follows, "" = the next one in the file, "end" = none.
        optional: whether it may be skipped.
    """

    id: Id
    kind: Literal["single", "multiple", "scale", "text"]
    text: Bilingual
    options: tuple[Option, ...] = ()
    next: str = ""
    optional: bool = False


Rounds: TypeAlias = Literal["month", "quarter", "half_year", "year"]


class Survey(Sourced):
    """A survey.

    Attributes:
        round: how often a person may answer it.
        offered_after: "dossier" = to whom a dossier was returned; "" = to whoever asks for it.
        opens: the first day on which it may be answered, None = since ever.
        closes: the last day.
    """

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9]{0,23}$")]
    title: Bilingual
    intro: Bilingual
    round: Rounds
    offered_after: Literal["", "dossier"] = ""
    opens: dt.date | None = None
    closes: dt.date | None = None
    questions: Annotated[tuple[Question, ...], Field(min_length=1, max_length=MOST_QUESTIONS)]

    def question(self, question_id: str) -> Question | None:
        """Find a question."""
        return next((one for one in self.questions if one.id == question_id), None)

    def after(self, question: Question, choice: str = "") -> Question | None:
        """Give the question that follows an answer, None at the end."""
        option = next((one for one in question.options if one.id == choice), None)
        leads = (option.next if option else "") or question.next
        if leads == END:
            return None
        if leads:
            return self.question(leads)
        following = self.questions.index(question) + 1
        return self.questions[following] if following < len(self.questions) else None

    def is_open(self, day: dt.date) -> bool:
        """Whether it may be answered on a day."""
        return (self.opens is None or self.opens <= day) and (
            self.closes is None or day <= self.closes
        )

    def round_at(self, day: dt.date) -> str:
        """Name the round to which a day belongs."""
        return {
            "month": f"{day:%Y-%m}",
            "quarter": f"{day.year}-Q{(day.month + 2) // 3}",
            "half_year": f"{day.year}-H{(day.month + 5) // 6}",
            "year": f"{day.year}",
        }[self.round]


def typed_as(survey: Survey, unit: str = "", mark: str = "") -> str:
    """Give what begins a survey about a unit: typed as words, or after the mark of a command."""
    return f"{mark}khaosat {survey.id} {unit}".rstrip()


def payload_of(survey: Survey, unit: str = "") -> str:
    """Give what a start link carries for the same."""
    return f"s_{survey.id}_{unit}".rstrip("_")


def door(survey: Survey, unit: str) -> str:
    """Give the path of the page to which a poster's code leads."""
    return f"/khao-sat/{survey.id}/{unit}"


def load(folder: Path) -> tuple[Survey, ...]:
    """Read the surveys of a commune's folder in the order of their files' names.

    Raises:
        BadCommune: a file cannot be used; of a loop the question is named where it closes.
    """
    surveys: list[Survey] = []
    problems: list[Problem] = []
    for path in sorted((folder / FOLDER).glob("*.toml")):
        try:
            survey, lines = read_file(path, Survey)
        except BadCommune as error:
            problems += error.problems
            continue
        problems += [Problem(path, line_at(lines, place), why) for place, why in wrong(survey)]
        if survey.id in {one.id for one in surveys}:
            twice = _("The id {id} stands here a second time.", id=survey.id)
            problems.append(Problem(path, line_at(lines, ("id",)), twice))
        surveys.append(survey)
    if problems:
        raise BadCommune(problems)
    return tuple(surveys)


def wrong(survey: Survey) -> Iterator[tuple[Place, Text]]:
    """Find what cannot be: ids twice, questions without answers, ways to nowhere, loops."""
    ids = [one.id for one in survey.questions]
    for index, question in enumerate(survey.questions):
        place: Place = ("questions", index)
        if question.id in ids[:index]:
            yield (*place, "id"), _("The id {id} stands here a second time.", id=question.id)
        yield from _wrong_kind(question, place)
        yield from _wrong_ways(question, place, ids)
    if len(set(ids)) == len(ids):
        yield from _loops(survey)


def _wrong_kind(question: Question, place: Place) -> Iterator[tuple[Place, Text]]:
    if question.kind in {"single", "multiple"} and len(question.options) < 2:  # noqa: PLR2004 - one is no choice
        yield (*place, "kind"), _("This kind of question needs answers to choose from.")
    if question.kind == "text" and question.options:
        yield (*place, "options"), _("A question in words has no answers to choose from.")
    if question.kind == "scale" and len(question.options) not in {0, 5}:
        yield (*place, "options"), _("A scale has five points, named from the lowest.")
    options = [one.id for one in question.options]
    for number, option in enumerate(question.options):
        if option.id in options[:number]:
            twice = _("The id {id} stands here a second time.", id=option.id)
            yield (*place, "options", number, "id"), twice


def _wrong_ways(question: Question, place: Place, ids: list[str]) -> Iterator[tuple[Place, Text]]:
    known = {"", END, *ids}
    if question.next not in known:
        yield (*place, "next"), _("No question is called {name}.", name=question.next)
    for number, option in enumerate(question.options):
        at: Place = (*place, "options", number, "next")
        if option.next and question.kind != "single":
            yield at, _("Only a single choice can branch.")
        elif option.next not in known:
            yield at, _("No question is called {name}.", name=option.next)


def _loops(survey: Survey) -> Iterator[tuple[Place, Text]]:
    """Find ways that lead back: each is told once, at the question that closes it."""
    state: dict[str, str] = {}
    found: list[tuple[Place, Text]] = []

    def walk(question: Question) -> None:
        state[question.id] = "open"
        leads = {id(after): after for after in _ways(survey, question) if after is not None}
        for after in leads.values():
            if state.get(after.id) == "open":
                why = _(
                    "This leads back to {name}: whoever answers would never come to the end.",
                    name=after.id,
                )
                found.append((("questions", survey.questions.index(question)), why))
            elif after.id not in state:
                walk(after)
        state[question.id] = "done"

    walk(survey.questions[0])
    yield from found
    for index, question in enumerate(survey.questions):
        if question.id not in state and not found:
            yield ("questions", index), _("Nothing leads to this question.")


def _ways(survey: Survey, question: Question) -> Iterator[Question | None]:
    if question.kind == "single":
        for option in question.options:
            yield survey.after(question, option.id)
    if question.kind != "single" or question.optional:
        yield survey.after(question)
