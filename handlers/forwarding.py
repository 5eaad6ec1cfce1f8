"""Where a ticket goes: to another unit, under another category, back to its unit."""

import re
from dataclasses import replace

from handlers import (
    cards,
    desk_clocks,
    desk_conduct,
    desk_waiting,
    joined,
    official_words,
    questions,
    reminders,
    sender,
)
from handlers.commune import Unit
from handlers.deadlines import deadline_words
from handlers.desk_ticket import (
    CODE,
    CODE_AND_WORDS,
    DESK,
    Act,
    Shortened,
    addressed,
    may,
    reached,
    responded,
    which,
)
from handlers.office import Office
from handlers.routing import Offer, Purpose, Reply, Router, Turn
from handlers.ticket_states import refused
from messages.languages import DEFAULT, say
from messages.text import Sayable, _, lines
from messages.vietnamese import fold
from storage.evidence import Evidence
from storage.outbox import Draft
from storage.tickets import Change, Event, Ticket

router = Router()

_WORD = re.compile(r"\w+")


@router.command("chuyen", "forward", takes=CODE_AND_WORDS, roles=DESK)
async def forward(turn: Turn) -> Reply:
    """Forward a ticket: `/chuyen CODE [UNIT] [note]`; without a unit, ask for it."""
    code, words = addressed(turn.words)
    if not code:
        return await which(turn, "chuyen")
    act = await may(turn, code, Event.FORWARDED)
    return act if isinstance(act, Reply) else await _to_unit(turn, act, words)


@router.step
async def unit_words(turn: Turn) -> Reply:
    """Take the unit that was asked for, typed by its id or name, with a note behind it."""
    act = await may(turn, turn.data.get("code", ""), Event.FORWARDED)
    if isinstance(act, Reply):
        return act
    pressed = turn.message.choice == official_words.CLEARED.key
    return await _to_unit(turn, act, "" if pressed else turn.message.text)


async def _to_unit(turn: Turn, act: Act, words: str) -> Reply:
    ticket = act.ticket
    unit, note = unit_in(turn.office, words)
    longest = turn.office.commune.limits.comment
    if len(note) > longest:
        return turn.end(questions.too_long(longest))
    if stopped := official_words.stop(turn, words, unit_words, {"code": ticket.code}):
        return stopped
    if unit is None:
        return _ask_for_unit(turn, ticket, words)
    name = cards.unit_name(turn.office, unit.id)
    if unit.id == ticket.unit:
        return turn.end(_("Ticket {code} is with {unit} already.", code=ticket.code, unit=name))
    home = turn.office.commune.unit_of(ticket.category)
    if desk_conduct.is_about(turn.office, ticket.category) and unit.id != home:
        # The unit of whoever is named must not get it, and nobody can tell which that is.
        only = _(
            "Ticket {code} is about conduct: only {unit} and those who lead handle it.",
            code=ticket.code,
            unit=cards.unit_name(turn.office, home),
        )
        return turn.end(only)
    waited = desk_waiting.ends(turn.office.commune, ticket, turn.now)
    values = {"unit": unit.id, "assignee_id": None, "forward_by": None, **waited}
    change = Change(ticket, Event.FORWARDED, act.to, note=note, values=values)
    now_there = replace(ticket, state=act.to, **values)
    timer = await reminders.of(turn, now_there) if waited else ()
    told = await cards.news(turn, now_there, await _card(turn, now_there, note))
    alone = _("Nobody there receives tickets here yet: please tell them yourself.")
    reply = turn.end(
        lines(
            _("Ticket {code} is forwarded to {unit}.", code=ticket.code, unit=name),
            None if told else alone,
        ),
        effects=(
            change,
            Evidence("feedback.forwarded", about=ticket.code, unit=ticket.unit),
            *responded(turn, ticket),
            *timer,
        ),
    )
    return reply.and_tell(*await _to_citizen(turn, now_there), *told)


def _ask_for_unit(turn: Turn, ticket: Ticket, words: str) -> Reply:
    asked = _("To which unit is ticket {code} forwarded?", code=ticket.code)
    unknown = _("There is no unit called {name}.", name=questions.short(words)) if words else None
    offers = (
        Offer(f"/chuyen {ticket.code} {unit.id}", Shortened(unit.name))
        for unit in turn.office.commune.units
        if unit.id != ticket.unit
    )
    data = {**official_words.kept(turn), "code": ticket.code}
    return turn.ask(lines(unknown, asked), *offers, then=unit_words, data=data)


def unit_in(office: Office, words: str) -> tuple[Unit | None, str]:
    """Find the unit with which words begin, by its id or name, and what follows it.

    Case, diacritics and hyphens do not matter; a name may be written without its first word
    ("Phòng") and an id with blanks.
    """
    found = list(_WORD.finditer(words))
    written = [fold(word[0]) for word in found]
    best: Unit | None = None
    length = 0
    for unit in office.commune.units:
        for name in _names_of(unit):
            taken = _begins(written, name)
            if taken > length:
                best, length = unit, taken
    if best is None:
        only = _only_one(office, "".join(written))
        return only, "" if only else words
    return best, words[found[length - 1].end() :].strip(" \t\n:,;.-–")


def _only_one(office: Office, begun: str) -> Unit | None:
    """Find the one unit whose name begins so ("Văn phòng"), None where none or several do."""
    if len(begun) < 4:  # noqa: PLR2004 - fewer letters begin too many words
        return None
    fitting = [
        unit
        for unit in office.commune.units
        if any("".join(name).startswith(begun) for name in _names_of(unit))
    ]
    return fitting[0] if len(fitting) == 1 else None


def _names_of(unit: Unit) -> list[list[str]]:
    names = [_WORD.findall(fold(name)) for name in (unit.name.vi, unit.name.en) if name]
    return [[unit.id], *names, *(name[1:] for name in names if len(name) > 2)]  # noqa: PLR2004 - one word alone names too much


def _begins(written: list[str], name: list[str]) -> int:
    """Tell how many of the written words are the name, 0 where they are another."""
    joined = "".join(name)
    for taken in range(1, min(len(written), len(joined)) + 1):
        so_far = "".join(written[:taken])
        if so_far == joined:
            return taken
        if not joined.startswith(so_far):
            return 0
    return 0


async def _to_citizen(turn: Turn, ticket: Ticket) -> tuple[Draft, ...]:
    """Tell the citizen who has their matter now."""
    if ticket.source in cards.SOURCES:
        return ()
    text = _(
        "Your feedback {code} was passed on to {unit}, which will answer you {deadline}.",
        code=ticket.code,
        unit=cards.unit_name(turn.office, ticket.unit),
        deadline=deadline_words(ticket.due_at, turn.now),
    )
    show = Offer(f"/phieu {ticket.code}", _("Show my feedback"))
    recipient = await joined.recipient(turn, ticket)
    letter = Draft(
        recipient, text, (show,), ticket=ticket.code, purpose=Purpose.NOTICE, restart=False
    )
    return (letter,)


async def _card(turn: Turn, ticket: Ticket, note: str) -> Sayable:
    """Write the card for the officers of the unit that has a ticket now.

    One card for all of them: who brought it stands in it only where it came back to its first unit.
    """
    is_home = ticket.unit == await turn.read.senders.first_unit(ticket.code)
    hidden = not is_home and not sender.is_nameless(ticket)
    name = "" if ticket.anonymous else await turn.read.name_of(ticket.person_id)
    files = await turn.read.files(ticket.code)
    noted = _("Note by {name}: {note}", name=turn.person.official_name, note=note) if note else None
    return lines(
        _("Forwarded to you: ticket {code}", code=ticket.code),
        *cards.described(turn.office, ticket, turn.now, None if hidden else name),
        *cards.counted([file.kind for file in files]),
        noted,
        "",
        *[words.text for words in await turn.read.words(ticket.code)],
    )


@router.command("tra", "release", takes=CODE, roles=DESK)
async def release(turn: Turn) -> Reply:
    """Give a ticket back to its unit, so that a colleague can take it."""
    code, _words = addressed(turn.words)
    if not code:
        return await which(turn, "tra")
    act = await may(turn, code, Event.RELEASED)
    if isinstance(act, Reply):
        return act
    waited = desk_waiting.ends(turn.office.commune, act.ticket, turn.now)
    values = {"assignee_id": None, **waited}
    change = Change(act.ticket, Event.RELEASED, act.to, values=values)
    free = replace(act.ticket, state=act.to, **values)
    timer = await reminders.of(turn, free) if waited else ()
    told = _("{name} gave ticket {code} back.", name=turn.person.official_name, code=code)
    reply = turn.end(
        _("Ticket {code} is free again for your colleagues.", code=code), effects=(change, *timer)
    )
    return reply.and_tell(*await cards.news(turn, free, told))


@router.command("linhvuc", "category", takes=CODE_AND_WORDS, roles=DESK)
async def category(turn: Turn) -> Reply:
    """Put a ticket under another category: `/linhvuc CODE [id]`; without it, ask."""
    code, words = addressed(turn.words)
    if not code:
        return await which(turn, "linhvuc")
    ticket = await reached(turn, code)
    if isinstance(ticket, Reply):
        return ticket
    if not ticket.is_open:
        return turn.end(refused(code, ticket.state))
    commune = turn.office.commune
    chosen = commune.category(words.lower()) or commune.category_by_title(words)
    if chosen is None:
        offers = (
            Offer(f"/linhvuc {code} {one.id}", Shortened(one.title)) for one in commune.categories
        )
        return turn.end(_("What is ticket {code} about?", code=code), *offers)
    # A reopened ticket runs by the day on which it was reopened: its deadline stays.
    clock = {} if ticket.level else desk_clocks.clocks(turn, ticket, category=chosen.id)
    changed = replace(ticket, category=chosen.id, **clock)
    due_at = changed.due_at
    title = say(chosen.title, DEFAULT)
    change = Change(ticket, Event.NOTED, note=title, values={"category": chosen.id, **clock})
    told = lines(
        _("Ticket {code} is about this now: {category}.", code=code, category=chosen.title),
        _("To be answered {deadline}", deadline=deadline_words(due_at, turn.now)),
    )
    offers_then: tuple[Offer, ...] = ()
    if chosen.unit != ticket.unit:
        unit = cards.unit_name(turn.office, chosen.unit)
        told = lines(told, _("Such matters are handled by {unit}.", unit=unit))
        offers_then = (Offer(f"/chuyen {code} {chosen.unit}", _("Forward {code}", code=code[-4:])),)
    timer = await reminders.of(turn, changed)
    return turn.end(told, *offers_then, effects=(change, *timer))
