"""What happened to a ticket, told to its citizen and to its officers by the same rules.

What happened at one moment is told once. An event that is told with words has them behind it;
officials are named to officers alone, and what officials note is for them alone.
"""

from collections.abc import Iterable, Iterator, Mapping

from handlers.ticket_states import EVENT_NAMES
from messages.text import Text, _
from storage.tickets import Event, Happening

TOLD: Mapping[Event, Text] = {
    Event.ANSWERED: _("{at}: answer: {note}"),
    Event.ASKED: _("{at}: question to you: {note}"),
    Event.REJECTED: _("{at}: not taken up: {note}"),
    Event.COMMENTED: _("{at}: your comment: {note}"),
    Event.TRANSFERRED: _("{at}: passed on: {note}"),
}
"""Events whose words the citizen may read, and how; notes of officials stay among them."""

HIDDEN = frozenset({Event.NOTED, Event.RELEASED, Event.DRAFTED, Event.RETURNED})


def each_once(
    history: Iterable[Happening], hidden: frozenset[Event] = frozenset()
) -> Iterator[Happening]:
    """Leave out what is hidden, and what stands there twice because a turn did it in two ways."""
    before: tuple[object, ...] = ()
    for one in history:
        this = (one.at, one.event, one.note)
        if one.event not in hidden and this != before:
            before = this
            yield one


def to_citizen(history: Iterable[Happening]) -> Iterator[Text]:
    """Tell the citizen."""
    for one in each_once(history, HIDDEN):
        told = TOLD.get(one.event) if one.note else None
        if told is not None:
            yield Text(told.msgid, (("at", one.at), ("note", one.note)))
        else:
            yield _("{at}: {event}", at=one.at, event=EVENT_NAMES[one.event])


def to_officer(
    history: Iterable[Happening], citizen_id: int, names: Mapping[int, str]
) -> Iterator[Text]:
    """Tell an officer.

    Args:
        history: what happened, in order.
        citizen_id: whose ticket it is: they are not named at what they did.
        names: of the officials.
    """
    for one in each_once(history):
        at, event, note = one.at, EVENT_NAMES[one.event], one.note
        actor = one.actor_id if one.actor_id != citizen_id else None
        who = names.get(actor, "") if actor is not None else ""
        if who and note:
            yield _("{at}: {event}, {name}: {note}", at=at, event=event, name=who, note=note)
        elif who:
            yield _("{at}: {event}, {name}", at=at, event=event, name=who)
        elif note:
            yield _("{at}: {event}: {note}", at=at, event=event, note=note)
        else:
            yield _("{at}: {event}", at=at, event=event)
