"""Which event leads a ticket from which state to which; what is not in the table is refused."""

from collections.abc import Mapping
from types import MappingProxyType

from messages.text import Text, _
from storage.tickets import OPEN, Event, State

NEW, ASSIGNED, IN_PROGRESS, NEED_INFO = OPEN


def _from(states: tuple[State, ...], event: Event, to: State) -> dict[tuple[State, Event], State]:
    return {(state, event): to for state in states}


def _stay(states: tuple[State, ...], *events: Event) -> dict[tuple[State, Event], State]:
    return {(state, event): state for state in states for event in events}


TRANSITIONS: Mapping[tuple[State, Event], State] = MappingProxyType(
    {
        # An officer takes it; what a predecessor asked the citizen is still waited for.
        **_from((NEW, ASSIGNED, IN_PROGRESS), Event.CLAIMED, IN_PROGRESS),
        (NEED_INFO, Event.CLAIMED): NEED_INFO,
        **_from((IN_PROGRESS, NEED_INFO), Event.RELEASED, ASSIGNED),
        **_from(OPEN, Event.FORWARDED, ASSIGNED),
        **_from(OPEN, Event.TRANSFERRED, State.TRANSFERRED),
        **_from(OPEN, Event.ASKED, NEED_INFO),
        **_from(OPEN, Event.ANSWERED, State.RESOLVED),
        # A second answer corrects the first.
        (State.RESOLVED, Event.ANSWERED): State.RESOLVED,
        # An answer that waits for a leader changes nothing for the citizen yet.
        **_from((NEW, ASSIGNED, IN_PROGRESS), Event.DRAFTED, IN_PROGRESS),
        (NEED_INFO, Event.DRAFTED): NEED_INFO,
        **_stay(OPEN, Event.RETURNED),
        **_from(OPEN, Event.MERGED, State.DUPLICATE),
        **_from(OPEN, Event.REJECTED, State.REJECTED),
        **_from(OPEN, Event.WITHDRAWN, State.WITHDRAWN),
        **_from((State.RESOLVED, State.CLOSED), Event.REOPENED, ASSIGNED),
        (State.RESOLVED, Event.CLOSED): State.CLOSED,
        # The citizen writes more: what was asked has come.
        **_stay((NEW, ASSIGNED, IN_PROGRESS, State.RESOLVED), Event.SUPPLEMENTED),
        (NEED_INFO, Event.SUPPLEMENTED): IN_PROGRESS,
        **_stay((*OPEN, State.RESOLVED), Event.EDITED),
        **_stay((State.RESOLVED, State.CLOSED), Event.RATED, Event.COMMENTED),
        **_stay(tuple(State), Event.NOTED),
    }
)
"""(state, event) → the state that follows."""


def leads_to(state: State, event: Event) -> State | None:
    """Give the state that an event leads to, None where it cannot happen in this state."""
    return TRANSITIONS.get((state, event))


STATE_NAMES: Mapping[State, Text] = MappingProxyType(
    {
        State.NEW: _("new"),
        State.ASSIGNED: _("waiting for an officer"),
        State.IN_PROGRESS: _("being handled"),
        State.NEED_INFO: _("waiting for the citizen's information"),
        State.RESOLVED: _("answered"),
        State.CLOSED: _("closed"),
        State.REJECTED: _("refused"),
        State.TRANSFERRED: _("passed on to another body"),
        State.WITHDRAWN: _("withdrawn by the citizen"),
        State.DUPLICATE: _("joined to another ticket"),
    }
)

EVENT_NAMES: Mapping[Event, Text] = MappingProxyType(
    {
        Event.RECEIVED: _("received"),
        Event.CLAIMED: _("claimed"),
        Event.RELEASED: _("given back"),
        Event.FORWARDED: _("forwarded"),
        Event.TRANSFERRED: _("passed on to another body"),
        Event.ASKED: _("asked back"),
        Event.SUPPLEMENTED: _("the citizen wrote more"),
        Event.EDITED: _("the citizen edited the words"),
        Event.NOTED: _("internal note"),
        Event.ANSWERED: _("answered"),
        Event.REJECTED: _("refused"),
        Event.RATED: _("rated"),
        Event.COMMENTED: _("comment on the rating"),
        Event.REOPENED: _("reopened"),
        Event.WITHDRAWN: _("withdrawn by the citizen"),
        Event.CLOSED: _("closed"),
        Event.DRAFTED: _("answer written, waiting for approval"),
        Event.RETURNED: _("answer given back to its officer"),
        Event.MERGED: _("joined to another ticket"),
    }
)


def refused(code: str, state: State) -> Text:
    """Say why nothing more can be done about a ticket in this state."""
    return _("That cannot be done: ticket {code} is {state}.", code=code, state=STATE_NAMES[state])
