"""My tickets: the list, one ticket with its history, withdrawing it, having it looked at again."""

import re
from dataclasses import replace
from datetime import timedelta

from handlers import (
    additions,
    cards,
    desk,
    filing,
    joined,
    questions,
    redirect,
    reminders,
    ticket_history,
)
from handlers.deadlines import deadline_words
from handlers.questions import MENU, PERSON
from handlers.routing import Reply, Router, Turn
from handlers.ticket_states import STATE_NAMES, leads_to
from messages.codes import TICKET, ticket_code
from messages.text import Sayable, Text, _, lines
from messages.vietnamese import read
from storage.evidence import Evidence
from storage.outbox import Offer
from storage.tickets import Change, Event, State, Ticket
from storage.timers import StopTimer
from storage.work import Effect

router = Router()

LISTED = 10
CODE = TICKET.pattern


@router.command("phieu", "ticket", "tickets", takes=CODE)
async def mine(turn: Turn) -> Reply:
    """List one's tickets, or show one: `/phieu [CODE]`."""
    if not turn.words.strip():
        return questions.reminded(turn, await _list(turn))
    code = ticket_code(turn.words)
    if not code:
        wrong = _("That is no ticket code. For example: PA2611-7K3M")
        return questions.reminded(turn, turn.say(wrong, Offer("/phieu", _("My tickets")), MENU))
    return await _show(turn, code)


@router.code(CODE)
async def by_code(turn: Turn) -> Reply:
    """Show the ticket whose code stands alone."""
    return await _show(turn, ticket_code(turn.words))


_WHAT_BECAME = re.compile(
    r" (?:phan anh|phieu|gop y|kien nghi|y kien)(?: \w+){0,3}?"
    r" (?:cua (?:toi|em|chau|con|minh|bac|co|chu|ong|ba)|da gui|lan truoc|hom truoc|hom no)\b.*"
    r" (?:den dau|toi dau|the nao|ra sao|sao roi|chua|ket qua|bao gio|khi nao)"
    r"(?: (?:roi|vay|the|a|anh|nhi|ha|nhe|xong|duoc)){0,2} "
)
"""How people ask what became of something that they sent, folded."""


@router.first
async def what_became(turn: Turn) -> Reply | None:
    """List one's tickets to who asks what became of them; None where nobody does."""
    message = turn.message
    if message.choice or message.attachments or message.group or questions.is_busy(turn):
        return None
    asked = _WHAT_BECAME.fullmatch(read(message.text, longest=200).line)
    return questions.left(turn, await _list(turn)) if asked else None


async def _list(turn: Turn) -> Reply:
    found = [
        ticket
        for ticket in await joined.tickets(turn, LISTED)
        if ticket.source not in cards.SOURCES
    ]
    if not found:
        return turn.say(
            _("You have no tickets yet."), Offer("/gopy", _("Send feedback")), PERSON, MENU
        )
    text = lines(_("Your tickets, the newest first:"), *(_line(turn, one) for one in found))
    return turn.say(text, *(Offer(f"/phieu {one.code}", one.code) for one in found), MENU)


def _line(turn: Turn, ticket: Ticket) -> Text:
    state = STATE_NAMES[ticket.state]
    if not ticket.is_open:
        return _("- {code}: {state}", code=ticket.code, state=state)
    return _(
        "- {code}: {state}, answer {deadline}",
        code=ticket.code,
        state=state,
        deadline=deadline_words(ticket.due_at, turn.now),
    )


async def _show(turn: Turn, code: str) -> Reply:
    """Show a ticket: all of it to its person or officer, to others the state alone.

    Nothing more is read for a stranger than for a code that does not exist, so that the time
    tells nothing either. In a group everybody is a stranger, but its officer gets it in private.
    """
    ticket = await turn.read.ticket(code)
    if ticket is not None and turn.message.group and turn.person.serves(ticket.unit):
        return await desk.show(turn.alone(), ticket)
    own = await joined.owns(turn, ticket)
    if ticket is not None and not turn.message.group:
        if turn.person.serves(ticket.unit) and not await desk.is_named(turn, ticket):
            return await desk.show(turn, ticket)
        if own:
            return questions.reminded(turn, await _show_owner(turn, ticket))
    if ticket is None:
        text: Sayable = lines(
            _("There is no ticket {code}.", code=code),
            _("Please check the code: it stands in the message with which we thanked you."),
        )
    else:
        text = _("Ticket {code}: {state}", code=code, state=STATE_NAMES[ticket.state])
    return questions.reminded(turn, turn.say(text, MENU))


async def _show_owner(turn: Turn, ticket: Ticket) -> Reply:
    words = await turn.read.words(ticket.code)
    files = await turn.read.files(ticket.code)
    history = await turn.read.history(ticket.code)
    place = ", ".join(part for part in (ticket.place, ticket.village) if part)
    text = lines(
        _("Ticket {code}: {state}", code=ticket.code, state=STATE_NAMES[ticket.state]),
        _("Category: {category}", category=cards.category_title(turn.office, ticket.category)),
        _("Unit: {unit}", unit=cards.unit_name(turn.office, ticket.unit)),
        _("To be answered {deadline}", deadline=deadline_words(ticket.due_at, turn.now))
        if ticket.is_open
        else None,
        _("Place: {place}", place=place) if place else None,
        _("Sent without your name") if ticket.anonymous else None,
        "",
        _("What you wrote:"),
        *(one.text for one in words if one.text),
        *cards.counted([one.kind for one in files if not one.proof]),
        "",
        _("History"),
        *ticket_history.to_citizen(history),
    )
    letter = turn.letter(text, *_offers(turn, ticket), ticket=ticket.code)
    if turn.person.step or turn.data.get("ticket") in {None, ticket.code}:
        return Reply((letter,))
    # What is written next is about the ticket that was read last, not the one filed before it.
    return Reply((letter,), data=filing.afterwards(turn, ticket.code))


def _offers(turn: Turn, ticket: Ticket) -> tuple[Offer, ...]:
    more = Offer(f"/bosung {ticket.code}", _("Add words or photos"))
    withdraw = Offer(f"/rutphieu {ticket.code}", _("Withdraw it"))
    rate = Offer(f"/danhgia {ticket.code}", _("Rate the answer"))
    again = Offer(f"/molai {ticket.code}", _("Look at it again"))
    answered = leads_to(ticket.state, Event.RATED) is not None
    return (
        *((more,) if ticket.is_open else ()),
        *((withdraw,) if leads_to(ticket.state, Event.WITHDRAWN) else ()),
        *((rate,) if answered and ticket.rating is None else ()),
        *((again,) if may_reopen(turn, ticket) else ()),
        MENU,
    )


async def _own(turn: Turn, example: Text) -> Ticket | Reply:
    """Find the ticket of one's own that a command names."""
    code = ticket_code(turn.words)
    ticket = await turn.read.ticket(code) if code else None
    own = await joined.owns(turn, ticket)
    if ticket is None or not own or ticket.source in cards.SOURCES:
        text = lines(_("Please send the code of one of your own tickets."), example)
        reply = turn.say(text, Offer("/phieu", _("My tickets")), MENU)
        return questions.reminded(turn, reply)
    return ticket


@router.command("rutphieu", "withdraw", takes=CODE)
async def withdraw(turn: Turn) -> Reply:
    """Withdraw a ticket of one's own: `/rutphieu CODE`; it is asked once more."""
    ticket = await _own(turn, _("For example: /rutphieu PA2611-7K3M"))
    if isinstance(ticket, Reply):
        return ticket
    if leads_to(ticket.state, Event.WITHDRAWN) is None:
        return questions.reminded(turn, turn.say(additions.over(ticket), MENU))
    if questions.is_busy(turn) and turn.person.step != confirm.name:
        return turn.say(_("Please finish what you are writing first, or send /huy to drop it."))
    return _confirm(turn, ticket.code)


def _confirm(turn: Turn, code: str, *before: Text) -> Reply:
    return turn.ask(
        lines(
            *before,
            _("Do you want to withdraw ticket {code}? It will then not be answered.", code=code),
        ),
        Offer("withdraw:yes", _("Yes, withdraw it")),
        Offer("withdraw:no", _("No, leave it")),
        MENU,
        then=confirm,
        data={"code": code},
    )


@router.step
async def confirm(turn: Turn) -> Reply:
    """Take whether the ticket is really to be withdrawn."""
    code, text = turn.data.get("code", ""), turn.message.text.strip()
    choice = turn.message.choice
    if choice == "withdraw:no" or (not choice and questions.says_no(text)):
        return turn.end(_("Good. Ticket {code} stays as it is.", code=code), MENU)
    if choice != "withdraw:yes" and (choice or not questions.says_yes(text)):
        longest = turn.office.commune.limits.story
        away = redirect.unusable(turn, longest, lambda wrong: _confirm(turn, code, wrong))
        return away or _confirm(turn, code, _("Please answer yes or no, for example 2 for no."))
    ticket = await turn.read.ticket(code)
    to = leads_to(ticket.state, Event.WITHDRAWN) if ticket else None
    if ticket is None or to is None or not await joined.owns(turn, ticket):
        return turn.end(_("Ticket {code} can no longer be withdrawn.", code=code), MENU)
    news = _("The citizen withdrew ticket {code}.", code=code)
    told = await cards.news(turn, replace(ticket, state=to), news)
    reply = turn.end(
        _("Ticket {code} is withdrawn.", code=code),
        Offer("/gopy", _("Send something else")),
        MENU,
        effects=(
            Change(ticket, Event.WITHDRAWN, to, values={"closed_at": turn.now}),
            Evidence("feedback.withdrawn", about=code, unit=ticket.unit),
            *reminders.stopped(code),
        ),
    )
    return reply.and_tell(*told)


def may_reopen(turn: Turn, ticket: Ticket) -> bool:
    """Tell whether an answer may still be contested."""
    days = timedelta(days=turn.office.commune.limits.reopen_days)
    return (
        leads_to(ticket.state, Event.REOPENED) is not None
        and ticket.answered_at is not None
        and turn.now <= ticket.answered_at + days
    )


@router.command("molai", "reopen", takes=rf"{CODE}(?:\s.*)?")
async def reopen(turn: Turn) -> Reply:
    """Have an answered ticket looked at again, one level higher: `/molai CODE [why]`."""
    ticket = await _own(turn, _("For example: /molai PA2611-7K3M"))
    if isinstance(ticket, Reply):
        return ticket
    code = ticket.code
    if ticket.is_open:
        reply = turn.say(_("Ticket {code} is being handled already.", code=code), MENU)
        return questions.reminded(turn, reply)
    if not may_reopen(turn, ticket):
        days = turn.office.commune.limits.reopen_days
        late = _("This can be asked for only within {days} days after an answer.", days=days)
        reply = turn.say(late, Offer("/gopy", _("Send feedback anew")), PERSON, MENU)
        return questions.reminded(turn, reply)
    why = additions.after_code(turn.words)
    longest = turn.office.commune.limits.story
    if len(why) > longest:
        return questions.reminded(turn, turn.say(questions.too_long(longest), MENU))
    if why and (stopped := redirect.stop(turn, why)):
        return stopped
    reply = await _reopened(turn, ticket, why)
    return questions.beside(turn, reply) if questions.is_busy(turn) else reply


async def _reopened(turn: Turn, ticket: Ticket, why: str) -> Reply:
    code = ticket.code
    due_at = filing.due(turn, ticket.kind, ticket.category, turn.now)
    change = Change(
        ticket,
        Event.REOPENED,
        State.ASSIGNED,
        note=why,
        values={
            "level": ticket.level + 1,
            "assignee_id": None,
            "due_at": due_at,
            "waited": 0,
            "closed_at": None,
        },
    )
    told = lines(
        _("Ticket {code} is to be looked at again.", code=code),
        _("We answer {deadline}.", deadline=deadline_words(due_at, turn.now)),
        None if why else _("Please write what is still missing: it joins the ticket."),
    )
    words = [one.text for one in await turn.read.words(code) if one.text]
    from_citizen = lines(
        _("Ticket {code} was reopened: the citizen is not satisfied.", code=code),
        _("To be answered {deadline}", deadline=deadline_words(due_at, turn.now)),
        *((why,) if why else ()),
        "",
        *words,
    )
    letter = turn.letter(told, Offer(f"/phieu {code}", _("Show my ticket")), MENU, ticket=code)
    # Whoever answered it is not asked again before the unit: the ticket is free one level higher.
    news = await cards.news(
        turn, replace(ticket, assignee_id=None, state=State.ASSIGNED), from_citizen
    )
    effects: tuple[Effect, ...] = (
        change,
        Evidence("feedback.reopened", about=code, unit=ticket.unit),
        StopTimer("close", code),
        *reminders.of_reopened(turn.office.commune, replace(ticket, due_at=due_at), turn.now),
    )
    return Reply((letter, *news), "", filing.afterwards(turn, code), effects)
