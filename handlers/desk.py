"""The officers' desk: on and off duty, the queue, taking a ticket, notes, replies to cards."""

from handlers import (
    answers,
    desk_approval,
    desk_canned,
    desk_clocks,
    desk_digest,
    desk_door,
    desk_duplicates,
    desk_letters,
    desk_news,
    desk_roster,
    forwarding,
    official_words,
    offline,
    questions,
    reminders,
    sender,
)
from handlers.answers import reply_to_card
from handlers.deadlines import deadline_words
from handlers.desk_ticket import (
    CODE,
    CODE_AND_WORDS,
    DESK,
    addressed,
    excerpt,
    is_named,
    may,
    mine,
    reached,
    responded,
    taken_by_other,
    units_of,
    which,
)
from handlers.routing import Offer, Reply, Router, Turn
from handlers.ticket_states import STATE_NAMES, leads_to, refused
from handlers.ticket_view import offers, show, window
from messages.text import Sayable, _, lines, ngettext
from messages.vietnamese import fold
from storage.desk_acts import AddProof
from storage.people import Duty
from storage.tickets import Change, Event, Note, Ticket

__all__ = ["edited", "is_named", "reply_to_card", "router", "show"]

router = Router()
for _part in (
    answers,
    desk_approval,
    desk_canned,
    desk_clocks,
    desk_duplicates,
    forwarding,
    offline,
    desk_door,
    desk_digest,
    desk_news,
    desk_roster,
    reminders,
    sender,
):
    router.include(_part.router)

LISTED = 20
"""Tickets that the list of an officer's work shows: those that fall due first."""

ON = ("on", "bat", "co", "vao")
OFF = ("off", "tat", "khong", "ra")


@router.command("truc", "duty", takes=r"on|off|bat|tat|bật|tắt", roles=DESK)
async def duty(turn: Turn) -> Reply:
    """Go on or off duty, or tell which it is."""
    word = fold(turn.words)
    on_duty = any(held.on_duty for held in turn.person.roles)
    off, on = Offer("/truc off", _("Go off duty")), Offer("/truc on", _("Go on duty"))
    if word in ON:
        queue = await turn.read.queue(units=units_of(turn), officer_id=turn.person.id)
        told = lines(
            _("You are on duty now: new tickets come to you."),
            ngettext("{n} ticket is waiting.", "{n} tickets are waiting.", len(queue)),
        )
        return turn.end(
            told,
            Offer("/viec", _("My work")),
            off,
            effects=(Duty(on=True), *await desk_roster.my_notice(turn)),
        )
    if word in OFF:
        told = lines(
            _("You are off duty now."),
            _("New tickets go to colleagues on duty; to all of the unit where nobody is."),
        )
        return turn.end(told, on, effects=(Duty(on=False), *await desk_roster.my_notice(turn)))
    if on_duty:
        return turn.end(_("You are on duty."), off)
    return turn.end(_("You are off duty."), on)


@router.command("viec", "work", roles=DESK)
async def work(turn: Turn) -> Reply:
    """Tell what the officer has to do: their own tickets, free ones, those to be taken over."""
    units, me = units_of(turn), turn.person.id
    waiting = await turn.read.queue(units=units, officer_id=me)
    queue, more = waiting[:LISTED], len(waiting) - LISTED
    own = [ticket for ticket in queue if ticket.assignee_id == me]
    free = [ticket for ticket in queue if ticket.assignee_id is None]
    others = await turn.read.to_take_over(units=units, officer_id=me, now=turn.now, limit=5)
    if not (own or free or others):
        return turn.end(_("Nothing is waiting. Thank you!"))
    parts: list[Sayable] = []
    for title, tickets in (
        (_("Your tickets"), own),
        (_("Not taken yet"), free),
        (_("With colleagues: overdue or without an officer"), others),
    ):
        if tickets:
            parts += [*([""] if parts else []), title]
            parts += [await _line(turn, ticket) for ticket in tickets]
    if more > 0:
        text = ngettext("{n} more ticket is waiting.", "{n} more tickets are waiting.", more)
        parts += ["", text]
    shown = (Offer(f"/phieu {ticket.code}", ticket.code) for ticket in (*own, *free, *others))
    return turn.end(lines(*parts), *shown)


async def _line(turn: Turn, ticket: Ticket) -> Sayable:
    if turn.message.group:
        # The citizen's words are for officers alone, and others read along in a group.
        return _(
            "- {code}: {state}, answer {deadline}",
            code=ticket.code,
            state=STATE_NAMES[ticket.state],
            deadline=deadline_words(ticket.due_at, turn.now),
        )
    return _(
        "- {code}, {deadline}: {words}",
        code=ticket.code,
        deadline=deadline_words(ticket.due_at, turn.now),
        words=await excerpt(turn, ticket.code),
    )


@router.command("nhan", "claim", takes=CODE, roles=DESK)
async def claim(turn: Turn) -> Reply:
    """Take a ticket: `/nhan CODE`. Of two who try, the store lets one win."""
    code, _words = addressed(turn.words)
    if not code:
        return await which(turn, "nhan")
    ticket = await reached(turn, code)
    if isinstance(ticket, Reply):
        return ticket
    if ticket.is_open and ticket.assignee_id == turn.person.id:
        already = _("You have ticket {code} already.", code=code)
        return turn.end(already, *offers(turn, ticket))
    to = leads_to(ticket.state, Event.CLAIMED)
    if to is None:
        return turn.end(refused(code, ticket.state))
    other = await taken_by_other(turn, ticket)
    if other is not None:
        return turn.end(other, Offer(f"/phieu {code}", _("Show {code}", code=code[-4:])))
    change = Change(ticket, Event.CLAIMED, to, values={"assignee_id": turn.person.id})
    told = lines(
        _("You have taken ticket {code}.", code=code),
        _("To be answered {deadline}", deadline=deadline_words(ticket.due_at, turn.now)),
        await window(turn, ticket),
        _("To answer, write: {example}", example=f"/traloi {code} …"),
    )
    first = responded(turn, ticket)
    return turn.end(told, *offers(turn, mine(turn, ticket)), effects=(change, *first))


@router.command("ghichu", "note", takes=CODE_AND_WORDS, roles=DESK)
async def note(turn: Turn) -> Reply:
    """Write an internal note: `/ghichu CODE text`; without a text, ask for it."""
    code, words = addressed(turn.words)
    if not code:
        return await which(turn, "ghichu")
    longest = turn.office.commune.limits.story
    if len(words) > longest:
        return turn.end(questions.too_long(longest))
    return await _noted(turn, code, words)


@router.step
async def note_words(turn: Turn) -> Reply:
    """Take the text of the note that was asked for."""
    if turn.message.choice == official_words.CLEARED.key:
        return await _noted(turn, turn.data.get("code", ""), "")
    if questions.no_answer(turn, turn.office.commune.limits.story) is not None:
        return await _noted(turn, turn.data.get("code", ""), "")
    return await _noted(turn, turn.data.get("code", ""), turn.message.text.strip())


async def _noted(turn: Turn, code: str, words: str) -> Reply:
    act = await may(turn, code, Event.NOTED)
    if isinstance(act, Reply):
        return act
    if not words:
        text = lines(
            _("Please write the note about ticket {code}.", code=code),
            _("Only officials read it, never the citizen. Send /huy to leave it."),
        )
        return turn.ask(text, then=note_words, data={**official_words.kept(turn), "code": code})
    if stopped := official_words.stop(turn, words, note_words, {"code": code}):
        return stopped
    along = desk_letters.sent_along(turn.message.attachments)
    told = lines(
        _("The note about ticket {code} is kept.", code=code),
        *((_("What you sent along is kept as proof of what was done."),) if along else ()),
    )
    proof = (AddProof(code, along),) if along else ()
    return turn.end(told, effects=(Note(act.ticket, Event.NOTED, words), *proof))


async def edited(turn: Turn) -> Reply | None:
    """Tell an officer who edits a message that what it sent is not changed.

    Meant to be asked for an edit that is no new version of the person's own ticket; None where the
    person is no officer.
    """
    if not turn.person.has("officer"):
        return None
    code, _words = addressed(turn.message.text.lstrip("/#").partition(" ")[2])
    example = f"/traloi {code or 'PA2611-7K3M'} …"
    return turn.say(
        lines(
            _("What you sent before is not changed by your edit."),
            _("To correct an answer, send a new one: {example}", example=example),
        )
    )
