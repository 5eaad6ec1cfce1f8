"""What is to be done in the next period, drafted from what the scorecard lacks."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from messages.text import Sayable, _
from scoring.neighbours import after
from scoring.scorecard import Scorecard

LAST_DAYS = timedelta(days=15)
"""A task is due so long before the next period ends, so that its evidence can still be filed."""


@dataclass(frozen=True, slots=True)
class Task:
    """Something to do.

    Attributes:
        component: id of the component it serves.
        words: what is to be done.
        unit: id of the unit that does it, "" where no single one does.
        due: by which day.
        by: who confirmed it, "" while it is a draft of the machine.
    """

    component: str
    words: Sayable
    unit: str
    due: date
    by: str = ""


def drafted(card: Scorecard) -> tuple[Task, ...]:
    """Draft a task for every component that loses points or has no evidence, in their order."""
    due = after(card.period).end - LAST_DAYS
    return tuple(_drafted(card, due))


def _drafted(card: Scorecard, due: date) -> Iterator[Task]:
    for scored in (each for criterion in card.criteria for each in criterion.components):
        component = scored.component
        if scored.loses:
            words: Sayable = component.title
        elif not scored.evidence:
            words = _("File evidence for: {title}", title=component.title)
        else:
            continue
        yield Task(component.id, words, component.lead_unit or "", due)


def tasks(card: Scorecard, decided: Sequence[Task]) -> list[Task]:
    """Give the tasks of the next period: what people decided in place of the drafts.

    Args:
        card: what the drafts are made from.
        decided: by people; one without words was dropped.
    """
    by_people = {task.component: task for task in decided}
    drafts = drafted(card)
    found = [by_people.pop(draft.component, draft) for draft in drafts]
    return [task for task in (*found, *by_people.values()) if task.words]
