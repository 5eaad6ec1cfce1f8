"""Incidents with personal data: an official writes one down, and the 72 hours run.

Luật 91/2025/QH15, Đ.23: the authority is told within 72 hours of the discovery, with minutes kept.
An incident is a ticket of the kind `data_breach`, whose clock stands in `commune.toml`, so that it
has a unit, reminders and a history like the rest; it is nobody's feedback and counted as none.
"""

import re
from dataclasses import replace
from datetime import datetime, timedelta

from handlers import cards, filing, official_words, questions, reminders
from handlers.deadlines import deadline_words
from handlers.desk_ticket import CODE_AND_WORDS, addressed, is_named
from handlers.matter import Matter
from handlers.routing import Offer, Purpose, Reply, Router, Turn
from handlers.ticket_states import STATE_NAMES, refused
from messages.languages import ZONE
from messages.text import Text, _, lines
from messages.vietnamese import fold
from storage.data_register import Breach, LogBreach
from storage.outbox import Draft
from storage.tickets import BREACH, Change, Event, State, Ticket

router = Router()

OFFICIALS = ("officer", "staff", "leader")

WHAT = _("What happened? Please write it in one message, without names.")

PARTS: dict[str, Text] = {
    "ai": _("Whom it touches, and how many they are"),
    "bienphap": _("What was done against it"),
    "phathien": _("When it was found, for example 14:30 22/11/2026"),
    "daibao": _("What the authority was told, and by which letter"),
}
"""Word → what is written down after it: `/suco CODE ai …`."""

_MOMENT = re.compile(
    r"(?:(\d{1,2})[:h](\d{2})?)?\s*,?\s*(?:ngay )?(\d{1,2})[/.-](\d{1,2})(?:[/.-](\d{4}))?"
)

FAR = timedelta(days=366)
"""An incident found longer ago has a mistyped date."""


@router.command("suco", "breach", takes=CODE_AND_WORDS, roles=OFFICIALS)
async def begin(turn: Turn) -> Reply:
    """Write down an incident, `/suco WORDS`, or more of one: `/suco CODE [PART WORDS]`."""
    code, rest = addressed(turn.words)
    if code:
        return await _more(turn, code, rest)
    if rest:
        return await _logged(turn, rest)
    return _ask(turn, WHAT, {})


def _ask(turn: Turn, text: Text, data: dict[str, str]) -> Reply:
    leave = _("Send /huy to leave it.")
    return turn.ask(lines(text, leave), questions.CANCEL, then=words, data=data)


@router.step
async def words(turn: Turn) -> Reply:
    """Take what was asked for: what happened, or a part of what is known of it."""
    if not turn.person.has(*OFFICIALS):
        return turn.end(_("The question that waited is dropped."), questions.MENU)
    text, data = turn.message.text.strip(), {**turn.data, **official_words.kept(turn)}
    wrong = questions.no_answer(turn, turn.office.commune.limits.story)
    if turn.message.choice == official_words.CLEARED.key:
        return _ask(turn, PARTS.get(data.get("part", ""), WHAT), data)
    if wrong is not None or not text:
        return _ask(turn, wrong or _("I have received no words yet."), data)
    code = data.get("code", "")
    if code:
        return await _more(turn, code, f"{data.get('part', '')} {text}")
    return await _logged(turn, text)


def _stop(turn: Turn, text: str, data: dict[str, str]) -> Reply | None:
    """Refuse what is too long, or denounces somebody: of that nothing is kept, in a log neither."""
    longest = turn.office.commune.limits.story
    if len(text) > longest:
        return turn.end(questions.too_long(longest))
    return official_words.stop(turn, text, then=words, data=data)


async def _logged(turn: Turn, text: str) -> Reply:
    """Begin the log of an incident: found now, until somebody says when."""
    if stopped := _stop(turn, text, {}):
        return stopped
    commune = turn.office.commune
    matter = Matter(
        kind=BREACH, category=filing.ELSE, words=((questions.message_id(turn), text),)
    ).gathered(turn)
    ticket = replace(
        filing.new_ticket(turn, matter), source=cards.OFFICE, respond_by=None, forward_by=None
    )
    told = lines(
        _("Incident {code} is written down.", code=ticket.code),
        _("Unit: {unit}", unit=cards.unit_name(turn.office, ticket.unit)),
        _("Tell the authority {deadline}.", deadline=deadline_words(ticket.due_at, turn.now)),
        _("Now add whom it touches and what was done; if it was found earlier, when."),
    )
    reply = turn.end(
        told,
        *_offers(ticket.code),
        effects=(
            ticket,
            LogBreach(ticket.code, Breach(turn.now)),
            *reminders.of_new(commune, ticket, turn.now),
        ),
    )
    others = await cards.new_ticket(turn, ticket, text, to_me=False)
    know = {one.to.id for one in others.letters} | {turn.person.id}
    news = lines(
        _("Incident with personal data: {code}", code=ticket.code),
        _("Tell the authority {deadline}.", deadline=deadline_words(ticket.due_at, turn.now)),
    )
    leaders = (
        Draft(one.recipient, news, ticket=ticket.code, purpose=Purpose.CARD, restart=False)
        for one in await turn.read.leaders()
        if one.id not in know
    )
    return reply.and_tell(*others.letters, *leaders)


def _offers(code: str) -> tuple[Offer, ...]:
    titles = {
        "ai": _("Whom it touches"),
        "bienphap": _("Measures"),
        "phathien": _("When it was found"),
        "daibao": _("The authority was told"),
    }
    return tuple(Offer(f"/suco {code} {part}", title) for part, title in titles.items())


async def _more(turn: Turn, code: str, rest: str) -> Reply:
    """Show an incident, or write down more of it."""
    ticket, known = await turn.read.ticket(code), await turn.read.data.breach(code)
    if ticket is None or known is None or ticket.kind != BREACH:
        return turn.end(_("There is no incident {code}.", code=code))
    if not _may(turn, ticket) or await is_named(turn, ticket):
        unit = cards.unit_name(turn.office, ticket.unit)
        return turn.end(
            _(
                "Ticket {code} belongs to {unit}. Only its officers can handle it.",
                code=code,
                unit=unit,
            )
        )
    first, _space, said = rest.strip().partition(" ")
    part, said = fold(first), said.strip()
    if part not in PARTS:
        return await _shown(turn, ticket, known)
    if not ticket.is_open:
        return turn.end(refused(code, ticket.state))
    asked = {"code": code, "part": part}
    if not said:
        return _ask(turn, PARTS[part], asked)
    return _stop(turn, said, asked) or await _written(turn, ticket, known, part, said)


def _may(turn: Turn, ticket: Ticket) -> bool:
    """Whether somebody may read and write an incident: its unit, who recorded it, who leads."""
    mine = ticket.person_id == turn.person.id
    return mine or turn.person.serves(ticket.unit) or turn.person.has("leader")


async def _shown(turn: Turn, ticket: Ticket, known: Breach) -> Reply:
    written = [one.text for one in await turn.read.words(ticket.code)]
    missing = _("not written down yet")
    text = lines(
        _("Incident {code}: {state}", code=ticket.code, state=STATE_NAMES[ticket.state]),
        *written,
        _("Found: {at}", at=known.found_at),
        _("Whom it touches: {words}", words=known.touches or missing),
        _("Measures: {words}", words=known.measures or missing),
        _("Tell the authority {deadline}.", deadline=deadline_words(ticket.due_at, turn.now))
        if known.told_at is None
        else _("The authority was told {at}: {words}", at=known.told_at, words=known.told),
    )
    return turn.end(text, *(_offers(ticket.code) if ticket.is_open else ()))


async def _written(turn: Turn, ticket: Ticket, known: Breach, part: str, said: str) -> Reply:
    code, commune = ticket.code, turn.office.commune
    if part == "phathien":
        found = found_at(said, turn.now)
        if found is None:
            return _ask(turn, PARTS[part], {"code": code, "part": part})
        clock = commune.kind(BREACH)
        due = commune.by(clock.deadline, found) if clock and clock.deadline else ticket.due_at
        changed = replace(ticket, due_at=due)
        told = lines(
            _("Written down: found {at}.", at=found),
            _("Tell the authority {deadline}.", deadline=deadline_words(due, turn.now)),
        )
        return turn.end(
            told,
            *_offers(code),
            effects=(
                LogBreach(code, replace(known, found_at=found)),
                Change(ticket, Event.NOTED, note=said, values={"due_at": due}),
                *await reminders.of(turn, changed),
            ),
        )
    if part == "daibao":
        late = turn.now > ticket.due_at
        text = lines(
            _("Written down: the authority was told. Incident {code} is closed.", code=code),
            _("It was told after the 72 hours: keep the reason with the minutes.")
            if late
            else None,
        )
        return turn.end(
            text,
            effects=(
                LogBreach(code, replace(known, told=said, told_at=turn.now)),
                # No answer to anybody: it must not count among the answers.
                Change(
                    ticket,
                    Event.CLOSED,
                    State.CLOSED,
                    note=said,
                    values={"closed_at": turn.now, "responded_at": turn.now},
                ),
                *reminders.stopped(code),
            ),
        )
    more = replace(known, touches=said) if part == "ai" else replace(known, measures=said)
    note = Change(ticket, Event.NOTED, note=said)
    return turn.end(
        _("Written down for incident {code}.", code=code),
        *_offers(code),
        effects=(LogBreach(code, more), note),
    )


def found_at(typed: str, now: datetime) -> datetime | None:
    """Read when something was found: "14:30 22/11/2026", "14h30 22/11", "22/11"; None for none.

    Without an hour the day's first moment counts, so that the clock never starts too late; what
    lies ahead or more than a year back is none.
    """
    read = _MOMENT.fullmatch(fold(typed).strip(" .").replace("luc ", ""))
    if read is None:
        return None
    hour, minute, day, month, year = read.groups()
    local = now.astimezone(ZONE)
    try:
        found = datetime(
            int(year or local.year),
            int(month),
            int(day),
            int(hour or 0),
            int(minute or 0),
            tzinfo=ZONE,
        )
    except ValueError:
        return None
    return found if now - FAR <= found <= now else None
