"""The report as a Word document in the form of NĐ 30/2020, from a template that the commune edits.

The template holds every sentence that a machine cannot know; it only fills in fields. What has not
been filed stays as a marked gap of the template.
"""

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import TypeAlias

from docx.opc.exceptions import PackageNotFoundError
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import SandboxedEnvironment

from messages.languages import DEFAULT, say, value_in
from messages.text import Sayable, Text, _
from messages.vietnamese import clean
from scoring.documents.broken import BrokenTemplate
from scoring.losses import costs, distance, lost
from scoring.measures import floored, percent
from scoring.neighbours import after
from scoring.report import Report, on_time
from scoring.scorecard import ComponentScore, CriterionScore
from scoring.tasks import Task

Field: TypeAlias = "str | int | bool | list[str] | list[Mapping[str, Field]] | None"

UNKNOWN = "?"
UNCONFIRMED = "*"
_TAGS = re.compile(r"<[^>]+>")
_LONGEST_PLACE = 160


def document(report: Report, template: Path, language: str = DEFAULT) -> bytes:
    """Fill in the template.

    Args:
        report: all of it.
        template: a .docx with fields; docs/report.md lists them.
        language: of what is filled in.

    Raises:
        BrokenTemplate: the template cannot be read, or has a field that is none.
    """
    try:
        word = DocxTemplate(io.BytesIO(template.read_bytes()))
        word.init_docx()
    except OSError as error:
        reason = error.strerror or str(error)
        raise BrokenTemplate(
            _("The template {file} cannot be read: {problem}.", file=str(template), problem=reason)
        ) from error
    except (PackageNotFoundError, zipfile.BadZipFile, KeyError, ValueError) as error:
        raise BrokenTemplate(
            _("The template {file} is not a Word document (.docx).", file=str(template))
        ) from error
    # What people wrote is put in as words, never as XML; the template itself can reach nothing.
    environment = SandboxedEnvironment(undefined=StrictUndefined, autoescape=True)
    try:
        word.render(fields(report, language), environment, autoescape=True)
    except TemplateError as error:
        place = _place(word, error)
        raise BrokenTemplate(
            _(
                "The template {file} has a broken field: {problem}. Look at: {place}",
                file=str(template),
                problem=error.message or type(error).__name__,
                place=place,
            )
        ) from error
    made = io.BytesIO()
    word.save(made)
    return made.getvalue()


def _place(word: DocxTemplate, error: TemplateError) -> str:
    """Give the words of the paragraph in which an error arose."""
    line = getattr(error, "lineno", None) or _line_of(error.__traceback__)
    if line is None:
        return UNKNOWN
    # As docxtpl cuts it, so that the line of the error is the number of the paragraph.
    source = word.patch_xml(word.xml_to_string(word.docx._element.body))  # noqa: SLF001 - docxtpl's own way
    lines = re.sub(r"<w:p([ >])", r"\n<w:p\1", source).splitlines()
    words = [_TAGS.sub("", one).strip() for one in lines[max(line - 1, 0) : line + 1]]
    found = next((one for one in words if one), "")
    return f"“{found[:_LONGEST_PLACE]}”" if found else UNKNOWN


def _line_of(traceback: TracebackType | None) -> int | None:
    """Find the line of the template in which a field failed."""
    line = None
    while traceback is not None:
        if traceback.tb_frame.f_code.co_filename == "<template>":
            line = traceback.tb_lineno
        traceback = traceback.tb_next
    return line


def fields(report: Report, language: str = DEFAULT) -> dict[str, Field]:
    """Give what the template may name, all of it in words."""
    told = _Told(report, language)
    card, issuer = report.card, report.issuer
    following = after(report.period)
    done = [task for task in report.tasks if task.by]
    return {
        "commune": issuer.name,
        "commune_upper": issuer.name.upper(),
        "office": issuer.office,
        "province": issuer.province,
        "place": issuer.name.partition(" ")[2] or issuer.name,
        "year": str(report.made_at.year),
        "period": told(report.period.title),
        "period_upper": told(report.period.title).upper(),
        "next_period": told(following.title),
        "scheme": card.scheme.title,
        "scheme_upper": card.scheme.title.upper(),
        "scheme_source": card.scheme.source,
        "total": told.number(card.scheme.total),
        "criteria": [told.criterion(each) for each in card.criteria],
        "registered": told.registered(),
        "score_sentence": told(_score(report)),
        "score_range": told.points(card.min, card.max),
        "level_sentence": told(_level(report)),
        "distance": told(distance(card) or ""),
        "figures": told.figures(),
        "costs": [told(cost.sentence) for cost in costs(card, report.facts)],
        "lost": [told.row_lost(number, each) for number, each in enumerate(lost(card), start=1)],
        "asked_by": told.filed("0"),
        "direction": told.filed("I.1"),
        "information": told.filed("I.2"),
        "positive": told.filed("IV.1"),
        "way": told.filed("V.1"),
        "tasks": [told.task(task) for task in done],
        "drafts": [told.task(task) for task in report.tasks if not task.by],
        "annex": list(told.annex()),
        "seal_sentence": told(report.seal_sentence or ""),
    }


def _score(report: Report) -> Text:
    card = report.card
    if card.unknown:
        return _(
            "Self-assessment: from {min} to {max} of {total} points; {unknown} points are not "
            "known yet.",
            min=card.min,
            max=card.max,
            total=card.scheme.total,
            unknown=card.unknown,
        )
    return _("Self-assessment: {score} of {total} points.", score=card.min, total=card.scheme.total)


def _level(report: Report) -> Text:
    card = report.card
    below = _("below the levels that are known")
    lowest = _("level {id}", id=card.lowest.id) if card.lowest else below
    highest = _("level {id}", id=card.highest.id) if card.highest else below
    if lowest == highest:
        return _("Level: {level}", level=lowest)
    return _("Level: from {lowest} to {highest}", lowest=lowest, highest=highest)


class _Told:
    """Puts the pieces of a report into words of one language."""

    def __init__(self, report: Report, language: str) -> None:
        self._report, self._language = report, language

    def __call__(self, text: Sayable) -> str:
        return clean(say(text, self._language))

    def number(self, number: Decimal | int | None) -> str:
        return UNKNOWN if number is None else value_in(number, self._language)

    def points(self, least: Decimal, most: Decimal) -> str:
        if least == most:
            return self.number(least)
        return f"{self.number(least)} – {self.number(most)}"

    def filed(self, component: str) -> list[str]:
        return [clean(words) for words in self._report.words_for(component)]

    def registered(self) -> str:
        scheme = self._report.card.scheme
        level = scheme.registered
        if level is None:
            return ""
        told: dict[str, str | int | Decimal] = {"id": level.id, "source": scheme.registered_source}
        if level.min is not None and level.below is not None:
            told |= {"least": level.min, "below": level.below}
            return self(
                _(
                    "The commune registered for level {id} (from {least} to below {below} points) "
                    "by {source}.",
                    **told,
                )
            )
        return self(_("The commune registered for level {id} by {source}.", **told))

    def criterion(self, scored: CriterionScore) -> Mapping[str, Field]:
        unproven = [
            f"{each.component.id} {each.component.title}"
            for each in scored.components
            if not each.evidence and not each.loses
        ]
        return {
            "id": scored.criterion.id,
            "title": scored.criterion.title,
            "max": self.number(scored.criterion.max),
            "score": self.points(scored.min, scored.max),
            "results": [
                words
                for each in scored.components
                if each.evidence and not each.loses
                for words in self._results(each)
            ],
            "unproven": "; ".join(unproven),
        }

    def _results(self, scored: ComponentScore) -> Iterator[str]:
        """What was done for a component: what people filed, else its name, and what was counted."""
        words = self.filed(scored.component.id)
        counted = self(scored.found) if scored.part is not None else ""
        yield from words
        # That the service counted nothing is no result beside what people did on paper; the annex
        # tells it.
        if counted and (scored.part or not words):
            yield f"{scored.component.title}: {counted}"
        elif not words:
            yield f"{scored.component.title}."

    def row_lost(self, number: int, scored: ComponentScore) -> Mapping[str, Field]:
        return {
            "number": number,
            "title": scored.component.title,
            "max": self.number(scored.component.max),
            "lead": self(self._report.lead(scored.component)),
            "reason": self(scored.why),
        }

    def task(self, task: Task) -> Mapping[str, Field]:
        unit = self._report.units.get(task.unit, task.unit)
        return {
            "words": self(task.words).rstrip(" ."),
            "unit": unit or self(_("the units concerned")),
            "due": value_in(task.due, self._language),
        }

    def figures(self) -> list[str]:
        """Sentences with what the service counted; none about what did not happen."""
        facts = self._report.facts
        said: list[Text] = []
        if received := facts.number("feedback.received"):
            share = on_time(self._report)
            said.append(
                _(
                    "Feedback received: {received}; answered: {answered}, of them {on_time} on "
                    "time; late: {late}. Share on time: {share}.",
                    received=received,
                    answered=facts.number("feedback.answered"),
                    on_time=facts.number("feedback.answered_on_time"),
                    late=facts.number("feedback.late"),
                    share="–" if share is None else f"{self.number(percent(share))}%",
                )
            )
        if facts.rating_count:
            said.append(
                _(
                    "Satisfaction: {mean} of 5 from {n} ratings.",
                    mean=floored(facts.average_rating, 2),
                    n=facts.rating_count,
                )
            )
        if due := facts.number("dossier.due"):
            said.append(
                _(
                    "Dossiers due: {due}; on time: {on_time}; overdue: {late}, of them {apologised}"
                    " with a letter of apology.",
                    due=due,
                    on_time=facts.number("dossier.on_time"),
                    late=f"{facts.number('dossier.late'):02}",
                    apologised=f"{facts.number('dossier.apologised'):02}",
                )
            )
        if facts.number("guidance.shown") or facts.number("guidance.scanned"):
            said.append(
                _(
                    "Guides shown: {shown}; QR codes scanned: {scanned}.",
                    shown=facts.number("guidance.shown"),
                    scanned=facts.number("guidance.scanned"),
                )
            )
        return [self(one) for one in said]

    def annex(self) -> Iterator[Mapping[str, Field]]:
        for each in self._report.card.criteria:
            yield {
                "heading": True,
                "id": each.criterion.id,
                "title": each.criterion.title,
                "max": self.number(each.criterion.max),
                "score": self.points(each.min, each.max),
                "lead": "",
                "evidence": "",
                "reason": "",
            }
            for scored in each.components:
                mark = UNCONFIRMED if scored.provisional and scored.score is not None else ""
                yield {
                    "heading": False,
                    "id": scored.component.id,
                    "title": scored.component.title,
                    "max": self.number(scored.component.max),
                    "score": self.number(scored.score) + mark,
                    "lead": self(self._report.lead(scored.component)),
                    "evidence": str(scored.evidence),
                    "reason": self(scored.detail),
                }
