"""The clock stands still while the citizen is waited for, up to a limit.

When an officer asks, the deadline becomes the latest that the wait may lead to; when the wait ends
it becomes the one before, moved by the working minutes waited. All waits of a ticket together move
it by no more than `clocks.waiting_minutes`. Who asks after the deadline gains nothing.
"""

from datetime import datetime
from typing import Any

from handlers import deadlines
from handlers.commune import Commune
from storage.tickets import Ticket


def begins(commune: Commune, ticket: Ticket, now: datetime) -> dict[str, Any]:
    """Give the columns that change when the citizen is asked; none where nothing is gained."""
    left = commune.clocks.waiting_minutes - ticket.waited
    if ticket.waiting_since is not None or now > ticket.due_at or left <= 0:
        return {}
    return {
        "waiting_since": now,
        "due_before": ticket.due_at,
        "due_at": deadlines.add(commune.calendar, ticket.due_at, left),
    }


def ends(commune: Commune, ticket: Ticket, now: datetime) -> dict[str, Any]:
    """Give the columns that change when nothing is waited for any more; none where nothing was."""
    if ticket.waiting_since is None or ticket.due_before is None:
        return {}
    passed = deadlines.between(commune.calendar, ticket.waiting_since, now)
    moved = max(0, min(passed, commune.clocks.waiting_minutes - ticket.waited))
    return {
        "waiting_since": None,
        "due_before": None,
        "due_at": deadlines.add(commune.calendar, ticket.due_before, moved),
        "waited": ticket.waited + moved,
    }


def rebased(commune: Commune, ticket: Ticket, due: datetime) -> dict[str, Any]:
    """Give the columns that change when a ticket gets another clock; its waits still count.

    Args:
        commune: whose calendar and limit.
        ticket: as it was read.
        due: the deadline by the new clock, without any wait.
    """
    moved = deadlines.add(commune.calendar, due, ticket.waited)
    if ticket.waiting_since is None:
        return {"due_at": moved}
    left = max(0, commune.clocks.waiting_minutes - ticket.waited)
    return {"due_before": moved, "due_at": deadlines.add(commune.calendar, moved, left)}
