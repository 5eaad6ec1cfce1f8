"""The short form of a report: a month on one screen of a telephone."""

from collections.abc import Iterator, Mapping

from messages.text import Lines, Text, _, lines
from scoring.losses import unproven
from scoring.measures import floored, percent
from scoring.report import Report, on_time

MOST = 5
"""Kinds, units and codes that are named; what is more is in the workbook."""


def short(report: Report) -> Lines:
    """Give the form in one letter: counts, on time, satisfaction, letters, what is missing."""
    return lines(*_lines(report))


def _lines(report: Report) -> Iterator[Text]:
    facts = report.facts
    yield _("Short report, {period}", period=report.period.title)
    yield _("Figures up to {moment}", moment=report.made_at)
    yield _(
        "Feedback: {received} received, {answered} answered, {late} late",
        received=facts.number("feedback.received"),
        answered=facts.number("feedback.answered"),
        late=facts.number("feedback.late"),
    )
    share = on_time(report)
    if share is not None:
        yield _("Answered on time: {share} %", share=percent(share))
    yield from _named(_("By kind: {list}"), _by(report, "category"), report.categories)
    yield from _named(_("By unit: {list}"), _by(report, "unit"), report.units)
    overdue = [
        one.code
        for one in report.tickets
        if one.answered_at is None and one.state in OPEN and one.due_at < report.made_at
    ]
    if overdue:
        more = "…" if len(overdue) > MOST else ""
        yield _("Open past the deadline: {codes}", codes=", ".join(overdue[:MOST]) + more)
    if facts.rating_count:
        mean = floored(facts.average_rating, 2)
        yield _("Satisfaction: {mean} of 5 from {n} ratings.", mean=mean, n=facts.rating_count)
    yield _(
        "Guides shown: {shown}; QR codes scanned: {scanned}.",
        shown=facts.number("guidance.shown"),
        scanned=facts.number("guidance.scanned"),
    )
    letters = ("congratulation", "condolence", "thanks", "apology", "commendation")
    yield _("Letters: {n}", n=sum(facts.number(f"letter.{kind}") for kind in letters))
    yield _(
        "Dossiers: {due} due, {late} overdue",
        due=facts.number("dossier.due"),
        late=facts.number("dossier.late"),
    )
    yield _("Components without evidence: {n}", n=len(unproven(report.card)))


OPEN = frozenset({"new", "assigned", "in_progress", "need_info"})
"""States of a ticket that is still owed an answer."""


def _by(report: Report, name: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for one in report.tickets:
        if one.state != "duplicate":
            found[getattr(one, name)] = found.get(getattr(one, name), 0) + 1
    return found


def _named(sentence: Text, counts: Mapping[str, int], names: Mapping[str, str]) -> Iterator[Text]:
    most = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:MOST]
    if most:
        told = "; ".join(f"{names.get(key, key)} {number}" for key, number in most)
        yield Text(sentence.msgid, (("list", told),))
